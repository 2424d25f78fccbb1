"""The entries of Python's dict literals, and the spans that go when one is deleted.

settings = {"GRADIENT_API_KEY": key, "timeout": 3}   ->   settings = {"timeout": 3}
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from offramp.model import Entry
from offramp.syntax.python_tokens import COMMENT, OTHER, STRING

if TYPE_CHECKING:
    from offramp.syntax.python import PythonTree

BREAK = re.compile(r"[ \t\f]*(\r\n|\r|\n)")


def entries(tree: PythonTree) -> list[Entry]:
    """The entries with constant string keys of every dict literal, in order; those inside f-strings are left out."""
    dicts = (node for node in tree.nodes if isinstance(node, ast.Dict) and not tree.in_f_string(node))
    found = [entry for node in dicts for entry in _of(tree, node)]
    return sorted(found, key=lambda entry: entry.key_start)


def _of(tree: PythonTree, node: ast.Dict) -> Iterator[Entry]:
    scope = f"dict@{tree.span(node)[0]}"
    for index, key in enumerate(node.keys):
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            continue
        name = tree.literal(key)
        if len(name) != 1 or name[0].kind != STRING:
            continue
        value = node.values[index]
        value_start, value_end = tree.span(value)
        shown = tree.text[value_start:value_end]
        if isinstance(value, ast.Constant) and isinstance(value.value, (str, bytes)):
            token, *more = tree.literal(value)
            if not more:
                value_start, value_end, shown = token.first, token.last, tree.text[token.first : token.last]
        outer, stuck = outer_span(tree, tree.span(node), name[0].start, tree.span(value)[1])
        yield Entry(scope, key.value, name[0].first, name[0].last, shown, value_start, value_end, outer, stuck)


def outer_span(
    tree: PythonTree, container: tuple[int, int], start: int, end: int
) -> tuple[tuple[int, int] | None, str]:
    """The span that goes with the item at start–end of a bracketed, comma-separated list, or why it must stay.

    `container` reaches from bracket to bracket. An item on lines of its own goes with them and with the comment
    behind it; comments above it stay.
    """
    text, tokens = tree.text, tree.tokens
    end, comma = _closed(tree, container, end)
    start = _opened(tree, container, start)
    line = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    alone = not text[line:start].strip()
    if alone and (rest := _line_end(tree, end)) is not None:
        return (line, rest), ""
    follows = tokens.all[tokens.index(end)]
    before = tokens.all[tokens.index(start) - 1]
    if not _same_line(tree, end, follows.start):
        return (before.end if _same_line(tree, before.end, start) else start, end), ""
    if follows.kind == COMMENT:
        return None, "a comment stands behind it on its line"
    if comma:
        return (start, follows.start), ""
    return (before.start if text[before.start] == "," else start, end), ""


def _closed(tree: PythonTree, container: tuple[int, int], end: int) -> tuple[int, bool]:
    """The end of an item with its closing parentheses and its comma, and whether there is a comma."""
    index = tree.tokens.index(end)
    while index < len(tree.tokens.all) and tree.tokens.all[index].end < container[1]:
        token = tree.tokens.all[index]
        here = tree.text[token.start : token.end]
        if token.kind == OTHER and here == ",":
            return token.end, True
        if token.kind == OTHER and here == ")":
            end = token.end
        elif token.kind != COMMENT:
            break
        index += 1
    return end, False


def _opened(tree: PythonTree, container: tuple[int, int], start: int) -> int:
    """The start of an item with the parentheses around it."""
    index = tree.tokens.index(start) - 1
    while index >= 0 and tree.tokens.all[index].start > container[0]:
        token = tree.tokens.all[index]
        if token.kind != OTHER or tree.text[token.start] != "(":
            break
        start = token.start
        index -= 1
    return start


def _line_end(tree: PythonTree, end: int) -> int | None:
    """Where the next line begins if nothing but a comment follows on this one."""
    index = tree.tokens.index(end)
    after = tree.tokens.all[index] if index < len(tree.tokens.all) else None
    commented = after is not None and after.kind == COMMENT and _same_line(tree, end, after.start)
    position = after.end if after is not None and commented else end
    matched = BREAK.match(tree.text, position)
    return matched.end() if matched else None


def _same_line(tree: PythonTree, start: int, end: int) -> bool:
    return not re.search(r"[\r\n]", tree.text[start:end])
