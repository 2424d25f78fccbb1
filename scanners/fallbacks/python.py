"""Fallbacks in Python.

    os.getenv("K", "literal")          lookup
    os.environ.get("K") or "literal"   or
    os.getenv("K") or os.getenv("K")   twice: two old names that became one
    try: … except: x = "literal"       except
    model: str = "literal"             settings field (of a BaseSettings), field, parameter
    config("K", default="literal")     reader (of decouple, environs …), other reader
    option("--model", default="x")     option
    DEFAULT_MODEL = "literal"          constant
    if not key: …; return None         guard; warned, where it goes on; ready, where a check of readiness passes

`mapping`, `value` and `setdefault` are the forms that only a person can change.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator

from offramp.document import Document
from offramp.syntax.python import PythonTree
from offramp.vocabulary import Vocabulary
from scanners.fallbacks import Fallback, belongs, is_setting
from scanners.fallbacks.python_defaults import Declared, between, called, form, known, string
from scanners.fallbacks.python_guards import passed_over
from scanners.fallbacks.python_lookups import Lookup, Lookups, is_empty
from scanners.fallbacks.python_statements import swallowed


def read(document: Document, vocabulary: Vocabulary) -> Iterator[Fallback]:
    tree = document.tree
    if not isinstance(tree, PythonTree):
        return
    reader = _Reader(tree, vocabulary)
    for node in tree.parents:
        for fallback in reader.forms(node):
            if not tree.in_f_string(node):
                yield fallback


class _Reader:
    def __init__(self, tree: PythonTree, vocabulary: Vocabulary) -> None:
        self.tree, self.vocabulary = tree, vocabulary
        self.lookups = Lookups(tree)
        self.declared = Declared(tree, vocabulary)

    def forms(self, node: ast.AST) -> Iterator[Fallback]:
        yield from self.declared.forms(node)
        match node:
            case ast.Call():
                yield from self.call(node)
            case ast.BoolOp(op=ast.Or()):
                yield from self.chain(node)
            case ast.Try():
                yield from swallowed(self.tree, node, self.vocabulary)
            case ast.If():
                yield from passed_over(self.tree, node, self.lookups, self.vocabulary)
            case ast.JoinedStr():
                yield from self.f_string(node)

    def call(self, node: ast.Call) -> Iterator[Fallback]:
        lookup = self.lookups.of(node)
        if lookup is not None:
            literal = self.lookups.text_of(lookup.default) if lookup.default is not None else None
            inner = self.lookups.of(lookup.default) if lookup.default is not None else None
            if inner is not None and inner.name == lookup.name:
                literal = self.lookups.text_of(inner.default)
            if self._is_inner(node, lookup):
                return
            if literal is not None and belongs(lookup.name, literal, self.vocabulary):
                mark, span = self.tree.span(node.func), self.tree.span(node)
                value = self.tree.span(lookup.default or node)
                yield Fallback("lookup", *mark, lookup.name, literal, span, value, True, self._asked_before(node))
            return
        name = called(node.func)
        if name in ("get", "setdefault", "pop", "getattr"):
            return (yield from self.mapping(node, name))
        yield from self.reader_call(node)

    def mapping(self, node: ast.Call, name: str) -> Iterator[Fallback]:
        """`d.get(key, literal)`, `getattr(o, name, literal)`, `os.environ.setdefault(K, literal)`."""
        arguments = node.args[1:] if name == "getattr" else node.args
        if len(arguments) != 2:
            return
        key, literal = self.lookups.text_of(arguments[0]) or "", string(arguments[1])
        env = isinstance(node.func, ast.Attribute) and self.lookups.is_environ(node.func.value)
        ours = literal is not None and (belongs if env else known)(key, literal, self.vocabulary)
        if literal is not None and ours:
            end = self.tree.span(node.func)[1]
            shape = "setdefault" if env else "mapping"
            yield form(self.tree, shape, (end - len(name), end), key, literal, node, arguments[1], env)

    def _is_inner(self, node: ast.Call, lookup: Lookup) -> bool:
        """Whether a lookup is the default of one for the same name, which speaks for both."""
        outer = self.lookups.of(self.tree.parent(node) or node)
        return outer is not None and outer.default is node and outer.name == lookup.name

    def _asked_before(self, node: ast.Call) -> tuple[str, ...]:
        """The settings that `getenv(A) or getenv(B, literal)` asks for first."""
        chain = self.tree.parent(node)
        if not isinstance(chain, ast.BoolOp) or not isinstance(chain.op, ast.Or) or chain.values[-1] is not node:
            return ()
        found = (self.lookups.of(value) for value in chain.values[:-1])
        return tuple(lookup.name for lookup in found if lookup is not None and lookup.name)

    def reader_call(self, node: ast.Call) -> Iterator[Fallback]:
        """`config("K", default="literal")` of decouple, environs and the like."""
        known_reader = self.lookups.is_reader(node.func)
        value = next((k.value for k in node.keywords if k.arg == "default"), None)
        if value is None and known_reader and len(node.args) > 1:
            value = node.args[1]
        key = string(node.args[0]) if node.args else None
        literal = self.lookups.text_of(value)
        if value is None or key is None or literal is None:
            return
        if (known_reader or is_setting(key, self.vocabulary)) and belongs(key, literal, self.vocabulary):
            shape = "reader" if known_reader else "other reader"
            yield form(self.tree, shape, self.tree.span(node.func), key, literal, node, value, True)

    def chain(self, node: ast.BoolOp) -> Iterator[Fallback]:
        """A chain of `or`: lookups that end in a literal, or the same lookup twice."""
        literal = self.lookups.text_of(node.values[-1])
        found = [self.lookups.of(value) for value in node.values]
        for one, other in itertools.pairwise(found):
            if one is not None and other is not None and one.name == other.name and not (one.default or other.default):
                if is_setting(one.name, self.vocabulary):
                    span = self.tree.span(one.node)[1], self.tree.span(other.node)[1]
                    yield Fallback("twice", *self.tree.span(other.head), other.name, "", span, span)
                return
        if literal is None:
            return
        asked: list[Lookup] = []
        for lookup in reversed(found[:-1]):
            if lookup is None or not is_empty(lookup.default):
                break
            asked.append(lookup)
        if not asked:
            if _is_text(node.values[-1]) and known(_name_of(node.values[-2]), literal, self.vocabulary):
                mark = between(self.tree, node.values[-2], node.values[-1], "or")
                yield form(self.tree, "value", mark, _name_of(node.values[-2]), literal, node, node.values[-1], False)
            return
        if any(belongs(lookup.name, literal, self.vocabulary) for lookup in asked):
            whole = self.tree.span(asked[0].node)[0], self.tree.span(node)[1]
            names = tuple(dict.fromkeys(lookup.name for lookup in asked))
            mark, value = self.tree.span(asked[0].head), self.tree.span(node.values[-1])
            yield Fallback("or", *mark, names[0], literal, whole, value, True, names[1:])

    def f_string(self, node: ast.JoinedStr) -> Iterator[Fallback]:
        """Lookups in the fields of an f-string, whose own positions can't be trusted."""
        for inner in ast.walk(node):
            lookup = self.lookups.of(inner)
            literal = self.lookups.text_of(lookup.default) if lookup is not None else None
            if lookup is not None and literal is not None and belongs(lookup.name, literal, self.vocabulary):
                yield form(self.tree, "f-string", self.tree.span(node), lookup.name, literal, node, node, True)
                return


def _is_text(node: ast.AST) -> bool:
    return string(node) is not None


def _name_of(node: ast.AST) -> str:
    """The name by which a value goes: of `config["provider"]` and `args.provider` it is provider."""
    match node:
        case ast.Subscript(slice=ast.Constant(value=str() as key)):
            return key
        case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value=str() as key), *_]):
            return key
    return called(node)
