"""What can be taken out of a script by itself: entries of objects, items of arrays, names of an import or export.

import { a, b } from "./x"   without b   ->   import { a } from "./x"
[a, b, c]                    without c   ->   [a, b]
"""

from __future__ import annotations

import itertools
import re

from offramp.syntax import grammar
from offramp.syntax.grammar import Node

LISTS = {
    "object": (),
    "array": (),
    "named_imports": ("import_specifier",),
    "export_clause": ("export_specifier",),
    "enum_body": (),
}
HOLES = "an array with holes counts its items by their commas: remove it by hand"
ALONE = "it is the only name of the statement: remove the statement"
COMMENT = re.compile(r"\s*/[/*]")
COMMENTED = "a comment stands between it and its comma: remove it by hand"


def outer(text: str, item: Node) -> tuple[int, int]:
    """What goes when an item of a list is deleted.

    Raises:
        ValueError: it can't go by itself.
    """
    while item.parent is not None and item.parent.span == item.span:
        item = item.parent
    listed = item.parent
    if listed is None or listed.kind not in LISTS:
        raise ValueError("it stands in no list")
    if listed.kind in ("named_imports", "export_clause") and len(_items(listed)) == 1:
        raise ValueError(ALONE)
    if listed.kind == "array" and _has_holes(listed):
        raise ValueError(HOLES)
    if _comment_before_comma(item, listed):
        raise ValueError(COMMENTED)
    return grammar.item_span(text, item.start, item.end, opens=listed.start + 1, closes=listed.end - 1)


def _items(listed: Node) -> list[Node]:
    return [node for node in listed.named if node.kind != "comment"]


def _has_holes(listed: Node) -> bool:
    tokens = [node for node in listed.children if node.kind != "comment"]
    pairs = itertools.pairwise(tokens)
    return any(after.kind == "," and before.kind in ("[", ",") for before, after in pairs)


def _comment_before_comma(item: Node, listed: Node) -> bool:
    """Whether a comment stands between an item and its comma."""
    if COMMENT.match(item.source, item.end, listed.end) is None:
        return False
    behind = [node for node in listed.children if node.start >= item.end]
    return bool(behind) and behind[0].kind == "comment" and any(n.kind == "," for n in behind[1:2])
