"""How TOML is written: values in quotes that can hold them, keys in theirs, and settings in the table they belong to.

set 'plain' to  it's             "it's"
rename a bare key to  a b        "a b"
setting:tool/app:KEY=value       KEY = "value", behind the last entry of [tool.app], which is made where it is not
item:project/dependencies:x      "x", as the last item, on a line of its own where the others are
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from offramp.model import Edit
from offramp.syntax.entries import line_start
from offramp.syntax.json_writing import steps_of
from offramp.syntax.toml_positions import TOP

if TYPE_CHECKING:
    from offramp.syntax.toml import Table
    from offramp.syntax.toml_positions import Pair, Scalar

BREAK = re.compile(r"\r\n|\n")
BARE = re.compile(r"[A-Za-z0-9_-]+")
DOTTED = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")
UNWRITABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
ESCAPES = {"\\": "\\\\", '"': '\\"', "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
TO_ESCAPE = re.compile(r'[\\"\x00-\x1f\x7f]')


def fitted(table: Table, edits: Sequence[Edit]) -> list[Edit]:
    """The edits with what their places demand.

    Raises:
        ValueError: a number can't become a text, or a date a number.
    """
    result: list[Edit] = []
    whole: dict[int, tuple[Scalar, list[Edit]]] = {}  # strings between ' that have to change their quotes
    for edit in edits:
        scalar = table.scalar_at(edit.start)
        if scalar is not None and edit.end <= scalar.end:
            if scalar.quoted and table.text[scalar.start - 1] == "'":
                whole.setdefault(scalar.start, (scalar, []))[1].append(edit)
            else:
                result.append(_in_scalar(table, scalar, edit))
        else:
            result += _in_key(table, edit)
    for scalar, inside in whole.values():
        result += _in_literal(table, scalar, inside)
    return result


def escaped(value: str) -> str:
    return TO_ESCAPE.sub(lambda found: ESCAPES.get(found[0]) or f"\\u{ord(found[0]):04x}", value)


def _in_scalar(table: Table, scalar: Scalar, edit: Edit) -> Edit:
    if scalar.quoted:
        return Edit(edit.start, edit.end, escaped(edit.replacement), edit.path)
    old = table.text[scalar.start : scalar.end]
    new = table.text[scalar.start : edit.start] + edit.replacement + table.text[edit.end : scalar.end]
    if _type(old) is not _type(new):
        raise ValueError(f"'{old}' is no text, and '{new}' would be one")
    return edit


def _type(bare: str) -> type | None:
    try:
        return type(tomllib.loads(f"x = {bare}")["x"])
    except tomllib.TOMLDecodeError:
        return None


def _in_literal(table: Table, scalar: Scalar, edits: Sequence[Edit]) -> Sequence[Edit]:
    """A string between ' knows no escapes: where a new value needs some, it is written between \" instead."""
    long = table.text.startswith("'''", scalar.start - 3)
    if not any("'" in e.replacement or UNWRITABLE.search(e.replacement) for e in edits):
        return edits
    from offramp.model import apply_edits

    source = table.text[scalar.start : scalar.end]
    shifted = (Edit(e.start - scalar.start, e.end - scalar.start, e.replacement) for e in edits)
    value = apply_edits(source, shifted)
    if long:
        value = BREAK.sub("\n", value)
        value = value[1:] if value.startswith("\n") and source.startswith(("\n", "\r\n")) else value
    wide = 3 if long else 1
    return [Edit(scalar.start - wide, scalar.end + wide, f'"{escaped(value)}"', edits[0].path)]


def _in_key(table: Table, edit: Edit) -> list[Edit]:
    part = table.part_at(edit.start)
    if part is None or edit.end > part.end:
        return [edit]
    start, end = part.start, part.end
    name = table.text[start : edit.start] + edit.replacement + table.text[edit.end : end]
    if part.quote == '"':
        return [Edit(edit.start, edit.end, escaped(edit.replacement), edit.path)]
    if part.quote == "'" and "'" not in edit.replacement and not UNWRITABLE.search(edit.replacement):
        return [edit]
    if not part.quote and BARE.fullmatch(name):
        return [edit]
    wide = len(part.quote)
    return [Edit(start - wide, end + wide, f'"{escaped(name)}"', edit.path)]


