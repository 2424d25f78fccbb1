"""Rewrite the calls that `rewrites:` of the migration describes, with the imports that they need.

    client = Gradient(access_token=key)  ->  client = OpenAI(api_key=key, base_url="https://openrouter.ai/api/v1")

What stands for a variable of the pattern stays as it is written. The import of what was called goes when nothing else
in the file uses it; the new one takes its place.
"""

from __future__ import annotations

import ast
import dataclasses
import re
from collections.abc import Iterable, Iterator

from offramp import notebooks
from offramp.document import Document
from offramp.model import Edit, Finding, Fix, Refusal
from offramp.project import Context
from offramp.syntax import javascript_imports as scripts
from offramp.syntax.python import PythonTree
from offramp.syntax.python_imports import Binding, bound_by, without
from scanners import call_shapes
from scanners.call_shapes import VARIABLE, Call
from scanners.python_modules import chains

RULES = ("retired-symbol",)
SUBJECT = "Rewrite the calls of the retired SDK"


def fix(finding: Finding, context: Context) -> Fix | Refusal | None:
    return notebooks.answer(_fix, finding, context)


def _fix(finding: Finding, context: Context) -> Fix | Refusal | None:
    document = context.document
    calls = call_shapes.find(document, context.migration.rewrites)
    span = finding.start, finding.end
    call = next((c for c in calls if (c.start, c.end) == span and c.rewrite.match == finding.term.entry), None)
    if call is None:
        return None
    edits = list(_edits(call, document.text))
    title = f"{call.rewrite.match} → {call.rewrite.replace}"
    replaced = [edit for other in calls for edit in _edits(other, document.text)]
    if not isinstance(document.tree, PythonTree):
        return Fix(title, (*edits, *_script_imports(call, document, replaced)))
    if (name := _taken(document.tree, call)) is not None:
        return Refusal(f"{name} means something else in this file: rewrite this call by hand")
    imports = _imports(document.tree, call, replaced)
    if imports.refusal:
        return Refusal(f"{imports.refusal}: rewrite this call by hand, with the import")
    return Fix(title, (*edits, *imports.edits), needs=imports.needs)


def _edits(call: Call, text: str) -> Iterator[Edit]:
    """Replace what stands between the variables; the whole call where their order changes or one is dropped."""
    names, literals = VARIABLE.findall(call.rewrite.replace), VARIABLE.split(call.rewrite.replace)
    spans = [call.variables.get(name, (call.start, call.start)) for name in names]
    if set(names) == set(call.variables) and spans == sorted(set(spans)):
        edges = [call.start, *(edge for span in spans for edge in span), call.end]
        for literal, start, end in zip(literals, edges[0::2], edges[1::2], strict=True):
            yield Edit(start, end, literal)
        return
    values = [text[start:end] for start, end in spans]
    yield Edit(
        call.start, call.end, "".join(part for pair in zip(literals, [*values, ""], strict=True) for part in pair)
    )


def _taken(tree: PythonTree, call: Call) -> str | None:
    """A name that the new import would bind and that the file has for something else."""
    wanted = {binding.name: binding.target for line in call.rewrite.add_imports for binding in bound_by(line)}
    others = {b.name for b in tree.imports if wanted.get(b.name, b.target) != b.target}
    return next((name for name in sorted(wanted) if name in others or name in tree.scopes.assigned), None)


@dataclasses.dataclass(frozen=True, slots=True)
class Imports:
    """What becomes of the imports of a Python file: edits, what has to be supplied, or why a person has to do it."""

    edits: tuple[Edit, ...] = ()
    needs: tuple[str, ...] = ()
    refusal: str = ""


def _imports(tree: PythonTree, call: Call, replaced: Iterable[Edit]) -> Imports:
    """An import of what was called goes, or turns into the new one, when nothing else needs it."""
    lines = call.rewrite.add_imports
    needs = tuple(f"import:{line}" for line in lines)
    added = [binding for line in lines for binding in bound_by(line)]
    gone = {(b.module, b.symbol) for line in call.rewrite.remove_imports for b in bound_by(line)}
    found = [b for b in tree.imports if (b.module, b.symbol) in gone]
    spans = [(edit.start, edit.end) for edit in replaced]
    edits: list[Edit] = []
    for binding in found:
        uses = [use for use in chains(tree, binding.name) if not any(a <= use[0] and use[1] <= b for a, b in spans)]
        if uses and not (len(added) == 1 and all(_is_mention(tree, use) for use in uses)):
            if _is_guarded(tree, binding):
                return Imports(refusal=f"{binding.name} is imported under a condition and used in other ways, too")
            continue
        edits += [Edit(*use, added[0].name) for use in uses]
        if len(lines) == 1 and len(binding.statement.names) == 1 and not _has(tree, added):
            edits.append(Edit(*tree.span(binding.statement), lines[0]))
            needs = ()
        elif (span := without(tree, binding)) is not None:
            edits.append(Edit(*span, ""))
    return Imports(tuple(edits), needs)


def _has(tree: PythonTree, wanted: Iterable[Binding]) -> bool:
    there = {(b.module, b.symbol) for b in tree.imports}
    return there.issuperset((b.module, b.symbol) for b in wanted)


def _is_mention(tree: PythonTree, span: tuple[int, int]) -> bool:
    """Whether a name is only mentioned (a type, `is None`, an assignment), neither called nor asked for a member."""
    node = tree.node_at(*span)
    parent = tree.parent(node)
    is_called = isinstance(parent, ast.Call) and parent.func is node
    return isinstance(node, ast.Name) and not is_called and not isinstance(parent, ast.Attribute)


def _is_guarded(tree: PythonTree, binding: Binding) -> bool:
    return any(isinstance(outer, (ast.Try, ast.If)) for outer in tree.ancestors(binding.statement))


def _script_imports(call: Call, document: Document, replaced: Iterable[Edit]) -> Iterator[Edit]:
    """As `_imports`, for JavaScript and TypeScript."""
    text, lines = document.text, list(call.rewrite.add_imports)
    spans = [(edit.start, edit.end) for edit in replaced]
    for line in call.rewrite.remove_imports:
        statement = scripts.find(text, line)
        if statement is None:
            continue
        words = "|".join(re.escape(name) for name in scripts.bound(line)) or r"(?!)"
        uses = [m.span() for m in re.finditer(rf"(?<![\w$.])(?:{words})(?![\w$])", text)]
        if any(not any(a <= start and end <= b for a, b in (*spans, statement)) for start, end in uses):
            continue
        if lines and scripts.find(text, lines[0]) is None:
            yield Edit(*statement, scripts.styled(lines.pop(0), text[slice(*statement)]))
        else:
            end = re.compile(r"[ \t]*(?:\r\n|\r|\n|\Z)").match(text, statement[1])
            yield Edit(statement[0], end.end() if end else statement[1], "")
    for line in lines:
        if (edit := scripts.added(text, line, document.newline)) is not None:
            yield edit
