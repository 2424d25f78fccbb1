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
from offramp.document import Document
from offramp.ledger import Balance, Ledger, Record, State
from offramp.model import Confidence, Edit, Finding, Fix, Refusal, apply_edits
from offramp.project import Context, Project
from scanners import scan_one
from scanners import tree as scan_tree

MAX_ROUNDS = 8  # real trees settle in two or three; more means that two codemods undo each other
UNKNOWN = Refusal("no codemod of this version handles it: change it by hand")
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
        project.plan(dict(planned))
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


def scan(project: Project, options: Options = Options(), progress: Progress = silent, *, low: bool = False) -> ScanResult:
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


def _answer(project: Project, modules: Sequence[ModuleType], found: Finding, beside: list[Finding]) -> Fix | Refusal | None:
    """What the first codemod that has an answer would do with a finding."""
    document = project.document(found.path)
    if document is None or found.confidence is Confidence.LOW:
        return None
    if document.refusal is not None:
        return document.refusal
    context = Context(project, document, tuple(beside))
    answers = (module.fix(found, context) for module in modules if found.rule in module.RULES)
    return next((answer for answer in answers if answer is not None), UNKNOWN)


def run(project: Project, options: Options = Options(), progress: Progress = silent) -> Outcome:
    """Take the project off what its migration retires; the project itself is left as it is."""
    started = time.perf_counter()
    before, project = project, project.snapshot()
    ledger = Ledger()
    steps: list[Step] = []
    settings: dict[str, set[str]] = {}
    _enter(ledger, project, find(project, progress), options)
    before.documents.update(project.documents)
    for turn in range(MAX_ROUNDS):
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
    return None if document is None else document.refusal


@dataclasses.dataclass(slots=True)
class _Proposal:
    record: Record
    fix: Fix
    edits: dict[str, list[Edit]] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(slots=True)
class _Spliced:
    """A text and the passes of edits that led to it, each in the offsets of the pass before."""

    text: str
    passes: list[list[Edit]]


def _apply(
    module: ModuleType, name: str, project: Project, ledger: Ledger, settings: dict[str, set[str]]
) -> Step | None:
    """Let one codemod answer every pending finding of its rules; apply what it proposes; None when nothing changed."""
    proposals, refused = _answers(module, project, ledger)
    accepted, spliced, rejected = _accept(project, proposals)
    for record, refusal in (*refused, *rejected):
        ledger.refuse(record, refusal)
    if not accepted:
        return None
    for path, result in spliced.items():
        for edits in result.passes:
            ledger.follow(path, edits, name)
        project.replace(path, result.text)
    for proposal in accepted:
        for path, text in proposal.fix.creates:
            project.create(path, text)
        for move in proposal.fix.moves:
            if project.exists(move.old):
                project.move(move)
                ledger.rename(move.old, move.new)
        for setting in proposal.fix.settings:
            settings.setdefault(setting, set()).add(proposal.record.now.path)
        proposal.record.state, proposal.record.by = State.FIXED, name
    return Step(name, project.snapshot(), len(accepted))


def _answers(
    module: ModuleType, project: Project, ledger: Ledger
) -> tuple[list[_Proposal], list[tuple[Record, Refusal]]]:
    pending = [r for r in ledger.pending() if r.state is not State.SUPPRESSED]
    by_path: dict[str, list[Finding]] = {}
    for record in pending:
        by_path.setdefault(record.now.path, []).append(record.now)
    proposals: list[_Proposal] = []
    refused: list[tuple[Record, Refusal]] = []
    for record in pending:
        if record.now.rule not in module.RULES:
            continue
        document = project.document(record.now.path)
        if document is None:
            continue
        if document.refusal is not None:
            refused.append((record, document.refusal))
            continue
        context = Context(project, document, tuple(by_path[record.now.path]))
        match module.fix(record.now, context):
            case Fix() as fix:
                proposals.append(_Proposal(record, fix))
            case Refusal() as refusal:
                refused.append((record, refusal))
    vetoed = {refusal.group: refusal for _, refusal in refused if refusal.group}
    for proposal in proposals:
        if (veto := vetoed.get(proposal.fix.group)) is not None:
            refused.append((proposal.record, veto))
    return [p for p in proposals if p.fix.group not in vetoed], refused


