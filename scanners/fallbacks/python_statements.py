"""Statements that hide what is missing: an `except` that assigns literals, an `if not KEY` that returns nothing."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator

from offramp.syntax.python import PythonTree
from offramp.vocabulary import Vocabulary
from scanners.fallbacks import Fallback, is_known, is_setting
from scanners.fallbacks.python_lookups import Lookups

LOGGING = frozenset(
    {"debug", "info", "warning", "warn", "error", "exception", "critical", "log", "print", "echo", "secho", "write"}
)


@dataclasses.dataclass(frozen=True, slots=True)
class Swallowing:
    """An `except` clause whose body only logs and puts literals in the place of what could not be loaded."""

    handler: ast.ExceptHandler
    names: tuple[str, ...]  # what it assigns; empty where it returns the literal
    literal: ast.Constant


def swallowing(handler: ast.ExceptHandler, vocabulary: Vocabulary) -> Swallowing | None:
    if handler.type is not None and "ImportError" in ast.dump(handler.type):
        return None  # an optional dependency
    names: list[str] = []
    known: ast.Constant | None = None
    for statement in handler.body:
        match statement:
            case ast.Pass():
                continue
            case ast.Expr(value=ast.Call() as call) if called(call) in LOGGING:
                continue
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                names.append(name)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                names.append(name)
            case ast.Return(value=ast.expr() as value) if statement is handler.body[-1] and not names:
                name = ""
            case _:
                return None
        if not is_fixed(value):
            return None
        texts = (n for n in ast.walk(value) if isinstance(n, ast.Constant) and isinstance(n.value, str))
        known = known or next((n for n in texts if is_known(str(n.value), name, vocabulary)), None)
    return None if known is None else Swallowing(handler, tuple(names), known)


def swallowed(tree: PythonTree, node: ast.Try, vocabulary: Vocabulary) -> Iterator[Fallback]:
    for handler in node.handlers:
        found = swallowing(handler, vocabulary)
        if found is not None:
            start = tree.span(handler)[0]
            literal, value = str(found.literal.value), tree.span(found.literal)
            name = found.names[0] if len(found.names) == 1 else ""
            yield Fallback("except", start, start + 6, name, literal, tree.span(handler), value, False)


def passed_over(tree: PythonTree, node: ast.If, lookups: Lookups, vocabulary: Vocabulary) -> Iterator[Fallback]:
    """`if not key: log; return None` where key is what a lookup of a setting of the migration gave."""
    match node.test:
        case ast.UnaryOp(op=ast.Not(), operand=ast.Name(id=name)):
            pass
        case ast.Compare(left=ast.Name(id=name), ops=[ast.Is()], comparators=[ast.Constant(value=None)]):
            pass
        case _:
            return
    *logs, last = node.body
    if node.orelse or not isinstance(last, ast.Return) or not _is_nothing(last.value):
        return
    if not all(isinstance(s, ast.Expr) and isinstance(s.value, ast.Call) and called(s.value) in LOGGING for s in logs):
        return
    setting = _asked_for(tree, node, name, lookups)
    if is_setting(setting, vocabulary):
        start = tree.span(node)[0]
        yield Fallback("guard", start, start + 2, setting, "", tree.span(node), tree.span(node.test))


def _asked_for(tree: PythonTree, node: ast.If, name: str, lookups: Lookups) -> str:
    """The setting whose lookup the statement before gave to a name."""
    block = getattr(tree.parent(node), "body", [])
    before = block[block.index(node) - 1] if node in block and block.index(node) else None
    match before:
        case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
            lookup = lookups.of(value)
            return lookup.name if lookup is not None and lookup.default is None else ""
    return ""


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def is_fixed(node: ast.AST) -> bool:
    """Whether an expression is made of constants only, calls with constant arguments included."""
    if isinstance(node, ast.Call):
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        return isinstance(node.func, (ast.Name, ast.Attribute)) and all(is_fixed(argument) for argument in arguments)
    kinds = (ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.expr_context)
    return all(isinstance(inner, kinds) for inner in ast.walk(node))


def _is_nothing(node: ast.AST | None) -> bool:
    return node is None or (isinstance(node, ast.Constant) and node.value in (None, False, ""))
