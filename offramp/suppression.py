"""What a person has said not to touch: inline comments, `keep:` of the migration file, and history.

    value = "gradient"  # offramp: ignore[retired-provider-value] the guard that refuses it

The comment stands on the line of the finding or alone on the line before it. `ignore` without rules suppresses
all of them. Each comment form of a language works, because only the words count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from offramp import files
from offramp.document import Document
from offramp.model import Finding
from offramp.project import Project
from offramp.syntax.hcl_places import LEFT

COMMENT = re.compile(r"offramp:\s*ignore(?:\[(?P<rules>[\w\s,-]*)\])?[ \t:]*(?P<reason>[^\r\n]*)")
ALONE = re.compile(r"^\s*(?:#|//|--|;|/\*|<!--|\{/\*|\{#|\"|'|REM\b|rem\b|<#|%)")
CLOSING = re.compile(r"\s*(?:\*/\}?|-->|#>|#\})\s*$")


def suppressed(project: Project, findings: Iterable[Finding]) -> dict[tuple[str, str, int, int], str]:
    """Which of the findings a person has asked to leave, with the reason, by `Finding.key`."""
    result: dict[tuple[str, str, int, int], str] = {}
    for found in findings:
        reason = _reason(project, found)
        if reason is not None:
            result[found.key] = reason
    return result


def _reason(project: Project, found: Finding) -> str | None:
    migration = project.migration
    if (entry := migration.keeps(found.text) or migration.keeps_path(found.path)) is not None:
        return f"kept: {entry} in the migration"
    if files.is_history(found.path):
        return "history: it tells what was"
    if found.place.syntax in LEFT:
        return LEFT[found.place.syntax]
    document = project.documents.get(found.path)
    return None if document is None else inline(document, found)


def inline(document: Document, found: Finding) -> str | None:
    """The reason of the comment that suppresses a finding, or None."""
    line = document.position(found.start)[0]
    last = document.position(max(found.start, found.end - 1))[0]
    candidates = [document.line(number) for number in range(line, last + 1)]
    if line > 1 and ALONE.match(document.line(line - 1)):
        candidates.append(document.line(line - 1))
    for text in candidates:
        matched = COMMENT.search(text)
        if matched is None:
            continue
        rules = [rule.strip() for rule in (matched["rules"] or "").split(",") if rule.strip()]
        if not rules or found.rule in rules:
            return "suppressed: " + (CLOSING.sub("", matched["reason"]).strip() or "no reason given")
    return None
