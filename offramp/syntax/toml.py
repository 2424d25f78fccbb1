"""TOML: positions by an own scanner, validity by `tomllib`.

[tool.app]
provider = "gradient"           the value of provider
[project]
dependencies = ["gradient>=1"]  a requirement of pip
[tool.poetry.dependencies]
gradient = "^1.0"               the same, as a key
"""

from __future__ import annotations

import bisect
import dataclasses
import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cached_property

from offramp.document import Unparsable
from offramp.model import Entry, Place, Role
from offramp.syntax import commands, grammar
from offramp.syntax import text as plain

COMMENT = "#"
BLANK = re.compile(r"(?:[ \t\r\n]+|\#[^\r\n]*)*")
KEY_PART = re.compile(r"""[A-Za-z0-9_-]+|"(?:\\.|[^"\\\r\n])*"|'[^'\r\n]*'""")
STRING = re.compile(r'''"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\r\n])*"|'[^'\r\n]*\'''', re.DOTALL)
SCALAR = re.compile(r"[^\s,\]}#][^,\]}#\r\n]*?(?=[ \t]*(?:[,\]}#\r\n]|\Z))")
# tables and keys whose strings are requirements, as paths with * for one part
REQUIREMENTS = re.compile(
    r"project\.dependencies|project\.optional-dependencies\.[^.]+|dependency-groups\.[^.]+|build-system\.requires"
    r"|tool\.uv\.(?:dev-dependencies|constraint-dependencies|override-dependencies)|tool\.pdm\.dev-dependencies\.[^.]+"
    r"|tool\.hatch\.envs\.[^.]+\.(?:extra-)?dependencies|tool\.pixi\.pypi-dependencies|requirements|install_requires"
    r"|tool\.(?:setuptools\.dynamic|rye)\.(?:dev-)?dependencies|tool\.setuptools\.(?:install|setup)-requires"
)
NAMES = re.compile(r"tool\.poetry\.extras\.[^.]+")  # what Poetry lists there stands among its dependencies
REQUIREMENT_TABLES = re.compile(
    r"tool\.poetry\.(?:dev-)?dependencies|tool\.poetry\.group\.[^.]+\.dependencies|packages|dev-packages"
    r"|tool\.(?:uv|rye)\.sources|tool\.pixi\.pypi-dependencies"
)


@dataclasses.dataclass(frozen=True, slots=True)
class Scalar:
    """A leaf value: `start` and `end` without quotes; `path` is that of its key, tables included."""

    path: str
    key: str
    table: int  # which mapping holds it
    start: int
    end: int
    in_array: bool
    quoted: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Item:
    """A requirement in an array, with what goes when it is deleted."""

    start: int
    end: int
    outer: tuple[int, int]
    array: int


