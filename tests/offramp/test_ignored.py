"""Env files that git ignores: seen by every scan, shown without values, rewritten on request and never committed."""

from __future__ import annotations

import json
import pathlib
import subprocess

import pytest

from offramp import ignored
from offramp.cli import main
from offramp.redaction import names_only

MIGRATION = """\
schema: 1
name: m
retire: {provider: gradient}
replace: {provider: openrouter}
env: {GRADIENT_API_KEY: OPENROUTER_API_KEY}
"""
PRIVATE = 'LLM_PROVIDER=gradient\nexport GRADIENT_API_KEY=hunter two  # mine\nPEM="-----\nabc def\n-----"\n'
IGNORED = ".env\n/private/\nnode_modules/\nbuild/\n*.log\n.env.gradient\n"


@pytest.fixture(params=["git", "no git"])
def tree(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> pathlib.Path:
    root = tmp_path / "tree"
    for path, text in {
        **dict.fromkeys((".env", "private/deep/prod.env", "node_modules/x/.env", "build/.env", "a/b/.env"), PRIVATE),
        **dict.fromkeys((".env.gradient", "private/a/b/c/too-deep.env", "a.log", "private/.cache/.env"), PRIVATE),
        ".gitignore": IGNORED,
        ".env.example": "GRADIENT_API_KEY=\n",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (tmp_path / "m.yaml").write_text(MIGRATION)
    if request.param == "git":
        for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "x"]):
            git(root, *command)
    return root


def git(root: pathlib.Path, *arguments: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    return subprocess.run(["git", "-C", root, *who, *arguments], check=True, capture_output=True, text=True).stdout


def migrate(tree: pathlib.Path, command: str, *arguments: str) -> int:
    try:
        return main([command, str(tree.parent / "m.yaml"), str(tree), *arguments])
    except SystemExit as stopped:
        return int(stopped.code or 0)


PATHS = [".env", ".env.gradient", "a/b/.env", "private/deep/prod.env"]


def test_which_files_they_are(tree: pathlib.Path) -> None:
    assert ignored.env_files(tree) == PATHS


def test_a_link_is_none(tree: pathlib.Path) -> None:
    (tree / "private" / "here").symlink_to(tree / "a")
    (tree / "private" / "linked.env").symlink_to(tree / ".env")
    assert ignored.env_files(tree) == PATHS


def test_a_folder_with_very_many_entries_is_not_one_for_settings(
    tree: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ignored, "MOST", 0)
    assert ignored.env_files(tree) == PATHS[:-1]


def test_a_folder_that_can_not_be_read_is_passed_over(tree: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: object) -> list[str]:
        raise PermissionError

    monkeypatch.setattr(ignored.os, "listdir", refuse)
    assert ignored.env_files(tree) == PATHS[:-1]


def test_a_scan_tells_of_them_and_shows_no_value(tree: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert migrate(tree, "scan", "--format", "json") == 1
    told = capsys.readouterr().out
    assert "hunter" not in told
    rows = [row for row in json.loads(told)["findings"] if row["path"] == ".env"]
    assert [row["excerpt"] for row in rows] == ["LLM_PROVIDER=***", "export GRADIENT_API_KEY=***"]
    assert {row["fix"]["description"] for row in rows} == {ignored.LEFT_ALONE}
    assert migrate(tree, "scan") == 1
    assert "hunter" not in capsys.readouterr().out


def test_a_run_leaves_them_unless_told_otherwise(tree: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert migrate(tree, "run") == 1
    assert (tree / ".env").read_text() == PRIVATE
    assert (tree / ".env.example").read_text() == "OPENROUTER_API_KEY=\n"
    assert "0 refused + 0 suppressed + 8 external" in capsys.readouterr().out


def test_a_run_with_them_can_be_taken_back(tree: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert migrate(tree, "run", "--include-ignored", "--dry-run") == 0
    assert "hunter" not in capsys.readouterr().out
    assert migrate(tree, "run", "--include-ignored") == 0
    after = PRIVATE.replace("gradient", "openrouter").replace("GRADIENT", "OPENROUTER")
    assert [(tree / path).read_text() for path in PATHS] == [after] * 4  # none moves
    assert "hunter" not in capsys.readouterr().out
    main(["undo", str(tree)])
    assert [(tree / path).read_text() for path in PATHS] == [PRIVATE] * 4


def test_utf16_shows_no_value_either(tree: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tree / ".env").write_bytes(b"\xff\xfe" + PRIVATE.encode("utf-16-le"))
    assert migrate(tree, "run", "--include-ignored", "--dry-run") == 0
    told = capsys.readouterr().out
    assert "hunter" not in told
    assert "# +export OPENROUTER_API_KEY=***" in told
    assert "GIT binary patch" not in told


@pytest.mark.parametrize("tree", ["git"], indirect=True)
def test_a_branch_never_holds_them(
    tree: pathlib.Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "a")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "a@example.com")
    assert migrate(tree, "run", "--commit", "--include-ignored") == 2
    assert "no commit can hold it" in capsys.readouterr().err
    assert migrate(tree, "run", "--commit") == 1
    told = capsys.readouterr().err
    assert "Not in the branch, as git ignores it: .env, .env.gradient, a/b/.env and 1 more." in told
    assert git(tree, "diff", "--name-only", "HEAD", "offramp/m").split() == [".env.example"]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("KEY=x y # z", "KEY=***"),
        ("  export KEY = 'x'", "  export KEY = ***"),
        ("# KEY=x", "# KEY=***"),
        ("KEY: x", "KEY: ***"),
        ("KEY=", "KEY="),
        ("# words about it", "# words about it"),
        ("", ""),
        ("the middle of a value", "***"),
    ],
)
def test_names_only(line: str, shown: str) -> None:
    assert names_only(line) == shown
