"""The spans that go when a branch, a case or an alternative is taken out of Python code, or why it must stay.

    if a: …
    elif b: …      ->   if b: …
    else: …             else: …

    if a: …
    else:          ->   x()
        x()

Whole lines go. Comments inside a block go with it; comments in front of the next branch, at its indentation, stay.
"""

from __future__ import annotations

import ast
import bisect
import re
from collections.abc import Collection, Iterator, Sequence

from offramp.syntax.python import PythonTree
from offramp.syntax.python_tokens import COMMENT, NAME, OTHER

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


def indent(tree: PythonTree, offset: int) -> str:
    """The blanks that the line begins with on which an offset lies."""
    line = tree.text[line_start(tree, offset) : line_end(tree, offset)]
    return line[: len(line) - len(line.lstrip(" \t\f"))]


def begin(tree: PythonTree, node: ast.stmt) -> int:
    """Where a statement begins, its decorators included."""
    decorators = getattr(node, "decorator_list", [])
    return tree.text.rindex("@", 0, tree.span(decorators[0])[0]) if decorators else tree.span(node)[0]


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


def block(tree: PythonTree, node: ast.If) -> Span:
    """The lines of one branch of a chain, with its header, without what follows it."""
    start = tree.span(node)[0]
    return line_start(tree, start), block_end(tree, node.body[-1], len(indent(tree, start)))


def otherwise(tree: PythonTree, orelse: Sequence[ast.stmt]) -> int:
    """Where the keyword `else` stands that a block belongs to."""
    index = tree.tokens.index(begin(tree, orelse[0]))
    return next(
        t.start for t in reversed(tree.tokens.all[:index]) if t.kind == NAME and tree.text[t.start : t.end] == "else"
    )


def colon(tree: PythonTree, end: int) -> int:
    """The colon that closes a header, behind its condition."""
    rest = tree.tokens.all[tree.tokens.index(end) :]
    return next(t.start for t in rest if t.kind == OTHER and tree.text[t.start] == ":")


def unfolded(tree: PythonTree, header: Span, body: Sequence[ast.stmt], to: str) -> list[Span] | None:
    """What goes so that a block stands without its header, at the indentation `to`; None where that can't be said.

    `header` reaches from its keyword to behind its colon. A comment on its line stays, on a line of its own.
    """
    first = begin(tree, body[0])
    if line_start(tree, header[1]) == line_start(tree, first):
        return [(header[0], first)]
    index = tree.tokens.index(header[1])
    comment = tree.tokens.all[index]
    start = line_start(tree, header[0])
    end = line_end(tree, header[1])
    own = comment.kind == COMMENT and comment.start < end
    cuts = [(header[0], comment.start)] if own else [(start, end)]
    moved = _dedented(tree, (end, block_end(tree, body[-1], len(to))), indent(tree, first), to)
    return None if moved is None else [*cuts, *moved]


def _dedented(tree: PythonTree, span: Span, old: str, new: str) -> list[Span] | None:
    """The blanks that go from the lines of a block; those inside strings stay, as brackets allow any."""
    if not old.startswith(new):
        return None
    cuts: list[Span] = []
    position = span[0]
    while position < span[1]:
        following = line_end(tree, position)
        line = tree.text[position:following]
        here = line[: len(line) - len(line.lstrip(" \t\f"))]
        if line.strip() and not _in_string(tree, position):
            if here.startswith(old):
                cuts.append((position + len(new), position + len(old)))
            elif here.startswith(new):
                cuts.append((position + len(new), position + len(here)))
        position = following
    return [cut for cut in cuts if cut[0] < cut[1]]


def _in_string(tree: PythonTree, offset: int) -> bool:
    token = tree.tokens.at(offset)
    return token is not None and token.open >= 0 and token.open < offset


def case(tree: PythonTree, node: ast.match_case) -> tuple[Span, ...]:
    first = line_start(tree, tree.span(node.pattern)[0])
    lead = tree.text[first : tree.span(node.pattern)[0]]
    if lead.strip() not in ("case", "case(", "case ("):
        return ()
    column = len(lead) - len(lead.lstrip())
    return ((first, block_end(tree, node.body[-1], column)),)


def statement(tree: PythonTree, node: ast.stmt) -> tuple[Span, ...]:
    """A whole statement on lines of its own, with its decorators and the blank lines that it leaves behind."""
    start = begin(tree, node)
    first, end = line_start(tree, start), line_end(tree, tree.span(node)[1])
    if tree.text[first:start].strip() or tree.text[tree.span(node)[1] : end].split("#")[0].strip():
        return ()
    return ((first, after_blank(tree, first, end)),)


def after_blank(tree: PythonTree, first: int, end: int) -> int:
    """The end of a cut of lines; where a blank line stands before it, with the blank lines behind it."""
    above = line_above(tree, first)
    while not above.strip() and (matched := BLANK.match(tree.text, end)) is not None:
        end = matched.end()
    return end


def alternative(tree: PythonTree, node: ast.IfExp, *, kept: bool) -> tuple[Span, ...]:
    """`A if test else ` of a conditional expression, or ` if test else B` where A is the alternative that is kept."""
    start, end = tree.span(node)
    if kept:
        matched = re.compile(r"(?:\s*\))*(?=\s*\bif\b)").match(tree.text, tree.span(node.body)[1])
        return ((matched.end(), end),) if matched is not None else ()
    matched = re.compile(r"[\s)]*\belse\b\s*").match(tree.text, tree.span(node.test)[1])
    return ((start, matched.end()),) if matched is not None else ()


def operands(tree: PythonTree, nodes: Sequence[ast.AST], gone: Collection[int]) -> Iterator[Span]:
    """The operands at some indices, each with the operator that goes with it; one at least stays."""
    spans = [_in_parentheses(tree, *tree.span(node)) for node in nodes]
    first = next(index for index in range(len(spans)) if index not in gone)
    if first:
        yield spans[0][0], spans[first][0]
    for index in range(first + 1, len(spans)):
        if index in gone:
            yield spans[index - 1][1], spans[index][1]


def _in_parentheses(tree: PythonTree, start: int, end: int) -> Span:
    """The span of an operand with the parentheses that are around it alone."""
    tokens = tree.tokens
    while True:
        left, right = tokens.index(start) - 1, tokens.index(end)
        if left < 0 or right >= len(tokens.all):
            return start, end
        before, after = tokens.all[left], tokens.all[right]
        if tree.text[before.start] != "(" or tree.text[after.start] != ")":
            return start, end
        start, end = before.start, after.end
