"""Code inside another text, read by the module of its own language, with the way back to the text that holds it.

    run: |
      export LLM_PROVIDER=gradient      a line of a shell script: what stands there, and that it is set, says `shell`

The code is *laid free*: what only the text around it understands (indentation, quote marks, escapes, prompts) is left
out or read, and what it fills in before the code runs (`${{ x }}`) is masked with as many letters. Every run of
characters knows where it stands in either text.
"""

from __future__ import annotations

import bisect
import dataclasses
import importlib
import importlib.util
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from types import ModuleType

from offramp import files
from offramp.document import Tree, Unparsable
from offramp.model import Edit, Entry, Place
from offramp.syntax import text as plain

Span = tuple[int, int]
ESCAPED = re.compile(r"\\[\"\\$]")
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")


@dataclasses.dataclass(frozen=True, slots=True)
class Run:
    """Characters that follow each other in both texts; an escape is a run of its own, with another length in each."""

    inner: int
    length: int
    outer: int
    outer_length: int


class Laid:
    """The code as it is laid free, piece by piece, of text[start:end]."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text, self.start, self.end = text, start, end
        self.runs: list[Run] = []
        self._parts: list[str] = []
        self._length = 0

    def add(self, start: int, end: int, meaning: str | None = None) -> None:
        """Take over text[start:end], or what it means."""
        written = self.text[start:end] if meaning is None else meaning
        if end > start:
            self.runs.append(Run(self._length, len(written), start, end - start))
            self._parts.append(written)
            self._length += len(written)

    @property
    def code(self) -> str:
        return "".join(self._parts)


class Embedded:
    """Code in `language` (a module of offramp.syntax) inside another text; every span is one of that text.

    Args:
        code: what was laid free, masked where the text around it fills something in; as long as that.
        path: a name with the suffix of the language, for modules that want one.
        called: the language as a person would call it.
    """

    def __init__(self, language: str, laid: Laid, code: str = "", path: str = "", called: str = "") -> None:
        self.language, self.path, self.called = language, path, called or language
        self.text, self.start, self.end = laid.text, laid.start, laid.end
        self._laid = laid.code
        self.code = code or self._laid
        self._runs = laid.runs
        self._inner = [run.inner for run in laid.runs]
        self._outer = [run.outer for run in laid.runs]

    @cached_property
    def module(self) -> ModuleType:
        known = importlib.util.find_spec(f"offramp.syntax.{self.language}") is not None
        return importlib.import_module(f"offramp.syntax.{self.language}") if known else plain

    @cached_property
    def _arguments(self) -> tuple[str, ...]:
        return (self.path,) if getattr(self.module, "WANTS_PATH", False) else ()

    @cached_property
    def parsed(self) -> Tree | None:
        """The tree of the code, or None where it does not parse."""
        try:
            return self.module.parse(self.code, *self._arguments)  # type: ignore[no-any-return]  # by the contract
        except (Unparsable, RecursionError):
            return None

    @property
    def tree(self) -> Tree:
        return self.parsed if self.parsed is not None else plain.parse(self.code)

    def place(self, start: int, end: int) -> Place | None:
        """What stands at a span of the text around it; None where that is not code from end to end."""
        inner = self.inner(start, end)
        if inner is None:
            return None
        place = self.tree.place(*inner)
        outer = self.outer(place.start, place.end)
        begins, ends = outer if outer is not None and outer[0] <= outer[1] else (start, end)
        return dataclasses.replace(place, start=begins, end=ends)

    def entries(self, scope: str) -> Iterator[Entry]:
        """The entries of the code; none where it does not parse, or says something else than it looks like."""
        for entry in self.parsed.entries() if self.parsed is not None else ():
            key = self.outer(entry.key_start, entry.key_end)
            value = self.outer(entry.value_start, entry.value_end)
            if key is not None and value is not None:
                outer = self.lines(*entry.outer) if entry.outer is not None else None
                stuck = entry.stuck or ("" if outer else "the code around it can't be taken apart there")
                yield Entry(f"{scope}: {entry.scope}", entry.key, *key, entry.value, *value, outer, stuck)

    def fault_of(self, after: Embedded) -> str | None:
        """Why the code after an edit must not be kept, or None."""
        if self.parsed is None or self.code == after.code:
            return None
        if after.parsed is None:
            return f"the {self.called} code in it would not parse any more"
        check = getattr(self.module, "check", None)
        return None if check is None else check(self.code, after.code, *self._arguments)

    def fit(self, edits: Sequence[Edit]) -> list[Edit]:
        """Edits of the text around it, written as the code demands where they lie in it.

        Raises:
            ValueError: a text can't be written where it should.
        """
        fit = getattr(self.module, "fit", None)
        if fit is None or self.parsed is None:
            return list(edits)
        given: dict[tuple[int, int, str], Edit] = {}
        fitted: list[Edit] = []
        for edit in edits:
            span = self.inner(edit.start, edit.end)
            written = self.language == "shell" and QUOTED.fullmatch(edit.replacement) is not None
            if span is None or not edit.replacement or edit.start == edit.end or written:
                fitted.append(edit)  # what goes, what is added and what has its quotes is source text
            else:
                given[*span, edit.replacement] = edit
        for edit in fit(self.code, [Edit(*key) for key in given], *self._arguments) if given else ():
            span = self.outer(edit.start, edit.end)
            if (known := given.get((edit.start, edit.end, edit.replacement))) is not None:
                fitted.append(known)
            elif self.code[edit.start : edit.end] != self._laid[edit.start : edit.end]:
                raise ValueError(f"the {self.called} code in it has a part that is filled in where quotes are needed")
            elif span is not None:
                fitted.append(Edit(*span, edit.replacement))
            else:
                raise ValueError(f"the {self.called} code in it is cut off within what has to change")
        return sorted(fitted, key=lambda edit: (edit.start, edit.end))

    def inner(self, start: int, end: int) -> Span | None:
        """A span of the text around it as one of the code, or None where it is not code from end to end."""
        first = bisect.bisect_right(self._outer, start) - 1
        last = bisect.bisect_left(self._outer, end) - 1 if end > start else first
        if first < 0 or last < first:
            return None
        begins = _shifted(start, self._runs[first].outer, self._runs[first].outer_length, *_in(self._runs[first]))
        ends = _shifted(end, self._runs[last].outer, self._runs[last].outer_length, *_in(self._runs[last]))
        return None if begins is None or ends is None else (begins, ends)

    def outer(self, start: int, end: int) -> Span | None:
        """A span of the code as one of the text around it."""
        first = bisect.bisect_right(self._inner, start) - 1
        last = bisect.bisect_left(self._inner, end) - 1 if end > start else first
        if start < 0 or first < 0 or last < first or end > len(self.code):
            return None
        begins = _shifted(start, self._runs[first].inner, self._runs[first].length, *_out(self._runs[first]))
        ends = _shifted(end, self._runs[last].inner, self._runs[last].length, *_out(self._runs[last]))
        return None if begins is None or ends is None else (begins, ends)

    def lines(self, start: int, end: int) -> Span | None:
        """What to delete of the text around it for a span of the code to go: with the indentation before it."""
        span = self.outer(start, end)
        if span is None or end <= start:
            return None
        first = bisect.bisect_right(self._inner, start) - 1
        if self._runs[first].inner != start:
            return span
        before = self._runs[first - 1] if first else None
        return (before.outer + before.outer_length if before is not None else self.start), span[1]


def json_in(text: str, start: int, end: int) -> Embedded | None:
    """The JSON that a value is, `KEY='{"provider": "x"}'`; in double quotes with its escapes. None where it is none."""
    if text[start:end].lstrip()[:1] not in ("{", "[") or ":" not in text[start:end]:
        return None
    laid = Laid(text, start, end)
    position = start
    for matched in ESCAPED.finditer(text, start, end) if text[start - 1 : start] == '"' else ():
        laid.add(position, matched.start())
        laid.add(*matched.span(), matched[0][1])
        position = matched.end()
    laid.add(position, end)
    found = Embedded("json", laid)
    return found if found.parsed is not None else None


def of_file(name: str, text: str, start: int, end: int) -> Embedded | None:
    """The code that becomes a file of this name; None where nothing is known about such files."""
    from offramp.syntax import module_for

    language = module_for(name, files.kind_of(name))
    if language == "text":
        return None
    laid = Laid(text, start, end)
    laid.add(start, end)
    return Embedded(language, laid, path=name)


def _in(run: Run) -> tuple[int, int, bool]:
    return run.inner, run.length, run.length == run.outer_length


def _out(run: Run) -> tuple[int, int, bool]:
    return run.outer, run.outer_length, run.length == run.outer_length


def _shifted(offset: int, source: int, length: int, target: int, target_length: int, alike: bool) -> int | None:
    """An offset of one text within a run, or at its ends, as one of the other."""
    if not source <= offset <= source + length:
        return None
    if alike:
        return target + offset - source
    if offset == source:
        return target
    return target + target_length if offset == source + length else None
