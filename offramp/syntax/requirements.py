"""Requirements and constraints of pip, by their logical lines.

    gradient[x]>=1.0 ; python_version > "3.8"  # note     a requirement of gradient
    -r gradient.txt                                       no package

A requirement may go on over lines that end in a backslash; its `--hash` pins do.
"""

from __future__ import annotations

import bisect
import dataclasses
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from offramp.model import Entry, Place, Role
from offramp.syntax import commands
from offramp.syntax import text as plain

COMMENT = "#"
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
NAME = re.compile(r"[ \t]*(?P<name>[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)")
REMARK = re.compile(r"(?:^|[ \t])#")


@dataclasses.dataclass(frozen=True, slots=True)
class Requirement:
    """One logical line: `start` to `end` with its break, `stop` where its text ends before white space or comment."""

    name: str
    name_start: int
    start: int
    stop: int
    end: int


class Requirements:
    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = list(self._lines())
        self._starts = [line.start for line in self.lines]

    def _lines(self) -> Iterator[Requirement]:
        position = 0
        while position < len(self.text):
            start = position
            while position < len(self.text):
                line = LINE.match(self.text, position)
                position = max(line.end() if line else len(self.text), position + 1)
                if line is None or not line[0].rstrip("\r\n").endswith("\\") or REMARK.search(line[0]):
                    break
            yield self._line(start, position)

    def _line(self, start: int, end: int) -> Requirement:
        content = self.text[start:end]
        remark = REMARK.search(content)
        stop = start + len(content[: remark.start() if remark else len(content)].rstrip())
        named = NAME.match(self.text, start, stop)
        plain_name = named is not None and re.match(
            r"[ \t]*(?:$|[\[<>=!~;@#\\(]|--|\r|\n)", self.text[named.end() : stop]
        )
        if named is None or not plain_name:
            return Requirement("", start, start, stop, end)
        return Requirement(named["name"], named.start("name"), start, stop, end)

    def at(self, offset: int) -> Requirement | None:
        index = bisect.bisect_right(self._starts, offset) - 1
        return self.lines[index] if index >= 0 and offset < self.lines[index].end else None

    def place(self, start: int, end: int) -> Place:
        line = self.at(start)
        if line is not None and line.name and start == line.name_start:
            return Place(Role.PACKAGE, "a requirement", commands.PIP, line.name_start, line.stop)
        if line is not None and start >= line.stop:
            return Place(Role.COMMENT, "a comment", start=start, end=end)
        if line is not None and self.text.startswith("-", line.start):
            return Place(Role.TEXT, "an option of pip", start=start, end=end)
        return plain.place(self.text, start, end)

    def entries(self) -> Sequence[Entry]:
        return ()


def parse(text: str) -> Requirements:
    return Requirements(text)


def check(before: str, after: str) -> str | None:
    had, has = _named(before), _named(after)
    twice = next((name for (name, marker), count in has.items() if count > max(had[name, marker], 1)), None)
    return None if twice is None else f"{twice} would be required twice"


def _named(text: str) -> Counter[tuple[str, str]]:
    """How often each package is required, by name and marker."""
    lines = (line for line in parse(text).lines if line.name)
    return Counter((line.name.lower(), text[line.start : line.stop].partition(";")[2].strip()) for line in lines)
