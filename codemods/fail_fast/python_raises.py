"""What a `try` block can raise, where every call in it is one that is known.

with open(path) as handle:                 OSError
    model = json.load(handle)["model"]     ValueError, KeyError, TypeError
"""

from __future__ import annotations

import ast
import builtins

from offramp.syntax.python import PythonTree
from scanners.fallbacks.python_lookups import Lookups

WIDE = frozenset({"Exception", "BaseException"})
ORDER = ("OSError", "ValueError", "LookupError", "KeyError", "TypeError", "AttributeError")
# what the functions of the standard library and PyYAML raise for a bad file; {} is the module as it was imported
CALLS = {
    "builtins.open": ("OSError",),
    "builtins.int": ("ValueError", "TypeError"),
    "builtins.float": ("ValueError", "TypeError"),
    "builtins.str": (),
    "builtins.bool": (),
    "builtins.dict": ("ValueError", "TypeError"),
    "builtins.list": ("TypeError",),
    "json.load": ("ValueError",),
    "json.loads": ("ValueError", "TypeError"),
    "tomllib.load": ("ValueError",),
    "tomllib.loads": ("ValueError", "TypeError"),
    "yaml.safe_load": ("ValueError", "{}.YAMLError"),
    "yaml.full_load": ("ValueError", "{}.YAMLError"),
    "pathlib.Path": ("TypeError",),
    "os.path.join": ("TypeError",),
}
METHODS = {
    "read": ("OSError", "ValueError"),
    "read_text": ("OSError", "ValueError"),
    "read_bytes": ("OSError",),
    "open": ("OSError",),
}
QUIET = (
    *(ast.Assign, ast.AnnAssign, ast.Return, ast.Expr, ast.With, ast.withitem, ast.Name, ast.Constant, ast.keyword),
    *(ast.expr_context, ast.Dict, ast.List, ast.Tuple),
)


def narrowed(tree: PythonTree, statement: ast.Try, handler: ast.ExceptHandler) -> str:
    """What a clause that catches everything needs to catch, as it is written; empty where that is not known."""
    wide = handler.type is None or (isinstance(handler.type, ast.Name) and handler.type.id in WIDE)
    if not wide or len(statement.handlers) > 1:
        return ""
    names = _Names(tree)
    found: set[str] = set()
    for node in (node for s in statement.body for node in ast.walk(s)):
        kinds = names.raised(node)
        if kinds is None:
            return ""
        found |= set(kinds)
    if not found or any(kind in names.bound for kind in found):
        return ""
    listed = sorted(found, key=lambda kind: (ORDER.index(kind) if kind in ORDER else len(ORDER), kind))
    return listed[0] if len(listed) == 1 else f"({', '.join(listed)})"


class _Names:
    """What the names of a module stand for, as far as imports and built-ins say."""

    def __init__(self, tree: PythonTree) -> None:
        self.lookups = Lookups(tree)
        self.bound = {n.id for n in tree.parents if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
        self.bound |= {n.arg for n in tree.parents if isinstance(n, ast.arg)}
        self.bound |= {
            getattr(n, "name", "") or "" for n in tree.parents if isinstance(n, (ast.FunctionDef, ast.ClassDef))
        }
        self.imported = {b.name: b for b in tree.imports}

    def raised(self, node: ast.AST) -> tuple[str, ...] | None:
        """What one node can raise; None where that is not known."""
        match node:
            case ast.Subscript(value=value, slice=ast.Constant(value=str())):
                return ("KeyError",) if self.lookups.is_environ(value) else ("KeyError", "TypeError")
            case ast.Subscript():
                return ("LookupError", "TypeError")
            case ast.Call(func=ast.Attribute(attr=attr, value=value)) if attr in METHODS and not self._module(value):
                return METHODS[attr]
            case ast.Call(func=func):
                return self._called(func)
            case ast.Attribute(value=value):
                return () if self._module(value) or self.lookups.is_environ(node) else ("AttributeError",)
        return () if isinstance(node, QUIET) else None

    def _module(self, node: ast.AST) -> str:
        """The module that an expression is, with the name by which it was imported."""
        binding = self.imported.get(node.id) if isinstance(node, ast.Name) and node.id not in self.bound else None
        return "" if binding is None or binding.symbol else binding.module

    def _called(self, func: ast.expr) -> tuple[str, ...] | None:
        match func:
            case ast.Name(id=name) if name in self.imported and name not in self.bound:
                target, module = self.imported[name].target, ""
            case ast.Name(id=name) if hasattr(builtins, name) and name not in self.bound:
                target, module = f"builtins.{name}", ""
            case ast.Attribute(value=ast.Name(id=module) as value, attr=attr):
                target = f"{self._module(value)}.{attr}"
            case _:
                return None
        kinds = CALLS.get(target)
        if kinds is None or (not module and any("{}" in kind for kind in kinds)):
            return None
        return tuple(kind.format(module) for kind in kinds)
