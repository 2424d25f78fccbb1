"""The journal of a run: how to get back, and nothing more.

It holds the hashes of both states of every file and the bytes that were replaced, never copies of files. It lies in
git's own folder where there is git, else in `.offramp/` beside the code, readable by its owner only.

    20261121T101500-….applying    the run is on, or was cut off: the next command takes it back
    20261121T101500-….json        the run is done: `migrate undo` takes it back
"""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import hashlib
import json
import os
import pathlib
import re
import stat
import time
from collections.abc import Iterator, Sequence

from offramp import files, splices
from offramp.model import Problem

APPLYING, APPLIED = ".applying", ".json"
KEEP_SECONDS = 30 * 24 * 3600
LOCK = "lock"


@dataclasses.dataclass(frozen=True, slots=True)
class FileChange:
    """One file of a change. `before` None: it is new; `after` None: it goes. `new_path` where it moves."""

    path: str
    before: bytes | None
    after: bytes | None
    new_path: str = ""
    private: bool = False  # an env file of this machine: no value in it is ever shown

    @property
    def target(self) -> str:
        return self.new_path or self.path


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """One file: the hashes of both states ('' where there is no file), its mode, and the way back."""

    path: str
    target: str
    before: str
    after: str
    mode: int
    inverse: list[tuple[int, int, str]]  # splices, their bytes in base64

    def original(self, content: bytes) -> bytes:
        """What the file held before the run."""
        return splices.apply(content, [(start, end, base64.b64decode(old)) for start, end, old in self.inverse])


@dataclasses.dataclass(frozen=True, slots=True)
class Journal:
    title: str
    files: list[Entry]
    made: list[str]  # folders that the run makes, outer ones first
    left: list[tuple[str, int]]  # folders that files leave, with their modes, outer ones first


def plan(root: pathlib.Path, changes: Sequence[FileChange], title: str) -> Journal:
    """The journal of a change that is about to be made."""
    targets = {parent for change in changes if change.after is not None for parent in _parents(change.target)}
    gone = [change.path for change in changes if change.target != change.path or change.after is None]
    sources = {parent for path in gone for parent in _parents(path)}
    made = [folder for folder in sorted(targets) if not (root / folder).exists()]
    left = [(folder, _mode(root / folder)) for folder in sorted(sources)]
    return Journal(title, [entry(root, change, change.path) for change in changes], made, left)


def _parents(path: str) -> list[str]:
    return [str(parent) for parent in pathlib.PurePosixPath(path).parents if str(parent) != "."]


def _mode(path: pathlib.Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def entry(root: pathlib.Path, change: FileChange, model: str) -> Entry:
    """The way back of one change; `model` is a file that has the mode which the file is to have then."""
    way_back = splices.inverse(change.before or b"", change.after or b"")
    return Entry(
        *(change.path, change.target, digest(change.before), digest(change.after)),
        mode=-1 if change.before is None or not (root / model).exists() else _mode(root / model),
        inverse=[(start, end, base64.b64encode(old).decode()) for start, end, old in way_back],
    )


def digest(content: bytes | None) -> str:
    return "" if content is None else hashlib.sha256(content).hexdigest()


def digest_of(path: pathlib.Path) -> str:
    """The digest of a file's content: '' where there is nothing, '?' for what is no regular file or can't be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with open(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                return "?"
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError:
        return "?"


def folder_of(root: pathlib.Path) -> pathlib.Path:
    """Where the journals of a tree lie; not created yet."""
    told = files.git(root, "rev-parse", "--absolute-git-dir", "--show-prefix")
    if told is None:
        return root / ".offramp"
    private, _, prefix = told.removesuffix(b"\n").partition(b"\n")
    if not prefix:
        return pathlib.Path(os.fsdecode(private), "offramp", "root")
    name = re.sub(r"\W+", "-", prefix.decode("utf-8", "replace")).strip("-")
    return pathlib.Path(os.fsdecode(private), "offramp", f"{name}-{digest(prefix)[:8]}")


def all_in(folder: pathlib.Path, *suffixes: str) -> list[pathlib.Path]:
    """The journals of a folder, the oldest first."""
    return sorted(path for suffix in suffixes for path in folder.glob(f"*{suffix}"))


def new_path(folder: pathlib.Path) -> pathlib.Path:
    now = time.time_ns()
    stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime(now // 10**9))
    return folder / f"{stamp}-{now % 10**9:09d}{APPLYING}"


def save(path: pathlib.Path, journal: Journal) -> None:
    """Write the journal, all of it on disk before this returns."""
    content = json.dumps({"version": 1, **dataclasses.asdict(journal)}).encode()
    temporary = path.with_suffix(".new")
    try:
        descriptor = os.open(temporary, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with open(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def load(path: pathlib.Path) -> Journal:
    """Read a journal.

    Raises:
        Problem: it is damaged.
    """
    try:
        content = json.loads(path.read_bytes())
        entries = [Entry(**{**entry, "inverse": [tuple(s) for s in entry["inverse"]]}) for entry in content["files"]]
        return Journal(content["title"], entries, content["made"], [(name, mode) for name, mode in content["left"]])
    except (ValueError, KeyError, TypeError):
        hint = "Restore the tree by other means (git), then `migrate undo --forget`."
        raise Problem("the journal of the last run is damaged", place=str(path), hint=hint) from None


def forget_old(folder: pathlib.Path) -> None:
    """Delete the journals of runs long ago; a failure is of no consequence."""
    with contextlib.suppress(OSError):
        for journal in all_in(folder, APPLIED)[:-1]:
            if time.time() - journal.stat().st_mtime > KEEP_SECONDS:
                journal.unlink()


@contextlib.contextmanager
def lock(folder: pathlib.Path) -> Iterator[None]:
    """One run at a time on a tree; the system lets go of the lock when its process ends, however it ends.

    Raises:
        Problem: another run is on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ignore = folder / ".gitignore"
    if folder.name == ".offramp" and not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
    path = folder / LOCK
    while True:
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            _take(descriptor)
        except OSError:
            os.close(descriptor)
            hint = "Wait until it has finished, then run again."
            raise Problem("another run is working on this tree", place=str(folder), hint=hint) from None
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                break
        os.close(descriptor)  # the run before deleted it while this one was waiting for it: take the new one
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            path.unlink()
        os.close(descriptor)
        _tidy(folder)


def _take(descriptor: int) -> None:
    try:
        import fcntl
    except ImportError:  # Windows: there a run is not kept from another
        return
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _tidy(folder: pathlib.Path) -> None:
    """Leave no empty folder of ours behind."""
    with contextlib.suppress(OSError):
        if {entry.name for entry in folder.iterdir()} <= {".gitignore"}:
            (folder / ".gitignore").unlink(missing_ok=True)
            folder.rmdir()
            if folder.parent.name == "offramp":
                folder.parent.rmdir()
