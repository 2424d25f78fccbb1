"""Write a change to the tree all or nothing, and take it back byte for byte.

The journal holds the inverse edits and the hashes of both states, never copies of files. It lies in git's own folder
where there is git, else in `.offramp/`, readable by its owner only. It is complete on disk before the first file is
touched; a journal that is still marked 'applying' when a command starts is rolled back first.
"""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import difflib
import hashlib
import json
import os
import pathlib
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from typing import TypedDict

from offramp import files
from offramp.model import Problem

KEEP_SECONDS = 30 * 24 * 3600
Splice = tuple[int, int, bytes]  # start, end in the new bytes, the old bytes that stood there


class Entry(TypedDict):
    """One file of a journal: hashes of both states ('' where there is no file) and how to get back."""

    path: str
    target: str
    before: str
    after: str
    inverse: list[tuple[int, int, str]]  # a Splice, its bytes in base64


class Journal(TypedDict):
    version: int
    state: str  # 'applying' until every file is written, then 'applied'
    title: str
    files: list[Entry]


@dataclasses.dataclass(frozen=True, slots=True)
class FileChange:
    """One file of a change. `before` None: it is new; `after` None: it goes. `new_path` where it moves."""

    path: str
    before: bytes | None
    after: bytes | None
    new_path: str = ""

    @property
    def target(self) -> str:
        return self.new_path or self.path


def journal_folder(root: pathlib.Path) -> pathlib.Path:
    """Where the journals of a tree lie; not created yet."""
    private = files.git(root, "rev-parse", "--absolute-git-dir")
    prefix = files.git(root, "rev-parse", "--show-prefix")
    if private is None or prefix is None:
        return root / ".offramp"
    name = re.sub(r"\W+", "-", os.fsdecode(prefix).strip()).strip("-") or "root"
    return pathlib.Path(os.fsdecode(private).rstrip("\n")) / "offramp" / name


def apply(root: pathlib.Path, changes: Sequence[FileChange], title: str) -> pathlib.Path:
    """Write the changes, all or none; returns the journal.

    Raises:
        Problem: a file is not what it was when it was read, can't be written, or there is no space. Everything is
            as it was before.
    """
    for change in changes:
        _check_inside(root, change)
    folder = journal_folder(root)
    try:
        with _lock(folder):
            _check_unchanged(root, changes)
            journal = folder / f"{time.strftime('%Y%m%dT%H%M%S')}-{time.time_ns() % 10**9:09d}.json"
            _save(journal, _entries(changes), title, "applying")
            try:
                _write_all(root, changes)
            except OSError:
                _restore(root, _load(journal))
                journal.unlink(missing_ok=True)
                raise
            _save(journal, _entries(changes), title, "applied")
            _forget_old(folder, journal)
            return journal
    except OSError as error:
        where = error.filename if isinstance(error.filename, str) else str(root)
        hint = "Nothing was changed. Free some space or mend the permissions, then run again."
        raise Problem(f"the change can't be written: {error.strerror}", place=where, hint=hint) from None


def recover(root: pathlib.Path) -> bool:
    """Roll back a run that was cut off while it wrote; whether there was one."""
    folder = journal_folder(root)
    found = False
    for journal in sorted(folder.glob("*.json"), reverse=True) if folder.is_dir() else ():
        content = _load(journal)
        if content["state"] == "applying":
            _restore(root, content)
            journal.unlink(missing_ok=True)
            found = True
    return found


