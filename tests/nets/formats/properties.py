"""Java properties: settings are set, renamed, deleted and added; `javaproperties` reads what must come of it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping

import javaproperties

from offramp.document import Document
from offramp.model import Edit
from tests.nets.formats import Case, wishes

SOURCES = ("npm:@openui5/sap.ui.core@1.120.0", "npm:react-native@0.76.0")
MINIMUM: Mapping[str, int] = {"files": 20, "set": 100, "rename": 60, "delete": 60, "insert": 20}


def wanted(path: str) -> bool:
    return path.endswith(".properties")


def consumed(text: str, path: str) -> object:
    try:
        data: dict[str, str] = javaproperties.loads(text)
    except javaproperties.InvalidUEscapeError as error:
        raise ValueError(str(error)) from None
    return data


def cases(document: Document, chance: random.Random) -> Iterator[Case]:
    data = javaproperties.loads(document.text)
    every = list(document.tree.entries())
    keys = [entry.key for entry in every]
    entries = [entry for entry in every if keys.count(entry.key) == 1]
    for entry in chance.sample(entries, min(2, len(entries))):
        value, name = wishes.value(chance), chance.choice(wishes.NAMES)
        lines = wishes.lines(document, entry.key_start, entry.value_end)
        edits = wishes.written(document, [Edit(entry.value_start, entry.value_end, value)])
        yield Case("set", edits, data | {entry.key: value}, lines)
        edits = wishes.written(document, [Edit(entry.key_start, entry.key_end, name)])
        renamed = {name if key == entry.key else key: old for key, old in data.items()}
        yield Case("rename", edits, renamed, wishes.lines(document, entry.key_start, entry.key_end))
        edits = wishes.written(document, [Edit(*entry.outer, "")]) if entry.outer else entry.stuck
        rest = {key: old for key, old in data.items() if key != entry.key}
        first = lines[0] - (document.text.find("\n", entry.value_end) < 0)
        yield Case("delete", edits, rest, (first, lines[1]))
    value = wishes.value(chance)
    yield from _added(document, data, value)


def _added(document: Document, data: dict[str, str], value: str) -> Iterator[Case]:
    entries = document.tree.entries()
    kin = [entry for entry in entries if "." not in entry.key] or list(entries)
    last = document.text.count("\n") + (not document.text.endswith("\n") and document.text != "")
    line = document.position(kin[-1].value_end)[0] if kin else last
    edits = wishes.supplied(document, f"setting::{wishes.NAME}={value}")
    yield Case("insert", edits, data | {wishes.NAME: value}, (line, line))
