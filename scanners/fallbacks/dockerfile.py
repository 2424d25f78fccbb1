"""Fallbacks in images: `ENV V=literal`, `ARG V=literal`."""

from __future__ import annotations

from collections.abc import Iterator

from offramp.document import Document
from offramp.vocabulary import Vocabulary
from scanners.fallbacks import Fallback, belongs


def read(document: Document, vocabulary: Vocabulary) -> Iterator[Fallback]:
    for entry in document.tree.entries():
        if entry.scope.startswith("LABEL"):
            continue
        if "$" in entry.value or not belongs(entry.key, entry.value, vocabulary):
            continue
        sign = entry.key_end, entry.key_end + 1  # the `=` or the blank between the name and its value
        value = entry.value_start, entry.value_end
        yield Fallback("image", *sign, entry.key, entry.value, (entry.key_start, entry.value_end), value)
