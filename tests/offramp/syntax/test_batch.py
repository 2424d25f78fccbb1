"""What stands where in batch files, and how values are written in them."""

from __future__ import annotations

import pytest

from offramp.model import Edit, apply_edits
from offramp.syntax import batch
from tests.offramp.syntax.places import document, entries, told, without


@pytest.mark.parametrize(
    ("text", "role", "key"),
    [
        ("set «P»=x", "env", ""),
        ('set "«P»=x"', "env", ""),
        ("setx «P» x", "env", ""),
        ("set LLM_PROVIDER=«p»", "value", "LLM_PROVIDER"),
        ('set "LLM_PROVIDER=«p»"', "value", "LLM_PROVIDER"),
        ('setx LLM_PROVIDER "«p»" /M', "value", "LLM_PROVIDER"),
        ("if not defined LLM_PROVIDER set LLM_PROVIDER=«p»", "value", "LLM_PROVIDER"),
        ("echo %«P»%", "env", ""),
        ("echo %«P»:~0,3%", "env", ""),
        ("echo !«P»!", "env", ""),
        ("set A=%«P»%", "env", ""),
        ("if defined «P» echo x", "env", ""),
        ('if "%LLM_PROVIDER%"=="«p»" echo x', "value", "LLM_PROVIDER"),
        ("if /i %LLM_PROVIDER%==«p» echo x", "value", "LLM_PROVIDER"),
        ('if "«p»"=="%LLM_PROVIDER%" echo x', "value", "LLM_PROVIDER"),
        ("run --provider «p»", "value", "provider"),
        ("pip install «p» ^\n  other", "package", "pip"),
        ("rem «p»", "comment", ""),
        (":: «p»", "comment", ""),
        ("  @REM «p»", "comment", ""),
        ("call «p»", "text", ""),
    ],
)
def test_place(text: str, role: str, key: str) -> None:
    assert told("a.bat", text)[:2] == (role, key)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("set P=x\r\necho\r\n", "echo\r\n"),
        ('a\n  set "P=x"\nb\n', "a\nb\n"),
        ('setx P "x y"\nb\n', "b\n"),
        ("if defined A set P=x\n", None),
        ("set P=x & b\n", None),
    ],
)
def test_delete(text: str, after: str | None) -> None:
    assert without("a.bat", text, "P") == after


def test_entries() -> None:
    text = "rem set A=1\nset B=2\nset /p C=ask\nset D\nsetx E=1\nif x (set F=3) else (set G=4)\n:: set H=5\n"
    assert [(entry.key, entry.value) for entry in entries("a.bat", text)] == [("B", "2"), ("F", "3"), ("G", "4")]


@pytest.mark.parametrize(
    ("marked", "value", "after"),
    [
        ("set A=«x»", "a b & 5% (c)", "set A=a b ^& 5%% ^(c^)"),
        ('set "A=«x»"', "a b & 5% (c)", 'set "A=a b & 5%% (c)"'),
        ("run -p «x» y", "a b", 'run -p "a b" y'),
        ("echo «x» y", "a, b", "echo a, b y"),
        ("echo «x» y", "a > b", "echo a ^> b y"),
        ("rem «x»", "a & b", "rem a & b"),
        ("set A=«x»", "a/b", "set A=a/b"),
        ("pip install «x»", "openai>=1.0", 'pip install "openai>=1.0"'),
        ("if %A%==«x» run", "a b", 'if %A%=="a b" run'),
    ],
)
def test_written(marked: str, value: str, after: str) -> None:
    assert fitted(marked, value) == after


def fitted(marked: str, value: str) -> str:
    start, end = marked.index("«"), marked.index("»") - 1
    text = marked.replace("«", "").replace("»", "")
    return apply_edits(text, batch.fit(text, [Edit(start, end, value)]))


@pytest.mark.parametrize(
    ("marked", "value"),
    [
        ("set A=«x»", 'say "no"'),
        ("set A=«x»", "a\nb"),
        ("echo %«A»%", "B C"),
        ("setlocal EnableDelayedExpansion\nset A=«x»", "a!"),
    ],
)
def test_refused(marked: str, value: str) -> None:
    with pytest.raises(ValueError, match=r"[a-z]{3}"):
        fitted(marked, value)


def test_provide_and_checks() -> None:
    text = "set A_X=1\r\nset B=2\r\n"
    edit = batch.provide(text, "setting::A_Y=a & 5%")
    assert edit is not None
    after = apply_edits(text, [edit])
    assert after == 'set A_X=1\r\nset "A_Y=a & 5%%"\r\nset B=2\r\n'
    assert batch.grown(text, after) is None
    assert batch.grown(text, "set A_X=1\r\n") is not None
    assert batch.provide(text, "setting::b=1") is None
    assert batch.provide("set A=1", "setting::B=1") == Edit(7, 7, '\nset "B=1"')
    for wrong in (("echo\n", "setting::A=1"), (text, "setting::C=a!"), (text, "setting::C-D=a")):
        with pytest.raises(ValueError, match=r"[a-z]{3}"):
            batch.provide(*wrong)
    assert batch.check("a\n", "set A=1\n") is not None
    assert batch.check("if defined A (\n  set B=1\n)\n", "if defined A (\n)\n") is not None
    assert batch.check("f (a)\n", "f (a\n") is not None
    assert batch.check("f (a)\n", 'f (b) ")"\n') is None


@pytest.mark.parametrize("text", ["", "set", "set =", "set A", "%", '"', "set \udce9=1", "\0", "set A=" + "^" * 500])
def test_garbage(text: str) -> None:
    tree = document("a.bat", text).tree
    tree.place(0, len(text))
    tree.entries()
