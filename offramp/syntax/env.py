"""Env files: `.env`, their templates, and everything that is read as such. Lossless: spans only.

    export KEY="value"  # comment      set
    KEY=                               set, empty
    # KEY=value                        a setting that is commented out

A quoted value may run over several lines. Of a key that stands twice the last wins; `entries` lists both.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from functools import cached_property

from offramp.model import Edit, Entry, Place, Role
from offramp.syntax import grammar
from offramp.syntax import text as plain

COMMENT = "#"
LINE = re.compile(
    r"""(?P<head>[ \t]*(?:(?P<off>\#[ \t]*)?(?:export[ \t]+)?))(?P<key>[A-Za-z_][\w.-]*)[ \t]*(?P<sep>=|:[ \t])[ \t]*
    (?P<value>"(?:\\.|[^"\\])*"|'[^']*'|`[^`]*`|[^\r\n]*?)(?P<tail>[ \t]+\#[^\r\n]*|[ \t]*)(?=\r?\n|\r|\Z)""",
    re.VERBOSE,
)
BREAK = re.compile(r"\r\n|\r|\n")


class EnvFile:
    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _entries(self) -> list[Entry]:
        entries = []
        position = 0
        while position < len(self.text):
            matched = LINE.match(self.text, position)
            line_break = BREAK.search(self.text, matched.end() if matched else position)
            following = line_break.end() if line_break else len(self.text)
            if matched is not None:
                entries.append(self._entry(matched, position, following))
            position = following
        return entries

    def _entry(self, matched: re.Match[str], start: int, following: int) -> Entry:
        value_start, value_end = matched.span("value")
        value = matched["value"]
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'`":
            value_start, value_end, value = value_start + 1, value_end - 1, value[1:-1]
        scope = "commented out" if matched["off"] else "file"
        outer = grammar.lines(self.text, start, following)
        return Entry(scope, matched["key"], *matched.span("key"), value, value_start, value_end, outer)

    @cached_property
    def _set(self) -> list[Entry]:
        return [entry for entry in self._entries if entry.scope == "file"]

    @cached_property
    def _values(self) -> dict[str, str]:
        return {entry.key: entry.value for entry in self._set}

    @cached_property
    def _starts(self) -> list[int]:
        return [entry.key_start for entry in self._entries]

    def entries(self) -> Sequence[Entry]:
        return self._set

    def commented(self) -> Sequence[Entry]:
        """The settings that are commented out."""
        return [entry for entry in self._entries if entry.scope != "file"]

    def entry_at(self, offset: int) -> Entry | None:
        index = bisect.bisect_right(self._starts, offset) - 1
        if index < 0:
            return None
        entry = self._entries[index]
        return entry if entry.outer is not None and offset < entry.outer[1] else None

    def place(self, start: int, end: int) -> Place:
        entry = self.entry_at(start)
        if entry is None:
            return plain.place(self.text, start, end, Role.COMMENT)
        if end <= entry.key_end:
            return Place(Role.KEY, "a setting in an env file", "", entry.key_start, entry.key_end)
        if entry.value_start <= start and end <= entry.value_end:
            syntax = f"the value of {entry.key} in an env file"
            return Place(Role.VALUE, syntax, entry.key, entry.value_start, entry.value_end, self._values)
        return Place(Role.COMMENT, "a comment", start=start, end=end)


def parse(text: str) -> EnvFile:
    return EnvFile(text)


def data(text: str) -> dict[str, str]:
    """The settings of an env file; of a key that is set twice, the last."""
    return {entry.key: entry.value for entry in parse(text).entries()}


def check(before: str, after: str) -> str | None:
    """Whether the edit added no setting; what it renames, changes or deletes is its own affair."""
    if len(parse(after).entries()) > len(parse(before).entries()):
        return "the file would have a setting more than before"
    return None


def provide(text: str, need: str) -> Edit | None:
    """Supply `setting::KEY=VALUE`: below where it is commented out, else below its relations, else at the end."""
    assignment = need.rpartition(":")[2]
    key = assignment.partition("=")[0]
    tree = parse(text)
    if any(entry.key == key for entry in tree.entries()):
        return None
    relation = re.compile(rf"{re.escape(key.partition('_')[0])}_")
    near = [entry for entry in tree.commented() if entry.key == key]
    near = near or [entry for entry in tree.entries() if relation.match(entry.key)]
    position = near[-1].outer[1] if near and near[-1].outer is not None else len(text)
    matched = BREAK.search(text)
    newline = matched[0] if matched else "\n"
    if position and text[position - 1] not in "\r\n":
        return Edit(position, position, newline + assignment)
    return Edit(position, position, assignment + newline)


def grown(before: str, after: str) -> str | None:
    """Whether every setting is still there, with its value, once others were added."""
    if data(before).items() <= data(after).items():
        return None
    return "a setting would change with those that are added"
