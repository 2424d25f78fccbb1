"""An `except` that puts literals in the place of what could not be loaded."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator

from offramp.syntax.python import PythonTree
from offramp.vocabulary import Vocabulary
from scanners.fallbacks import Fallback, is_known

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


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def is_fixed(node: ast.AST) -> bool:
    """Whether an expression is made of constants only, calls with constant arguments included."""
    if isinstance(node, ast.Call):
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        return isinstance(node.func, (ast.Name, ast.Attribute)) and all(is_fixed(argument) for argument in arguments)
    kinds = (ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.expr_context)
    return all(isinstance(inner, kinds) for inner in ast.walk(node))
