"""Scan → rewrite → verify → report: the whole story of a run.

Everything happens in memory. What comes out is an `Outcome`; `transaction` writes it.
"""

from __future__ import annotations

import dataclasses
import importlib
import time
from collections.abc import Callable, Iterable, Sequence
from types import ModuleType

from codemods import PIPELINE
from offramp import evidence, parallel, suppression
from offramp.agreement import NOT_COMPARED, Agreement
from offramp.document import Document
from offramp.ledger import Balance, Ledger, Record, State
from offramp.model import Confidence, Finding, Fix, Refusal
from offramp.project import Context, Project
from offramp.proposals import Proposal, accept, in_the_way
from scanners import scan_one
from scanners import tree as scan_tree

MAX_ROUNDS = 8  # real trees settle in two or three; more means that two codemods undo each other
UNKNOWN = Refusal("no codemod of this version handles it: change it by hand")
ACROSS_FILES = ("silent-test",)  # rules whose findings edits of other files can mend
Progress = Callable[[str, int, int], None]  # stage, done, of how many


@dataclasses.dataclass(frozen=True, slots=True)
class Options:
    select: frozenset[str] = frozenset()  # rules; empty means all
    ignore: frozenset[str] = frozenset()
    include: frozenset[str] = frozenset()  # kinds of files left alone that are to be edited all the same
    fail_fast: bool = True
    pipeline: tuple[str, ...] = PIPELINE

    def wants(self, rule: str) -> bool:
        if rule == "hardcoded-fallback" and not self.fail_fast:
            return False
        return rule not in self.ignore and (not self.select or rule in self.select)


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """What one codemod did in one round: the project as it leaves it."""

    codemod: str
    state: Project
    fixes: int


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    before: Project
    after: Project
    records: list[Record]
    steps: list[Step]
    balance: Balance
    settings: dict[str, set[str]]  # settings that must now be provided → files that read them
    seconds: float
    agreement: Agreement = NOT_COMPARED  # what `agreement.compare` says once the files to write are known

    @property
    def changed(self) -> bool:
        return bool(self.steps)


def silent(stage: str, done: int, total: int) -> None:
    """No progress."""


def find(project: Project, progress: Progress = silent) -> list[Finding]:
    """Scan the whole tree: every finding, those of low confidence included.

    The tree is scanned once to know which files are the provider's, and again for references to their paths.
    """
    findings = _scan_all(project, progress)
    planned = scan_tree.planned_moves(project, findings)
    if planned - project.planned.items():
        project.plan(dict(sorted(planned)))
        findings = _scan_all(project, progress)
    return list(evidence.ordered([*findings, *scan_tree.scan(project, findings)]))


def _scan_all(project: Project, progress: Progress) -> list[Finding]:
    paths = sorted(project.paths)
    if parallel.pays(project, len(paths)):
        parallel.scan(project, paths, progress)
    findings: list[Finding] = []
    for index, path in enumerate(paths):
        progress("Scanning", index, len(paths))
        document = project.load(path)
        if document is not None:
            findings += scan_one(project, document)
    return evidence.weigh(project.documents, findings, project.vocabulary)


@dataclasses.dataclass(frozen=True, slots=True)
class ScanResult:
    """What a scan found, with what a run would answer to each finding; and what people have asked to leave."""

    findings: list[Finding]
    answers: list[Fix | Refusal | None]
    suppressed: list[tuple[Finding, str]]


def scan(
    project: Project, options: Options = Options(), progress: Progress = silent, *, low: bool = False
) -> ScanResult:
    """Find only; nothing is changed, in memory neither. `low`: also findings of low confidence."""
    found = [f for f in find(project, progress) if options.wants(f.rule) and (low or f.confidence > Confidence.LOW)]
    reasons = suppression.suppressed(project, found)
    findings = [f for f in found if f.key not in reasons]
    by_path: dict[str, list[Finding]] = {}
    for f in findings:
        by_path.setdefault(f.path, []).append(f)
    modules = [importlib.import_module(f"codemods.{name}") for name in options.pipeline] if findings else []
    answers = [_answer(project, modules, f, by_path[f.path]) for f in findings]
    return ScanResult(findings, answers, [(f, reasons[f.key]) for f in found if f.key in reasons])


def _answer(
    project: Project, modules: Sequence[ModuleType], found: Finding, beside: list[Finding]
) -> Fix | Refusal | None:
    """What the first codemod that has an answer would do with a finding."""
    document = project.document(found.path)
    if document is None or found.confidence is Confidence.LOW:
        return None
    if (withheld := _withheld(document, found)) is not None:
        return withheld
    context = Context(project, document, tuple(beside))
    answers = (_ask(module, found, context) for module in modules if found.rule in module.RULES)
    return next((answer for answer in answers if answer is not None), UNKNOWN)


def _withheld(document: Document, found: Finding) -> Refusal | None:
    """Why no codemod is asked about a finding: the file is left alone, or the name is somebody else's."""
    theirs = found.place.theirs
    return document.refusal or (Refusal(theirs, external=True, final=True) if theirs else None)


