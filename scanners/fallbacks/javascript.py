"""Fallbacks in JavaScript and TypeScript.

process.env.V || 'literal'    import.meta.env.V ?? 'literal'      lookup
Deno.env.get('V') ?? 'x'      process.env.V ? process.env.V : 'x' lookup
const { V = 'literal' } = process.env                             destructured
process.env.V ||= 'literal'                                       assigned
if (!process.env.V) console.warn('V is missing')                  warned
if (!process.env.V) { console.warn(…); return null }              left
(model = 'literal') => …                                          default
config.model ?? 'literal'                                         value

Schemas of the environment are read by `javascript_schemas`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from offramp.document import Document
from offramp.syntax.grammar import Node
from offramp.syntax.javascript import Script
from offramp.vocabulary import Vocabulary
from scanners.fallbacks import Fallback, belongs, is_known, is_setting, javascript_schemas

ENV = r"(?:(?:globalThis\.|window\.)?process|import\.meta|Bun)\??\.env"
ENVIRONMENT = re.compile(
    rf"\(*(?:{ENV}(?:\??\.(?P<dotted>[A-Za-z_$][\w$]*)|(?:\?\.)?\[(['\"`])(?P<name>\w+)\2\])"
    r"|Deno\.env\.get\((['\"`])(?P<asked>\w+)\4\))!?\)*"
)
ENV_OBJECT = re.compile(ENV)
QUOTED = ("string", "template_string")
SIGN = re.compile(r"(?:\|\|=?|\?\?=?|=|:|\.default\(|,)\s*(?=['\"`])")
PATTERNS = ("object_assignment_pattern", "required_parameter", "optional_parameter", "assignment_pattern")
MISSING = re.compile(r"\bif\s*\(\s*!\s*(?=[\w(])")
SAYS = re.compile(r"(?:console|logger|log)\.(?:warn|error|info|log|debug)\(")


def read(document: Document, vocabulary: Vocabulary) -> Iterator[Fallback]:
    tree = document.tree
    if not isinstance(tree, Script):
        return
    for sign in SIGN.finditer(document.text):
        literal = tree.root.at(sign.end(), sign.end() + 1).above(*QUOTED)
        node = literal.parent if literal is not None and literal.start == sign.end() else None
        if node is None or literal is None:
            continue
        if node.kind == "binary_expression":
            yield from _binary(tree, node, vocabulary)
        elif node.kind in PATTERNS:
            yield from _pattern(tree, node, vocabulary)
        elif node.kind == "ternary_expression":
            yield from _ternary(tree, node, vocabulary)
        elif node.kind == "augmented_assignment_expression":
            yield from _assigned(tree, node, vocabulary)
        elif node.kind in ("arguments", "pair"):
            yield from javascript_schemas.read(node, literal, vocabulary)
    for asked in MISSING.finditer(document.text):
        statement = tree.root.at(asked.start(), asked.start() + 2).above("if_statement")
        if statement is not None and statement.start == asked.start():
            yield from _noticed(tree, statement, vocabulary)


def _binary(tree: Script, node: Node, vocabulary: Vocabulary) -> Iterator[Fallback]:
    left, right = node.field("left"), node.field("right")
    sign = next((child for child in node.children if child.text in ("||", "??")), None)
    literal = _literal(right)
    if left is None or right is None or sign is None or literal is None:
        return
    *others, last = _operands(left)
    name = setting(tree, last)
    if name is None:
        key = re.split(r"\W+", last.text.rstrip("!?)] \"'"))[-1]
        if is_known(literal, key, vocabulary):
            yield Fallback("value", *sign.span, key, literal, node.span, right.span, False)
        return
    asked = [n for other in reversed(others) if (n := setting(tree, other)) is not None and n != name]
    if belongs(name, literal, vocabulary):
        yield Fallback("lookup", *sign.span, name, literal, node.span, right.span, True, tuple(asked))


def _operands(node: Node) -> list[Node]:
    """The operands of a chain of `||` or `??`."""
    if node.kind == "binary_expression" and any(child.text in ("||", "??") for child in node.children):
        left, right = node.field("left"), node.field("right")
        if left is not None and right is not None:
            return [*_operands(left), right]
    return [node]


def _ternary(tree: Script, node: Node, vocabulary: Vocabulary) -> Iterator[Fallback]:
    """`V ? V : 'literal'`."""
    condition, taken, other = node.field("condition"), node.field("consequence"), node.field("alternative")
    literal = _literal(other)
    if condition is None or taken is None or other is None or literal is None:
        return
    name = setting(tree, condition)
    if name is not None and setting(tree, taken) == name and belongs(name, literal, vocabulary):
        sign = next(child for child in node.children if child.text == ":")
        yield Fallback("lookup", *sign.span, name, literal, node.span, other.span)


def _assigned(tree: Script, node: Node, vocabulary: Vocabulary) -> Iterator[Fallback]:
    left, right = node.field("left"), node.field("right")
    literal, name = _literal(right), setting(tree, left) if left is not None else None
    if left is None or right is None or literal is None or name is None or not belongs(name, literal, vocabulary):
        return
    sign = next((child for child in node.children if child.text in ("||=", "??=")), None)
    if sign is not None:
        yield Fallback("assigned", *sign.span, name, literal, node.span, right.span)


def _pattern(tree: Script, node: Node, vocabulary: Vocabulary) -> Iterator[Fallback]:
    """A default in a destructuring pattern or of a parameter."""
    right = node.field("right") or node.field("value")
    left = node.field("left") or node.field("pattern")
    literal = _literal(right)
    sign = next((child for child in node.children if child.text == "="), None)
    if left is None or right is None or literal is None or sign is None:
        return
    pair = node.parent if node.parent is not None and node.parent.kind == "pair_pattern" else None
    key = pair.field("key") if pair is not None else None
    name = key.text.strip("'\"") if key is not None else left.text
    declared = node.above("variable_declarator")
    value = declared.field("value") if declared is not None else None
    bound = declared.field("name") if declared is not None else None
    flat = bound is not None and (pair or node).parent is not None and (pair or node).parent.span == bound.span
    env = node.kind in ("object_assignment_pattern", "assignment_pattern") and flat and is_environment(tree, value)
    if belongs(name, literal, vocabulary) if env else is_known(literal, left.text, vocabulary):
        shape = "destructured" if env else "default"
        yield Fallback(shape, *sign.span, name, literal, node.span, right.span, env)


def _noticed(tree: Script, statement: Node, vocabulary: Vocabulary) -> Iterator[Fallback]:
    """A setting whose absence is logged, and nothing more."""
    condition, body = statement.field("condition"), statement.field("consequence")
    if condition is None or body is None or statement.field("alternative") is not None:
        return
    tested = condition.named[0] if len(condition.named) == 1 else None
    operand = tested.field("argument") if tested is not None and tested.kind == "unary_expression" else None
    name = setting(tree, operand) if operand is not None else None
    if operand is None or name is None or not is_setting(name, vocabulary):
        return
    done = [n for n in (body.named if body.kind == "statement_block" else [body]) if n.kind != "comment"]
    said = [n for n in done if n.kind == "expression_statement" and SAYS.match(n.text)]
    if not said:
        return
    if len(said) == len(done):
        yield Fallback("warned", *operand.span, name, "", statement.span, body.span)
    elif done[-1].kind == "return_statement" and len(said) == len(done) - 1:
        yield Fallback("left", *operand.span, name, "", statement.span, body.span)


def setting(tree: Script, node: Node) -> str | None:
    """The variable of the environment that an expression reads."""
    matched = ENVIRONMENT.fullmatch(node.text)
    if matched is not None:
        return matched["dotted"] or matched["name"] or matched["asked"]
    while node.kind in ("parenthesized_expression", "non_null_expression") and node.named:
        node = node.named[0]
    looked_up = node.field("object") if node.kind in ("member_expression", "subscript_expression") else None
    if looked_up is None or looked_up.kind != "identifier" or not is_environment(tree, looked_up):
        return None
    name = node.field("property") or node.field("index")
    if name is None or name.kind not in ("property_identifier", "string"):
        return None
    return name.text.strip("'\"")


def is_environment(tree: Script, node: Node | None) -> bool:
    """Whether an expression is the environment: `process.env`, or a constant that was given it."""
    if node is None:
        return False
    if ENV_OBJECT.fullmatch(node.text):
        return True
    found = tree.scopes.at(*node.span) if node.kind == "identifier" else None
    binding = found[0] if found is not None else None
    if binding is None:
        return False
    first = binding.occurrences[0]
    name = tree.root.at(first.start, first.end)
    if binding.what == "import":
        statement = name.above("import_statement")
        return (
            binding.name == "env"
            and re.search(r"['\"](?:node:)?process['\"]", statement.text if statement else "") is not None
        )
    declared = name.above("variable_declarator")
    value, bound = (declared.field("value"), declared.field("name")) if declared is not None else (None, None)
    if value is None or bound is None or declared is None or declared.parent is None:
        return False
    constant = declared.parent.text.startswith("const")
    if bound.span == name.span:
        return constant and ENV_OBJECT.fullmatch(value.text) is not None
    return constant and name.text == "env" and value.text in ("process", "globalThis.process")


def _literal(node: Node | None) -> str | None:
    """The text of a literal; a template only where nothing is put into it."""
    if node is None or node.kind not in QUOTED or ("${" in node.text and node.kind == "template_string"):
        return None
    return node.text[1:-1]
