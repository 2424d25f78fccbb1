"""A finding whose text has changed is left to the next scan."""

from __future__ import annotations

import pathlib

import pytest

from codemods import dead_branches, fail_fast
from offramp import migration
from offramp.document import Document
from offramp.model import Confidence, Finding, Place, Role, Severity, Term, TermKind
from offramp.project import Context, open_project
from tests import cases


@pytest.mark.parametrize("codemod", [dead_branches, fail_fast])
def test_nothing_is_answered(codemod: object, tmp_path: pathlib.Path) -> None:
    project = open_project(tmp_path, migration.load(str(cases.FOLDER / "migration.yaml")), [])
    document = Document.read("a.py", b"x = 1\n")
    term, place = Term(TermKind.PROVIDER, "gradient", "openrouter", "gradient"), Place(Role.STRING, "")
    found = Finding(
        *("x", "a.py", 0, 1, "x", term, place),
        confidence=Confidence.HIGH,
        severity=Severity.HIGH,
        message="",
    )
    assert codemod.fix(found, Context(project, document, ())) is None  # type: ignore[attr-defined]  # a codemod module
