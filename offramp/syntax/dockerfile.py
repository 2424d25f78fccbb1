"""Dockerfiles, by their logical lines: an instruction goes on over lines that end in the escape character.

ENV GRADIENT_API_KEY=x LLM_PROVIDER=gradient     entries, each deleted for itself
ARG LLM_PROVIDER=gradient                        the value of LLM_PROVIDER
RUN pip install gradient                         read as the shell command that it is
"""

from __future__ import annotations

import bisect
import dataclasses
import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from offramp.document import Unparsable
from offramp.model import Entry, Place, Role
from offramp.syntax import commands, grammar, shell
from offramp.syntax import text as plain

COMMENT = "#"
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
DIRECTIVE = re.compile(r"(?m)^#[ \t]*escape[ \t]*=[ \t]*(`|\\)[ \t]*\r?$")
INSTRUCTION = re.compile(r"[ \t]*(?P<name>[A-Za-z]+)(?=[ \t\\`]|$)(?:[ \t]+(?:--[\w-]+=\S*)?)*")
HEREDOC = re.compile(r"<<-?[ \t]*([\"']?)([A-Za-z_]\w*)\1")
SETTERS = ("ENV", "ARG", "LABEL")
KNOWN = frozenset(
    {
        *("ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER"),
        *("ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"),
    }
)
PAIR = re.compile(
    r"""(?P<key>[A-Za-z_][\w.-]*)=(?P<value>"(?:\\.|[^"\\])*"|'[^']*'|(?:\\[^\r\n]|[^\s\\"']|"(?:\\.|[^"\\])*"|'[^']*')*)"""
)
OLD_STYLE = re.compile(r"(?P<key>[A-Za-z_][\w.-]*)[ \t]+(?P<value>[^\r\n]*\S)")
NAME_ONLY = re.compile(r"(?P<key>[A-Za-z_]\w*)[ \t]*(?=\r?\n|\Z)")


@dataclasses.dataclass(frozen=True, slots=True)
class Instruction:
    name: str
    start: int  # of its first line
    body: int  # where its arguments start
    end: int  # behind its last line's break


