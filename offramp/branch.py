"""A branch with one commit per codemod, made in a worktree of its own: the user's checkout is never touched."""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator

from offramp import changes
from offramp.engine import Outcome
from offramp.journal import FileChange
from offramp.migration import Migration
from offramp.model import Problem

# Nothing of the repository is executed: no hooks, no filters for signing, no editor.
SETTINGS = ("-c", "core.hooksPath=/dev/null", "-c", "core.autocrlf=false", "-c", "commit.gpgSign=false")


class Worktree:
    """A checkout of HEAD beside the user's own; `folder` is the place in it that was asked for."""

    def __init__(self, root: pathlib.Path, top: pathlib.Path, prefix: str, branch: str) -> None:
        self.root, self.top, self.branch = root, top, branch
        self.folder = top / prefix
        self.start = _git(top, "rev-parse", "HEAD").strip()
        self.abandoned = False

    def commit_steps(self, outcome: Outcome, migration: Migration) -> list[str]:
        """Commit what each codemod did, in order; returns the subjects."""
        subjects: list[str] = []
        previous = outcome.before
        for step in outcome.steps:
            todo = changes.between(previous, step.state)
            previous = step.state
            write(self.folder, todo)
            _git(self.top, "add", "-A", "--", str(self.folder))
            subject = _subject(step.codemod)
            subject += ", once more" if subject in subjects else ""
            message = f"{subject}\n\n{step.fixes} references in {len(todo)} files, by `migrate run {migration.name}`."
            _git(self.top, "commit", "--quiet", "--no-verify", "--allow-empty", "-m", message)
            subjects.append(subject)
        _git(self.top, "branch", self.branch, "HEAD")
        return subjects

    def abandon(self) -> None:
        """Drop the branch again."""
        _git(self.top, "branch", "-D", self.branch)


def _subject(codemod: str) -> str:
    import importlib

    return str(importlib.import_module(f"codemods.{codemod}").SUBJECT)


def write(folder: pathlib.Path, todo: list[FileChange]) -> None:
    """Write a change into a throw-away checkout: no journal, the checkout itself goes when something fails."""
    for change in todo:
        source, target = folder / change.path, folder / change.target
        target.parent.mkdir(parents=True, exist_ok=True)
        if change.after is None:
            source.unlink()
            continue
        if change.target != change.path and change.before is not None:
            os.replace(source, target)
        target.write_bytes(change.after)


@contextlib.contextmanager
def worktree(root: pathlib.Path, branch: str) -> Iterator[Worktree]:
    """A worktree of HEAD, gone at the end.

    Raises:
        Problem: there is no git, no commit, no author, or the branch exists already.
    """
    top = _require(root, "rev-parse", "--show-toplevel", message="this is not a git repository, so there is no branch to make")
    _require(root, "rev-parse", "--verify", "--quiet", "HEAD", message="the repository has no commit yet")
    _require(root, "var", "GIT_COMMITTER_IDENT", message="git does not know who commits (user.name, user.email)")
    if _run(root, "rev-parse", "--verify", "--quiet", f"refs/heads/{branch}").returncode == 0:
        hint = f"Delete it (git branch -D {branch}) or choose another name with --branch."
        raise Problem(f"there is already a branch {branch}", place=str(root), hint=hint)
    prefix = _git(root, "rev-parse", "--show-prefix").strip()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="offramp-"))
    try:
        _git(pathlib.Path(top), "worktree", "add", "--quiet", "--detach", str(folder / "tree"), "HEAD")
        yield Worktree(root, folder / "tree", prefix, branch)
    finally:
        _run(pathlib.Path(top), "worktree", "remove", "--force", str(folder / "tree"))
        shutil.rmtree(folder, ignore_errors=True)
        _run(pathlib.Path(top), "worktree", "prune")


def _require(root: pathlib.Path, *arguments: str, message: str) -> str:
    done = _run(root, *arguments)
    if done.returncode != 0:
        hint = "Without --commit the change is written into the folder, and `migrate undo` takes it back."
        raise Problem(message, place=str(root), hint=hint)
    return done.stdout.strip()


def _git(root: pathlib.Path, *arguments: str) -> str:
    done = _run(root, *arguments)
    if done.returncode != 0:
        words = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise Problem(f"git {arguments[0]} failed: {words[-1] if words else done.returncode}", place=str(root))
    return done.stdout


def _run(root: pathlib.Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["git", "-C", str(root), *SETTINGS, *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, errors="surrogateescape", check=False, stdin=subprocess.DEVNULL
    )
