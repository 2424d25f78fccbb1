"""A branch with one commit per codemod, made in a worktree of its own: the user's checkout is never touched."""

from __future__ import annotations

import contextlib
import itertools
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator

from offramp import changes
from offramp.engine import Outcome
from offramp.journal import FileChange
from offramp.migration import Migration
from offramp.model import Problem

# Nothing of the repository is executed: no hooks, no monitor, no signing, no housekeeping in the background.
SETTINGS = (
    *("-c", f"core.hooksPath={os.devnull}", "-c", "core.fsmonitor=false", "-c", "commit.gpgSign=false"),
    *("-c", "gc.auto=0", "-c", "core.autocrlf=false", "-c", "core.safecrlf=false"),
)


class Worktree:
    """A checkout of HEAD beside the user's own; `folder` is the place in it that was asked for."""

    def __init__(self, root: pathlib.Path, top: pathlib.Path, prefix: str, branch: str) -> None:
        self.root, self.top, self.branch = root, top, branch
        self.folder = top / prefix

    def commit_steps(self, outcome: Outcome, migration: Migration) -> list[str]:
        """Commit what each codemod did, in order; returns the subjects."""
        states = [outcome.before, *(step.state for step in outcome.steps)]
        todos = [changes.between(one, other) for one, other in itertools.pairwise(states)]  # before any file moves
        subjects: list[str] = []
        for step, todo in zip(outcome.steps, todos, strict=True):
            write(self.folder, todo)
            self._add(todo)
            subject = _subject(step.codemod)
            subject += ", once more" if subject in subjects else ""
            counts = f"{_count(step.fixes, 'reference')} in {_count(len(todo), 'file')}"
            message = f"{subject}\n\n{counts}, by `migrate run {migration.name}`."
            _git(self.top, "commit", "--quiet", "--no-verify", "--allow-empty", "-m", message)
            subjects.append(subject)
        return subjects

    def commit_files(self, paths: list[str], subject: str, body: str) -> None:
        """Commit files as they lie in the worktree now."""
        self._add_paths(paths)
        _git(self.top, "commit", "--quiet", "--no-verify", "-m", f"{subject}\n\n{body}")

    def _add(self, todo: list[FileChange]) -> None:
        """Stage the files of a change, also those that .gitignore hides, and no others."""
        self._add_paths(sorted({path for change in todo for path in (change.path, change.target)}))

    def _add_paths(self, paths: list[str]) -> None:
        if paths:
            listed = "\0".join(paths).encode("utf-8", "surrogateescape")
            _git(
                self.folder,
                *("--literal-pathspecs", "add", "-A", "-f", "--pathspec-from-file=-", "--pathspec-file-nul"),
                content=listed,
            )

    def make_branch(self) -> None:
        """Give the commits their name; without it they are gone with the worktree."""
        _git(self.top, "branch", "--no-track", self.branch, "HEAD")


def slug(name: str) -> str:
    """The name of a migration as a part of a branch's name."""
    return re.sub(r"[^\w.+-]+", "-", name).strip("-.") or "migration"


def checked_name(root: pathlib.Path, name: str) -> str:
    """The name of a branch, when git takes it.

    Raises:
        Problem: git does not.
    """
    if name.startswith("-") or _run(root, "check-ref-format", f"refs/heads/{name}").returncode != 0:
        hint = "Write words with / and - between them: --branch chore/off-gradient"
        raise Problem(f"'{name}' can't be the name of a branch", place="--branch", hint=hint)
    return name


def _count(number: int, word: str) -> str:
    return f"{number} {word}" + "s" * (number != 1)


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
    no_git = "this is not a git repository, so there is no branch to make"
    top = _require(root, "rev-parse", "--show-toplevel", message=no_git)
    _require(root, "rev-parse", "--verify", "--quiet", "HEAD", message="the repository has no commit yet")
    _require(root, "var", "GIT_COMMITTER_IDENT", message="git does not know who commits (user.name, user.email)")
    if _run(root, "rev-parse", "--verify", "--quiet", f"refs/heads/{branch}").returncode == 0:
        hint = f"Delete it (git branch -D {branch}) or choose another name with --branch."
        raise Problem(f"there is already a branch {branch}", place=str(root), hint=hint)
    prefix = _git(root, "rev-parse", "--show-prefix").removesuffix("\n")
    if prefix and _run(root, "cat-file", "-e", f"HEAD:{prefix.rstrip('/')}").returncode != 0:
        hint = "Commit it first; or leave --commit out, and the change is written into the folder."
        raise Problem("the last commit has no such folder", place=str(root), hint=hint)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="offramp-"))
    try:
        _git(pathlib.Path(top), "worktree", "add", "--quiet", "--detach", str(folder / "tree"), "HEAD")
        yield Worktree(root, folder / "tree", prefix, branch)
    finally:
        if _run(pathlib.Path(top), "worktree", "remove", "--force", str(folder / "tree")).returncode != 0:
            shutil.rmtree(folder / "tree", ignore_errors=True)
            _run(pathlib.Path(top), "worktree", "prune")
        shutil.rmtree(folder, ignore_errors=True)


def _require(root: pathlib.Path, *arguments: str, message: str) -> str:
    done = _run(root, *arguments)
    if done.returncode != 0:
        hint = "Without --commit the change is written into the folder, and `migrate undo` takes it back."
        raise Problem(message, place=str(root), hint=hint)
    return _text(done.stdout).removesuffix("\n")


def _git(root: pathlib.Path, *arguments: str, content: bytes = b"") -> str:
    done = _run(root, *arguments, content=content)
    if done.returncode != 0:
        words = _text(done.stderr or done.stdout).strip().splitlines()
        verb = next(word for word in arguments if not word.startswith("-"))
        hint = "Nothing was changed. What git says here has to be mended first."
        raise Problem(f"git {verb} failed: {words[-1] if words else done.returncode}", place=str(root), hint=hint)
    return _text(done.stdout)


def _text(output: bytes) -> str:
    return output.decode("utf-8", "surrogateescape")


def _run(root: pathlib.Path, *arguments: str, content: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = ["git", "-C", str(root), *SETTINGS, *arguments]
    # inside a hook, git's own variables would lead to the user's index
    foreign = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR")
    environment = {key: value for key, value in os.environ.items() if key not in foreign}
    try:
        return subprocess.run(command, capture_output=True, check=False, input=content, env=environment)
    except FileNotFoundError:
        hint = "Install git; or leave --commit out, and the change is written into the folder."
        raise Problem("there is no git on this machine", hint=hint) from None
