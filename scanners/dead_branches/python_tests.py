"""What a condition asks: which provider, of which subject, and whether it asks for it or against it.

settings.provider == "gradient"      provider in ("gradient",)      p is not Provider.GRADIENT
p.startswith("gradient")             "gradient" in name             case "gradient" | Provider.OPENROUTER
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator, Mapping
from functools import cached_property

from offramp.evidence import new_provider
from offramp.syntax.python import PythonTree
from offramp.vocabulary import Vocabulary

NORMALISED = ("lower", "strip", "casefold", "rstrip", "lstrip")
ENUMS = ("Enum", "TextChoices", "StrEnum", "Choices")


@dataclasses.dataclass(frozen=True, slots=True)
class Slug:
    """A provider that is named: by a literal, or by the member of an enum."""

    text: str
    start: int
    end: int
    owner: str = ""  # the enum


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """One question: whether `subject` is one of `slugs`; `positive` False: whether it is none of them."""

    node: ast.expr
    subject: ast.expr
    slugs: tuple[Slug, ...]
    positive: bool
    whole: bool = True  # nothing but providers stands there

    @property
    def texts(self) -> frozenset[str]:
        return frozenset(slug.text for slug in self.slugs)


class Slugs:
    """The slugs of one module. `kept` are those that must stay, by where they start, each with its reason."""

    def __init__(self, tree: PythonTree, vocabulary: Vocabulary) -> None:
        self.tree, self.migration = tree, vocabulary.migration
        self.old = vocabulary.migration.slug
        self.kept: dict[int, str] = {}

    def successors(self, key: str) -> frozenset[str]:
        return frozenset({new_provider(key, self.migration)})

    @cached_property
    def _members(self) -> Mapping[str, str]:
        known = [self.old, self.migration.new_slug, *self.migration.settings.values()]
        return {slug.upper().replace("-", "_").replace(".", "_"): slug for slug in known if slug}

    def of(self, node: ast.AST) -> Slug | None:
        """The slug that an expression names."""
        match node:
            case ast.Constant(value=str() as text):
                parts = self.tree.literal(node)
                return Slug(text, parts[0].first, parts[0].last) if len(parts) == 1 else None
            case ast.Attribute(value=inner, attr="value" | "name"):
                return self.of(inner) if isinstance(inner, ast.Attribute) else None
            case ast.Attribute(value=ast.Name(id=owner) | ast.Attribute(attr=owner), attr=name) if (
                owner[:1].isupper() and name.isupper()
            ):
                end = self.tree.span(node)[1]
                return Slug(self._members.get(name, name), end - len(name), end, owner)
        return None

    def asked(self, node: ast.AST) -> Asked | None:
        """The question that an expression asks, if it asks for providers."""
        match node:
            case ast.Compare(
                left=left, ops=[ast.Eq() | ast.Is() | ast.NotEq() | ast.IsNot() as op], comparators=[right]
            ):
                positive = isinstance(op, (ast.Eq, ast.Is))
                for subject, value in ((left, right), (right, left)):
                    slug = self.of(value)
                    if slug is not None and self.of(subject) is None:
                        return Asked(node, subject, (slug,), positive)
            case ast.Compare(left=left, ops=[ast.In() | ast.NotIn() as op], comparators=[right]):
                return self._within(node, left, right, isinstance(op, ast.In))
            case ast.Call(func=ast.Attribute(value=subject, attr="startswith"), args=[value], keywords=[]):
                slug = self.of(value)
                return Asked(node, subject, (slug,), True) if slug is not None and self.of(subject) is None else None
        return None

    def _within(self, node: ast.expr, left: ast.expr, right: ast.expr, positive: bool) -> Asked | None:
        match right:
            case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements):
                slugs = [self.of(element) for element in elements]
                known = tuple(slug for slug in slugs if slug is not None)
                return Asked(node, left, known, positive, len(known) == len(slugs)) if known else None
        slug = self.of(left)
        return Asked(node, right, (slug,), positive) if slug is not None and self.of(right) is None else None

    def patterns(self, pattern: ast.pattern) -> Iterator[Slug]:
        """The slugs of a pattern that asks for nothing but providers."""
        match pattern:
            case ast.MatchValue(value=value) if (slug := self.of(value)) is not None:
                yield slug
            case ast.MatchOr(patterns=patterns):
                for inner in patterns:
                    yield from self.patterns(inner)
            case ast.MatchAs(pattern=ast.pattern() as inner):
                yield from self.patterns(inner)

    @cached_property
    def enums(self) -> frozenset[str]:
        """The enums of this module that have a member for the successor as well."""
        classes = (node for node in self.tree.tree.body if isinstance(node, ast.ClassDef))
        return frozenset(
            node.name
            for node in classes
            if is_enum(node)
            and {text for _, _, text in members(node)} & {self.old, *self.successors(node.name)}
            and {text for _, _, text in members(node)} >= {self.old, *self.successors(node.name)}
        )

    def holder(self, node: ast.AST) -> str:
        """The name that a container goes by: what it is assigned to, passed as or compared with."""
        parent = self.tree.parent(node)
        match parent:
            case ast.Assign(targets=[target]) | ast.AnnAssign(target=target):
                return last_name(target)
            case ast.keyword(arg=str() as name):
                return name
            case ast.arguments():
                positional = [*parent.posonlyargs, *parent.args][-len(parent.defaults) :]
                named = zip([*positional, *parent.kwonlyargs], [*parent.defaults, *parent.kw_defaults], strict=False)
                return next((argument.arg for argument, default in named if default is node), "")
            case ast.Subscript() | ast.Call() | ast.Starred():
                return self.holder(parent)
            case ast.Compare():
                others = [o for o in (parent.left, *parent.comparators) if o is not node]
                return last_name(others[0]) if others else ""
            case ast.For(target=target) | ast.comprehension(target=target):
                return last_name(target)
        return ""


def is_enum(node: ast.ClassDef) -> bool:
    return any(ast.unparse(base).endswith(ENUMS) for base in node.bases)


def members(node: ast.ClassDef) -> Iterator[tuple[str, ast.Assign, str]]:
    """The members of an enum that are texts: name, statement, text."""
    for statement in node.body:
        match statement:
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Constant(value=str() as text) | ast.Tuple(elts=[ast.Constant(value=str() as text), *_]),
            ):
                yield name, statement, text


def last_name(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str() as name)):
            return name
        case ast.NamedExpr(target=target):
            return last_name(target)
        case ast.Call(func=ast.Attribute(value=inner, attr=attr)) if attr in NORMALISED:
            return last_name(inner)
        case ast.Call(func=func, args=[ast.Constant(value=str() as name), *_]) if last_name(func) in ("getenv", "get"):
            return name
    return ""


def plain(node: ast.expr) -> ast.expr:
    """What is asked about, without what only brings it into shape: `p` of `(p := read()).lower()` and of `p.value`."""
    match node:
        case ast.Call(func=ast.Attribute(value=inner, attr=attr), args=[], keywords=[]) if attr in NORMALISED:
            return plain(inner)
        case ast.Attribute(value=inner, attr="value" | "name"):
            return plain(inner)
        case ast.NamedExpr(target=target):
            return target
        case ast.Call(func=ast.Name(id="str"), args=[inner], keywords=[]):
            return plain(inner)
    return node
