"""Files and folders that are named after the provider, and what moves because of that.

lib/gradient_client.py        moves with the module lib.gradient_client
scripts/check_gradient.sh     is the provider's when its content speaks of it
prompts/gradient/system.txt   or when a file that does names its path
styles/gradient.css           is silent: nothing says that the provider is meant
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from offramp import files
from offramp.evidence import SEVERITY
from offramp.model import Confidence, Finding, Place, Role, Term, TermKind
from offramp.project import Project
from scanners import deprecated_workflow, silent_tests
from scanners.javascript_paths import SCRIPT, file_of
from scanners.named_paths import NamedPaths, renamed

HERE = (0, 0)  # an empty span at the start stands for the file itself


def scan(project: Project, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Findings about files as such; `findings` are those about their contents."""
    findings = list(findings)
    for old, new in sorted(_named_after(project, findings)):
        module = module_of(project, old)
        term = Term(TermKind.MODULE, old, new, module) if module else Term(TermKind.PATH, old, new, old)
        yield _finding(old, term, Confidence.HIGH if module else Confidence.MEDIUM)
    for path in sorted({f.path for f in findings if f.confidence > Confidence.LOW}):
        document = project.documents.get(path)
        if document is not None and document.about and renamed(project, path.rpartition("/")[2]) is not None:
            yield _finding(path, Term(TermKind.PATH, path, None, path), Confidence.MEDIUM)
    yield from deprecated_workflow.scan(project, findings)
    yield from silent_tests.scan(project)


def _finding(path: str, term: Term, confidence: Confidence) -> Finding:
    place = Place(Role.TEXT, "a path", start=0, end=0)
    message = f"the file is named after it: {path}"
    severity = SEVERITY["retired-path"]
    return Finding("retired-path", path, *HERE, path, term, place, confidence, severity, message)


def planned_moves(project: Project, findings: Iterable[Finding]) -> set[tuple[str, str]]:
    """(old, new) path of each file that should move, because of its name or into an archive."""
    archived = {(verdict.path, verdict.target) for verdict in deprecated_workflow.verdicts(project)}
    return _named_after(project, findings) | archived


def _named_after(project: Project, findings: Iterable[Finding]) -> set[tuple[str, str]]:
    """The files of the migration's modules, and those whose name or folder carries the provider.

    Of the latter only those whose content, or a file that names their path, proves that the provider is meant.
    """
    moves = set()
    modules = _module_folders(project)
    for path in project.paths if modules else ():
        if any(folder in f"/{path}" for folder in modules) and (module := module_of(project, path)) is not None:
            moves.add((path, "" if files.is_history(path) else _module_path(project, path, module)))
    moves |= set(script_modules(project))
    if project.migration.new_slug:
        moves |= NamedPaths(project, findings).moves({old for old, _ in moves})
    return {(old, new) for old, new in moves if new and new != old and old not in project.ignored}


def script_modules(project: Project) -> Iterator[tuple[str, str]]:
    """The scripts that `modules:` names by their path, with or without what they end in, and what they become."""
    for old, new in project.migration.modules.items():
        if "/" not in old or "*" in old or not new or old.startswith("@"):
            continue
        path = file_of(project, old.removeprefix("./"))
        if path is not None and SCRIPT.search(path):
            stem = SCRIPT.sub("", old.removeprefix("./"))
            yield path, SCRIPT.sub("", new.removeprefix("./")) + path.removeprefix(stem)


def _module_folders(project: Project) -> tuple[str, ...]:
    return tuple(
        "/" + old.replace(".", "/") for old, new in project.migration.modules.items() if "*" not in old and new
    )


def module_of(project: Project, path: str) -> str | None:
    """The key of `modules:` that names this Python file or the package that holds it."""
    if not path.endswith((".py", ".pyi")):
        return None
    dotted = os.path.splitext(path)[0].replace("/", ".").removesuffix(".__init__")
    for old in project.migration.modules:
        if "*" not in old and "." in old and f".{old}." in f".{dotted}.":
            return old
        if (
            "." not in old
            and f"{dotted.removeprefix('src.')}.".startswith(f"{old}.")
            and _is_module(project, path, old)
        ):
            return old
    return None


def _is_module(project: Project, path: str, name: str) -> bool:
    """Whether a file at the root of the imports, the tree's own or `src`, is a module or belongs to a package."""
    root = "src/" if path.startswith("src/") else ""
    return path.removeprefix(root) in (f"{name}.py", f"{name}.pyi") or project.exists(f"{root}{name}/__init__.py")


def _module_path(project: Project, path: str, module: str) -> str:
    new = project.migration.modules[module]
    old_part = module.replace(".", "/")
    if new is None or f"/{old_part}" not in f"/{path}":
        return ""
    head, _, tail = f"/{path}".rpartition(f"/{old_part}")
    return f"{head}/{new.replace('.', '/')}{tail}".removeprefix("/")
