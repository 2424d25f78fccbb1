"""Workflows that no longer can or should run.

    .github/workflows/old-deploy.yml.bak       GitHub never reads it, and its name says that it was put aside
    .github/workflows/nightly.yml              '# DEPRECATED: …' above it, and its triggers are commented out

No single signal is enough: signals of two sorts must reach THRESHOLD together, and all are named. A workflow that has
a live trigger, or that another one calls, is active and stays, whatever it names; only `workflows.archive` of the
migration overrules that, as `workflows.keep` overrules the signals. Examples, templates and other tools' files are
none of our business.
"""

from __future__ import annotations

import dataclasses
import fnmatch
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping

from offramp import files
from offramp.evidence import SEVERITY
from offramp.model import Confidence, Finding, Place, Role, Term, TermKind
from offramp.project import Project
from scanners.workflow_facts import Facts, facts

RULE = "deprecated-workflow"
FOLDER = "_deprecated"
THRESHOLD = 3
READ_BY_GITHUB = re.compile(r"\.github/workflows/[^/]+\.ya?ml")
PARKED = re.compile(r"\.(bak|backup|disabled|old|orig|off|inactive)(?=$|\.ya?ml$)", re.IGNORECASE)
WORDS = r"legacy|disabled|deprecated|obsolete|retired|superseded|unused"
IN_NAME = re.compile(rf"(?<![a-z])(?:{WORDS})(?![a-z])", re.IGNORECASE)
IN_HEADER = re.compile(
    rf"""^\#\W*(?:(?:this|the)\s+(?:workflow|file|pipeline)\s+(?:is|was|has\s+been)\s+(?:now\s+)?)?
    (?:(?:{WORDS}|archived)\b|no\s+longer\s+(?:used|needed|run)|do\s+not\s+use|replaced\s+by)""",
    re.IGNORECASE | re.VERBOSE,
)
CANDIDATE = re.compile(
    rf"(?i)(?:workflow|(?:^|/)\.?(?:github|ci)/|(?:^|[^a-z])(?:{WORDS})(?![a-z])).*\.ya?ml(?:\.\w+)?$|\.ya?ml\.\w+$"
)
SUFFIX = re.compile(r"\.ya?ml(?:\.(?:bak|backup|disabled|old|orig|off|inactive))?$", re.IGNORECASE)
FOREIGN = re.compile(
    r"(?i)(?:^|/)(?:docs?|examples?|samples?|templates?|starter[^/]*|cookiecutter[^/]*|fixtures?|tests?|testdata|testing"
    r"|vendor|third_party|node_modules|site-packages)/|\{\{"
)
Signal = tuple[str, int, str]  # sort, weight, sentence


@dataclasses.dataclass(frozen=True, slots=True)
class Verdict:
    """Why a workflow is to be archived, and the active one that does its work, if any."""

    path: str
    name: str
    signals: tuple[str, ...]
    replaced_by: str = ""

    @property
    def target(self) -> str:
        folder, name = posixpath.split(self.path)
        return posixpath.join(folder, FOLDER, name)


def scan(project: Project, findings: Iterable[Finding]) -> Iterator[Finding]:
    """A finding for each deprecated workflow; what stands in the files is not needed for that."""
    for verdict in verdicts(project):
        term = Term(TermKind.PATH, verdict.path, verdict.target, verdict.path)
        yield Finding(
            *(RULE, verdict.path, 0, 0, verdict.path, term, Place(Role.TEXT, "a workflow", start=0, end=0)),
            confidence=Confidence.HIGH,
            severity=SEVERITY[RULE],
            message="the workflow no longer can or should run: " + "; ".join(verdict.signals),
        )


