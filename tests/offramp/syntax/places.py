"""How the tables of the syntax tests are written: a text with the place in question between « and »."""

from __future__ import annotations

import dataclasses

from offramp import files
from offramp.document import Document
from offramp.model import Edit, Entry, Place, apply_edits


def document(path: str, text: str) -> Document:
    return Document(path, files.kind_of(path), files.Source(text, "utf-8", b""), text)


def place(path: str, marked: str) -> tuple[Place, Document]:
    start, end = marked.index("«"), marked.index("»") - 1
    read = document(path, marked.replace("«", "").replace("»", ""))
    return read.tree.place(start, end), read


def told(path: str, marked: str) -> tuple[str, str, str]:
    """Role, key, and the text of the literal at the marked place."""
    found, read = place(path, marked)
    return found.role.value, found.key, read.text[found.start : found.end]


def entries(path: str, text: str) -> list[Entry]:
    return list(document(path, text).tree.entries())


def without(path: str, text: str, key: str) -> str | None:
    """The text after its first entry of that name is deleted, None where it can't be; the result must pass."""
    read = document(path, text)
    entry = next(entry for entry in read.tree.entries() if entry.key == key)
    if entry.outer is None:
        assert entry.stuck
        return None
    result = apply_edits(text, [Edit(*entry.outer, "")])
    assert dataclasses.replace(read, text=result).fault is None
    extra = (path,) if getattr(read.syntax, "WANTS_PATH", False) else ()
    assert read.syntax.check(text, result, *extra) is None
    return result
