"""Uses of a retired Python SDK, by the shapes that `sdks:` of the migration describes.

    model = genai.GenerativeModel("gemini-pro")     a call of the SDK
    model.generate_content("Hello")                 a call on what it made

Calls are followed through the names of a file (see sdk_values): a method counts only on an object of the SDK. What
can't be followed (an object handed on, an argument that no shape knows) is a fault of the whole file.
"""

from __future__ import annotations

import ast
import dataclasses
import functools
import re
from collections.abc import Iterator

from offramp.document import Document
from offramp.evidence import finding
from offramp.migration import Migration, Sdk, Shape
from offramp.migration_sdks import GIVEN, variables
from offramp.model import Finding, Match, Place, Role, Term, TermKind
from offramp.syntax.python import PythonTree
from offramp.syntax.python_imports import Binding
from offramp.vocabulary import Vocabulary
from scanners import sdk_conditions, sdk_patterns
from scanners.sdk_patterns import Bound
from scanners.sdk_values import FUNCTIONS, Key, Nodes

EXPRESSIONS = (ast.Call, ast.Attribute, ast.Subscript, ast.Compare, ast.BoolOp, ast.Name, ast.Dict)
ROUNDS = 12  # each settles one more link of a chain of names; real files need three


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Use:
    """An expression of a retired shape."""

    shape: Shape
    node: ast.expr
    bound: Bound
    start: int
    end: int


def calls(document: Document, vocabulary: Vocabulary) -> Iterator[Finding]:
    """A finding for each use of a retired SDK that has a shape, or looks like one."""
    for sdk in vocabulary.migration.sdks:
        file = follow(document, sdk)
        for use in file.uses if file is not None else ():
            if stays(sdk, use):
                continue
            term = Term(TermKind.SYMBOL, use.shape.match, use.shape.replace, use.shape.match)
            place = Place(Role.CODE, "a call", start=use.start, end=use.end)
            match = Match(use.start, use.end, document.text[use.start : use.end], (term,))
            yield finding(document, "retired-symbol", match, term, place, f"a use of the retired {use.shape.match}")


def stays(sdk: Sdk, use: Use) -> bool:
    """Whether a use is right as it is: an SDK stays that serves both providers, and a call may be of the new one."""
    if sdk.whole or use.shape.match != use.shape.replace or use.bound.fault or use.bound.dropped:
        return False
    return all(argument.keyword is None for argument in use.bound.rest)


def keeps_name(sdk: Sdk, shape: Shape) -> bool:
    """Whether what is called keeps its name: `openai.OpenAI(…)` that is only given other arguments."""
    return not sdk.whole and shape.match.partition("(")[0] == (shape.replace or "").partition("(")[0]


def is_shape(migration: Migration, found: Finding) -> bool:
    """Whether a finding is one of those above."""
    return found.term.kind is TermKind.SYMBOL and any(
        shape.match == found.term.entry for sdk in migration.sdks for shape in sdk.shapes
    )


def is_argument(document: Document, migration: Migration, name: str) -> bool:
    """Whether a class that stays, and that a file uses, has a parameter of this name."""
    staying = [sdk for sdk in migration.sdks if not sdk.whole and any(name in shape.arguments for shape in sdk.shapes)]
    return any((file := follow(document, sdk)) is not None and bool(file.uses) for sdk in staying)


@functools.lru_cache(maxsize=64)
def follow(document: Document, sdk: Sdk) -> File | None:
    """What a file does with an SDK; None where it does not import it."""
    tree = document.tree
    if not isinstance(tree, PythonTree):
        return None
    imported = tuple(b for b in tree.imports if is_retired(b.target, sdk) or _is_parent(b, sdk))
    return File(document, tree, sdk, imported) if imported else None


def is_retired(target: str, sdk: Sdk) -> bool:
    """Whether a dotted name is one that the SDK's modules have, and that goes."""
    if sdk.whole:
        return any(f"{target}.".startswith(f"{module}.") for module in sdk.modules)
    return any(target == f"{module}.{name}" for module in sdk.modules for name in mentioned(sdk))


def _is_parent(binding: Binding, sdk: Sdk) -> bool:
    """`import langchain_openai`, of which only some names go."""
    return not sdk.whole and any(module == binding.target for module in sdk.modules)


