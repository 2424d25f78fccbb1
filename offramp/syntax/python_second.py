"""A second parser's opinion of what an edit has changed in a Python file: libcst reads it, and gives it back as it is.

Only the statements that are not the same as before are read, of a class its changed members: libcst takes thirty
times as long as `ast`, and dies of what is nested very deeply. Nothing is written with it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from offramp.syntax.python import PythonTree

DEEPEST = 200  # levels of nodes; libcst overflows at about 350
LONGEST = 200_000  # characters of one statement
Block = tuple[str, ast.AST]


def complaint(before: PythonTree | None, after: PythonTree) -> tuple[str | None, str | None]:
    """What libcst has against the changed statements, and why some were not shown to it."""
    known = {text for text, _ in _blocks(before)} if before is not None else set()
    new = [(text, node) for text, node in _blocks(after) if text not in known]
    skipped = None
    for text, node in new:
        if len(text) > LONGEST or _is_deep(node):
            skipped = f"line {_first_line(node)}: too long or too deeply nested for the second parser"
        elif (fault := _fault(text)) is not None:
            told = f"line {_first_line(node)}: {fault}"
            if before is None or not _reads(before, after):
                return None, told  # it did not read the file before either
            return told, skipped
    return None, skipped


def _reads(before: PythonTree, after: PythonTree) -> bool:
    """Whether libcst reads the statements of the old text that are not in the new one."""
    kept = {text for text, _ in _blocks(after)}
    return all(_fault(text) is None for text, node in _blocks(before) if text not in kept and not _is_deep(node))


def _fault(text: str) -> str | None:
    import libcst

    try:
        return None if libcst.parse_module(text).code == text else "the second parser reads another text"
    except libcst.ParserSyntaxError as error:
        return f"the second parser does not read it ({error.message})"
    except RecursionError:
        return None


def _blocks(tree: PythonTree) -> Iterator[Block]:
    """The statements of a module as texts of their own; of a class its head and each member."""
    for node in tree.tree.body:
        lines = _lines(tree, node, node)
        first = node.body[0] if isinstance(node, ast.ClassDef) else None
        if not isinstance(node, ast.ClassDef) or first is None or _first_line(first) <= node.lineno:
            yield lines, node
            continue
        begins = tree.line_starts[_first_line(node) - 1]
        indent = " " * 4
        head = tree.text[begins : tree.line_starts[_first_line(first) - 1]]
        yield f"{head}{indent}pass\n", ast.Pass(lineno=node.lineno)
        yield from ((f"class _:\n{_lines(tree, member, member)}", member) for member in node.body)


def _lines(tree: PythonTree, first: ast.stmt, last: ast.stmt) -> str:
    starts = tree.line_starts
    end = last.end_lineno or last.lineno
    return tree.text[starts[_first_line(first) - 1] : starts[end] if end < len(starts) else len(tree.text)]


def _first_line(node: ast.AST) -> int:
    decorators: Sequence[ast.expr] = getattr(node, "decorator_list", ())
    return min((getattr(n, "lineno", 1) for n in (node, *decorators)), default=1)


def _is_deep(node: ast.AST) -> bool:
    level: list[ast.AST] = [node]
    for _ in range(DEEPEST):
        level = [child for parent in level for child in ast.iter_child_nodes(parent)]
        if not level:
            return False
    return True
