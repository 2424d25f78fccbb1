"""Reads the facts of a Python file: the names that it binds, its classes and signatures, and every use, in order."""

from __future__ import annotations

import ast
import re
import string
from collections import defaultdict
from collections.abc import Iterator

from tests.nets.facts import (
    DOTTED,
    FUNCTIONS,
    Class,
    File,
    Use,
    absolute,
    constant,
    dotted,
    is_fixture,
    last,
    parameters,
)

NOTHING = ast.expr_context | ast.operator | ast.boolop | ast.unaryop
ATTRIBUTE_CALLS = {"getattr": 1, "hasattr": 1, "delattr": 1, "object": 1, "attrgetter": 0, "methodcaller": 0}


def read(path: str, tree: ast.Module) -> File:
    """The facts of a parsed file."""
    file = File(path)
    _Reader(file, tree).read()
    return file


class _Reader:
    def __init__(self, file: File, tree: ast.Module) -> None:
        self.file, self.tree = file, tree
        self.imports: dict[str, set[str]] = defaultdict(set)  # name → what it is imported as
        self.stored: set[str] = set()
        self.chained: set[ast.AST] = set()

    def read(self) -> None:
        nodes = list(_within_classes(self.tree))
        self._top(self.tree.body)
        for node, _ in nodes:
            self._binds(node)
        for node, owner in nodes:
            self._node(node, owner)

    def _top(self, body: list[ast.stmt]) -> None:
        """The names that the module binds, in whatever branch."""
        for statement in body:
            if isinstance(statement, FUNCTIONS | ast.ClassDef):
                self.file.top.add(statement.name)
                continue
            for node in ast.walk(statement):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    self.file.top.add(node.id)
                elif isinstance(node, FUNCTIONS | ast.ClassDef):
                    self.file.top.add(node.name)
                elif isinstance(node, ast.alias):
                    self.file.top.add(node.asname or node.name.partition(".")[0])

    def _binds(self, node: ast.AST) -> None:
        match node:
            case ast.Import():
                for alias in node.names:
                    head = alias.name if alias.asname else alias.name.partition(".")[0]
                    self.imports[alias.asname or head].add(head)
            case ast.ImportFrom():
                module = absolute(self.file.path, node)
                for alias in node.names:
                    self.imports[alias.asname or alias.name].add(f"{module}.{alias.name}".lstrip("."))
            case ast.Global(names=names):
                self.file.top.update(names)
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
                self.stored.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                self.stored.add(name)

    def _use(self, kind: str, name: str, node: ast.AST, owner: str = "") -> None:
        self.file.uses.append(Use(kind, name, getattr(node, "lineno", 1), owner))

    def _node(self, node: ast.AST, owner: str) -> None:
        match node:
            case ast.ClassDef():
                self._class(node)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._function(node, owner)
            case ast.Import():
                for alias in node.names:
                    self._use("module", alias.name, node)
            case ast.ImportFrom():
                self._import_from(node)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AugAssign(target=ast.Name(id=name)):
                self._assigned(name, node.value)
            case ast.Attribute():
                self._attribute(node, owner)
            case ast.Call():
                self._call(node)
            case _:
                self._written(node)

    def _written(self, node: ast.AST) -> None:
        """What is named by strings and by patterns."""
        match node:
            case ast.MatchClass():
                for name in node.kwd_attrs:
                    self._use("attribute", name, node)
            case ast.Subscript(slice=ast.Constant(value=str(name))):
                self._use("item", name, node)
            case ast.Dict():
                for key in node.keys:
                    if constant(key):
                        self._use("item", constant(key), key)
            case ast.Constant(value=str(text)) if len(text) < 300 and DOTTED.fullmatch(text):
                self._use("dotted name", text.replace(":", "."), node)

    def _assigned(self, name: str, value: ast.expr) -> None:
        texts = [n for n in ast.walk(value) if constant(n)] if name in ("__all__", "__slots__") else []
        for text in texts:
            if name == "__all__":
                self._use("export", constant(text), text)
            else:
                self.file.attributes.add(constant(text))

    def _class(self, node: ast.ClassDef) -> None:
        members = {n.attr for n in ast.walk(node) if _is_own_store(n)}
        fields, methods = set(), set()
        for statement in node.body:
            for inner in [statement] if isinstance(statement, FUNCTIONS | ast.ClassDef) else ast.walk(statement):
                if isinstance(inner, FUNCTIONS | ast.ClassDef):
                    methods.add(inner.name)
                elif isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                    fields.add(inner.id)
        bases = [last(base.value if isinstance(base, ast.Subscript) else base) for base in node.bases]
        self.file.classes[node.name] = Class(members | fields | methods, bases, fields, methods)
        self.file.attributes |= members | fields | methods | {node.name}
        self.file.exact[f"class {node.name}"] = fields | methods | members
        if "TypedDict" in bases:
            self.file.items |= fields
        if "__init__" not in methods:
            self.file.signatures[node.name].append(
                (fields, not fields or bool(set(bases) - {"TypedDict", "NamedTuple"}))
            )

    def _function(self, node: FUNCTIONS, owner: str) -> None:
        names = {p.arg for p in parameters(node)}
        called = owner if node.name == "__init__" else node.name
        self.file.signatures[called].append((names, node.args.kwarg is not None))
        self.file.exact[f"{owner}.{node.name}"] = names
        if fixture := is_fixture(node):
            self.file.fixtures.add(fixture)
        if fixture or node.name.startswith("test"):
            for parameter in parameters(node):
                self._use("fixture", parameter.arg, parameter)
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call) and last(decorator.func) == "parametrize" and decorator.args:
                for name in re.split(r"[,\s]+", constant(decorator.args[0])):
                    if name:
                        self._use("parametrized", name, decorator, ",".join(sorted(names)))

    def _import_from(self, node: ast.ImportFrom) -> None:
        module = absolute(self.file.path, node)
        self._use("module", module, node)
        for alias in node.names:
            if alias.name == "*":
                self.file.stars.append(module)
            else:
                self._use("imported name", f"{module}.{alias.name}", alias)

    def _attribute(self, node: ast.Attribute, owner: str) -> None:
        if not isinstance(node.ctx, ast.Load):
            self.file.attributes.add(node.attr)
            if owner and isinstance(node.value, ast.Name) and node.value.id == "self":
                return
        chain = dotted(node) if node not in self.chained else ""
        head, _, rest = chain.partition(".")
        self.chained.add(node.value)
        target = next(iter(self.imports.get(head, ())), "")
        if chain and head not in self.stored and len(self.imports.get(head, ())) == 1:
            self._use("dotted name", f"{target}.{rest}", node)
            if "." not in rest and target.islower():  # of a module, then: it may be another's that has the same name
                return
        if head == "self" and owner and "." not in rest:
            self._use("attribute", node.attr, node, owner)
        else:
            self._use("attribute", node.attr, node)

    def _call(self, node: ast.Call) -> None:
        name = last(node.func)
        if isinstance(node.func, ast.Name) and len(targets := self.imports.get(name, ())) == 1:
            name = next(iter(targets)).rpartition(".")[2]  # called by the name that it has where it is defined
        self._keywords(node, name)
        if name in ("SimpleNamespace", "Namespace", "Mock", "MagicMock", "AsyncMock", "namedtuple", "make_dataclass"):
            self.file.attributes.update(k.arg for k in node.keywords if k.arg)
            texts = (constant(n) for argument in node.args[1:] for n in ast.walk(argument))
            self.file.attributes.update(word for text in texts for word in re.split(r"[,\s]+", text) if word)
        position = ATTRIBUTE_CALLS.get(name, -1)
        if name == "setattr" and len(node.args) > 1:
            if isinstance(node.func, ast.Name):
                self.file.attributes.add(constant(node.args[1]))
            position = 1
        if 0 <= position < len(node.args) and constant(node.args[position]).isidentifier():
            self._use("attribute", constant(node.args[position]), node)
        first = constant(node.args[0]) if node.args else ""
        if name in ("usefixtures", "getfixturevalue"):
            for argument in node.args:
                self._use("fixture", constant(argument), node)
        elif name == "get" and first:
            self._use("item", first, node)
        elif name == "format" and isinstance(node.func, ast.Attribute) and constant(node.func.value):
            self._format(node, constant(node.func.value))

    def _keywords(self, node: ast.Call, name: str) -> None:
        for keyword in node.keywords:
            if keyword.arg:
                self._use("keyword", keyword.arg, keyword, name)
            elif isinstance(keyword.value, ast.Dict):
                for key in keyword.value.keys:
                    if constant(key):
                        self._use("keyword", constant(key), keyword, name)

    def _format(self, node: ast.Call, text: str) -> None:
        given = {k.arg for k in node.keywords}
        if None not in given:
            for field in _fields(text):
                self._use("format field", field, node, ",".join(sorted(str(g) for g in given)))


def _within_classes(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """Every node in the order of the text, with the class that it stands in."""
    waiting: list[tuple[ast.AST, str]] = [(tree, "")]
    while waiting:
        node, owner = waiting.pop()
        yield node, owner
        below = node.name if isinstance(node, ast.ClassDef) else owner
        children: list[ast.AST] = []
        for field in node._fields:
            value = getattr(node, field, None)
            if isinstance(value, list):
                children += [item for item in value if isinstance(item, ast.AST)]
            elif isinstance(value, ast.AST) and not isinstance(value, NOTHING):
                children.append(value)
        waiting += [(child, below) for child in reversed(children)]


def _fields(text: str) -> Iterator[str]:
    try:
        names = [re.split(r"[.\[]", field)[0] for _, field, _, _ in string.Formatter().parse(text) if field]
    except ValueError:
        return
    yield from (name for name in names if name.isidentifier())


def _is_own_store(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load) and last(node.value) in ("self", "cls")
    )
