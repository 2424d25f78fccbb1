"""Makefiles and justfiles: assignments and recipes.

LLM_PROVIDER ?= gradient        the value of LLM_PROVIDER
export GRADIENT_API_KEY         an environment variable
    pip install gradient        a package
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from functools import cached_property

from offramp.model import Entry, Place, Role
from offramp.syntax import commands, grammar
from offramp.syntax import text as plain

COMMENT = "#"
ASSIGNMENT = re.compile(
    r"""(?m)^(?P<head>[ ]*(?:(?:override|private|define)[ \t]+)?(?P<export>(?:un)?export[ \t]+)?)
    (?P<key>[A-Za-z_][\w.-]*)[ \t]*(?P<operator>[?:+!]{0,3}=)[ \t]*
    (?P<value>(?:\\\r?\n|[^\r\n])*?)[ \t]*(?P<note>[ \t]\#[^\r\n]*)?(?:\r\n|\r|\n|\Z)""",
    re.VERBOSE,
)
EXPORT = re.compile(r"^[ \t]*(?:un)?export[ \t]+[\w \t]*$")
RECIPE_ASSIGNED = re.compile(r"(?:^|[\s;@\"'])(?P<key>[A-Za-z_]\w*)=$")


class Makefile:
    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _assignments(self) -> list[Entry]:
        found = []
        for matched in ASSIGNMENT.finditer(self.text):
            value_start, value_end = matched.span("value")
            value = matched["value"]
            if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
                value_start, value_end, value = value_start + 1, value_end - 1, value[1:-1]
            scope = f"assignment {matched.start()}"  # a second one may mean to overwrite the first
            outer = grammar.lines(self.text, *matched.span())
            found.append(Entry(scope, matched["key"], *matched.span("key"), value, value_start, value_end, outer))
        return found

    @cached_property
    def _starts(self) -> list[int]:
        return [entry.key_start for entry in self._assignments]

    @cached_property
    def _values(self) -> dict[str, str]:
        return {entry.key: entry.value for entry in self._assignments}

    def entries(self) -> Sequence[Entry]:
        return self._assignments

    def place(self, start: int, end: int) -> Place:
        if (package := commands.package(self.text, start, end)) is not None:
            return package
        line_start = self.text.rfind("\n", 0, start) + 1
        before = self.text[max(line_start, start - plain.REACH) : start]
        index = bisect.bisect_right(self._starts, start) - 1
        entry = self._assignments[index] if index >= 0 else None
        if entry is not None and entry.outer is not None and start < entry.outer[1]:
            if end <= entry.key_end:
                return Place(Role.KEY, "a variable of make", "", entry.key_start, entry.key_end)
            inside = plain.place(self.text, start, end)
            if entry.value_start <= start and end <= entry.value_end and inside.role is not Role.ENV:
                built = "$(" in entry.value or "${" in entry.value
                return Place(
                    *(Role.VALUE, f"the value of {entry.key}", entry.key, entry.value_start, entry.value_end),
                    *(self._values, built),
                )
            return inside if start < entry.value_end else Place(Role.COMMENT, "a comment", start=start, end=end)
        if EXPORT.match(before):
            return Place(Role.ENV, "an environment variable", "", start, end)
        if self.text[end : end + 1] == "=" and re.search(r"(?:^|[\s;@\"'])$", before) and before.startswith("\t"):
            return Place(Role.ENV, "an environment variable of a command", "", start, end)
        option = re.search(r"(?:\s|^)--?(?P<name>[A-Za-z][\w-]*)[ =][\"']?$", before)
        if option is not None and "#" not in before:
            return Place(Role.VALUE, f"the value of {option['name']}", option["name"], *_word(self.text, start, end))
        return plain.place(self.text, start, end)


def parse(text: str) -> Makefile:
    return Makefile(text)


def check(before: str, after: str) -> str | None:
    if len(parse(after).entries()) > len(parse(before).entries()):
        return "the file would have an assignment more than before"
    return None


def _word(text: str, start: int, end: int) -> tuple[int, int]:
    return plain.value_span(text, start, end)
