"""Dead branches in Python; `python_members` finds dead entries and members, `python_rows` rows and registrations.

if p == "gradient": … elif p == "openrouter": …      a branch, also of `match` and of conditional expressions
p == "gradient" or p == "openrouter"                 an operand
{"gradient": A, "openrouter": B}                     an entry
Literal["gradient", "openrouter"], ("gradient", "openrouter"), choices=[…]      a member
class Provider(Enum): GRADIENT = …; OPENROUTER = …   a member of an enum
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator, Sequence

from offramp import suppression
from offramp.document import Document
from offramp.model import Confidence, Finding, Place, Role, Severity, Term, TermKind
from offramp.syntax import python_blocks
from offramp.syntax.python import PythonTree
from offramp.vocabulary import Vocabulary
from scanners.dead_branches import GUARD, KEEP, Dead, python_effects
from scanners.dead_branches.python_chains import Chains
from scanners.dead_branches.python_conditions import Conditions, stops
from scanners.dead_branches.python_members import SHAPE, Members, dead
from scanners.dead_branches.python_rows import Rows
from scanners.dead_branches.python_tests import Slug, Slugs, last_name

Span = tuple[int, int]
VALUE = "what it asks is settled once '{}' is gone: say what is to stand there instead"
TANGLED = "its chain can't be taken apart: a branch would never be reached, or stands in another indentation"
WHOLE = "nothing of this match is left without it: remove the match by hand"
LEFT = "a comment asks to leave it"
DEFINED = (ast.If, ast.IfExp, ast.BoolOp)


def read(document: Document, vocabulary: Vocabulary, enums: frozenset[str] = frozenset()) -> Iterator[Dead]:
    """`enums` are enums of other modules that have a member for the successor as well."""
    tree = document.tree
    if not isinstance(tree, PythonTree) or not vocabulary.slug or not vocabulary.slug.search(document.text):
        return
    slugs = Slugs(tree, vocabulary)
    reader = _Reader(tree, vocabulary, slugs, enums)
    slugs.kept |= {dead.start: LEFT for dead in reader.all() if _is_left(document, dead, "dead-provider-branch")}
    while True:
        found = [dead for dead in reader.all() if not _is_left(document, dead, "retired-provider-value")]
        spoilt = python_effects.spoilt(tree, vocabulary, found)
        if not spoilt.keys() - slugs.kept.keys():
            break
        slugs.kept |= spoilt
    yield from found


def _is_left(document: Document, dead: Dead, rule: str) -> bool:
    """Whether a comment suppresses a rule where something is dead."""
    term = Term(TermKind.PROVIDER, "", "", "")
    place = Place(Role.STRING, "")
    at = Finding(rule, document.path, dead.start, dead.end, "", term, place, Confidence.LOW, Severity.LOW, "")
    return suppression.inline(document, at) is not None


class _Reader:
    def __init__(self, tree: PythonTree, vocabulary: Vocabulary, slugs: Slugs, enums: frozenset[str]) -> None:
        self.tree, self.vocabulary, self.slugs = tree, vocabulary, slugs
        self.conditions = Conditions(tree, slugs, enums)
        self.chains = Chains(tree, self.conditions)
        self.listed = Members(tree, slugs, self.conditions, vocabulary)
        self.rows = Rows(tree, slugs, vocabulary)

    def all(self) -> Iterator[Dead]:
        seen: set[int] = set()
        for node in self.tree.nodes:
            for found in self.forms(node):
                if found.start not in seen and not self.tree.in_f_string(node):
                    seen.add(found.start)
                    kept = self.slugs.kept.get(found.start)
                    yield dataclasses.replace(found, cuts=(), inserts=(), stuck=kept) if kept else found

    def forms(self, node: ast.AST) -> Iterator[Dead]:
        match node:
            case ast.If() if not self.chains.is_elif(node):
                yield from self.chain(node)
            case ast.IfExp():
                yield from self.conditional(node)
            case ast.Match():
                yield from self.match(node)
            case ast.BoolOp():
                yield from self.operands(node)
            case ast.Dict() | ast.Tuple() | ast.List() | ast.Set() | ast.ClassDef():
                yield from self.listed.forms(node)
                yield from self.rows.forms(node)
            case ast.Call():
                yield from self.listed.keywords(node)
                yield from self.rows.forms(node)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Assign():
                yield from self.rows.forms(node)
            case ast.Assert():
                yield from self.guard(node.test, positive=False)
        if isinstance(node, (ast.Compare, ast.BoolOp, ast.Call, ast.UnaryOp)):
            yield from self.value(node)

    def chain(self, head: ast.If) -> Iterator[Dead]:
        branches = list(self.chains.branches(head))
        plan = None
        planned = False
        for branch in branches:
            if stops(branch.body[-1]):
                yield from self.guard(branch.test, positive=True)
                continue
            folded = self.chains.settled(branch)
            if not folded.stuck and folded.value is None:
                continue
            if not planned:
                plan, planned = self.chains.plan(head), True
            for slug in folded.old:
                if folded.stuck or plan is None:
                    yield dead("a branch", slug, self._new(slug, branch.test), stuck=folded.stuck or TANGLED)
                else:
                    part = (python_blocks.block(self.tree, branch),) if folded.value is False else plan.regions
                    yield dead(
                        "a branch", slug, self._new(slug, branch.test), plan.cuts, inserts=plan.inserts, regions=part
                    )

    def guard(self, test: ast.expr, *, positive: bool) -> Iterator[Dead]:
        """A condition that only stops the retired provider."""
        asked = self.slugs.asked(test)
        folded = self.conditions.fold(test)
        stopped = folded.old if folded.value is False and positive else ()
        if asked is not None and asked.positive is positive and asked.texts == {self.slugs.old} and asked.whole:
            stopped = asked.slugs
        for slug in stopped:
            yield dead(GUARD, slug, self._new(slug, test), stuck=KEEP)

    def conditional(self, node: ast.IfExp) -> Iterator[Dead]:
        folded = self.conditions.fold(node.test)
        cuts: Sequence[Span] = ()
        if folded.value is not None:
            cuts = python_blocks.alternative(self.tree, node, kept=folded.value)
        for slug in folded.old if folded.value is not None or folded.stuck else ():
            yield dead("an alternative", slug, self._new(slug, node.test), cuts, folded.stuck or SHAPE)

    def match(self, node: ast.Match) -> Iterator[Dead]:
        every = [list(self.slugs.patterns(case.pattern)) for case in node.cases]
        settled: list[tuple[ast.match_case, Slug]] = []
        for case, slugs in zip(node.cases, every, strict=True):
            old = next((slug for slug in slugs if slug.text == self.slugs.old), None)
            if old is None:
                continue
            new = self._new(old, node.subject)
            if len(slugs) == 1 and case.guard is None and stops(case.body[-1]):
                yield dead(GUARD, old, new, stuck=KEEP)
            elif len(slugs) > 1 and isinstance(case.pattern, ast.MatchOr):
                yield from self.patterns(case.pattern, node, old, {slug.text for slug in slugs})
            elif len(slugs) == 1 and self.conditions.is_new(node.subject, (old,), node):
                settled.append((case, old))
        every_goes = len(settled) == len(node.cases)
        for case, old in settled:
            cuts = () if every_goes else python_blocks.case(self.tree, case)
            yield dead("a case", old, self._new(old, node.subject), cuts, WHOLE if every_goes else SHAPE)

    def patterns(self, pattern: ast.MatchOr, node: ast.Match, old: Slug, texts: set[str]) -> Iterator[Dead]:
        """`case "gradient" | "openrouter"`"""
        new = self._new(old, node.subject)
        if new not in texts and not self.conditions.is_new(node.subject, (old,), node):
            return
        gone = [i for i, p in enumerate(pattern.patterns) if old in self.slugs.patterns(p)]
        yield dead("an alternative", old, new, list(python_blocks.operands(self.tree, pattern.patterns, gone)), SHAPE)

    def operands(self, node: ast.BoolOp) -> Iterator[Dead]:
        whole = self.conditions.fold(node)
        if whole.value is not None:
            return
        folded = [self.conditions.fold(value) for value in node.values]
        gone = [index for index, one in enumerate(folded) if one.value is not None]
        if not gone or len(gone) == len(folded):
            return
        cuts = list(python_blocks.operands(self.tree, node.values, gone))
        for index in gone:
            for slug in folded[index].old:
                stuck = whole.stuck
                yield dead("an operand", slug, self._new(slug, node.values[index]), () if stuck else cuts, stuck)

    def value(self, node: ast.expr) -> Iterator[Dead]:
        """A question whose answer is put to use in another way than to choose a branch."""
        parent = self.tree.parent(node)
        asks = isinstance(parent, (*DEFINED, ast.UnaryOp, ast.Assert)) and getattr(parent, "body", None) is not node
        if asks and getattr(parent, "orelse", None) is not node:
            return
        folded = self.conditions.fold(node)
        for slug in folded.old if folded.value is not None else ():
            yield dead("a question", slug, self._new(slug, node), stuck=VALUE.format(self.slugs.old))

    def _new(self, slug: Slug, test: ast.AST) -> str:
        """The successor, by the name of what is asked about."""
        for node in ast.walk(test):
            asked = self.slugs.asked(node)
            if asked is not None and slug in asked.slugs:
                return min(self.slugs.successors(last_name(asked.subject)))
        return min(self.slugs.successors(last_name(test)))
