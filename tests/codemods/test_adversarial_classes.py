"""Every class of Python that trips codemods has a case of each kind: it changes, it is left alone, it is refused."""

from __future__ import annotations

import pytest

from tests import cases

CLASSES = (
    "implicitly concatenated strings",
    "`**kwargs` that may hold the argument",
    "the keyword is already there",
    "`as` aliases",
    "bare non-call references",
    "use before the hoisted definition",
    "the same method on another object",
    "reads versus writes",
    "statements joined by `;`",
    "the only statement of a block",
    "one-line suites",
    "precedence and parentheses",
    "trailing commas",
    "comments inside empty parentheses",
    "order of dict keys",
    "partial rewrite of a file",
    "f-strings",
    "imports inside try/if",
    "shadowing",
    "import roots",
)
TITLES = [(case.kind, case.title) for case in cases.all_cases()]


@pytest.mark.parametrize("name", CLASSES)
def test_every_class_changes_stays_and_is_refused(name: str) -> None:
    kinds = {kind for kind, title in TITLES if name in title}
    assert kinds == {"change", "no-op", "refuse"}
