"""Requirements in a `setup.py`: the strings that reach `setup(install_requires=…)` through lists, dicts and names.

    REQUIRES = ["gradient>=1"]                        a requirement of pip
    setup(install_requires=REQUIRES, extras_require={"llm": REQUIRES + ["gradient"]})

Only what the text itself shows is followed: names assigned once in the module, lists, tuples, dicts and their sums.
"""

from __future__ import annotations

import ast
import dataclasses
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from offramp.model import Place, Role
from offramp.syntax import commands, grammar

if TYPE_CHECKING:
    from offramp.syntax.python import PythonTree

KEYWORDS = ("install_requires", "setup_requires", "tests_require", "extras_require", "requires")
CALLED = re.compile(r"\b(?:install|setup|tests|extras)_requires?\b")


@dataclasses.dataclass(frozen=True, slots=True)
class Listed:
    """One string of a list, without its quotes; the others of the list, and what goes when it is deleted."""

    span: tuple[int, int]
    scope: int
    beside: tuple[tuple[int, int], ...]
    outer: tuple[int, int] | None


def place(tree: PythonTree, start: int, end: int) -> Place | None:
    """The place of a requirement's name in a string, else None."""
    found = at(tree, start)
    return (
        None
        if found is None or end > found.span[1]
        else Place(Role.PACKAGE, "a requirement", commands.PIP, *found.span)
    )


def at(tree: PythonTree, start: int) -> Listed | None:
    """The requirement whose string begins at an offset."""
    return next((found for found in tree.requirements if found.span[0] == start), None)


def listed(tree: PythonTree) -> Iterator[Listed]:
    """Every requirement that the calls of `setup` are given."""
    if not CALLED.search(tree.text) or not isinstance(tree.tree, ast.Module):
        return
    named = _assigned(tree.tree)
    seen: set[int] = set()
    for node in ast.walk(tree.tree):
        if isinstance(node, ast.Call) and _is_setup(node.func):
            for keyword in node.keywords:
                if keyword.arg in KEYWORDS:
                    yield from _inside(tree, keyword.value, named, seen)


def _is_setup(function: ast.expr) -> bool:
    return (function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")) == "setup"


def _assigned(module: ast.Module) -> dict[str, ast.expr]:
    """The values of names that are assigned once at the top of the module."""
    values: dict[str, list[ast.expr]] = {}
    for statement in module.body:
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                if isinstance(target, ast.Name):
                    values.setdefault(target.id, []).append(statement.value)
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value:
            values.setdefault(statement.target.id, []).append(statement.value)
    return {name: found[0] for name, found in values.items() if len(found) == 1}


def _inside(tree: PythonTree, node: ast.expr, named: dict[str, ast.expr], seen: set[int]) -> Iterator[Listed]:
    if id(node) in seen:
        return
    seen.add(id(node))
    match node:
        case ast.Constant(value=str()):
            if (span := _content(tree, node)) is not None:
                yield Listed(span, node.col_offset, (), None)
        case ast.List() | ast.Tuple() | ast.Set():
            yield from _items(tree, node)
            for item in node.elts:
                if not isinstance(item, ast.Constant):
                    yield from _inside(tree, item.value if isinstance(item, ast.Starred) else item, named, seen)
        case ast.Dict():
            for value in node.values:
                yield from _inside(tree, value, named, seen)
        case ast.BinOp(op=ast.Add()):
            yield from _inside(tree, node.left, named, seen)
            yield from _inside(tree, node.right, named, seen)
        case ast.Name() if node.id in named:
            yield from _inside(tree, named[node.id], named, seen)
        case _:
            return


def _items(tree: PythonTree, node: ast.List | ast.Tuple | ast.Set) -> Iterator[Listed]:
    opens, closes = tree.span(node)
    spans = [(item, span) for item in node.elts if (span := _content(tree, item)) is not None]
    for item, span in spans:
        beside = tuple(other for _, other in spans if other != span)
        outer = grammar.item_span(tree.text, *tree.span(item), opens=opens + 1, closes=closes - 1)
        single = isinstance(node, ast.Tuple) and len(node.elts) <= 2  # its comma makes it a tuple
        yield Listed(span, opens, beside, None if single else outer)


def _content(tree: PythonTree, node: ast.expr) -> tuple[int, int] | None:
    """Where the text of a plain string stands between its quotes; None for others."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return None
    start, end = tree.span(node)
    written = tree.text[start:end]
    if len(written) < 2 or written[0] not in "\"'" or written[1:-1] != node.value:
        return None
    return start + 1, end - 1
