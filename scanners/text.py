"""References in plain text and in every kind of file that has no scanner of its own."""

from __future__ import annotations

from collections.abc import Iterator

from offramp.document import Document
from offramp.model import Finding
from offramp.vocabulary import Vocabulary
from scanners import duplicates, references


def scan(document: Document, vocabulary: Vocabulary) -> Iterator[Finding]:
    yield from references(document, vocabulary)
    yield from duplicates(document, vocabulary)
