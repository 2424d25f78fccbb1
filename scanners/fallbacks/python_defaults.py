"""Defaults that Python code declares: of command-line options, fields, parameters, and constants named so.

parser.add_argument("--model", default="literal")      option
model: str = "literal"                                 settings field (of a BaseSettings), field
def ask(model="literal"): …                            parameter
DEFAULT_MODEL = "literal"                              constant
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from offramp.syntax.python import PythonTree
from offramp.vocabulary import Vocabulary
from scanners.fallbacks import Fallback, belongs, is_known

OPTION_CALLS = frozenset({"add_argument", "option", "Option", "argument", "Argument"})
FIELD_CALLS = frozenset({"Field", "field", "attrib", "ib"})
DEFAULT_NAME = re.compile(r"(?:^|_)(?:DEFAULT|FALLBACK)S?(?:_|$)")
SETTINGS_BASE = re.compile(r"Settings$")
RECORD_BASE = re.compile(r"(?:Model|Settings|NamedTuple|TypedDict|Struct|Schema|Config)$")


class Declared:
    """The defaults that one module declares."""

    def __init__(self, tree: PythonTree, vocabulary: Vocabulary) -> None:
        self.tree, self.vocabulary = tree, vocabulary

    def forms(self, node: ast.AST) -> Iterator[Fallback]:
        match node:
            case ast.Call(func=func) if (name := called(func)) in OPTION_CALLS or name in FIELD_CALLS:
                yield from self.option(node, name)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                yield from self.parameters(node.args)
            case ast.ClassDef():
                yield from self.fields(node)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                yield from self.constant(node, name)

    def option(self, node: ast.Call, name: str) -> Iterator[Fallback]:
        """The default of a command-line option, or of a field made by a call."""
        value = next((k.value for k in node.keywords if k.arg == "default"), None)
        if value is None and node.args and name in (*FIELD_CALLS, "Option"):
            value = node.args[0]
        literal = string(value)
        if value is None or literal is None:
            return
        key = self._option_name(node)
        read = (k.value for k in node.keywords if k.arg in ("envvar", "env", "alias", "validation_alias"))
        keys = [key, *(text for text in map(string, read) if text)]
        if any(belongs(k, literal, self.vocabulary) for k in keys):
            shape = "field" if name in FIELD_CALLS else "option"
            yield form(self.tree, shape, self.tree.span(node.func), key, literal, node, value, False)

    def _option_name(self, node: ast.Call) -> str:
        texts = [text for argument in node.args if (text := string(argument)) and text.startswith("-")]
        if texts:
            return max(texts, key=len).lstrip("-").replace("-", "_")
        holder = self.tree.parent(node)
        target = getattr(holder, "target", None) or next(iter(getattr(holder, "targets", [])), None)
        return target.id if isinstance(target, ast.Name) else ""

    def parameters(self, arguments: ast.arguments) -> Iterator[Fallback]:
        positional = [*arguments.posonlyargs, *arguments.args]
        pairs = list(zip(positional[len(positional) - len(arguments.defaults) :], arguments.defaults, strict=True))
        pairs += [(a, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d is not None]
        for argument, default in pairs:
            if known(argument.arg, string(default) or "", self.vocabulary):
                mark = between(self.tree, argument, default, "=")
                yield form(self.tree, "parameter", mark, argument.arg, string(default) or "", argument, default, False)

    def fields(self, node: ast.ClassDef) -> Iterator[Fallback]:
        names = [called(base) for base in node.bases]
        if not decorated(node) and not any(RECORD_BASE.search(name) for name in names):
            return
        settings = any(SETTINGS_BASE.search(name) for name in names)
        for field in node.body:
            if not isinstance(field, ast.AnnAssign) or not isinstance(field.target, ast.Name) or field.value is None:
                continue
            literal, name = string(field.value), field.target.id
            if literal is not None and belongs(name, literal, self.vocabulary):
                mark = between(self.tree, field.annotation, field.value, "=")
                yield form(
                    self.tree, "settings field" if settings else "field", mark, name, literal, field, field.value, False
                )

    def constant(self, node: ast.Assign | ast.AnnAssign, name: str) -> Iterator[Fallback]:
        """A constant that calls itself a default."""
        if not DEFAULT_NAME.search(name) or node.value is None or not isinstance(self.tree.parent(node), ast.Module):
            return
        texts = [n for n in ast.walk(node.value) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
        first = next((n for n in texts if known(name, str(n.value), self.vocabulary)), None)
        if first is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.annotation
            mark = between(self.tree, target, node.value, "=")
            yield form(self.tree, "constant", mark, name, str(first.value), node, first, False)


def form(
    tree: PythonTree,
    shape: str,
    mark: tuple[int, int],
    name: str,
    literal: str,
    whole: ast.AST,
    value: ast.AST,
    env: bool,
) -> Fallback:
    return Fallback(shape, *mark, name, literal, tree.span(whole), tree.span(value), env)


def known(key: str, literal: str, vocabulary: Vocabulary) -> bool:
    return bool(literal) and is_known(literal, key, vocabulary)


def between(tree: PythonTree, before: ast.AST, after: ast.AST, sign: str) -> tuple[int, int]:
    """Where the sign between two nodes stands."""
    end, start = tree.span(before)[1], tree.span(after)[0]
    at = tree.text.rfind(sign, end, start)
    return (at, at + len(sign)) if at >= 0 else tree.span(before)


def string(node: ast.AST | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def decorated(node: ast.ClassDef) -> bool:
    """Whether a class is made by dataclasses or attrs."""
    return any("dataclass" in ast.dump(d) or called(d) in ("define", "frozen", "s") for d in node.decorator_list)


def called(node: ast.AST) -> str:
    """The last name of what is called, inherited from or decorated with."""
    match node:
        case ast.Call():
            return called(node.func)
        case ast.Attribute():
            return node.attr
        case ast.Name():
            return node.id
        case ast.Subscript():
            return called(node.value)
    return ""
