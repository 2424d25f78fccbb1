"""Lists of literals that hold the retired and the new provider: choices, enumerations, unions.

    ['gradient', 'openrouter', 'openai']     'gradient' | 'openrouter'     ValidateSet('gradient', 'openrouter')
    options:
      - gradient
      - openrouter

Every member is a plain word, so that no list of arguments is mistaken for a list of choices.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from offramp.document import Document
from offramp.evidence import names_provider, new_provider
from offramp.vocabulary import Vocabulary
from scanners.dead_branches import Dead

WORD = r"[A-Za-z][\w.-]*"
SERIES = re.compile(
    rf"""(?P<quote>["']){WORD}(?P=quote)(?:(?P<gap>[ \t]*[,|]\s*|\s*[,|][ \t]*)(?P=quote){WORD}(?P=quote))+"""
    rf"""|(?<=\[){WORD}(?:,\s*{WORD})+(?=\s*,?\s*\])"""
)
UNION = re.compile(r"""(?:^|[=:<(,]\s*\|?|\|)\s*$""")
BLOCK = re.compile(rf"(?m)(?:^[ ]*-[ ]+(?:[\"']?{WORD}[\"']?)[ \t]*(?:\r\n|\r|\n|\Z))+")
MEMBER = re.compile(WORD)
MAPPINGS = ("yaml", "json", "toml", "terraform")
BOTH = "there is an entry for {} beside it: remove this one if only the retired provider needs it"
NAMED = re.compile(r"(?P<key>[A-Za-z_][\w.-]*)[\"']?\]?\s*\??\s*(?::|=|\()?\s*(?:\w+(?:\.\w+)*\s*\(|@?\(|\[)?\s*$")


def read(document: Document, vocabulary: Vocabulary) -> Iterator[Dead]:
    text, slug = document.text, vocabulary.migration.slug
    if slug not in text:
        return
    for series in SERIES.finditer(text):
        spans = [m.span() for m in MEMBER.finditer(text, *series.span())]
        words = [text[slice(*span)] for span in spans]
        if slug not in words or not _is_choice(text, *series.span()):
            continue
        key = NAMED.search(text[max(0, series.start() - 80) : series.start()])
        new = new_provider(key["key"] if key else "", vocabulary.migration)
        if new in words:
            quoted = 1 if series["quote"] else 0
            yield _member(spans, words.index(slug), quoted, new)
    if document.kind == "yaml":
        yield from _blocks(text, slug, vocabulary)
    if document.kind in MAPPINGS:
        yield from _entries(document, vocabulary)


def _is_choice(text: str, start: int, end: int) -> bool:
    """Whether the series fills a bracket, or is a union of types; arguments of a call may mean anything."""
    before, after = text[:start].rstrip(), text[end : end + 40].lstrip()
    if "|" in text[start:end] and "," not in text[start:end]:
        return True
    closed = after.removeprefix(",").lstrip()[:1]
    if before.endswith("[") and closed == "]":
        return True
    return re.search(r"(?i)(?:ValidateSet|@)\($", before[-20:]) is not None and closed == ")"


def _member(spans: list[tuple[int, int]], index: int, quoted: int, new: str) -> Dead:
    """One member of a series goes, with what stands between it and the next one, or the one before."""
    start, end = spans[index]
    if index + 1 < len(spans):
        cut = start - quoted, spans[index + 1][0] - quoted
    else:
        cut = spans[index - 1][1] + quoted, end + quoted
    return Dead("a member of a list", start, end, new, (cut,))


def _entries(document: Document, vocabulary: Vocabulary) -> Iterator[Dead]:
    """Entries for both providers in one mapping; dead where the mapping's own name says that it is of providers."""
    slug, new = vocabulary.migration.slug, vocabulary.migration.new_slug
    entries = document.tree.entries()
    scopes = {entry.scope for entry in entries if entry.key == new}
    for entry in entries:
        if entry.key != slug or entry.scope not in scopes:
            continue
        start, end = entry.key_start, entry.key_end
        listed = names_provider(document.tree.place(start, end).key, vocabulary.migration.settings)
        cuts = (entry.outer,) if entry.outer and listed else ()
        yield Dead("an entry", start, end, new, cuts, stuck="" if cuts else entry.stuck or BOTH.format(new))


def _blocks(text: str, slug: str, vocabulary: Vocabulary) -> Iterator[Dead]:
    """`options:` and other lists of choices in YAML, one member a line."""
    for block in BLOCK.finditer(text):
        lines = [m for m in re.finditer(r"[^\r\n]*(?:\r\n|\r|\n|\Z)", block[0]) if m[0].strip()]
        members = [MEMBER.search(m[0]) for m in lines]
        words = [m[0] if m else "" for m in members]
        before = text[: block.start()].rstrip().rpartition("\n")[2]
        above = text[: block.start()].rstrip().splitlines()[-12:]
        key = next((line.strip().rstrip(":") for line in reversed(above) if line.rstrip().endswith(":")), "")
        if not before.rstrip().endswith(":") or slug not in words:
            continue
        new = new_provider(key, vocabulary.migration)
        index = words.index(slug)
        member = members[index]
        if new in words and member is not None:
            first = block.start() + lines[index].start()
            start = first + member.start()
            cut = first, block.start() + lines[index].end()
            yield Dead("a member of a list", start, start + len(slug), new, (cut,))
