"""What the text of a file shows of a value, as `where:` of a shape demands it.

text      "Hello", f"{name}", a parameter that says `: str`, a name with such values only
list      [A, B]        mapping   {"temperature": 0}, dict(temperature=0)        empty     []
plain     anything in which no mapping is seen
KIND      what a shape makes
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanners.sdk_calls import File

ARTICLES = {"text": "a text", "list": "a list", "mapping": "a dict", "empty": "an empty list"}
DEEPEST = 4  # links from a name to the literal behind it


def told(condition: str) -> str:
    """Why a value won't do, behind `of VALUE`."""
    if condition == "plain":
        return "a mapping inside is seen"
    return f"it is not seen to be {ARTICLES.get(condition, f'a {condition}')}"


def holds(file: File, condition: str, node: ast.expr) -> bool:
    """Whether the text shows what an expression is: a literal, or a name with one value that is."""
    if condition == "text":
        return _is_text(file, node, DEEPEST)
    if condition == "plain":
        shown = file.nodes.only_value(node) or node
        return not any(isinstance(inner, (ast.Dict, ast.DictComp)) for inner in ast.walk(shown))
    if condition not in ARTICLES:
        return file.kind(node) == condition
    is_name = isinstance(node, (ast.Name, ast.Attribute))
    value = file.nodes.only_value(node) if is_name else node
    match value:
        case ast.Dict() | ast.DictComp() | ast.Call(func=ast.Name(id="dict")):
            return condition == "mapping"
        case ast.List(elts=elements):
            return condition == "list" or (condition == "empty" and not elements)
        case ast.ListComp():
            return condition == "list"
    return False


def _is_text(file: File, node: ast.expr, depth: int) -> bool:
    if not depth:
        return False
    match node:
        case ast.Constant(value=value):
            return isinstance(value, str)
        case ast.JoinedStr() | ast.Call(func=ast.Name(id="str")):
            return True
        case ast.BinOp(left=inner, op=ast.Add() | ast.Mod()):
            return _is_text(file, inner, depth - 1)
        case ast.Call(func=ast.Attribute(value=inner, attr="format" | "strip" | "join" | "replace" | "lower")):
            return _is_text(file, inner, depth - 1)
        case ast.Name() | ast.Attribute():
            key = file.nodes.key(node)
            bindings = file.nodes.bindings(key) if key is not None else []
            return bool(bindings) and all(_binds_text(file, binding, depth - 1) for binding in bindings)
    return False


def _binds_text(file: File, binding: ast.AST, depth: int) -> bool:
    if isinstance(binding, ast.arg):
        return isinstance(binding.annotation, ast.Name) and binding.annotation.id == "str"
    value = file.nodes.value(binding)
    return value is not None and _is_text(file, value, depth)
