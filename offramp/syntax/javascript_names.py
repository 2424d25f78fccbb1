"""The words of the scopes of a script: a scope, a binding, and the places where its name stands."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

VALUE, TYPE = 1, 2
BOTH = VALUE | TYPE
FUNCTIONS = frozenset(
    {
        *("function_declaration", "generator_function_declaration", "function_expression", "generator_function"),
        *("arrow_function", "method_definition", "function_signature", "method_signature", "call_signature"),
        *(
            "abstract_method_signature",
            "construct_signature",
            "function_type",
            "constructor_type",
            "class_static_block",
        ),
        *("program", "module", "internal_module"),
    }
)

ONCE = ("constant", "import", "parameter", "class_declaration", "abstract_class_declaration")
OFTEN = ("variable", "function_declaration", "generator_function_declaration")


@dataclasses.dataclass(eq=False, slots=True)
class Scope:
    parent: Scope | None
    kind: str
    names: dict[str, list[Binding]] = dataclasses.field(default_factory=dict)

    @property
    def is_function(self) -> bool:
        return self.kind in FUNCTIONS

    def outwards(self) -> Iterator[Scope]:
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent

    def find(self, name: str, meaning: int) -> Binding | None:
        return next((b for b in self.names.get(name, ()) if b.meaning & meaning), None)


@dataclasses.dataclass(frozen=True, slots=True)
class Occurrence:
    """One place of a name. `shape` tells where the name is another thing's, too: what a rename must write out."""

    start: int
    end: int
    name: str
    scope: Scope
    meaning: int = BOTH
    shape: str = ""  # shorthand, import, export: `{ a }`, `import { a }`, `export { a }`

    def renamed(self, new: str) -> str:
        """What is written for it when only the binding changes its name."""
        match self.shape:
            case "shorthand":
                return f"{self.name}: {new}"
            case "import":
                return f"{self.name} as {new}"
            case "export":
                return f"{new} as {self.name}"
        return new


@dataclasses.dataclass(eq=False, slots=True)
class Binding:
    name: str
    scope: Scope
    meaning: int
    what: str  # import, parameter, variable …
    is_merged: bool = False  # a type and a value, say, that share the name
    declared: list[str] = dataclasses.field(default_factory=list)  # as what, each time
    occurrences: list[Occurrence] = dataclasses.field(default_factory=list)

    @property
    def is_doubled(self) -> bool:
        """Whether a value is declared twice, where that is an error."""
        values = [what for what in self.declared if what in ONCE or what in OFTEN]
        return len(values) > 1 and any(what in ONCE for what in values)
