"""The classes of a module with their members, and what the attributes and keys of one object are.

class Client(Base):               members chat, model, retries; derived from Base
    retries = 3
    def chat(self): self.model = 1

show(settings.llm_model, settings.gradient_model)     two attributes of one object: their names must stay two
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Hashable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from offramp.syntax.python_names import LOOKUPS, ON_OBJECT, constant, name_of

if TYPE_CHECKING:
    from offramp.syntax.python import PythonTree
    from offramp.syntax.python_scopes import Scope

ITSELF = ("self", "cls", "mcs")
PLAIN = frozenset({"str", "int", "float", "bool", "bytes", "list", "dict", "set", "tuple", "Optional", "Union", "Any"})
PLAIN |= {"List", "Dict", "Annotated", "Literal", "SecretStr", "AnyUrl", "HttpUrl", "AnyHttpUrl", "Path", "PositiveInt"}
ANYBODY = frozenset({"dict", "SimpleNamespace", "Mock", "MagicMock", "AsyncMock", "format", "update", "__init__"})


@dataclasses.dataclass(frozen=True, eq=False)
class Class:
    name: str
    bases: tuple[str, ...]  # as they are written, without type arguments
    members: frozenset[str]
    columns: frozenset[str] = frozenset()  # members that a table of a database has, too
    settings: frozenset[str] = frozenset()  # members that are read from environment variables called like them


@dataclasses.dataclass(frozen=True, slots=True)
class Use:
    """An attribute, key or keyword of an object; `called` where objects of that name are likely to be alike."""

    object: Hashable
    called: str


class Members:
    """What a module says of attributes, by their names."""

    def __init__(self, tree: PythonTree) -> None:
        self.tree = tree
        self._named: dict[str, list[ast.AST]] = {}
        for node in tree.nodes:
            match node:
                case ast.Attribute(attr=name) | ast.keyword(arg=str(name)) | ast.Constant(value=str(name)):
                    self._named.setdefault(name, []).append(node)

    @cached_property
    def classes(self) -> list[Class]:
        found = {node: set(_body(node)) for node in self.tree.nodes if isinstance(node, ast.ClassDef)}
        owned = ((n, node) for n, nodes in self._named.items() for node in nodes if found and _is_attribute(node))
        for name, node in owned:
            around = next((n for n in self.tree.ancestors(node) if isinstance(n, ast.ClassDef)), None)
            if around is not None:
                found[around].add(name)
        return [_class(node, names) for node, names in found.items()]

    @cached_property
    def values(self) -> dict[str, list[tuple[Scope, ast.AST | None]]]:
        """What each variable is given: values, annotations; None for what is given in another way."""
        found: dict[str, list[tuple[Scope, ast.AST | None]]] = {}
        for node, home in self.tree.scopes.home.items():
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                given: ast.AST | None = None
                match self.tree.parent(node):
                    case ast.Assign(targets=[target]) as statement if target is node:
                        given = statement.value
                    case ast.AnnAssign(annotation=given_as):
                        given = given_as
                    case ast.withitem(context_expr=opened):
                        given = opened
                owner = self.tree.scopes.resolve(home, node.id)
                found.setdefault(node.id, []).append((owner, given))
        for scope, name, annotation in self.tree.scopes.parameters:
            found.setdefault(name, []).append((scope, annotation))
        return found

    def sets(self, name: str) -> bool:
        """Whether the module sets an attribute of the name."""
        nodes = self._named.get(name, ())
        return any(isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) for node in nodes)

    def uses(self, name: str) -> Iterator[Use]:
        """What a name is an attribute, a key or a keyword of, except of `self`: that is for the classes."""
        for node in self._named.get(name, ()):
            parent = self.tree.parent(node)
            match node, parent:
                case ast.Attribute(value=receiver), _ if not _is_own(receiver):
                    yield self._of("attribute", receiver)
                case ast.Constant(), ast.Subscript(value=receiver):
                    yield self._of("key", receiver)
                case ast.Constant(), ast.Dict(keys=keys) if any(key is node for key in keys):
                    yield Use(parent, "")
                    match self.tree.parent(parent):
                        case ast.keyword(arg=None) as given if isinstance(call := self.tree.parent(given), ast.Call):
                            yield self._argument(call)
                case ast.Constant(), ast.Call(func=func, args=args) if name_of(func) in LOOKUPS and args:
                    on_object = name_of(func) in ON_OBJECT
                    receiver = args[0] if on_object else func.value if isinstance(func, ast.Attribute) else func
                    if receiver is not node and not (on_object and _is_own(receiver)):
                        yield self._of("attribute" if on_object else "key", receiver)
                case ast.keyword(), ast.Call() as call:
                    yield self._argument(call)

    def calls_super(self, name: str) -> set[str]:
        """The classes that take a method of the name from what they are derived from."""
        called = [n for n in self._named.get(name, ()) if isinstance(n, ast.Attribute) and _is_super(n.value)]
        return {n.name for node in called for n in self.tree.ancestors(node) if isinstance(n, ast.ClassDef)}

    def _argument(self, call: ast.Call) -> Use:
        """What a keyword belongs to: to all calls of a name, or to this call of what takes any keyword."""
        named = name_of(call.func)
        called = name_of(call.args[0]) if named == "partial" and call.args else named
        return Use(call, "") if called in ANYBODY else Use(("call", called), f"{called}()")

    def declares_option(self, option: str) -> bool:
        """Whether a command-line option is declared whose value gets its name from the option."""
        for node in self._named.get(option, ()):
            call = self.tree.parent(node)
            if isinstance(call, ast.Call) and name_of(call.func) in ("add_argument", "add_option", "option"):
                named = any(k.arg == "dest" for k in call.keywords)
                named |= any(constant(a) and not constant(a).startswith("-") for a in call.args)
                if not named:
                    return True
        return False

    def _of(self, what: str, receiver: ast.AST) -> Use:
        """The object that an expression stands for, as far as its first name tells."""
        root, source = receiver, ast.unparse(receiver)
        while isinstance(root, (ast.Attribute, ast.Subscript, ast.Call)):
            root = root.func if isinstance(root, ast.Call) else root.value
        scopes = self.tree.scopes
        called = name_of(receiver) if what == "attribute" else ""  # there are many dicts called alike
        home = scopes.home.get(root)
        if not isinstance(root, ast.Name) or home is None:
            return Use((what, self.tree, source), called)
        if root.id in ITSELF:
            around = next((n for n in self.tree.ancestors(root) if isinstance(n, ast.ClassDef)), None)
            return Use((what, around, source), called)
        imported = sorted(b.target for b in self.tree.imports if b.name == root.id)
        owner = scopes.resolve(home, root.id)
        if imported and owner is scopes.module:
            return Use((what, imported[0], source.removeprefix(root.id)), called)
        return Use((what, owner, source), called)


def _class(node: ast.ClassDef, members: set[str]) -> Class:
    columns, settings = set(), set()
    table = any(k.arg == "table" for k in node.keywords)  # as SQLModel says it
    reads = any(name_of(base) == "BaseSettings" for base in node.bases)
    for statement in node.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
                if table or dotted(annotation).endswith("Mapped") or _is_column(value):
                    columns.add(name)
                if reads and _is_plain(annotation) and "alias=" not in (ast.unparse(value) if value else ""):
                    settings.add(name)
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_column(value):
                columns.add(name)
    bases = tuple(map(dotted, node.bases))
    return Class(node.name, bases, frozenset(members), frozenset(columns), frozenset(settings))


def _is_plain(annotation: ast.AST) -> bool:
    """Whether a type is one that a setting can be read into as it is, not a group of settings."""
    return all(node.id in PLAIN for node in ast.walk(annotation) if isinstance(node, ast.Name))


def _is_column(value: ast.AST | None) -> bool:
    """`Column(…)`, `mapped_column(…)`, `models.CharField(…)`."""
    written = dotted(value.func) if isinstance(value, ast.Call) else ""
    return written.rpartition(".")[2] in ("Column", "mapped_column") or written.startswith("models.")


def _body(node: ast.ClassDef) -> Iterator[str]:
    """The names that the body of a class defines."""
    for statement in node.body:
        match statement:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case ast.Assign(targets=targets, value=value):
                names = [n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)]
                yield from names
                if names == ["__slots__"]:
                    yield from (constant(n) for n in ast.walk(value) if constant(n))


def _is_attribute(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and _is_own(node.value)


def _is_own(receiver: ast.AST) -> bool:
    return (isinstance(receiver, ast.Name) and receiver.id in ITSELF) or _is_super(receiver)


def _is_super(receiver: ast.AST) -> bool:
    return isinstance(receiver, ast.Call) and isinstance(receiver.func, ast.Name) and receiver.func.id == "super"


def dotted(node: ast.AST) -> str:
    """`pkg.Base` of `pkg.Base[int]`; empty for what is no name."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=inner, attr=name) if before := dotted(inner):
            return f"{before}.{name}"
        case ast.Subscript(value=inner):
            return dotted(inner)
    return ""