class Table:
    """What one text holds. The scan trusts that `tomllib` has accepted it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.scalars: list[Scalar] = []
        self.keys: list[Entry] = []
        self.paths: dict[int, str] = {}  # start of a key → path of the mapping that holds it
        self.headers: list[tuple[int, int]] = []
        self.items: list[Item] = []
        self._statements()

    def _blank(self, position: int) -> int:
        matched = BLANK.match(self.text, position)
        return matched.end() if matched else position

    def _statements(self) -> None:
        position, path, table = self._blank(0), "", 0
        while position < len(self.text):
            if self.text[position] == "[":
                table = position
                parts, after = self._key(self._spaces(position + 1 + (self.text[position + 1 : position + 2] == "[")))
                path = ".".join(parts)
                self.headers.append((position, after))
                line_end = re.compile(r"[\]\s]*").match(self.text, after)
                position = self._blank(line_end.end() if line_end else after)
            else:
                position = self._blank(self._pair(position, path, table, None))

    def _spaces(self, position: int) -> int:
        while self.text[position : position + 1] in (" ", "\t"):
            position += 1
        return position

    def _key(self, position: int) -> tuple[list[str], int]:
        parts: list[str] = []
        while (matched := KEY_PART.match(self.text, position)) is not None:
            parts.append(matched[0].strip("\"'"))
            position = self._spaces(matched.end())
            if self.text[position : position + 1] != ".":
                return parts, matched.end()
            position = self._spaces(position + 1)
        raise Unparsable(f"line {self.text.count(chr(10), 0, position) + 1}: a key was expected")

    def _pair(self, start: int, path: str, table: int, closes: int | None) -> int:
        """Read `key = value` at `start`; returns where it ends."""
        parts, after = self._key(start)
        equals = self._spaces(after)
        full = ".".join(filter(None, (path, *parts)))
        value_start = self._spaces(equals + 1)
        if closes is None:  # reserve the place: keys come in the order of the text
            index = len(self.keys)
            self.keys.append(Entry("", "", 0, 0, "", 0, 0, None))
        else:
            index = -1
        end = self._value(value_start, full, parts[-1], table, in_array=False)
        value_span = self._without_quotes(value_start, end)
        key_span = self._without_quotes(start, after)
        outer = grammar.line_span(self.text, start, end)
        stuck = "" if outer else "it stands in an inline table"
        value = self.text[slice(*value_span)]
        entry = Entry(f"table {table}", ".".join(parts), *key_span, value, *value_span, outer, stuck)
        if index >= 0:
            self.keys[index] = entry
        else:
            self.keys.append(entry)
        self.paths[key_span[0]] = path
        return end

    def _without_quotes(self, start: int, end: int) -> tuple[int, int]:
        for quote in ('"""', "'''", '"', "'"):
            if self.text.startswith(quote, start) and end - start >= 2 * len(quote):
                return start + len(quote), end - len(quote)
        return start, end

    def _value(self, start: int, path: str, key: str, table: int, *, in_array: bool) -> int:
        opening = self.text[start : start + 1]
        if opening == "[":
            return self._array(start, path, key, table)
        if opening == "{":
            return self._inline(start, path)
        matched = STRING.match(self.text, start) or SCALAR.match(self.text, start)
        if matched is None:
            raise Unparsable(f"line {self.text.count(chr(10), 0, start) + 1}: a value was expected")
        span = self._without_quotes(start, matched.end())
        self.scalars.append(Scalar(path, key, table, *span, in_array, opening in ("'", '"')))
        return matched.end()

    def _array(self, start: int, path: str, key: str, table: int) -> int:
        position = self._blank(start + 1)
        spans: list[tuple[int, int]] = []
        while self.text[position : position + 1] not in ("]", ""):
            end = self._value(position, path, key, table, in_array=True)
            spans.append((position, end))
            position = self._blank(end)
            if self.text[position : position + 1] == ",":
                position = self._blank(position + 1)
        for span in spans:
            outer = grammar.item_span(self.text, *span, opens=start + 1, closes=position)
            self.items.append(Item(*self._without_quotes(*span), outer, start))
        return position + 1

    def _inline(self, start: int, path: str) -> int:
        position = self._blank(start + 1)
        first = len(self.keys)
        while self.text[position : position + 1] not in ("}", ""):
            position = self._blank(self._pair(position, path, start, start))
            if self.text[position : position + 1] == ",":
                position = self._blank(position + 1)
        for index in range(first, len(self.keys)):
            entry = self.keys[index]
            if entry.scope == f"table {start}":
                self.keys[index] = self._inline_entry(entry, start + 1, position)
        return position + 1

    def _inline_entry(self, entry: Entry, opens: int, closes: int) -> Entry:
        start = entry.key_start - (self.text[entry.key_start - 1] in "\"'")
        end = entry.value_end
        while self.text[end : end + 1] in ("'", '"'):
            end += 1
        outer = grammar.item_span(self.text, start, end, opens=opens, closes=closes)
        return dataclasses.replace(entry, outer=outer, stuck="")

    @cached_property
    def _scalar_starts(self) -> list[int]:
        self.scalars.sort(key=lambda scalar: scalar.start)
        return [scalar.start for scalar in self.scalars]

    @cached_property
    def _entries(self) -> list[Entry]:
        return sorted(self.keys, key=lambda entry: entry.key_start)

    @cached_property
    def _key_starts(self) -> list[int]:
        return [entry.key_start for entry in self._entries]

    @cached_property
    def _by_table(self) -> dict[str, dict[str, str]]:
        tables: dict[str, dict[str, str]] = {}
        for entry in self._entries:
            tables.setdefault(entry.scope, {})[entry.key] = entry.value
        return tables

    def entries(self) -> Sequence[Entry]:
        return self._entries

    def item_at(self, offset: int) -> Item | None:
        """The item of an array that holds the offset."""
        return next((item for item in self.items if item.start <= offset < item.end), None)

    def place(self, start: int, end: int) -> Place:
        index = bisect.bisect_right(self._scalar_starts, start) - 1
        if index >= 0 and end <= self.scalars[index].end:
            return self._in_scalar(self.scalars[index], start, end)
        index = bisect.bisect_right(self._key_starts, start) - 1
        if index >= 0 and end <= self._entries[index].key_end:
            return self._in_key(self._entries[index])
        if any(header_start <= start < header_end for header_start, header_end in self.headers):
            return Place(Role.KEY, "the name of a table", "", start, end)
        return plain.place(self.text, start, end, Role.COMMENT)

    def _in_key(self, entry: Entry) -> Place:
        path = self.paths.get(entry.key_start, "")
        if REQUIREMENT_TABLES.fullmatch(path):
            return Place(Role.PACKAGE, "a requirement", commands.PIP, entry.key_start, entry.key_end)
        holder = path.rpartition(".")[2]
        return Place(Role.KEY, "a key", holder, entry.key_start, entry.key_end)

    def _in_scalar(self, scalar: Scalar, start: int, end: int) -> Place:
        span = scalar.start, scalar.end
        if scalar.in_array and NAMES.fullmatch(scalar.path) and span == (start, end):
            return Place(Role.PACKAGE, commands.NAMED, commands.PIP, *span)
        if scalar.in_array and REQUIREMENTS.fullmatch(scalar.path) and scalar.start == start:
            return Place(Role.PACKAGE, "a requirement", commands.PIP, *span)
        if (package := commands.package(self.text, start, end)) is not None:
            return package
        siblings: Mapping[str, str] = self._by_table.get(f"table {scalar.table}", {})
        assigned = re.match(r"([A-Za-z_]\w*)=", self.text[scalar.start : scalar.end]) if scalar.in_array else None
        if assigned is not None:  # env = ["K=V"]
            if end <= scalar.start + assigned.end(1):
                return Place(Role.KEY, "a setting", scalar.key, scalar.start, scalar.start + assigned.end(1))
            return Place(
                Role.VALUE, f"the value of {assigned[1]}", assigned[1], scalar.start + assigned.end(), scalar.end
            )
        return Place(Role.VALUE, f"the value of {scalar.key}", scalar.key, *span, siblings)


