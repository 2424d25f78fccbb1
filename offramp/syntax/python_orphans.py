"""Names of a Python module that nothing uses once parts of it are gone: constants, private functions, imports.

    GRADIENT_RETRIES = 3        goes with the only branch that read it

A name is given up only where it stands nowhere else in the module, and in no other file that might take it from there.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence

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
    return _whole(tree, spans)


def bound(tree: PythonTree, removed: Sequence[Span]) -> Iterator[str]:
    """The names of the module that only `removed` binds: another file may want them."""
    inside: set[str] = set()
    outside: set[str] = set()
    waiting: list[ast.AST] = [*tree.tree.body]
    while waiting:
        node = waiting.pop()
        names = outside
        if hasattr(node, "lineno") and any(_inside(tree.span(node)[0], span) for span in removed):
            names = inside
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
                continue
            case ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            case ast.alias(name=name, asname=asname):
                names.add((asname or name).partition(".")[0])
            case ast.Lambda() | ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                continue
        waiting += ast.iter_child_nodes(node)
    yield from sorted(inside - outside)


def _whole(tree: PythonTree, spans: list[Span]) -> list[Span]:
    """What goes with the freed names: an import whose names are all freed, else each name with its comma."""
    freed = set(spans)
    cuts: list[Span] = []
    for statement in tree.tree.body:
        if not isinstance(statement, (ast.Import, ast.ImportFrom)):
            continue
        names = [tree.span(alias) for alias in statement.names]
        gone = [index for index, span in enumerate(names) if span in freed]
        freed -= set(names)
        if len(gone) == len(names):
            cuts += [(first, python_blocks.line_end(tree, end)) for first, end in _line(tree, statement)]
        elif len(gone) == 1 and tree.text[tree.span(statement)[1] - 1] == ")":
            bracket = tree.text.rindex("(", 0, names[0][0])
            outer, _ = outer_span(tree, (bracket, tree.span(statement)[1]), *names[gone[0]])
            cuts += [outer] if outer is not None else []
        else:
            cuts += _runs(names, gone)
    return [*cuts, *freed]


def _line(tree: PythonTree, statement: ast.stmt) -> tuple[Span, ...]:
    """The lines of an import, without the blank lines below it."""
    end = tree.span(statement)[1]
    return tuple((first, end) for first, _ in python_blocks.statement(tree, statement))


def _runs(names: list[Span], gone: list[int]) -> Iterator[Span]:
    """Names of a list without those around them: up to the next one that stays, or from the last that stays."""
    for index in gone:
        if any(later not in gone for later in range(index, len(names))):
            yield names[index][0], names[index + 1][0]
        elif index - 1 not in gone:
            yield names[index - 1][1], names[-1][1]


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
    if python_blocks.statement(tree, statement):
        for alias in statement.names:
            if alias.name != "*":
                yield (alias.asname or alias.name).partition(".")[0], tree.span(alias)