def undo(root: pathlib.Path) -> tuple[str, list[str]]:
    """Take back the last run; returns its title and the paths restored.

    Raises:
        Problem: there is nothing to undo, or a file has changed since; names the files.
    """
    folder = journal_folder(root)
    with _lock(folder):
        journals = sorted(folder.glob("*.json")) if folder.is_dir() else []
        if not journals:
            hint = "Only changes that `migrate run` has written can be taken back, each once."
            raise Problem("there is no run to undo", place=str(root), hint=hint)
        content = _load(journals[-1])
        changed = [entry["target"] for entry in content["files"] if _hash(root / entry["target"]) != entry["after"]]
        if changed:
            listed = ", ".join(changed[:5]) + (f" and {len(changed) - 5} more" if len(changed) > 5 else "")
            hint = "Restore or commit these first, or undo the rest by hand (git checkout). Nothing was changed."
            raise Problem(f"changed since the run: {listed}", place=str(root), hint=hint)
        blocked = [e["path"] for e in content["files"] if e["before"] and e["path"] != e["target"] and (root / e["path"]).exists()]
        if blocked:
            raise Problem(f"in the way of the undo: {', '.join(blocked[:5])}", place=str(root), hint="Move it away first.")
        _restore(root, content)
        journals[-1].unlink()
        return content["title"], [entry["path"] for entry in content["files"]]


def forget(root: pathlib.Path) -> int:
    """Delete the journals of a tree; how many there were."""
    folder = journal_folder(root)
    journals = list(folder.glob("*.json")) if folder.is_dir() else []
    for journal in journals:
        journal.unlink()
    return len(journals)


def _check_inside(root: pathlib.Path, change: FileChange) -> None:
    for path in (change.path, change.target):
        folder = (root / path).parent.resolve()
        if not folder.is_relative_to(root.resolve()) or ".git" in pathlib.PurePosixPath(path).parts:
            raise Problem("this lies outside the tree", place=path, hint="Nothing was changed.")


def _check_unchanged(root: pathlib.Path, changes: Sequence[FileChange]) -> None:
    for change in changes:
        if _hash(root / change.path) != _digest(change.before):
            raise Problem("the file changed while the run was on", place=change.path, hint="Run again; nothing was changed.")
        if change.target != change.path and (root / change.target).exists():
            raise Problem("a file of this name is already there", place=change.target, hint="Nothing was changed.")


def _digest(content: bytes | None) -> str:
    return "" if content is None else hashlib.sha256(content).hexdigest()


def _hash(path: pathlib.Path) -> str:
    try:
        return _digest(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return ""


def _entries(changes: Sequence[FileChange]) -> list[Entry]:
    return [
        {
            "path": change.path,
            "target": change.target,
            "before": _digest(change.before),
            "after": _digest(change.after),
            "inverse": [
                (start, end, base64.b64encode(old).decode())
                for start, end, old in inverse_splices(change.before or b"", change.after or b"")
            ],
        }
        for change in changes
    ]


def inverse_splices(before: bytes, after: bytes) -> list[Splice]:
    """The splices that turn `after` back into `before`, by lines, each cut down to the bytes that differ."""
    if before == after:
        return []
    old_lines, new_lines = before.splitlines(keepends=True), after.splitlines(keepends=True)
    matcher = difflib.SequenceMatcher(None, new_lines, old_lines, autojunk=False)
    if len(old_lines) * len(new_lines) > 4_000_000_000:
        return [_trimmed(0, after, before)]
    starts = [0]
    for line in new_lines:
        starts.append(starts[-1] + len(line))
    splices = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag != "equal":
            splices.append(_trimmed(starts[i1], after[starts[i1] : starts[i2]], b"".join(old_lines[j1:j2])))
    return splices


def _trimmed(offset: int, new: bytes, old: bytes) -> Splice:
    head = len(os.path.commonprefix([new, old]))
    tail = len(os.path.commonprefix([new[head:][::-1], old[head:][::-1]]))
    return offset + head, offset + len(new) - tail, old[head : len(old) - tail]


def _apply_inverse(content: bytes, inverse: Sequence[tuple[int, int, str]]) -> bytes:
    for start, end, old in reversed(inverse):
        content = content[:start] + base64.b64decode(old) + content[end:]
    return content


def _save(journal: pathlib.Path, entries: list[Entry], title: str, state: str) -> None:
    content: Journal = {"version": 1, "state": state, "title": title, "files": entries}
    _replace(journal, json.dumps(content).encode(), 0o600)


def _load(journal: pathlib.Path) -> Journal:
    try:
        content: Journal = json.loads(journal.read_bytes())
        return content
    except ValueError:
        hint = f"Restore the tree by other means (git) and delete {journal}."
        raise Problem("the journal of the last run is damaged", place=str(journal), hint=hint) from None


def _write_all(root: pathlib.Path, changes: Sequence[FileChange]) -> None:
    for change in changes:
        target = root / change.target
        if change.after is None:
            target.unlink()
            _remove_empty(target.parent, root)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if change.before == change.after and change.target != change.path:
            os.replace(root / change.path, target)
        else:
            mode = (root / change.path).stat().st_mode & 0o7777 if change.before is not None else None
            _replace(target, change.after, mode)
            if change.target != change.path:
                (root / change.path).unlink()
        if change.target != change.path:
            _remove_empty((root / change.path).parent, root)


def _remove_empty(folder: pathlib.Path, root: pathlib.Path) -> None:
    with contextlib.suppress(OSError):
        while folder != root:
            shutil.rmtree(folder / "__pycache__", ignore_errors=True) if _only_caches(folder) else None
            folder.rmdir()
            folder = folder.parent


def _only_caches(folder: pathlib.Path) -> bool:
    return [entry.name for entry in folder.iterdir()] == ["__pycache__"]


def _replace(path: pathlib.Path, content: bytes, mode: int | None) -> None:
    """Put `content` at `path` at once: a temporary file beside it, flushed, then renamed over it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix=".offramp-", dir=path.parent)
    try:
        with open(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, _default_mode() if mode is None else mode)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _default_mode() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _restore(root: pathlib.Path, journal: Journal) -> None:
    """Bring every file of a journal back to what it was; files that already are, stay."""
    for entry in journal["files"]:
        path, target = root / entry["path"], root / entry["target"]
        if _hash(target) == entry["after"] and (target != path or entry["after"] != entry["before"]):
            if not entry["before"]:
                target.unlink(missing_ok=True)
                _remove_empty(target.parent, root)
                continue
            now = target.read_bytes() if entry["after"] else b""
            mode = target.stat().st_mode & 0o7777 if entry["after"] else None
            _replace(path, _apply_inverse(now, entry["inverse"]), mode)
            if target != path:
                target.unlink()
                _remove_empty(target.parent, root)


def _forget_old(folder: pathlib.Path, newest: pathlib.Path) -> None:
    for journal in folder.glob("*.json"):
        if journal != newest and time.time() - journal.stat().st_mtime > KEEP_SECONDS:
            journal.unlink()


@contextlib.contextmanager
def _lock(folder: pathlib.Path) -> Iterator[None]:
    """One run at a time on a tree.

    Raises:
        Problem: another run is on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ignore = folder / ".gitignore"
    if folder.name == ".offramp" and not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
    path = folder / "lock"
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        if _owner_lives(path):
            hint = f"Wait for it. If no run is on, delete {path}."
            raise Problem("another run is working on this tree", place=str(folder), hint=hint) from None
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        os.write(descriptor, str(os.getpid()).encode())
        os.close(descriptor)
        yield
    finally:
        path.unlink(missing_ok=True)
        _tidy(folder)


def _tidy(folder: pathlib.Path) -> None:
    """Leave no empty folder of ours behind."""
    if {entry.name for entry in folder.iterdir()} <= {".gitignore"}:
        with contextlib.suppress(OSError):
            (folder / ".gitignore").unlink(missing_ok=True)
            folder.rmdir()


def _owner_lives(path: pathlib.Path) -> bool:
    try:
        os.kill(int(path.read_text() or 0), 0)
    except (ValueError, ProcessLookupError, FileNotFoundError):
        return False
    except OSError:
        return True
    return True
