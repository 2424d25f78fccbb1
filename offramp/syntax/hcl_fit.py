"""Replacements written as their places in HCL demand.

a = "x"      given `say "${it}"`    a = "say \\"$${it}\\""
a = 3        given three            a = "three"
{ m = 1 }    the key given meta/m   { "meta/m" = 1 }
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from offramp.model import Edit, apply_edits
from offramp.syntax import grammar
from offramp.syntax.grammar import Node
from offramp.syntax.hcl_strings import EMBEDDED, NAME, STRINGS, escaped, inner, labels

TYPED = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")
SIMPLE = ("numeric_lit", "bool_lit", "null_lit")


def fit(text: str, edits: Sequence[Edit]) -> list[Edit]:
    """The edits, their replacements quoted and escaped.

    Raises:
        ValueError: HCL can't say it there; the message says why.
    """
    root = grammar.root(text, "hcl")
    renamed: dict[tuple[int, int], tuple[Node, list[Edit]]] = {}
    result: list[Edit] = []
    for edit in edits:
        node = root.at(edit.start, edit.end)
        name = _name(node) if edit.replacement else None
        if name is not None and name.start <= edit.start and edit.end <= name.end:
            renamed.setdefault(name.span, (name, []))[1].append(edit)
        else:
            result.append(_value(text, node, edit))
    for name, changes in renamed.values():
        result += _renamed(text, name, changes)
    return sorted(result, key=lambda edit: (edit.start, edit.end))


def _name(node: Node) -> Node | None:
    """The name of an argument, a key or an unquoted label that a node is."""
    if node.kind != "identifier" or node.parent is None:
        return None
    if node.parent.kind in ("attribute", "block"):
        return node if node.parent.named[0].span == node.span or node.parent.kind == "block" else None
    element = node.above("object_elem")
    return node if element is not None and element.named[0].span == node.span else None


def _renamed(text: str, name: Node, edits: list[Edit]) -> list[Edit]:
    new = apply_edits(name.text, [Edit(e.start - name.start, e.end - name.start, e.replacement) for e in edits])
    parent = name.parent
    if NAME.fullmatch(new):
        return _aligned(text, name, edits, new)
    if parent is not None and parent.kind == "attribute":
        raise ValueError(f"'{new}' can't be the name of an argument")
    if parent is not None and parent.kind == "block" and (parent.named[0].span == name.span or not _labelled(new)):
        raise ValueError(f"'{new}' can't be the type or the label of a block")
    return [Edit(name.start, name.end, f'"{escaped(new)}"')]


def _aligned(text: str, name: Node, edits: list[Edit], new: str) -> list[Edit]:
    """The edits; where blanks before the `=` stand for a column that others share, it is kept as far as it can be."""
    gap = re.compile(r"( +)(?==(?![=>]))").match(text, name.end)
    last = max(edits, key=lambda edit: edit.end)
    if gap is None or last.end != name.end or (len(gap[1]) == 1 and not _shared(text, gap.end())):
        return edits
    width = max(1, len(gap[1]) + len(name.text) - len(new))
    moved = Edit(last.start, gap.end(), last.replacement + " " * width, last.path)
    return [*(edit for edit in edits if edit is not last), moved]


def _shared(text: str, sign: int) -> bool:
    """Whether the line above or below has its `=` in the same column."""
    start = text.rfind("\n", 0, sign) + 1
    column, above = sign - start, text.rfind("\n", 0, max(0, start - 1)) + 1
    below = text.find("\n", sign) + 1
    starts = [above] if start else []
    starts += [below] if below else []
    lines = (text[s : s + column + 1] for s in starts)
    return any(len(line) > column and line[column] == "=" and "\n" not in line for line in lines)


def _labelled(new: str) -> bool:
    return bool(new) and not re.search(r'["\\\x00-\x1f]|\$\{|%\{', new)


def _value(text: str, node: Node, edit: Edit) -> Edit:
    literal = node.above(*STRINGS)
    embedded = node.above(*EMBEDDED)
    inside = embedded is not None and literal is not None and embedded.start > literal.start
    if embedded is not None and inside and (edit.start > embedded.start or edit.end < embedded.end):
        return edit  # a name in an expression that stands in the string
    if literal is not None:
        span = inner(literal)
        inside = span[0] <= edit.start and edit.end <= span[1] and span != literal.span
        return _in_string(text, literal, span, edit) if inside and edit.replacement else edit
    simple = node.above(*SIMPLE)
    if simple is None or simple.span != (edit.start, edit.end) or TYPED.fullmatch(edit.replacement):
        return edit
    return Edit(edit.start, edit.end, f'"{escaped(edit.replacement)}"', edit.path)


def _in_string(text: str, literal: Node, span: tuple[int, int], edit: Edit) -> Edit:
    if (
        literal.parent is not None
        and literal.parent.kind == "block"
        and literal.span in {label.span for label in labels(literal.parent)}
    ):
        if not _labelled(edit.replacement):
            raise ValueError(f"'{edit.replacement}' can't be the label of a block")
        return edit
    heredoc = literal.kind == "heredoc_template"
    written = escaped(edit.replacement, heredoc=heredoc)
    before, after = text[max(span[0], edit.start - 2) : edit.start], text[edit.end : min(span[1], edit.end + 2)]
    if (before.endswith(("$", "%")) and written.startswith("{")) or (
        written.endswith(("$", "%")) and re.match(r"\{|[$%]?[$%]\{", after)
    ):
        raise ValueError("a `$` or `%` would stand before a brace, which begins an expression in HCL")
    if heredoc and any(line.strip() == literal.children[-1].text for line in written.splitlines()):
        raise ValueError("the text has a line that would end the heredoc")
    return Edit(edit.start, edit.end, written, edit.path)
