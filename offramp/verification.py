"""How far the result of a run is proved, for each Python file that it touches: the evidence that a reviewer is shown.

    parses     `ast` on the lowest Python that the project declares, and libcst as a second parser
    names      no name is undefined that was not
    imports    every module and name of the project that is imported is there; a package that is new, is required
    tests      a command of the user's has passed, or: not run

The first two are conditions of every single edit already (`proposals`); what fails here, where several files meet, is
reported. Nothing is called passed that was not looked at.
"""

from __future__ import annotations

import dataclasses
import enum
import re
import sys
from collections.abc import Iterator

from offramp.document import Document
from offramp.engine import Outcome
from offramp.own_modules import Answer, OwnModules
from offramp.project import Project
from offramp.python_versions import Version, newer, older
from offramp.syntax import python_check, python_second
from offramp.syntax.python import PythonTree
from offramp.syntax.python_imports import Binding, absolute

MANIFEST = re.compile(
    r"(?:^|/)(?:[^/]*(?:requirements|constraints)[^/]*\.(?:txt|in)|requirements/[^/]+\.(?:txt|in)|pyproject\.toml"
    r"|setup\.(?:py|cfg)|Pipfile|(?:conda|environment)[^/]*\.ya?ml)$"
)


class State(enum.StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not checked"
    NOT_RUN = "not run"


@dataclasses.dataclass(slots=True)
class Proof:
    """How far one touched file is proved; `notes` say what failed or could not be looked at."""

    path: str
    parses: State = State.PASSED
    names: State = State.PASSED
    imports: State = State.PASSED
    notes: list[str] = dataclasses.field(default_factory=list)

    def fail(self, note: str) -> State:
        self.notes.append(note)
        return State.FAILED


@dataclasses.dataclass(frozen=True, slots=True)
class Evidence:
    """The proofs of all touched Python files, the lowest Python declared for them, and the tests that are theirs."""

    proofs: tuple[Proof, ...]
    python: Version | None
    tests: tuple[str, ...]

    @property
    def failed(self) -> list[Proof]:
        return [proof for proof in self.proofs if State.FAILED in (proof.parses, proof.names, proof.imports)]


def prove(outcome: Outcome) -> Evidence:
    """Climb the ladder for every Python file that a run touches, and for those that import one."""
    before, after = outcome.before, outcome.after
    known = {**{path: after.document(path) for path in after.moves.values()}, **after.documents}
    python = {p: d for p, d in known.items() if d is not None and d.kind == "python" and p in after.paths}
    touched = sorted(path for path, document in python.items() if _is_touched(document, before, after))
    proofs = {path: _file(python[path], before, after) for path in touched}
    old, new = OwnModules(before), OwnModules(after)
    moved = any(after.origin(path) != path for path in touched)
    for path, document in sorted(python.items()):
        if not isinstance(document.tree, PythonTree) or not (path in proofs or moved):
            continue
        for note in _imports(document, old, new, thorough=path in proofs):
            proof = proofs.setdefault(path, Proof(path))
            proof.imports = proof.fail(note)
    versions = [version for path in touched if (version := older(after, path)) is not None]
    return Evidence(tuple(proofs[p] for p in sorted(proofs)), min(versions, default=None), _tests(touched, new))


def _is_touched(document: Document, before: Project, after: Project) -> bool:
    origin = after.origin(document.path)
    was = before.documents.get(origin)
    return origin != document.path or (was is None and origin not in before.paths) or _changed(was, document, before)


def _changed(was: Document | None, now: Document, before: Project) -> bool:
    text = was.text if was is not None else before.text(now.origin or now.path)
    return text != now.text


def _file(document: Document, before: Project, after: Project) -> Proof:
    """The first two rungs, which need the file alone."""
    path = document.path
    proof, was = Proof(path), before.document(after.origin(path))
    if not isinstance(document.tree, PythonTree):
        if was is not None and isinstance(was.tree, PythonTree):
            proof.parses = proof.fail(document.fault or "it does not parse")
        else:
            proof.parses = State.NOT_CHECKED
            proof.notes.append("it did not parse before either")
        proof.names = proof.imports = State.NOT_CHECKED
        return proof
    first = was.tree if was is not None and isinstance(was.tree, PythonTree) else None
    version = older(after, path)
    if version is not None and (fault := newer(first.text if first else "", document.text, version)) is not None:
        proof.parses = proof.fail(fault)
    complaint, skipped = python_second.complaint(first, document.tree)
    if complaint is not None:
        proof.parses = proof.fail(complaint)
    elif skipped is not None:
        proof.notes.append(skipped)
    if (fault := python_check.fault(first.text if first else "", document.text)) is not None:
        proof.names = proof.fail(fault)
    return proof


def _imports(document: Document, old: OwnModules, new: OwnModules, *, thorough: bool) -> Iterator[str]:
    """What a file imports that is not there, and was or is new; each once."""
    tree = document.tree
    assert isinstance(tree, PythonTree)
    origin = new.project.origin(document.path)
    was = old.project.document(origin) if thorough else None
    earlier = {(b.module, b.symbol) for b in was.tree.imports} if was and isinstance(was.tree, PythonTree) else set()
    seen: set[str] = set()
    for binding in tree.imports:
        note = _import(document.path, origin, binding, old, new, fresh=(binding.module, binding.symbol) not in earlier)
        if note is not None and note not in seen and (thorough or "there is no module" in note):
            seen.add(note)
            yield note


def _import(path: str, origin: str, binding: Binding, old: OwnModules, new: OwnModules, *, fresh: bool) -> str | None:
    module = absolute(binding.module, path)
    if not module:
        return None
    there = new.files(module) or new.folders(module)
    line = binding.statement.lineno
    if not there:
        was = absolute(binding.module, origin)
        if old.files(was) and not new.is_foreign(module.partition(".")[0]):
            return f"line {line}: there is no module {module} any more"
        return _package(path, module, line, new) if fresh else None
    symbol = binding.symbol
    if not symbol or symbol == "*" or not new.files(module) or new.is_foreign(module.partition(".")[0]):
        return None
    if new.look_up(f"{module}.{symbol}") is not Answer.MISSING:
        return None
    if not fresh and old.look_up(f"{absolute(binding.module, origin)}.{symbol}") is Answer.MISSING:
        return None  # as before
    return f"line {line}: {module} has no {symbol}"


def _package(path: str, module: str, line: int, new: OwnModules) -> str | None:
    """An import that the run has brought, of a package that no manifest requires."""
    head = module.partition(".")[0]
    if head in sys.stdlib_module_names or new.folders(head):
        return None
    manifests = [p for p in sorted(new.project.paths) if MANIFEST.search(p)]
    texts = [new.project.text(p) or "" for p in manifests]
    required = {_normal(word) for text in texts for word in re.findall(r"[A-Za-z][\w.-]*\w|[A-Za-z]", text)}
    parts = module.split(".")
    names = {_normal("-".join(parts[:count])) for count in range(1, len(parts) + 1)}
    if not manifests or names & required:
        return None
    return f"line {line}: {module} is imported now, and neither a file nor a required package is called so"


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _tests(touched: list[str], own: OwnModules) -> tuple[str, ...]:
    """The test files that are touched, bear the name of a touched module, or import one."""
    stems = {path.rpartition("/")[2].removesuffix(".py") for path in touched}
    named = {f"{stem}.py" for s in stems for stem in (f"test_{s}", f"{s}_test", f"{s}_tests")}
    found = {path for path in own.python if own.is_test(path) and path.rpartition("/")[2] in named}
    found |= {path for path in touched if own.is_test(path)}
    for path, document in own.project.documents.items():
        if document.kind == "python" and own.is_test(path) and isinstance(document.tree, PythonTree):
            modules = {m for b in document.tree.imports for m in (absolute(b.module, path), absolute(b.target, path))}
            if any(set(own.files(module)) & set(touched) for module in modules if module):
                found.add(path)
    return tuple(sorted(path for path in found if path.rpartition("/")[2] not in ("__init__.py", "conftest.py")))
