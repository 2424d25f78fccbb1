"""Whether a YAML text holds everything that it held before something was added to it, and means the same by it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from offramp.syntax.shape import targets

if TYPE_CHECKING:
    from offramp.syntax.nodes import Node, NodeTree

Unit = tuple["Node", ...]


def beyond(before: NodeTree, after: NodeTree) -> str | None:
    """What has changed apart from entries and items that are there now, or None."""
    if len(before.roots) != len(after.roots):
        return "the number of documents would change"
    if len(before.comments) != len(after.comments):
        return "a comment would be lost, or text become one"
    known: dict[object, int] = {}
    prints = _prints(before, known) | _prints(after, known)
    pairs = list(zip(before.roots, after.roots, strict=True))
    same: dict[Node, Node] = {}
    while pairs:
        old, new = pairs.pop()
        same[old] = new
        if prints[old] == prints[new] and not old.children:
            continue
        if not _alike(old, new):
            return "a value would change with what is added"
        matched = _matched(_units(old), _units(new), prints)
        if matched is None:
            return "a value would change with what is added"
        pairs += matched
    old_targets, new_targets = targets(before), targets(after)
    if any(same.get(anchor) is not new_targets.get(same[alias]) for alias, anchor in old_targets.items()):
        return "an alias would mean something else"
    return None


def _prints(tree: NodeTree, known: dict[object, int]) -> dict[Node, int]:
    """A number for each node, the same for nodes that are alike with all that is in them."""
    prints: dict[Node, int] = {}
    stack = [(root, False) for root in tree.roots]
    while stack:
        node, ready = stack.pop()
        if node.children and not ready:
            stack.append((node, True))
            stack += [(child, False) for child in node.children]
            continue
        inside = tuple(prints[child] for child in node.children)
        identity = (node.kind, node.style, node.tag, node.anchor, node.value, inside)
        prints[node] = known.setdefault(identity, len(known))
    return prints


def _alike(old: Node, new: Node) -> bool:
    if old.kind == "scalar" and old.start == old.end and not old.anchor and not old.tag:
        return new.kind in ("mapping", "sequence") and not new.anchor and not new.tag
    was, now = ((one.kind, one.style, one.tag, one.anchor, one.value) for one in (old, new))
    return was == now


def _units(node: Node) -> Sequence[Unit]:
    return list(node.pairs()) if node.kind == "mapping" else [(child,) for child in node.children]


def _matched(old: Sequence[Unit], new: Sequence[Unit], prints: dict[Node, int]) -> list[tuple[Node, Node]] | None:
    """Which node is which: what is old, in its order, among what is new."""
    pairs: list[tuple[Node, Node]] = []
    position = 0
    for index, unit in enumerate(old):
        surplus = len(new) - position - (len(old) - index)
        if surplus < 0:
            return None
        window = new[position : position + surplus + 1]
        head = next((n for n, other in enumerate(window) if prints[other[0]] == prints[unit[0]]), 0)
        pairs += zip(unit, window[head], strict=True)
        position += head + 1
    return pairs