@functools.cache
def mentioned(sdk: Sdk) -> frozenset[str]:
    """The names of the SDK that its patterns begin with: `Client` of `cohere.Client($$$ARGS)`."""
    found = (re.match(rf"{sdk.name}\.(\w+)", shape.match) for shape in sdk.shapes)
    return frozenset(match[1] for match in found if match)


class File:
    """One file and one SDK: the uses that have a shape, and the kinds of the names."""

    def __init__(self, document: Document, tree: PythonTree, sdk: Sdk, imported: tuple[Binding, ...]) -> None:
        self.document, self.tree, self.sdk, self.imported = document, tree, sdk, imported
        self.nodes = Nodes(tree)
        self._names = _meanings(tree, imported)
        self.kinds: dict[Key, str] = {}
        self.functions: dict[ast.AST, str] = {}
        self.found: dict[ast.AST, Use] = {}
        self._elements = {shape.makes or f"each {shape.yields}": shape.yields for shape in sdk.shapes if shape.yields}
        changed = [shape for shape in sdk.shapes if shape.replace is not None]  # what only may not be asked is free
        self.followed = {kind for shape in changed for kinds in shape.of.values() for kind in kinds.split("|")}
        self.followed |= {stream for stream, element in self._elements.items() if element in self.followed}
        expressions = [n for n in self.nodes.all if isinstance(n, EXPRESSIONS)]
        heads = {sdk_patterns.head(shape.match) for shape in sdk.shapes}
        self._candidates = [
            n
            for n in expressions
            if self._head(n) in heads and isinstance(getattr(n, "ctx", None), (ast.Load, type(None)))
        ]
        for _ in range(ROUNDS):
            before = self._state()
            self._round()
            if before == self._state():
                break
        parts = {part for use in self.found.values() for part in pattern_of(use)}
        whole = (use for node, use in self.found.items() if node not in parts)
        self.uses = sorted(whole, key=lambda use: (use.start, -use.end))

    def named(self, node: ast.expr) -> str | None:
        """The dotted name of what an expression means, spelled with the first module of the SDK."""
        dotted = sdk_patterns.dotted(node, self._names)
        base = node
        while isinstance(base, ast.Attribute):
            base = base.value
        key = self.nodes.key(base) if isinstance(base, ast.Name) else None
        if dotted is None or key is None or not all(self.is_import(b) for b in self.nodes.bindings(key)):
            return None
        module = next(
            (m for m in sorted(self.sdk.modules, key=len, reverse=True) if f"{dotted}.".startswith(f"{m}.")), None
        )
        return None if module is None else self.sdk.modules[0] + dotted.removeprefix(module)

    def _head(self, node: ast.expr) -> str:
        """As sdk_patterns.head of a pattern, whatever the file calls it."""
        word = sdk_patterns.word(node)
        return self._names.get(word, word).rpartition(".")[2]

    def is_import(self, binding: ast.AST) -> bool:
        """An import of the SDK, or the None that stands for it where it is not installed."""
        value = self.nodes.value(binding)
        return isinstance(binding, ast.alias) or (isinstance(value, ast.Constant) and value.value is None)

    def _round(self) -> None:
        uses = ((node, self._use(node)) for node in self._candidates)
        self.found = {node: use for node, use in uses if use is not None}
        self.kinds = {key: kind for key in self.nodes.names() if (kind := self._kind_of_name(key)) is not None}
        self.functions = {
            n: kind
            for n in self.nodes.all
            if isinstance(n, FUNCTIONS) and (kind := self._kind_of_function(n)) is not None
        }

    def _state(self) -> tuple[object, ...]:
        return self.kinds, self.functions, {node: (use.shape, use.bound.fault) for node, use in self.found.items()}

    def _use(self, node: ast.expr) -> Use | None:
        """The first shape that an expression has; one with a fault where it has none without."""
        modules = {self.sdk.name: self.sdk.modules[0]}
        faulty: Use | None = None
        closer = False  # whether its arguments are those of a shape, and only a value is not as it has to be
        for shape in self.sdk.shapes:
            if sdk_patterns.head(shape.match) != self._head(node):
                continue
            bound = sdk_patterns.match(shape, modules, node, self.named, functools.partial(self._accepts, shape))
            if bound is None:
                continue
            unfit = "" if bound.fault else self._unfit(shape, bound)
            known = not bound.fault
            bound.fault = bound.fault or unfit
            use = Use(shape, node, bound, *self.nodes.span(node))
            if not bound.fault:
                return use
            if self._receiver_is_known(shape, bound) and (known or faulty is None or not closer):
                faulty, closer = use, known or closer
        return faulty

    def _receiver_is_known(self, shape: Shape, bound: Bound) -> bool:
        return all(name in bound.variables and self._accepts(shape, name, bound.variables[name]) for name in shape.of)

    def _accepts(self, shape: Shape, name: str, value: ast.expr) -> bool:
        return name not in shape.of or self.kind(value) in shape.of[name].split("|")

    def _unfit(self, shape: Shape, bound: Bound) -> str:
        """Why a shape that matches can't be replaced: a variable is missing, or a value is not what it has to be."""
        wanted = variables(shape.replace or "") - variables(shape.match) - {GIVEN}
        if missing := sorted(wanted - bound.variables.keys()):
            keys = [key for key, new in shape.arguments.items() if new == f"${missing[0]}" and not key.isdigit()]
            return f"it is not given {keys[0] if keys else missing[0].lower()}"
        values = {**bound.variables}
        for argument in bound.rest:
            keyword = argument.keyword or (argument.node.arg if isinstance(argument.node, ast.keyword) else None)
            values[keyword or ""] = argument.node.value if isinstance(argument.node, ast.keyword) else argument.node
        for name, condition in shape.where.items():
            if condition == "given":
                if not values.keys() & set(name.split("|")):
                    return f"it is not given {name.partition('|')[0]}"
            elif name in values and not sdk_conditions.holds(self, condition, values[name]):
                text = self.nodes.tree.text[slice(*self.nodes.span(values[name]))]
                return f"of {text} {sdk_conditions.told(condition)}"
        return ""

    def kind(self, node: ast.AST | None) -> str | None:
        """The kind of object that an expression is, as far as it is proved."""
        if node in self.found:
            use = self.found[node]
            return use.shape.makes or (f"each {use.shape.yields}" if use.shape.yields else None)
        match node:
            case ast.Await(value=value) | ast.NamedExpr(value=value):
                return self.kind(value)
            case ast.Name() | ast.Attribute():
                key = self.nodes.key(node)
                return self.kinds.get(key) if key is not None else None
            case ast.Call(func=ast.Name() as func) if (key := self.nodes.key(func)) is not None:
                made = {self.functions.get(b) for b in self.nodes.bindings(key)}
                return made.pop() if len(made) == 1 else None
        return None

    def yields(self, node: ast.expr) -> bool:
        """Whether what a loop over an object takes from it is known."""
        return (self.kind(node) or "") in self._elements

    def _kind_of_name(self, key: Key) -> str | None:
        kinds = set()
        for binding in self.nodes.bindings(key):
            value = self.nodes.value(binding)
            if isinstance(value, ast.Constant) and value.value is None:
                continue
            if isinstance(self.nodes.parent(binding), ast.AnnAssign) and value is None:
                continue
            kinds.add(self._kind_of_binding(binding))
        return kinds.pop() if len(kinds) == 1 else None

    def _kind_of_binding(self, binding: ast.AST) -> str | None:
        match self.nodes.parent(binding):
            case ast.For(iter=source) | ast.AsyncFor(iter=source) | ast.comprehension(iter=source):
                return self._elements.get(self.kind(source) or "")
            case ast.withitem(context_expr=source):
                return self.kind(source)
        return self.kind(self.nodes.value(binding))

    def _kind_of_function(self, function: ast.AST) -> str | None:
        returns = [n for n in ast.walk(function) if isinstance(n, ast.Return) and self.nodes.scope(n) is function]
        kinds = {self.kind(n.value) for n in returns}
        return kinds.pop() if len(kinds) == 1 else None


def pattern_of(use: Use) -> set[ast.AST]:
    """What of a use is its pattern itself, and no use of its own: `askai.Client` of a call of it."""
    if use.bound.fault:
        return {node for node in use.bound.consumed if node is not use.node}
    own = [*use.bound.variables.values(), *(argument.node for argument in use.bound.rest), *use.bound.dropped]
    return {*ast.walk(use.node)} - {use.node} - {inner for node in own for inner in ast.walk(node)}


def _meanings(tree: PythonTree, imported: tuple[Binding, ...]) -> dict[str, str]:
    """What the names of the SDK's imports stand for."""
    meanings: dict[str, str] = {}
    for binding in imported:
        plain = isinstance(binding.statement, ast.Import) and not binding.aliased
        meanings[binding.name] = binding.name if plain else binding.target
    return meanings
