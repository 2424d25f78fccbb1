"""Branches: what the tests of `migrate run --commit` do not reach."""

from __future__ import annotations

import pathlib
import subprocess

import pytest

from offramp import branch, changes, migration
from offramp.engine import Outcome, Step
from offramp.journal import FileChange
from offramp.ledger import Balance
from offramp.model import Move, Problem
from offramp.project import open_project

LOADED = migration.parse("schema: 1\nname: m\nenv: {OLD_KEY: NEW_KEY}\n", "m")


@pytest.fixture
def root(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "T")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "t@example.org")
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / "a.env").write_text("OLD_KEY=1\n")
    (folder / "never read.bin").write_bytes(b"\0\1")
    (folder / ".gitignore").write_text("hidden/\n")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "x")
    return folder


def git(folder: pathlib.Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def test_a_file_that_moves_twice_and_one_that_git_ignores(root: pathlib.Path) -> None:
    with branch.worktree(root, "b") as tree:
        before = open_project(tree.folder, LOADED)
        before.load("a.env")
        one = before.snapshot()
        one.move(Move("never read.bin", "x/never read.bin"))
        one.replace("a.env", "NEW_KEY=1\n")
        two = one.snapshot()
        two.move(Move("x/never read.bin", "y/never read.bin"))
        two.create("hidden/new.md", "# new\n")
        steps = [Step("env_vars", one, 1), Step("urls", two, 2), Step("env_vars", two, 0)]
        outcome = Outcome(before, two, [], steps, Balance(0, 0, 0, 0, 0), {}, 0.0)
        assert len(changes.of(outcome)) == 3
        subjects = tree.commit_steps(outcome, LOADED)
        tree.make_branch()
    assert subjects[2] == f"{subjects[0]}, once more"
    assert git(root, "log", "--format=%s", "--reverse", "main..b").splitlines() == subjects
    assert sorted(git(root, "ls-tree", "-r", "--name-only", "-z", "b").rstrip("\0").split("\0")) == [
        ".gitignore",
        "a.env",
        "hidden/new.md",
        "y/never read.bin",
    ]
    assert "1 reference in 2 files, by `migrate run m`." in git(root, "log", "--format=%b", "b")


def test_a_file_that_goes(tmp_path: pathlib.Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    branch.write(tmp_path, [FileChange("a", b"1", None), FileChange("b/c", None, b"2")])
    assert not (tmp_path / "a").exists()
    assert (tmp_path / "b/c").read_bytes() == b"2"


def test_the_worktree_goes_even_when_its_files_are_gone(root: pathlib.Path) -> None:
    def broken() -> None:
        with branch.worktree(root, "b") as tree:
            (tree.top / ".git").unlink()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken()
    assert git(root, "worktree", "list").count("\n") == 1
    assert git(root, "branch", "--list", "b") == ""


def test_what_git_says_is_told(root: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        with branch.worktree(root, "b") as tree:
            tree.branch = "a..b"
            tree.make_branch()

    with pytest.raises(Problem, match=r"git branch failed: .*not a valid branch name"):
        broken()


@pytest.mark.parametrize(
    ("name", "wanted"), [("a-to-b", "a-to-b"), ("Off: now!", "Off-now"), ("...", "migration"), ("é ü", "é-ü")]
)
def test_slug(name: str, wanted: str) -> None:
    assert branch.slug(name) == wanted
