"""Rows of parametrised tests that are equal once the old provider's values have become the new one's.

    @pytest.mark.parametrize("provider", ["openrouter", "openrouter"])

The second runs the same test again, where one for another provider used to run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from offramp.syntax.python import PythonTree
from offramp.syntax.python_entries import outer_span
from offramp.vocabulary import Vocabulary

Span = tuple[int, int]


def doubled(tree: PythonTree, vocabulary: Vocabulary) -> Iterator[tuple[Span, Span | None]]:
    """The span of each row that stands there twice, the first left out, and the span that goes with it."""
    for node in tree.nodes:
        match node:
            case ast.Call(func=ast.Attribute(attr="parametrize"), args=[_, ast.List() | ast.Tuple() as rows]):
                named = any(keyword.arg == "ids" for keyword in node.keywords)
                yield from _of(tree, rows, vocabulary, named)


def _of(
    tree: PythonTree, rows: ast.List | ast.Tuple, vocabulary: Vocabulary, named: bool
) -> Iterator[tuple[Span, Span | None]]:
    seen: set[str] = set()
    for row in rows.elts:
        shown = ast.dump(row)
        if not _is_data(row):
            continue
        if shown in seen and _concerns(row, vocabulary):
            cut = outer_span(tree, tree.span(rows), *tree.span(row))[0]
            yield tree.span(row), None if named else cut
        seen.add(shown)


def _is_data(row: ast.expr) -> bool:
    """Whether a row consists of constants: what is called may differ each time."""
    data = (ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.Set, ast.Load)
    return all(isinstance(node, data) for node in ast.walk(row))


def _concerns(row: ast.expr, vocabulary: Vocabulary) -> bool:
    migration = vocabulary.migration
    mappings = (migration.models, migration.env, migration.urls, migration.settings)
    news = {new for mapping in mappings for new in mapping.values() if new} | {migration.new_slug} - {""}
    said = [node.value for node in ast.walk(row) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return any(text in news for text in said)
