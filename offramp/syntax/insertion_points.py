"""Where in a YAML text a new entry or item goes: behind the last one, on a line of its own where those are.

What stands behind a block scalar would become a part of it, or change how it ends; in such a place the new entry goes
before the last one, or the insertion is refused.
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from typing import TYPE_CHECKING

from offramp.model import Edit
from offramp.syntax.entries import content_end, line_start, units_of
from offramp.syntax.quoting import BREAK

if TYPE_CHECKING:
    from offramp.syntax.nodes import Node, NodeTree

LEAD = re.compile(r"[ ]*(?:[-?:][ ]+)*")
SKIPPED = re.compile(r"(?:\s+|#[^\r\n]*)*")
REST = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?=[\r\n])")
COMMENT_LINE = re.compile(r"[ \t]*#[^\r\n]*(?:\r\n|\r|\n)\Z")


@dataclasses.dataclass(frozen=True, slots=True)
class Written:
    """An entry or item as lines of a block, without dash and indentation, and as it is within brackets."""

    block: list[str]
    flow: str


def preferred(tree: NodeTree) -> str:
    """The quotes that a text mostly has."""
    count = Counter(leaf.style for leaf in tree.leaves)
    return "'" if count["'"] > count['"'] else '"'


def is_nothing(node: Node) -> bool:
    """Whether a value is not written at all: `environment:` with nothing behind it."""
    return node.kind == "scalar" and node.start == node.end and not node.anchor and not node.tag


def into(tree: NodeTree, holder: Node, written: Written) -> Edit:
    """The edit that puts an entry or item behind the last one of a collection.

    Raises:
        ValueError: there is no place for it.
    """
    if holder.style == "flow":
        return _in_flow(tree, holder, written.flow)
    indent, gap = _indent(tree, holder)
    lines = written.block
    if holder.kind == "sequence":
        lines = [f"-{gap}{lines[0]}", *(f" {gap}{line}" for line in lines[1:])]
    return _behind(tree, holder, [indent + line for line in lines])


def make_holder(
    tree: NodeTree, owner: Node, holder: Node | None, name: str, written: Written, *, listed: bool = False
) -> Edit:
    """The edit that makes a mapping or list with one entry: as a new entry of its owner, or where nothing stands."""
    first = f"- {written.block[0]}" if listed else written.block[0]
    flow = f"[{written.flow}]" if listed else f"{{{written.flow}}}"
    if holder is None:
        if owner.style == "flow":
            return _in_flow(tree, owner, f"{name}: {flow}")
        indent, _ = _indent(tree, owner)
        return _behind(tree, owner, [f"{indent}{name}:", f"{indent}{_step(tree, owner)}{first}"])
    key = holder.key
    if key is None:
        raise ValueError(f"there is nothing at '{name}'")
    end = content_end(tree, holder)
    if not tree.text.endswith(":", 0, end):
        raise ValueError(f"'{name}' is a key alone, of a set")
    if owner.style == "flow":
        return Edit(end, end, f" {flow}")
    indent, _ = _indent(tree, owner)
    return _below(tree.text, end, [f"{indent}{_step(tree, owner)}{first}"])


def _step(tree: NodeTree, owner: Node) -> str:
    """How much deeper a block is written than what holds it: as beside it, else as elsewhere in the text."""
    near = [value for _, value in owner.pairs()]
    for node in (*near, *tree.collections):
        key = node.key
        if key is None or node.kind != "mapping" or node.style == "flow" or not node.children:
            continue
        text = tree.text
        deep = node.children[0].start - line_start(text, node.children[0].start)
        step = deep - (key.start - line_start(text, key.start))
        if step > 0 and line_start(text, node.children[0].start) > key.start:
            return " " * step
    return "  "


def _indent(tree: NodeTree, node: Node) -> tuple[str, str]:
    """What stands before the entries or items of a block, and between a dash and what follows it."""
    start, end = units_of(tree, node)[-1]
    first = node.children[-1].start if node.kind == "sequence" else start
    gap = " " * (first - start - 1) if not tree.text[start + 1 : first].strip(" ") and first < end else " "
    start = units_of(tree, node)[0][0]
    lead = tree.text[line_start(tree.text, start) : start]
    if not LEAD.fullmatch(lead):
        raise ValueError("its first entry shares the line with something else")
    return " " * len(lead), gap or " "


def _behind(tree: NodeTree, node: Node, lines: list[str]) -> Edit:
    """Lines of their own behind a block."""
    text = tree.text
    last = node
    while last.children and last.style != "flow":
        last = last.children[-1]
    header = BREAK.split(text[last.start : last.end], maxsplit=1)[0] if last.style in ("|", ">") else ""
    unended = not text.endswith(("\n", "\r")) and not text[content_end(tree, node) :].strip()
    if header and unended and "-" not in header:
        return _before_last(tree, node, lines)
    if "+" in header:
        return Edit(last.end, last.end, "".join(line + newline_of(text) for line in lines))
    return _below(text, content_end(tree, node), lines)


def _before_last(tree: NodeTree, node: Node, lines: list[str]) -> Edit:
    start = units_of(tree, node)[-1][0]
    low = line_start(tree.text, start)
    if tree.text[low:start].strip() or COMMENT_LINE.search(tree.text, line_start(tree.text, max(low - 2, 0)), low):
        raise ValueError("it ends with a block scalar without a line break, which a new line would change")
    return Edit(low, low, "".join(line + newline_of(tree.text) for line in lines))


def _below(text: str, end: int, lines: list[str]) -> Edit:
    """Lines below the one on which something ends."""
    newline = newline_of(text)
    written = newline.join(lines)
    matched = BREAK.search(text, end)
    if matched is None:
        return Edit(len(text), len(text), newline + written)
    return Edit(matched.end(), matched.end(), written + newline)


def newline_of(text: str) -> str:
    found = BREAK.search(text)
    return found[0] if found else "\n"


def _in_flow(tree: NodeTree, node: Node, written: str) -> Edit:
    text, close = tree.text, node.end - 1
    if text[close : close + 1] not in ("}", "]"):
        raise ValueError("it is one pair without brackets")
    if not node.children:
        opened = max(text.rfind("{", node.start, close), text.rfind("[", node.start, close)) + 1
        if text[opened:close].strip(" "):
            raise ValueError("something stands between its brackets")
        return Edit(opened, close, f"{text[opened:close]}{written}{text[opened:close]}")
    start, end = units_of(tree, node)[-1]
    comma = SKIPPED.match(text, end)
    behind = comma.end() + 1 if comma is not None and text.startswith(",", comma.end()) else end
    lead = text[line_start(text, start) : start]
    rest = REST.match(text, behind)
    if lead.strip() or rest is None or rest.end() >= close:
        return Edit(behind, behind, f" {written}," if behind > end else f", {written}")
    line = newline_of(text) + lead + written
    if behind > end:
        return Edit(rest.end(), rest.end(), f"{line},")
    return Edit(end, rest.end(), f",{rest[0]}{line}")
