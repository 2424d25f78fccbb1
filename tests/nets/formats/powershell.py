"""PowerShell scripts: strings, variables of the environment and entries of hash tables are set, renamed, deleted, added.

What must come of it is told by the tree of the grammar's own package; the strings in it are read here.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping

import tree_sitter
import tree_sitter_powershell

from offramp import files, proposals
from offramp.document import Document
from offramp.model import Edit, Entry
from tests.nets.formats import Case
from tests.nets.leaves import Leaf, at, changed, encoded, leaves, offsets, plain

SOURCES = ("ansible-core==2.17.7",)
MINIMUM: Mapping[str, int] = {"files": 70, "set": 500, "rename": 150, "delete": 150, "insert": 2}
PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))
VALUES = (
    *(
        "plugh",
        "a b",
        "true",
        "1.0",
        "",
        "#x",
        "@x",
        "a: b",
        "a=b",
        "{a,b}",
        "a;b",
        "a|b>c",
        'say "no"',
        "it's",
        "$HOME",
    ),
    *("both ' and \"", "back\\slash", "a`b", "$(rm x)", "é 鍵", " lead", "${env:X}", "x" * 300, "https://x.test/v1"),
    *("it’s “so”",),
)
NEW = "PLUGH_SETTING"


def wanted(path: str) -> bool:
    return files.kind_of(path) == "powershell"


def consumed(text: str, path: str) -> object:
    return plain(_leaves(text))


def _leaves(text: str) -> list[Leaf]:
    return leaves(PARSER, text, _read)


def _read(kind: str, text: str, named: bool) -> str | None:
    if kind == "verbatim_string_characters":
        return re.sub(r"(['‘’‚‛])['‘’‚‛]", r"\1", text[1:-1])
    if kind == "expandable_string_literal" and not named:
        return re.sub(r"`(.)|([\"“”„])[\"“”„]", r"\1\2", text.rstrip()[1:-1], flags=re.DOTALL)
    return None


def cases(document: Document, chance: random.Random) -> Iterator[Case]:
    found, where = _leaves(document.text), offsets(document.text)
    back = {byte: index for index, byte in reversed(list(enumerate(where)))}
    strings = [leaf for leaf in found if leaf.kind == "value" and leaf.end - leaf.start > 2]
    for leaf in chance.sample(strings, min(6, len(strings))):
        start, end = back.get(leaf.start), back.get(leaf.end)
        if start is None or end is None or document.text[start] not in "'\"" or document.text[end - 1] not in "'\"":
            continue
        value = chance.choice(VALUES)
        edit = Edit(start + 1, end - 1, value)
        index = found.index(leaf)
        if value:
            yield Case("set", _fitted(document, edit), changed(found, index, value), _lines(document, start, end))
    entries = document.tree.entries()
    for entry in chance.sample(list(entries), min(5, len(entries))):
        yield from _of_entry(document, entry, found, where)
    yield from _insert(document, found, where, chance)


def _fitted(document: Document, edit: Edit) -> tuple[Edit, ...] | str:
    try:
        return tuple(proposals.fitted(document, [edit]))
    except ValueError as error:
        return str(error)


def _lines(document: Document, start: int, end: int) -> tuple[int, int]:
    return document.position(start)[0] - 1, document.position(end)[0]


def _of_entry(document: Document, entry: Entry, found: list[Leaf], where: list[int]) -> Iterator[Case]:
    index = at(found, where[entry.key_start], where[entry.key_end])
    lines = _lines(document, entry.key_start, entry.key_end)
    if index is not None and found[index].text.count(entry.key) == 1:
        renamed = changed(found, index, found[index].text.replace(entry.key, NEW))
        yield Case("rename", (Edit(entry.key_start, entry.key_end, NEW),), renamed, lines)
    if entry.outer is None:
        yield Case("delete", entry.stuck, None, lines)
        return
    source = encoded(document.text)
    node = PARSER.parse(source).root_node.descendant_for_byte_range(where[entry.key_start], where[entry.key_end])
    kinds = ("hash_entry",) if entry.scope.startswith("hash") else ("pipeline", "assignment_expression")
    while node is not None and node.type not in kinds:
        node = node.parent
    if node is None:
        return
    line_end = source.find(b"\n", node.end_byte)
    kept = [
        leaf
        for leaf in found
        if not (node.start_byte <= leaf.start and leaf.end <= node.end_byte)
        and not (node.end_byte <= leaf.start < line_end and leaf.kind in ("comment", ";", "empty_statement"))
    ]
    yield Case("delete", (Edit(*entry.outer, ""),), plain(kept), _lines(document, entry.outer[0], entry.outer[1] - 1))


def _insert(document: Document, found: list[Leaf], where: list[int], chance: random.Random) -> Iterator[Case]:
    value = chance.choice([value for value in VALUES if value])
    try:
        edit = document.syntax.provide(document.text, f"setting::{NEW}={value}")
    except ValueError as error:
        yield Case("insert", str(error), None, (0, 0))
        return
    index = next((i for i, leaf in enumerate(found) if leaf.start >= where[edit.start]), len(found))
    added = [("variable", f"$env:{NEW}"), ("=", "="), ("value", value)]
    data = plain(found)
    line = document.position(edit.start)[0] - (document.text[: edit.start][-1:] in ("", "\r", "\n"))
    yield Case("insert", (edit,), [*data[:index], *added, *data[index:]], (line, line))
