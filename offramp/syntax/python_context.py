"""What stands at a name or a string of Python source.

    os.environ["GRADIENT_API_KEY"]      an environment variable
    provider == "gradient"              a string that belongs to provider (see python_owner)
    f"{prefix}GRADIENT_API_KEY"         a string that is put together from parts

Docstrings are prose; a name in a class body or behind a class belongs to the class.
"""

from __future__ import annotations

import ast
import bisect
import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from offramp.model import Place, Role
from offramp.syntax.python_names import constant, name_of
from offramp.syntax.python_owner import is_enum, owner_of
from offramp.syntax.python_tokens import FIELD, TEXT, Token

if TYPE_CHECKING:
    from offramp.syntax.python import PythonTree


ENDS_WORD = ",;()[]<>!?\"'"


def name_place(tree: PythonTree, token: Token, start: int, end: int) -> Place:
    around, holder, node = (None, None, None, *tree.route(token.start, token.end))[-3:]
    if isinstance(node, ast.alias):
        return _alias_place(tree, node, holder, token, start, end)
    if isinstance(node, ast.ImportFrom):
        return Place(Role.IMPORT, "a module that is imported", start=start, end=end)
    if isinstance(node, ast.Attribute):
        owner = name_of(node.value)
        key = owner if owner[:1].isupper() else ""  # of a class; what an instance is called tells nothing sure
        return Place(Role.CODE, "an attribute", key, start, end)
    if isinstance(holder, (ast.Assign, ast.AnnAssign)) and isinstance(node, ast.Name) and node is not holder.value:
        key = _class_of_constant(around, holder)
        return Place(Role.CODE, "a name that is assigned", key, start, end)
    if isinstance(node, ast.keyword):
        return Place(Role.CODE, "a keyword argument", start=start, end=end)
    return Place(Role.CODE, "a name", start=start, end=end)


def _class_of_constant(around: ast.AST | None, statement: ast.Assign | ast.AnnAssign) -> str:
    """The class whose member or string constant a statement of its body defines."""
    if isinstance(around, ast.ClassDef) and (is_enum(around) or constant(statement.value)):
        return around.name
    return ""


def _alias_place(
    tree: PythonTree, node: ast.alias, statement: ast.AST | None, token: Token, start: int, end: int
) -> Place:
    first = tree.span(node)[0]
    if token.start >= first + len(node.name):
        return Place(Role.CODE, "the alias of an import", start=start, end=end)
    if isinstance(statement, ast.ImportFrom):
        module = "." * statement.level + (statement.module or "")
        return Place(Role.CODE, f"a name imported from {module}", module, start, end)
    return Place(Role.IMPORT, "a module that is imported", start=start, end=end)


def string_place(tree: PythonTree, token: Token, start: int, end: int) -> Place:
    node = tree.node_at(token.open, token.close)
    if not isinstance(node, (ast.Constant, ast.JoinedStr)):
        return Place(Role.STRING, "a string", start=token.first, end=token.last)
    if is_prose(tree, node):
        return Place(Role.PROSE, "a docstring", start=token.first, end=token.last)
    parts = tree.literal(node)
    whole = len(parts) == 1 and token.kind != TEXT
    first, last = (token.first, token.last) if whole else tree.span(node)
    owner = owner_of(tree, node)
    role = owner.role
    if role is Role.KEY and not (first == start and last == end):
        role = Role.STRING
    built = _is_built(tree, node, token, parts, start, end)
    return Place(role, owner.syntax or "a string", owner.key, first, last, owner.siblings, built)


def shifted(place: Place, shift: int) -> Place:
    return dataclasses.replace(place, start=place.start + shift, end=place.end + shift)


def is_prose(tree: PythonTree, node: ast.AST) -> bool:
    """Whether a string is a statement by itself: a docstring, or a note below an attribute."""
    return isinstance(node, ast.Constant) and isinstance(tree.parent(node), ast.Expr)


def _is_built(tree: PythonTree, node: ast.AST, token: Token, parts: Sequence[Token], start: int, end: int) -> bool:
    """Whether what stands at a span goes on in another part: a field, a neighbour literal, an operand of `+`."""
    inner_start = token.first if token.kind != TEXT or token.start == token.open else token.start
    inner_end = token.last if token.kind != TEXT or token.end == token.close else token.end
    if inner_start < start and end < inner_end:
        return _is_template(tree, node, start, end)
    index = bisect.bisect_left(parts, token.start, key=lambda part: part.start)
    before, after = parts[index - 1] if index else None, parts[index + 1] if index + 1 < len(parts) else None
    if start == inner_start and (_joins(tree, before, -1) or _is_operand(tree, node, last=True)):
        return True
    if end == inner_end and (_joins(tree, after, 0) or _is_operand(tree, node, last=False)):
        return True
    return _is_template(tree, node, start, end)


def _joins(tree: PythonTree, part: Token | None, at: int) -> bool:
    """Whether a name may go on in the part beside it; `at`: its last character is the near one, or its first."""
    if part is None or part.kind == FIELD:
        return part is not None
    first = part.first if part.kind != TEXT or part.start == part.open else part.start
    last = part.last if part.kind != TEXT or part.end == part.close else part.end
    near = tree.text[first:last][at:][:1]
    return not (near.isspace() or (near and near in ENDS_WORD))


def _is_operand(tree: PythonTree, node: ast.AST, *, last: bool) -> bool:
    """Whether `+` puts something in front of a string (`last`: it is the right operand), or behind it."""
    child, parent = node, tree.parent(node)
    while isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Add):
        if child is (parent.right if last else parent.left):
            return True
        child, parent = parent, tree.parent(parent)
    return False


def _is_template(tree: PythonTree, node: ast.AST, start: int, end: int) -> bool:
    """Whether the span touches a placeholder that `%` or `.format` fills."""
    parent = tree.parent(node)
    if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Mod) and parent.left is node:
        return tree.text[end : end + 1] == "%" or tree.text[start - 1 : start] == ")"
    if isinstance(parent, ast.Attribute) and parent.attr == "format":
        return tree.text[end : end + 1] == "{" or tree.text[start - 1 : start] == "}"
    return False
