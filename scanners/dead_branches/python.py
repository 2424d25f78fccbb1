"""Dead branches in Python.

if p == "gradient": … elif p == "openrouter": …      a branch, also of `match` and of conditional expressions
{"gradient": A, "openrouter": B}                     an entry
Literal["gradient", "openrouter"], ("gradient", "openrouter"), choices=[…]      a member
class Provider(Enum): GRADIENT = …; OPENROUTER = …   a member of an enum
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from offramp.document import Document
from offramp.evidence import names_provider
from offramp.syntax import python_blocks
from offramp.syntax.python import PythonTree
from offramp.syntax.python_entries import outer_span
from offramp.vocabulary import Vocabulary
from scanners.dead_branches import GUARD, KEEP, Dead
from scanners.dead_branches.python_tests import Slugs, Tested

MIXED = "the condition asks for more than the provider: decide what of it is still needed"
SHAPE = "the branch shares its lines with something else: remove it by hand"
TABLE = "the entry says what replaced the provider: keep it as long as old configuration may come in, else remove it"


def read(document: Document, vocabulary: Vocabulary) -> Iterator[Dead]:
    tree = document.tree
    if not isinstance(tree, PythonTree):
        return
    reader = _Reader(tree, vocabulary)
    for node in ast.walk(tree.tree):
        for dead in reader.forms(node):
            if not tree.in_f_string(node):
                yield dead


class _Reader:
    def __init__(self, tree: PythonTree, vocabulary: Vocabulary) -> None:
        self.tree, self.vocabulary = tree, vocabulary
        self.slugs = Slugs(tree, vocabulary)

    def forms(self, node: ast.AST) -> Iterator[Dead]:
        match node:
            case ast.If() if not self._is_elif(node):
                yield from self.chain(node)
            case ast.IfExp() if not isinstance(self.tree.parent(node), ast.IfExp):
                yield from self.conditional(node)
            case ast.Match():
                yield from self.match(node)
            case ast.BoolOp(op=ast.Or()):
                yield from self.operands(node)
            case ast.Dict():
                yield from self.entries(node)
            case ast.Tuple() | ast.List() | ast.Set():
                yield from self.members(node)
            case ast.ClassDef():
                yield from self.enumeration(node)

    def _is_elif(self, node: ast.If) -> bool:
        parent = self.tree.parent(node)
        inside = isinstance(parent, ast.If) and parent.orelse == [node]
        return inside and self.tree.text.startswith("elif", self.tree.span(node)[0])

    def chain(self, node: ast.If) -> Iterator[Dead]:
        branches = list(_branches(node, self))
        tests = [self.slugs.tested(branch.test) for branch in branches]
        for branch, test in zip(branches, tests, strict=True):
            if test is None or not test.is_old:
                continue
            others = [other for other in tests if other is not None and other.subject == test.subject]
            new = next((other for other in others if other.is_new), None)
            if test.pure and _stops(branch.body[-1]):
                yield self.dead(GUARD, test, stuck=KEEP)
            elif new is not None:
                cuts = python_blocks.branch(self.tree, branch) if test.pure else ()
                yield self.dead("a branch", test, cuts, SHAPE if test.pure else MIXED)

    def conditional(self, node: ast.IfExp) -> Iterator[Dead]:
        alternatives = [node]
        while isinstance(alternatives[-1].orelse, ast.IfExp):
            alternatives.append(alternatives[-1].orelse)
        tests = [self.slugs.tested(alternative.test) for alternative in alternatives]
        for alternative, test in zip(alternatives, tests, strict=True):
            if test is None or not test.is_old:
                continue
            if any(other is not None and other.is_new and other.subject == test.subject for other in tests):
                cuts = python_blocks.alternative(self.tree, alternative) if test.pure else ()
                yield self.dead("an alternative", test, cuts, SHAPE if test.pure else MIXED)

    def match(self, node: ast.Match) -> Iterator[Dead]:
        subject = ast.dump(node.subject)
        for case in node.cases:
            if isinstance(case.pattern, ast.MatchOr):
                yield from self.patterns(case.pattern, node.subject)
        known = [(case, self.slugs.pattern(case.pattern, node.subject, subject)) for case in node.cases]
        if not any(test is not None and test.is_new for _, test in known):
            known = [(case, test) for case, test in known if _stops(case.body[-1])]
        for case, test in known:
            if test is None or not test.is_old:
                continue
            if case.guard is not None:
                yield self.dead("a case", test, stuck=MIXED)
            elif _stops(case.body[-1]):
                yield self.dead(GUARD, test, stuck=KEEP)
            else:
                yield self.dead("a case", test, python_blocks.case(self.tree, case), SHAPE)

    def patterns(self, node: ast.MatchOr, subject: ast.expr) -> Iterator[Dead]:
        """`case "gradient" | "openrouter"`"""
        tests = [self.slugs.pattern(pattern, subject, "") for pattern in node.patterns]
        for index, test in enumerate(tests):
            if test is not None and test.is_old and any(other is not None and other.is_new for other in tests):
                yield self.dead("an alternative", test, python_blocks.operand(self.tree, node.patterns, index), SHAPE)

    def operands(self, node: ast.BoolOp) -> Iterator[Dead]:
        tests = [self.slugs.tested(value) for value in node.values]
        for index, test in enumerate(tests):
            if test is None or not test.is_old or not test.pure:
                continue
            if any(other is not None and other.is_new and other.subject == test.subject for other in tests):
                yield self.dead("an operand", test, python_blocks.operand(self.tree, node.values, index), SHAPE)

    def entries(self, node: ast.Dict) -> Iterator[Dead]:
        keys = [self.slugs.of(key) if key is not None else None for key in node.keys]
        holder = self.slugs.holder(node)
        news = self.slugs.successors(holder)
        for key, slug, value in zip(node.keys, keys, node.values, strict=True):
            if key is None or slug is None or slug.text not in self.slugs.old:
                continue
            test = Tested("", slug, frozenset({slug.text}), True, self.slugs, holder)
            if isinstance(value, ast.Constant) and value.value in news:
                yield self.dead("an entry", test, stuck=TABLE)
            elif any(other is not None and other.text in news for other in keys):
                bounds = self.tree.span(key)[0], self.tree.span(value)[1]
                outer, stuck = outer_span(self.tree, self.tree.span(node), *bounds)
                yield self.dead("an entry", test, (outer,) if outer else (), stuck or SHAPE)

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
            yield self.dead("a member", test, (outer,) if outer else (), stuck or SHAPE, inserts=comma)

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
            yield self.dead("a member", test, cuts, SHAPE, member=f"{node.name}.{name}.{new}")

    def dead(
        self,
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


def _branches(node: ast.If, reader: _Reader) -> Iterator[ast.If]:
    """The branches of a chain; of ifs that stand side by side and all leave, as well."""
    current: ast.If | None = node
    while current is not None:
        yield current
        following = current.orelse
        is_chain = len(following) == 1 and isinstance(following[0], ast.If) and reader._is_elif(following[0])
        current = following[0] if is_chain and isinstance(following[0], ast.If) else None
    for beside in reader.slugs.beside(node):
        yield beside


def _stops(last: ast.stmt) -> bool:
    """Whether a block ends by refusing to go on."""
    match last:
        case ast.Raise():
            return True
        case ast.Expr(value=ast.Call(func=func)):
            return ast.unparse(func) in ("sys.exit", "exit", "quit", "os._exit", "parser.error")
    return False
