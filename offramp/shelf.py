"""Which documents keep their parsed trees: as many as there is room for, and those asked for last.

A tree takes some fifty times the memory of its text. Runs ask for the trees of all documents over and over, in the same
order: what is kept stays, so that at least these are there each time; of the others only the last few.
"""

from __future__ import annotations

import collections
import weakref
from typing import Protocol

ROOM = 5_000_000  # characters of text whose trees are kept: some 250 MB
LAST = 64  # documents beyond it
RECOUNT = 256  # so often the room is counted anew that documents have left


class Shelved(Protocol):
    """What has a tree to drop."""

    @property
    def text(self) -> str: ...

    def drop_tree(self) -> None: ...


class Shelf:
    def __init__(self, room: int = ROOM, last: int = LAST) -> None:
        self.room, self.last = room, last
        self.used = 0
        self.kept: weakref.WeakKeyDictionary[Shelved, int] = weakref.WeakKeyDictionary()
        self.passing: collections.deque[weakref.ref[Shelved]] = collections.deque()
        self._added = 0

    def add(self, document: Shelved) -> None:
        """A document has been parsed."""
        self._added += 1
        if self.used + len(document.text) > self.room and self._added % RECOUNT == 0:
            self.used = sum(self.kept.values())
        if self.used + len(document.text) <= self.room:
            self.kept[document] = len(document.text)
            self.used += len(document.text)
            return
        self.passing.append(weakref.ref(document))
        if len(self.passing) > self.last and (oldest := self.passing.popleft()()) is not None:
            oldest.drop_tree()

    def remove(self, document: Shelved) -> None:
        """A document's tree is no longer there."""
        self.used -= self.kept.pop(document, 0)