class Dockerfile:
    def __init__(self, text: str) -> None:
        self.text = text
        directive = DIRECTIVE.match(text) or DIRECTIVE.search(text[:500])
        self.escape = directive[1] if directive else "\\"
        self.instructions = list(self._instructions())
        self._starts = [instruction.start for instruction in self.instructions]
        self._scripts: dict[int, shell.Script | None] = {}

    def _instructions(self) -> Iterator[Instruction]:
        position = 0
        while position < len(self.text):
            line = LINE.match(self.text, position)
            following = line.end() if line else len(self.text)
            content = self.text[position:following]
            if not content.strip() or content.lstrip().startswith("#"):
                position = max(following, position + 1)
                continue
            head = INSTRUCTION.match(content)
            end = self._end(position)
            body = position + head.end() if head else position
            yield Instruction(head["name"].upper() if head else "", position, body, end)
            position = max(end, position + 1)

    def _end(self, start: int) -> int:
        """Where the instruction ends that starts at `start`: continued lines, and here-documents."""
        position, continued = start, True
        while continued and position < len(self.text):
            line = LINE.match(self.text, position)
            position = line.end() if line else len(self.text)
            content = line[0].rstrip() if line else ""
            aside = not content or content.lstrip().startswith("#")
            continued = content.endswith(self.escape) or (aside and position < len(self.text))
        for heredoc in HEREDOC.finditer(self.text[start:position]):
            close = re.compile(rf"^\t*{heredoc[2]}[ \t]*(?:\r\n|\r|\n|\Z)", re.MULTILINE).search(self.text, position)
            if close is not None:
                position = close.end()
        return position

    @cached_property
    def _entries(self) -> list[Entry]:
        return [entry for instruction in self.instructions for entry in self._of(instruction)]

    def _of(self, instruction: Instruction) -> Iterator[Entry]:
        """The settings of an ENV, ARG or LABEL, each a mapping: a later one may mean to overwrite."""
        if instruction.name not in SETTERS:
            return
        pairs = list(self._pairs(instruction))
        scope = f"{instruction.name} {instruction.start}"
        for index, pair in enumerate(pairs):
            value_start, value_end = pair.span("value") if "value" in pair.groupdict() else (pair.end(), pair.end())
            if value_end - value_start > 1 and self.text[value_start] == self.text[value_end - 1] in "\"'":
                value_start, value_end = value_start + 1, value_end - 1
            value = self.text[value_start:value_end]
            outer, stuck = self._outer(instruction, pairs, index)
            yield Entry(scope, pair["key"], *pair.span("key"), value, value_start, value_end, outer, stuck)

    def _pairs(self, instruction: Instruction) -> Iterator[re.Match[str]]:
        position, end = instruction.body, instruction.end
        line_break = r"[ \t]*(?:\r\n|\r|\n)"
        aside = r"(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n))*"
        gap = re.compile(rf"(?:[ \t]+|{re.escape(self.escape)}{line_break}{aside}|[\r\n])*")
        first = True
        while position < end:
            blank = gap.match(self.text, position, end)
            position = blank.end() if blank else position
            pair = PAIR.match(self.text, position, end)
            if pair is None and first:
                single = NAME_ONLY.match(self.text, position, end) if instruction.name == "ARG" else None
                pair = single or OLD_STYLE.match(self.text, position, end)
                if pair is not None:
                    yield pair
                return
            if pair is None:
                return
            yield pair
            first, position = False, pair.end()

    def _outer(
        self, instruction: Instruction, pairs: Sequence[re.Match[str]], index: int
    ) -> tuple[tuple[int, int] | None, str]:
        """What goes with a setting: the instruction with its only one, else also the space beside it."""
        pair = pairs[index]
        if len(pairs) == 1:
            return grammar.lines(self.text, instruction.start, instruction.end), ""
        between = self.text[pairs[index - 1].end() : pair.start()] if index else ""
        after = self.text[pair.end() : pairs[index + 1].start()] if index + 1 < len(pairs) else ""
        if "#" in between or "#" in after:
            return None, "a comment stands among the settings of the instruction"
        if index:
            return (pairs[index - 1].end(), pair.end()), ""
        return (pair.start(), pairs[1].start()), ""

    def entries(self) -> Sequence[Entry]:
        return self._entries

    @cached_property
    def _key_starts(self) -> list[int]:
        return [entry.key_start for entry in self._entries]

    @cached_property
    def _settings(self) -> dict[str, str]:
        return {entry.key: entry.value for entry in self._entries}

    def place(self, start: int, end: int) -> Place:
        line_start = max(self.text.rfind("\n", 0, start), self.text.rfind("\r", 0, start)) + 1
        if self.text[line_start:start].lstrip().startswith("#") or self.text[start : start + 1] == "#":
            return plain.place(self.text, start, end, Role.COMMENT)
        index = bisect.bisect_right(self._starts, start) - 1
        instruction = self.instructions[index] if index >= 0 else None
        if instruction is None or start >= instruction.end:
            return plain.place(self.text, start, end)
        if instruction.name in SETTERS and (place := self._in_setting(instruction, start, end)) is not None:
            return place
        if (package := commands.package(self.text, start, end)) is not None:
            return package
        if instruction.name in ("RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK") and start >= instruction.body:
            return self._in_command(instruction, start, end)
        return plain.place(self.text, start, end)

    def _in_setting(self, instruction: Instruction, start: int, end: int) -> Place | None:
        index = bisect.bisect_right(self._key_starts, start) - 1
        entry = self._entries[index] if index >= 0 else None
        if entry is None or entry.key_start < instruction.body:
            return None
        if end <= entry.key_end:
            role = Role.KEY if instruction.name == "LABEL" else Role.ENV
            return Place(role, f"a variable of {instruction.name}", "", entry.key_start, entry.key_end)
        if not entry.value_start <= start or end > entry.value_end:
            return None
        inside = plain.place(self.text, start, end)
        if inside.role is Role.ENV:
            return inside
        syntax = f"the value of {entry.key}, set by {instruction.name}"
        built = "$" in entry.value
        return Place(Role.VALUE, syntax, entry.key, entry.value_start, entry.value_end, self._settings, built)

    def _in_command(self, instruction: Instruction, start: int, end: int) -> Place:
        """A place in a command, by the reading of the shell; the exec form is a list of words."""
        body = self.text[instruction.body : instruction.end]
        if body.lstrip().startswith("["):
            option = re.search(r"--?([A-Za-z][\w-]*)[\"']?\s*(?:=|,)\s*[\"']?$", self.text[instruction.body : start])
            if option is not None:
                return Place(
                    Role.VALUE, f"the value of {option[1]}", option[1], *plain.value_span(self.text, start, end)
                )
            return plain.place(self.text, start, end, Role.STRING)
        if instruction.start not in self._scripts:
            self._scripts[instruction.start] = self._script(body)
        script = self._scripts[instruction.start]
        if script is None:
            return plain.place(self.text, start, end)
        place = script.place(start - instruction.body, end - instruction.body)
        spans = (place.start + instruction.body, place.end + instruction.body) if place.start >= 0 else (-1, -1)
        return dataclasses.replace(place, start=spans[0], end=spans[1])

    def _script(self, body: str) -> shell.Script | None:
        # comment lines inside a command are the Dockerfile's, and gone when the shell reads it
        body = re.sub(r"(?m)(?<=\n)[ \t]*#[^\n]*\n", lambda matched: " " * len(matched[0]), body)
        if self.escape != "\\":
            body = re.sub(rf"{self.escape}(?=[ \t]*\r?\n)", lambda _: "\\", body)
        try:
            return shell.parse(body)
        except Unparsable:
            return None


def parse(text: str) -> Dockerfile:
    return Dockerfile(text)


def check(before: str, after: str) -> str | None:
    """Whether the same instructions follow each other, but for those that were deleted, and all are known."""
    old, new = ([i.name for i in parse(text).instructions] for text in (before, after))
    strange = next((name for name in new if name not in KNOWN and name not in old), None)
    if strange is not None:
        return f"'{strange}' would be no instruction"
    remaining = iter(old)
    if not all(name in remaining for name in new):
        return "the order of the instructions would be another"
    return None
