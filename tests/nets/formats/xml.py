"""XML: values are set, names changed, settings deleted and added; ElementTree reads what must come of it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from xml.etree import ElementTree

from offramp import files
from offramp.document import Document
from offramp.model import Edit
from offramp.syntax.xml import Markup
from offramp.syntax.xml_elements import Element, Leaf
from tests.nets.formats import Case, wishes

SOURCES = ("npm:@openui5/sap.ui.core@1.120.0", "npm:react-native@0.76.0", "npm:cordova-android@13.0.0", "lxml==6.0.2")
MINIMUM: Mapping[str, int] = {"files": 150, "set": 400, "rename": 200, "delete": 60, "insert": 20}
Data = Any  # tag, attributes, text, tail, children


def wanted(path: str) -> bool:
    return files.kind_of(path) == "xml"


def consumed(text: str, path: str) -> object:
    """The elements, comments and instructions with their texts; white space between elements is none."""
    builder = ElementTree.TreeBuilder(insert_comments=True, insert_pis=True)
    parser = ElementTree.XMLParser(target=builder, encoding="utf-8")
    try:
        parser.feed(text.encode("utf-8", "replace"))
        return _plain(parser.close())
    except (ElementTree.ParseError, RecursionError) as error:
        raise ValueError(str(error)) from None


def _plain(element: ElementTree.Element) -> Data:
    tag = element.tag if isinstance(element.tag, str) else element.tag.__name__
    text, tail = ("" if not (said or "").strip() else said for said in (element.text, element.tail))
    return (tag, dict(element.attrib), text, tail, [_plain(child) for child in element])


def cases(document: Document, chance: random.Random) -> Iterator[Case]:
    tree, data = document.tree, consumed(document.text, document.path)
    if not isinstance(tree, Markup):
        return
    values = [leaf for leaf in tree.leaves if leaf.kind == "value" and not leaf.name.startswith("xmlns")]
    values = [leaf for leaf in values if _local_once(leaf)]
    texts = [v for e in tree.elements if (v := tree.value_of(e)) and e.nodes == 0 and _solid(document, v)]
    for leaf in _some(chance, values, 2) + _some(chance, texts, 2):
        yield _set(document, leaf, data, wishes.value(chance))
    plain = [e for e in tree.elements if ":" not in e.name and not any(a.startswith("xmlns") for a in e.attributes)]
    for element in _some(chance, plain, 2):
        yield _rename(document, element, data, chance.choice(("plugh", "xyzzy_1", "a b", "ключ")))
    for entry in _some(chance, list(tree.entries()), 2):
        yield _delete(document, tree, entry, data)
    for element in _some(chance, [e for e in tree.elements if e.children and "/" not in _path(e)], 2):
        yield _added(document, element, data, wishes.value(chance))


def _some(chance: random.Random, among: list[Any], number: int) -> list[Any]:
    return chance.sample(among, min(number, len(among)))


def _local_once(leaf: Leaf) -> bool:
    """Whether no other attribute of its element is called alike but for a prefix."""
    assert leaf.owner is not None
    local = [name.rpartition(":")[2] for name in leaf.owner.attributes]
    return local.count(leaf.name.rpartition(":")[2]) == 1


def _solid(document: Document, leaf: Leaf) -> bool:
    return document.text[leaf.start : leaf.end].strip() != ""


def _set(document: Document, leaf: Leaf, data: Data, value: str) -> Case:
    assert leaf.owner is not None
    edits = wishes.written(document, [Edit(leaf.start, leaf.end, value)])

    def change(element: Data) -> Data:
        tag, attributes, text, tail, children = element
        if leaf.kind != "value":
            return tag, attributes, value if value.strip() else "", tail, children
        own = next(key for key in attributes if key == leaf.name or key.endswith("}" + leaf.name.partition(":")[2]))
        return tag, attributes | {own: value}, text, tail, children

    return Case("set", edits, _changed(data, _way(leaf.owner), change), wishes.lines(document, leaf.start, leaf.end))


def _rename(document: Document, element: Element, data: Data, name: str) -> Case:
    start = element.start + 1
    edits = wishes.written(document, [Edit(start, start + len(element.name), name)])

    def change(found: Data) -> Data:
        space = found[0].rpartition("}")[0]
        return (f"{space}}}{name}" if space else name, *found[1:])

    return Case(
        "rename", edits, _changed(data, _way(element), change), wishes.lines(document, element.start, element.end)
    )


def _delete(document: Document, tree: Markup, entry: Any, data: Data) -> Case:
    element = next(e for e in reversed(tree.elements) if e.start <= entry.key_start < e.end)
    edits = wishes.written(document, [Edit(*entry.outer, "")]) if entry.outer else entry.stuck

    def change(parent: Data) -> Data:
        return (*parent[:4], [*parent[4][: element.slot], *parent[4][element.slot + 1 :]])

    meant = _changed(data, _way(element)[:-1], change) if element.parent is not None else None
    return Case("delete", edits, meant, wishes.lines(document, element.start, element.end))


def _added(document: Document, holder: Element, data: Data, value: str) -> Case:
    edits = wishes.supplied(document, f"setting:{_path(holder)}:plugh={value}")
    last = holder.children[-1]

    def change(found: Data) -> Data:
        tag, attributes, text, tail, inside = found[4][last.slot]
        named = next((key for key in ("key", "name") if key in last.attributes), None)
        held = next((key for key in ("value", "connectionString") if key in last.attributes), None)
        if named is None:
            space = tag.rpartition("}")[0]
            tag = f"{space}}}plugh" if space else "plugh"
        changed = attributes | ({named: "plugh"} if named else {}) | ({held: value} if held else {})
        made = (tag, changed, text if held else value if value.strip() else "", tail, inside)
        return (*found[:4], [*found[4][: last.slot + 1], made, *found[4][last.slot + 1 :]])

    line = document.position(last.end)[0]
    return Case("insert", edits, _changed(data, _way(holder), change), (line, line))


def _path(element: Element) -> str:
    steps: list[str] = []
    while element.parent is not None:
        if ":" in element.name or [e.name for e in element.parent.children].count(element.name) > 1:
            return "/"
        steps.append(element.name)
        element = element.parent
    return "/".join(reversed(steps))


def _way(element: Element) -> list[int]:
    way: list[int] = []
    while element.parent is not None:
        way.append(element.slot)
        element = element.parent
    return way[::-1]


def _changed(data: Data, way: list[int], change: Callable[[Data], Data]) -> Data:
    if not way:
        return change(data)
    children = list(data[4])
    children[way[0]] = _changed(children[way[0]], way[1:], change)
    return (*data[:4], children)
