"""What the cases can't show: findings that another codemod has made obsolete, and which entry says nothing."""

from __future__ import annotations

import dataclasses
import pathlib

import pytest

from codemods import merge_duplicates
from offramp import migration
from offramp.document import Document
from offramp.model import Entry
from offramp.project import Context, open_project
from scanners import duplicates
from tests import cases


def test_a_finding_whose_entry_is_gone_is_not_answered(tmp_path: pathlib.Path) -> None:
    project = open_project(tmp_path, migration.load(str(cases.FOLDER / "migration.yaml")), [])
    document = Document.read(".env", b"OPENROUTER_MODEL=a\nOPENROUTER_MODEL=a\n")
    (found,) = duplicates(document, project.vocabulary)
    context = Context(project, document.with_text("OPENROUTER_MODEL=a\n"), ())
    assert merge_duplicates.fix(found, context) is None
    assert merge_duplicates.fix(dataclasses.replace(found, start=5, end=6), context) is None


def test_a_value_is_never_told(tmp_path: pathlib.Path) -> None:
    project = open_project(tmp_path, migration.load(str(cases.FOLDER / "migration.yaml")), [])
    document = Document.read(".env", b"OPENROUTER_API_KEY=not-this\nOPENROUTER_API_KEY=nor-that\n")
    (found,) = duplicates(document, project.vocabulary)
    answer = str(merge_duplicates.fix(found, Context(project, document, ())))
    assert "not-this" not in answer
    assert "nor-that" not in answer


@pytest.mark.parametrize(
    ("earlier", "later", "loser"),
    [
        ("a", "a", 0),
        ("'a'", '"a"', 0),
        ("", "", 0),
        ("", "a", 0),
        ("a", "", 1),
        ("a", "changeme", 1),
        ("a", "<your key>", 1),
        ("your-key-here", "a", 0),
        ("xxx", "CHANGE_ME", 0),
        ("$A", "${A}", 0),
        ("${A}", "${A:-$A}", 0),
        ("a", "b", None),
        ("true", "false", None),
        ("0", "1", None),
        ("a", "A", None),
        ("${A}", "${B}", None),
        ("${A}", "${A:-b}", None),
        ("https://here.test", "https://there.test", None),
        ("xylophone", "b", None),
    ],
)
def test_redundant(earlier: str, later: str, loser: int | None) -> None:
    pair = [Entry("s", "K", i, i, value, i, i, None) for i, value in enumerate((earlier, later))]
    assert merge_duplicates.redundant(*pair) is (None if loser is None else pair[loser])