def supplied(table: Table, data: Mapping[str, object], need: str) -> Edit | None:
    """The edit that supplies a setting or an item, or None where it is there.

    Raises:
        ValueError: it can't be written there; the message says why.
    """
    sort, path, given = need.split(":", 2)
    steps = steps_of(path)
    if sort == "item":
        return _item(table, steps, given)
    key, _, value = given.partition("=")
    holder: object = data
    for step in steps:
        holder = holder.get(step, {}) if isinstance(holder, dict) else None
    if not isinstance(holder, dict):
        raise ValueError(f"'{path}' is no table, or one of several")
    if key in holder:
        return None
    line = f'{_key(key)} = "{escaped(value)}"'
    if not steps:
        return _at_top(table, line)
    section = next((s for s in table.sections if s.parts == steps and not s.several), None)
    if section is not None:
        inside = [pair for pair in table.pairs if pair.section == section.start]
        return _line_behind(table, inside[-1].end if inside else section.end, line)
    return _elsewhere(table, steps, line)


def _elsewhere(table: Table, steps: tuple[str, ...], line: str) -> Edit:
    """Into an inline table, behind dotted keys, or into a new table at the end."""
    pair = next((p for p in table.pairs if p.path == steps), None)
    if pair is not None:
        return _into_inline(table, pair, line)
    dotted = [p for p in table.pairs if p.path[: len(steps)] == steps and len(p.path) > len(steps)]
    dotted = [p for p in dotted if len(p.path) - p.parts < len(steps)]
    if dotted:
        last = dotted[-1]
        prefix = ".".join(_key(step) for step in steps[len(last.path) - last.parts :])
        return _line_behind(table, last.end, f"{prefix}.{line}")
    text, newline = table.text, newline_of(table.text)
    for length in range(1, len(steps)):
        if any(p.path == steps[:length] for p in table.pairs):
            raise ValueError(f"'{'.'.join(steps[:length])}' is written in one line")
        if any(s.parts == steps[:length] and s.several for s in table.sections):
            raise ValueError(f"'{'.'.join(steps[:length])}' is one of several tables")
    head = f"[{'.'.join(_key(step) for step in steps)}]"
    lead = "" if not text else newline if text.endswith("\n") else newline * 2
    return Edit(len(text), len(text), f"{lead}{head}{newline}{line}{newline if text.endswith(chr(10)) else ''}")


def _key(name: str) -> str:
    return name if BARE.fullmatch(name) else f'"{escaped(name)}"'


def _at_top(table: Table, line: str) -> Edit:
    inside = [pair for pair in table.pairs if pair.section == TOP]
    if inside:
        return _line_behind(table, inside[-1].end, line)
    newline = newline_of(table.text)
    if table.sections:
        start = line_start(table.text, table.sections[0].start)
        return Edit(start, start, f"{line}{newline}{newline}")
    end = len(table.text)
    return Edit(end, end, f"{'' if table.text.endswith(chr(10)) or not table.text else newline}{line}{newline}")


def _line_behind(table: Table, end: int, line: str) -> Edit:
    """A line of its own below the one that ends there."""
    matched, newline = BREAK.search(table.text, end), newline_of(table.text)
    if matched is None:
        return Edit(len(table.text), len(table.text), newline + line)
    return Edit(matched.end(), matched.end(), line + newline)


def _into_inline(table: Table, pair: Pair, line: str) -> Edit:
    text = table.text
    if text[pair.value] != "{":
        raise ValueError(f"'{'.'.join(pair.path)}' is no table")
    close = pair.end - 1
    before = len(text[:close].rstrip())
    if text[before - 1] == "{":
        return Edit(before, close, f" {line} ")
    return Edit(before, before, f", {line}")


def _item(table: Table, steps: tuple[str, ...], given: str) -> Edit | None:
    pair = next((p for p in table.pairs if p.path == steps), None)
    text, written = table.text, f'"{escaped(given)}"'
    if pair is None or text[pair.value] != "[":
        raise ValueError(f"there is no list '{'.'.join(steps)}' to add it to")
    items = [item for item in table.items if item.array == pair.value]
    if any(text[item.start : item.end] in (given, escaped(given)) for item in items):
        return None
    if not items:
        if text[pair.value + 1 : pair.end - 1].strip():
            raise ValueError("nothing but a comment stands there: add it by hand")
        return Edit(pair.value + 1, pair.end - 1, written)
    start, end = items[-1].whole
    position = table.blank(end)
    comma = position if text[position] == "," else None
    stop = end if comma is None else comma + 1
    low = line_start(text, start)
    if text[low:start].strip(" \t"):
        if comma is None:
            return Edit(end, end, f", {written}")
        return Edit(stop, stop, f" {written},")
    tail = _rest_of_line(text, stop)
    line = newline_of(text) + text[low:start] + written
    if comma is not None:
        return Edit(tail, tail, f"{line},")
    return Edit(end, tail, f",{text[end:tail]}{line}")


def _rest_of_line(text: str, start: int) -> int:
    matched = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?=\r?\n)").match(text, start)
    return matched.end() if matched is not None else start


def newline_of(text: str) -> str:
    matched = BREAK.search(text)
    return matched[0] if matched else "\n"
