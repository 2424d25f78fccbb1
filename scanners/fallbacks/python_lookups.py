"""Where Python asks for an environment variable, under whatever names `os` was imported.

os.getenv("K")    os.environ.get("K", default)    environ["K"]    getenv(NAME)
"""

from __future__ import annotations

import ast
import dataclasses
from collections import Counter

from offramp.syntax import python_imports
from offramp.syntax.python import PythonTree


@dataclasses.dataclass(frozen=True, slots=True)
class Lookup:
    node: ast.expr
    head: ast.expr  # what is called or subscribed
    name: str  # empty where it is put together at run time
    key: ast.expr
    default: ast.expr | None = None


class Lookups:
    """The lookups of one module."""

    def __init__(self, tree: PythonTree) -> None:
        self.tree = tree
        self.os: set[str] = set()
        self.getenv: set[str] = set()
        self.environ: set[str] = set()
        for binding in python_imports.bindings(tree.tree):
            if binding.module == "os" and not binding.symbol:
                self.os.add(binding.name)
            elif binding.module == "os" and binding.symbol in ("getenv", "environ"):
                (self.getenv if binding.symbol == "getenv" else self.environ).add(binding.name)
        self.constants = _constants(tree.tree)

    def is_environ(self, node: ast.AST) -> bool:
        match node:
            case ast.Name(id=name):
                return name in self.environ
            case ast.Attribute(value=ast.Name(id=module), attr="environ"):
                return module in self.os
        return False

    def _is_getenv(self, node: ast.AST) -> bool:
        match node:
            case ast.Name(id=name):
                return name in self.getenv
            case ast.Attribute(value=ast.Name(id=module), attr="getenv"):
                return module in self.os
            case ast.Attribute(value=environ, attr="get"):
                return self.is_environ(environ)
        return False

    def of(self, node: ast.AST) -> Lookup | None:
        """The lookup that a node is, if it is one."""
        match node:
            case ast.Call(func=func, args=[key, *rest], keywords=keywords) if self._is_getenv(func):
                if len(rest) > 1 or isinstance(key, ast.Starred):
                    return None
                default = rest[0] if rest else next((k.value for k in keywords if k.arg == "default"), None)
                return Lookup(node, func, self.text_of(key) or "", key, default)
        return None

    def text_of(self, node: ast.AST | None) -> str | None:
        """The string that an expression is: a literal, or a constant of the module that is set once."""
        match node:
            case ast.Constant(value=str() as text):
                return text
            case ast.Name(id=name):
                return self.constants.get(name)
        return None


def _constants(module: ast.Module) -> dict[str, str]:
    """The module's names that are bound exactly once, to a string."""
    bound = Counter(
        node.id for node in ast.walk(module) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    )
    bound += Counter(node.arg for node in ast.walk(module) if isinstance(node, ast.arg))
    found: dict[str, str] = {}
    for statement in module.body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str() as text))
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=str() as text))
            ) if bound[name] == 1:
                found[name] = text
    return found
