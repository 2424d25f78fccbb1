"""Values in PowerShell: what each sort of string needs, and what can't be written."""

from __future__ import annotations

import pytest

from offramp.model import Edit, apply_edits
from offramp.syntax import powershell
from tests.offramp.syntax.places import without


def fitted(marked: str, value: str) -> str:
    start, end = marked.index("«"), marked.index("»") - 1
    text = marked.replace("«", "").replace("»", "")
    return apply_edits(text, powershell.fit(text, [Edit(start, end, value)]))


@pytest.mark.parametrize(
    ("marked", "value", "after"),
    [
        ("$a = '«x»'", "it's", "$a = 'it''s'"),
        ("$a = '«x»'", 'a "b" $c `d', "$a = 'a \"b\" $c `d'"),
        ('$a = "«x»"', 'a "b" $c `d', '$a = "a `"b`" `$c ``d"'),
        ('$a = "«»"', "a b", '$a = "a b"'),
        ("$a = \"$(f '«x»')\"", "it's", "$a = \"$(f 'it''s')\""),
        ('$a = "$(f "«x»") y"', '$"', '$a = "$(f "`$`"") y"'),
        ('$a = "$(f -p «x») y"', "a b", "$a = \"$(f -p 'a b') y\""),
        ("$a = @'\n«x»\n'@", "it's $y", "$a = @'\nit's $y\n'@"),
        ('$a = @"\n«x»\n"@', 'a "$y"', '$a = @"\na "`$y"\n"@'),
        ("f -p «x» y", "a b", "f -p 'a b' y"),
        ("pip install «x»", "openai>=1.0", "pip install 'openai>=1.0'"),
        ("«x» y", "a b", "a b y"),
        ("$a = «'x'»", "'a b'", "$a = 'a b'"),
        ("# «x»", "a's", "# a's"),
        ("<# «x» #> f", "a's", "<# a's #> f"),
        ("$a = '«x»'", "y/z", "$a = 'y/z'"),
    ],
)
def test_written(marked: str, value: str, after: str) -> None:
    assert fitted(marked, value) == after


@pytest.mark.parametrize(
    ("marked", "value"),
    [
        ("$env:«A»", "B C"),
        ("Test-Path env:«A»", "B'"),
        ("# «x»", "a\nb"),
        ("<# «x» #>", "#>"),
        ("@'\n«x»\n'@", "a\n'@"),
        ('@"\n«x»\n"@', 'a\n"@ '),
    ],
)
def test_refused(marked: str, value: str) -> None:
    with pytest.raises(ValueError, match=r"[a-z]{3}"):
        fitted(marked, value)


@pytest.mark.parametrize(
    ("text", "key", "after"),
    [
        ("${env:P} = 'x'\nf\n", "P", "f\n"),
        ("$env:P = 'x' # note\nf\n", "P", "f\n"),
        ("$env:P = @'\nx\n'@\n", "P", None),
        ("$env:P = f `\n  x\n", "P", None),
        ("[Environment]::SetEnvironmentVariable('P', 'x', 'User')\nf\n", "P", "f\n"),
        ("@'\n$env:P = 1\n'@\n$env:P = 'x'\n", "P", "@'\n$env:P = 1\n'@\n"),
    ],
)
def test_delete(text: str, key: str, after: str | None) -> None:
    assert without("a.ps1", text, key) == after


def test_provide() -> None:
    text = "$env:A_X = 1\r\n$env:B = 2\r\n"
    edit = powershell.provide(text, "setting::A_Y=it's")
    assert edit is not None
    after = apply_edits(text, [edit])
    assert after == "$env:A_X = 1\r\n$env:A_Y = 'it''s'\r\n$env:B = 2\r\n"
    assert powershell.grown(text, after) is None
    assert powershell.provide(text, "setting::b=1") is None
    assert powershell.grown(text, "$env:A_X = 1\r\n") is not None
    with pytest.raises(ValueError, match="nothing beside"):
        powershell.provide("f\n", "setting::A=1")


def test_what_is_not_closed_is_seen() -> None:
    assert powershell.check("f 'a'\n", "f 'a\n") is not None
    assert powershell.check('f "a"\n', 'f "$(a"\n') is not None
    assert powershell.check("<# a #>\n", "<# a\n") is not None
    assert powershell.check("f # it's\n", "g # it's\n") is None
