"""What a person reads in the terminal: findings by file, what a run did, what is left, and what to type next.

Plain text when it is piped; colour, and nothing but colour, on a terminal.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import shlex
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TextIO

from offramp.agreement import Agreement
from offramp.document import Document
from offramp.engine import Outcome, ScanResult
from offramp.journal import FileChange
from offramp.ledger import State
from offramp.model import Applicability, Finding, Fix, Refusal, Severity
from offramp.project import Project
from offramp.redaction import names_only, redact
from offramp.verification import Evidence
from offramp.verification import State as Rung
from reports.json_document import LONGEST
from reports.json_document import printable as without_surrogates

STYLES = {"path": "1", "rule": "36", "bad": "31", "warn": "33", "good": "32", "dim": "2"}
SEVERITY_STYLE = {Severity.CRITICAL: "bad", Severity.HIGH: "bad", Severity.MEDIUM: "warn", Severity.LOW: "dim"}
SHOWN_PER_FILE = 40
Style = Callable[[str, str], str]


def printable(text: str) -> str:
    """`text` as a terminal may show it: names and lines of a repository must not steer it."""
    return re.sub(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", _escaped, without_surrogates(text))


def _escaped(matched: re.Match[str]) -> str:
    return matched[0].encode("unicode_escape").decode()


def styler(options: argparse.Namespace, stream: TextIO) -> Style:
    """A function that colours text where that is wanted (see no-color.org) and possible."""
    wanted = not options.no_color and not os.environ.get("NO_COLOR") and not getattr(options, "output", None)
    if not wanted or not stream.isatty() or os.environ.get("TERM") == "dumb":
        return lambda name, text: text
    return lambda name, text: f"\x1b[{STYLES[name]}m{text}\x1b[0m"


def scan(project: Project, result: ScanResult, options: argparse.Namespace, seconds: float) -> bytes:
    """The findings of a scan, grouped by file, and a summary."""
    style = styler(options, sys.stdout)
    out = io.StringIO()
    if not options.quiet:
        answers = {f.key: answer for f, answer in zip(result.findings, result.answers, strict=True)}
        _by_file(out, style, result.findings, project.documents, lambda f: _answer(style, answers[f.key]))
        if options.verbose:
            _suppressed(out, style, [(f, reason) for f, reason in result.suppressed], project.documents)
    _errors(out, style, project.errors)
    fixable = sum(isinstance(answer, Fix) for answer in result.answers)
    _table(out, style, Counter(f.rule for f in result.findings))
    total, paths = len(result.findings), len({f.path for f in result.findings})
    _line(out, f"{_count(total, 'finding')} in {_count(paths, 'file')}; {len(project.paths):,} files, {seconds:.2f} s.")
    if result.suppressed:
        _line(out, f"{_count(len(result.suppressed), 'reference')} left on purpose (-v lists them).")
    if total:
        _line(out, f"{fixable} can be changed by the tool, {total - fixable} need a person.")
        if fixable:
            command = f"migrate run {_quoted(options.migration)} {_where(options)}--dry-run"
            _line(out, f"Next: {style('path', command)}")
    return out.getvalue().encode("utf-8", "replace")


def run(
    outcome: Outcome,
    changes: Sequence[FileChange],
    options: argparse.Namespace,
    *,
    applied: bool,
    stream: TextIO,
    evidence: Evidence,
) -> bytes:
    """What a run did, what is left, and how far the change is proved."""
    style = styler(options, stream)
    out = io.StringIO()
    left = [r for r in outcome.records if r.state in (State.REFUSED, State.EXTERNAL)]
    if not options.quiet:
        _changes(out, style, outcome, changes)
        if left:
            _line(out, style("warn", "Left for a person:"))
            reasons = {record.now.key: record for record in left}
            findings = [record.now for record in left]
            _by_file(
                out, style, findings, outcome.after.documents, lambda f: style("dim", _told(reasons[f.key].reason))
            )
        if options.verbose:
            kept = [(r.now, r.reason) for r in outcome.records if r.state is State.SUPPRESSED]
            _suppressed(out, style, kept, outcome.after.documents)
    _errors(out, style, outcome.after.errors)
    _settings(out, style, outcome)
    _agreement(out, style, outcome.agreement)
    _evidence(out, style, evidence, options)
    _summary(out, style, outcome, changes, options, applied=applied)
    return out.getvalue().encode("utf-8", "replace")


def _changes(out: TextIO, style: Style, outcome: Outcome, changes: Sequence[FileChange]) -> None:
    fixed: dict[str, Counter[str]] = {}
    for record in outcome.records:
        if record.state is State.FIXED:
            fixed.setdefault(record.first.path, Counter())[record.first.rule] += 1
    for change in changes:
        name = printable(change.path)
        if change.before is None:
            name += " (new)"
        elif change.target != change.path:
            name += f" → {printable(change.target)}"
        counts = fixed.get(change.path, Counter())
        told = ", ".join(f"{count} {style('rule', rule)}" for rule, count in sorted(counts.items()))
        _line(out, f"{style('path', name)}  {told}".rstrip())
    if changes:
        _line(out)


def _by_file(
    out: TextIO,
    style: Style,
    findings: Sequence[Finding],
    documents: Mapping[str, Document],
    remark: Callable[[Finding], str],
) -> None:
    by_path: dict[str, list[Finding]] = {}
    for found in sorted(findings, key=lambda f: (f.path, f.start)):
        by_path.setdefault(found.path, []).append(found)
    for path, group in by_path.items():
        _line(out, style("path", printable(path)))
        for found in group[:SHOWN_PER_FILE]:
            mark = style(SEVERITY_STYLE[found.severity], found.severity.name.lower())
            _line(out, f"  {_place(found, documents)}  {mark}  {style('rule', found.rule)}  {_told(found.message)}")
            excerpt = _excerpt(found, documents)
            if excerpt:
                _line(out, f"      {excerpt}")
            if told := remark(found):
                _line(out, f"      {told}")
        if len(group) > SHOWN_PER_FILE:
            _line(out, f"  … and {len(group) - SHOWN_PER_FILE} more in this file (--format json has all)")
        _line(out)


def _told(text: str) -> str:
    return printable(redact(text))


def _place(found: Finding, documents: Mapping[str, Document]) -> str:
    """`path:line:column`, which terminals make clickable."""
    document = documents.get(found.path)
    line, column = document.position(found.start) if document is not None else (1, 1)
    return f"{printable(found.path)}:{line}:{column}"


def _excerpt(found: Finding, documents: Mapping[str, Document]) -> str:
    document = documents.get(found.path)
    if document is None or found.end == 0:
        return ""
    line = document.line(document.position(found.start)[0])[:LONGEST]
    text = (names_only(line) if document.private else redact(line)).strip()
    return printable(text if len(text) <= 100 else text[:97] + "…")


def _answer(style: Style, answer: Fix | Refusal | None) -> str:
    match answer:
        case Fix(applicability=Applicability.UNSAFE):
            return style("good", f"fix (look at it): {_told(answer.title)}")
        case Fix():
            return style("good", f"fix: {_told(answer.title)}")
        case Refusal():
            return style("dim", f"by hand: {_told(answer.reason)}")
        case _:
            return ""


def _suppressed(
    out: TextIO, style: Style, kept: Iterable[tuple[Finding, str]], documents: Mapping[str, Document]
) -> None:
    kept = list(kept)
    if kept:
        _line(out, "Left on purpose:")
        for found, reason in kept:
            _line(out, f"  {_place(found, documents)}  {style('rule', found.rule)}  {style('dim', _told(reason))}")
        _line(out)


def _errors(out: TextIO, style: Style, errors: Sequence[tuple[str, str]]) -> None:
    for path, message in sorted(set(errors)):
        _line(out, f"{style('bad', 'not read')}  {printable(path)}: {printable(message)}")
    if errors:
        _line(out)


def _settings(out: TextIO, style: Style, outcome: Outcome) -> None:
    if not outcome.settings:
        return
    _line(out, "Now required, with nothing to fall back on:")
    for name, paths in sorted(outcome.settings.items()):
        _line(out, f"  {style('path', name)}  read in {', '.join(sorted(printable(p) for p in paths))}")
    _line(out)


def _agreement(out: TextIO, style: Style, agreement: Agreement) -> None:
    """What the change has made disagree across files, and what has to be created on GitHub."""
    if agreement.needed:
        _line(out, "To be created on GitHub, before this is merged:")
        for needed in agreement.needed:
            replaced = f", in the place of {', '.join(needed.replaces)}" if needed.replaces else ""
            where = ", ".join(sorted({printable(site.path) for site in needed.sites}))
            verb = "asks" if "," not in where else "ask"
            _line(out, f"  the {needed.kind} {style('path', needed.name)}{replaced}; {where} {verb} for it")
        _line(out)
    if agreement.new:
        _line(out, style("warn", "Names that do not agree across files:"))
        for found in agreement.new:
            _line(out, f"  {_told(found.message)}")
        _line(out)
    if before := len(agreement.disagreements) - len(agreement.new):
        told = "was so before the run" if before == 1 else "were so before the run"
        _line(out, style("dim", f"{_count(before, 'disagreement')} of names {told} (--format json has them)."))


def _evidence(out: TextIO, style: Style, evidence: Evidence, options: argparse.Namespace) -> None:
    """One line about all touched Python files, and one for each note about a file."""
    proofs = evidence.proofs
    if not proofs:
        return
    version = f"Python {'.'.join(map(str, evidence.python))}, " if evidence.python else ""
    steps = (("parse", "parses"), ("names resolve", "names"), ("imports resolve", "imports"))
    passed = [(told, sum(getattr(p, field) is Rung.PASSED for p in proofs)) for told, field in steps]
    listed = ", ".join(f"{told} in {count:,}" for told, count in passed[1:])
    ran = "tests: see below" if options.verify else f"tests not run ({_count(len(evidence.tests), 'file')} of theirs)"
    head = f"Evidence: of {_count(len(proofs), 'Python file')} {passed[0][1]:,} parse ({version}ast and libcst)"
    _line(out, f"{head}, {listed}; {ran}.")
    for proof in proofs:
        mark = style("bad" if proof in evidence.failed else "dim", "not proved")
        for note in proof.notes:
            _line(out, f"  {mark}  {style('path', printable(proof.path))}: {_told(note)}")


def _table(out: TextIO, style: Style, counts: Counter[str]) -> None:
    for rule, count in counts.most_common():
        _line(out, f"{count:6,}  {style('rule', rule)}")
    if counts:
        _line(out)


def _summary(
    out: TextIO,
    style: Style,
    outcome: Outcome,
    changes: Sequence[FileChange],
    options: argparse.Namespace,
    *,
    applied: bool,
) -> None:
    balance = outcome.balance
    parts = f"{balance.fixed} fixed + {balance.refused} refused + {balance.suppressed} suppressed"
    parts += f" + {balance.external} external"
    _line(out, f"{balance.found} references = {parts}")
    verb = "changed" if applied or not (changes or options.dry_run) else "would change"
    _line(out, f"{_count(len(changes), 'file')} {verb} of {len(outcome.before.paths):,}, {outcome.seconds:.2f} s.")
    command = f"migrate run {_quoted(options.migration)} {_where(options)}".rstrip()
    if changes and not applied and not options.dry_run:
        _line(out, style("bad", "Nothing was kept."))
        return
    if not balance.found:
        _line(out, style("good", "Nothing refers to what is retired."))
    elif options.dry_run:
        _line(out, f"Next: {style('path', command)} makes the change, or `git apply` the diff above.")
    elif balance.left:
        todo = f"{_count(balance.left, 'reference')} left for a person, listed above with the reasons"
        again = f"migrate scan {_quoted(options.migration)} {_where(options)}".rstrip()
        _line(out, f"{style('warn', todo)}. Afterwards: {style('path', again)}")
    else:
        unread = " in the files that could be read" if outcome.after.errors else ""
        _line(out, style("good", f"Nothing is left{unread}."))
    if applied and not getattr(options, "commit", False):
        undo = f"migrate undo {_where(options)}".rstrip()
        _line(out, f"To review: git diff. To take it back: {style('path', undo)}")


def _where(options: argparse.Namespace) -> str:
    return "" if options.path == "." else f"{_quoted(options.path)} "


def _quoted(word: str) -> str:
    """A word of a command line that can be copied from the terminal."""
    return printable(shlex.quote(word))


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def _line(out: TextIO, text: str = "") -> None:
    out.write(text + "\n")
