"""Names of a Python module that nothing uses once parts of it are gone: constants, private functions, imports.

    GRADIENT_RETRIES = 3        goes with the only branch that read it

A name is given up only where it stands nowhere else in the module, and in no other file that might take it from there.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from offramp.syntax import python_blocks
from offramp.syntax.python import PythonTree
from offramp.syntax.python_entries import outer_span

Span = tuple[int, int]
WORD = re.compile(r"[^\W\d]\w*")


def orphans(tree: PythonTree, removed: list[Span], is_used_elsewhere: Callable[[str], bool]) -> list[Span]:
    """The spans of the definitions that lose their last use with `removed`; each may free further ones."""
    definitions = dict(_definitions(tree))
    where: dict[str, list[int]] = {}
    for matched in WORD.finditer(tree.text):
        if matched[0] in definitions:
            where.setdefault(matched[0], []).append(matched.start())
    spans: list[Span] = []
    freed = True
    while freed:
        freed = False
        everything = [*removed, *spans]
        for name, own in list(definitions.items()):
            outside = [at for at in where[name] if not _inside(at, own)]
            if not outside or not all(any(_inside(at, span) for span in everything) for at in outside):
                continue
            del definitions[name]
            if not is_used_elsewhere(name):
                spans.append(own)
                freed = True
    return spans


def _inside(at: int, span: Span) -> bool:
    return span[0] <= at < span[1]


def _definitions(tree: PythonTree) -> Iterator[tuple[str, Span]]:
    """The names that a module binds once, by a statement without effects, with the span that goes."""
    bound = [n.id for n in ast.walk(tree.tree) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)]
    for statement in tree.tree.body:
        name = ""
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ) if bound.count(name) == 1 and not any(isinstance(n, (ast.Call, ast.Await)) for n in ast.walk(value)):
                pass
            case ast.FunctionDef(name=name, decorator_list=[]) if name.startswith("_"):
                pass
            case ast.Import() | ast.ImportFrom():
                yield from _imported(tree, statement)
                continue
            case _:
                continue
        if name and (cuts := python_blocks.statement(tree, statement)):
            yield name, cuts[0]


def _imported(tree: PythonTree, statement: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, Span]]:
    if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
        return
    for alias in statement.names:
        name = (alias.asname or alias.name).partition(".")[0]
        if len(statement.names) == 1:
            cuts = python_blocks.statement(tree, statement)
            if cuts and name != "*":
                line = python_blocks.line_end(tree, tree.span(statement)[1])
                yield name, (cuts[0][0], line)
            continue
        start, end = tree.span(statement)
        if tree.text[end - 1] == ")":
            outer, _ = outer_span(tree, (start, end), *tree.span(alias))
        else:
            outer = _between(tree, statement.names, statement.names.index(alias))
        if outer is not None:
            yield name, outer


def _between(tree: PythonTree, names: list[ast.alias], index: int) -> Span:
    """One of several names without parentheses around them, with the comma that goes with it."""
    if index + 1 < len(names):
        return tree.span(names[index])[0], tree.span(names[index + 1])[0]
    return tree.span(names[index - 1])[1], tree.span(names[index])[1]
