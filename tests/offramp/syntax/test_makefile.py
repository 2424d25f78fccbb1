"""Values in makefiles: what make and the shell of a recipe read."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from offramp.model import Edit, apply_edits
from offramp.syntax import makefile
from tests.offramp.syntax.places import without

VALUES = (
    "new",
    "a b",
    "#x",
    "a # b",
    "$HOME",
    "$(X)",
    "a: b",
    "a=b",
    "x;y|z&",
    "(a)",
    "é",
    "a'b",
    'say "no"',
    "back\\slash",
)
PLACES = (
    "A = «old»\nall:\n\t@printf '%s' '$(A)'\n",
    "all:\n\t@printf '%s' «old»\n",
    "all:\n\t@printf '%s' '«old»'\n",
    'all:\n\t@printf "%s" \\\n\t  "«old»"\n',
)


def fitted(marked: str, value: str) -> str:
    start, end = marked.index("«"), marked.index("»") - 1
    text = marked.replace("«", "").replace("»", "")
    return apply_edits(text, makefile.fit(text, [Edit(start, end, value)]))


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make here")
@pytest.mark.parametrize("marked", PLACES)
def test_make_reads_the_value(marked: str) -> None:
    for value in VALUES:
        if "'" in value and "$(A)" in marked:
            continue  # the recipe quotes it so that it could not hold it
        text = fitted(marked, value)
        made = subprocess.run(["make", "-f", "-"], input=text.encode(), capture_output=True, check=False)
        assert made.stdout.decode() == value, (text, made.stderr)


@pytest.mark.parametrize(
    ("marked", "value", "after"),
    [
        ('A = "«x»"\n', "a b", 'A = "a b"\n'),
        ("all:\n\tpip install «x»\n", "openai>=1.0", 'all:\n\tpip install "openai>=1.0"\n'),
        ("A ?= «x»\n", "$(error A is not set)", "A ?= $(error A is not set)\n"),
        ("# «x»\n", "it's", "# it's\n"),
        ("all:\n\t# «x»\n", "it's", "all:\n\t# it's\n"),
        ("«x»: y\n", "a b", "a b: y\n"),
        ("A = «x»\n", "a/b", "A = a/b\n"),
    ],
)
def test_written(marked: str, value: str, after: str) -> None:
    assert fitted(marked, value) == after


@pytest.mark.parametrize(
    ("marked", "value"),
    [
        ('A = "«x»"\n', 'a "b"'),
        ("A = «x»\n", " a"),
        ("A = «x»\n", "a\nb"),
        ("A = «x»\n", "a\\#b"),
        ("A = «x»\n", "a b\\"),
    ],
)
def test_refused(marked: str, value: str) -> None:
    with pytest.raises(ValueError, match=r"[a-z]{3}"):
        fitted(marked, value)


def test_provide() -> None:
    text = "A_X ?= 1\nB := 2\n"
    edit = makefile.provide(text, "setting::A_Y=3 $x")
    assert edit is not None
    after = apply_edits(text, [edit])
    assert after == "A_X ?= 1\nA_Y ?= 3 $$x\nB := 2\n"
    assert makefile.grown(text, after) is None
    assert makefile.grown(text, "A_X ?= 1\n") is not None
    assert makefile.provide(text, "setting::B=1") is None
    assert makefile.provide("A = 1", "setting::B=") == Edit(5, 5, "\nB=")
    with pytest.raises(ValueError, match="nothing beside"):
        makefile.provide("all:\n", "setting::A=1")


def test_a_definition_of_several_lines_stays() -> None:
    assert without("Makefile", "define P =\na\nb\nendef\n", "P") is None
