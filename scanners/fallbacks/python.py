"""Fallbacks in Python.

    os.getenv("K", "literal")          lookup
    os.environ.get("K") or "literal"   or
    os.getenv("K") or os.getenv("K")   twice: two old names that became one
    try: … except: x = "literal"       except
    model: str = "literal"             settings field (of a BaseSettings), field, parameter
    if not key: …; return None         guard

`option`, `mapping`, `value`, `constant` and `setdefault` are the forms that only a person can change.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from offramp.document import Document
from offramp.syntax.python import PythonTree
from offramp.vocabulary import Vocabulary
from scanners.fallbacks import Fallback, belongs, is_known, is_setting
from scanners.fallbacks.python_lookups import Lookup, Lookups
from scanners.fallbacks.python_statements import passed_over, swallowed

OPTION_CALLS = frozenset({"add_argument", "option", "Option", "argument", "Argument"})
FIELD_CALLS = frozenset({"Field", "field", "attrib", "ib"})
DEFAULT_NAME = re.compile(r"(?:^|_)(?:DEFAULT|FALLBACK)S?(?:_|$)")
SETTINGS_BASE = re.compile(r"Settings$")
RECORD_BASE = re.compile(r"(?:Model|Settings|NamedTuple|TypedDict|Struct|Schema|Config)$")


def read(document: Document, vocabulary: Vocabulary) -> Iterator[Fallback]:
    tree = document.tree
    if not isinstance(tree, PythonTree):
        return
    reader = _Reader(tree, vocabulary)
    for node in ast.walk(tree.tree):
        for form in reader.forms(node):
            if not tree.in_f_string(node):
                yield form


class _Reader:
    def __init__(self, tree: PythonTree, vocabulary: Vocabulary) -> None:
        self.tree, self.vocabulary = tree, vocabulary
        self.lookups = Lookups(tree)

    def forms(self, node: ast.AST) -> Iterator[Fallback]:
        match node:
            case ast.Call():
                yield from self.call(node)
            case ast.BoolOp(op=ast.Or()):
                yield from self.chain(node)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                yield from self.parameters(node.args)
            case ast.ClassDef():
                yield from self.fields(node)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                yield from self.constant(node, name)
            case ast.Try():
                yield from swallowed(self.tree, node, self.vocabulary)
            case ast.If():
                yield from passed_over(self.tree, node, self.lookups, self.vocabulary)

    def form(
        self, shape: str, mark: tuple[int, int], name: str, literal: str, whole: ast.AST, value: ast.AST, env: bool
    ) -> Fallback:
        return Fallback(shape, *mark, name, literal, self.tree.span(whole), self.tree.span(value), env)

    def call(self, node: ast.Call) -> Iterator[Fallback]:
        lookup = self.lookups.of(node)
        if lookup is not None:
            literal = self.lookups.text_of(lookup.default) if lookup.default is not None else None
            if literal is not None and belongs(lookup.name, literal, self.vocabulary):
                mark = self.tree.span(node.func)
                yield self.form("lookup", mark, lookup.name, literal, node, lookup.default or node, True)
            return
        name = _called(node.func)
        if name in OPTION_CALLS or name in FIELD_CALLS:
            return (yield from self.option(node, name))
        if name in ("get", "setdefault", "pop", "getattr"):
            return (yield from self.mapping(node, name))
        yield from self.reader_call(node)

    def option(self, node: ast.Call, name: str) -> Iterator[Fallback]:
        """The default of a command-line option, or of a field made by a call."""
        value = next((k.value for k in node.keywords if k.arg == "default"), None)
        if value is None and node.args and name in (*FIELD_CALLS, "Option"):
            value = node.args[0]
        literal = _string(value)
        if value is None or literal is None:
            return
        key = self._option_name(node)
        if belongs(key, literal, self.vocabulary):
            shape = "field" if name in FIELD_CALLS else "option"
            yield self.form(shape, self.tree.span(node.func), key, literal, node, value, False)

    def _option_name(self, node: ast.Call) -> str:
        texts = [text for argument in node.args if (text := _string(argument)) and text.startswith("-")]
        if texts:
            return max(texts, key=len).lstrip("-").replace("-", "_")
        holder = self.tree.parent(node)
        target = getattr(holder, "target", None) or next(iter(getattr(holder, "targets", [])), None)
        return target.id if isinstance(target, ast.Name) else ""

    def mapping(self, node: ast.Call, name: str) -> Iterator[Fallback]:
        """`d.get(key, literal)`, `getattr(o, name, literal)`, `os.environ.setdefault(K, literal)`."""
        arguments = node.args[1:] if name == "getattr" else node.args
        if len(arguments) != 2:
            return
        key, literal = self.lookups.text_of(arguments[0]) or "", _string(arguments[1])
        env = isinstance(node.func, ast.Attribute) and self.lookups.is_environ(node.func.value)
        ours = literal is not None and (belongs if env else _known)(key, literal, self.vocabulary)
        if literal is not None and ours:
            start, end = self.tree.span(node.func)
            shape = "setdefault" if env else "mapping"
            yield self.form(shape, (end - len(name), end), key, literal, node, arguments[1], env)

    def reader_call(self, node: ast.Call) -> Iterator[Fallback]:
        """`config("K", default="literal")` of decouple, environs and the like."""
        value = next((k.value for k in node.keywords if k.arg == "default"), None)
        key, literal = _string(node.args[0]) if node.args else None, _string(value)
        if value is None or key is None or literal is None or not is_setting(key, self.vocabulary):
            return
        if belongs(key, literal, self.vocabulary):
            yield self.form("reader", self.tree.span(node.func), key, literal, node, value, True)

    def chain(self, node: ast.BoolOp) -> Iterator[Fallback]:
        """A chain of `or`: lookups that end in a literal, or the same lookup twice."""
        literal = self.lookups.text_of(node.values[-1])
        found = [self.lookups.of(value) for value in node.values]
        for one, other in zip(found, found[1:], strict=False):
            if one is not None and other is not None and one.name == other.name and not (one.default or other.default):
                if is_setting(one.name, self.vocabulary):
                    span = self.tree.span(one.node)[1], self.tree.span(other.node)[1]
                    yield Fallback("twice", *self.tree.span(other.head), other.name, "", span, span)
                return
        if literal is None:
            return
        asked: list[Lookup] = []
        for lookup in reversed(found[:-1]):
            if lookup is None or lookup.default is not None:
                break
            asked.append(lookup)
        if not asked:
            if _is_text(node.values[-1]) and _known(_name_of(node.values[-2]), literal, self.vocabulary):
                mark = _between(self.tree, node.values[-2], node.values[-1], "or")
                yield self.form("value", mark, _name_of(node.values[-2]), literal, node, node.values[-1], False)
            return
        if any(belongs(lookup.name, literal, self.vocabulary) for lookup in asked):
            whole = self.tree.span(asked[-1].node)[0], self.tree.span(node)[1]
            names = tuple(dict.fromkeys(lookup.name for lookup in asked))
            mark, value = self.tree.span(asked[0].head), self.tree.span(node.values[-1])
            yield Fallback("or", *mark, names[0], literal, whole, value, True, names[1:])

    def parameters(self, arguments: ast.arguments) -> Iterator[Fallback]:
        positional = [*arguments.posonlyargs, *arguments.args]
        pairs = list(zip(positional[len(positional) - len(arguments.defaults) :], arguments.defaults, strict=True))
        pairs += [(a, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d is not None]
        for argument, default in pairs:
            if _known(argument.arg, _string(default) or "", self.vocabulary):
                mark = _between(self.tree, argument, default, "=")
                yield self.form("parameter", mark, argument.arg, _string(default) or "", argument, default, False)

    def fields(self, node: ast.ClassDef) -> Iterator[Fallback]:
        names = [_called(base) for base in node.bases]
        decorated = any(
            "dataclass" in ast.dump(d) or _called(d) in ("define", "frozen", "s") for d in node.decorator_list
        )
        if not decorated and not any(RECORD_BASE.search(name) for name in names):
            return
        settings = any(SETTINGS_BASE.search(name) for name in names)
        for field in node.body:
            if not isinstance(field, ast.AnnAssign) or not isinstance(field.target, ast.Name) or field.value is None:
                continue
            literal, name = _string(field.value), field.target.id
            if literal is not None and belongs(name, literal, self.vocabulary):
                mark = _between(self.tree, field.annotation, field.value, "=")
                yield self.form(
                    "settings field" if settings else "field", mark, name, literal, field, field.value, False
                )

    def constant(self, node: ast.Assign | ast.AnnAssign, name: str) -> Iterator[Fallback]:
        """A constant that calls itself a default."""
        if not DEFAULT_NAME.search(name) or node.value is None or not isinstance(self.tree.parent(node), ast.Module):
            return
        texts = [n for n in ast.walk(node.value) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
        known = next((n for n in texts if _known(name, str(n.value), self.vocabulary)), None)
        if known is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.annotation
            mark = _between(self.tree, target, node.value, "=")
            yield self.form("constant", mark, name, str(known.value), node, known, False)


def _known(key: str, literal: str, vocabulary: Vocabulary) -> bool:
    return bool(literal) and is_known(literal, key, vocabulary)


def _between(tree: PythonTree, before: ast.AST, after: ast.AST, sign: str) -> tuple[int, int]:
    """Where the sign between two nodes stands."""
    end, start = tree.span(before)[1], tree.span(after)[0]
    at = tree.text.rfind(sign, end, start)
    return (at, at + len(sign)) if at >= 0 else tree.span(before)


def _string(node: ast.AST | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _is_text(node: ast.AST) -> bool:
    return _string(node) is not None


def _called(node: ast.AST) -> str:
    """The last name of what is called, inherited from or decorated with."""
    match node:
        case ast.Call():
            return _called(node.func)
        case ast.Attribute():
            return node.attr
        case ast.Name():
            return node.id
        case ast.Subscript():
            return _called(node.value)
    return ""


def _name_of(node: ast.AST) -> str:
    """The name by which a value goes: of `config["provider"]` and `args.provider` it is provider."""
    match node:
        case ast.Subscript(slice=ast.Constant(value=str() as key)):
            return key
        case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value=str() as key), *_]):
            return key
    return _called(node)
