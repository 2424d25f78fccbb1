"""Rename modules: the file, every import of it, and every string and path that names it, all or nothing.

    from lib.gradient_client import GradientClient  ->  from lib.llm_client import GradientClient
    mock.patch("lib.gradient_client.chat")  ->  mock.patch("lib.llm_client.chat")

Aliases, import roots and relative imports stay as they are written. A module that is not the project's own changes in
imports and strings only. A rename that would take the place of another module is left to a person; so is an import
whose name is put together at run time.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from offramp import notebooks
from offramp.model import Edit, Finding, Fix, Move, Refusal, TermKind
from offramp.project import Context, Project
from offramp.syntax.javascript import Script
from offramp.syntax.python import PythonTree
from scanners import python_modules, script_symbols
from scanners.python_modules import IMPORTED, MODULE, Modules, Reference

RULES = ("retired-import", "retired-symbol", "retired-path")
SUBJECT = "Rename the modules"


def fix(finding: Finding, context: Context) -> Fix | Refusal | None:
    return notebooks.answer(_fix, finding, context)


def _fix(finding: Finding, context: Context) -> Fix | Refusal | None:
    entry = _entry(finding, context)
    if entry is None:
        return None
    if finding.place.built:
        why = f"the name of a module is put together at run time, and {entry} may be meant"
        return Refusal(f"{why}: check what {finding.text} can be")
    new = finding.term.new
    if new is None:
        why = f"the migration does not say what takes the place of the module {finding.text}"
        return Refusal(f"{why}: add it to modules:, or describe the calls under rewrites:")
    own = files_of(context.project, entry)
    group = f"module:{_family(entry, context)}" if own else f"module:{entry}:{finding.path}"
    if own and (reason := _reason(context.project, entry, own)) is not None:
        return Refusal(reason, group=group)
    if finding.rule == "retired-path":
        return _moved(finding, context, group)
    if isinstance(context.document.tree, Script) and (name := script_symbols.unmapped(finding, context)) is not None:
        why = f"{name} comes from {finding.text}, and the migration does not say what it is in {new}"
        return Refusal(f"{why}: add it to symbols:", group=group)
    reference = _reference(finding, context)
    if reference is not None and (unclear := _unclear(context, reference, own)) is not None:
        return Refusal(unclear, group=group)
    if reference is None or (reference.what == python_modules.USE and not reference.moves_away):
        return Fix.replace(finding, new, group=group)
    return _import(finding, reference, context, group, own=bool(own))


def _entry(finding: Finding, context: Context) -> str | None:
    """The key of `modules:` that a finding is about; of a path, the module or the package that holds the file."""
    if finding.term.kind is TermKind.MODULE:
        return finding.term.entry
    if finding.term.kind is not TermKind.PATH:
        return None
    path = "/" + re.sub(r"\.pyi?$", "", finding.term.entry) + "/"
    entries = [entry for entry, new in context.migration.modules.items() if new and "*" not in entry]
    inside = (entry for entry in entries if "." in entry and f"/{entry.replace('.', '/')}/" in path)
    at_root = (
        entry
        for entry in entries
        if not re.search(r"[./]", entry) and re.match(rf"/(?:src/)?{re.escape(entry)}/", path)
    )
    return next(iter((*inside, *at_root)), None)


def _family(entry: str, context: Context) -> str:
    """The shortest entry that is the same module under another import root: they change together."""
    same = [e for e in context.migration.modules if "." in e and f".{entry}".endswith(f".{e}")]
    return min(same, key=len, default=entry)


def files_of(project: Project, entry: str) -> list[str]:
    """The project's own files of a module or of the package that it is, under their present paths."""
    folder = entry.replace(".", "/")
    root = "(?:^|/)" if "." in entry else "^(?:src/)?"
    below = re.compile(rf"{root}{re.escape(folder)}(?:\.pyi?$|/.*\.pyi?$)")
    return sorted(path for path in project.paths if path.endswith((".py", ".pyi")) and below.search(path))


def _reason(project: Project, entry: str, own: list[str]) -> str | None:
    """Why a module of the project itself has to keep its name."""
    becomes = str(project.migration.modules[entry])
    for path in own:
        document = project.document(path)
        if document is not None and document.refusal is not None:
            return f"{path} can't be renamed: {document.refusal.reason}"
        target = _target(path, entry, becomes)
        if project.exists(target):
            return f"{target} is there already: merge {path} into it by hand, then remove {path}"
    package, _, _ = entry.rpartition(".")
    if package != becomes.rpartition(".")[0] and (relative := _with_relative_imports(project, own)) is not None:
        return f"{relative} has relative imports that would not work from {becomes}: make them absolute first"
    return None


