"""Why code must stay although only the retired provider runs it: what it does reaches beyond it.

In a branch `if provider == "gradient":`

    timeout = 30                 set nowhere else, and read further down
    global retries               says of the whole function what `retries` is
    yield "x"                    makes a generator of the function
    os.environ["TZ"] = "UTC"     a setting of the whole process, not of the provider
"""

from __future__ import annotations

import ast
import bisect
from collections.abc import Iterator, Sequence

from offramp.syntax.python import PythonTree
from offramp.vocabulary import Vocabulary
from scanners.dead_branches import Dead

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
Span = tuple[int, int]


def spoilt(tree: PythonTree, vocabulary: Vocabulary, found: Sequence[Dead]) -> dict[int, str]:
    """What must stay, by where its slug starts, with the reason."""
    found = [dead for dead in found if not dead.stuck and not dead.member]  # a member's uses change with it
    gone = _merged([region for dead in found for region in dead.regions])
    if not gone:
        return {}
    judge = _Judge(tree, vocabulary, gone)
    reasons: dict[int, str] = {}
    for node in tree.nodes:
        if judge.inside(node) and (reason := judge.reason(node)) is not None:
            at = tree.span(node)[0]
            holders = [dead for dead in found if any(a <= at < b for a, b in dead.regions)]
            for dead in holders:
                reasons.setdefault(dead.start, reason)
    return reasons


class _Judge:
    def __init__(self, tree: PythonTree, vocabulary: Vocabulary, gone: list[Span]) -> None:
        self.tree, self.vocabulary, self.gone = tree, vocabulary, gone

    def inside(self, node: ast.AST) -> bool:
        if not hasattr(node, "lineno"):
            return False
        at = self.tree.span(node)[0]
        index = bisect.bisect_right(self.gone, (at, len(self.tree.text) + 1)) - 1
        return index >= 0 and at < self.gone[index][1]

    def reason(self, node: ast.AST) -> str | None:
        scope = self._scope(node)
        if not self.inside(scope) and isinstance(node, (ast.Yield, ast.YieldFrom)):
            others = (n for n in self._of(scope) if isinstance(n, (ast.Yield, ast.YieldFrom)))
            if not any(not self.inside(other) for other in others):
                return "it makes a generator of the function around it: decide whether that is still needed"
        if not self.inside(scope) and isinstance(node, (ast.Global, ast.Nonlocal)):
            name = next((n for n in node.names if self._reads(scope, n)), None)
            if name is not None:
                return f"it says for the whole function what {name} is: move that statement out of the branch first"
        for name in _binds(node):
            if not self.inside(scope) and (reason := self._missed(scope, node, name)) is not None:
                return reason
        return self._set(node)

    def _scope(self, node: ast.AST) -> ast.AST:
        for outer in self.tree.ancestors(node):
            own = isinstance(outer, COMPREHENSIONS) and not isinstance(self.tree.parent(node), ast.NamedExpr)
            if own or isinstance(outer, (*FUNCTIONS, ast.ClassDef)):
                return outer
        return self.tree.tree

    def _of(self, scope: ast.AST) -> Iterator[ast.AST]:
        return (node for node in ast.walk(scope) if node is not scope and self._scope(node) is scope)

    def _missed(self, scope: ast.AST, node: ast.AST, name: str) -> str | None:
        """Why a name must stay that is bound here: it is read where nothing else binds it."""
        if any(name in _binds(other) and not self.inside(other) for other in self._of(scope)):
            return None
        if isinstance(scope, FUNCTIONS) and name in {a.arg for a in ast.walk(scope.args) if isinstance(a, ast.arg)}:
            return None
        line = self._reads(self.tree.tree if isinstance(scope, ast.ClassDef) else scope, name)
        if line is None:
            return None
        return f"{name} is set in this branch only, and line {line} needs it: set it for the others, or remove both"

    def _reads(self, scope: ast.AST, name: str) -> int | None:
        for node in ast.walk(scope):
            match node:
                case ast.Name(id=read) | ast.Attribute(attr=read) if read == name and not self.inside(node):
                    if isinstance(node, ast.Name) or scope is self.tree.tree:
                        return node.lineno
        return None

    def _set(self, node: ast.AST) -> str | None:
        """An attribute or an item that outlives the branch."""
        match node:
            case ast.Attribute(attr=name, ctx=ast.Store()):
                pass
            case ast.Subscript(value=owner, slice=ast.Constant(value=str() as name), ctx=ast.Store()):
                if ast.unparse(owner) == "os.environ":
                    return self._environment(name)
            case ast.Call(
                func=ast.Attribute(attr="setdefault" | "putenv") as function,
                args=[ast.Constant(value=str() as name), *_],
            ) if ast.unparse(function) in ("os.environ.setdefault", "os.putenv"):
                return self._environment(name)
            case _:
                return None
        read = None
        for other in self.tree.nodes:
            match other:
                case ast.Attribute(attr=same) | ast.Subscript(slice=ast.Constant(value=same)) if same == name:
                    if not self.inside(other) and isinstance(other.ctx, ast.Store):
                        return None
                    read = other.lineno if not self.inside(other) and read is None else read
        if read is None:
            return None
        return f"{name} is set in this branch only, and line {read} needs it: set it for the others, or remove both"

    def _environment(self, name: str) -> str | None:
        if self.vocabulary.find(name):
            return None
        return f"it sets {name} for the whole process: decide whether that is still needed"


def _binds(node: ast.AST) -> Sequence[str]:
    """The names that one node binds in the scope around it."""
    match node:
        case ast.Name(id=name, ctx=ast.Store()) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return (name,)
        case ast.ClassDef(name=name) | ast.ExceptHandler(name=str() as name):
            return (name,)
        case ast.MatchAs(name=str() as name) | ast.MatchStar(name=str() as name) | ast.MatchMapping(rest=str() as name):
            return (name,)
        case ast.alias(name=name, asname=asname):
            return ((asname or name).partition(".")[0],)
    return ()


def _merged(spans: Sequence[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged
