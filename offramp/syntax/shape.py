"""Whether an edit of YAML or JSON changed no more than it may: scalars, keys, and entries that went.

A splice is right when the tree of the result is the tree of the original but for the values of leaves and for
removed entries. Text that needed quotes gives itself away here: it turns a scalar into a mapping, cuts it off with a
comment, makes a number of a name, or swallows the lines that follow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Union

from offramp.syntax import entries

if TYPE_CHECKING:
    from offramp.syntax.nodes import Node, NodeTree

LINE_REST = re.compile(r"[^\r\n]*")
MORE_QUOTES = frozenset({("", "'"), ("", '"'), ("'", '"')})
Data = Union[str, "list[Data]", "list[tuple[Data, Data]]"]
Unit = tuple["Node", ...]
Pair = tuple["Node", "Node"]


def data(root: Node) -> Data:
    """A node as plain data: strings, lists, and lists of (key, value); an alias is its text."""
    made: dict[int, Data] = {}
    stack = [(root, False)]
    while stack:
        node, ready = stack.pop()
        if not node.children:
            made[id(node)] = [] if node.kind in ("mapping", "sequence") else node.value
        elif not ready:
            stack.append((node, True))
            stack += [(child, False) for child in node.children]
        elif node.kind == "mapping":
            made[id(node)] = [(made[id(key)], made[id(value)]) for key, value in node.pairs()]
        else:
            made[id(node)] = [made[id(child)] for child in node.children]
    return made[id(root)]


def compare(
    before: NodeTree, after: NodeTree, kind_of_plain: Callable[[str], str], *, quotes: bool = False
) -> str | None:
    """Why `after` is not `before` with other scalars and fewer entries; None when it is.

    `quotes`: a scalar may get the quotes that its new text needs.
    """
    if len(before.roots) != len(after.roots):
        return "the number of documents would change"
    if after.trailing_commas > before.trailing_commas:
        return "a comma would be left over"
    stack: list[Pair] = list(zip(before.roots, after.roots, strict=True))
    anchored = targets(before)
    same: dict[Node, Node] = {}
    removed: list[Unit] = []
    changed: list[Pair] = []
    while stack:
        old, new = stack.pop()
        if anchored:
            same[old] = new
        if (reason := _difference(old, new, kind_of_plain, quotes=quotes)) is not None:
            return reason
        if old.kind == "scalar" and old.value != new.value:
            changed.append((old, new))
        if old.children or new.children:
            aligned = _align(_units(old), _units(new))
            if aligned is None:
                return f"line {after.text.count(chr(10), 0, new.start) + 1}: an entry would be added"
            pairs, gone = aligned
            removed += gone
            stack += [(a, b) for one, other in pairs for a, b in zip(one, other, strict=True)]
    resolved = targets(after) if anchored else {}
    if any(resolved.get(same[alias]) is not same.get(to) for alias, to in anchored.items() if alias in same):
        return "an alias would mean something else"
    return (
        _cut_off(before, after, changed)
        or _lost_comment(before, after, removed)
        or _swallowed(before, after, removed, changed)
    )


def targets(tree: NodeTree) -> dict[Node, Node]:
    """Each alias with the node that it stands for."""
    anchors: dict[str, Node] = {}
    found: dict[Node, Node] = {}
    if not any(leaf.kind == "alias" for leaf in tree.leaves):
        return found
    named = (node for nodes in (tree.leaves, tree.collections) for node in nodes if node.anchor)
    for node in sorted(named, key=lambda node: (node.start, -node.end)):
        if node.kind == "alias":
            found[node] = anchors[node.anchor]
        else:
            anchors[node.anchor] = node
    return found


def _difference(old: Node, new: Node, kind_of_plain: Callable[[str], str], *, quotes: bool) -> str | None:
    """Why a node can't have become another."""
    shown = (old.value or old.kind).splitlines()[0][:40] if old.value or old.kind else ""
    if old.kind != new.kind:
        return f"'{shown}' would turn from {_article(old.kind)} into {_article(new.kind)}"
    if old.style != new.style and not (quotes and (old.style, new.style) in MORE_QUOTES and old.value != new.value):
        return f"'{shown}' would be written in another style"
    if bool(old.anchor) != bool(new.anchor) or old.tag != new.tag:
        return f"an anchor or a tag at '{shown}' would appear or be lost"
    if old.kind == "scalar" and not old.style and not old.tag and old.value != new.value:
        was, now = kind_of_plain(old.value), kind_of_plain(new.value)
        if not new.style and was != now != "str":
            return f"'{new.value}' would be read as {now}, not as text: it needs quotes"
        if new.style and was != "str" != now:
            return f"'{new.value}' would be read as text, not as {now}"
    return None


