"""Where Python asks for an environment variable, under whatever names `os` was imported.

os.getenv("K")    os.environ.get("K", default)    environ["K"]    getenv(NAME)
"""

from __future__ import annotations

import ast
import dataclasses
from collections import Counter
from functools import cached_property

from offramp.syntax.python import PythonTree

# what makes a reader that is called with the name of a setting; a function that is one; a module that has one
READERS = frozenset(
    {"environs.Env", "environ.Env", "decouple.AutoConfig", "decouple.Config", "starlette.config.Config"}
)
READ = frozenset({"decouple.config", "environs.env"})
READING = frozenset({"decouple"})


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
        for binding in tree.imports:
            if binding.module == "os" and not binding.symbol:
                self.os.add(binding.name)
            elif binding.module == "os" and binding.symbol == "*":
                self.getenv.add("getenv")
                self.environ.add("environ")
            elif binding.module == "os" and binding.symbol in ("getenv", "environ"):
                (self.getenv if binding.symbol == "getenv" else self.environ).add(binding.name)

        self.readers = {name for name, target in _made(tree).items() if target in READERS}
        self.readers |= {b.name for b in tree.imports if b.target in READ}
        self.modules = {b.name for b in tree.imports if b.target in READING}
        self.environ |= {name for name, value in _bound_once(tree).items() if self.is_environ(value)}

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

    def is_reader(self, func: ast.expr) -> bool:
        """Whether a function reads a setting and complains by itself where it has no default."""
        match func:
            case ast.Name(id=name) | ast.Attribute(value=ast.Name(id=name), attr="str" | "get_value") if (
                name in self.readers
            ):
                return True
            case ast.Attribute(value=ast.Name(id=module), attr="config"):
                return module in self.modules
        return False

    def text_of(self, node: ast.AST | None) -> str | None:
        """The string that an expression is: a literal, or a constant of the module that is set once."""
        match node:
            case ast.Constant(value=str() as text):
                return text
            case ast.Name(id=name):
                return self.constants.get(name)
        return None


def _bound_once(tree: PythonTree) -> dict[str, ast.expr]:
    """The names that the whole module binds exactly once, by a plain assignment, and to what."""
    bound = Counter(n.id for n in tree.parents if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load))
    bound += Counter(n.arg for n in tree.parents if isinstance(n, ast.arg))
    assigned = {}
    for node in tree.parents:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if bound[name] == 1:
                assigned[name] = value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if bound[name] == 1:
                assigned[name] = value
    return assigned


def _made(tree: PythonTree) -> dict[str, str]:
    """The names that are bound once to what a call gives: the full name of what is called."""
    imported = {b.name: b.target for b in tree.imports}
    made = {}
    for name, value in _bound_once(tree).items():
        match value:
            case ast.Call(func=ast.Name(id=called)):
                made[name] = imported.get(called, "")
            case ast.Call(func=ast.Attribute(value=ast.Name(id=module), attr=attr)):
                made[name] = f"{imported.get(module, '')}.{attr}"
    return made


def _constants(tree: PythonTree) -> dict[str, str]:
    found: dict[str, str] = {}
    for statement in tree.tree.body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str() as text))
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=str() as text))
            ):
                found[name] = text
    once = _bound_once(tree)
    return {name: text for name, text in found.items() if name in once}


def is_empty(node: ast.AST | None) -> bool:
    """Whether the default of a lookup is nothing, so that the literal behind it decides."""
    return node is None or (isinstance(node, ast.Constant) and not node.value)
