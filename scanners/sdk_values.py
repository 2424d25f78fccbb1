"""Which names of a Python file hold an object of an SDK, as far as its statements prove.

    model = genai.GenerativeModel("gemini-pro")     model holds what the shape makes
    self.client = cohere.Client(key)                so does self.client, in the methods of its class
    for event in client.chat_stream(message=m):     event holds what the stream yields
    def connect(): return cohere.Client(key)        connect() makes one

A name counts only where all that is ever bound to it is of one kind, or None. What f-strings hold is seen, too.
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator

from offramp.syntax.python import PythonTree
from offramp.syntax.python_tokens import FIELD

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
SCOPES = (*FUNCTIONS, ast.Lambda, ast.ClassDef, ast.Module, *COMPREHENSIONS)
Span = tuple[int, int]


@dataclasses.dataclass(frozen=True)
class Key:
    """A name in its scope; `attribute` where it is one of `self` in a class."""

    scope: ast.AST
    name: str
    attribute: bool = False


class Nodes:
    """The nodes of a file with those inside f-strings, their spans, what surrounds them, and what binds each name."""

    def __init__(self, tree: PythonTree) -> None:
        self.tree = tree
        self.all: list[ast.AST] = []
        self._at: dict[ast.AST, tuple[PythonTree, int]] = {}
        self._outer: dict[ast.AST, ast.AST] = {}  # the expression of an f-string's field → the f-string
        self._bound: dict[Key, list[ast.AST]] = {}
        self._elsewhere: dict[ast.AST, set[str]] = {}  # function → names that it declares global or nonlocal
        inside = {inner for node in tree.nodes if isinstance(node, ast.JoinedStr) for inner in ast.walk(node)}
        inside -= {node for node in tree.nodes if isinstance(node, ast.JoinedStr) and not tree.in_f_string(node)}
        self._add(tree, 0, [node for node in tree.nodes if node not in inside])
        for token in tree.tokens.all:
            if token.kind == FIELD and (inner := tree.field(token)) is not None:
                nodes = [node for node in inner.nodes if not isinstance(node, (ast.Module, ast.Expr))]
                self._outer[nodes[0]] = tree.node_at(token.start, token.end)
                self._add(inner, token.start - 1, nodes)
        for node in self.all:
            self._note(node)

    def _add(self, tree: PythonTree, shift: int, nodes: list[ast.AST]) -> None:
        self.all += nodes
        self._at |= dict.fromkeys(nodes, (tree, shift))

    def span(self, node: ast.AST) -> Span:
        tree, shift = self._at[node]
        start, end = tree.span(node)
        return start + shift, end + shift

    def parent(self, node: ast.AST) -> ast.AST | None:
        if node in self._outer:
            return self._outer[node]
        return self._at[node][0].parent(node)

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        current = self.parent(node)
        while current is not None:
            yield current
            current = self.parent(current)

    def scope(self, node: ast.AST) -> ast.AST:
        """The function, class or module that a node stands in."""
        return next((n for n in self.ancestors(node) if isinstance(n, (*FUNCTIONS, ast.ClassDef))), self.tree.tree)

    def _note(self, node: ast.AST) -> None:
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                self._bind(node, name)
            case ast.arg(arg=name):
                self._bind(node, name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                self._bind(node, name)
            case ast.alias(name=name, asname=asname):
                self._bind(node, asname or name.partition(".")[0])
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                self._bind(node, name)
            case ast.Global(names=several) | ast.Nonlocal(names=several):
                self._elsewhere.setdefault(self.scope(node), set()).update(several)
            case ast.Attribute(ctx=ast.Store() | ast.Del()) if (key := self.key(node)) is not None:
                self._bound.setdefault(key, []).append(node)

    def _bind(self, node: ast.AST, name: str) -> None:
        chain = [n for n in self.ancestors(node) if isinstance(n, SCOPES)]
        target = isinstance(self.parent(node), ast.comprehension) or any(
            isinstance(n, ast.comprehension) and node in set(ast.walk(n.target)) for n in self.ancestors(node)
        )
        owner = next((n for n in chain if target or not isinstance(n, COMPREHENSIONS)), self.tree.tree)
        self._bound.setdefault(Key(owner, name), []).append(node)

    def key(self, node: ast.AST) -> Key | None:
        """What a name, or an attribute of `self`, is the same as elsewhere in the file; None where that is unknown."""
        if isinstance(node, ast.Name):
            return self.resolve(node.id, node)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            owner = self.owner(node.value)
            return Key(owner, node.attr, attribute=True) if owner is not None else None
        return None

    def owner(self, name: ast.Name) -> ast.ClassDef | None:
        """The class whose object a name is: the first parameter of a method."""
        for function in self.ancestors(name):
            if isinstance(function, FUNCTIONS):
                parameters = [*function.args.posonlyargs, *function.args.args]
                if parameters and parameters[0].arg == name.id:
                    outer = self.parent(function)
                    return outer if isinstance(outer, ast.ClassDef) else None
        return None

    def resolve(self, name: str, node: ast.AST) -> Key | None:
        """The scope that binds a name which is read at a node."""
        nearest = True
        for scope in (n for n in self.ancestors(node) if isinstance(n, SCOPES)):
            if isinstance(scope, ast.ClassDef) and not nearest:
                continue
            if name in self._elsewhere.get(scope, ()):
                return Key(self.tree.tree, name) if Key(self.tree.tree, name) in self._bound else None
            if Key(scope, name) in self._bound:
                return Key(scope, name)
            nearest = nearest and isinstance(scope, COMPREHENSIONS)
        return None

    def bindings(self, key: Key) -> list[ast.AST]:
        """Every node that binds a name; of an attribute also the class's own of that name."""
        found = list(self._bound.get(key, ()))
        if key.attribute:
            found += self._bound.get(Key(key.scope, key.name), ())
        elif key.scope is self.tree.tree:
            found += [n for s, names in self._elsewhere.items() if key.name in names for n in self._in(s, key.name)]
        return found

    def _in(self, scope: ast.AST, name: str) -> list[ast.AST]:
        return self._bound.get(Key(scope, name), [])

    def names(self) -> list[Key]:
        """Everything in the file that is bound."""
        return list(self._bound)

    def stored(self) -> set[str]:
        """The names that the file binds other than by import."""
        return {
            key.name
            for key, nodes in self._bound.items()
            if not key.attribute and not all(isinstance(node, ast.alias) for node in nodes)
        }

    def known(self) -> set[str]:
        """Every name that the file binds or reads."""
        names = {key.name for key in self._bound if not key.attribute}
        return names | {node.id for node in self.all if isinstance(node, ast.Name)}

    def value(self, binding: ast.AST) -> ast.expr | None:
        """The expression whose value a simple assignment gives to a name."""
        match self.parent(binding):
            case ast.Assign(targets=targets, value=value) if binding in targets:
                return value
            case ast.AnnAssign(value=value) | ast.NamedExpr(value=value):
                return value
        return None

    def only_value(self, node: ast.AST) -> ast.expr | None:
        """The one expression that a name can stand for, or None where it is another thing or may be several."""
        key = self.key(node)
        bindings = self.bindings(key) if key is not None else []
        return self.value(bindings[0]) if len(bindings) == 1 else None
