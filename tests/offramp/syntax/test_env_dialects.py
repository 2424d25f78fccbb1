"""What each reader makes of an env file, held against the reader itself: python-dotenv, npm's dotenv, bash."""

from __future__ import annotations

import io
import os
import pathlib
import re
import shutil
import tempfile

import dotenv
import pytest

from offramp.syntax import env_dialects
from tests.nets.formats import env as driver

SHAPES = (
    *("A=1", "A=", "A=1 ", "A = 1", "A =1", "A= 1", "A: 1", "A:1", "export A=1", "export  A = 1", " A=1", "\tA=1"),
    *("A='x y'", 'A="x y"', "A=`x`", "A=x y", "A=''", 'A=""', "A='a''b'", 'A="x" y', "'A'=b", '"A"=b'),
    *("A=x # note", "A=x#y", "A='x#y'", 'A="x # y"', "A= # note", "A=# note", "A=#x", "A='x' # n", 'A="x"#n'),
    *('A="a\nb"\nB=1', "A='a\nb'\nB=1", 'A="a\\nb"', "A='a\\nb'", "A=a\\nb", 'A="a\\"b"', "A='it\\'s'", 'A="a\\\\b"'),
    *("A=it's\nB=1\n", 'A=a"b\nB=2\n', 'A="x\nB=1', 'A="x\nB="y"\n', "A='x\n# y\nz'\nB=2", 'A="x\\\ny"\nB=1'),
    *("# A=1", "#A=1\nB=2", "A=1\r\nB=2\r\n", "A='1'\r\nB=2\r\n", "\ufeffA=1", "A\nB=1", "export A\nB=1", "A=1\nA=2"),
    *("set -a\nA=1\nset +a", "A=a \\\n b\nB=1", "A=a\\\nb\nB=1", "A=\\$B", "a.b=1", "a-b=1", "1A=2", "A==b"),
    *(
        "A=a;B=2",
        "A=a&b",
        "A=a|b",
        "A=1 B=2",
        "export A=1 B=2",
        "A=é 鍵",
        "A=a\\b",
        "A=[1,2]",
        'A={"a":1}',
        "A=<x>\nB=1",
    ),
    *("A=\n\nB=1", "A=\n  b\nB=1", "A=x\n\n\n#c\n\nB=y", "source x\nA=1", "readonly A=2", 'A="a\\tb"', "A=a\tb"),
    *("A=x \t# c", "A=1 # it's\nB=2", "A=a\\ b", "A=1;# c\nB=2", "A=a)b\nB=1", "export A\n", "=4\nB=1"),
)
FIXTURES = pathlib.Path(__file__).parents[3] / "fixtures"
REAL = sorted(path for path in FIXTURES.rglob("*") if driver.wanted(path.as_posix()) and path.is_file())


@pytest.mark.parametrize("text", SHAPES)
def test_python_dotenv(text: str) -> None:
    read = dotenv.dotenv_values(stream=io.StringIO(text, newline=""), interpolate=False)
    assert env_dialects.python_dotenv(text) == {key: value for key, value in read.items() if value is not None}


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_node_dotenv() -> None:
    try:
        readings = [driver.consumed(text, "")["node dotenv"] for text in SHAPES]
    except OSError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"npm's dotenv can't be fetched: {error}")
    for text, reading in zip(SHAPES, readings, strict=True):
        mine = {key: value.replace("\r\n", "\n") for key, value in env_dialects.node_dotenv(text).items()}
        assert mine == reading, text


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
@pytest.mark.parametrize("text", SHAPES)
def test_bash(text: str, monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # what `>` writes goes there
    read = driver.bash(text, {"A", "B", "C"}) if not re.search(r"`", text) else {}
    assert {key: value for key, value in env_dialects.bash(text).items() if key in "ABC"} == read


@pytest.mark.parametrize("path", REAL, ids=lambda path: os.path.relpath(path, FIXTURES))
def test_real_files(path: pathlib.Path) -> None:
    text = path.read_bytes().decode("utf-8")
    readings = driver.consumed(text, path.name)
    mine = {name: env_dialects.READERS[name](text) for name in readings if readings[name]}
    assert {n: {k: v.replace("\r\n", "\n") for k, v in (r or {}).items()} for n, r in mine.items()} == {
        n: r for n, r in readings.items() if r
    }


def test_what_bash_would_have_to_run_for_is_not_read() -> None:
    assert env_dialects.bash('A=$(date)\nB="`x`"\nC=$\'x\'\nD=~\nE="$[1]"\nF=(a b)\nG=1') == {"G": "1"}
    assert env_dialects.bash("A=$B\nC='$D'\nE=\"${F:-g}\"") == {"A": "$B", "C": "$D", "E": "${F:-g}"}
    assert env_dialects.bash('A=1\nB="') == {"A": "1"}
    assert env_dialects.bash("A='") == {}


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("A='1' # x\r\n# B=1\n\n  C=2 \n", {"A": "'1' # x", "C": "2 "}),
        ("export A=1", None),
        ("A = 1", None),
        ("=1", None),
        ("A\nB=1=2", {"B": "1=2"}),
        ("\ufeffA=1", {"A": "1"}),
    ],
)
def test_docker(text: str, settings: dict[str, str] | None) -> None:
    assert env_dialects.docker(text) == settings
