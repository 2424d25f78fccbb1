"""Fallbacks in JavaScript and TypeScript.

process.env.V || 'literal'    import.meta.env.V ?? 'literal'      lookup
const { V = 'literal' } = process.env                             destructured
z.string().default('literal')   (model = 'literal') => …          default
config.model ?? 'literal'                                         value
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from offramp.document import Document
from offramp.syntax.grammar import Node
from offramp.syntax.javascript import Script
from offramp.vocabulary import Vocabulary
from scanners.fallbacks import Fallback, belongs, is_known

ENVIRONMENT = re.compile(
    r"(?:process|import\.meta|Bun|globalThis\.process)\??\.env(?:\??\.(?P<dotted>[A-Za-z_$][\w$]*)|\[(['\"])(?P<name>\w+)\2\])!?"
)
ENV_OBJECT = re.compile(r"(?:process|import\.meta|Bun)\.env")
QUOTED = ("string", "template_string")
SIGN = re.compile(r"(?:\|\||\?\?|=|\.default\()\s*(?=['\"`])")
PATTERNS = ("object_assignment_pattern", "required_parameter", "optional_parameter", "assignment_pattern")


def read(document: Document, vocabulary: Vocabulary) -> Iterator[Fallback]:
    tree = document.tree
    if not isinstance(tree, Script):
        return
    for sign in SIGN.finditer(document.text):
        literal = tree.root.at(sign.end(), sign.end() + 1).above(*QUOTED)
        node = literal.parent if literal is not None and literal.start == sign.end() else None
        if node is None:
            continue
        if node.kind == "binary_expression":
            yield from _binary(node, vocabulary)
        elif node.kind in PATTERNS:
            yield from _pattern(node, vocabulary)
        elif node.kind == "arguments" and node.parent is not None:
            yield from _default(node.parent, vocabulary)


def _binary(node: Node, vocabulary: Vocabulary) -> Iterator[Fallback]:
    left, right = node.field("left"), node.field("right")
    sign = next((child for child in node.children if child.text in ("||", "??")), None)
    literal = _literal(right)
    if left is None or right is None or sign is None or literal is None:
        return
    *others, last = _operands(left)
    name = _setting(last)
    if name is None:
        key = re.split(r"\W+", last.text.rstrip("!?)] \"'"))[-1]
        if is_known(literal, key, vocabulary):
            yield Fallback("value", *sign.span, key, literal, node.span, right.span, False)
        return
    asked = [n for n in map(_setting, reversed(others)) if n is not None and n != name]
    if belongs(name, literal, vocabulary):
        yield Fallback("lookup", *sign.span, name, literal, node.span, right.span, True, tuple(asked))


def _operands(node: Node) -> list[Node]:
    """The operands of a chain of `||` or `??`."""
    if node.kind == "binary_expression" and any(child.text in ("||", "??") for child in node.children):
        left, right = node.field("left"), node.field("right")
        if left is not None and right is not None:
            return [*_operands(left), right]
    return [node]


def _pattern(node: Node, vocabulary: Vocabulary) -> Iterator[Fallback]:
    """A default in a destructuring pattern or of a parameter."""
    right = node.field("right") or node.field("value")
    left = node.field("left") or node.field("pattern")
    literal = _literal(right)
    sign = next((child for child in node.children if child.text == "="), None)
    if left is None or right is None or literal is None or sign is None:
        return
    declared = node.above("variable_declarator")
    value = declared.field("value") if declared is not None else None
    env = (
        node.kind == "object_assignment_pattern" and value is not None and ENV_OBJECT.fullmatch(value.text) is not None
    )
    if belongs(left.text, literal, vocabulary) if env else is_known(literal, left.text, vocabulary):
        shape = "destructured" if env else "default"
        yield Fallback(shape, *sign.span, left.text, literal, node.span, right.span, env)


def _default(node: Node, vocabulary: Vocabulary) -> Iterator[Fallback]:
    """`….default('literal')` of a schema."""
    function, arguments = node.field("function"), node.field("arguments")
    if function is None or arguments is None or len(arguments.named) != 1:
        return
    called, literal = function.field("property"), _literal(arguments.named[0])
    if called is None or called.text != "default" or literal is None:
        return
    pair = node.above("pair")
    key = pair.field("key") if pair is not None else None
    name = key.text.strip("'\"") if key is not None else ""
    if belongs(name, literal, vocabulary):
        yield Fallback("default", *called.span, name, literal, node.span, arguments.named[0].span, False)


def _setting(node: Node) -> str | None:
    matched = ENVIRONMENT.fullmatch(node.text)
    return (matched["dotted"] or matched["name"]) if matched is not None else None


def _literal(node: Node | None) -> str | None:
    """The text of a literal; a template only where nothing is put into it."""
    if node is None or node.kind not in QUOTED or ("${" in node.text and node.kind == "template_string"):
        return None
    return node.text[1:-1]
