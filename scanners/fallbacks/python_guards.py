"""Statements that notice a missing setting and go on.

if not key: …; return None        guard
if not key: logger.warning(…)     warned
if not key: return True           ready, in a check of readiness
if not key: key = "literal"       assigned, directly below the lookup

`key` is what a lookup gave, wherever that was: in the function, the module, or an attribute of the class.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from offramp.syntax.python import PythonTree
from offramp.vocabulary import Vocabulary
from scanners.fallbacks import Fallback, belongs, is_setting
from scanners.fallbacks.python_lookups import Lookups, is_empty
from scanners.fallbacks.python_statements import LOGGING, called

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
READINESS = re.compile(
    r"(?i)(?:^|_)(?:ready|readiness|readyz|health|healthz|healthy|healthcheck|livez|liveness)(?:_|$)"
)
WELL = frozenset({"ok", "okay", "healthy", "ready", "up", "pass", "passing", "alive"})
BAD = re.compile(r"degrad|unhealthy|not[ _-]|error|fail|missing|down|unavailable|warn")


def passed_over(tree: PythonTree, node: ast.If, lookups: Lookups, vocabulary: Vocabulary) -> Iterator[Fallback]:
    """`if not key: log; return None` where key is what a lookup of a setting of the migration gave."""
    asked = _asked_whether_missing(node.test)
    if asked is None or node.orelse:
        return
    rest = [s for s in node.body if not _is_log(s)]
    function = next((outer for outer in tree.ancestors(node) if isinstance(outer, FUNCTIONS)), None)
    checks = function is not None and READINESS.search(function.name) is not None
    match rest:
        case []:
            shape = "warned"
        case [ast.Return(value=value)] if is_nothing(value) and rest[-1] is node.body[-1] and not checks:
            shape = "guard"
        case [ast.Return(value=value)] if checks and rest[-1] is node.body[-1] and _passes(value):
            shape = "ready"
        case [ast.Assign(targets=[ast.Name(id=name)])] if isinstance(asked, ast.Name) and asked.id == name:
            shape = "assigned"
        case _:
            return
    setting = _setting_of(tree, asked, lookups)
    if shape == "assigned":
        yield from _assigned_instead(tree, node, lookups, vocabulary)
        return
    if is_setting(setting, vocabulary):
        start = tree.span(node)[0]
        width = 4 if tree.text.startswith("elif", start) else 2
        yield Fallback(shape, start, start + width, setting, "", tree.span(node), tree.span(node.test))


def _assigned_instead(tree: PythonTree, node: ast.If, lookups: Lookups, vocabulary: Vocabulary) -> Iterator[Fallback]:
    """`x = os.getenv(K)` and directly below `if not x: x = literal`."""
    block = getattr(tree.parent(node), "body", [])
    before = block[block.index(node) - 1] if node in block[1:] else None
    assigned = next(s for s in node.body if isinstance(s, ast.Assign))
    literal = lookups.text_of(assigned.value)
    match before:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if name == getattr(assigned.targets[0], "id", ""):
            lookup = lookups.of(value)
            if lookup is None or literal is None or not is_empty(lookup.default):
                return
            if belongs(lookup.name, literal, vocabulary):
                start, span = tree.span(node)[0], tree.span(assigned.value)
                yield Fallback("assigned", start, start + 2, lookup.name, literal, tree.span(value), span)


def _asked_whether_missing(test: ast.expr) -> ast.expr | None:
    """What `not x`, `x is None`, `"K" not in os.environ` ask about."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=ast.Name() | ast.Attribute() | ast.Call() as asked):
            return asked
        case ast.Compare(
            left=ast.Name() | ast.Attribute() | ast.Call() as asked,
            ops=[ast.Is()],
            comparators=[ast.Constant(value=None)],
        ):
            return asked
        case ast.Compare(left=ast.Constant(value=str()), ops=[ast.NotIn()]):
            return test
    return None


def _is_log(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call) and called(statement.value) in LOGGING
    )


def _passes(value: ast.expr | None) -> bool:
    """Whether what a check of readiness returns says that all is well."""
    if value is None:
        return False
    constants = [n.value for n in ast.walk(value) if isinstance(n, ast.Constant)]
    if any(constant is False for constant in constants):
        return False
    words = [constant.lower() for constant in constants if isinstance(constant, str)]
    well = any(constant is True for constant in constants) or any(word in WELL for word in words)
    return well and not any(BAD.search(word) for word in words)


def _setting_of(tree: PythonTree, asked: ast.expr, lookups: Lookups) -> str:
    """The setting that an expression has the value of."""
    match asked:
        case ast.Compare(left=ast.Constant(value=str() as key), comparators=[where]):
            return key if lookups.is_environ(where) else ""
        case ast.Call():
            values: list[ast.expr | None] = [asked]
        case ast.Name(id=name):
            values = _values(tree, asked, name)
        case ast.Attribute(value=ast.Name(id=owner), attr=attr):
            if owner not in ("self", "cls"):
                return attr.upper() if owner in ("settings", "config", "cfg", "conf") else ""
            values = _own_attribute(tree, asked, attr)
        case _:
            return ""
    asked_for = [_names_asked(lookups, value) for value in values]
    common = [name for name in (asked_for[0] if asked_for else []) if all(name in names for names in asked_for)]
    return common[-1] if common else ""


def _names_asked(lookups: Lookups, value: ast.expr | None) -> list[str]:
    """The settings that a value is looked up by, one after another."""
    operands = value.values if isinstance(value, ast.BoolOp) else [value] if value is not None else []
    found = [lookups.of(operand) for operand in operands]
    return [lookup.name for lookup in found if lookup is not None and is_empty(lookup.default)]


def _values(tree: PythonTree, node: ast.AST, name: str) -> list[ast.expr | None]:
    """What a name is bound to: in the function around a node, else in the module."""
    for scope in (outer for outer in tree.ancestors(node) if isinstance(outer, (*FUNCTIONS, ast.Module))):
        inside = list(ast.walk(scope))
        if isinstance(scope, FUNCTIONS) and any(isinstance(n, ast.arg) and n.arg == name for n in inside):
            return []
        named = [n for n in inside if isinstance(n, ast.Name) and n.id == name and not isinstance(n.ctx, ast.Load)]
        stores = [n for n in named if isinstance(scope, FUNCTIONS) or not _in_function(tree, n)]
        if stores:
            return [_assigned(tree, store) for store in stores]
    return []


def _in_function(tree: PythonTree, node: ast.AST) -> bool:
    return any(isinstance(outer, FUNCTIONS) for outer in tree.ancestors(node))


def _own_attribute(tree: PythonTree, node: ast.AST, attr: str) -> list[ast.expr | None]:
    """What an attribute is set to in the class around a node."""
    owners = [outer for outer in tree.ancestors(node) if isinstance(outer, ast.ClassDef)]
    inside = (n for n in (ast.walk(owners[0]) if owners else ()) if isinstance(n, ast.Attribute) and n.attr == attr)
    return [_assigned(tree, n) for n in inside if not isinstance(n.ctx, ast.Load)]


def _assigned(tree: PythonTree, store: ast.AST) -> ast.expr | None:
    holder = tree.parent(store)
    return holder.value if isinstance(holder, (ast.Assign, ast.AnnAssign)) else None


def is_nothing(node: ast.AST | None) -> bool:
    return node is None or (isinstance(node, ast.Constant) and node.value in (None, False, ""))
