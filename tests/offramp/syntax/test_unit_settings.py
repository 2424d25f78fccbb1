"""Settings of services that share a line."""

from __future__ import annotations

import pytest

from offramp.model import Edit, apply_edits
from offramp.syntax import systemd
from tests.offramp.syntax.places import entries, without

UNIT = '[Service]\nEnvironment="A=b c" P=d \\\n  "E=f"\nUser=x\n'


def test_entries() -> None:
    assert [(e.key, e.value) for e in entries("a.service", UNIT)] == [
        ("A", "b c"),
        ("P", "d"),
        ("E", "f"),
        ("User", "x"),
    ]
    program = '[program:a]\nenvironment=A="b,c",P=d\ncommand=x\n'
    assert [(e.key, e.value) for e in entries("a.conf", program)] == [("A", "b,c"), ("P", "d"), ("command", "x")]


@pytest.mark.parametrize(
    ("text", "after"),
    [
        (UNIT, '[Service]\nEnvironment="A=b c" "E=f"\nUser=x\n'),
        ("[Service]\nEnvironment=A=1 P=2\nUser=x\n", "[Service]\nEnvironment=A=1\nUser=x\n"),
        ("[Service]\nEnvironment='P=2'\nUser=x\n", "[Service]\nUser=x\n"),
        ('[program:a]\nenvironment=P="b",C="d"\n', '[program:a]\nenvironment=C="d"\n'),
        ('[program:a]\nenvironment=C="d", P="b"\n', '[program:a]\nenvironment=C="d"\n'),
    ],
)
def test_delete(text: str, after: str) -> None:
    path = "a.conf" if "program" in text else "a.service"
    assert without(path, text, "P") == after


@pytest.mark.parametrize(
    ("marked", "value", "after"),
    [
        ("Environment=A=«x» B=y\n", "a b", 'Environment="A=a b" B=y\n'),
        ("Environment=A=«x» B=y\n", "50%", "Environment=A=50%% B=y\n"),
        ('Environment="A=«x»"\n', 'say "no" \\', 'Environment="A=say \\"no\\" \\\\"\n'),
        ("Environment=A=«x»\n", "a/b", "Environment=A=a/b\n"),
        ("environment=A=«x»,B=y\n", "a,b", 'environment=A="a,b",B=y\n'),
        ('environment=A="«x»"\n', "5%", 'environment=A="5%%"\n'),
        ("User=«x»\nEnvironment=A=y\n", "a b", "User=a b\nEnvironment=A=y\n"),
    ],
)
def test_written(marked: str, value: str, after: str) -> None:
    assert fitted(marked, value) == after


def fitted(marked: str, value: str) -> str:
    start, end = marked.index("«"), marked.index("»") - 1
    text = marked.replace("«", "").replace("»", "")
    return apply_edits(text, systemd.fit(text, [Edit(start, end, value)]))


@pytest.mark.parametrize(("marked", "value"), [("Environment=A=«x»", "a\nb"), ("environment=A=«x»", "a'b")])
def test_refused(marked: str, value: str) -> None:
    with pytest.raises(ValueError, match="by hand"):
        fitted(marked, value)
