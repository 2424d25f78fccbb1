"""Makefiles: variables are set, renamed, deleted and added; the tree of the grammar's own package tells what came of it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping

import tree_sitter
import tree_sitter_make

from offramp import files, proposals
from offramp.document import Document
from offramp.model import Edit, Entry
from tests.nets.formats import Case
from tests.nets.leaves import Leaf, at, changed, leaves, offsets, plain

SOURCES = ("ansible-core==2.17.7", "pwntools==4.13.1", "gevent==24.11.1", "npm:bats@1.13.0", "pyinstaller==6.11.0")
MINIMUM: Mapping[str, int] = {"files": 4, "set": 8, "rename": 15, "delete": 10}
PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_make.language()))
VALUES = (
    *("plugh", "a b", "true", "1.0", "#x", "a # b", "@x", "a: b", "a=b", "{a,b}", "a;b", 'say "no"', "it's", "$HOME"),
    *("$(rm x)", "back\\slash", "é 鍵", " lead", "x" * 300, "https://x.test/v1", "100%", "a$"),
)
NEW = "PLUGH_SETTING"


def wanted(path: str) -> bool:
    return files.kind_of(path) == "makefile" and "justfile" not in path.lower()


def consumed(text: str, path: str) -> object:
    return plain(_leaves(text))


def _leaves(text: str) -> list[Leaf]:
    return leaves(PARSER, text, _read)


def _read(kind: str, text: str, named: bool) -> str | None:
    if kind == "text" and "$" not in text.replace("$$", ""):
        return text.replace("$$", "$").replace("\\#", "#").rstrip()
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
    sign = edit.replacement.strip()[len(NEW) :].split("=")[0].strip() + "="
    data = plain(found)
    line = document.position(edit.start)[0] - (document.text[: edit.start][-1:] in ("", "\r", "\n"))
    added = [("word", NEW), (sign, sign), ("value", value)]
    yield Case("insert", (edit,), [*data[:index], *added, *data[index:]], (line, line))


def _of_entry(
    document: Document, entry: Entry, found: list[Leaf], where: list[int], chance: random.Random
) -> Iterator[Case]:
    lines = document.position(entry.key_start)[0] - 1, document.position(entry.value_end)[0]
    index = at(found, where[entry.value_start], where[entry.value_end])
    if index is not None and entry.value.isalnum() and found[index].kind == "value":
        value, text = chance.choice(VALUES), found[index].text
        edit = Edit(entry.value_start, entry.value_end, value)
        try:
            edits = tuple(proposals.fitted(document, [edit]))
            yield Case("set", edits, changed(found, index, text.replace(entry.value, value, 1)), lines)
        except ValueError as error:
            yield Case("set", str(error), None, lines)
    index = at(found, where[entry.key_start], where[entry.key_end])
    if index is not None and found[index].text == entry.key:
        yield Case("rename", (Edit(entry.key_start, entry.key_end, NEW),), changed(found, index, NEW), lines)
    if entry.outer is None:
        yield Case("delete", entry.stuck, None, lines)
        return
    kept = [leaf for leaf in found if not where[entry.outer[0]] <= leaf.start < where[entry.outer[1]]]
    yield Case("delete", (Edit(*entry.outer, ""),), plain(kept), lines)
