"""Imports of modules whose names are put together at run time, where a retired module may be meant.

    importlib.import_module(f"lib.{provider}_client")    may load lib.gradient_client

They are found by what of the name is written, and always left to a person.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from offramp.syntax.python import PythonTree
from offramp.syntax.python_names import name_of
from scanners.python_modules import Modules

LOADERS = ("import_module", "__import__", "find_spec", "resolve_name", "import_string", "load_module")
ANYTHING = ".+"


def imports(tree: PythonTree, modules: Modules) -> Iterator[tuple[int, int, str, str | None]]:
    """Start and end of the expression that makes a name, the entry that it may mean, and what replaces that."""
    if not any(loader in tree.text for loader in LOADERS):
        return
    for node in ast.walk(tree.tree):
        if not isinstance(node, ast.Call) or not node.args or name_of(node.func) not in LOADERS:
            continue
        shape = _shape(node.args[0])
        if ANYTHING not in shape or not re.search(r"\w\\\.", shape) or tree.in_f_string(node):
            continue
        for entry, new in modules.entries:
            if "." in entry and re.fullmatch(rf"{shape}", entry):
                yield (*tree.span(node.args[0]), entry, new)
                break


def _shape(node: ast.AST) -> str:
    """The pattern of the names that an expression can make."""
    match node:
        case ast.Constant(value=str(text)):
            return re.escape(text)
        case ast.JoinedStr(values=values):
            return "".join(_shape(value) for value in values)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _shape(left) + _shape(right)
        case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mod()):
            return ANYTHING.join(re.escape(part) for part in re.split(r"%\(?\w*\)?s", text))
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format")):
            return ANYTHING.join(re.escape(part) for part in re.split(r"\{\w*\}", text))
        case _:
            return ANYTHING
