"""Which of the fixes that a codemod proposes can be applied, and the texts that they give.

Edits that overlap wait for the next round. A file that would not be right afterwards (it no longer parses, its data
change elsewhere, its encoding lacks a character) keeps what spoils it from being applied; the rest is.
"""

from __future__ import annotations

import bisect
import dataclasses
from collections.abc import Iterable, Sequence

from offramp import python_versions
from offramp.document import Document
from offramp.ledger import Record
from offramp.model import Edit, Fix, Refusal, apply_edits
from offramp.project import Project


@dataclasses.dataclass(slots=True)
class Proposal:
    record: Record
    fix: Fix
    edits: dict[str, list[Edit]] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(slots=True)
class Spliced:
    """A document after its edits, and the passes of edits that led to it, each in the offsets of the pass before."""

    document: Document
    passes: list[list[Edit]]


def _destinations(project: Project, fix: Fix) -> dict[str, str]:
    """Every file that a fix moves, old → new path."""
    return {old: move.new + old.removeprefix(move.old) for move in fix.moves for old in project.below(move.old)}


def in_the_way(project: Project, fix: Fix) -> str | None:
    moved = _destinations(project, fix) if fix.moves else {}
    return next((new for old, new in moved.items() if new != old and new in project.paths and new not in moved), None)


def accept(
    project: Project, proposals: list[Proposal]
) -> tuple[list[Proposal], dict[str, Spliced], list[tuple[Record, Refusal]]]:
    """The proposals whose result passes the checks of every format, the texts it gives, and the others."""
    rejected: list[tuple[Record, Refusal]] = []
    accepted = _without_overlaps(project, proposals)
    texts: dict[str, Spliced] = {}
    todo = {path for p in accepted for path in p.edits}
    while todo:
        path = min(todo)
        todo.remove(path)
        result = _splice(project, path, accepted)
        if isinstance(result, Spliced):
            texts[path] = result
            continue
        culprits = _culprits(project, path, _units(accepted, path))
        groups = {p.fix.group for p in culprits if p.fix.group}
        dropped = [p for p in accepted if p in culprits or p.fix.group in groups]
        rejected += [(p.record, Refusal(f"the result would not be right: {result}")) for p in dropped]
        accepted = [p for p in accepted if p not in dropped]
        again = {other for p in dropped for other in p.edits}
        texts = {other: spliced for other, spliced in texts.items() if other not in again}
        todo |= again & {other for p in accepted for other in p.edits}
    return accepted, texts, rejected


def _units(proposals: Iterable[Proposal], path: str) -> list[list[Proposal]]:
    """The proposals for a file; those that go together, together."""
    units: dict[object, list[Proposal]] = {}
    for proposal in proposals:
        if path in proposal.edits:
            units.setdefault(proposal.fix.group or id(proposal), []).append(proposal)
    return list(units.values())


