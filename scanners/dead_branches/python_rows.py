"""Dead rows and registrations in Python.

@pytest.mark.parametrize("provider", ["gradient", pytest.param("openrouter", id="new")])      a row
[("gradient", A), ("openrouter", B)]                                                          a row
REGISTRY["gradient"] = A, register("gradient", A), @register("gradient")                      a registration
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from offramp.syntax import python_blocks
from offramp.syntax.python import PythonTree
from offramp.syntax.python_entries import outer_span
from offramp.vocabulary import Vocabulary
from scanners.dead_branches import Dead
from scanners.dead_branches.python_members import SHAPE, dead
from scanners.dead_branches.python_tests import Slug, Slugs, last_name

REGISTERS = re.compile(
    r"(?i)(?:^|_|\.)(?:un)?(?:register|add|bind|provide|plugin|route)(?:_|$)|registr|provider|backend"
)
USED = "{} is registered for the retired provider only, and its name stands elsewhere: remove it by hand"


class Rows:
    def __init__(self, tree: PythonTree, slugs: Slugs, vocabulary: Vocabulary) -> None:
        self.tree, self.slugs, self.vocabulary = tree, slugs, vocabulary

    def forms(self, node: ast.AST) -> Iterator[Dead]:
        match node:
            case ast.List(elts=rows) | ast.Tuple(elts=rows) | ast.Set(elts=rows) if len(rows) > 1:
                yield from self.rows(node, rows)
            case ast.Assign(targets=[ast.Subscript(value=table, slice=key)]):
                yield from self.registration(node, table, key)
            case ast.Call(args=[ast.expr() as key, *_], func=func) if REGISTERS.search(_dotted(func)):
                statement = self.tree.parent(node)
                if isinstance(statement, ast.Expr):
                    yield from self.registration(statement, func, key)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield from self.decorated(node)

    def rows(self, node: ast.expr, rows: Sequence[ast.expr]) -> Iterator[Dead]:
        """Rows of a table, of which one column names the provider."""
        cells = [_cells(row) for row in rows]
        if not any(cells):
            return
        for column in range(max(map(len, cells))):
            slugs = [self.slugs.of(row[column]) if column < len(row) else None for row in cells]
            news = self.slugs.successors(self._column(node, column))
            if not news & {slug.text for slug in slugs if slug is not None}:
                continue
            for row, slug in zip(rows, slugs, strict=True):
                if slug is not None and slug.text == self.slugs.old:
                    outer, stuck = outer_span(self.tree, self.tree.span(node), *self.tree.span(row))
                    yield dead("a row", slug, min(news), (outer,) if outer else (), stuck or SHAPE)

    def _column(self, node: ast.expr, column: int) -> str:
        """The name of a column of `parametrize`, else that of the table."""
        parent = self.tree.parent(node)
        match parent:
            case ast.Call(func=func, args=[names, *_]) if last_name(func) == "parametrize":
                words = [text.value for text in ast.walk(names) if isinstance(text, ast.Constant)]
                named = re.findall(r"\w+", " ".join(map(str, words)))
                return named[column] if column < len(named) else ""
        return self.slugs.holder(node)

    def registration(self, statement: ast.stmt, table: ast.expr, key: ast.expr) -> Iterator[Dead]:
        slug = self.slugs.of(key)
        news = self.slugs.successors(last_name(table))
        if slug is None or slug.text != self.slugs.old or not self._registers(table, news):
            return
        yield dead("a registration", slug, min(news), python_blocks.statement(self.tree, statement), SHAPE)

    def _registers(self, table: ast.expr, news: frozenset[str]) -> bool:
        """Whether the same table or function is given the successor, too."""
        wanted = ast.dump(table)
        for node in self.tree.nodes:
            match node:
                case (
                    ast.Subscript(value=other, slice=key, ctx=ast.Store())
                    | ast.Call(func=other, args=[ast.expr() as key, *_])
                ) if ast.dump(other) == wanted:
                    slug = self.slugs.of(key)
                    if slug is not None and slug.text in news:
                        return True
        return False

    def decorated(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Iterator[Dead]:
        for decorator in node.decorator_list:
            match decorator:
                case ast.Call(func=func, args=[key, *_]) if REGISTERS.search(_dotted(func)):
                    slug = self.slugs.of(key)
                    news = self.slugs.successors(_dotted(func))
                    if slug is None or slug.text != self.slugs.old or not self._registers(func, news):
                        continue
                    cuts = self._definition(node, slug, decorator)
                    yield dead("a registration", slug, min(news), cuts, USED.format(node.name))

    def _definition(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, slug: Slug, decorator: ast.expr
    ) -> tuple[tuple[int, int], ...]:
        """The whole definition, where nothing else names it; the decorator alone, where it has another."""
        if len(node.decorator_list) > 1:
            first = self.tree.text.rindex("@", 0, self.tree.span(decorator)[0])
            start = python_blocks.line_start(self.tree, first)
            others = [self.slugs.asked(d) for d in node.decorator_list]
            return (
                ((start, python_blocks.line_end(self.tree, self.tree.span(decorator)[1])),) if not any(others) else ()
            )
        whole = python_blocks.statement(self.tree, node)
        named = [m.start() for m in re.finditer(rf"\b{re.escape(node.name)}\b", self.tree.text)]
        inside = all(any(first <= at < last for first, last in whole) for at in named)
        return whole if inside else ()


def _cells(row: ast.expr) -> list[ast.expr]:
    match row:
        case ast.Tuple(elts=cells) | ast.List(elts=cells):
            return cells
        case ast.Call(func=func, args=cells) if last_name(func) == "param":
            return cells
    return []


def _dotted(node: ast.expr) -> str:
    return ast.unparse(node) if isinstance(node, (ast.Name, ast.Attribute)) else ""
