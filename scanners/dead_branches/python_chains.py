"""What goes from a chain of if, elif and else, once some of its conditions are settled.

if p == "gradient": …      goes; the `elif` after it becomes the `if`
elif p != "gradient": …    is the `else` of the chain; what came after it goes
else:                      goes where nothing is left in it; stands alone where no condition is left
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator, Sequence

from offramp.syntax import python_blocks as blocks
from offramp.syntax.python import PythonTree
from scanners.dead_branches.python_conditions import Conditions, Folded, stops

Span = tuple[int, int]


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """What goes from a chain, and what comes in its place; `regions` are the blocks that go."""

    cuts: tuple[Span, ...]
    inserts: tuple[tuple[int, str], ...] = ()
    regions: tuple[Span, ...] = ()


class Chains:
    def __init__(self, tree: PythonTree, conditions: Conditions) -> None:
        self.tree, self.conditions = tree, conditions

    def is_elif(self, node: ast.If) -> bool:
        parent = self.tree.parent(node)
        inside = isinstance(parent, ast.If) and parent.orelse == [node]
        return inside and self.tree.text.startswith("elif", self.tree.span(node)[0])

    def branches(self, head: ast.If) -> Iterator[ast.If]:
        current: ast.stmt | None = head
        while isinstance(current, ast.If) and (current is head or self.is_elif(current)):
            yield current
            current = current.orelse[0] if len(current.orelse) == 1 else None

    def final(self, head: ast.If) -> Sequence[ast.stmt]:
        """The block of the chain's `else`."""
        last = list(self.branches(head))[-1]
        return last.orelse

    def settled(self, branch: ast.If) -> Folded:
        """What the condition of a branch comes to; nothing where the branch is a guard."""
        folded = self.conditions.fold(branch.test)
        guards = stops(branch.body[-1]) and folded.value is not None
        return Folded() if guards else folded

    def vanishes(self, statement: ast.stmt) -> bool:
        """Whether nothing of a statement is left."""
        if not isinstance(statement, ast.If) or self.is_elif(statement):
            return False
        gone = all(self.settled(branch).value is False for branch in self.branches(statement))
        return gone and all(map(self.vanishes, self.final(statement)))

    def plan(self, head: ast.If) -> Plan | None:
        """None where a block can't be moved to another indentation, or branches follow that are never reached."""
        branches = list(self.branches(head))
        values = [self.settled(branch).value for branch in branches]
        if True in values[:-1]:
            return None  # a branch that is never reached: whoever wrote it meant something else
        if self.vanishes(head):
            return self._without(head)
        gone = [branch for branch, value in zip(branches, values, strict=True) if value is False]
        always = values.index(True) if True in values else len(branches)
        stay = [branch for branch, value in zip(branches[:always], values, strict=False) if value is None]
        cuts = [blocks.block(self.tree, branch) for branch in gone if branch in branches[:always]]
        inserts: tuple[tuple[int, str], ...] = ()
        regions = list(cuts)
        if stay and stay[0] is not head:
            start = self.tree.span(stay[0])[0]
            cuts[0] = cuts[0][0], blocks.after_blank(self.tree, *cuts[0])
            cuts.append((start, start + len("el")))
        if always < len(branches):
            rest = self._rest(branches[always], branches[-1])
            cuts += rest
            regions += rest
        final = branches[always].body if always < len(branches) else self.final(head)
        if not stay:
            header = self._header(branches, always)
            moved = blocks.unfolded(self.tree, header, final, blocks.indent(self.tree, self.tree.span(head)[0]))
            if moved is None:
                return None
            cuts += moved
        elif always < len(branches):
            start, end = self._header(branches, always)
            cuts.append((start, end - 1))
            inserts = ((end - 1, "else"),)
        return Plan(tuple(cuts), inserts, tuple(regions))

    def _header(self, branches: Sequence[ast.If], always: int) -> Span:
        """From the keyword of the block that is always taken to behind its colon."""
        if always < len(branches):
            start, test = self.tree.span(branches[always])[0], self.tree.span(branches[always].test)[1]
            return start, blocks.colon(self.tree, test) + 1
        start = blocks.otherwise(self.tree, branches[-1].orelse)
        return start, blocks.colon(self.tree, start) + 1

    def _rest(self, branch: ast.If, last: ast.If) -> list[Span]:
        """What stands behind the branch that is always taken."""
        statement = (last.orelse or last.body)[-1]
        column = len(blocks.indent(self.tree, self.tree.span(branch)[0]))
        start, end = blocks.block(self.tree, branch)[1], blocks.block_end(self.tree, statement, column)
        return [(start, end)] if start < end else []

    def _without(self, head: ast.If) -> Plan:
        """A whole chain goes; with the `else` that holds nothing but it; any other block keeps a `pass`."""
        tree, parent = self.tree, self.tree.parent(head)
        start = tree.span(head)[0]
        statement = ([*self.branches(head)][-1].orelse or [*self.branches(head)][-1].body)[-1]
        end = blocks.block_end(tree, statement, len(blocks.indent(tree, start)))
        first = blocks.line_start(tree, start)
        whole = first, blocks.after_blank(tree, first, end)
        field = next(f for f in ("body", "orelse", "finalbody") if head in getattr(parent, f, ()))
        siblings: list[ast.stmt] = getattr(parent, field)
        if isinstance(parent, ast.Module) or not all(map(self.vanishes, siblings)):
            return Plan((whole,), (), (whole,))
        if isinstance(parent, ast.If) and field == "orelse":
            header = blocks.otherwise(tree, siblings)
            column = len(blocks.indent(tree, header))
            region = blocks.line_start(tree, header), blocks.block_end(tree, siblings[-1], column)
            return Plan((region,), (), (region,))
        newline = blocks.BREAK.search(tree.text)
        passes = f"{blocks.indent(tree, start)}pass{newline[0] if newline else ''}"
        return Plan((whole,), ((whole[1], passes),) if head is siblings[0] else (), (whole,))
