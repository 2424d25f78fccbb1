"""The second parser: which statements it is shown, and what it makes of them."""

from __future__ import annotations

import libcst
import pytest

from offramp.syntax import python_second
from offramp.syntax.python import PythonTree, parse

CLASS = """\
import os


@decorated
class A(Base):
    '''Text.'''

    x = 1

    @property
    def one(self):
        return {}

    def two(self):
        return '''
un-indented
'''


class B: y = 2


def f(): pass
"""


def shown(before: str | None, after: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    seen: list[str] = []
    real = libcst.parse_module

    def parse_module(text: str) -> libcst.Module:
        seen.append(text)
        return real(text)

    monkeypatch.setattr(libcst, "parse_module", parse_module)
    assert python_second.complaint(None if before is None else parse(before), parse(after)) == (None, None)
    return seen


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("indent", ["    ", "\t"])
def test_only_what_has_changed_is_read(newline: str, indent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = (CLASS.replace("{}", value).replace("    ", indent).replace("\n", newline) for value in ("1", "2"))
    seen = shown(before, after, monkeypatch)
    member = f"{indent}@property\n{indent}def one(self):\n{indent}{indent}return 2\n".replace("\n", newline)
    assert seen == [f"class _:\n{member}"]


def test_of_a_new_file_everything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = shown(None, CLASS, monkeypatch)
    assert seen[0] == "import os\n"
    assert seen[1] == "@decorated\nclass A(Base):\n    pass\n"
    assert len(seen) == 8
    assert seen[-2:] == ["class B: y = 2\n", "def f(): pass\n"]


def test_statements_on_one_line_and_no_final_newline(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown("a = 1; b = 2\n", "a = 1; b = 3", monkeypatch) == ["a = 1; b = 3", "a = 1; b = 3"]


def deep(count: int) -> PythonTree:
    return parse("x = " + " + ".join(["a"] * count) + "\n")


def test_what_is_deep_or_long_is_not_shown_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    told = "line 1: too long or too deeply nested for the second parser"
    assert python_second.complaint(deep(2), deep(300)) == (None, told)
    assert python_second.complaint(deep(300), deep(100)) == (None, None)
    monkeypatch.setattr(python_second, "LONGEST", 10)
    assert python_second.complaint(parse(""), parse("x = 'abcdefgh'\n")) == (None, told)


def test_what_it_does_not_read() -> None:
    refused = parse("try:\n    pass\nexcept X :\n    pass\n")
    assert python_second.complaint(parse("y = 1\n"), refused)[0] in (
        None,
        "line 1: the second parser reads another text",
        "line 1: the second parser does not read it (x)",
    )


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (libcst.ParserSyntaxError("parser error", lines=["x"], raw_line=1, raw_column=0), "does not read it"),
        (RecursionError(), None),
    ],
)
def test_its_failures(error: Exception, told: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    def parse_module(text: str) -> libcst.Module:
        if "2" in text:
            raise error
        return libcst.Module([])

    monkeypatch.setattr(libcst, "parse_module", parse_module)
    found = python_second.complaint(parse("\n"), parse("x = 2\n"))[0]
    assert found is None if told is None else told in (found or "")
    other = python_second.complaint(parse(""), parse("x = 1\n"))[0]
    assert other == "line 1: the second parser reads another text"
