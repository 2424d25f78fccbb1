"""The findings document: stable JSON for programs. Its schema is in schemas/findings.schema.json."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from offramp import __version__
from offramp.agreement import Agreement, Site
from offramp.changes import codemods as codemods_by_path
from offramp.document import Document
from offramp.engine import Outcome
from offramp.journal import FileChange
from offramp.ledger import Record, State
from offramp.model import Applicability, Finding, Fix, Refusal
from offramp.redaction import names_only, redact
from offramp.verification import Evidence
from offramp.verification import State as Rung

LONGEST = 2_000  # characters of a line that are looked at for an excerpt
Answer = Fix | Refusal | None
Json = Mapping[str, object]


def fingerprints(findings: Sequence[Finding], documents: Mapping[str, Document]) -> list[str]:
    """An id for each finding that survives when lines above it come and go.

    Made of the rule, the path, the text found and the line it stands in; equal ones are told apart by their order.
    """
    seen: Counter[tuple[str, str, str, str]] = Counter()
    result = []
    for found in findings:
        identity = (found.rule, found.path, found.text, _line(found, documents).strip())
        seen[identity] += 1
        text = "\0".join((*identity, str(seen[identity])))
        result.append(hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:20])
    return result


def finding_rows(
    findings: Sequence[Finding], documents: Mapping[str, Document], answers: Sequence[Answer]
) -> list[Json]:
    """The findings as the document lists them."""
    ids = fingerprints(findings, documents)
    return [_row(*row, documents) for row in zip(ids, findings, answers, strict=True)]


def _row(identity: str, found: Finding, answer: Answer, documents: Mapping[str, Document]) -> Json:
    document = documents.get(found.path)
    line, column = document.position(found.start) if document else (1, 1)
    end_line, end_column = document.position(found.end) if document else (1, 1)
    return {
        "id": identity,
        "rule": found.rule,
        "severity": found.severity.name.lower(),
        "confidence": found.confidence.name.lower(),
        "path": printable(found.path),
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "message": printable(redact(found.message)),
        "excerpt": printable(redact(_line(found, documents)[:LONGEST])[:300]),
        "fix": _fix(answer),
        "related": [],
    }


def _fix(answer: Answer) -> Json:
    match answer:
        case Fix():
            return {"applicability": answer.applicability.value, "description": printable(redact(answer.title))}
        case Refusal():
            return {"applicability": Applicability.MANUAL.value, "description": printable(redact(answer.reason))}
        case _:
            return {"applicability": Applicability.NONE.value, "description": ""}


def _line(found: Finding, documents: Mapping[str, Document]) -> str:
    document = documents.get(found.path)
    if document is None or found.end == 0:
        return ""
    line = document.line(document.position(found.start)[0])
    return names_only(line) if document.private else line


def printable(text: str) -> str:
    """`text` without the surrogates that stand for undecodable bytes."""
    return text.encode("utf-8", "replace").decode()


def scan_document(
    migration: str,
    findings: Sequence[Finding],
    answers: Sequence[Answer],
    documents: Mapping[str, Document],
    *,
    scanned: int,
    errors: Iterable[tuple[str, str]],
    seconds: float,
) -> dict[str, object]:
    """The findings document of a scan."""
    return {
        "schema_version": 1,
        "tool": {"name": "offramp", "version": __version__},
        "root": ".",
        "migration": migration,
        "findings": finding_rows(findings, documents, answers),
        "summary": {
            "files_scanned": scanned,
            "by_rule": dict(sorted(Counter(found.rule for found in findings).items())),
            "by_severity": dict(sorted(Counter(found.severity.name.lower() for found in findings).items())),
            "elapsed_seconds": round(seconds, 3),
        },
        "errors": [{"path": printable(path), "message": printable(message)} for path, message in sorted(set(errors))],
    }


def run_document(
    outcome: Outcome, changes: Sequence[FileChange], *, applied: bool, verification: Json | None, evidence: Evidence
) -> dict[str, object]:
    """The findings document of a run: what was found at first, what became of it, and how far that is proved."""
    records = outcome.records
    documents = outcome.before.documents
    firsts = [record.first for record in records]
    project = outcome.after
    document = scan_document(
        project.migration.name,
        firsts,
        [_fate(record) for record in records],
        documents,
        scanned=len(outcome.before.paths),
        errors=project.errors,
        seconds=outcome.seconds,
    )
    codemods = codemods_by_path(outcome)
    manual = [record for record in records if record.state in (State.REFUSED, State.EXTERNAL)]
    rows = finding_rows(
        [record.now for record in manual], project.documents, [Refusal(record.reason) for record in manual]
    )
    return document | {
        "changes": [change_row(change, codemods.get(change.path, [])) for change in changes],
        "manual": [
            {**row, "reason": printable(redact(record.reason))} for row, record in zip(rows, manual, strict=True)
        ],
        "suppressed": sum(record.state is State.SUPPRESSED for record in records),
        "balance": {
            "found": outcome.balance.found,
            "fixed": outcome.balance.fixed,
            "refused": outcome.balance.refused,
            "suppressed": outcome.balance.suppressed,
            "external": outcome.balance.external,
        },
        "settings": {name: sorted(map(printable, paths)) for name, paths in sorted(outcome.settings.items())},
        "verification": {**verification_row(verification, evidence), "agreement": agreement_row(outcome.agreement)},
        "applied": applied,
    }


def verification_row(command: Json | None, evidence: Evidence) -> Json:
    """What the command of --verify said, if there was one, and the evidence on each touched Python file."""
    said = command or {"command": None, "passed": None, "output": ""}
    passed = said["passed"]
    tests = Rung.NOT_RUN if passed is None else Rung.PASSED if passed else Rung.FAILED
    rows = [
        {
            "path": printable(proof.path),
            "parses": proof.parses.value,
            "names": proof.names.value,
            "imports": proof.imports.value,
            "notes": [printable(redact(note)) for note in proof.notes],
        }
        for proof in evidence.proofs
    ]
    python = ".".join(map(str, evidence.python)) if evidence.python else None
    listed = {"state": tests.value, "files": [printable(path) for path in evidence.tests]}
    return {**said, "evidence": {"python": python, "files": rows, "tests": listed}}


def agreement_row(agreement: Agreement) -> Json:
    """Whether what files read and provide agrees, and what has to be created on GitHub."""

    def places(sites: Iterable[Site]) -> list[Json]:
        return [{"path": printable(site.path), "line": site.line} for site in sites]

    return {
        "settings": list(agreement.settings),
        "disagreements": [
            {
                "setting": found.setting,
                "form": found.form,
                "message": printable(redact(found.message)),
                "already_before": found.before,
                "places": places(found.sites),
            }
            for found in agreement.disagreements
        ],
        "to_create": [
            {"name": n.name, "kind": n.kind, "replaces": list(n.replaces), "places": places(n.sites)}
            for n in agreement.needed
        ],
    }


def _fate(record: Record) -> Answer:
    if record.state is State.FIXED:
        return Fix(f"by {record.by}")
    return Refusal(record.reason)


def change_row(change: FileChange, codemods: Sequence[str]) -> Json:
    """One changed file: the codemods that touched it, its hunks, its old and new path."""
    from reports import diff

    return {
        "path": printable(change.path),
        "new_path": printable(change.target),
        "codemods": list(codemods),
        "hunks": diff.texts(change),
    }


def dump(document: Mapping[str, object]) -> bytes:
    return printable(json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()
