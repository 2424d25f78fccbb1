"""Literals, blocks and objects of HCL: what is inside their quotes and braces, and how a text is written there.

"a \"b\" ${var.x}"    quotes and backslashes are escaped, `${` and `%{` begin a part that is worked out
<<-EOT … EOT          only `${` and `%{` mean anything
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from offramp.syntax.grammar import Node

STRINGS = ("string_lit", "quoted_template", "heredoc_template")
EMBEDDED = ("template_interpolation", "template_directive")
NAME = re.compile(r"[^\W\d][\w-]*")
ESCAPED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
UNESCAPED = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
SPECIAL = re.compile(r'[\\"\x00-\x1f\x7f]')
SEQUENCE = re.compile(r'\$\$\{|%%\{|\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})|\\([nrt"\\])')
HEREDOC = re.compile(r"<<-?[^\r\n]*(?:\r\n|\r|\n)")


def escaped(value: str, *, heredoc: bool = False) -> str:
    """A value as it is written between quotes, or in a heredoc."""
    value = re.sub(r"([$%])(?=\1*\{)", r"\1\1", _single(value))
    if heredoc:
        return value
    return SPECIAL.sub(lambda m: ESCAPED.get(m[0]) or f"\\u{ord(m[0]):04x}", value)


def _single(value: str) -> str:
    """A value, if its dollar and per-cent signs can be written before a brace.

    Raises:
        ValueError: several of them stand there, which HCL can't say.
    """
    if re.search(r"\$\$\{|%%\{", value):
        raise ValueError("HCL has no way to write `$$` or `%%` before a brace")
    return value


def value_of(source: str) -> str:
    """What the source between quotes means, parts that are worked out as they stand."""

    def read(matched: re.Match[str]) -> str:
        if matched[3]:
            return UNESCAPED[matched[3]]
        code = matched[1] or matched[2]
        return chr(int(code, 16)) if code else matched[0][1:]

    return SEQUENCE.sub(read, source)


def literal_of(node: Node) -> Node | None:
    """The literal that an expression consists of: a string, a number, a bool, null or a heredoc."""
    while node.kind in ("expression", "literal_value", "template_expr") and len(node.children) == 1:
        node = node.children[0]
    return node if node.kind in (*STRINGS, "numeric_lit", "bool_lit", "null_lit") else None


def inner(node: Node) -> tuple[int, int]:
    """The span of a key or value without its quotes; of a heredoc its lines."""
    literal = literal_of(node)
    if literal is None or literal.kind not in STRINGS:
        return node.span
    if literal.kind != "heredoc_template":
        return (literal.start + 1, literal.end - 1) if len(literal.text) > 1 else node.span
    head, last = HEREDOC.match(literal.text), literal.children[-1]
    if head is None or last.kind != "heredoc_identifier":
        return node.span
    first = literal.start + head.end()
    end = max(literal.source.rfind("\n", first, last.start), literal.source.rfind("\r", first, last.start)) + 1
    return first, max(first, end)


def word(node: Node) -> bool:
    """Whether an expression is a string of which no part is worked out."""
    literal = literal_of(node)
    return literal is not None and literal.kind in STRINGS and not any(c.kind in EMBEDDED for c in literal.children)


def labels(block: Node) -> list[Node]:
    """The labels of a block, quoted or not."""
    return [child for child in block.named[1:] if child.kind in ("string_lit", "identifier")]


def braces(block: Node) -> tuple[int, int]:
    """Where the inside of a block begins and ends; -1 where a brace is missing."""
    opens = next((child.end for child in block.children if child.kind == "block_start"), -1)
    closes = next((child.start for child in block.children if child.kind == "block_end"), -1)
    return opens, closes


def body(block: Node) -> list[Node]:
    """The attributes and blocks of a block, or of the file."""
    found = next((child for child in block.named if child.kind == "body"), None)
    return [child for child in found.named if child.kind in ("attribute", "block")] if found is not None else []


def attributes(block: Node) -> dict[str, Node]:
    """The values of a block's attributes by name."""
    return {child.named[0].text: child.named[-1] for child in body(block) if child.kind == "attribute"}


def container(node: Node, kind: str) -> Node | None:
    """The object or tuple that an expression consists of; `jsonencode(…)` and its like are looked through."""
    while len(node.named) == 1 and node.kind in ("expression", "collection_value", "function_arguments"):
        node = node.named[0]
    if node.kind == "function_call" and node.named and node.named[0].text in ("jsonencode", "yamlencode", "tomap"):
        given = next((child for child in node.named if child.kind == "function_arguments"), None)
        return container(given, kind) if given is not None else None
    return node if node.kind == kind else None


def elements(node: Node) -> Mapping[str, Node]:
    """The values of an object by key; of anything else none."""
    found = container(node, "object")
    pairs = [child for child in found.named if child.kind == "object_elem"] if found is not None else []
    return {key_of(pair): pair.named[-1] for pair in pairs if len(pair.named) > 1}


def key_of(pair: Node) -> str:
    """The key of an attribute or an element, without quotes."""
    key = pair.named[0]
    return pair.source[slice(*inner(key))]
