"""Dockerfiles, by their logical lines: an instruction goes on over lines that end in the escape character.

ENV GRADIENT_API_KEY=x LLM_PROVIDER=gradient     entries, each deleted for itself
ARG LLM_PROVIDER=gradient                        the value of LLM_PROVIDER
RUN pip install gradient                         read as the shell command that it is
"""

from __future__ import annotations

import bisect
import dataclasses
import json
import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from offramp.document import Unparsable
from offramp.model import Edit, Entry, Place, Role
from offramp.syntax import (
    commands,
    dockerfile_insertions,
    dockerfile_lines,
    dockerfile_pairs,
    dockerfile_values,
    embedded,
    grammar,
    shell,
)
from offramp.syntax import text as plain
from offramp.syntax.dockerfile_lines import Instruction
from offramp.syntax.dockerfile_pairs import SETTERS, Pair

COMMENT = "#"
LONE_HEREDOC = re.compile(r"<<-?[ \t]*([\"']?)[A-Za-z_]\w*\1[ \t]*(?:\r\n|\r|\n)")
ASIDE = re.compile(r"(?m)(?<=\n)[ \t]*#[^\n]*\n")
KNOWN = frozenset(
    {
        *("ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER"),
        *("ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"),
    }
)


class Dockerfile:
    def __init__(self, text: str) -> None:
        self.text = text
        self.escape = dockerfile_lines.escape_of(text)
        self.instructions = list(dockerfile_lines.instructions(text, self.escape))
        self._starts = [instruction.start for instruction in self.instructions]
        self._scripts: dict[int, tuple[int, shell.Script | None]] = {}

    @cached_property
    def pairs(self) -> dict[int, list[Pair] | None]:
        """The settings of each ENV, ARG and LABEL, by where it starts; None where it is not as it should be."""
        setters = (instruction for instruction in self.instructions if instruction.name in SETTERS)
        return {one.start: dockerfile_pairs.pairs(self.text, one, self.escape) for one in setters}

    @cached_property
    def _entries(self) -> list[Entry]:
        return [entry for instruction in self.instructions for entry in self.settings_of(instruction)]

    def settings_of(self, instruction: Instruction) -> Iterator[Entry]:
        """The settings of an ENV, ARG or LABEL, each a mapping: a later one may mean to overwrite."""
        listed = self.pairs.get(instruction.start) or []
        for index, pair in enumerate(listed):
            value = (pair.end, pair.end)
            if pair.value is not None:
                value = dockerfile_pairs.inner(self.text, pair.value, self.escape)
            outer, stuck = self._outer(instruction, listed, index)
            scope = f"{instruction.name} {instruction.start}"
            key = self.text[slice(*pair.key)]
            yield Entry(scope, key, *pair.key, self.text[slice(*value)], *value, outer, stuck)

    def _outer(
        self, instruction: Instruction, listed: Sequence[Pair], index: int
    ) -> tuple[tuple[int, int] | None, str]:
        """What goes with a setting: the instruction with its only one, else also the space beside it."""
        pair = listed[index]
        if len(listed) == 1:
            return grammar.lines(self.text, instruction.start, instruction.end), ""
        between = self.text[listed[index - 1].end : pair.start] if index else ""
        after = self.text[pair.end : listed[index + 1].start] if index + 1 < len(listed) else ""
        if "#" in between or "#" in after:
            return None, "a comment stands among the settings of the instruction"
        if index:
            return (listed[index - 1].end, pair.end), ""
        return (pair.start, listed[1].start), ""

    def entries(self) -> Sequence[Entry]:
        return self._entries

    @cached_property
    def _key_starts(self) -> list[int]:
        return [entry.key_start for entry in self._entries]

    @cached_property
    def _settings(self) -> dict[int, dict[str, str]]:
        """The settings of each stage."""
        found: dict[int, dict[str, str]] = {}
        for instruction in self.instructions:
            for entry in self.settings_of(instruction):
                found.setdefault(instruction.stage, {})[entry.key] = entry.value
        return found

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
        if instruction.name in ("COPY", "ADD") and instruction.logical_end <= start:
            return self._copied(instruction, start, end) or plain.place(self.text, start, end)
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
        built, beside = "$" in entry.value, self._settings.get(instruction.stage, {})
        return Place(Role.VALUE, syntax, entry.key, entry.value_start, entry.value_end, beside, built)

    def _copied(self, instruction: Instruction, start: int, end: int) -> Place | None:
        """A place in a here-document that becomes a file: `COPY <<EOF /app/.env`."""
        words = self.text[instruction.body : instruction.logical_end].split()
        low = max(self.text.rfind("\n", 0, instruction.end - 1) + 1, instruction.logical_end)
        one = sum(word.startswith("<<") for word in words) == 1
        inside = embedded.of_file(words[-1], self.text, instruction.logical_end, low) if one else None
        return inside.place(start, end) if inside is not None else None

    def _in_command(self, instruction: Instruction, start: int, end: int) -> Place:
        """A place in a command, by the reading of the shell; the exec form is a list of words."""
        body = self.text[instruction.body : instruction.end]
        if dockerfile_values.EXEC_FORM.match(body):
            option = re.search(r"--?([A-Za-z][\w-]*)[\"']?\s*(?:=|,)\s*[\"']?$", self.text[instruction.body : start])
            if option is not None:
                span = plain.value_span(self.text, start, end)
                return Place(Role.VALUE, f"the value of {option[1]}", option[1], *span)
            return plain.place(self.text, start, end, Role.STRING)
        offset, script = self._script(instruction)
        if script is None or start < offset:
            return plain.place(self.text, start, end)
        place = script.place(start - offset, end - offset)
        spans = (place.start + offset, place.end + offset) if place.start >= 0 else (-1, -1)
        return dataclasses.replace(place, start=spans[0], end=spans[1])

    def _script(self, instruction: Instruction) -> tuple[int, shell.Script | None]:
        """What the shell reads of an instruction, and where it starts: a here-document by itself is a script."""
        if instruction.start not in self._scripts:
            self._scripts[instruction.start] = self._parsed(instruction)
        return self._scripts[instruction.start]

    def _parsed(self, instruction: Instruction) -> tuple[int, shell.Script | None]:
        offset = instruction.body
        if LONE_HEREDOC.fullmatch(self.text, offset, instruction.logical_end):
            offset = instruction.logical_end
        body = self.text[offset : instruction.end]
        if offset < instruction.logical_end:
            # comment lines inside a command are the Dockerfile's, and gone when the shell reads it
            size = instruction.logical_end - offset
            body = ASIDE.sub(lambda matched: " " * len(matched[0]), body[:size]) + body[size:]
        if self.escape != "\\":
            body = re.sub(rf"{self.escape}(?=[ \t]*\r?\n)", lambda _: "\\", body)
        try:
            return offset, shell.parse(body)
        except Unparsable:
            return offset, None


