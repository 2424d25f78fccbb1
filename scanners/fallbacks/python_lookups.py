"""Where Python asks for an environment variable, under whatever names `os` was imported.

os.getenv("K")    os.environ.get("K", default)    environ["K"]    getenv(NAME)
"""

from __future__ import annotations

import ast
import dataclasses
from collections import Counter
from functools import cached_property

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
        imports = (node for node in tree.parents if isinstance(node, (ast.Import, ast.ImportFrom)))
        for binding in (binding for statement in imports for binding in python_imports.bindings(statement)):
            if binding.module == "os" and not binding.symbol:
                self.os.add(binding.name)
            elif binding.module == "os" and binding.symbol in ("getenv", "environ"):
                (self.getenv if binding.symbol == "getenv" else self.environ).add(binding.name)

    @cached_property
    def constants(self) -> dict[str, str]:
        """The module's names that are bound exactly once, to a string."""
        return _constants(self.tree)

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


def _constants(tree: PythonTree) -> dict[str, str]:
    found: dict[str, str] = {}
    for statement in tree.tree.body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str() as text))
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=str() as text))
            ):
                found[name] = text
    bound = Counter(n.id for n in tree.parents if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load))
    bound += Counter(n.arg for n in tree.parents if isinstance(n, ast.arg))
    return {name: text for name, text in found.items() if bound[name] == 1}
