"""What a condition asks: which slug, of which subject, and whether it asks anything else.

settings.provider == "gradient"      provider in ("gradient",)      p is Provider.GRADIENT
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator

from offramp.evidence import new_provider
from offramp.syntax.python import PythonTree
from offramp.vocabulary import Vocabulary

LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)


@dataclasses.dataclass(frozen=True, slots=True)
class Slug:
    """A provider that is named: by a literal, or by the member of an enum."""

    text: str
    start: int
    end: int


@dataclasses.dataclass(frozen=True, slots=True)
class Tested:
    subject: str  # what is tested, as a dump; equal dumps test the same
    slug: Slug
    texts: frozenset[str]
    pure: bool  # nothing else is asked
    slugs: Slugs
    name: str = ""

    @property
    def successors(self) -> set[str]:
        return self.slugs.successors(self.name)

    @property
    def is_old(self) -> bool:
        return self.slug.text in self.slugs.old and len(self.texts) == 1

    @property
    def is_new(self) -> bool:
        return bool(self.texts & self.successors)


class Slugs:
    """The slugs of one module."""

    def __init__(self, tree: PythonTree, vocabulary: Vocabulary) -> None:
        self.tree, self.migration = tree, vocabulary.migration
        self.old = frozenset({vocabulary.migration.slug})

    def successors(self, key: str) -> set[str]:
        return {new_provider(key, self.migration)}

    def of(self, node: ast.AST) -> Slug | None:
        """The slug that an expression names."""
        match node:
            case ast.Constant(value=str() as text):
                parts = self.tree.literal(node)
                return Slug(text, parts[0].first, parts[0].last) if len(parts) == 1 else None
            case ast.Attribute(value=inner, attr="value" | "name"):
                return self.of(inner) if isinstance(inner, ast.Attribute) else None
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner[:1].isupper() and name.isupper():
                end = self.tree.span(node)[1]
                known = {self._member(slug): slug for slug in (*self.old, self.migration.new_slug)}
                known |= {self._member(slug): slug for slug in self.migration.settings.values() if slug}
                return Slug(known.get(name, name), end - len(name), end)
        return None

    @staticmethod
    def _member(slug: str) -> str:
        return slug.upper().replace("-", "_").replace(".", "_")

    def tested(self, test: ast.expr) -> Tested | None:
        match test:
            case ast.Compare(left=left, ops=[ast.Eq() | ast.Is()], comparators=[right]):
                for subject, value in ((left, right), (right, left)):
                    slug = self.of(value)
                    if slug is not None and self.of(subject) is None:
                        return self._tested(subject, slug, frozenset({slug.text}))
            case ast.Compare(left=left, ops=[ast.In()], comparators=[ast.Tuple() | ast.List() | ast.Set() as some]):
                slugs = [self.of(element) for element in some.elts]
                texts = frozenset(slug.text for slug in slugs if slug is not None)
                first = next((slug for slug in slugs if slug is not None and slug.text in self.old), None)
                first = first or next((slug for slug in slugs if slug is not None), None)
                if first is not None:
                    return self._tested(left, first, texts)
            case ast.BoolOp(op=ast.And(), values=values):
                found = [known for value in values if (known := self.tested(value)) is not None]
                chosen = next((known for known in found if known.is_old), next(iter(found), None))
                return dataclasses.replace(chosen, pure=False) if chosen is not None else None
        return None

    def _tested(self, subject: ast.expr, slug: Slug, texts: frozenset[str]) -> Tested:
        pure = not any(isinstance(n, (ast.NamedExpr, ast.Await)) for n in ast.walk(subject))
        return Tested(ast.dump(subject), slug, texts, pure, self, last_name(subject))

    def pattern(self, pattern: ast.pattern, subject: ast.expr, dump: str) -> Tested | None:
        name = last_name(subject)
        match pattern:
            case ast.MatchValue(value=value) if (slug := self.of(value)) is not None:
                return Tested(dump, slug, frozenset({slug.text}), True, self, name)
            case ast.MatchOr(patterns=patterns):  # of the alternatives, `Reader.patterns` takes one away
                found = [p for inner in patterns if (p := self.pattern(inner, subject, dump)) is not None]
                old = next((p for p in found if p.is_old), next(iter(found), None))
                texts = frozenset(text for p in found for text in p.texts)
                return dataclasses.replace(old, texts=texts) if old is not None and len(texts) > 1 else None
        return None

    def beside(self, node: ast.If) -> Iterator[ast.If]:
        """The ifs that follow one directly, where each of them leaves the block."""
        parent = self.tree.parent(node)
        block = next((b for b in (getattr(parent, f, []) for f in ("body", "orelse", "finalbody")) if node in b), [])
        if node.orelse or not isinstance(node.body[-1], LEAVES):
            return
        for step in (1, -1):
            index = block.index(node) + step if node in block else -1
            while 0 <= index < len(block) and isinstance(beside := block[index], ast.If):
                if beside.orelse or not isinstance(beside.body[-1], LEAVES):
                    break
                yield beside
                index += step

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


def last_name(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str() as name)):
            return name
        case ast.Call(func=ast.Attribute(value=inner, attr="lower" | "strip" | "casefold")):
            return last_name(inner)
        case ast.Call(func=func, args=[ast.Constant(value=str() as name), *_]) if last_name(func) in ("getenv", "get"):
            return name
    return ""
