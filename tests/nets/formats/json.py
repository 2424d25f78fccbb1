"""JSON, JSONC and JSON5: Python's `json` reads what must come of it, and `json5` what that does not take."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping

import json5

from offramp import files
from offramp.document import Document
from offramp.model import Edit
from offramp.syntax.nodes import MAPPING, SEQUENCE, Node, NodeTree
from tests.nets.formats import Case, wishes

SOURCES = (
    "jsonschema==4.25.1",
    "npm:shiki@0.14.7",
    "pyjson5==2.0.1",
    "check-jsonschema==0.34.1",
)
MINIMUM: Mapping[str, int] = {"files": 400, "set": 3000, "rename": 1500, "delete": 1500, "insert": 1500}
LOOSE = 20_000  # characters of JSON5 that are read; its reader is slow
OBJECT = "object"
Data = object


def wanted(path: str) -> bool:
    return files.kind_of(path) in ("json", "package_json") and not path.endswith(".lock")


def consumed(text: str, path: str) -> object:
    """Objects as pairs in their order, keys twice where they are; numbers as they are written."""
    try:
        return json.loads(
            text,
            object_pairs_hook=_pairs,
            parse_int=_number,
            parse_float=_number,
            parse_constant=_number,
        )
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except ValueError:
        if len(text) > LOOSE:
            raise
    try:
        return json5.loads(
            text,
            object_pairs_hook=_pairs,
            parse_int=_number,
            parse_float=_number,
            parse_constant=_number,
        )
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _pairs(pairs: list[tuple[str, object]]) -> object:
    return OBJECT, *pairs


def _number(literal: object, base: int = 10) -> object:
    return "number", literal


def cases(document: Document, chance: random.Random) -> Iterator[Case]:
    tree, data = document.tree, consumed(document.text, document.path)
    if not isinstance(tree, NodeTree):
        return
    texts = [leaf for leaf in tree.leaves if leaf.style and not leaf.is_key]
    for leaf in _some(chance, texts, 5):
        yield _set(document, leaf, data, chance)
    for leaf in _some(chance, [leaf for leaf in tree.leaves if leaf.value.isdigit() and not leaf.style], 1):
        meant = _changed(data, _way(leaf), lambda _: ("number", "4711"))
        edits = wishes.written(document, [Edit(leaf.first, leaf.last, "4711")])
        yield Case("set", edits, meant, wishes.lines(document, leaf.start, leaf.end))
    for key in _some(chance, [leaf for leaf in tree.leaves if leaf.is_key], 3):
        yield _rename(document, key, data, chance)
    yield from _deletions(document, tree, data, chance)
    for holder in _some(chance, [node for node in tree.collections if "/" not in _path(node)], 3):
        yield _insert(document, holder, data, chance)


def _some(chance: random.Random, nodes: list[Node], number: int) -> list[Node]:
    return chance.sample(nodes, min(number, len(nodes)))


def _set(document: Document, leaf: Node, data: Data, chance: random.Random) -> Case:
    """A string, or a part of it."""
    value, first, last = wishes.value(chance), leaf.first, leaf.last
    meant = value
    if len(leaf.value) > 3 and leaf.value == document.text[leaf.first : leaf.last] and chance.random() < 0.3:
        first, last = leaf.first + 1, leaf.last - 1
        meant = f"{leaf.value[0]}{value}{leaf.value[-1]}"
    edits = wishes.written(document, [Edit(first, last, value)])
    return Case("set", edits, _changed(data, _way(leaf), lambda _: meant), wishes.lines(document, leaf.start, leaf.end))


def _rename(document: Document, key: Node, data: Data, chance: random.Random) -> Case:
    name = chance.choice(wishes.NAMES)
    meant = _changed(
        data, _way(key)[:-1], lambda holder: _with(holder, key.slot // 2 + 1, lambda pair: (name, pair[1]))
    )
    edits = wishes.written(document, [Edit(key.first, key.last, name)])
    return Case("rename", edits, meant, wishes.lines(document, key.start, key.end))


def _deletions(document: Document, tree: NodeTree, data: Data, chance: random.Random) -> Iterator[Case]:
    from offramp.syntax import entries

    keys = {entry.key_start: entry for entry in tree.entries()}
    for key in _some(chance, [leaf for leaf in tree.leaves if leaf.is_key], 3):
        entry, holder = keys[key.first], key.parent
        if entry.value_start < key.end or holder is None:
            continue  # an item of a list, `{name: K, value: V}`
        edits = wishes.written(document, [Edit(*entry.outer, "")]) if entry.outer else entry.stuck
        yield _deletion(document, edits, holder, key.slot // 2, data)
    for leaf in _some(chance, [leaf for leaf in tree.leaves if leaf.parent and leaf.parent.kind == SEQUENCE], 2):
        item = entries.item(tree, leaf.start)
        if item is not None and leaf.parent is not None:
            outer, stuck = item[1]
            yield _deletion(
                document, wishes.written(document, [Edit(*outer, "")]) if outer else stuck, leaf.parent, leaf.slot, data
            )


def _deletion(document: Document, edits: tuple[Edit, ...] | str, holder: Node, index: int, data: Data) -> Case:
    step = 2 if holder.kind == MAPPING else 1
    before, after = holder.children[: index * step], holder.children[(index + 1) * step :]
    start = before[-1].end - 1 if before else holder.start
    end = after[0].start if after else holder.end - 1
    meant = _changed(data, _way(holder), lambda found: _without(found, index))
    if len(holder.children) == step and holder.key is not None and holder.parent is not None:
        slot = holder.slot // 2  # what holds the only one goes, too
        meant = _changed(data, _way(holder.parent), lambda found: _without(found, slot))
        start, end = holder.parent.start, holder.parent.end
    first, last = wishes.lines(document, start, end)
    return Case("delete", edits, meant, (first, last))


def _insert(document: Document, holder: Node, data: Data, chance: random.Random) -> Case:
    value, way = wishes.value(chance), _way(holder)
    first = holder.children[-1].end - 1 if holder.children else holder.start
    span = wishes.lines(document, first, holder.end - 1)
    if holder.kind == MAPPING:
        need = f"setting:{_path(holder)}:{wishes.NAME}={value}"
        return Case(
            "insert",
            wishes.supplied(document, need),
            _changed(data, way, lambda found: (*found, (wishes.NAME, value))),
            span,
        )
    need = f"item:{_path(holder)}:{value}"
    return Case("insert", wishes.supplied(document, need), _changed(data, way, lambda found: [*found, value]), span)


def _path(node: Node) -> str:
    """The keys that lead to a node, as `provide` takes them; `/` where none can."""
    steps: list[str] = []
    while node.parent is not None:
        if node.key is None or "/" in node.key.value or ":" in node.key.value or not node.key.value:
            return "/"
        if [key.value for key, _ in node.parent.pairs()].count(node.key.value) > 1:
            return "/"
        steps.append(node.key.value)
        node = node.parent
    return "/".join(reversed(steps))


def _way(node: Node) -> list[int]:
    """The index of a node in what holds it, of that in what holds it, … from the top."""
    way: list[int] = []
    while node.parent is not None:
        way.append(node.slot // 2 + 1 if node.parent.kind == MAPPING else node.slot)
        node = node.parent
    return way[::-1]


def _changed(data: Data, way: list[int], change: Callable[[Data], Data]) -> Data:
    if not way:
        return change(data)
    if isinstance(data, tuple):
        return _with(data, way[0], lambda pair: (pair[0], _changed(pair[1], way[1:], change)))
    assert isinstance(data, list)
    return [*data[: way[0]], _changed(data[way[0]], way[1:], change), *data[way[0] + 1 :]]


def _with(data: Data, index: int, change: Callable[[Data], Data]) -> Data:
    assert isinstance(data, tuple)
    return (*data[:index], change(data[index]), *data[index + 1 :])


def _without(data: Data, index: int) -> Data:
    if isinstance(data, tuple):
        return (*data[: index + 1], *data[index + 2 :])
    assert isinstance(data, list)
    return [*data[:index], *data[index + 1 :]]
