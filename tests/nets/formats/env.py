"""Env files: settings are set, renamed, deleted and added; python-dotenv reads what must come of it."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator, Mapping

import dotenv

from offramp import files
from offramp.document import Document
from offramp.model import Edit, Entry
from tests.nets.formats import Case

SOURCES = ("npm:dotenv@16.4.5",)
MINIMUM: Mapping[str, int] = {"files": 1}
NEW = "PLUGH_SETTING"


def wanted(path: str) -> bool:
    return files.kind_of(path) == "env_file"


def consumed(text: str, path: str) -> object:
    return dict(dotenv.dotenv_values(stream=io.StringIO(text), interpolate=False))


def cases(document: Document, chance: random.Random) -> Iterator[Case]:
    entries = document.tree.entries()
    data = dict(dotenv.dotenv_values(stream=io.StringIO(document.text), interpolate=False))
    for entry in chance.sample(list(entries), min(6, len(entries))):
        if [e.key for e in entries].count(entry.key) > 1:
            continue
        yield Case(
            "set",
            (Edit(entry.value_start, entry.value_end, "plugh"),),
            data | {entry.key: "plugh"},
            _lines(document, entry),
        )


def _lines(document: Document, entry: Entry) -> tuple[int, int]:
    return document.position(entry.value_start)[0] - 1, document.position(entry.value_end)[0]
