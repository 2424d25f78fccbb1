"""Tests that wait for what is gone: a setting that the migration deletes, a package that it retires.

    @pytest.mark.skipif(not os.getenv("GRADIENT_GENAI_ID"), reason="…")
    gradient = pytest.importorskip("gradient")

A condition counts when it is certain to hold without the setting, and is not certain with it.
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Callable, Iterator

from offramp.migration import Migration, carry
from offramp.own_modules import OwnModules
from offramp.syntax.python import PythonTree
from offramp.syntax.python_names import constant, is_env_read, is_environ, name_of
from scanners.python_modules import Modules, resolve

MARKS = frozenset({"skipif", "skipIf", "xfail"})
SKIPS = frozenset({"skip", "skipTest", "SkipTest"})
FINDERS = frozenset({"find_spec", "find_module"})
Gone = Callable[[str], bool]


@dataclasses.dataclass(frozen=True, slots=True)
class Waits:
    """The string that names what a test waits for; `module`: a package, not a setting."""

    node: ast.Constant
    name: str
    module: bool


def waits(tree: PythonTree, own: OwnModules) -> Iterator[Waits]:
    """What the tests of a file wait for in vain."""
    migration = own.project.migration
    modules = Modules.of(own.project.vocabulary)

    def gone(name: str) -> bool:
        return is_deleted(migration, name)

    def lost(name: str) -> bool:
        retired = resolve(name, modules)
        return retired is not None and retired.new is None and not own.files(name.partition(".")[0])

    constants = _constants(tree)
    for node in tree.nodes:
        if isinstance(node, ast.Call) and name_of(node.func) == "importorskip" and node.args:
            if lost(constant(node.args[0])) and isinstance(node.args[0], ast.Constant):
                yield Waits(node.args[0], constant(node.args[0]), True)
        elif (condition := _condition(node)) is not None:
            reads = list(_reads(condition, constants))
            wanted = [r for r in reads if (lost(r.name) if r.module else gone(r.name))]
            without = _Truth({r.name for r in wanted}, constants)
            if wanted and without.of(condition) is True and _Truth(set(), constants).of(condition) is not True:
                yield wanted[0]


def is_deleted(migration: Migration, name: str) -> bool:
    """Whether the migration removes a setting without a successor."""
    if name in migration.env:
        return migration.env[name] is None
    return any(new is None and "*" in old and carry(old, "", name) is not None for old, new in migration.env.items())


def _condition(node: ast.AST) -> ast.expr | None:
    """The condition under which a test is skipped or expected to fail."""
    match node:
        case ast.Call(func=func, args=[condition, *_]) if _last(func) in MARKS:
            return condition
        case ast.Call(func=func, args=[condition, *_]) if _last(func) == "skipUnless":
            return ast.UnaryOp(ast.Not(), condition)
        case ast.If(test=condition, body=body) if any(map(_skips, body)):
            return condition
        case _:
            return None


def _skips(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(value=ast.Call(func=func)) | ast.Raise(exc=ast.Call(func=func)):
            return _last(func) in SKIPS
        case _:
            return False


def _last(func: ast.expr) -> str:
    return getattr(func, "attr", getattr(func, "id", ""))


def _constants(tree: PythonTree) -> dict[str, ast.expr]:
    """The module's names that are assigned once, with their values."""
    values: dict[str, list[ast.expr]] = {}
    for node in tree.nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            parent = tree.parent(node)
            at_top = isinstance(parent, ast.Assign) and parent in tree.tree.body and len(parent.targets) == 1
            values.setdefault(node.id, []).append(parent.value if isinstance(parent, ast.Assign) and at_top else node)
    return {name: found[0] for name, found in values.items() if len(found) == 1 and not isinstance(found[0], ast.Name)}


def _reads(node: ast.expr, constants: dict[str, ast.expr], depth: int = 4) -> Iterator[Waits]:
    """The settings and packages that a condition asks for."""
    for inner in ast.walk(node):
        key = _key(inner)
        if key is not None:
            yield key
        elif isinstance(inner, ast.Name) and inner.id in constants and depth:
            yield from _reads(constants[inner.id], constants, depth - 1)


def _key(node: ast.AST) -> Waits | None:
    match node:
        case ast.Call(func=func, args=[ast.Constant(value=str(name)) as key, *_]) if is_env_read(func):
            return Waits(key, name, False)
        case ast.Call(func=func, args=[ast.Constant(value=str(name)) as key, *_]) if _last(func) in FINDERS:
            return Waits(key, name, True)
        case ast.Compare(left=ast.Constant(value=str(name)) as key, ops=[ast.In() | ast.NotIn()], comparators=[where]):
            return Waits(key, name, False) if is_environ(where) else None
        case _:
            return None


class _Truth:
    """Whether an expression is true when some settings and packages are missing; None where that is not certain."""

    def __init__(self, missing: set[str], constants: dict[str, ast.expr]) -> None:
        self.missing, self.constants = missing, constants

    def of(self, node: ast.expr, depth: int = 8) -> bool | None:
        if depth == 0:
            return None
        match node:
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                value = self.of(inner, depth - 1)
                return None if value is None else not value
            case ast.BoolOp(op=operator, values=values):
                return self._several([self.of(v, depth - 1) for v in values], isinstance(operator, ast.Or))
            case ast.Call(func=ast.Name(id="bool"), args=[inner]):
                return self.of(inner, depth - 1)
            case ast.Call(
                func=ast.Name(id="all" | "any" as how), args=[ast.List(elts=several) | ast.Tuple(elts=several)]
            ):
                return self._several([self.of(v, depth - 1) for v in several], how == "any")
            case ast.Name(id=name) if name in self.constants:
                return self.of(self.constants[name], depth - 1)
            case ast.Compare(left=left, ops=[ast.Is() | ast.IsNot() as how], comparators=[ast.Constant(value=None)]):
                there = self.of(left, depth - 1)
                return isinstance(how, ast.Is) if there is False and self._is_none(left) else None
            case ast.Compare(ops=[ast.In() | ast.NotIn() as how]):
                key = _key(node)
                return isinstance(how, ast.NotIn) if key is not None and key.name in self.missing else None
            case ast.Call(args=[_, default, *_]):
                missing = self._is_missing(node) and isinstance(default, ast.Constant)
                return bool(default.value) if missing and isinstance(default, ast.Constant) else None
            case ast.Call():
                return False if self._is_missing(node) else None
            case _:
                return None

    def _several(self, values: list[bool | None], decisive: bool) -> bool | None:
        if decisive in values:
            return decisive
        return None if None in values else not decisive

    def _is_missing(self, node: ast.expr) -> bool:
        key = _key(node)
        return key is not None and key.name in self.missing

    def _is_none(self, node: ast.expr) -> bool:
        while isinstance(node, ast.Name):
            node = self.constants[node.id]
        return isinstance(node, ast.Call) and _key(node) is not None and len(node.args) == 1
