"""Where a setting goes that a YAML file is given: behind the last entry of the mapping or list that holds such.

services:
  api:
    environment:
      PORT: 80
      OPENROUTER_MODEL: ${OPENROUTER_MODEL}       added

In block style only, and never into what is shared by an anchor: elsewhere it is a person who has to decide.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from offramp.model import Edit
from offramp.syntax.entries import content_end, line_start, settings_of

if TYPE_CHECKING:
    from offramp.syntax.nodes import Node, NodeTree

BREAK = re.compile(r"\r\n|\r|\n")


def setting(tree: NodeTree, need: str) -> Edit | None:
    """The edit that supplies `setting:PATH/OF/HOLDER:KEY=VALUE`, or None where the holder has the key.

    Raises:
        ValueError: it can't be written there; the message says why.
    """
    _, path, assignment = need.split(":", 2)
    key, _, value = assignment.partition("=")
    *outer, name = path.split("/")
    owner = tree.roots[0]
    for step in outer:
        owner = _block(owner.get(step.lower()), f"'{step}'")
    holder = owner.get(name)
    if holder is None:
        return _new_holder(tree, owner, f"{name}:", f"{key}: {value}")
    given = {other for other, _ in settings_of(_block(holder, f"'{name}'"))} | {item.value for item in holder.children}
    if key in given:
        return None
    line = f"{key}: {value}"
    if holder.kind == "sequence":
        if not all(item.kind == "scalar" for item in holder.children):
            raise ValueError(f"'{name}' is written in another way than as a list of KEY=value")
        line = f"- {key}={value}"
    return _behind(tree, holder, [_indent(tree, holder) + line])


def _block(node: Node | None, what: str) -> Node:
    if node is None or node.kind not in ("mapping", "sequence") or node.style != "block" or not node.children:
        raise ValueError(f"{what} is not written as a block")
    if node.anchor:
        raise ValueError(f"{what} is shared by an anchor")
    return node


def _new_holder(tree: NodeTree, owner: Node, head: str, line: str) -> Edit:
    indent = _indent(tree, owner)
    outer = _indent(tree, owner.parent) if owner.parent is not None else ""
    step = indent.removeprefix(outer) or "  "
    return _behind(tree, owner, [indent + head, indent + step + line])


def _indent(tree: NodeTree, node: Node) -> str:
    """What stands before the entries or items of a block."""
    start = node.children[0].start
    if node.kind == "sequence":
        start = tree.text.rfind("-", 0, start)
    lead = tree.text[line_start(tree.text, start) : start]
    if lead.strip():
        raise ValueError("its first entry shares the line with something else")
    return lead


def _behind(tree: NodeTree, node: Node, lines: list[str]) -> Edit:
    """Lines of their own behind a block."""
    text = tree.text
    found = BREAK.search(text)
    newline = found[0] if found else "\n"
    written = newline.join(lines)
    matched = BREAK.search(text, content_end(tree, node))
    if matched is None:
        return Edit(len(text), len(text), newline + written)
    return Edit(matched.end(), matched.end(), written + newline)
