"""Runs the commands that refresh lock files, and makes what they change a part of the run, so that `undo` has it.

Only `--refresh-locks` leads here: package managers ask their registries. No shell is involved, and a command that the
project has made up itself is told, never run.
"""

from __future__ import annotations

import dataclasses
import enum
import os
import pathlib
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence

from offramp import locks, transaction
from offramp.branch import Worktree
from offramp.engine import Outcome
from offramp.locks import Lock


class State(enum.StrEnum):
    STALE = "to refresh"
    REFRESHED = "refreshed"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    NO_TOOL = "no tool"


@dataclasses.dataclass(frozen=True, slots=True)
class Refreshed:
    """What became of one lock file; `output` is what its command said where it failed."""

    lock: Lock
    state: State = State.STALE
    output: str = ""

    @property
    def failed(self) -> bool:
        return self.state in (State.FAILED, State.NO_TOOL)


def stale(outcome: Outcome, *, asked: bool = False) -> list[Refreshed]:
    """The lock files that a run leaves behind; where they are to be refreshed, with what is missing for it."""
    found = locks.stale(outcome)
    missing = {row.lock.path: row for row in without_tool(found)} if asked else {}
    return [missing.get(lock.path, Refreshed(lock)) for lock in found]


def without_tool(locks: Iterable[Lock]) -> list[Refreshed]:
    """Those that can't be refreshed on this machine: asked before anything is written."""
    rows = []
    for lock in locks:
        if not lock.known:
            told = f"its header names a command of the project's own: run `{lock.told}` yourself"
            rows.append(Refreshed(lock, State.NO_TOOL, told))
        elif shutil.which(lock.command[0]) is None:
            rows.append(Refreshed(lock, State.NO_TOOL, f"there is no {lock.command[0]} on this machine"))
    return rows


def in_place(root: pathlib.Path, rows: Sequence[Refreshed], journal: pathlib.Path) -> list[Refreshed]:
    """Refresh lock files after a run, as a part of it; where that fails they are as they were before."""
    found = [row.lock for row in rows]
    before = contents(root, found)
    done: list[Refreshed] = []
    try:
        done = run(root, found)
    finally:
        altered = changed(root, before, found)
        failed = len(done) < len(found) or any(row.failed for row in done)
        if failed:
            restore(root, altered)
    if altered and not failed:
        transaction.amend(root, journal, altered)
    return done


def in_worktree(tree: Worktree, rows: Sequence[Refreshed]) -> list[Refreshed]:
    """Refresh lock files in a worktree, as a commit of its own."""
    found = [row.lock for row in rows]
    before = contents(tree.folder, found)
    done = run(tree.folder, found)
    altered = sorted(changed(tree.folder, before, found))
    if altered and not any(row.failed for row in done):
        tree.commit_files(altered, "Refresh the lock files", "\n".join(row.lock.told for row in done))
    return done


def run(root: pathlib.Path, locks: Sequence[Lock]) -> list[Refreshed]:
    """Run the commands in their order, until one fails; the others are still to refresh then."""
    rows: list[Refreshed] = []
    for lock in locks:
        failed = any(row.failed for row in rows)
        rows.append(Refreshed(lock) if failed else _one(root, lock))
    return rows


def _one(root: pathlib.Path, lock: Lock) -> Refreshed:
    before = (root / lock.path).read_bytes()
    tool = shutil.which(lock.command[0]) or lock.command[0]
    try:
        done = subprocess.run(
            [tool, *lock.command[1:]],
            cwd=root / lock.folder,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        return Refreshed(lock, State.FAILED, str(error.strerror))
    if done.returncode != 0:
        return Refreshed(lock, State.FAILED, done.stdout + done.stderr)
    same = (root / lock.path).is_file() and (root / lock.path).read_bytes() == before
    return Refreshed(lock, State.UNCHANGED if same else State.REFRESHED)


def contents(root: pathlib.Path, locks: Iterable[Lock]) -> dict[str, bytes | None]:
    """What the files hold that a command may write: those that lie in its folder, and its manifests."""
    paths: set[str] = set()
    for lock in locks:
        beside = (entry.name for entry in os.scandir(root / lock.folder) if entry.is_file(follow_symlinks=False))
        folder = f"{lock.folder}/" if lock.folder else ""
        paths |= {lock.path, *lock.manifests, *(folder + name for name in beside)}
    return {path: _content(root / path) for path in sorted(paths)}


def _content(path: pathlib.Path) -> bytes | None:
    return path.read_bytes() if path.is_file() and not path.is_symlink() else None


def changed(root: pathlib.Path, before: Mapping[str, bytes | None], locks: Iterable[Lock]) -> dict[str, bytes | None]:
    """Of the files that were there or are there now, those that are not what they were, as they were."""
    now = contents(root, locks)
    return {path: before.get(path) for path in before.keys() | now.keys() if before.get(path) != now.get(path)}


def restore(root: pathlib.Path, before: Mapping[str, bytes | None]) -> None:
    """Write files back as they were."""
    for path, content in before.items():
        if content is None:
            (root / path).unlink(missing_ok=True)
        else:
            (root / path).write_bytes(content)
