"""Whether two Python names meet: in one scope, as attributes, or as parameters.

def f(llm_model, gradient_model): ...     they meet: one would hide the other
def f(llm_model): ...
def g(gradient_model): ...                they do not
"""

from __future__ import annotations

import ast
import functools
import symtable
import warnings
from collections.abc import Iterator


def meets(text: str, old: str, new: str) -> bool:
    """Whether renaming `old` to `new` in a module would confuse the two."""
    if new not in text:
        return False
    scopes, attributes = _names(text)
    if any(old in scope and new in scope for scope in scopes):
        return True
    return old in attributes and new in attributes


@functools.lru_cache(maxsize=128)
def _names(text: str) -> tuple[tuple[frozenset[str], ...], frozenset[str]]:
    """The names of each scope, and those that stand for attributes, members and keyword arguments.

    What an import only passes through (`a` of `import a as b`, the module of `from a import b`) is no name here.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
            table = symtable.symtable(text, "text", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return (), frozenset()
    return tuple(_scopes(table)), frozenset(_attributes(tree))


def _scopes(table: symtable.SymbolTable) -> Iterator[frozenset[str]]:
    waiting = [table]
    while waiting:
        current = waiting.pop()
        yield frozenset(current.get_identifiers())
        waiting += current.get_children()


def _attributes(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
                yield name
            case ast.ClassDef(body=body):
                for statement in body:
                    yield from _members(statement)


def _members(statement: ast.stmt) -> Iterator[str]:
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Assign(targets=targets):
            yield from (target.id for target in targets if isinstance(target, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name
