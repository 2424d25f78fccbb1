"""What becomes of a condition once the retired provider is gone, where its successor is asked for as well.

    if provider == "gradient" and fast:    never true any more
    if provider != "gradient":             always true from now on
    if provider == "gradient" or fast:     what is left is `fast`

A question is settled only where the successor is handled: the same subject is asked for it in the same scope, its
type names both, or it is a member of an enum that has both. Elsewhere the branch is what the successor inherits, and
the value is renamed where it stands.
"""

from __future__ import annotations

import ast
import bisect
import dataclasses
from collections.abc import Iterator
from functools import cached_property

from offramp.syntax.python import PythonTree
from scanners.dead_branches.python_tests import Asked, Slug, Slugs, last_name, plain

Scope = ast.AST
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
HARMLESS = {
    *("getenv", "get", "len", "isinstance", "issubclass", "hasattr", "getattr", "bool", "str", "int", "any", "all"),
    *("lower", "upper", "strip", "casefold", "startswith", "endswith", "callable"),
}
MIXED = "the condition does something else as well: decide what of it is still needed"


@dataclasses.dataclass(frozen=True, slots=True)
class Folded:
    """`value` None: it still depends on something; `old` are the retired slugs that settled it."""

    value: bool | None = None
    old: tuple[Slug, ...] = ()
    stuck: str = ""


