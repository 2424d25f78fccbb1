"""TOML: values are set, keys renamed, entries and items deleted and added; `tomllib` reads what must come of it."""

from __future__ import annotations

import copy
import random
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

import tomlkit

from offramp import files
from offramp.document import Document
from offramp.model import Edit, Entry
from offramp.syntax.toml import Table
from offramp.syntax.toml_positions import TOP, Pair
from tests.nets.formats import Case, wishes

SOURCES = (
    *("validate-pyproject==0.24.1", "poetry-core==2.2.1", "poetry==2.2.1", "pdm==2.25.9", "pyproject-fmt==2.6.0"),
    *("tox==4.30.0", "pip-tools==7.5.0", "hatch==1.14.1"),
)
MINIMUM: Mapping[str, int] = {"files": 200, "set": 1500, "rename": 800, "delete": 800, "insert": 800}
Steps = tuple[str, ...]


def wanted(path: str) -> bool:
    return files.kind_of(path) == "toml" or path.endswith((".lock", "Pipfile"))


def consumed(text: str, path: str) -> object:
    """The data; `tomlkit` must read the text, too, and give it back."""
    data = tomllib.loads(text.removeprefix("\ufeff"))
    if len(text) < 30_000 and tomlkit.dumps(tomlkit.parse(text)) != text:
        raise ValueError("tomlkit does not give it back")
    return data


def cases(document: Document, chance: random.Random) -> Iterator[Case]:
    tree, data = document.tree, tomllib.loads(document.text)
    if not isinstance(tree, Table):
        return
    several = {section.parts for section in tree.sections if section.several}
    entries = {entry.key_start: entry for entry in tree.entries()}
    starts = sorted(entries)
    known = [p for p in tree.pairs if not any(p.path[:n] in several for n in range(1, len(p.path) + 1))]
    pairs = [(pair, entry) for pair in known if (entry := _entry_of(document, pair, entries, starts)) is not None]
    for pair, entry in _some(chance, [(p, e) for p, e in pairs if isinstance(_get(data, p.path), str)], 4):
        value = wishes.value(chance)
        edits = wishes.written(document, [Edit(entry.value_start, entry.value_end, value)])
        yield Case("set", edits, _with(data, pair.path, value), _lines(document, pair, entry))
    for pair, entry in _some(chance, [(p, e) for p, e in pairs if type(_get(data, p.path)) is int], 1):
        edits = wishes.written(document, [Edit(entry.value_start, entry.value_end, "4711")])
        yield Case("set", edits, _with(data, pair.path, 4711), _lines(document, pair, entry))
    for pair, entry in _some(chance, [(p, e) for p, e in pairs if p.parts == 1], 2):
        yield _rename(document, pair, entry, data, chance)
    for pair, entry in _some(chance, pairs, 2):
        edits = wishes.written(document, [Edit(*entry.outer, "")]) if entry.outer else entry.stuck
        yield Case("delete", edits, _deleted(data, pair, tree), _lines(document, pair, entry))
    yield from _lists(document, tree, pairs, data, chance)
    yield from _settings(document, tree, data, chance)


def _entry_of(document: Document, pair: Pair, entries: dict[int, Entry], starts: list[int]) -> Entry | None:
    """The entry that a pair is, by the last one that begins on its line before its value."""
    import bisect

    start = bisect.bisect_right(starts, pair.value) - 1
    while start >= 0 and document.text[starts[start] : pair.value].count("=") != 1:
        start -= 1
    return entries[starts[start]] if start >= 0 else None


def _lists(
    document: Document, tree: Table, pairs: list[tuple[Pair, Entry]], data: dict[str, Any], chance: random.Random
) -> Iterator[Case]:
    lists = [(p, e) for p, e in pairs if document.text[p.value] == "[" and isinstance(_get(data, p.path), list)]
    for pair, _ in _some(chance, lists, 2):
        items, given = [i for i in tree.items if i.array == pair.value], _get(data, pair.path)
        if items and len(items) == len(given):
            index = chance.randrange(len(items))
            edits = wishes.written(document, [Edit(*items[index].outer, "")])
            meant = _with(data, pair.path, [*given[:index], *given[index + 1 :]])
            start = items[index - 1].whole[1] if index else pair.value
            end = items[index + 1].whole[0] if index + 1 < len(items) else pair.end
            yield Case("delete", edits, meant, wishes.lines(document, start, end))
        value, path = wishes.value(chance), "/".join(pair.path)
        if path.count("/") == len(pair.path) - 1 and ":" not in path and value not in given:
            edits = wishes.supplied(document, f"item:{path}:{value}")
            start = items[-1].whole[1] if items else pair.value
            yield Case(
                "insert",
                edits,
                _with(data, pair.path, [*given, value]),
                wishes.lines(document, start, pair.end),
            )


