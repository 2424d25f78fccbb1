"""Who uses a function, class or constant of the project, by its name, in every Python file.

What is not a plain call counts as use that can't be followed: a name handed on, an alias, a string that equals it.
Other things of the same name count too, so that the answer errs on the safe side.
"""

from __future__ import annotations

import ast
import dataclasses
import re
from collections.abc import Iterator

from offramp.project import Context
from offramp.syntax.notebook import Notebook
from offramp.syntax.python import PythonTree

TESTING = (ast.If, ast.IfExp, ast.While, ast.Assert, ast.BoolOp, ast.NamedExpr)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
WHOLE = 10_000  # no call has so many positional arguments: only the keyword counts


@dataclasses.dataclass(frozen=True, slots=True)
class Use:
    path: str
    tree: PythonTree
    node: ast.AST

    @property
    def place(self) -> str:
        return f"{self.path}:{getattr(self.node, 'lineno', 1)}"

    @property
    def parent(self) -> ast.AST | None:
        return self.tree.parent(self.node)

    @property
    def call(self) -> ast.Call | None:
        parent = self.parent
        return parent if isinstance(parent, ast.Call) and parent.func is self.node else None


def uses(context: Context, name: str) -> Iterator[Use]:
    """Every use of a name in the project, definitions and plain imports left out."""
    word = re.compile(rf"\b{re.escape(name)}\b")
    for path in sorted(context.project.paths):
        if not path.endswith((".py", ".pyi", ".ipynb")) or not word.search(context.project.text(path) or ""):
            continue
        document = context.project.document(path)
        tree = document.tree if document is not None else None
        tree = tree.tree if isinstance(tree, Notebook) else tree
        if not isinstance(tree, PythonTree):
            yield Use(path, PythonTree("", ast.Module([], [])), ast.Module([], []))
            continue
        yield from (Use(path, tree, node) for node in tree.parents if _is_use(node, name) and not _is_local(tree, node))


def _is_use(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Name(id=found, ctx=ast.Load()):
            return found == name
        case ast.Attribute(attr=found, ctx=ast.Load()):
            return found == name
        case ast.Constant(value=str() as text):
            return text == name
        case ast.alias(name=found, asname=str(alias)):
            return found == name != alias
    return False


def _is_local(tree: PythonTree, node: ast.AST) -> bool:
    """Whether a name is a variable or parameter of a function around it, and so another thing."""
    if not isinstance(node, ast.Name):
        return False
    functions = (outer for outer in tree.ancestors(node) if isinstance(outer, (*FUNCTIONS, ast.Lambda)))
    return any(node.id in bound_in(function) for function in functions)


def bound_in(function: ast.AST) -> set[str]:
    """The names that a function binds: parameters and what it assigns."""
    inside = list(ast.walk(function))
    stored = {n.id for n in inside if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    shared = {name for n in inside if isinstance(n, (ast.Global, ast.Nonlocal)) for name in n.names}
    return (stored | {n.arg for n in inside if isinstance(n, ast.arg)}) - shared


def left_out(context: Context, called: str, argument: str, position: int, passive: tuple[type[ast.AST], ...]) -> str:
    """Why an argument can't become required: who leaves it out or can't be followed; empty where all pass it.

    Args:
        passive: nodes around a use that make nothing, such as annotations.
    """
    count = 0
    for use in uses(context, called):
        call = use.call
        if call is None:
            parent = use.parent
            of_module = not passive and isinstance(parent, ast.Attribute)  # a module of the same name, not the function
            if of_module or isinstance(parent, passive) or _is_type_test(use):
                continue
            return f"{use.place} hands {called} on, so that not every call of it is to be seen"
        count += 1
        if any(keyword.arg == argument for keyword in call.keywords):
            continue
        if any(keyword.arg is None for keyword in call.keywords) or any(isinstance(a, ast.Starred) for a in call.args):
            return f"{use.place} passes what it has as * or **, which may leave {argument} out"
        if len(call.args) <= position:
            return f"{use.place} leaves {argument} out and relies on the default: pass it there"
    return "" if count else f"nothing in the project calls {called}: whoever does may rely on the default of {argument}"


def _is_type_test(use: Use) -> bool:
    parent = use.parent
    return isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name) and parent.func.id == "isinstance"


def going_on(context: Context, function: str) -> str:
    """Who goes on when a function returns nothing, or can't be followed; empty where nobody does."""
    count = 0
    for use in uses(context, function):
        count += 1
        call = use.call
        if call is None or not _takes(use.tree, call):
            return f"{use.place} may go on when {function} returns nothing: raise an error here once it does not"
    return "" if count else f"nothing in the project calls {function}: whoever does may go on without a value"


def _takes(tree: PythonTree, call: ast.AST) -> bool:
    """Whether a result is used as if it were there."""
    parent = tree.parent(call)
    if isinstance(parent, ast.Await):
        return _takes(tree, parent)
    match parent:
        case ast.Expr() | ast.Attribute() | ast.Subscript():
            return True
        case ast.Assign(targets=[ast.Name(id=name)]):
            scope = scope_of(tree, parent)
            read = [
                n for n in ast.walk(scope) if isinstance(n, ast.Name) and n.id == name and n is not parent.targets[0]
            ]
            return all(isinstance(n.ctx, ast.Load) and isinstance(tree.parent(n), TAKEN) for n in read)
    return False


TAKEN = (ast.Attribute, ast.Subscript)


def scope_of(tree: PythonTree, node: ast.AST) -> ast.AST:
    """The function around a node, or the module."""
    return next((outer for outer in tree.ancestors(node) if isinstance(outer, FUNCTIONS)), tree.tree)


def is_tested(tree: PythonTree, node: ast.AST) -> bool:
    """Whether an expression is asked whether it is there."""
    parent = tree.parent(node)
    if isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not):
        return True
    if isinstance(parent, ast.Call):
        return isinstance(parent.func, ast.Name) and parent.func.id == "bool"
    if isinstance(parent, ast.Compare):
        sides = [side for side in (parent.left, *parent.comparators) if side is not node]
        return any(isinstance(side, ast.Constant) and not side.value for side in sides)
    return isinstance(parent, TESTING)
