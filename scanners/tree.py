"""Files and folders that are named after the provider, and what moves because of that.

lib/gradient_client.py        moves with the module lib.gradient_client
docs/gradient-setup.md        is the provider's when its content speaks of it
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from offramp import files
from offramp.evidence import SEVERITY
from offramp.model import Confidence, Finding, Place, Role, Term, TermKind
from offramp.project import Project
from scanners import deprecated_workflow

HERE = (0, 0)  # an empty span at the start stands for the file itself


def scan(project: Project, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Findings about files as such; `findings` are those about their contents."""
    for old, new in sorted(_named_after(project, list(findings))):
        module = _module_of(project, old)
        kind = TermKind.MODULE if module else TermKind.PATH
        term = Term(kind, old, new, module or old)
        place = Place(Role.TEXT, "a path", start=0, end=0)
        yield Finding(
            *("retired-path", old, *HERE, old, term, place),
            confidence=Confidence.HIGH if module else Confidence.MEDIUM,
            severity=SEVERITY["retired-path"],
            message=f"the file is named after it: {old}",
        )
    yield from deprecated_workflow.scan(project, findings)


def planned_moves(project: Project, findings: Iterable[Finding]) -> set[tuple[str, str]]:
    """(old, new) path of each file that should move, because of its name or into an archive."""
    archived = {(verdict.path, verdict.target) for verdict in deprecated_workflow.verdicts(project)}
    return _named_after(project, findings) | archived


def _named_after(project: Project, findings: Iterable[Finding]) -> set[tuple[str, str]]:
    """The files of the migration's modules, and those whose name carries the provider while their content proves it.

    What is history, or about to become it, keeps its name.
    """
    company = {f.path for f in findings if f.confidence > Confidence.LOW}
    archived = {verdict.path for verdict in deprecated_workflow.verdicts(project)}
    moves = set()
    for path in project.paths:
        if path in archived or files.is_history(path):
            continue
        module = _module_of(project, path)
        new = _module_path(project, path, module) if module else _renamed(project, path, company)
        if new and new != path:
            moves.add((path, new))
    return moves


def _module_of(project: Project, path: str) -> str | None:
    """The key of `modules:` that names this Python file or the package that holds it."""
    if not path.endswith((".py", ".pyi")):
        return None
    dotted = os.path.splitext(path)[0].replace("/", ".").removesuffix(".__init__")
    for old in project.migration.modules:
        if (
            "*" not in old
            and "." in old
            and (dotted == old or dotted.endswith(f".{old}") or f".{old}." in f".{dotted}.")
        ):
            return old
    return None


def _module_path(project: Project, path: str, module: str) -> str | None:
    new = project.migration.modules[module]
    old_part = module.replace(".", "/")
    if new is None or f"/{old_part}" not in f"/{path}":
        return None
    head, _, tail = f"/{path}".rpartition(f"/{old_part}")
    return f"{head}/{new.replace('.', '/')}{tail}".removeprefix("/")


def _renamed(project: Project, path: str, company: set[str]) -> str | None:
    """The path with the provider's name replaced, where the file's content proves that the provider is meant."""
    if path not in company or not project.migration.new_slug:
        return None
    parts = []
    for part in path.split("/"):
        for match in reversed(project.vocabulary.find(part)):
            # what a name contains is a symbol, the slug itself, or a word that carries it
            new = match.terms[0].new
            if match.terms[0].kind is TermKind.RESIDUE:
                new = project.vocabulary.renamed_word(match.text)
            elif match.terms[0].kind not in (TermKind.PROVIDER, TermKind.SYMBOL, TermKind.PACKAGE, TermKind.NAME):
                continue
            elif (slug := match.reading(TermKind.PROVIDER)) is not None:
                new = slug.new
            if new:
                part = part[: match.start] + new + part[match.end :]
        parts.append(part)
    return "/".join(parts)
