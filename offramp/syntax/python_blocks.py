"""The spans that go when a branch, a case or an alternative is taken out of Python code, or why it must stay.

    if a: …
    elif b: …      ->   if b: …
    else: …             else: …

Whole lines go. Comments inside a block go with it; comments in front of the next branch, at its indentation, stay.
"""

from __future__ import annotations

import ast
import bisect
import re
from collections.abc import Sequence

from offramp.syntax.python import PythonTree

Span = tuple[int, int]
BREAK = re.compile(r"\r\n|\r|\n")
BLANK = re.compile(r"[ \t\f]*(?:\r\n|\r|\n)")


def line_start(tree: PythonTree, offset: int) -> int:
    return max(tree.text.rfind("\n", 0, offset), tree.text.rfind("\r", 0, offset)) + 1


def line_end(tree: PythonTree, offset: int) -> int:
    """The start of the next line."""
    matched = BREAK.search(tree.text, offset)
    return matched.end() if matched else len(tree.text)


def line_above(tree: PythonTree, first: int) -> str:
    """The line, with its break, that ends where a line starts; empty at the start of the text."""
    index = bisect.bisect_left(tree.line_starts, first)
    return tree.text[tree.line_starts[index - 1] : first] if index else ""


def begins_line(tree: PythonTree, offset: int) -> bool:
    return not tree.text[line_start(tree, offset) : offset].strip()


def block_end(tree: PythonTree, last: ast.stmt, column: int) -> int:
    """Where the block ends that `last` closes, as the start of a line: comments deeper than `column` belong to it."""
    position = end = line_end(tree, tree.span(last)[1])
    while position < len(tree.text):
        following = line_end(tree, position)
        line = tree.text[position:following]
        if line.strip():
            if not line.lstrip().startswith("#") or len(line) - len(line.lstrip()) <= column:
                break
            end = following
        position = following
    return end


def branch(tree: PythonTree, node: ast.If) -> tuple[Span, ...]:
    """The spans of one branch of an if/elif chain; empty where taking it out would change more than the branch."""
    start = tree.span(node)[0]
    first = line_start(tree, start)
    end = block_end(tree, node.body[-1], start - first)
    if not begins_line(tree, start) or line_start(tree, tree.span(node.body[-1])[1]) > end:
        return ()
    if tree.text.startswith("elif", start):
        return ((first, end),)
    if not node.orelse:
        return ((first, _after_blank(tree, first, end)),)
    following = node.orelse[0]
    position = tree.span(following)[0]
    if len(node.orelse) > 1 or not isinstance(following, ast.If) or not tree.text.startswith("elif", position):
        return ()
    return (first, _after_blank(tree, first, end)), (position, position + len("el"))


def case(tree: PythonTree, node: ast.match_case) -> tuple[Span, ...]:
    first = line_start(tree, tree.span(node.pattern)[0])
    lead = tree.text[first : tree.span(node.pattern)[0]]
    if lead.strip() not in ("case", "case("):
        return ()
    column = len(lead) - len(lead.lstrip())
    return ((first, block_end(tree, node.body[-1], column)),)


def statement(tree: PythonTree, node: ast.stmt) -> tuple[Span, ...]:
    """A whole statement on lines of its own, with its decorators and the blank lines that it leaves behind."""
    decorators = getattr(node, "decorator_list", [])
    start = tree.span(decorators[0])[0] - 1 if decorators else tree.span(node)[0]
    first, end = line_start(tree, start), line_end(tree, tree.span(node)[1])
    if tree.text[first:start].strip() or tree.text[tree.span(node)[1] : end].split("#")[0].strip():
        return ()
    return ((first, _after_blank(tree, first, end)),)


def _after_blank(tree: PythonTree, first: int, end: int) -> int:
    """The end of a cut of lines; where a blank line stands before it, with the blank lines behind it."""
    above = line_above(tree, first)
    while not above.strip() and (matched := BLANK.match(tree.text, end)) is not None:
        end = matched.end()
    return end


def alternative(tree: PythonTree, node: ast.IfExp) -> tuple[Span, ...]:
    """`A if test else ` of a conditional expression: what is left is the other alternative."""
    start, test = tree.span(node)[0], tree.span(node.test)[1]
    matched = re.compile(r"[\s)]*\belse\b\s*").match(tree.text, test)
    return ((start, matched.end()),) if matched is not None else ()


def operand(tree: PythonTree, operands: Sequence[ast.AST], index: int) -> tuple[Span, ...]:
    """One of several operands, with the operator that goes with it."""
    spans = [tree.span(value) for value in operands]
    if index + 1 < len(spans):
        return ((spans[index][0], spans[index + 1][0]),)
    return ((spans[index - 1][1], spans[index][1]),)