def _culprits(project: Project, path: str, units: list[list[Proposal]]) -> list[Proposal]:
    """Those of the proposals that spoil the file, found by halving; all where only their meeting does."""
    everything = [proposal for unit in units for proposal in unit]
    if len(units) == 1:
        return everything
    halves = units[: len(units) // 2], units[len(units) // 2 :]
    spoilt = [half for half in halves if isinstance(_splice(project, path, [p for u in half for p in u]), str)]
    return [p for half in spoilt for p in _culprits(project, path, half)] or everything


def _without_overlaps(project: Project, proposals: Iterable[Proposal]) -> list[Proposal]:
    """The proposals that do not get into each other's way; the larger edit wins, the others wait for the next round."""
    chosen: list[Proposal] = []
    taken: dict[str, list[Edit]] = {}
    targets: dict[str, str] = {}
    waiting_groups: set[str] = set()
    for proposal in sorted(proposals, key=lambda p: -max((e.end - e.start for e in p.fix.edits), default=0)):
        proposal.edits = {}
        for edit in proposal.fix.edits:
            proposal.edits.setdefault(edit.path or proposal.record.now.path, []).append(edit)
        for path, _ in proposal.fix.adds:
            proposal.edits.setdefault(path, [])
        moved = _destinations(project, proposal.fix) if proposal.fix.moves else {}
        new = [(path, edit) for path, edits in proposal.edits.items() for edit in edits]
        clash = any(_clashes(edit, taken.get(path, [])) for path, edit in new)
        if clash or any(targets.get(target, old) != old for old, target in moved.items()):
            waiting_groups.add(proposal.fix.group)
            continue
        chosen.append(proposal)
        targets |= {target: old for old, target in moved.items()}
        for path, edit in new:
            edits = taken.setdefault(path, [])
            if edit not in _near(edit, edits):
                bisect.insort(edits, edit, key=_span)
    waiting_groups.discard("")
    return [p for p in chosen if p.fix.group not in waiting_groups]


def _span(edit: Edit) -> tuple[int, int]:
    return edit.start, edit.end


def _near(edit: Edit, edits: Sequence[Edit]) -> Sequence[Edit]:
    """Those of the sorted edits, none of which overlaps another, that one more can meet."""
    low = bisect.bisect_left(edits, (edit.start, edit.start), key=_span)
    high = bisect.bisect_right(edits, (edit.end, edit.end), key=_span)
    return edits[max(low - 1, 0) : high + 1]


def _clashes(edit: Edit, edits: Sequence[Edit]) -> bool:
    near = _near(edit, edits)
    return edit not in near and any(_clash(edit, other) for other in near)


def _clash(one: Edit, other: Edit) -> bool:
    if one.start == other.start == one.end == other.end:
        return True  # two texts for one point
    return one.start < other.end and other.start < one.end


def _merged(proposals: Sequence[Proposal], path: str) -> list[Edit]:
    return sorted({edit for p in proposals for edit in p.edits.get(path, ())}, key=lambda e: (e.start, e.end))


def _splice(project: Project, path: str, proposals: Sequence[Proposal]) -> Spliced | str:
    """The text of a file after the proposals, or the fault that its format's own check finds in it."""
    document = project.document(path)
    if document is None:
        return "the file can't be read"
    try:
        edits = fitted(document, _merged(proposals, path))
    except ValueError as error:
        return str(error)
    try:
        passes = [edits]
        needs = {need for p in proposals if p.edits.get(path) for need in p.fix.needs}
        edited = _provided(document.with_text(apply_edits(document.text, edits)), needs, passes)
        added = (edit.replacement for group in passes for edit in group)
        fault = faults(document, edited) or python_versions.fault(project, document, edited.text, added)
        if fault is not None:
            return fault
        adds = {need for p in proposals for where, need in p.fix.adds if where == path}
        result = _provided(edited, adds, passes)
        return beyond_additions(edited, result) or Spliced(result, passes)
    except Exception as error:  # the edits overlap, or the check itself trips over the text: either way it stays
        return f"it can't be checked ({type(error).__name__})"


def fitted(document: Document, edits: list[Edit]) -> list[Edit]:
    """The edits with their replacements written as their places demand.

    Raises:
        ValueError: a text can't be written where it should; the message says why.
    """
    fit = getattr(document.syntax, "fit", None)
    if fit is None or document.fault is not None:
        return edits
    path = (document.path,) if getattr(document.syntax, "WANTS_PATH", False) else ()
    return fit(document.text, edits, *path)  # type: ignore[no-any-return]  # as offramp.syntax says


def _provided(document: Document, needs: Iterable[str], passes: list[list[Edit]]) -> Document:
    """A document with what fixes need in it, each behind the one before it."""
    for need in sorted(needs):
        provided = document.syntax.provide(document.text, need)
        if provided is not None:
            document = document.with_text(apply_edits(document.text, [provided]))
            passes.append([provided])
    return document


def beyond_additions(document: Document, after: Document) -> str | None:
    """What else has changed in a file that was given settings, or None."""
    if document.text == after.text:
        return None
    return after.fault or document.syntax.grown(document.text, after.text)


def faults(document: Document, after: Document) -> str | None:
    """Why `after` must not take the place of the document, or None.

    A file that parsed must parse; its encoding must hold the new text; and whatever else its format checks.
    """
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
    return check(document.text, after.text, *path)  # type: ignore[no-any-return]  # as offramp.syntax says
