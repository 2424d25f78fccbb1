"""Dead branches in JavaScript and TypeScript.

switch (p) { case 'gradient': …; case 'openrouter': … }
case 'openrouter': case 'gradient': …                               of several labels one goes
if (p === 'gradient') { … } else if (p === 'openrouter') { … }      p === 'gradient' ? A : p === 'openrouter' ? B : C
if (p === 'gradient') return a; if (p === 'openrouter') return b    one after the other
p === 'gradient' || p === 'openrouter'                              p !== 'gradient' && p !== 'openrouter'
{ gradient: A, openrouter: B }                                      ['gradient', 'openrouter'], unions
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from offramp.document import Document
from offramp.evidence import new_provider
from offramp.syntax.grammar import Node
from offramp.syntax.javascript import Script
from offramp.vocabulary import Vocabulary
from scanners.dead_branches import GUARD, KEEP, Dead, listed

LEAVES = ("return_statement", "break_statement", "throw_statement", "continue_statement")
FALLS = "the case before runs on into this one: decide what it is to do"
RUNS_ON = "this case runs on into the next one: remove it by hand"
ALONE = "the new provider is handled in another branch: remove this one by hand"
STUCK = "the entry shares its line with something else: remove it by hand"


def read(document: Document, vocabulary: Vocabulary) -> Iterator[Dead]:
    yield from listed.read(document, vocabulary)
    tree = document.tree
    if not isinstance(tree, Script):
        return
    yield from _entries(document, vocabulary)
    for matched in re.finditer(rf"(?<=['\"]){re.escape(vocabulary.migration.slug)}(?=['\"])", document.text):
        literal = tree.root.at(*matched.span()).above("string")
        if literal is None or literal.parent is None:
            continue
        if literal.parent.kind == "switch_case" and literal.is_field("value"):
            yield from _case(literal, vocabulary)
        elif (operand := _operand(literal, vocabulary)) is not None:
            yield operand
        elif (node := literal.above("if_statement", "ternary_expression")) is not None:
            tested = _tested(node)
            if tested is not None and tested[2].span == literal.span:
                yield from _chain(node, vocabulary)


def _entries(document: Document, vocabulary: Vocabulary) -> Iterator[Dead]:
    slug, new = vocabulary.migration.slug, vocabulary.migration.new_slug
    entries = document.tree.entries()
    scopes = {entry.scope for entry in entries if entry.key == new}
    for entry in entries:
        if entry.key == slug and entry.scope in scopes:
            cuts = (entry.outer,) if entry.outer else ()
            yield Dead(
                "an entry", entry.key_start, entry.key_end, new, cuts, stuck="" if cuts else entry.stuck or STUCK
            )


def _case(literal: Node, vocabulary: Vocabulary) -> Iterator[Dead]:
    """A case of a switch that has one for the new provider, too."""
    switch = literal.above("switch_statement")
    case, body = literal.parent, literal.above("switch_body")
    if switch is None or case is None or body is None:
        return
    subject = switch.field("value")
    cases = [node for node in body.named if node.kind in ("switch_case", "switch_default")]
    new = new_provider(subject.text if subject is not None else "", vocabulary.migration)
    index = next(index for index, other in enumerate(cases) if other.span == case.span)
    own, stuck = _statements(case), ""
    if _throws(case):
        yield Dead(GUARD, literal.start + 1, literal.end - 1, new, stuck=KEEP)
        return
    if new not in [_text(other.field("value")) for other in cases]:
        return
    if own and not _leaves(own[-1]) and index + 1 < len(cases):
        stuck = RUNS_ON
    if index and own and not _statements(cases[index - 1]) and not stuck:
        cut = _label(case, own[0])
        yield Dead("a case", literal.start + 1, literal.end - 1, new, (cut,))
        return
    if index and own and not (_statements(cases[index - 1]) and _leaves(_statements(cases[index - 1])[-1])):
        stuck = FALLS
    cuts = () if stuck else (_lines(case.source, case.start, case.end),)
    yield Dead("a case", literal.start + 1, literal.end - 1, new, cuts, stuck=stuck)


def _label(case: Node, first: Node) -> tuple[int, int]:
    """The label of a case that another label stands before: what it does is done for that one."""
    colon = next(child for child in case.children if child.text == ":")
    start, end = _lines(case.source, case.start, colon.end)
    return (start, end) if end <= first.start else (case.start, first.start)


def _operand(literal: Node, vocabulary: Vocabulary) -> Dead | None:
    """One of several questions about the same, joined by `||`, or by `&&` where each is the denial."""
    test = literal.parent
    joined = test.parent if test is not None else None
    while joined is not None and joined.kind == "parenthesized_expression":
        test, joined = joined, joined.parent
    asked = _asked(literal.parent)
    if test is None or joined is None or joined.kind != "binary_expression" or asked is None:
        return None
    subject, value, operator = asked
    sign = "||" if operator.startswith("=") else "&&"
    if value != vocabulary.migration.slug or not any(child.text == sign for child in joined.children):
        return None
    top = joined
    while top.parent is not None and top.parent.kind == "binary_expression" and _joins(top.parent, sign):
        top = top.parent
    new = new_provider(subject, vocabulary.migration)
    if not any(other[:2] == (subject, new) and other[2][0] == operator[0] for other in _all_asked(top, sign)):
        return None
    left, right = joined.field("left"), joined.field("right")
    if left is None or right is None:
        return None
    cut = (test.start, right.start) if left.span == test.span else (left.end, test.end)
    return Dead("a question", literal.start + 1, literal.end - 1, new, (cut,))


def _joins(node: Node, sign: str) -> bool:
    return any(child.text == sign for child in node.children)


def _all_asked(node: Node, sign: str) -> Iterator[tuple[str, str, str]]:
    """The questions that a chain of `||` or `&&` asks."""
    while node.kind == "parenthesized_expression" and len(node.named) == 1:
        node = node.named[0]
    if node.kind == "binary_expression" and _joins(node, sign):
        for side in (node.field("left"), node.field("right")):
            if side is not None:
                yield from _all_asked(side, sign)
    elif (asked := _asked(node)) is not None:
        yield asked


def _asked(node: Node | None) -> tuple[str, str, str] | None:
    """Subject, value and operator of a comparison with a literal, whichever side it stands on."""
    if node is None or node.kind != "binary_expression":
        return None
    left, right, operator = node.field("left"), node.field("right"), node.field("operator")
    if left is None or right is None or operator is None or operator.text not in ("===", "==", "!==", "!="):
        return None
    if left.kind == "string":
        left, right = right, left
    return (left.text, right.text[1:-1], operator.text) if right.kind == "string" else None


def _statements(case: Node) -> list[Node]:
    value = case.field("value")
    return [n for n in case.named if n.kind != "comment" and (value is None or n.span != value.span)]


def _leaves(statement: Node) -> bool:
    if statement.kind == "statement_block":
        return bool(statement.named) and _leaves(statement.named[-1])
    return statement.kind in LEAVES


def _chain(node: Node, vocabulary: Vocabulary) -> Iterator[Dead]:
    """The branch of a chain, when another branch of it tests the same for the new provider."""
    test = _tested(node)
    if test is None or test[1] != vocabulary.migration.slug:
        return
    subject, _, literal = test
    new = new_provider(subject, vocabulary.migration)
    consequence = node.field("consequence")
    if consequence is not None and _throws(consequence):
        yield Dead(GUARD, literal.start + 1, literal.end - 1, new, stuck=KEEP)
        return
    tests = [_tested(other) for other in (*_others(node), *_beside(node))]
    if not any(other is not None and other[:2] == (subject, new) for other in tests):
        return
    alternative = node.field("alternative")
    if alternative is not None and alternative.kind == "else_clause":
        alternative = alternative.named[-1]
    cut = (node.start, alternative.start) if alternative is not None else _last(node) or _alone(node)
    stuck = "" if cut else ALONE
    yield Dead("a branch", literal.start + 1, literal.end - 1, new, (cut,) if cut else (), stuck=stuck)


def _beside(node: Node) -> Iterator[Node]:
    """The other questions of the block that an `if` without `else` stands in."""
    block = node.parent
    if node.kind == "if_statement" and block is not None and block.kind in ("statement_block", "program"):
        yield from (other for other in block.named if other.kind == "if_statement" and other.span != node.span)


def _alone(node: Node) -> tuple[int, int] | None:
    """An `if` that stands in a block by itself."""
    if node.kind != "if_statement" or node.parent is None or node.parent.kind not in ("statement_block", "program"):
        return None
    return _lines(node.source, node.start, node.end)


def _last(node: Node) -> tuple[int, int] | None:
    """The `else if` that ends a chain, with the blanks before it."""
    clause = node.parent
    if clause is None or clause.kind != "else_clause":
        return None
    before = node.source[: clause.start]
    return len(before.rstrip()), clause.end


def _others(node: Node) -> Iterator[Node]:
    """The other branches of the chain that a branch is part of."""
    top = node
    while top.parent is not None and (
        (top.parent.kind == "else_clause" and top.parent.parent is not None)
        or (top.parent.kind == node.kind == "ternary_expression")
    ):
        top = top.parent.parent if top.parent.kind == "else_clause" and top.parent.parent is not None else top.parent
    current: Node | None = top
    while current is not None and current.kind == node.kind:
        yield current
        following = current.field("alternative")
        current = following.named[-1] if following is not None and following.kind == "else_clause" else following


def _tested(node: Node) -> tuple[str, str, Node] | None:
    """Subject, value and literal of a condition that asks for one value only."""
    condition = node.field("condition")
    while condition is not None and condition.kind == "parenthesized_expression" and condition.named:
        condition = condition.named[0]
    if condition is None or condition.kind != "binary_expression":
        return None
    left, right, asked = condition.field("left"), condition.field("right"), _asked(condition)
    if left is None or right is None or asked is None or not asked[2].startswith("="):
        return None
    return *asked[:2], left if left.kind == "string" else right


def _throws(consequence: Node) -> bool:
    last = consequence
    while last.kind in ("statement_block", "switch_case") and last.named:
        last = last.named[-1]
    return last.kind == "throw_statement" or re.match(r"process\.exit\(", last.text) is not None


def _text(node: Node | None) -> str:
    return node.text[1:-1] if node is not None and node.kind == "string" else ""


def _lines(text: str, start: int, end: int) -> tuple[int, int]:
    """The whole lines of a span, where it fills them; else the span with the blanks behind it."""
    first = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    matched = re.compile(r"[ \t]*(?:\r\n|\r|\n)").match(text, end)
    if text[first:start].strip() or matched is None:
        return start, end + len(text[end:]) - len(text[end:].lstrip(" \t"))
    return first, matched.end()
