"""Which names of a script mean the same thing: declarations, and the references that find them.

    const a = 1; function f(a) { return { a } }      two bindings; `{ a }` is the parameter's, and a property's name
    import { a } from "./x"; type a = …              a value and a type may share a name

A name is looked up from the inside outwards, as a value or as a type; declarations count for their whole scope,
wherever they stand in it. What a script does not declare is global.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from offramp.syntax.javascript_declarations import Declarations
from offramp.syntax.javascript_names import Binding, Occurrence, Scope

if TYPE_CHECKING:
    from ast_grep_py import SgNode


class Scopes:
    """The bindings of a whole script, and the references to what it does not declare."""

    def __init__(self, root: SgNode) -> None:
        found = Declarations(root)
        self.bindings = found.bindings
        self.free: list[Occurrence] = []
        for reference in found.references:
            binding = _resolved(reference)
            (self.free if binding is None else binding.occurrences).append(reference)
        for binding in self.bindings:
            binding.occurrences.sort(key=lambda o: o.start)

    def at(self, start: int, end: int) -> tuple[Binding | None, Occurrence] | None:
        """What stands at a span as a name: its binding, None where it is global."""
        for binding in self.bindings:
            for occurrence in binding.occurrences:
                if (occurrence.start, occurrence.end) == (start, end):
                    return binding, occurrence
        return next(((None, o) for o in self.free if (o.start, o.end) == (start, end)), None)

    def meet(self, old: str, new: str) -> bool:
        """Whether something would mean another thing if all that is called `old` were called `new`."""
        every: list[tuple[Binding | None, Occurrence]] = []
        every += [(b, o) for b in self.bindings if b.name in (old, new) for o in b.occurrences]
        every += [(None, o) for o in self.free if o.name in (old, new)]
        for binding, occurrence in every:
            for scope in occurrence.scope.outwards():
                if binding is not None and scope is binding.scope:
                    if any(other is not binding for other in _both(scope, old, new)):
                        return True
                    break
                if any(b.name != occurrence.name for b in _both(scope, old, new)):
                    return True
        return False


def _resolved(reference: Occurrence) -> Binding | None:
    for scope in reference.scope.outwards():
        if (found := scope.find(reference.name, reference.meaning)) is not None:
            return found
    return None


def _both(scope: Scope, old: str, new: str) -> list[Binding]:
    return [*scope.names.get(old, ()), *scope.names.get(new, ())]
