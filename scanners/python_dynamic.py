"""Names that are put together at run time, where a retired module or a name of the provider may be meant.

    importlib.import_module(f"lib.{provider}_client")    may load lib.gradient_client
    getattr(self, "gradient_" + kind)                    may read gradient_chat, which has to keep its name

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
READERS = {"getattr": 1, "hasattr": 1, "setattr": 1, "delattr": 1, "attrgetter": 0, "methodcaller": 0}
TABLES = ("globals", "locals", "vars")
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


def attributes(tree: PythonTree) -> set[str]:
    """The patterns of the attributes and global names that are looked up by a name of parts, one of them written."""
    asked: list[ast.AST] = []
    if not any(word in tree.text for word in (*READERS, *TABLES, "__dict__")):
        return set()
    for node in tree.nodes:
        match node:
            case ast.Call(args=arguments) if (at := READERS.get(name_of(node.func), 9)) < len(arguments):
                asked.append(arguments[at])
            case ast.Subscript(value=ast.Call() as call) if name_of(call.func) in TABLES:
                asked.append(node.slice)
            case ast.Subscript(value=ast.Attribute(attr="__dict__")):
                asked.append(node.slice)
    given = [v for n in asked if isinstance(n, ast.Name) for _, v in tree.members.values.get(n.id, ())]
    shapes = {_shape(node) for node in (*asked, *given) if isinstance(node, ast.expr)}
    return {shape for shape in shapes if ANYTHING in shape and re.search(r"[^\W_]", shape.replace(ANYTHING, ""))}


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
