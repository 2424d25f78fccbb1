"""What became of every reference. Found = fixed + refused + suppressed + external, or the run fails.

Each finding is entered where it was first seen and followed through all edits to its end: changed by a codemod, gone
with a block that one removed, or still there with the reason why. The scan of the result is held against what is
still open; a reference that nobody answered for is an error of the tool, and the run says so instead of passing.
"""

from __future__ import annotations

import bisect
import dataclasses
import enum
import itertools
from collections.abc import Iterable, Mapping, Sequence

from offramp.model import Edit, Finding, Refusal


class State(enum.StrEnum):
    OPEN = "open"
    FIXED = "fixed"
    REFUSED = "refused"
    SUPPRESSED = "suppressed"
    EXTERNAL = "external"


@dataclasses.dataclass(slots=True)
class Record:
    """One finding and its fate. `first` is as it was seen first, `now` at its present place."""

    first: Finding
    now: Finding
    state: State = State.OPEN
    by: str = ""  # the codemod that fixed it
    reason: str = ""  # why it was refused, suppressed or is external
    final: bool = False  # no codemod is asked about it in this round


@dataclasses.dataclass(frozen=True, slots=True)
class Balance:
    found: int
    fixed: int
    refused: int
    suppressed: int
    external: int
    unanswered: int = 0

    @property
    def adds_up(self) -> bool:
        return not self.unanswered and self.found == self.fixed + self.refused + self.suppressed + self.external

    @property
    def left(self) -> int:
        return self.refused + self.external


class Ledger:
    def __init__(self) -> None:
        self.records: list[Record] = []
        self.begun: int | None = None  # how many of them the first scan brought

    def enter(self, findings: Iterable[Finding], suppressions: Mapping[tuple[str, str, int, int], str]) -> None:
        """Add findings that are not in the ledger yet; refresh the evidence of those that are still open."""
        known = {record.now.key: record for record in self.records if record.state is not State.FIXED}
        for found in findings:
            record = known.get(found.key)
            if record is None:
                record = Record(found, found)
                self.records.append(record)
            record.now = found
            # also what was open before: its file may have moved to where history is kept
            if (reason := suppressions.get(found.key)) is not None:
                record.state, record.reason = State.SUPPRESSED, reason
        if self.begun is None:
            self.begun = len(self.records)

    def open(self) -> list[Record]:
        return [record for record in self.records if record.state is State.OPEN]

    def pending(self) -> list[Record]:
        return [record for record in self.records if record.state is not State.FIXED]

    def follow(self, passes: Mapping[str, Sequence[Sequence[Edit]]], by: str) -> None:
        """Move the records with the edits made to their documents; those that an edit swallowed are fixed by it.

        Args:
            passes: path → lists of edits, each in the offsets of the text that the list before it gave.
        """
        tracks = {path: [_Track(edits) for edits in lists] for path, lists in passes.items()}
        for record in self.pending():
            for track in tracks.get(record.now.path, ()):
                now = record.now
                if now.end == 0:  # an empty span at the start stands for the file itself
                    break
                shift = track.shift(now.start, now.end)
                if shift is None:
                    record.state, record.by = State.FIXED, by
                    break
                record.now = now.moved(now.path, now.start + shift, now.end + shift)

    def rename(self, old: str, new: str) -> None:
        for record in self.pending():
            if record.now.path == old or record.now.path.startswith(f"{old}/"):
                path = new + record.now.path.removeprefix(old)
                record.now = record.now.moved(path, record.now.start, record.now.end)

    def refuse(self, record: Record, refusal: Refusal) -> None:
        record.state = State.EXTERNAL if refusal.external else State.REFUSED
        record.reason, record.final = refusal.reason, refusal.final

    def reconsider(self) -> None:
        """Ask every codemod again about what one of them has left, as a new run would."""
        for record in self.records:
            record.final = False

    def mended(self, rescan: Iterable[Finding], rules: Iterable[str]) -> None:
        """Of rules that look at several files at once: what is no longer found, other edits have mended.

        What only stood between two edits, and neither before the run nor after it, never was a finding.
        """
        rules, found = set(rules), {finding.key for finding in rescan}
        gone = [r for r in self.pending() if r.now.rule in rules and r.now.key not in found]
        gone = [record for record in gone if record.state is not State.SUPPRESSED]
        for record in gone:
            record.state, record.by, record.reason = State.FIXED, "the other changes", ""
        between = {id(record) for record in gone} & {id(record) for record in self.records[self.begun :]}
        self.records = [record for record in self.records if id(record) not in between]

    def balance(self, rescan: Iterable[Finding]) -> Balance:
        """Count the fates; `rescan` are the findings of a fresh scan of the result."""
        count = dict.fromkeys(State, 0)
        for record in self.records:
            count[record.state] += 1
        answered = {record.now.key for record in self.pending()}
        strays = sum(found.key not in answered for found in rescan)
        return Balance(
            found=len(self.records) + strays,
            fixed=count[State.FIXED],
            refused=count[State.REFUSED],
            suppressed=count[State.SUPPRESSED],
            external=count[State.EXTERNAL],
            unanswered=count[State.OPEN] + strays,
        )


class _Track:
    """What a list of edits, none of which overlaps another, does to the places around them."""

    def __init__(self, edits: Iterable[Edit]) -> None:
        ordered = sorted(edits, key=lambda edit: (edit.start, edit.end))
        self.starts = [edit.start for edit in ordered]
        self.ends = [edit.end for edit in ordered]
        self.shifts = [0, *itertools.accumulate(len(e.replacement) - (e.end - e.start) for e in ordered)]

    def shift(self, start: int, end: int) -> int | None:
        """How far the span moves, or None where an edit reaches into it."""
        index = bisect.bisect_right(self.ends, start)
        if index < len(self.starts) and self.starts[index] < end:
            return None
        return self.shifts[index]
