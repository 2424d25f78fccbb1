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
import functools
import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cached_property

from offramp.document import Unparsable
from offramp.model import Edit, Entry, Place, Role
from offramp.syntax import commands, toml_writing
from offramp.syntax import text as plain
from offramp.syntax.toml_positions import Item, Part, Positions, Scalar, Section

COMMENT = "#"
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
    r"|tool\.(?:uv|rye)\.sources|tool\.pixi\.(?:feature\.[^.]+\.)?pypi-dependencies|tool\.pdm\.resolution\.overrides"
)


class Table(Positions):
    """What one text holds, and what stands where in it."""

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

    def scalar_at(self, offset: int) -> Scalar | None:
        """The scalar that begins at an offset or holds it; its end belongs to it."""
        index = bisect.bisect_right(self._scalar_starts, offset) - 1
        return self.scalars[index] if index >= 0 and offset <= self.scalars[index].end else None

    def part_at(self, offset: int) -> Part | None:
        """The part of a key that holds an offset."""
        index = bisect.bisect_right(self.parts, offset, key=lambda part: part.start) - 1
        return self.parts[index] if index >= 0 and offset <= self.parts[index].end else None

    def section_of(self, offset: int) -> Section | None:
        """The table whose header holds an offset."""
        return next((section for section in self.sections if section.start <= offset < section.end), None)

    def place(self, start: int, end: int) -> Place:
        index = bisect.bisect_right(self._scalar_starts, start) - 1
        if index >= 0 and end <= self.scalars[index].end:
            return self._in_scalar(self.scalars[index], start, end)
        index = bisect.bisect_right(self._key_starts, start) - 1
        if index >= 0 and end <= self._entries[index].key_end:
            return self._in_key(self._entries[index])
        if any(header_start <= start < header_end for header_start, header_end in self.headers):
            section = self.section_of(start)
            if section is not None and REQUIREMENT_TABLES.fullmatch(".".join(section.parts[:-1])):
                part = self.part_at(start)
                if part is not None and (part.start, part.end) == (start, end) and part.name == section.parts[-1]:
                    return Place(Role.PACKAGE, "a requirement", commands.PIP, start, end)
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


@functools.lru_cache(maxsize=2)
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


def fit(text: str, edits: list[Edit]) -> list[Edit]:
    return toml_writing.fitted(parse(text), edits)


def provide(text: str, need: str) -> Edit | None:
    """Supply `setting:PATH/OF/TABLE:KEY=VALUE` or `item:PATH/OF/LIST:VALUE`."""
    return toml_writing.supplied(parse(text), tomllib.loads(text), need)


def grown(before: str, after: str) -> str | None:
    """Whether everything is still there once settings or items were added."""
    return None if _holds(data(after), data(before)) else "a value would change with what is added"


def _holds(whole: object, part: object) -> bool:
    """Whether a value is there with all that is in it; lists may be longer at the end."""
    if isinstance(whole, dict) and isinstance(part, dict):
        return all(key in whole and _holds(whole[key], value) for key, value in part.items())
    if isinstance(whole, list) and isinstance(part, list):
        return len(whole) >= len(part) and all(_holds(a, b) for a, b in zip(whole, part, strict=False))
    return type(whole) is type(part) and (whole == part or whole != whole)  # not a number is not itself
