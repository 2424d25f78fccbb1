"""What a YAML file is given: a setting of a mapping or of a list of settings, or an item of a list.

    services:                                    setting:services/api/environment:OPENROUTER_MODEL=${OPENROUTER_MODEL}
      api:
        environment:
          PORT: 80
          OPENROUTER_MODEL: ${OPENROUTER_MODEL}  added

    environment: [A=1]                           environment: [A=1, K=V]
    env: [{name: A, value: 1}]                   env: [{name: A, value: 1}, {name: K, value: V}]
    tags: [a]                                    tags: [a, b], of item:tags:b

A path names keys, and items by number; `---1` at its start names the second document. `%2F`, `%3A` and `%25` stand for
`/`, `:` and `%` in a key. A holder that is not there is made; one that is shared by an anchor is for a person.
`insertion_points` says where in the text an entry goes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from offramp.model import Edit
from offramp.syntax import insertion_points as points
from offramp.syntax import quoting
from offramp.syntax.entries import ASSIGNMENT, settings_of
from offramp.syntax.insertion_points import Written

if TYPE_CHECKING:
    from offramp.syntax.nodes import Node, NodeTree

DOCUMENT = re.compile(r"---(\d+)")
ESCAPED = re.compile(r"%(2F|3A|25)")
QUOTES = ("'", '"')
LOOKED_AT = 8  # neighbours whose quotes a new scalar takes over


def supplied(tree: NodeTree, need: str) -> Edit | None:
    """The edit that supplies `setting:PATH:KEY=VALUE` or `item:PATH:VALUE`, or None where it is there.

    Raises:
        ValueError: it can't be written there; the message says why.
    """
    sort, path, said = need.split(":", 2)
    owner, holder, name = _holder(tree, path)
    if sort == "item":
        return _item(tree, owner, holder, name, said)
    key, _, value = said.partition("=")
    return _setting(tree, owner, holder, name, (key, value))


def missing(tree: NodeTree, need: str) -> str | None:
    """What is wrong where the need should be satisfied by now."""
    sort, path, said = need.split(":", 2)
    _, holder, name = _holder(tree, path)
    key, _, value = said.partition("=")
    if holder is not None and sort == "item" and any(item.value == said for item in holder.children):
        return None
    if holder is not None and sort == "setting" and (key, value) in settings_of(holder):
        return None
    return f"what is added to '{name}' would be read as something else"


def _holder(tree: NodeTree, path: str) -> tuple[Node, Node | None, str]:
    """What holds the holder, the holder if it is there, and its name.

    Raises:
        ValueError: there is no such place, or more than this place would change.
    """
    steps = [ESCAPED.sub(lambda m: chr(int(m[1], 16)), step) for step in path.split("/")] if path else []
    number = DOCUMENT.fullmatch(steps[0]) if steps else None
    index = int(number[1]) if number is not None else 0
    if index >= len(tree.roots):
        raise ValueError("the document is empty" if not number else f"it has no document {steps[0]}")
    owner, holder = tree.roots[index], tree.roots[index]
    steps = steps[1:] if number is not None else steps
    _refuse_shared(tree, owner, "the document")
    for position, step in enumerate(steps):
        found = _child(holder, step)
        if found is None and (position + 1 < len(steps) or holder.kind != "mapping"):
            raise ValueError(f"there is no '{step}' in a mapping or list")
        if found is None:
            return holder, None, step
        owner, holder = holder, found
        _refuse_shared(tree, holder, f"'{step}'")
    return owner, holder, steps[-1] if steps else "the document"


def _child(node: Node, step: str) -> Node | None:
    if node.kind == "mapping":
        return next((value for key, value in node.pairs() if key.value == step and key.kind == "scalar"), None)
    index = int(step) if re.fullmatch("[0-9]{1,9}", step) else len(node.children)
    return node.children[index] if node.kind == "sequence" and index < len(node.children) else None


def _refuse_shared(tree: NodeTree, node: Node, what: str) -> None:
    if node.kind == "alias":
        raise ValueError(f"{what} is shared by an anchor: add it where the anchor is, or write it out")
    aliases = (leaf for leaf in tree.leaves if leaf.kind == "alias") if node.anchor else ()
    if any(leaf.anchor == node.anchor for leaf in aliases):
        raise ValueError(f"{what} is shared by an anchor: what is added would be added to all that use it")


def _setting(tree: NodeTree, owner: Node, holder: Node | None, name: str, pair: tuple[str, str]) -> Edit | None:
    if holder is None or points.is_nothing(holder):
        return points.make_holder(tree, owner, holder, name, _entry(tree, None, pair))
    if holder.kind not in ("mapping", "sequence"):
        raise ValueError(f"'{name}' is no mapping or list")
    given = {other for other, _ in settings_of(holder)} | {item.value for item in holder.children}
    if pair[0] in given:
        return None
    if holder.kind == "mapping":
        return points.into(tree, holder, _entry(tree, holder, pair))
    if not holder.children:
        raise ValueError(f"nothing says how '{name}' lists its settings: as KEY=value, or by name and value")
    if all(item.kind == "scalar" for item in holder.children):
        return points.into(tree, holder, _scalar(tree, holder, "=".join(pair)))
    return points.into(tree, holder, _pair(tree, holder, name, pair))


def _pair(tree: NodeTree, holder: Node, name: str, pair: tuple[str, str]) -> Written:
    """`name: K` and `value: V` as the items beside it have them."""
    from offramp.syntax.nodes import PAIR_NAMES, PAIR_VALUES

    for item in reversed(holder.children):
        keys = [key for key, _ in item.pairs()] if item.kind == "mapping" else []
        named = next((key for key in keys if key.value.lower() in PAIR_NAMES), None)
        valued = next((key for key in keys if key.value.lower() in PAIR_VALUES[::2]), None)
        if named is not None and valued is not None:
            entries = [_beside(tree, key, said) for key, said in zip((named, valued), pair, strict=True)]
            lines = [entry.block[0] for entry in entries]
            flow = "{" + ", ".join(entry.flow for entry in entries) + "}"
            return Written(lines if item.style != "flow" else [flow], flow)
    raise ValueError(f"'{name}' is written in another way than as a list of KEY=value")


def _entry(tree: NodeTree, holder: Node | None, pair: tuple[str, str]) -> Written:
    keys, values = (holder.children[0::2], holder.children[1::2]) if holder is not None else ([], [])
    key, value = (_written(tree, beside, text) for beside, text in zip((keys, values), pair, strict=True))
    return Written([f"{key[0]}: {value[0]}"], f"{key[1]}: {value[1]}")


def _beside(tree: NodeTree, key: Node, text: str) -> Written:
    """An entry with the key of another and a value of its own."""
    named = tree.text[key.start : key.end]
    value = key.parent.children[key.slot + 1] if key.parent is not None else key
    block, flow = _written(tree, [value], text)
    return Written([f"{named}: {block}"], f"{named}: {flow}")


def _scalar(tree: NodeTree, holder: Node | None, text: str) -> Written:
    block, flow = _written(tree, holder.children if holder is not None else [], text)
    return Written([block], flow)


def _written(tree: NodeTree, beside: list[Node], text: str) -> tuple[str, str]:
    """A text as a scalar in block and in flow style, quoted as its neighbours are."""
    styles = {node.style for node in beside[:LOOKED_AT] if node.kind == "scalar"}
    if len(styles) == 1 and (style := styles.pop()) in QUOTES:
        return (quoting.quoted(text, style),) * 2
    preferred = points.preferred(tree)
    return quoting.scalar(text, flow=False, style=preferred), quoting.scalar(text, flow=True, style=preferred)


def _item(tree: NodeTree, owner: Node, holder: Node | None, name: str, text: str) -> Edit | None:
    if holder is None or points.is_nothing(holder):
        return points.make_holder(tree, owner, holder, name, _scalar(tree, None, text), listed=True)
    if holder.kind != "sequence":
        raise ValueError(f"'{name}' is no list")
    settings = [item for item in holder.children if ASSIGNMENT.match(item.value)]
    if any(item.kind != "scalar" for item in holder.children) or (settings and not ASSIGNMENT.match(text)):
        raise ValueError(f"the items of '{name}' are no plain texts")
    if any(item.value == text for item in holder.children):
        return None
    return points.into(tree, holder, _scalar(tree, holder, text))
