"""Every reference is accounted for: records follow their findings through edits and moves, and the balance adds up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offramp.ledger import Balance, Ledger, State
from offramp.model import Confidence, Edit, Finding, Place, Refusal, Role, Severity, Term, TermKind, apply_edits


def finding(start: int, end: int, path: str = "a.env", rule: str = "retired-env-var") -> Finding:
    term = Term(TermKind.ENV, "x", "y", "x")
    return Finding(
        *(rule, path, start, end, "x", term, Place(Role.KEY, "a key")),
        confidence=Confidence.HIGH,
        severity=Severity.HIGH,
        message="m",
    )


def ledger(*findings: Finding) -> Ledger:
    book = Ledger()
    book.enter(findings, {})
    return book


# (what, span of the finding, edits, span afterwards or None where it is fixed)
MOVES: list[tuple[str, tuple[int, int], list[Edit], tuple[int, int] | None]] = [
    ("an edit before", (10, 13), [Edit(0, 2, "four")], (12, 15)),
    ("an edit after", (10, 13), [Edit(13, 15, "")], (10, 13)),
    ("an edit that ends where it starts", (10, 13), [Edit(8, 10, "")], (8, 11)),
    ("an insertion where it starts", (10, 13), [Edit(10, 10, "ab")], (12, 15)),
    ("an insertion where it ends", (10, 13), [Edit(13, 13, "ab")], (10, 13)),
    ("an insertion inside", (10, 13), [Edit(11, 11, "ab")], None),
    ("the edit of it", (10, 13), [Edit(10, 13, "new")], None),
    ("a larger edit", (10, 13), [Edit(0, 20, "")], None),
    ("an edit of its start", (10, 13), [Edit(9, 11, "x")], None),
    ("an edit of its end", (10, 13), [Edit(12, 14, "x")], None),
    ("several, in any order", (10, 13), [Edit(20, 21, ""), Edit(0, 1, "abc"), Edit(5, 5, "d")], (13, 16)),
    ("the file as such", (0, 0), [Edit(0, 5, "x"), Edit(0, 0, "abc")], (0, 0)),
]


@pytest.mark.parametrize(("span", "edits", "wanted"), [row[1:] for row in MOVES], ids=[row[0] for row in MOVES])
def test_a_record_follows_its_finding(span: tuple[int, int], edits: list[Edit], wanted: tuple[int, int] | None) -> None:
    book = ledger(finding(*span))
    book.follow({"a.env": [edits], "b.env": [[Edit(0, 99, "")]]}, "some_codemod")
    (record,) = book.records
    if wanted is None:
        assert (record.state, record.by) == (State.FIXED, "some_codemod")
    else:
        assert record.state is State.OPEN
        assert (record.now.start, record.now.end) == wanted
    assert (record.first.start, record.first.end) == span


def test_passes_follow_each_other() -> None:
    book = ledger(finding(10, 13))
    book.follow({"a.env": [[Edit(0, 0, "abc")], [Edit(12, 13, "")]]}, "c")
    assert (book.records[0].now.start, book.records[0].now.end) == (12, 15)
    book.follow({"a.env": [[Edit(12, 12, "abc")], [Edit(15, 18, "")]]}, "c")
    assert book.records[0].state is State.FIXED


@given(st.text("abcXYZ", min_size=1, max_size=30), st.data())
def test_what_it_points_at_stays_the_same(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    points = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    pairs = list(zip(points[::2], points[1::2], strict=False))
    edits = [Edit(a, b, data.draw(st.text("12", max_size=3))) for a, b in dict(pairs).items()]
    edits = [edit for index, edit in enumerate(edits) if index == 0 or edits[index - 1].end <= edit.start]
    book = ledger(finding(start, end))
    book.follow({"a.env": [edits]}, "c")
    (record,) = book.records
    if record.state is State.OPEN:
        after = apply_edits(text, edits)
        assert after[record.now.start : record.now.end] == text[start:end]


def test_rename() -> None:
    book = ledger(finding(1, 2, "lib/a.py"), finding(1, 2, "lib.py"), finding(1, 2, "lib/b/c.py"))
    book.rename("lib", "core")
    assert [record.now.path for record in book.records] == ["core/a.py", "lib.py", "core/b/c.py"]
    assert book.records[0].first.path == "lib/a.py"


def test_entering_twice_keeps_one_record_with_fresh_evidence() -> None:
    book = ledger(finding(1, 2))
    again = finding(1, 2)
    book.enter([again, finding(5, 6)], {})
    assert len(book.records) == 2
    assert book.records[0].now is again
    assert book.records[0].first is not again


def test_what_was_fixed_may_be_found_again() -> None:
    book = ledger(finding(1, 2))
    book.records[0].state = State.FIXED
    book.enter([finding(1, 2)], {})
    assert [record.state for record in book.records] == [State.FIXED, State.OPEN]


def test_suppressions() -> None:
    book = ledger(finding(1, 2))
    book.enter([finding(1, 2), finding(5, 6)], {("retired-env-var", "a.env", 5, 6): "asked for"})
    assert [record.state for record in book.records] == [State.OPEN, State.SUPPRESSED]
    book.enter([finding(1, 2)], {("retired-env-var", "a.env", 1, 2): "history now"})
    assert book.records[0].reason == "history now"
    assert book.open() == []
    assert len(book.pending()) == 2


def test_the_balance() -> None:
    book = ledger(*(finding(n, n + 1) for n in range(5)))
    book.refuse(book.records[0], Refusal("by hand"))
    book.refuse(book.records[1], Refusal("elsewhere", external=True))
    book.records[2].state = State.SUPPRESSED
    book.records[3].state = State.FIXED
    rest = [record.now for record in book.pending()]
    assert book.balance(rest) == Balance(5, 1, 1, 1, 1, unanswered=1)
    assert not book.balance(rest).adds_up
    book.refuse(book.records[4], Refusal("by hand"))
    balance = book.balance(rest)
    assert balance.adds_up
    assert balance.left == 3
    assert book.records[0].reason == "by hand"


def test_a_stray_spoils_the_balance() -> None:
    book = ledger(finding(1, 2))
    book.records[0].state = State.FIXED
    assert book.balance([]).adds_up
    assert not book.balance([finding(1, 2)]).adds_up
    assert not Balance(3, 1, 1, 0, 0).adds_up
