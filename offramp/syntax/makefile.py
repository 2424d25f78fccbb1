"""Makefiles and justfiles: assignments and recipes.

LLM_PROVIDER ?= gradient        the value of LLM_PROVIDER
export GRADIENT_API_KEY         an environment variable
    pip install gradient        a package
"""

from __future__ import annotations

import bisect
import dataclasses
import re
from collections.abc import Sequence
from functools import cached_property

from offramp.model import Edit, Entry, Place, Role
from offramp.syntax import commands, grammar, shell_words
from offramp.syntax import text as plain

COMMENT = "#"
ASSIGNMENT = re.compile(
    r"""(?m)^(?P<head>[ ]*(?:(?:override|private|define)[ \t]+)?(?P<export>(?:un)?export[ \t]+)?)
    (?P<key>[A-Za-z_][\w.-]*)[ \t]*(?P<operator>[?:+!]{0,3}=)[ \t]*
    (?P<value>(?:\\\r?\n|[^\r\n])*?)[ \t]*(?P<note>[ \t]\#[^\r\n]*)?(?:\r\n|\r|\n|\Z)""",
    re.VERBOSE,
)
EXPORT = re.compile(r"^[ \t]*(?:un)?export[ \t]+[\w \t]*$")
SIMPLE = re.compile(r"[\w./:@%+,=-]*")
RECIPE = re.compile(r"\A\t[@+-]*")
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
            define = "define" in matched["head"]
            outer = None if define else grammar.lines(self.text, *matched.span())
            stuck = "it goes on over several lines" if define else ""
            found.append(
                Entry(scope, matched["key"], *matched.span("key"), value, value_start, value_end, outer, stuck)
            )
        return found

    @cached_property
    def _starts(self) -> list[int]:
        return [entry.key_start for entry in self._assignments]

    @cached_property
    def _values(self) -> dict[str, str]:
        return {entry.key: entry.value for entry in self._assignments}

    def entries(self) -> Sequence[Entry]:
        return self._assignments

    def holding(self, start: int, end: int) -> Entry | None:
        """The assignment in whose name or value a span stands."""
        index = bisect.bisect_right(self._starts, start) - 1
        entry = self._assignments[index] if index >= 0 else None
        return entry if entry is not None and end <= entry.value_end else None

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


def provide(text: str, need: str) -> Edit | None:
    """Supply `setting::KEY=VALUE`, below where others of its like are set and as they are.

    Raises:
        ValueError: the file sets nothing beside which it could stand, or the value can't be written.
    """
    key, _, value = need.rpartition("::")[2].partition("=")
    entries = [entry for entry in parse(text).entries() if entry.outer is not None]
    if any(entry.key == key for entry in entries):
        return None
    lines = [entry for entry in entries if entry.outer and entry.outer[0] == entry.key_start]
    alike = [entry for entry in lines if entry.key.startswith(f"{key.partition('_')[0]}_")]
    near = next(reversed(alike or lines), None)
    sign = re.match(r"[ \t]*[?:]{0,3}=[ \t]*", text[near.key_end :]) if near is not None else None
    if near is None or near.outer is None or sign is None or not re.fullmatch(r"[A-Za-z_]\w*", key):
        raise ValueError(f"the file sets nothing beside which {key} could be set")
    line, end = f"{key}{sign[0].strip() if not value else sign[0]}{_value(value)}", near.outer[1]
    newline = "\r\n" if "\r\n" in text else "\n"
    return Edit(end, end, line + newline if text[end - 1] in "\r\n" else newline + line)


def grown(before: str, after: str) -> str | None:
    """Whether every variable is still set to its value once others were added."""
    remaining = iter([(entry.key, entry.value) for entry in parse(after).entries()])
    if all((entry.key, entry.value) in remaining for entry in parse(before).entries()):
        return None
    return "a variable would change with those that are added"


def fit(text: str, edits: list[Edit]) -> list[Edit]:
    """The edits as make demands them, and in recipes the shell.

    Raises:
        ValueError: a text can't be written where it should.
    """
    if all(SIMPLE.fullmatch(edit.replacement) for edit in edits):
        return edits
    tree = parse(text)
    return [written for edit in edits for written in _fitted(tree, edit)]


def _fitted(tree: Makefile, edit: Edit) -> list[Edit]:
    value, text = edit.replacement, tree.text
    entry = tree.holding(edit.start, edit.end)
    if not value or value.startswith("$(error ") or "\n" in text[edit.start : edit.end]:
        return [edit]  # a deletion, or source text
    if "\n" in value or "\r" in value:
        raise ValueError("a line of a makefile can't hold a line break: write it by hand")
    if entry is not None and edit.start >= entry.value_start:
        quote = text[entry.value_start - 1]
        quote = quote if quote in "\"'" and text[entry.value_end : entry.value_end + 1] == quote else ""
        return [dataclasses.replace(edit, replacement=_value(value, quote))]
    start = text.rfind("\n", 0, edit.start) + 1
    while (above := text.rfind("\n", 0, max(start - 1, 0)) + 1) < start and re.search(r"\\\r?\n\Z", text[above:start]):
        start = above
    if text[start : start + 1] != "\t" or re.match(r"\s*@?\s*#", text[start : edit.start]):
        return [edit]
    line = re.compile(r"(?:\\\r?\n|[^\r\n])*").match(text, start)
    command = RECIPE.sub(lambda found: " " * len(found[0]), line[0]) if line else ""
    moved = Edit(edit.start - start, edit.end - start, value)
    return [
        Edit(fitted.start + start, fitted.end + start, fitted.replacement.replace("$", "$$"))
        for fitted in shell_words.fit(command, [moved])
    ]


def _value(value: str, quote: str = "") -> str:
    """The value of a variable."""
    if quote and quote in value:
        raise ValueError("a quote in the value would end the one that stands around it: write it by hand")
    if not quote and (value != value.strip() or value.endswith("\\")):
        raise ValueError("make drops the blanks around a value, and a backslash at its end: write it by hand")
    if re.search(r"\\#", value):
        raise ValueError("make reads a backslash before # in another way: write it by hand")
    return value.replace("$", "$$").replace("#", "\\#")


def _word(text: str, start: int, end: int) -> tuple[int, int]:
    return plain.value_span(text, start, end)
