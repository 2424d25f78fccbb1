"""Move workflows that no longer run into `_deprecated/` beside them, with a README.md that says why.

    .github/workflows/old-deploy.yml.bak  ->  .github/workflows/_deprecated/old-deploy.yml.bak

GitHub reads workflows directly in `.github/workflows` only, so nothing in the folder below it can run by accident.
The files are not edited: they are history from then on. References to their old paths follow with the others.
"""

from __future__ import annotations

import posixpath

from offramp import suppression
from offramp.model import Finding, Fix, Move, Refusal
from offramp.project import Context
from reports import archive
from scanners import deprecated_workflow
from scanners.deprecated_workflow import Verdict

RULES = ("deprecated-workflow",)
SUBJECT = "Archive workflows that no longer run"


def fix(finding: Finding, context: Context) -> Fix | Refusal | None:
    target = finding.term.new or ""
    if context.project.exists(target):
        return Refusal(f"{target} is already there: compare the two files, delete one, and move the other by hand")
    readme = posixpath.join(posixpath.dirname(target), "README.md")
    archived = _archived_together(context, posixpath.dirname(target))
    title = f"archive {finding.path}"
    moves = (Move(finding.path, target),)
    document = context.project.document(readme)
    if document is None:
        return Fix(title, moves=moves, creates=((readme, archive.readme(archived)),))
    added = archive.sections(archived)
    if not document.text.endswith(("\n", "\r")):
        added = "\n" + added.removesuffix("\n")  # a file without a last newline stays one
    added = added.replace("\n", document.newline)
    return Fix(title, moves=moves, creates=((readme, document.text + added),))


def _archived_together(context: Context, folder: str) -> list[Verdict]:
    """All workflows that go into one folder: each of their fixes brings the same text, which is written once."""
    project = context.project
    found = {f.path: f for f in deprecated_workflow.scan(project, ()) if not project.exists(f.term.new or "")}
    kept = suppression.suppressed(project, found.values())
    paths = {path for path, f in found.items() if f.key not in kept and _is_editable(context, path)}
    return [
        v for v in deprecated_workflow.verdicts(project) if v.path in paths and posixpath.dirname(v.target) == folder
    ]


def _is_editable(context: Context, path: str) -> bool:
    document = context.project.document(path)
    return document is not None and document.refusal is None