def parse(text: str) -> Dockerfile:
    return Dockerfile(text)


def fit(text: str, edits: list[Edit]) -> list[Edit]:
    """The edits with replacements quoted and escaped as the instruction demands.

    Raises:
        ValueError: a text can't be written where it should.
    """
    if all(dockerfile_values.HARMLESS.fullmatch(edit.replacement) for edit in edits):
        return edits
    tree = parse(text)
    return dockerfile_values.fitted(text, edits, tree.instructions, tree.escape)


def check(before: str, after: str) -> str | None:
    """Whether the same instructions follow each other, but for those that were deleted, and all are as they should."""
    old_tree, new_tree = parse(before), parse(after)
    old, new = _names(old_tree), _names(new_tree)
    strange = next((name for name in new if name not in KNOWN and name not in old), None)
    if strange is not None:
        return f"'{strange}' would be no instruction"
    remaining = iter(old)
    if not all(name in remaining for name in new):
        return "the order of the instructions would be another"
    if _malformed(new_tree) > _malformed(old_tree):
        return "an instruction would not be as it should"
    if len(new) < len(old) and _lines(new_tree) > _lines(old_tree):
        return "an instruction would swallow the line below"
    return None


def _names(tree: Dockerfile) -> list[str]:
    """The instructions, but for the tests that `provide` supplies."""
    test = dockerfile_insertions.TEST
    return [one.name for one in tree.instructions if not test.match(tree.text, one.start, one.end)]


def _malformed(tree: Dockerfile) -> int:
    """How many instructions are not as they should: settings without a name, lists that are no JSON."""
    commands_only = (one for one in tree.instructions if one.name in dockerfile_values.COMMANDS)
    return sum(pairs is None for pairs in tree.pairs.values()) + sum(_no_list(tree, one) for one in commands_only)


def _no_list(tree: Dockerfile, instruction: Instruction) -> bool:
    """Whether what begins like the exec form is none; docker hands it to the shell then."""
    matched = dockerfile_values.EXEC_FORM.match(tree.text, instruction.body, instruction.logical_end)
    if matched is None:
        return False
    source = dockerfile_lines.gap(tree.escape).sub(" ", tree.text[matched.end() : instruction.logical_end])
    try:
        return not isinstance(json.loads(source), list)
    except ValueError:
        return True


def _lines(tree: Dockerfile) -> int:
    """How many lines go on in the next one."""
    return sum(tree.text.count("\n", i.start, max(i.logical_end - 1, i.start)) for i in tree.instructions)


def provide(text: str, need: str) -> Edit | None:
    """Supply `setting:ENV:KEY=VALUE` or `setting:ARG:KEY` in the last stage, or `test::KEY`, which stops its build.

    Raises:
        ValueError: there is no place for it; the message says why.
    """
    return dockerfile_insertions.provide(parse(text), need)


def grown(before: str, after: str) -> str | None:
    """Whether every instruction is still there once others were added."""
    old, new = (_sources(parse(text)) for text in (before, after))
    remaining = iter(new)
    if all(source in remaining for source in old):
        return None
    return "an instruction would change with those that are added"


def _sources(tree: Dockerfile) -> list[str]:
    return [tree.text[i.start : i.end].strip() for i in tree.instructions]