def parse(text: str) -> Table:
    data(text)
    return Table(text)


def data(text: str) -> object:
    """The data of a text.

    Raises:
        Unparsable: it is not TOML.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        reason = re.sub(r" \(at .*\)$", "", str(error))
        raise Unparsable(f"line {line[1] if line else '?'}: {reason}") from None


def check(before: str, after: str) -> str | None:
    """Whether an edit kept the data what it was but for the names and values that it changed."""
    return _difference(data(before), data(after), "")


def _difference(before: object, after: object, path: str) -> str | None:
    if isinstance(before, dict) and isinstance(after, dict):
        if len(after) > len(before):
            return f"{path or 'the file'} would have more keys than before"
        shared = ((key, before[key], after[key]) for key in before if key in after)
        return next((why for key, b, a in shared if (why := _difference(b, a, f"{path}.{key}".lstrip(".")))), None)
    grown = isinstance(before, list) and isinstance(after, list) and len(after) > len(before)
    if grown and not _among(before, after):
        return f"{path} would have more items than before"
    if type(before) is not type(after) and not {type(before), type(after)} <= {str, dict}:
        return f"{path} would be of another type"
    return None


def _among(before: object, after: object) -> bool:
    """Whether a list is another one with more texts among those that were there, none of them twice."""
    if not isinstance(before, list) or not isinstance(after, list) or not all(isinstance(item, str) for item in after):
        return False
    return [item for item in after if item in before] == before and len(set(after)) == len(after)
