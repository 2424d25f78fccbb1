"""The words and phrases of a migration that hold the provider's name and mean something else.

    homonyms: [linear-gradient, gradient descent, bg-gradient-*]

A space stands for any white space, a hyphen, an underscore, or nothing; a `*` for letters, digits and hyphens. Hundreds
of alternatives are slow to try at each character of a file, so they are looked for near the name only, by their first
letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from offramp.migration import Migration

REACH = 80  # characters to either side of the name; longer phrases are not homonyms but sentences
REMEMBERED = 2_000  # texts
Span = tuple[int, int]


class Homonyms:
    def __init__(self, migration: Migration) -> None:
        slug = migration.slug.lower()
        near = [entry for entry in migration.homonyms if slug and slug in entry.lower()]
        self.slug = re.compile(re.escape(slug), re.IGNORECASE) if near else None
        self.near = _expression(near)
        self.far = _expression(entry for entry in migration.homonyms if entry not in near)
        self._known: dict[str, list[Span]] = {}

    def spans(self, text: str) -> list[Span]:
        """Where they stand in `text`; a scan asks several times for the same text, so it is remembered."""
        if text not in self._known:
            if len(self._known) > REMEMBERED:
                self._known.clear()
            self._known[text] = list(self._find(text))
        return self._known[text]

    def _find(self, text: str) -> Iterator[Span]:
        if self.far is not None:
            yield from (matched.span() for matched in self.far.finditer(text))
        if self.near is not None and self.slug is not None:
            for start, end in _windows(text, self.slug):
                yield from (matched.span() for matched in self.near.finditer(text, start, end))


def _windows(text: str, word: re.Pattern[str]) -> Iterator[Span]:
    """The surroundings of each `word`, joined where they touch."""
    opened: Span | None = None
    for matched in word.finditer(text):
        start, end = max(0, matched.start() - REACH), min(len(text), matched.end() + REACH)
        if opened is not None and start <= opened[1]:
            opened = (opened[0], end)
            continue
        if opened is not None:
            yield opened
        opened = (start, end)
    if opened is not None:
        yield opened


def _expression(entries: Iterable[str]) -> re.Pattern[str] | None:
    """One expression for all entries, longest first, sorted into branches by the letter that they begin with."""
    branches: dict[str, list[str]] = {}
    for entry in sorted(entries, key=len, reverse=True):
        first = "" if entry[0] in "* " else entry[0].lower()
        branches.setdefault(first, []).append(_phrase(entry))
    if not branches:
        return None
    parts = []
    for first, phrases in sorted(branches.items()):
        begins = f"(?=[{re.escape(first)}{re.escape(first.upper())}])" if first else ""
        parts.append(f"{begins}(?:{'|'.join(phrases)})")
    return re.compile("|".join(parts), re.IGNORECASE)


def _phrase(entry: str) -> str:
    pattern = r"[\w-]*".join(re.escape(piece) for piece in entry.split("*"))
    pattern = re.sub(r"(?:\\ )+", r"[\\s_-]*", pattern)
    before = "(?<![A-Za-z0-9])" if entry[0].isalnum() else ""
    return before + pattern + ("(?![A-Za-z0-9])" if entry[-1].isalnum() else "")