def _article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _units(node: Node) -> Sequence[Unit]:
    return list(node.pairs()) if node.kind == "mapping" else [(child,) for child in node.children]


def _align(old: Sequence[Unit], new: Sequence[Unit]) -> tuple[list[tuple[Unit, Unit]], list[Unit]] | None:
    """Which entry became which, and which have gone; None when there are more than before."""
    if len(new) > len(old) or (old and not new):
        return None
    pairs: list[tuple[Unit, Unit]] = []
    gone: list[Unit] = []
    position = 0
    for index, unit in enumerate(new):
        surplus = len(old) - position - (len(new) - index)
        window = range(position, position + surplus + 1)
        choice = position
        if surplus:
            same = next((n for n in window if _signature(old[n]) == _signature(unit)), None)
            same = same if same is not None else next((n for n in window if _alike(old[n], unit)), position)
            choice = same
        gone += old[position:choice]
        pairs.append((old[choice], unit))
        position = choice + 1
    return pairs, [*gone, *old[position:]]


def _signature(unit: Unit) -> tuple[str, ...]:
    head = unit[0]
    if len(unit) == 2:
        return head.kind, head.value, unit[1].kind
    return head.kind, head.value, *(f"{key.value}={value.value}" for key, value in list(head.pairs())[:2])


def _alike(one: Unit, other: Unit) -> bool:
    """Whether a renamed entry still has its value."""
    return one[-1].kind == other[-1].kind and (one[-1].value == other[-1].value != "" or bool(one[-1].children))


def _cut_off(before: NodeTree, after: NodeTree, changed: Sequence[Pair]) -> str | None:
    """Whether a part of a new value has joined the comment that stands behind it."""
    for old, new in changed:
        if old.style:
            continue
        was, now = (LINE_REST.match(tree.text, node.last) for tree, node in ((before, old), (after, new)))
        if was and now and now[0].count("#") > was[0].count("#"):
            return "a part of a value would become a comment: it needs quotes"
    return None


def _lost_comment(before: NodeTree, after: NodeTree, removed: Sequence[Unit]) -> str | None:
    lost = len(before.comments) - len(after.comments)
    if lost < 0:
        return "a part of a value would become a comment: it needs quotes"
    if not lost:
        return None
    allowed = 0
    for unit in removed:
        node = unit[0].parent
        if node is None:
            continue
        units = entries.units_of(before, node)
        index = unit[0].slot // len(unit)
        outer, _ = entries.removal(before, node, units, index, []) if len(units) > 1 else (units[index], "")
        allowed += before.comments_between(*(outer or units[index]))
    return "a comment would be lost" if lost > allowed else None


def _swallowed(before: NodeTree, after: NodeTree, removed: Sequence[Unit], changed: Sequence[Pair]) -> str | None:
    """Whether an entry has gone only because a scalar before it has swallowed it."""
    if not removed:
        return None
    for old, new in changed:
        source, result = before.text[old.first : old.last], after.text[new.first : new.last]
        if result.count("\n") + result.count("\r") <= source.count("\n") + source.count("\r"):
            continue
        for unit in removed:
            word = re.compile(rf"^[ \t]*(?:-[ \t]+)?[\"']?{re.escape(unit[0].value)}", re.MULTILINE)
            if unit[0].value and len(word.findall(result)) > len(word.findall(source)):
                return f"'{unit[0].value}' would become a part of the value before it"
    return None
