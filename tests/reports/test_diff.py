"""Diffs in git's format: `git apply` makes of the old files exactly the new ones."""

from __future__ import annotations

import os
import pathlib
import random
import subprocess

import pytest

from offramp.journal import FileChange
from reports import diff

NAMES = [
    "a.txt",
    "with blank.txt",
    'quo"te',
    "back\\slash",
    "tab\tx",
    "new\nline",
    "é/ü.py",
    "-dash",
    "a b/c d",
    "\x7f",
]
NAMES += [os.fsdecode(b"caf\xe9.py"), " lead", "trail ", "'single'", "#hash", "b/a/b"]
CONTENTS = [
    (b"one\ntwo\nthree\n", b"one\n2\nthree\n"),
    (b"one", b"one\n"),
    (b"one\n", b"one"),
    (b"one", b"two"),
    (b"", b"new\n"),
    (b"gone\n", b""),
    (b"a\r\nb\r\n", b"a\r\nc\r\n"),
    (b"a\r\nb\n", b"a\nb\r\n"),
    (b"caf\xe9\nold\n", b"caf\xe9\nnew\n"),
    (b"a\x0bb\x0cc\x1cd\x85e\nold\n", b"a\x0bb\x0cc\x1cd\x85e\nnew\n"),
    (b"\xe2\x80\xa8 line\nold\n", b"\xe2\x80\xa8 line\nnew\n"),
    (b"\n\n\n", b"\n\n\n\n"),
    (b"-- x\n++ y\n", b"-- x\n++ z\n"),
    (b"a\n" * 300 + b"x", b"a\n" * 150 + b"b\n" + b"a\n" * 150 + b"y"),
]


def applied(folder: pathlib.Path, changes: list[FileChange]) -> dict[str, bytes]:
    """The files below a folder once git has applied the diff of the changes."""
    for change in changes:
        if change.before is not None:
            (folder / change.path).parent.mkdir(parents=True, exist_ok=True)
            (folder / change.path).write_bytes(change.before)
    patch = diff.unified(changes)
    subprocess.run(["git", "apply", "--whitespace=nowarn", "-"], cwd=folder, input=patch, check=True)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", NAMES, ids=[ascii(name) for name in NAMES])
def test_names(name: str, tmp_path: pathlib.Path) -> None:
    assert applied(tmp_path, [FileChange(name, b"old\n", b"new\n")]) == {name: b"new\n"}


@pytest.mark.parametrize("name", NAMES, ids=[ascii(name) for name in NAMES])
def test_renames_and_new_files(name: str, tmp_path: pathlib.Path) -> None:
    changes = [
        FileChange("from.txt", b"a\nold\n", b"a\nnew\n", f"moved/{name}"),
        FileChange(f"only/{name}", b"same\n", b"same\n", "there.txt"),
        FileChange(f"new/{name}", None, b"fresh"),
        FileChange(f"gone/{name}", b"x\n", None),
        FileChange(f"empty/{name}", None, b""),
    ]
    assert applied(tmp_path, changes) == {
        f"moved/{name}": b"a\nnew\n",
        "there.txt": b"same\n",
        f"new/{name}": b"fresh",
        f"empty/{name}": b"",
    }


@pytest.mark.parametrize(("before", "after"), CONTENTS)
def test_contents(before: bytes, after: bytes, tmp_path: pathlib.Path) -> None:
    assert applied(tmp_path, [FileChange("x", before, after)]) == {"x": after}


def test_by_chance(tmp_path: pathlib.Path) -> None:
    dice = random.Random(11)
    words = [b"a\n", b"b\r\n", b"\n", b"c\n", b"long line of words\n"]
    changes = []
    for number in range(120):
        old = [dice.choice(words) for _ in range(dice.randrange(40))]
        new = [line if dice.random() > 0.15 else dice.choice([b"x\n", b"", line + b"y\n"]) for line in old]
        before, after = b"".join(old), b"".join(new) + dice.choice([b"", b"end"])
        changes.append(FileChange(f"f{number}", before, after))
    assert applied(tmp_path, changes) == {change.path: change.after for change in changes}


def test_files_are_in_order_and_no_change_is_no_text() -> None:
    changes = [FileChange("b", b"1\n", b"2\n"), FileChange("a", b"1\n", b"2\n")]
    text = diff.unified(changes)
    assert text.index(b"a/a") < text.index(b"a/b")
    assert diff.unified([]) == b""


def test_it_looks_like_gits() -> None:
    before = b"".join(b"%d\n" % n for n in range(20))
    after = before.replace(b"\n5\n", b"\nfive\n").replace(b"\n18\n", b"\n")
    assert diff.unified([FileChange("x", before, after)]).decode() == (
        "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -3,7 +3,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"
        "@@ -16,5 +16,4 @@\n 15\n 16\n 17\n-18\n 19\n"
    )


@pytest.mark.parametrize(
    ("encoding", "mark"), [("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff"), ("utf-16-be", b"")]
)
def test_utf16(encoding: str, mark: bytes, tmp_path: pathlib.Path) -> None:
    lines = "".join(f"{number}\r\n" for number in range(90))
    old, new = (mark + f"{lines}{word}\r\n\n".encode(encoding) for word in ("old", "new"))
    changes = [
        FileChange("wide.txt", old, new),
        FileChange("x", b"1\n", b"2\n"),
        FileChange("moved wide.txt", old, new, "y.txt"),
    ]
    assert b"# -old\r\n# +new\r\n" in diff.unified(changes)
    assert "-old\r\n+new\r\n" in "".join(diff.texts(changes[0]))
    assert applied(tmp_path, changes) == {"wide.txt": new, "x": b"2\n", "y.txt": new}


def test_utf16_with_a_secret_is_shown_masked_and_passed_over(tmp_path: pathlib.Path) -> None:
    secret = "q7Zk29Lm" + "Pw83xT4v"
    old, new = (f"{word}=1\r\nAPI_KEY={secret}\r\n".encode("utf-16-le") for word in ("old", "new"))
    changes = [FileChange("a.txt", old, new), FileChange("b.txt", old, new, "c.txt"), FileChange("x", b"1\n", b"2\n")]
    text = diff.unified(changes)
    assert b"=1\r\n#  API_KEY=***" in text
    assert b"GIT binary patch" not in text
    assert applied(tmp_path, changes) == {"a.txt": old, "c.txt": old, "x": b"2\n"}


def test_secrets_are_masked() -> None:
    secret = "q7Zk29Lm" + "Pw83xT4v"
    text = diff.unified(
        [FileChange(".env", f"A_KEY=1\nAPI_KEY={secret}\n".encode(), f"B_KEY=1\nAPI_KEY={secret}\n".encode())]
    )
    assert secret.encode() not in text
    assert b" API_KEY=***\n" in text


def test_a_large_file_takes_no_time() -> None:
    before = b"a: 1\nb: 2\n" * 60_000
    after = before[:300_000] + b"c: 3\n" + before[300_000:]
    assert diff.unified([FileChange("x", before, after)]).count(b"\n") == 3 + 8
