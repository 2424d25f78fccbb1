"""Shapes of calls as patterns of Python expressions, matched against what a file's imports make of its names.

    genai.GenerativeModel($$$ARGS)      with `arguments: {0: $NAME, model_name: $NAME}`
    palm.GenerativeModel("gemini-pro")  matches in a file with `import google.generativeai as palm`

A variable stands for an expression, `$$$ARGS` for the arguments that the pattern does not name. Keyword arguments match
in any order. The first name of a pattern stands for the module of its SDK, whatever a file calls it.
"""

from __future__ import annotations

import ast
import dataclasses
import functools
import re
from collections.abc import Callable, Iterator, Mapping

from offramp.migration import Shape

VARIABLE = re.compile(r"\$\$\$([A-Z_]+)|\$([A-Z_]+)")
META, REST = "_meta_", "_rest_"


@dataclasses.dataclass(frozen=True, slots=True)
class Argument:
    """An argument that a call keeps, and the keyword that it gets there; None leaves it as it is."""

    node: ast.expr | ast.keyword
    keyword: str | None


@dataclasses.dataclass(slots=True)
class Bound:
    """What stands for the variables of a pattern; `fault` says why a call that looks like it is another."""

    variables: dict[str, ast.expr] = dataclasses.field(default_factory=dict)
    rest: list[Argument] = dataclasses.field(default_factory=list)
    dropped: list[ast.expr | ast.keyword] = dataclasses.field(default_factory=list)
    consumed: list[ast.expr] = dataclasses.field(default_factory=list)  # names of the SDK that the pattern covers
    call: ast.Call | None = None  # the call whose arguments `rest` are
    fault: str = ""


Named = Callable[[ast.expr], str | None]  # the dotted name of what an expression means, through the file's imports
Accepts = Callable[[str, ast.expr], bool]  # whether an expression may stand for a variable


@functools.cache
def parsed(pattern: str) -> ast.expr:
    """The expression of a pattern.

    Raises:
        SyntaxError: it is none.
    """
    plain = VARIABLE.sub(lambda found: f"*{REST}{found[1]}" if found[1] else f"{META}{found[2]}", pattern)
    return ast.parse(plain, mode="eval").body


def head(pattern: str) -> str:
    """The word that tells a pattern quickly: `configure` of `genai.configure($$$ARGS)`."""
    return word(parsed(pattern))


def word(node: ast.expr) -> str:
    """The last name of what an expression calls, asks for or compares."""
    while not isinstance(node, (ast.Attribute, ast.Name, ast.Constant)):
        match node:
            case ast.Call(func=inner) | ast.Compare(left=inner) | ast.Await(value=inner):
                node = inner
            case ast.Subscript(value=inner, slice=index):
                node = index if isinstance(index, ast.Constant) and isinstance(index.value, str) else inner
            case _:
                return ""
    return str(node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else node.value)


def match(shape: Shape, modules: Mapping[str, str], node: ast.expr, named: Named, accepts: Accepts) -> Bound | None:
    """What stands for the variables where an expression has a shape; None where it has not.

    Args:
        shape: with its pattern and the arguments that it may have.
        modules: the name by which the patterns call the SDK, and its module.
        node: the expression.
        named: what the file's imports say of a name.
        accepts: whether an expression is what the shape demands of a variable.
    """
    bound = Bound()
    if not _matches(parsed(shape.match), node, bound, _Side(shape, modules, named)):
        return None
    if not bound.fault and not all(accepts(name, value) for name, value in bound.variables.items()):
        return None
    return bound


@dataclasses.dataclass(frozen=True, slots=True)
class _Side:
    shape: Shape
    modules: Mapping[str, str]
    named: Named


def _matches(pattern: ast.AST, node: ast.AST, bound: Bound, side: _Side) -> bool:
    if isinstance(pattern, ast.Name) and pattern.id.startswith(META):
        return isinstance(node, ast.expr) and _bind(pattern.id.removeprefix(META), node, bound)
    if isinstance(pattern, (ast.Name, ast.Attribute)) and (target := dotted(pattern, side.modules)) is not None:
        if not isinstance(node, ast.expr) or side.named(node) != target:
            return False
        bound.consumed.append(node)
        return True
    if type(pattern) is not type(node):
        return False
    if isinstance(pattern, ast.Call) and isinstance(node, ast.Call):
        return _matches(pattern.func, node.func, bound, side) and _arguments(pattern, node, bound, side)
    for field, value in ast.iter_fields(pattern):
        if field == "ctx":
            continue
        other = getattr(node, field)
        pairs = list(zip(value, other, strict=False)) if isinstance(value, list) else [(value, other)]
        if isinstance(value, list) and len(value) != len(other):
            return False
        if not all(_matches(a, b, bound, side) if isinstance(a, ast.AST) else a == b for a, b in pairs):
            return False
    return True


def _bind(name: str, node: ast.expr, bound: Bound) -> bool:
    before = bound.variables.setdefault(name, node)
    return before is node or ast.unparse(before) == ast.unparse(node)  # read here, bound there


def dotted(node: ast.expr, names: Mapping[str, str]) -> str | None:
    """`a.b.c` with what `a` stands for in its place, or None where nothing is known of `a`."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in names:
        return None
    return ".".join([names[node.id], *reversed(parts)])


def _arguments(pattern: ast.Call, node: ast.Call, bound: Bound, side: _Side) -> bool:
    """Match the arguments; those that the shape does not know are a fault, not another call."""
    keywords = {word.arg: word for word in node.keywords if word.arg}
    wanted = [argument for argument in pattern.args if not isinstance(argument, ast.Starred)]
    if len(wanted) > len(node.args) or any(word.arg not in keywords for word in pattern.keywords):
        return False
    if not all(_matches(one, other, bound, side) for one, other in zip(wanted, node.args, strict=False)):
        return False
    named = [(word, keywords[word.arg or ""]) for word in pattern.keywords]
    if not all(_matches(word.value, other.value, bound, side) for word, other in named):
        return False
    bound.dropped += [*node.args[: len(wanted)], *(other for _, other in named)]
    if len(wanted) < len(pattern.args):
        bound.call = node
    for key, argument in _others(node, len(wanted), {word.arg for word in pattern.keywords}):
        _take(key, argument, bound, side)
    return True


def _others(node: ast.Call, first: int, taken: set[str | None]) -> Iterator[tuple[str, ast.expr | ast.keyword]]:
    for index, value in enumerate(node.args[first:]):
        yield ("*" if isinstance(value, ast.Starred) else str(first + index)), value
    for word in node.keywords:
        if word.arg is None or word.arg not in taken:
            yield word.arg or "**", word


def _take(key: str, argument: ast.expr | ast.keyword, bound: Bound, side: _Side) -> None:
    value = argument.value if isinstance(argument, ast.keyword) else argument
    if key not in side.shape.arguments:
        told = {"*": "arguments from a list", "**": "arguments from a mapping"}.get(key, f"the argument {key}")
        told = f"the {int(key) + 1}. argument" if key.isdigit() else told
        bound.fault = bound.fault or f"the migration does not say what becomes of {told}"
        return
    new = side.shape.arguments[key]
    if new is None:
        bound.dropped.append(argument)
    elif new.startswith("$"):
        if not _bind(new[1:], value, bound):
            bound.fault = bound.fault or f"{key} is given twice"
        bound.dropped.append(argument)
    else:
        bound.rest.append(Argument(argument, None if new == key else new))
