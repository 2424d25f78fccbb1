"""Dead entries and members in Python: of dicts, lists of choices, types and enums.

{"gradient": A, "openrouter": B}                     an entry
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
from scanners.dead_branches.python_tests import Slugs, Tested

SHAPE = "it shares its lines with something else: remove it by hand"
TABLE = "the entry says what replaced the provider: keep it as long as old configuration may come in, else remove it"


class Members:
    def __init__(self, tree: PythonTree, vocabulary: Vocabulary, slugs: Slugs) -> None:
        self.tree, self.vocabulary, self.slugs = tree, vocabulary, slugs

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
        holder = self.slugs.holder(node)
        news = self.slugs.successors(holder)
        for key, slug, value in zip(node.keys, keys, node.values, strict=True):
            if key is None or slug is None or slug.text not in self.slugs.old:
                continue
            test = Tested("", slug, frozenset({slug.text}), True, self.slugs, holder)
            if isinstance(value, ast.Constant) and value.value in news:
                yield dead("an entry", test, stuck=TABLE)
            elif any(other is not None and other.text in news for other in keys):
                bounds = self.tree.span(key)[0], self.tree.span(value)[1]
                outer, stuck = outer_span(self.tree, self.tree.span(node), *bounds)
                yield dead("an entry", test, (outer,) if outer else (), stuck or SHAPE)

    def members(self, node: ast.Tuple | ast.List | ast.Set) -> Iterator[Dead]:
        slugs = [self.slugs.of(element) for element in node.elts]
        words = [slug.text for slug in slugs if slug is not None]
        if len(words) != len(node.elts) or len(set(words)) < 2 or not self._is_choice(node):
            return
        holder = self.slugs.holder(node)
        news = self.slugs.successors(holder)
        for element, slug in zip(node.elts, slugs, strict=True):
            if slug is None or slug.text not in self.slugs.old or not set(words) & news:
                continue
            container = self.tree.span(node)
            if self.tree.text[container[0]] not in "([{":  # of a subscript: from its bracket on
                container = container[0] - 1, self.tree.span(self.tree.parent(node) or node)[1]
            outer, stuck = outer_span(self.tree, container, *self.tree.span(element))
            rest = [e for e in node.elts if e is not element]
            test = Tested("", slug, frozenset({slug.text}), True, self.slugs, holder)
            comma = self._lone_comma(node, rest[0], element) if len(rest) == 1 else ()
            yield dead("a member", test, (outer,) if outer else (), stuck or SHAPE, inserts=comma)

    def _lone_comma(self, node: ast.AST, left: ast.expr, gone: ast.expr) -> tuple[tuple[int, str], ...]:
        """A tuple of one needs its comma, unless it is the index of a subscript."""
        if not isinstance(node, ast.Tuple) or isinstance(self.tree.parent(node), ast.Subscript):
            return ()
        end = self.tree.span(left)[1]
        stays = self.tree.text[end:].lstrip().startswith(",") and self.tree.span(gone)[0] < end
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
        return False

    def enumeration(self, node: ast.ClassDef) -> Iterator[Dead]:
        bases = [ast.unparse(base) for base in node.bases]
        if not any(base.endswith(("Enum", "TextChoices")) for base in bases):
            return
        values: dict[str, tuple[ast.Assign, str]] = {}
        for statement in node.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str() as text)):
                    values[name] = (statement, text)
        news = self.slugs.successors(node.name)
        new = next((name for name, (_, text) in values.items() if text in news), None)
        for name, (statement, text) in values.items():
            slug = self.slugs.of(statement.value)
            if text not in self.slugs.old or slug is None or new is None:
                continue
            test = Tested("", slug, frozenset({text}), True, self.slugs, node.name)
            cuts = python_blocks.statement(self.tree, statement)
            yield dead("a member", test, cuts, SHAPE, member=f"{node.name}.{name}.{new}")


def dead(
    what: str,
    test: Tested,
    cuts: Sequence[tuple[int, int]] = (),
    stuck: str = "",
    *,
    inserts: tuple[tuple[int, str], ...] = (),
    member: str = "",
) -> Dead:
    new = min(test.successors)
    return Dead(what, test.slug.start, test.slug.end, new, tuple(cuts), inserts, "" if cuts else stuck, member)
