"""Dead entries and members in Python: dispatch tables, choices, types and enums.

{"gradient": A, "openrouter": B}, dict(gradient=A, openrouter=B)                an entry
Literal["gradient", "openrouter"], ("gradient", "openrouter"), choices=[…]      a member
class Provider(Enum): GRADIENT = …; OPENROUTER = …   a member of an enum
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from offramp.evidence import names_provider
from offramp.syntax import python_blocks
from offramp.syntax.python import PythonTree
from offramp.syntax.python_entries import outer_span
from offramp.vocabulary import Vocabulary
from scanners.dead_branches import Dead
from scanners.dead_branches.python_conditions import Conditions
from scanners.dead_branches.python_tests import Slug, Slugs, is_enum, last_name, members

Span = tuple[int, int]
SHAPE = "it shares its lines with something else: remove it by hand"
TABLE = "the entry says what replaced the provider: keep it as long as old configuration may come in, else remove it"
CHOOSERS = ("Choice", "one_of", "sampled_from", "Choices", "OneOf", "AnyOf")  # click, validators, hypothesis, WTForms
WRAPPERS = ("frozenset", "set", "tuple", "list", "sorted", "MappingProxyType")


class Members:
    def __init__(self, tree: PythonTree, slugs: Slugs, conditions: Conditions, vocabulary: Vocabulary) -> None:
        self.tree, self.slugs, self.conditions, self.vocabulary = tree, slugs, conditions, vocabulary

    def forms(self, node: ast.Dict | ast.Tuple | ast.List | ast.Set | ast.ClassDef) -> Iterator[Dead]:
        match node:
            case ast.Dict():
                yield from self.entries(node)
            case ast.ClassDef():
                yield from self.enumeration(node)
            case _:
                yield from self.members(node)

    def entries(self, node: ast.Dict) -> Iterator[Dead]:
        keys = [self.slugs.of(key) if key is not None else None for key in node.keys]
        news = self.slugs.successors(self.slugs.holder(node))
        for key, slug, value in zip(node.keys, keys, node.values, strict=True):
            if key is None or slug is None or slug.text != self.slugs.old:
                continue
            named = self.slugs.of(value)
            if named is not None and named.text in news:
                yield dead("an entry", slug, min(news), stuck=TABLE)
            elif any(other is not None and other.text in news for other in keys):
                bounds = self.tree.span(key)[0], self.tree.span(value)[1]
                outer, stuck = outer_span(self.tree, self.tree.span(node), *bounds)
                yield dead("an entry", slug, min(news), (outer,) if outer else (), stuck or SHAPE)

    def keywords(self, node: ast.Call) -> Iterator[Dead]:
        """dict(gradient=A, openrouter=B)"""
        if not isinstance(node.func, ast.Name) or node.func.id != "dict":
            return
        news = self.slugs.successors(self.slugs.holder(node))
        names = [keyword.arg for keyword in node.keywords]
        for keyword in node.keywords:
            if keyword.arg == self.slugs.old and news & set(names):
                start, end = self.tree.span(keyword)
                bracket = self.tree.text.index("(", self.tree.span(node.func)[1])
                outer, stuck = outer_span(self.tree, (bracket, self.tree.span(node)[1]), start, end)
                slug = Slug(self.slugs.old, start, start + len(self.slugs.old))
                yield dead("an entry", slug, min(news), (outer,) if outer else (), stuck or SHAPE)

    def members(self, node: ast.Tuple | ast.List | ast.Set) -> Iterator[Dead]:
        slugs = [self.slugs.of(element) for element in node.elts]
        old = [slug for slug in slugs if slug is not None and slug.text == self.slugs.old]
        if not old or len(old) == len(slugs) or not self._is_choice(node):
            return
        news = self.slugs.successors(self.slugs.holder(node))
        if not news & {slug.text for slug in slugs if slug is not None} and not self._asked(node):
            return
        gone = [element for element, slug in zip(node.elts, slugs, strict=True) if slug in old]
        rest = [element for element in node.elts if element not in gone]
        for element, slug in zip(gone, old, strict=True):
            container = self.tree.span(node)
            if self.tree.text[container[0]] not in "([{":  # of a subscript: from its bracket on
                container = container[0] - 1, self.tree.span(self.tree.parent(node) or node)[1]
            outer, stuck = outer_span(self.tree, container, *self.tree.span(element))
            comma = self._lone_comma(node, rest[0], outer) if len(rest) == 1 and outer else ()
            yield dead("a member", slug, min(news), (outer,) if outer else (), stuck or SHAPE, inserts=comma)

    def _asked(self, node: ast.expr) -> bool:
        """Whether these are providers that something is compared with, and the successor is asked for elsewhere."""
        parent = self.tree.parent(node)
        asked = self.slugs.asked(parent) if isinstance(parent, ast.Compare) else None
        return asked is not None and self.conditions.handled(asked)

    def _lone_comma(self, node: ast.AST, left: ast.expr, cut: Span) -> tuple[tuple[int, str], ...]:
        """A tuple of one needs its comma, unless it is the index of a subscript."""
        if not isinstance(node, ast.Tuple) or isinstance(self.tree.parent(node), ast.Subscript):
            return ()
        end = self.tree.span(left)[1]
        behind = self.tree.text[end : max(end, cut[0])] + self.tree.text[max(end, cut[1]) :]
        stays = behind.lstrip().startswith(",")
        return () if stays else ((end, ","),)

    def _is_choice(self, node: ast.AST) -> bool:
        """Whether the literals are those that may be chosen: by the name they go by, or by where they stand."""
        if isinstance(node, ast.Set) or names_provider(self.slugs.holder(node), self.vocabulary.migration.settings):
            return True
        parent = self.tree.parent(node)
        match parent:
            case ast.Subscript(value=ast.Name(id="Literal") | ast.Attribute(attr="Literal")) | ast.Compare():
                return True
            case ast.keyword(arg="choices") | ast.For() | ast.comprehension():
                return True
            case ast.Call(func=func) if last_name(func) in CHOOSERS:
                return True
            case ast.Call(func=func) if last_name(func) in WRAPPERS:
                return self._is_choice(parent)
            case ast.Call(func=func, args=[ast.Constant(value=str() as names), *_]) if last_name(func) == "parametrize":
                return names_provider(names, self.vocabulary.migration.settings)
        return False

    def enumeration(self, node: ast.ClassDef) -> Iterator[Dead]:
        if not is_enum(node):
            return
        values = {name: (statement, text) for name, statement, text in members(node)}
        news = self.slugs.successors(node.name)
        new = next((name for name, (_, text) in values.items() if text in news), None)
        for name, (statement, text) in values.items():
            literal = statement.value.elts[0] if isinstance(statement.value, ast.Tuple) else statement.value
            slug = self.slugs.of(literal)
            if text != self.slugs.old or slug is None or new is None:
                continue
            cuts = python_blocks.statement(self.tree, statement)
            yield dead("a member", slug, min(news), cuts, SHAPE, member=f"{node.name}.{name}.{new}")


def dead(
    what: str,
    slug: Slug,
    new: str,
    cuts: Sequence[Span] = (),
    stuck: str = "",
    *,
    inserts: tuple[tuple[int, str], ...] = (),
    member: str = "",
    regions: tuple[Span, ...] = (),
) -> Dead:
    stuck = "" if cuts else stuck
    return Dead(what, slug.start, slug.end, new, tuple(cuts), inserts, stuck, member, regions or tuple(cuts))
