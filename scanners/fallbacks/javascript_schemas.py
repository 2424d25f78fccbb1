"""Fallbacks in the schemas by which scripts read their environment.

V: z.string().default('literal')       V: Joi.string().default('literal')        schema
V: str({ default: 'literal' })         V: v.optional(v.string(), 'literal')      schema option, schema argument
model: z.string().default('literal')                                             default: not the environment's
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from offramp.syntax.grammar import Node
from offramp.vocabulary import Vocabulary
from scanners.fallbacks import Fallback, belongs, is_setting

ENV_NAME = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
OPTIONAL = ("optional", "fallback", "nullish")


def read(node: Node, literal: Node, vocabulary: Vocabulary) -> Iterator[Fallback]:
    """The fallback of a literal that is the argument of a call, or the value of an entry."""
    text = literal.text[1:-1]
    if literal.kind == "template_string" and "${" in text:
        return
    if node.kind == "pair":
        yield from _option(node, literal, text, vocabulary)
        return
    call = node.parent
    function = call.field("function") if call is not None else None
    if call is None or function is None:
        return
    name = _key(call)
    called = function.field("property")
    if called is None or not belongs(name, text, vocabulary):
        return
    if called.text == "default" and len(node.named) == 1:
        shape = "schema" if _is_setting(name, vocabulary) else "default"
        yield Fallback(shape, *called.span, name, text, call.span, literal.span, shape == "schema")
    elif called.text in OPTIONAL and len(node.named) == 2 and _is_setting(name, vocabulary):
        yield Fallback("schema argument", *called.span, name, text, call.span, literal.span)


def _option(pair: Node, literal: Node, text: str, vocabulary: Vocabulary) -> Iterator[Fallback]:
    """`str({ default: 'literal' })` of envalid: an entry of the only argument of a call that is the value of V."""
    key, options = pair.field("key"), pair.parent
    call = options.parent.parent if options is not None and options.parent is not None else None
    if key is None or key.text != "default" or call is None or call.kind != "call_expression":
        return
    function = call.field("function")
    name = _key(call)
    plain = function is not None and re.fullmatch(r"(?:\w+\.)?(?:str|url|host|email|json)", function.text) is not None
    if plain and _is_setting(name, vocabulary) and belongs(name, text, vocabulary):
        yield Fallback("schema option", *key.span, name, text, pair.span, literal.span)


def _key(call: Node) -> str:
    """The key of the entry that a call, or the chain of calls that it is a part of, is the value of."""
    node: Node | None = call
    while node is not None and node.kind in ("call_expression", "member_expression"):
        node = node.parent
    key = node.field("key") if node is not None and node.kind == "pair" else None
    return key.text.strip("'\"") if key is not None else ""


def _is_setting(name: str, vocabulary: Vocabulary) -> bool:
    return ENV_NAME.fullmatch(name) is not None and is_setting(name, vocabulary)
