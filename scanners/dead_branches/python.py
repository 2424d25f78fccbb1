"""Dead branches in Python; `python_members` finds dead entries and members.

if p == "gradient": … elif p == "openrouter": …      a branch, also of `match` and of conditional expressions
{"gradient": A, "openrouter": B}                     an entry
Literal["gradient", "openrouter"], ("gradient", "openrouter"), choices=[…]      a member
class Provider(Enum): GRADIENT = …; OPENROUTER = …   a member of an enum
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from offramp.document import Document
from offramp.syntax import python_blocks
from offramp.syntax.python import PythonTree
from offramp.vocabulary import Vocabulary
from scanners.dead_branches import GUARD, KEEP, Dead
from scanners.dead_branches.python_members import SHAPE, Members, dead
from scanners.dead_branches.python_tests import Slugs

MIXED = "the condition asks for more than the provider: decide what of it is still needed"


def read(document: Document, vocabulary: Vocabulary) -> Iterator[Dead]:
    tree = document.tree
    if not isinstance(tree, PythonTree) or not vocabulary.slug or not vocabulary.slug.search(document.text):
        return
    reader = _Reader(tree, vocabulary)
    for node in tree.parents:
        for found in reader.forms(node):
            if not tree.in_f_string(node):
                yield found


class _Reader:
    def __init__(self, tree: PythonTree, vocabulary: Vocabulary) -> None:
        self.tree, self.vocabulary = tree, vocabulary
        self.slugs = Slugs(tree, vocabulary)
        self.listed = Members(tree, vocabulary, self.slugs)

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
            case ast.Dict() | ast.Tuple() | ast.List() | ast.Set() | ast.ClassDef():
                yield from self.listed.forms(node)

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
                yield dead(GUARD, test, stuck=KEEP)
            elif new is not None:
                cuts = python_blocks.branch(self.tree, branch) if test.pure else ()
                yield dead("a branch", test, cuts, SHAPE if test.pure else MIXED)

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
                yield dead("an alternative", test, cuts, SHAPE if test.pure else MIXED)

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
                yield dead("a case", test, stuck=MIXED)
            elif _stops(case.body[-1]):
                yield dead(GUARD, test, stuck=KEEP)
            else:
                yield dead("a case", test, python_blocks.case(self.tree, case), SHAPE)

    def patterns(self, node: ast.MatchOr, subject: ast.expr) -> Iterator[Dead]:
        """`case "gradient" | "openrouter"`"""
        tests = [self.slugs.pattern(pattern, subject, "") for pattern in node.patterns]
        for index, test in enumerate(tests):
            if test is not None and test.is_old and any(other is not None and other.is_new for other in tests):
                yield dead("an alternative", test, python_blocks.operand(self.tree, node.patterns, index), SHAPE)

    def operands(self, node: ast.BoolOp) -> Iterator[Dead]:
        tests = [self.slugs.tested(value) for value in node.values]
        for index, test in enumerate(tests):
            if test is None or not test.is_old or not test.pure:
                continue
            if any(other is not None and other.is_new and other.subject == test.subject for other in tests):
                yield dead("an operand", test, python_blocks.operand(self.tree, node.values, index), SHAPE)


def _branches(node: ast.If, reader: _Reader) -> Iterator[ast.If]:
    """The branches of a chain; of ifs that stand side by side and all leave, as well."""
    current: ast.If | None = node
    while current is not None:
        yield current
        following = current.orelse
        is_chain = len(following) == 1 and isinstance(following[0], ast.If) and reader._is_elif(following[0])
        current = following[0] if is_chain and isinstance(following[0], ast.If) else None
    yield from reader.slugs.beside(node)


def _stops(last: ast.stmt) -> bool:
    """Whether a block ends by refusing to go on."""
    match last:
        case ast.Raise():
            return True
        case ast.Expr(value=ast.Call(func=func)):
            return ast.unparse(func) in ("sys.exit", "exit", "quit", "os._exit", "parser.error")
    return False
