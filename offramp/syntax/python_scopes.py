"""Which scope a Python name belongs to, and whether a rename would make two names one.

def f(llm_model, gradient_model): ...     they meet: one would hide the other
def f(llm_model): ...
def g(gradient_model): ...                they do not

A name means what the scope that binds it says, so a rename is right when every use still belongs to the scope that it
belonged to, and no scope holds both. That also finds what a new parameter would capture from the functions around it,
and what a new definition would hide of Python's own names.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Scope:
    """A module, a class, a function, a lambda or a comprehension, with the names that it binds."""

    __slots__ = ("bound", "declared", "node", "parent")

    def __init__(self, node: ast.AST, parent: Scope | None) -> None:
        self.node, self.parent = node, parent
        self.bound: set[str] = set()
        self.declared: dict[str, bool] = {}  # by `global` (True) or `nonlocal`

    def binds(self, names: frozenset[str]) -> bool:
        return not names.isdisjoint(self.bound)

    def is_global(self, names: frozenset[str]) -> bool | None:
        return next((self.declared[name] for name in names if name in self.declared), None)


class Scopes:
    """The scopes of a module, where each name is used, and what is bound other than by import."""

    def __init__(self, tree: ast.Module) -> None:
        self.module = Scope(tree, None)
        self.home: dict[ast.AST, Scope] = {}  # of names, imports and f-strings
        self.parameters: list[tuple[Scope, str, ast.expr | None]] = []
        self._users: dict[str, set[Scope]] = {}
        self._storing: dict[str, set[Scope]] = {}
        waiting: list[tuple[ast.AST, Scope]] = [(tree, self.module)]
        while waiting:
            waiting += self._enter(*waiting.pop())

    def resolve(self, scope: Scope, *names: str) -> Scope:
        """The scope that a name used in `scope` belongs to; with several names, as if they were one."""
        sought = frozenset(names)
        declared = scope.is_global(sought)
        if declared:
            return self.module
        if declared is None and scope.binds(sought):
            return scope
        outer = scope.parent
        while outer is not None and outer.parent is not None:
            if not isinstance(outer.node, ast.ClassDef):
                if outer.is_global(sought):
                    break
                if outer.is_global(sought) is None and outer.binds(sought):
                    return outer
            outer = outer.parent
        return self.module

    def users(self, name: str) -> set[Scope]:
        """The scopes in which a name is used or bound."""
        return self._users.get(name, set())

    @property
    def assigned(self) -> Collection[str]:
        """The names that the module binds other than by import."""
        return self._storing.keys()

    def assigns(self, scope: Scope, name: str) -> bool:
        """Whether a scope binds a name in another way than by an import."""
        return any(self.resolve(storing, name) is scope for storing in self._storing.get(name, ()))

    def belongs(self, node: ast.AST, name: str, owner: Scope) -> bool:
        """Whether the name at a node is that of a scope; in an f-string each one, in `__all__` that of the module."""
        if isinstance(node, ast.Constant):
            return owner is self.module
        inner: list[ast.AST] = [n for n in ast.walk(node) if isinstance(n, ast.Name) and n.id == name]
        homes = [self.home[n] for n in (inner or [node]) if n in self.home]
        return bool(homes) and all(self.resolve(home, name) is owner for home in homes)

    def meet(self, old: str, new: str) -> bool:
        """Whether renaming `old` to `new` throughout the module would confuse the two."""
        places = {name: {scope: self.resolve(scope, name) for scope in self.users(name)} for name in (old, new)}
        if not set(places[old].values()).isdisjoint(places[new].values()):
            return True
        return any(
            self.resolve(scope, old, new) is not owner for pairs in places.values() for scope, owner in pairs.items()
        )

    def _use(self, scope: Scope, name: str) -> None:
        self._users.setdefault(name, set()).add(scope)

    def _bind(self, scope: Scope, name: str, *, imported: bool = False) -> None:
        self._use(scope, name)
        scope.bound.add(name)
        if not imported:
            self._storing.setdefault(name, set()).add(scope)

    def _enter(self, node: ast.AST, scope: Scope) -> list[tuple[ast.AST, Scope]]:
        """Note what a node binds or uses; the nodes in it, each with its scope."""
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            return self._definition(node, scope)
        if isinstance(node, COMPREHENSIONS):
            inner, first = Scope(node, scope), node.generators[0].iter
            children = [(child, inner) for g in node.generators for child in (g.target, *g.ifs)]
            children += [(g.iter, inner) for g in node.generators[1:]]
            heads = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
            return [(first, scope), *((head, inner) for head in heads), *children]
        if isinstance(node, ast.NamedExpr):
            return [(node.target, _statement_scope(scope)), (node.value, scope)]
        self._note(node, scope)
        return [(child, scope) for child in ast.iter_child_nodes(node)]

    def _note(self, node: ast.AST, scope: Scope) -> None:
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                self._use(scope, name)
                self.home[node] = scope
            case ast.Name(id=name):
                self._bind(scope, name)
                self.home[node] = scope
            case ast.JoinedStr():
                self.home[node] = scope
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                self.home[node] = scope
                for alias in aliases:
                    self._bind(scope, alias.asname or alias.name.partition(".")[0], imported=True)
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                self._bind(scope, name)
            case ast.MatchMapping(rest=str(name)):
                self._bind(scope, name)
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                self.home[node] = scope
                for name in names:
                    scope.declared[name] = isinstance(node, ast.Global)
                    self._bind(self.module if scope.declared[name] else scope, name)
                    self._use(scope, name)

    def _definition(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef, scope: Scope
    ) -> list[tuple[ast.AST, Scope]]:
        """A function or class: its decorators, defaults, bases and annotations belong to the scope around it."""
        inner = Scope(node, scope)
        if not isinstance(node, ast.Lambda):
            self._bind(scope, node.name)
        body: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else list(node.body)
        body += getattr(node, "type_params", [])
        if not isinstance(node, ast.ClassDef):
            for argument in _parameters(node.args):
                self._bind(inner, argument.arg)
                self.parameters.append((inner, argument.arg, argument.annotation))
        within = {id(child) for child in body}
        outside = [child for child in ast.iter_child_nodes(node) if id(child) not in within]
        return [*((child, inner) for child in reversed(body)), *((child, scope) for child in outside)]


def _parameters(arguments: ast.arguments) -> Iterator[ast.arg]:
    yield from (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    yield from (argument for argument in (arguments.vararg, arguments.kwarg) if argument is not None)


def _statement_scope(scope: Scope) -> Scope:
    """Where `:=` binds: not in the comprehensions around it."""
    while isinstance(scope.node, COMPREHENSIONS) and scope.parent is not None:
        scope = scope.parent
    return scope
