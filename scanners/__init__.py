"""One module per kind of source. `scan(document, vocabulary)` yields the findings of one file.

A kind without a module of its own is scanned by `scanners.text`. `references` and `duplicates` are what most
scanners have in common.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator

from offramp.document import Document
from offramp.evidence import finding, judge
from offramp.model import Finding, Match, Place, Role, Term, TermKind
from offramp.project import Project
from offramp.vocabulary import Vocabulary


def scan(document: Document, vocabulary: Vocabulary) -> Iterator[Finding]:
    """The findings of a document by the scanner of its kind, and its fallbacks and dead branches."""
    name = document.kind if importlib.util.find_spec(f"scanners.{document.kind}") else "text"
    yield from importlib.import_module(f"scanners.{name}").scan(document, vocabulary)
    for name in ("fallbacks", "dead_branches") if vocabulary.configures(document.text) else ():
        yield from importlib.import_module(f"scanners.{name}").find(document, vocabulary)


def scan_one(project: Project, document: Document) -> list[Finding]:
    """The findings of a document of a project, kept until its text changes.

    A scanner that trips over a file must not end the run; the file becomes a row of the report.
    """
    known = project.scans.get(document.path)
    if known is not None and known[0] is document:
        return known[1]
    try:
        concerned = project.vocabulary.concerns(document.text)
        findings = list(scan(document, project.vocabulary)) if concerned else []
    except (RecursionError, ValueError, LookupError, AttributeError, TypeError) as error:
        project.errors.append((document.path, f"it could not be scanned: {type(error).__name__}: {error}"))
        findings = []
    project.scans[document.path] = (document, findings)
    if not findings and (document.kind != "python" or document.is_original):
        document.drop_tree()  # nobody asks for it again; `verification` does for Python that was edited
    return findings


def references(document: Document, vocabulary: Vocabulary) -> Iterator[Finding]:
    """Every match of the vocabulary that the syntax at its place proves to be a reference."""
    for match in vocabulary.find(document.text):
        verdict = judge(document, match, document.tree.place(match.start, match.end), vocabulary)
        if verdict is not None:
            yield verdict


def duplicates(document: Document, vocabulary: Vocabulary) -> Iterator[Finding]:
    """Settings of the migration that one mapping has twice; reported at the first, which loses silently."""
    if not vocabulary.configures(document.text):
        return
    last: dict[tuple[str, str], int] = {}
    entries = [entry for entry in document.tree.entries() if vocabulary.is_setting(entry.key)]
    for index, entry in enumerate(entries):
        last[entry.scope, entry.key] = index
    for index, entry in enumerate(entries):
        if last[entry.scope, entry.key] == index:
            continue
        place = Place(Role.KEY, "an entry", entry.key, entry.key_start, entry.key_end)
        match = Match(entry.key_start, entry.key_end, entry.key, ())
        term = Term(TermKind.ENV, entry.key, entry.key, entry.key)
        message = f"{entry.key} is set again below: the last wins"
        yield finding(document, "duplicate-setting", match, term, place, message)