def _target(path: str, entry: str, new: str) -> str:
    head, _, tail = f"/{path}".rpartition("/" + entry.replace(".", "/"))
    return f"{head}/{new.replace('.', '/')}{tail}".removeprefix("/")


def _with_relative_imports(project: Project, own: list[str]) -> str | None:
    texts = ((path, project.text(path) or "") for path in own)
    return next((path for path, text in texts if re.search(r"^[ \t]*from[ \t]+\.", text, re.MULTILINE)), None)


def _moved(finding: Finding, context: Context, group: str) -> Fix:
    """A path in a text changes there; the finding about the file itself moves it, a package with all that is in it."""
    old, new = finding.term.entry if finding.term.kind is TermKind.PATH else finding.path, str(finding.term.new)
    if finding.end:
        return Fix.replace(finding, new, group=group)
    package = "/__init__.py"
    if old.endswith(package) and finding.term.entry.endswith(old.removesuffix(package).rpartition("/")[2]):
        old, new = old.removesuffix(package), new.removesuffix(package)
    moves = (Move(old, new),) if context.project.exists(old) else ()  # else it has moved along with its package
    return Fix(f"{old} → {new}", moves=moves, group=group)


def _references(context: Context) -> list[Reference]:
    return list(python_modules.references(context.document, Modules.of(context.vocabulary)))


def _reference(finding: Finding, context: Context) -> Reference | None:
    return next((r for r in _references(context) if (r.start, r.end) == (finding.start, finding.end)), None)


def _import(finding: Finding, reference: Reference, context: Context, group: str, *, own: bool) -> Fix | Refusal:
    new = finding.term.new or ""
    if reference.moves_away:
        where = f"{context.migration.modules[reference.entry]} is in another package"
        return Refusal(f"{where}: write this import anew, then rename the module", group=group)
    if not own and reference.what == MODULE and (name := _unmapped(reference, context)) is not None:
        why = f"{name} comes from {finding.text}, and the migration does not say what it is in {new}"
        return Refusal(f"{why}: add it to symbols:", group=group)
    edits = [Edit(finding.start, finding.end, new), *_alias(reference, context, finding)]
    if reference.parent is not None:
        edits.append(Edit(*reference.parent))
    return Fix(f"{finding.text} → {new}", tuple(edits), group=group)


def _unclear(context: Context, reference: Reference, own: list[str]) -> str | None:
    """Why the name that a file has for a module can't be told from others, or can't change in it."""
    path, tree, binding = context.document.path, context.document.tree, reference.binding
    inner = "/" + reference.old.replace(".", "/")
    others = [p for p in sorted(context.project.paths) if f"/{p}".endswith((f"{inner}.py", f"{inner}/__init__.py"))]
    if reference.inner and (other := next((p for p in others if p not in own), None)) is not None:
        return f"{reference.old} in {path} can mean {own[0]} and {other}: import it by the name of its package"
    whole = reference.what == MODULE and isinstance(binding.statement, ast.Import) and not binding.aliased
    if not whole or not isinstance(tree, PythonTree):
        return None
    changed = binding.module.replace(reference.old, reference.new or reference.old)
    if changed != binding.module and python_modules.keeps_name(tree, binding, binding.module, changed):
        return f"{binding.name} means something else in {path}, too: import {binding.module} under a name of its own"
    return None


def _unmapped(reference: Reference, context: Context) -> str | None:
    """A name imported from a module of others that is called after the provider and has no successor."""
    for other in _references(context):
        name = other.binding.symbol if other.start == reference.start else ""
        for match in context.vocabulary.find(name):
            if not match.reading(TermKind.SYMBOL) and match.reading(TermKind.PROVIDER, TermKind.RESIDUE):
                return name
    return None


def _alias(reference: Reference, context: Context, finding: Finding) -> Iterator[Edit]:
    """What keeps the bound name where it can't change with the module, or takes an alias away that says it twice."""
    binding, tree = reference.binding, context.document.tree
    if reference.what != IMPORTED or not isinstance(tree, PythonTree):
        return
    end, new = tree.span(binding.alias)[1], finding.term.new or ""
    if binding.aliased and binding.name == new:
        yield Edit(finding.end, end, "")
    elif not binding.aliased and python_modules.keeps_name(tree, binding, finding.text, new):
        yield Edit(end, end, f" as {finding.text}")
