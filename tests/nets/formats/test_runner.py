"""The runner tells what goes wrong: an edit of another line, other data, a file that is not given back."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from offramp.document import Document
from offramp.model import Edit
from offramp.syntax import env as syntax
from tests.nets import formats
from tests.nets.formats import __main__, env, runner

TEXT = "A=1\nB=2\nC=3\n"
DATA = {"A": "1", "B": "2", "C": "3"}
DOCUMENT = Document.read(".env", TEXT.encode())


@pytest.fixture(autouse=True)
def _one_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env, "consumed", lambda text, path: dict(syntax.data(text)))


def judged(edit: Edit, expected: dict[str, str], lines: tuple[int, int], operation: str = "set") -> str | None:
    return runner.judge(env, DOCUMENT, formats.Case(operation, (edit,), expected, lines))


def test_an_edit_that_does_what_was_meant() -> None:
    assert judged(Edit(6, 7, "9"), DATA | {"B": "9"}, (1, 2)) is None
    assert judged(Edit(12, 12, "D=4\n"), DATA | {"D": "4"}, (3, 3), "insert") is None


def test_what_is_wrong_is_told() -> None:
    assert judged(Edit(6, 7, "9"), DATA | {"B": "8"}, (1, 2)) == "other data than meant: '8' and '9' at /B"
    assert judged(Edit(6, 7, "9"), DATA | {"B": "9"}, (0, 1)) == "a line below line 1 changes, which was not meant"
    assert judged(Edit(6, 7, "9"), DATA | {"B": "9"}, (2, 3)) == "line 2 changes, which was not meant"
    assert judged(Edit(4, 4, "D=4\n"), DATA, (1, 1)) == "refused: the file would have a setting more than before"


def test_a_reason_is_counted_and_a_fault_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    def cases(document: Document, chance: random.Random) -> Iterator[formats.Case]:
        yield formats.Case("delete", "line 7 of 'x' can't go", None, (0, 0))
        yield formats.Case("set", (Edit(2, 3, "9"),), DATA, (0, 1))

    monkeypatch.setattr(env, "cases", cases)
    monkeypatch.setattr(env, "MINIMUM", {"files": 2, "set": 1})
    tally = runner.Tally("env")
    runner.check_file(tally, ".env", TEXT.encode(), random.Random(1), every=True)
    assert tally.refused["delete", "line N of '…' can't go"] == tally.written.total() + len(tally.faults) == 6
    assert (len(tally.faults), tally.made["set"]) == (5, 1)  # below a line of another, offset 2 is in a comment
    assert tally.short_of() == ["1 files of 2"]


def test_every_driver_is_whole() -> None:
    for name in __main__.FORMATS:
        module = runner.driver(name)
        assert module.SOURCES, name
        assert all(count > 0 for count in module.MINIMUM.values()), name
        assert callable(module.wanted), name
