"""Batch files: variables are set, renamed, deleted and added; the tree of the grammar's own package tells what came of it."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping

import tree_sitter
import tree_sitter_batch

from offramp import files, proposals
from offramp.document import Document
from offramp.model import Edit, Entry
from tests.nets.formats import Case
from tests.nets.leaves import Leaf, at, changed, leaves, offsets, plain

SOURCES = ("ansible-core==2.17.7", "pyinstaller==6.11.0", "gevent==24.11.1")
MINIMUM: Mapping[str, int] = {"files": 3, "set": 10, "rename": 10, "delete": 5}
PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_batch.language()))
VALUES = (
    "plugh",
    "a b",
    "true",
    "1.0",
    "a: b",
    "it's",
    "100%",
    "a&b",
    "a|b>c",
    "(x)",
    "x^y",
    "é",
    'say "no"',
    "x" * 300,
)
NEW = "PLUGH_SETTING"


def wanted(path: str) -> bool:
    return files.kind_of(path) == "batch"


def consumed(text: str, path: str) -> object:
    return plain(_leaves(text))


def _leaves(text: str) -> list[Leaf]:
    return leaves(PARSER, text, _read)


def _read(kind: str, text: str, named: bool) -> str | None:
    if kind == "quoted_assignment_value" and "%" not in text.replace("%%", ""):
        return text.replace("%%", "%")
    if kind == "assignment_value" and "%" not in text.replace("%%", ""):
        return re.sub(r"\^(.)", r"\1", text.replace("%%", "%"))
    return None


def cases(document: Document, chance: random.Random) -> Iterator[Case]:
    found, where = _leaves(document.text), offsets(document.text)
    entries = document.tree.entries()
    for entry in chance.sample(list(entries), min(8, len(entries))):
        yield from _of_entry(document, entry, found, where, chance)
    value = chance.choice(VALUES)
    try:
        edit = document.syntax.provide(document.text, f"setting::{NEW}={value}")
    except ValueError as error:
        yield Case("insert", str(error), None, (0, 0))
        return
    index = next((i for i, leaf in enumerate(found) if leaf.start >= where[edit.start]), len(found))
    added = [("set_keyword", "set"), ('"', '"'), ("variable_name", NEW), ("=", "="), ("value", value), ('"', '"')]
    data = plain(found)
    line = document.position(edit.start)[0] - (document.text[: edit.start][-1:] in ("", "\r", "\n"))
    yield Case("insert", (edit,), [*data[:index], *added, *data[index:]], (line, line))


def _of_entry(
    document: Document, entry: Entry, found: list[Leaf], where: list[int], chance: random.Random
) -> Iterator[Case]:
    lines = document.position(entry.key_start)[0] - 1, document.position(entry.value_end)[0]
    index = at(found, where[entry.value_start], where[entry.value_end])
    if index is not None and entry.value and found[index].kind == "value" and found[index].text == entry.value:
        value = chance.choice(VALUES)
        edit = Edit(entry.value_start, entry.value_end, value)
        try:
            yield Case("set", tuple(proposals.fitted(document, [edit])), changed(found, index, value), lines)
        except ValueError as error:
            yield Case("set", str(error), None, lines)
    index = at(found, where[entry.key_start], where[entry.key_end])
    if index is not None and found[index].text == entry.key:
        edit = Edit(entry.key_start, entry.key_end, NEW)
        yield Case("rename", (edit,), changed(found, index, NEW), lines)
    if entry.outer is None:
        yield Case("delete", entry.stuck, None, lines)
        return
    first = where[entry.outer[0]]
    line = document.text[entry.outer[0] : entry.value_end].lstrip().lower()
    if line.startswith(("set ", "@set ")):
        kept = [leaf for leaf in found if not first <= leaf.start < where[entry.outer[1]]]
        yield Case("delete", (Edit(*entry.outer, ""),), plain(kept), lines)
