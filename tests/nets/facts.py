"""What a Python file defines and what it uses, as `reader` tells it: with `ast` alone, nothing of the code that renames.

    class Client:                 defines the class Client, the attribute and the parameter key
        def __init__(self, key):
            self.key = key
    Client(key=1).key             uses the name Client, the keyword key of Client, the attribute key

Only what can be told by name is told: `halves` compares these facts before and after a change.
"""

from __future__ import annotations

import ast
import dataclasses
import json
import re
import warnings
from collections import defaultdict

DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+(?::[A-Za-z_]\w*)?|[A-Za-z_]\w*:[A-Za-z_]\w*")
FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef


@dataclasses.dataclass(frozen=True, slots=True)
class Use:
    """`name` is what is used, of `owner`: the function of a keyword, the module of an imported name, the class of self."""

    kind: str
    name: str
    line: int
    owner: str = ""


@dataclasses.dataclass(slots=True)
class Class:
    members: set[str]
    bases: list[str]
    fields: set[str]
    methods: set[str]


@dataclasses.dataclass(slots=True)
class File:
    """The facts of one file; `top` are the names that its module binds, `stars` the modules it takes everything from."""

    path: str
    top: set[str] = dataclasses.field(default_factory=set)
    stars: list[str] = dataclasses.field(default_factory=list)
    classes: dict[str, Class] = dataclasses.field(default_factory=dict)
    attributes: set[str] = dataclasses.field(default_factory=set)
    signatures: dict[str, list[tuple[set[str], bool]]] = dataclasses.field(default_factory=lambda: defaultdict(list))
    fixtures: set[str] = dataclasses.field(default_factory=set)
    items: set[str] = dataclasses.field(default_factory=set)  # fields of TypedDicts
    uses: list[Use] = dataclasses.field(default_factory=list)
    exact: dict[str, set[str]] = dataclasses.field(default_factory=dict)  # class or function → what a stub must mirror


def source_of(path: str, text: str) -> str:
    """The Python in a file: of a notebook its code cells, without the lines that are IPython's own."""
    if not path.endswith(".ipynb"):
        return text
    cells = json.loads(text).get("cells", [])
    lines = ("".join(cell.get("source", "")) for cell in cells if cell.get("cell_type") == "code")
    return "\n".join(re.sub(r"(?m)^([ \t]*)[%!].*$", r"\1pass", cell) for cell in lines)


def parsed(path: str, text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source_of(path, text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def text_uses(text: str) -> list[Use]:
    """Dotted names in a file that is not Python: entry points, the application that a server is told to load."""
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) < 1000:
            found += [Use("dotted name", m[0].replace(":", "."), number) for m in DOTTED.finditer(line) if ":" in m[0]]
    return found


def last(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a chain of attributes that begins with a name, else nothing."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def constant(node: ast.AST | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def parameters(node: FUNCTIONS | ast.Lambda) -> list[ast.arg]:
    return [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]


def is_fixture(node: FUNCTIONS) -> str:
    """The name of the fixture that a function is, or nothing."""
    for decorator in node.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        if last(call.func if call else decorator) == "fixture":
            given = [constant(k.value) for k in call.keywords if k.arg == "name"] if call else []
            return given[0] if given and given[0] else node.name
    return ""


def absolute(path: str, node: ast.ImportFrom) -> str:
    """The module of `from … import`, relative ones resolved against the file's folder."""
    if not node.level:
        return node.module or ""
    folders = path.split("/")[: -node.level]
    return ".".join([*folders, *([node.module] if node.module else [])])