def _ask(module: ModuleType, found: Finding, context: Context) -> Fix | Refusal | None:
    """A codemod's answer; one that trips over a finding must not end the run."""
    try:
        answer: Fix | Refusal | None = module.fix(found, context)
        return answer
    except Exception as error:
        name = module.__name__.rpartition(".")[2]
        told = f"the codemod {name} failed on it ({type(error).__name__})"
        return Refusal(f"{told}: change it by hand, and please report it")


def run(project: Project, options: Options = Options(), progress: Progress = silent) -> Outcome:
    """Take the project off what its migration retires; the project itself is left as it is."""
    started = time.perf_counter()
    before, project = project, project.snapshot()
    ledger = Ledger()
    steps: list[Step] = []
    settings: dict[str, set[str]] = {}
    for turn in range(MAX_ROUNDS):
        if turn:  # each round begins as a new run would, so that a second run has nothing to do
            project = project.reopened()
            ledger.reconsider()
        _enter(ledger, project, find(project, progress if not turn else silent), options)
        before.documents = before.documents or dict(project.documents)
        applied = 0
        for index, name in enumerate(options.pipeline):
            progress("Rewriting", turn * len(options.pipeline) + index, MAX_ROUNDS * len(options.pipeline))
            step = _apply(importlib.import_module(f"codemods.{name}"), name, project, ledger, settings)
            if step is not None:
                steps.append(step)
                applied += step.fixes
                _enter(ledger, project, find(project), options)
        if not applied:
            break
    for record in ledger.open():
        ledger.refuse(record, _left_alone(project, record) or UNKNOWN)
    rescan = [found for found in find(project) if _counts(found, options)]
    ledger.mended(rescan, ACROSS_FILES)
    project.whole()
    settings = {name: {project.moves.get(path, path) for path in paths} for name, paths in settings.items()}
    balance = ledger.balance(rescan)
    seconds = time.perf_counter() - started
    return Outcome(before, project, ledger.records, steps, balance, settings, seconds)


def _counts(found: Finding, options: Options) -> bool:
    return found.confidence > Confidence.LOW and options.wants(found.rule)


def _enter(ledger: Ledger, project: Project, findings: Iterable[Finding], options: Options) -> None:
    counted = [found for found in findings if _counts(found, options)]
    ledger.enter(counted, suppression.suppressed(project, counted))


def _left_alone(project: Project, record: Record) -> Refusal | None:
    document = project.documents.get(record.now.path)
    return None if document is None else _withheld(document, record.now)


def _apply(
    module: ModuleType, name: str, project: Project, ledger: Ledger, settings: dict[str, set[str]]
) -> Step | None:
    """Let one codemod answer every pending finding of its rules; apply what it proposes; None when nothing changed."""
    proposals, refused = _answers(module, project, ledger)
    accepted, spliced, rejected = accept(project, proposals)
    for record, refusal in (*refused, *rejected):
        ledger.refuse(record, refusal)
    if not accepted:
        return None
    ledger.follow({path: result.passes for path, result in spliced.items()}, name)
    for path, result in spliced.items():
        replaced = project.documents.get(path)
        if replaced is not None and not (replaced.kind == "python" and replaced.is_original):  # `verification` asks
            replaced.drop_tree()
        project.documents[path] = result.document
    for proposal in accepted:
        for path, text in proposal.fix.creates:
            project.create(path, text)
        for move in proposal.fix.moves:
            if project.exists(move.old):
                project.move(move)
                ledger.rename(move.old, move.new)
        for setting in proposal.fix.settings:
            settings.setdefault(setting, set()).add(project.origin(proposal.record.now.path))
        proposal.record.state, proposal.record.by = State.FIXED, name
    return Step(name, project.snapshot().whole(), len(accepted))


def _answers(
    module: ModuleType, project: Project, ledger: Ledger
) -> tuple[list[Proposal], list[tuple[Record, Refusal]]]:
    pending = [r for r in ledger.pending() if r.state is not State.SUPPRESSED]
    by_path: dict[str, list[Finding]] = {}
    for record in pending:
        by_path.setdefault(record.now.path, []).append(record.now)
    proposals: list[Proposal] = []
    refused: list[tuple[Record, Refusal]] = []
    for record in pending:
        if record.final or record.now.rule not in module.RULES:
            continue
        document = project.document(record.now.path)
        if document is None:
            continue
        if (withheld := _withheld(document, record.now)) is not None:
            refused.append((record, withheld))
            continue
        context = Context(project, document, tuple(by_path[record.now.path]))
        match _ask(module, record.now, context):
            case Fix() as fix if (blocked := in_the_way(project, fix)) is not None:
                reason = f"there is already a file {blocked}: bring the two together by hand"
                refused.append((record, Refusal(reason, group=fix.group)))
            case Fix() as fix:
                proposals.append(Proposal(record, fix))
            case Refusal() as refusal:
                refused.append((record, refusal))
    vetoed = {group: refusal for _, refusal in refused for group in (refusal.group, *refusal.also) if group}
    refused += [(p.record, vetoed[p.fix.group]) for p in proposals if p.fix.group in vetoed]
    return [p for p in proposals if p.fix.group not in vetoed], refused
