"""What only a removed part of a script needed: imports, and what the file declares for itself.

    import { old } from "./old"       goes with the last use of old, the statement with its last name
    const LIMIT = 3                   goes, as a function or a class does, where it is not exported

A file that is imported for what it does (`import "./old"`) stays, and so does what another script may see.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from offramp.syntax import grammar, javascript_items
from offramp.syntax.grammar import Node
from offramp.syntax.javascript import Script
from offramp.syntax.javascript_names import Binding

Span = tuple[int, int]
DECLARED = ("function_declaration", "generator_function_declaration", "class_declaration", "lexical_declaration")
REQUIRED = re.compile(r"require\(\s*(['\"])[^'\"]+\1\s*\)")
PURE = frozenset({"string", "number", "true", "false", "null", "undefined", "arrow_function", "function_expression"})


def orphans(tree: Script, regions: Sequence[Span]) -> list[Span]:
    """What goes when the regions do, and was needed by nothing else."""
    gone: list[Span] = []
    while True:
        removed = [*regions, *gone]
        more = [span for span in _unused(tree, removed) if span not in gone]
        if not more:
            return gone
        gone += more


def _unused(tree: Script, removed: Sequence[Span]) -> Iterable[Span]:
    names: dict[Span, list[Binding]] = {}
    for binding in tree.scopes.bindings:
        if binding.scope.parent is not None or len(binding.declared) != 1 or _is_inside(binding, removed, 0):
            continue
        if len(binding.occurrences) > 1 and _is_inside(binding, removed, 1):
            first = binding.occurrences[0]
            node = tree.root.at(first.start, first.end)
            statement = node.above("import_statement", *DECLARED)
            if statement is not None:
                names.setdefault(statement.span, []).append(binding)
    for span, bindings in sorted(names.items()):
        statement = tree.root.at(*span).above("import_statement", *DECLARED)
        if statement is not None:
            yield from _cuts(tree, statement, bindings)


def _is_inside(binding: Binding, removed: Sequence[Span], first: int) -> bool:
    """Whether all occurrences from the first one on are removed."""
    rest = binding.occurrences[first:]
    return all(any(a <= o.start and o.end <= b for a, b in removed) for o in rest)


def _cuts(tree: Script, statement: Node, bindings: list[Binding]) -> Iterable[Span]:
    if statement.kind == "import_statement":
        clause = next((n for n in statement.named if n.kind == "import_clause"), None)
        bound = len(clause.find_all("import_specifier")) if clause is not None else 0
        others = [n for n in clause.named if n.kind in ("identifier", "namespace_import")] if clause is not None else []
        if bound + len(others) == len(bindings):
            yield _whole(tree, statement)
        elif bound > len(bindings) and len(bindings) == 1:
            specifier = _specifier(tree, bindings[0])
            if specifier is not None:
                yield javascript_items.outer(tree.text, specifier)
        return
    if statement.parent is None or statement.parent.kind != "program" or not _does_nothing(statement):
        return
    if len(statement.named) == 1 or statement.kind != "lexical_declaration":
        yield _whole(tree, statement)


def _specifier(tree: Script, binding: Binding) -> Node | None:
    first = binding.occurrences[0]
    return tree.root.at(first.start, first.end).above("import_specifier")


def _does_nothing(statement: Node) -> bool:
    """Whether a declaration has no effect but to declare."""
    if statement.kind != "lexical_declaration":
        return statement.kind != "class_declaration" or not re.search(r"\bstatic\b|@", statement.text)
    value = statement.named[0].field("value")
    name = statement.named[0].field("name")
    if name is None or name.kind != "identifier" or value is None:
        return False
    return value.kind in PURE or REQUIRED.fullmatch(value.text) is not None


def _whole(tree: Script, statement: Node) -> Span:
    return grammar.line_span(tree.text, statement.start, statement.end) or statement.span