def _settings(document: Document, tree: Table, data: dict[str, Any], chance: random.Random) -> Iterator[Case]:
    """Into the top, into a table, an inline one or one of dotted keys, into one that is not there."""
    holders: list[Steps] = [(), ("plugh", "new table"), *{p.path for p in tree.pairs if document.text[p.value] == "{"}]
    holders += [section.parts for section in tree.sections] + [p.path[:-1] for p in tree.pairs if p.parts > 1]
    several = {section.parts for section in tree.sections if section.several}
    holders = [steps for steps in holders if not any(steps[:n] in several for n in range(1, len(steps)))]
    for steps in _some(chance, sorted(set(holders)), 2):
        found = _get(data, steps) if steps != ("plugh", "new table") else {}
        path = "/".join(steps)
        if not isinstance(found, dict) or path.count("/") != max(len(steps) - 1, 0) or ":" in path:
            continue
        value = wishes.value(chance)
        edits = wishes.supplied(document, f"setting:{path}:{wishes.NAME}={value}")
        yield Case("insert", edits, _with(data, (*steps, wishes.NAME), value), _where(document, tree, steps))


def _where(document: Document, tree: Table, steps: Steps) -> tuple[int, int]:
    """The lines between which a setting comes, or the line of the table that gets one more."""
    sections = [s for s in tree.sections if s.parts == steps and not s.several]
    inside = [p for p in tree.pairs if (p.section == sections[0].start if sections else p.section == TOP)]
    lines = document.text.count("\n") + (not document.text.endswith("\n"))
    if sections or (not steps and inside):
        line = document.position(inside[-1].end if inside else sections[0].end)[0]
        return line, line
    if not steps:
        line = document.position(tree.sections[0].start)[0] - 1 if tree.sections else lines
        return line, line
    inline = [p for p in tree.pairs if p.path == steps]
    if inline:
        return wishes.lines(document, inline[0].value, inline[0].end)
    dotted = [p for p in tree.pairs if p.path[: len(steps)] == steps and len(p.path) - p.parts < len(steps)]
    line = document.position(dotted[-1].end)[0] if dotted else lines
    return line, line


def _rename(document: Document, pair: Pair, entry: Entry, data: dict[str, Any], chance: random.Random) -> Case:
    name = chance.choice(wishes.NAMES)
    edits = wishes.written(document, [Edit(entry.key_start, entry.key_end, name)])
    meant = copy.deepcopy(data)
    holder = _get(meant, pair.path[:-1])
    renamed = {name if key == pair.path[-1] else key: value for key, value in holder.items()}
    holder.clear()
    holder.update(renamed)
    return Case("rename", edits, meant, wishes.lines(document, entry.key_start, entry.key_end))


def _deleted(data: dict[str, Any], pair: Pair, tree: Table) -> object:
    """The data without an entry; a table that only dotted keys make goes with the last of them."""
    meant = copy.deepcopy(data)
    headed = {section.parts[:n] for section in tree.sections for n in range(len(section.parts) + 1)}
    path = pair.path
    del _get(meant, path[:-1])[path[-1]]
    while len(path) > 1 and not _get(meant, path[:-1]) and path[:-1] not in headed:
        path = path[:-1]
        del _get(meant, path[:-1])[path[-1]]
    return meant


def _lines(document: Document, pair: Pair, entry: Entry) -> tuple[int, int]:
    """Those of an entry; with the last line goes the line break before it where there is none behind."""
    first, last = wishes.lines(document, entry.key_start, pair.end)
    return (first - 1 if document.text.find("\n", pair.end) < 0 else first), last


def _get(data: Any, path: Steps) -> Any:
    for step in path:
        data = data[step]
    return data


def _with(data: dict[str, Any], path: Steps, value: object) -> object:
    meant = copy.deepcopy(data)
    holder = meant
    for step in path[:-1]:
        holder = holder.setdefault(step, {})
    holder[path[-1]] = value
    return meant


def _some(chance: random.Random, among: list[Any], number: int) -> list[Any]:
    return chance.sample(among, min(number, len(among)))
