"""How JSON is written: values in their quotes, and entries with their commas.

    set a value to  say "hi"            "greeting": "say \\"hi\\""
    delete the last entry of an object  the comma before it goes, too, and the comments between stay
    setting:env:KEY=value               "KEY": "value", behind the last entry of `env`, written as that one is

JSONC and JSON5 likewise: a comma behind the last entry stays where there is one, and comes where there was one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence

from offramp.model import Edit
from offramp.syntax.entries import line_start
from offramp.syntax.nodes import MAPPING, SCALAR, SEQUENCE, Node, NodeTree

BREAK = re.compile(r"\r\n|\r|\n")
IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*")
ESCAPED = re.compile(r'["\\\x00-\x1f\u2028\u2029]')
COMMA = re.compile(r"(?:\s|//[^\r\n]*|/\*(?s:.*?)\*/)*(?P<comma>,)?")
PADDING = re.compile(r"\s*")


def fitted(tree: NodeTree, edits: Sequence[Edit], kind_of_plain: Callable[[str], str]) -> list[Edit]:
    """The edits with what their places demand.

    Raises:
        ValueError: a number, `true` or a bare key can't become what it should.
    """
    result = [_fitted(tree, edit, kind_of_plain) for edit in edits]
    gone = [edit for edit in result if not edit.replacement]
    return result + _left_over(tree, gone) if gone else result


def _fitted(tree: NodeTree, edit: Edit, kind_of_plain: Callable[[str], str]) -> Edit:
    leaf = tree.leaf_at(edit.start)
    if leaf is None or not leaf.first <= edit.start <= edit.end <= leaf.last:
        return edit
    if leaf.style:
        if not ESCAPED.search(edit.replacement) and leaf.style not in edit.replacement:
            return edit
        return Edit(edit.start, edit.end, quoted(edit.replacement, leaf.style), edit.path)
    after = tree.text[leaf.first : edit.start] + edit.replacement + tree.text[edit.end : leaf.last]
    if leaf.is_key:
        if not IDENTIFIER.fullmatch(after):
            raise ValueError(f"the key '{leaf.value}' has no quotes, and '{after}' would need them")
    elif kind_of_plain(after) != kind_of_plain(leaf.value):
        raise ValueError(f"'{leaf.value}' is no text, and '{after}' would be one")
    return edit


def quoted(value: str, quote: str = '"') -> str:
    """A text as it stands between quotes."""
    inside = json.dumps(value, ensure_ascii=False)[1:-1].replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return inside if quote == '"' else inside.replace('\\"', '"').replace("'", "\\'")


def _left_over(tree: NodeTree, gone: Sequence[Edit]) -> list[Edit]:
    """The commas that would be left over where the last entries or items of a collection go."""
    extra: list[Edit] = []
    for holder in {id(node): node for edit in gone if (node := _holder(tree, edit)) is not None}.values():
        units = units_of(holder)
        stay = [n for n, (start, end) in enumerate(units) if not any(e.start <= start and end <= e.end for e in gone)]
        if not stay or stay[-1] == len(units) - 1 or _comma(tree, units[-1][1]) is not None:
            continue
        comma = _comma(tree, units[stay[-1]][1])
        if comma is not None and not any(e.start <= comma < e.end for e in gone):
            extra.append(Edit(comma, comma + 1, "", gone[0].path))
    return extra


def _holder(tree: NodeTree, edit: Edit) -> Node | None:
    """The collection of which an edit takes out entries or items."""
    node = next((leaf for leaf in tree.leaves_from(edit.start) if leaf.end <= edit.end), None)
    while node is not None and node.parent is not None:
        if node.parent.start < edit.start and edit.end < node.parent.end:
            return node.parent
        node = node.parent
    return None


def units_of(node: Node) -> list[tuple[int, int]]:
    if node.kind == MAPPING:
        return [(key.start, value.end) for key, value in node.pairs()]
    return [(item.start, item.end) for item in node.children]


def _comma(tree: NodeTree, end: int) -> int | None:
    """Where the comma behind an entry stands."""
    matched = COMMA.match(tree.text, end)
    return matched.start("comma") if matched is not None and matched["comma"] else None


def supplied(tree: NodeTree, need: str) -> Edit | None:
    """The edit that supplies `setting:PATH/OF/HOLDER:KEY=VALUE` or `item:PATH/OF/LIST:VALUE`; None where it is there.

    Raises:
        ValueError: it can't be written there; the message says why.
    """
    sort, path, given = need.split(":", 2)
    node = tree.roots[0]
    for step in steps_of(path):
        found = _child(node, step)
        if found is None:
            raise ValueError(f"there is no '{step}' to add it to")
        node = found
    if sort == "item":
        if node.kind != SEQUENCE:
            raise ValueError(f"'{path}' is no list")
        there = any(item.kind == SCALAR and item.value == given for item in node.children)
        return None if there else _behind(tree, node, f'"{quoted(given)}"')
    key, _, value = given.partition("=")
    if node.kind != MAPPING:
        raise ValueError(f"'{path or 'the file'}' is no object")
    if any(other.value == key for other, _ in node.pairs()):
        return None
    return _behind(tree, node, f'"{quoted(key)}"{_colon(tree, node)}"{quoted(value)}"')


def steps_of(path: str) -> tuple[str, ...]:
    """The keys of a path, in which `%2F`, `%3A` and `%25` stand for `/`, `:` and `%`."""
    steps = path.split("/") if path else []
    return tuple(unescaped(step) for step in steps)


def unescaped(step: str) -> str:
    return re.sub("%(2F|3A|25)", lambda found: chr(int(found[1], 16)), step)


def _child(node: Node, step: str) -> Node | None:
    if node.kind == MAPPING:
        return next((value for key, value in node.pairs() if key.value == step), None)
    return node.children[int(step)] if step.isdecimal() and int(step) < len(node.children) else None


def _colon(tree: NodeTree, node: Node) -> str:
    """What stands between key and value in an object, or elsewhere in the file."""
    for holder in (node, *tree.collections[:20]):
        for key, value in holder.pairs() if holder.kind == MAPPING else ():
            between = tree.text[key.end : value.start]
            if not between.strip(" \t:"):
                return between
    return ": "


def _behind(tree: NodeTree, node: Node, written: str) -> Edit:
    """Text as the last entry or item of a collection."""
    if not node.children:
        return _into_empty(tree, node, written)
    units = units_of(node)
    start, end = units[-1]
    comma = _comma(tree, end)
    stop = end if comma is None else comma + 1
    lead = _own_line(tree.text, start)
    if lead is None:
        before = tree.text[units[-2][1] : start] if len(units) > 1 else ""
        gap = before if before and not before.strip(" \t,") else "," + re.sub(r"[^ \t]", "", _colon(tree, node))
        gap = gap[gap.find(",") + 1 :]
        if comma is None:
            return Edit(end, end, f",{gap}{written}")
        return Edit(stop, stop, f"{gap}{written},")
    tail = _rest_of_line(tree, stop, node.end - 1)
    line = newline_of(tree.text) + lead + written
    if comma is not None:
        return Edit(tail, tail, f"{line},")
    return Edit(end, tail, f",{tree.text[end:tail]}{line}")


def _rest_of_line(tree: NodeTree, start: int, close: int) -> int:
    """The end of the line where nothing but a comment follows on it, else `start`."""
    matched = BREAK.search(tree.text, start)
    stop = matched.start() if matched else len(tree.text)
    comment = tree.comment_at(start + len(tree.text[start:stop]) - len(tree.text[start:stop].lstrip(" \t")))
    if stop > close or (comment is None and tree.text[start:stop].strip(" \t")):
        return start
    return stop if comment is None or (comment[1] <= stop and not tree.text[comment[1] : stop].strip(" \t")) else start


def _into_empty(tree: NodeTree, node: Node, written: str) -> Edit:
    first, last = node.start + 1, node.end - 1
    inside = PADDING.match(tree.text, first)
    if inside is None or inside.end() != last:
        raise ValueError("nothing but a comment stands there: add it by hand")
    if not BREAK.search(tree.text.strip()) and tree.text.strip() != "{}":
        return Edit(first, last, written)
    newline = newline_of(tree.text)
    low = line_start(tree.text, node.start)
    indent = tree.text[low : low + len(tree.text[low:]) - len(tree.text[low:].lstrip(" \t"))]
    return Edit(first, last, f"{newline}{indent}{_step(tree)}{written}{newline}{indent}")


def _step(tree: NodeTree) -> str:
    """By how much an entry is indented: as the first one of the file."""
    leads = (_own_line(tree.text, leaf.start) for leaf in tree.leaves[:20])
    return next((lead for lead in leads if lead), "  ")


def _own_line(text: str, start: int) -> str | None:
    """What indents an entry that begins its line, else None."""
    low = line_start(text, start)
    return text[low:start] if not text[low:start].strip(" \t") and low else None


def newline_of(text: str) -> str:
    matched = BREAK.search(text)
    return matched[0] if matched else "\n"