def verdicts(project: Project) -> list[Verdict]:
    """The workflows to archive, in the order of their paths."""
    likely = sorted(path for path in project.paths if ".y" in path.lower())  # before dearer questions are asked
    known = {path: found for path in likely if (found := _facts(project, path)) is not None}
    called = {call for path, found in known.items() if READ_BY_GITHUB.fullmatch(path) for call in found.calls}
    active = {p: f for p, f in known.items() if READ_BY_GITHUB.fullmatch(p) and (f.live or p in called)}
    result = []
    for path, found in known.items():
        asked = _listed(path, project.migration.archive)
        if _listed(path, project.migration.keep_workflows) or (path in active and not asked):
            continue
        others = {p: f for p, f in active.items() if p != path}
        signals = list(_signals(project, path, found, others))
        enough = sum(weight for _, weight, _ in signals) >= THRESHOLD and len({sort for sort, _, _ in signals}) > 1
        if asked or enough:
            said = ["the migration says so"] if asked else []
            twin = _twin(found, others)
            sentences = (*said, *(sentence for _, _, sentence in signals))
            result.append(Verdict(path, found.name, sentences, twin[0] if twin else ""))
    return result


def _facts(project: Project, path: str) -> Facts | None:
    """What a file says about itself if it is a workflow that may be judged."""
    asked = _listed(path, project.migration.archive)
    if files.is_history(path) or not SUFFIX.search(path):
        return None
    if not asked and (FOREIGN.search(path) or not CANDIDATE.search(path)):
        return None
    text = project.text(path)
    return facts(text) if text is not None else None


def _listed(path: str, entries: Iterable[str]) -> bool:
    return any(fnmatch.fnmatchcase(path, e) or fnmatch.fnmatchcase(posixpath.basename(path), e) for e in entries)


def _signals(project: Project, path: str, found: Facts, active: Mapping[str, Facts]) -> Iterator[Signal]:
    name = posixpath.basename(path)
    if not READ_BY_GITHUB.fullmatch(path):
        yield "place", 1, "GitHub never reads it: it is not a .yml or .yaml file directly in .github/workflows"
    elif found.triggers == ("workflow_call",):
        yield "trigger", 1, "it can only be called, and nothing in this repository calls it"
    elif not found.live:
        switched_off = "all its triggers are commented out" if found.commented_out else "it has no trigger"
        yield "trigger", 2, switched_off
    if (parked := PARKED.search(name)) is not None:
        yield "parked", 2, f"its file name ends in {parked[0]}"
    elif (word := IN_NAME.search(name)) is not None:
        yield "said", 1, f"its file name says '{word[0]}'"
    if (word := IN_NAME.search(found.name)) is not None:
        yield "said", 1, f"it is called '{found.name}'"
    if (line := next((line for line in found.header if IN_HEADER.match(line)), None)) is not None:
        yield "said", 2, f"its header says '{line.lstrip('# ').strip()[:80]}'"
    if (twin := _twin(found, active)) is not None:
        yield twin[1]
    if len(found.paths) > 1 and not any(project.exists(known) for known in found.paths):
        yield "paths", 1, f"nothing that it names is there: {', '.join(sorted(found.paths)[:3])}"
    if found.secrets and all(_is_retired(project, secret) for secret in found.secrets):
        yield "secrets", 1, f"it only uses retired secrets: {', '.join(sorted(found.secrets)[:3])}"


def _twin(found: Facts, active: Mapping[str, Facts]) -> tuple[str, Signal] | None:
    """The active workflow that has the same name or nearly the same steps."""
    best: tuple[str, Signal] | None = None
    for path, other in active.items():
        common = len(found.steps & other.steps) / max(len(found.steps | other.steps), 1)
        if len(found.steps) > 2 and common >= 0.8:
            return path, ("twin", 2, f"{path} is active and has nearly the same steps")
        if found.name and found.name == other.name:
            best = best or (path, ("twin", 1, f"{path} is active and has the same name"))
    return best


def _is_retired(project: Project, name: str) -> bool:
    return any(m.text == name and m.reading(TermKind.ENV) is not None for m in project.vocabulary.find(name))
