"""The imports of an SDK give way to those of its successor, where the first of them stands.

    import google.generativeai as genai   →   from google import genai

A statement inside a function or under a condition is replaced in its place; names that stay keep their line.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from offramp.model import Edit
from offramp.syntax.python_imports import Binding, bound_by, whole_line
from scanners.sdk_calls import File, is_retired, keeps_name
from scanners.sdk_faults import is_mention


def replace(file: File, written: str) -> list[Edit] | str:
    """The edits of the imports, given all that is newly written; or why they can't be made."""
    lines = [line for line in file.sdk.imports if any(_stands_in(b.name, written) for b in bound_by(line))]
    in_use = _in_use(file)
    gone = [b for b in file.imported if is_retired(b.target, file.sdk) and b.name not in in_use]
    if (name := _taken(file, lines, gone)) is not None:
        return f"{name} means something else in this file"
    edits = _guards(file, lines, gone)
    if edits is None:
        return f"{gone[0].name} is imported under a condition, and several names take its place"
    lines = _merged([line for line in lines if not _has(file, line)])
    statements = dict.fromkeys(b.statement for b in file.imported)
    hosts = {line: s for line in lines for s in statements if s in file.tree.tree.body and _joins(s, line)}
    others = [line for line in lines if line not in hosts]
    for statement in statements:
        going = [b for b in gone if b.statement is statement]
        at_top = statement in file.tree.tree.body
        new = [line for line in lines if hosts.get(line) is statement] + others
        if going and not at_top:  # the names are needed in its scope
            new = lines
        kept = [alias for alias in statement.names if alias not in {b.alias for b in going}]
        if not going and not new:
            continue
        edits += _statement(file, statement, going, kept, new)
        others = [] if at_top else others
    return edits


def _in_use(file: File) -> set[str]:
    """The names that calls keep using, where an SDK serves both providers."""
    kept = [use for use in file.uses if keeps_name(file.sdk, use.shape)]
    return {n.id for use in kept for node in use.bound.consumed for n in ast.walk(node) if isinstance(n, ast.Name)}


def _merged(lines: list[str]) -> list[str]:
    """The lines, with one for all that comes from one module."""
    names: dict[str, list[str]] = {}
    for line in lines:
        module, _, name = line.partition(" import ")
        names.setdefault(module if name else line, []).append(name)
    return [
        f"{module} import {', '.join(sorted(several))}" if any(several) else module for module, several in names.items()
    ]


def _joins(statement: ast.Import | ast.ImportFrom, line: str) -> bool:
    """Whether the names of a line can be added to a statement."""
    return isinstance(statement, ast.ImportFrom) and line.startswith(f"from {statement.module} import ")


def _stands_in(name: str, written: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", written) is not None


def _taken(file: File, lines: list[str], gone: list[Binding]) -> str | None:
    """A name that a new import binds and that means something else in the file."""
    wanted = {binding.name: binding.target for line in lines for binding in bound_by(line)}
    free = {binding.name for binding in gone}
    others = {b.name for b in file.tree.imports if b not in gone and wanted.get(b.name, b.target) != b.target}
    return next((name for name in sorted(wanted) if name in others or (name in file.nodes.stored() - free)), None)


def _guards(file: File, lines: list[str], gone: list[Binding]) -> list[Edit] | None:
    """The new name where the file says `old = None` or `if old is None`; None where there is no single new name."""
    new = {binding.name for line in lines for binding in bound_by(line)}
    edits = []
    for node in file.nodes.all:
        if not isinstance(node, ast.Name) or node.id not in {binding.name for binding in gone}:
            continue
        key = file.nodes.key(node)
        ours = key is not None and all(file.is_import(binding) for binding in file.nodes.bindings(key))
        if ours and (isinstance(node.ctx, ast.Store) or is_mention(file, node)):
            edits.append(Edit(*file.nodes.span(node), min(new, default="")))
    return edits if not edits or len(new) == 1 else None


def _has(file: File, line: str) -> bool:
    there = {(b.name, b.target) for b in file.tree.imports if b.statement in file.tree.tree.body}
    return all((b.name, b.target) in there for b in bound_by(line))


def _statement(
    file: File, statement: ast.Import | ast.ImportFrom, going: list[Binding], kept: list[ast.alias], new: list[str]
) -> Iterator[Edit]:
    tree, newline = file.tree, file.document.newline
    start, end = tree.span(statement)
    indentation = re.search(r"[ \t]*\Z", tree.text[:start])
    separator = f"{newline}{indentation[0] if indentation else ''}"
    if not kept:
        line = whole_line(tree, statement)
        yield Edit(*line, "") if not new and line is not None else Edit(start, end, separator.join(new or ["pass"]))
        return
    names = ", ".join(tree.source(alias) for alias in kept)
    own, joined = f"import {names}", list[str]()
    if isinstance(statement, ast.ImportFrom):
        own = f"from {'.' * statement.level}{statement.module or ''} import {names}"
        joined = [line for line in new if _joins(statement, line)]
        own = ", ".join([own, *(line.partition(" import ")[2] for line in joined)])
        new = [line for line in new if line not in joined]
    if going or joined:
        yield Edit(start, end, separator.join([own, *new]))
    else:
        yield Edit(end, end, separator + separator.join(new))
