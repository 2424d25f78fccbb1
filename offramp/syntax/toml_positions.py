"""Where everything stands in a text of TOML: scalars, keys and their parts, tables, items of arrays.

[tool.app]                      a section
names = ["a", "b"]              a pair, with two items
"dotted".key = 1                a key of two parts
"""

from __future__ import annotations

import dataclasses
import re
import tomllib

from offramp.document import Unparsable
from offramp.model import Entry
from offramp.syntax import grammar

BLANK = re.compile(r"(?:[ \t\r\n]+|\#[^\r\n]*)*")
KEY_PART = re.compile(r"""[A-Za-z0-9_-]+|"(?:\\.|[^"\\\r\n])*"|'[^'\r\n]*'""")
STRING = re.compile(r'''"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\r\n])*"|'[^'\r\n]*\'''', re.DOTALL)
SCALAR = re.compile(r"[^\s,\]}#][^,\]}#\r\n]*?(?=[ \t]*(?:[,\]}#\r\n]|\Z))")

TOP = -1  # what stands for the table of the keys above all headers


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
    """An item of an array, with what goes when it is deleted; `whole` has its quotes."""

    start: int
    end: int
    outer: tuple[int, int]
    array: int
    whole: tuple[int, int]


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """One name of a dotted key, without its quotes."""

    start: int
    end: int
    quote: str
    name: str


@dataclasses.dataclass(frozen=True, slots=True)
class Section:
    """The header of a table; `several`: of one among others of its name."""

    start: int
    end: int
    parts: tuple[str, ...]
    several: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Pair:
    """`key = value` on lines of its own: its path, how many parts of it stand here, where value and whole end."""

    section: int
    path: tuple[str, ...]
    parts: int
    value: int
    end: int


class Positions:
    """What one text holds. The scan trusts that `tomllib` has accepted it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.scalars: list[Scalar] = []
        self.keys: list[Entry] = []
        self.paths: dict[int, str] = {}  # start of a key → path of the mapping that holds it
        self.headers: list[tuple[int, int]] = []
        self.items: list[Item] = []
        self.parts: list[Part] = []
        self.sections: list[Section] = []
        self.pairs: list[Pair] = []
        self._statements()

    def blank(self, position: int) -> int:
        """Where white space and comments end."""
        matched = BLANK.match(self.text, position)
        return matched.end() if matched else position

    def _statements(self) -> None:
        position, path, table = self.blank(0), tuple[str, ...](), TOP
        while position < len(self.text):
            if self.text[position] == "[":
                table, several = position, self.text.startswith("[[", position)
                parts, after = self._key(self._spaces(position + 1 + several))
                path = tuple(part.name for part in parts)
                self.headers.append((position, after))
                end = self.text.index("]", after) + 1 + several
                self.sections.append(Section(position, end, path, several))
                position = self.blank(end)
            else:
                position = self.blank(self._pair(position, path, table, None))

    def _spaces(self, position: int) -> int:
        while self.text[position : position + 1] in (" ", "\t"):
            position += 1
        return position

    def _key(self, position: int) -> tuple[list[Part], int]:
        parts: list[Part] = []
        while (matched := KEY_PART.match(self.text, position)) is not None:
            quote = matched[0][0] if matched[0][0] in "\"'" else ""
            name = _meaning(matched[0]) if quote == '"' else matched[0].strip("'")
            wide = len(quote)
            parts.append(Part(matched.start() + wide, matched.end() - wide, quote, name))
            position = self._spaces(matched.end())
            if self.text[position : position + 1] != ".":
                self.parts += parts
                return parts, matched.end()
            position = self._spaces(position + 1)
        raise Unparsable(f"line {self.text.count(chr(10), 0, position) + 1}: a key was expected")

    def _pair(self, start: int, path: tuple[str, ...], table: int, closes: int | None) -> int:
        """Read `key = value` at `start`; returns where it ends."""
        parts, after = self._key(start)
        full = (*path, *(part.name for part in parts))
        value_start = self._spaces(self._spaces(after) + 1)
        if closes is None:  # reserve the place: keys come in the order of the text
            index = len(self.keys)
            self.keys.append(Entry("", "", 0, 0, "", 0, 0, None))
        else:
            index = -1
        end = self._value(value_start, full, parts[-1].name, table, in_array=False)
        if closes is None:
            self.pairs.append(Pair(table, full, len(parts), value_start, end))
        value_span = self._without_quotes(value_start, end)
        key_span = (parts[0].start, parts[0].end) if len(parts) == 1 else (start, after)
        outer = grammar.line_span(self.text, start, end)
        stuck = "" if outer else "it stands in an inline table"
        value = self.text[slice(*value_span)]
        name = ".".join(part.name for part in parts)
        entry = Entry(f"table {table}", name, *key_span, value, *value_span, outer, stuck)
        if index >= 0:
            self.keys[index] = entry
        else:
            self.keys.append(entry)
        self.paths[key_span[0]] = ".".join(path)
        return end

    def _without_quotes(self, start: int, end: int) -> tuple[int, int]:
        for quote in ('"""', "'''", '"', "'"):
            if self.text.startswith(quote, start) and end - start >= 2 * len(quote):
                return start + len(quote), end - len(quote)
        return start, end

    def _value(self, start: int, path: tuple[str, ...], key: str, table: int, *, in_array: bool) -> int:
        opening = self.text[start : start + 1]
        if opening == "[":
            return self._array(start, path, key, table)
        if opening == "{":
            return self._inline(start, path)
        matched = STRING.match(self.text, start) or SCALAR.match(self.text, start)
        if matched is None:
            raise Unparsable(f"line {self.text.count(chr(10), 0, start) + 1}: a value was expected")
        span = self._without_quotes(start, matched.end())
        self.scalars.append(Scalar(".".join(path), key, table, *span, in_array, opening in ("'", '"')))
        return matched.end()

    def _array(self, start: int, path: tuple[str, ...], key: str, table: int) -> int:
        position = self.blank(start + 1)
        spans: list[tuple[int, int]] = []
        while self.text[position : position + 1] not in ("]", ""):
            end = self._value(position, path, key, table, in_array=True)
            spans.append((position, end))
            position = self.blank(end)
            if self.text[position : position + 1] == ",":
                position = self.blank(position + 1)
        for span in spans:
            outer = grammar.item_span(self.text, *span, opens=start + 1, closes=position)
            self.items.append(Item(*self._without_quotes(*span), outer, start, span))
        return position + 1

    def _inline(self, start: int, path: tuple[str, ...]) -> int:
        position = self.blank(start + 1)
        first = len(self.keys)
        while self.text[position : position + 1] not in ("}", ""):
            position = self.blank(self._pair(position, path, start, start))
            if self.text[position : position + 1] == ",":
                position = self.blank(position + 1)
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


def _meaning(quoted: str) -> str:
    return str(tomllib.loads(f"x = {quoted}")["x"]) if "\\" in quoted else quoted[1:-1]
