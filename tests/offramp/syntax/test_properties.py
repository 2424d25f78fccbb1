"""What stands where in Java properties, and how values, keys and settings are written."""

from __future__ import annotations

import pytest

from offramp.model import Edit, Role, apply_edits
from offramp.syntax import ini, properties
from tests.offramp.syntax.test_json_writing import at


def test_data() -> None:
    text = "a=1\nb: two \\\n   lines\r\nc d\n! no\n  # no\n\ne\\=f\\u00e9=\\t\\ud83d\\ude00\\x\nalone\nlast\\"
    assert properties.data(text) == {"a": "1", "b": "two lines", "c": "d", "e=fé": "\t😀x", "alone": "", "last": ""}


@pytest.mark.parametrize(
    ("marked", "role", "key"),
    [
        ("llm.provider=«gradient»", Role.VALUE, "llm.provider"),
        ("«gradient»=x", Role.KEY, ""),
        ("# «gradient»", Role.COMMENT, ""),
        ("a=${«GRADIENT_KEY»}", Role.ENV, ""),
        ("a=pip install «gradient»", Role.PACKAGE, "pip"),
    ],
)
def test_place(marked: str, role: Role, key: str) -> None:
    text, start, end = at(marked)
    place = properties.parse(text).place(start, end)
    assert (place.role, place.key) == (role, key)


@pytest.mark.parametrize(
    ("marked", "value", "after"),
    [
        ("a=«x»", "C:\\new\n", "a=C:\\\\new\\n"),
        ("a=«x»", " é😀", "a=\\ \\u00e9\\ud83d\\ude00"),
        ("a=«é»", "ü", "a=ü"),
        ("a=x«y»", " z", "a=x z"),
        ("«a»=x", "#b c:d", "\\#b\\ c\\:d=x"),
        ("a«»", "x", "a=x"),
        ("# «a»", "é", "# é"),
    ],
)
def test_set(marked: str, value: str, after: str) -> None:
    text, start, end = at(marked)
    assert apply_edits(text, properties.fit(text, [Edit(start, end, value)])) == after


@pytest.mark.parametrize(
    ("before", "need", "after"),
    [
        ("", "setting::a=b", "a=b\n"),
        ("x.a : 1\r\ny=2", "setting::x.b=é", "x.a : 1\r\nx.b : \\u00e9\r\ny=2"),
        ("a=1", "setting::b=", "a=1\nb="),
    ],
)
def test_insert(before: str, need: str, after: str) -> None:
    edit = properties.provide(before, need)
    assert edit is not None
    assert apply_edits(before, [edit]) == after
    assert properties.grown(before, after) is None
    assert properties.check(before, after) is not None


def test_what_is_not_added() -> None:
    assert properties.provide("a=1", "setting::a=2") is None
    with pytest.raises(ValueError, match="goes on"):
        properties.provide("a=1\\", "setting::b=2")
    assert properties.grown("a=1", "a=2") is not None
    assert properties.check("a=1", "b=1") is None


@pytest.mark.parametrize("value", ["a\nb", " a", "#a", "a ;b", "a\\", "'a'"])
def test_values_that_ini_can_not_hold(value: str) -> None:
    with pytest.raises(ValueError, match=r"some readers|blanks|line break"):
        ini.fit("[x]\na = 1\n", [Edit(8, 9, value)])
    with pytest.raises(ValueError, match=r"some readers|blanks|line break"):
        ini.provide("[x]\na = 1\n", f"setting:x:b={value}")


def test_ini_is_edited() -> None:
    text = "[x]\na = 1 # note\n"
    assert ini.fit(text, [Edit(4, 5, "b c"), Edit(11, 16, "#"), Edit(0, 1, "")])[0].replacement == "b c"
    with pytest.raises(ValueError, match="can't be a key"):
        ini.fit(text, [Edit(4, 5, "b=c")])


@pytest.mark.parametrize(
    ("before", "need", "after"),
    [
        ("", "setting:x:b=1", "[x]\nb = 1\n"),
        ("[x]\n\ta: 1\n\tc: 2\n", "setting:x:b=1", "[x]\n\ta: 1\n\tc: 2\n\tb: 1\n"),
        ("[x]\n", "setting:x:b=1", "[x]\nb = 1\n"),
        ("[x]", "setting:x:b=1", "[x]\nb = 1"),
        ("[x]\na=1", "setting:y%3Az:b=1", "[x]\na=1\n\n[y:z]\nb=1\n"),
        ("[x]\na=1\n", "setting::b=1", "b=1\n\n[x]\na=1\n"),
        ("# x\n", "setting::b=1", "# x\nb = 1\n"),
    ],
)
def test_ini_is_given_settings(before: str, need: str, after: str) -> None:
    edit = ini.provide(before, need)
    assert edit is not None
    assert apply_edits(before, [edit]) == after
    assert ini.grown(before, after) is None
    assert ini.provide(after, need) is None


def test_ini_that_changes_elsewhere() -> None:
    assert ini.grown("[x]\na=1\n", "[x]\na=2\n") is not None


def test_indented_keys_are_no_continuation() -> None:
    assert ini.data("[core]\n\tbare = false\n\tmode = 1\n\t\tmore\n")["section core"] == {
        "bare": "false",
        "mode": "1\n\t\tmore",
    }