def _accept(
    project: Project, proposals: list[_Proposal]
) -> tuple[list[_Proposal], dict[str, _Spliced], list[tuple[Record, Refusal]]]:
    """The largest set of proposals whose result passes the checks of every format, and the texts it gives."""
    rejected: list[tuple[Record, Refusal]] = []
    accepted = _without_overlaps(proposals)
    while True:
        texts, fault = _splice(project, accepted)
        if fault is None:
            return accepted, texts, rejected
        path, reason = fault
        groups = {p.fix.group for p in accepted if path in p.edits and p.fix.group}
        dropped = [p for p in accepted if path in p.edits or p.fix.group in groups]
        rejected += [(p.record, Refusal(f"the result would not be right: {reason}")) for p in dropped]
        accepted = [p for p in accepted if p not in dropped]


def _without_overlaps(proposals: Iterable[_Proposal]) -> list[_Proposal]:
    """The proposals that do not get into each other's way; the larger edit wins, the others wait for the next round."""
    chosen: list[_Proposal] = []
    taken: dict[str, set[Edit]] = {}
    waiting_groups: set[str] = set()
    for proposal in sorted(proposals, key=lambda p: -max((e.end - e.start for e in p.fix.edits), default=0)):
        proposal.edits = {}
        for edit in proposal.fix.edits:
            proposal.edits.setdefault(edit.path or proposal.record.now.path, []).append(edit)
        clash = any(
            edit not in taken.get(path, ()) and any(_clash(edit, other) for other in taken.get(path, ()))
            for path, edits in proposal.edits.items()
            for edit in edits
        )
        if clash:
            waiting_groups.add(proposal.fix.group)
            continue
        chosen.append(proposal)
        for path, edits in proposal.edits.items():
            taken.setdefault(path, set()).update(edits)
    waiting_groups.discard("")
    return [p for p in chosen if p.fix.group not in waiting_groups]


def _clash(one: Edit, other: Edit) -> bool:
    if one.start == one.end or other.start == other.end:
        return one.start < other.end and other.start < one.end or one.start == other.start == one.end == other.end
    return one.start < other.end and other.start < one.end


def _merged(proposals: Sequence[_Proposal], path: str) -> list[Edit]:
    return sorted({edit for p in proposals for edit in p.edits.get(path, ())}, key=lambda e: (e.start, e.end))


def _splice(
    project: Project, proposals: Sequence[_Proposal]
) -> tuple[dict[str, _Spliced], tuple[str, str] | None]:
    """The texts after the proposals, and the first fault that a format's own check finds in them."""
    texts: dict[str, _Spliced] = {}
    for path in sorted({path for p in proposals for path in p.edits}):
        document = project.document(path)
        if document is None:
            return texts, (path, "the file can't be read")
        edits = _merged(proposals, path)
        result = texts[path] = _Spliced(apply_edits(document.text, edits), [edits])
        for need in sorted({need for p in proposals if path in p.edits for need in p.fix.needs}):
            provided = document.syntax.provide(result.text, need)
            if provided is not None:
                result.text = apply_edits(result.text, [provided])
                result.passes.append([provided])
        if (reason := faults(document, result.text)) is not None:
            return texts, (path, reason)
    return texts, None


def faults(document: Document, text: str) -> str | None:
    """Why `text` must not take the place of the document's, or None.

    A file that parsed must parse; its encoding must hold the new text; and whatever else its format checks.
    """
    after = document.with_text(text)
    try:
        after.encoded()
    except UnicodeEncodeError as error:
        return f"{document.source.encoding} has no character for {error.object[error.start]!r}"
    if document.fault is None and after.fault is not None:
        return after.fault
    check = getattr(document.syntax, "check", None)
    if check is None or document.fault is not None:
        return None
    path = (document.path,) if getattr(document.syntax, "WANTS_PATH", False) else ()
    return check(document.text, text, *path)  # type: ignore[no-any-return]  # as offramp.syntax says