class Conditions:
    def __init__(self, tree: PythonTree, slugs: Slugs, enums: frozenset[str]) -> None:
        self.tree, self.slugs = tree, slugs
        self.enums = enums | slugs.enums
        self._bound: dict[ast.AST, dict[str, list[int]]] = {}

    def fold(self, node: ast.expr) -> Folded:
        match node:
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                folded = self.fold(operand)
                return dataclasses.replace(folded, value=None if folded.value is None else not folded.value)
            case ast.BoolOp(op=op, values=values):
                return self._joined(values, isinstance(op, ast.Or))
        asked = self.slugs.asked(node)
        if asked is None:
            return Folded()
        old = tuple(slug for slug in asked.slugs if slug.text == self.slugs.old)
        if not old or len(old) < len(asked.slugs) or not asked.whole or not self.handled(asked):
            return Folded()
        stuck = next((self.slugs.kept[slug.start] for slug in old if slug.start in self.slugs.kept), "")
        if not stuck and any(isinstance(n, (ast.NamedExpr, ast.Await, ast.Yield)) for n in ast.walk(asked.subject)):
            stuck = MIXED
        return Folded(None if stuck else not asked.positive, old, stuck)

    def _joined(self, values: list[ast.expr], decisive: bool) -> Folded:
        """`and`, `or`: one operand of the decisive value settles all, as all of the other value do."""
        folded = [self.fold(value) for value in values]
        old = tuple(slug for one in folded for slug in one.old)
        stuck = next((one.stuck for one in folded if one.stuck), "")
        for index, one in enumerate(folded):
            if one.value is decisive:
                effects = any(map(_acts, values[:index]))
                return Folded(None, one.old, MIXED) if effects else Folded(decisive, one.old, stuck)
        if all(one.value is not None for one in folded):
            return Folded(not decisive, old, stuck)
        return Folded(None, old if stuck else (), stuck)

    def handled(self, asked: Asked) -> bool:
        """Whether the successor is handled where a question names the retired provider."""
        return self.is_new(asked.subject, tuple(s for s in asked.slugs if s.text == self.slugs.old), asked.node)

    def is_new(self, subject: ast.expr, old: tuple[Slug, ...], node: ast.AST) -> bool:
        news = self.slugs.successors(last_name(subject))
        if any(slug.owner in self.enums for slug in old if slug.owner) or self._typed(subject, news):
            return True
        scope, name = self.scope(subject), ast.unparse(plain(subject))
        at = self.tree.span(node)[0]
        others = (where for where, texts in self._questions.get((scope, name), ()) if texts & news)
        return any(not self._rebound(scope, subject, at, where) for where in others)

    @cached_property
    def _questions(self) -> dict[tuple[Scope, str], list[tuple[int, frozenset[str]]]]:
        """Every question of the module, by scope and subject: where it stands, and which providers it names."""
        found: dict[tuple[Scope, str], list[tuple[int, frozenset[str]]]] = {}
        for node, subject, texts in self._every():
            key = self.scope(subject), ast.unparse(plain(subject))
            found.setdefault(key, []).append((self.tree.span(node)[0], texts))
        return found

    def _every(self) -> Iterator[tuple[ast.AST, ast.expr, frozenset[str]]]:
        for node in self.tree.nodes:
            if isinstance(node, ast.Match):
                for case in node.cases:
                    texts = frozenset(slug.text for slug in self.slugs.patterns(case.pattern))
                    if texts and not stops(case.body[-1]):
                        yield node, node.subject, texts
            elif isinstance(node, (ast.Compare, ast.Call)) and (asked := self.slugs.asked(node)) is not None:
                parent = self.tree.parent(node)
                turned_away = isinstance(parent, ast.If) and asked.positive and stops(parent.body[-1])
                if not turned_away and not isinstance(parent, ast.Assert):
                    yield node, asked.subject, asked.texts

    def scope(self, subject: ast.expr) -> Scope:
        """Where the name is bound that a subject begins with: a function, a class for `self`, else the module."""
        root = _root(subject)
        if root is None:
            return self.tree.tree
        for outer in self.tree.ancestors(root):
            if isinstance(outer, ast.ClassDef) and root.id in ("self", "cls"):
                return outer
            if isinstance(outer, FUNCTIONS) and root.id in self._names(outer) and root.id not in ("self", "cls"):
                return outer
        return self.tree.tree

    def _names(self, function: ast.AST) -> dict[str, list[int]]:
        """The names that a function binds, with the places where it does so anew."""
        if function not in self._bound:
            names = self._bound[function] = {}
            for node in ast.walk(function):
                if isinstance(node, ast.arg):
                    names.setdefault(node.arg, [])
                elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    parent = self.tree.parent(node)
                    value: ast.expr | None = getattr(parent, "value", None)
                    shaped = value is not None and node.id in {getattr(n, "id", "") for n in ast.walk(value)}
                    anew = not shaped and not isinstance(parent, ast.NamedExpr)
                    names.setdefault(node.id, []).extend([self.tree.span(node)[0]] if anew else [])
        return self._bound[function]

    def _rebound(self, scope: Scope, subject: ast.expr, one: int, other: int) -> bool:
        """Whether the subject is bound anew between two places, other than by bringing it into shape."""
        root = _root(subject)
        if root is None or not isinstance(scope, FUNCTIONS):
            return False
        places = sorted(self._names(scope).get(root.id, ()))
        first, last = min(one, other), max(one, other)
        return bisect.bisect_right(places, first) < bisect.bisect_left(places, last)

    def _typed(self, subject: ast.expr, news: frozenset[str]) -> bool:
        """Whether the parameter that is asked about is declared to be one of both."""
        name = plain(subject)
        function = self.scope(subject)
        if not isinstance(name, ast.Name) or not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return False
        every = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
        declared = next((a.annotation for a in every if a.arg == name.id and a.annotation is not None), None)
        if declared is None:
            return False
        parts = (n for part in (declared, *self._aliases(declared)) for n in ast.walk(part))
        texts = {n.value for n in parts if isinstance(n, ast.Constant) and isinstance(n.value, str)}
        return self.slugs.old in texts and bool(texts & news)

    def _aliases(self, declared: ast.expr) -> Iterator[ast.expr]:
        names = {n.id for n in ast.walk(declared) if isinstance(n, ast.Name)}
        for statement in self.tree.tree.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in names:
                    yield value
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if name in names:
                    yield value


def stops(last: ast.stmt) -> bool:
    """Whether a block ends by refusing to go on."""
    match last:
        case ast.Raise():
            return True
        case ast.Expr(value=ast.Call(func=func)):
            return ast.unparse(func) in ("sys.exit", "exit", "quit", "os._exit", "parser.error")
    return False


def _root(subject: ast.expr) -> ast.Name | None:
    """The name that a subject begins with."""
    node: ast.AST = plain(subject)
    while not isinstance(node, ast.Name):
        match node:
            case ast.Attribute(value=inner) | ast.Subscript(value=inner) | ast.Call(func=inner):
                node = inner
            case _:
                return None
    return node


def _acts(node: ast.expr) -> bool:
    """Whether evaluating an expression may do something beside giving a value."""
    for part in ast.walk(node):
        if isinstance(part, (ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom)):
            return True
        if isinstance(part, ast.Call) and ast.unparse(part.func).rpartition(".")[2] not in HARMLESS:
            return True
    return False
