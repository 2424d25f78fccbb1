"""Alternatives of a pattern that are called alike."""

from __future__ import annotations

import pytest

from offramp.syntax import alternatives

NAMES = {"A1": "B", "A2": "B", "C": "D"}


@pytest.mark.parametrize(
    ("marked", "after"),
    [
        ("(«A1»|B|x)", "(B|x)"),
        ("(B|«A1»)", "(B)"),
        ("(«A1»|A2|x)", None),
        ("(A1|«A2»|x)", "(A1|x)"),
        ("(x|A1|«A2»)", "(x|A1)"),
        (r"x\|«A1»\|B", r"x\|B"),
        ("«A1» | B", None),
        ("«A1»", None),
        ("(«C»|B)", None),
        ("a|b\n«A1»|x", None),
        ("«A1»\\n", None),
    ],
)
def test_redundant(marked: str, after: str | None) -> None:
    start, end = marked.index("«"), marked.index("»") - 1
    text = marked.replace("«", "").replace("»", "")
    span = alternatives.redundant(text, start, end, lambda name: NAMES.get(name, name))
    assert (None if span is None else text[: span[0]] + text[span[1] :]) == after
