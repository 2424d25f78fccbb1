"""Edits of real files of every format: `python -m tests.nets.formats [FORMAT…]` (nox -s formats).

A module here is the *driver* of one format:

    SOURCES: tuple[str, ...]                    packages that hold such files, pinned, as `packages.fetch` reads them
    MINIMUM: Mapping[str, int]                  files and edits of each operation that a whole run must reach
    wanted(path) -> bool                        whether a file of this path belongs to it
    consumed(text, path) -> object              what an independent reader makes of the text (plain data, compared with
                                                ==); ValueError where it does not take it
    cases(document, chance) -> Iterator[Case]   edits that somebody might want, at random places of the document
    unpack(folder) -> None                      makes files of what a fetched package holds otherwise (optional)
    variants(text) -> dict[str, str]            the same content otherwise written (optional)

`runner` applies each case as a run would, and holds the outcome against what was meant: the lines, and the data.
"""

from __future__ import annotations

import dataclasses

from offramp.model import Edit

OPERATIONS = ("set", "rename", "delete", "insert")


@dataclasses.dataclass(frozen=True, slots=True)
class Case:
    """One edit that somebody might want, and what must come of it.

    Args:
        operation: one of `OPERATIONS`.
        edits: what `offramp.syntax` makes of the wish, or the reason why it refuses it.
        expected: what `consumed` must return afterwards.
        lines: the first line of the document that may change, and the one behind the last (0-based); an insertion
            between two lines has the same number twice.
    """

    operation: str
    edits: tuple[Edit, ...] | str
    expected: object
    lines: tuple[int, int]
