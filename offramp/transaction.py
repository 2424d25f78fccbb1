"""Write a change to the tree all or nothing, and take it back byte for byte.

    journal       complete on disk before the first file is touched (see `journal`)
    stage         every new content is written beside its target: a full disk or a folder without permission ends here
    switch        renames only
    done          the journal is renamed, too: from now on `undo` takes it back

What is cut off before 'done', by a kill at any moment, is rolled back by the next command.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import pathlib
import shutil
from collections.abc import Iterator, Mapping, Sequence

from offramp import journal
from offramp.journal import APPLIED, APPLYING, Entry, FileChange, Journal, digest, digest_of
from offramp.model import Problem


def apply(root: pathlib.Path, changes: Sequence[FileChange], title: str) -> pathlib.Path:
    """Write the changes, all or none; returns the journal.

    Raises:
        Problem: a file is not what it was when it was read, can't be written, or there is no space. Everything is
            as it was before.
    """
    for change in changes:
        _check_inside(root, change)
    folder = journal.folder_of(root)
    try:
        with journal.lock(folder):
            _check_unchanged(root, changes)
            path, content = journal.new_path(folder), journal.plan(root, changes, title)
            journal.save(path, content)
            try:
                _stage(root, changes, content, path.stem)
                _switch(root, changes, content, path.stem)
                done = path.with_suffix(APPLIED)
                os.replace(path, done)
            except BaseException:
                _restore(root, content, path.stem)
                path.unlink(missing_ok=True)
                raise
            journal.forget_old(folder)
            return done
    except OSError as error:
        where = str(error.filename or root)
        hint = "Nothing was changed. Free some space or mend the permissions, then run again."
        raise Problem(f"the change can't be written: {error.strerror}", place=where, hint=hint) from None


def amend(root: pathlib.Path, path: pathlib.Path, before: Mapping[str, bytes | None]) -> None:
    """Make what a command has changed since the run a part of it, so that `undo` takes it back as well.

    Args:
        path: the journal of the run.
        before: what the changed files held when the run had been written; None where there was no file.
    """
    with journal.lock(journal.folder_of(root)):
        content = journal.load(path)
        entries = {entry.target: entry for entry in content.files}
        for target, was in before.items():
            now = (root / target).read_bytes() if (root / target).is_file() else None
            known = entries.get(target)
            original = was if known is None else known.original(was or b"") if known.before else None
            change = FileChange(known.path if known else target, original, now, target if known else "")
            fresh = journal.entry(root, change, target)
            entries[target] = dataclasses.replace(fresh, mode=known.mode) if known else fresh
        journal.save(path, dataclasses.replace(content, files=list(entries.values())))


def recover(root: pathlib.Path) -> bool:
    """Roll back a run that was cut off while it wrote; whether there was one.

    Raises:
        Problem: another run is writing just now, or a file has changed since.
    """
    folder = journal.folder_of(root)
    if not journal.all_in(folder, APPLYING):
        return False
    with journal.lock(folder), _told(root):
        found = journal.all_in(folder, APPLYING)
        for path in reversed(found):
            content = journal.load(path)
            strange = [entry.target for entry in content.files if not _known(root, entry)]
            if strange:
                hint = "A run was cut off there. Move your version away, or give up the way back: migrate undo --forget"
                raise Problem(f"changed since the run was cut off: {_listed(strange)}", place=str(root), hint=hint)
            _restore(root, content, path.stem)
            path.unlink()
    return bool(found)


def undo(root: pathlib.Path) -> tuple[str, list[str]]:
    """Take back the last run; returns its title and the paths restored.

    Raises:
        Problem: there is nothing to undo, or a file has changed since; names the files.
    """
    folder = journal.folder_of(root)
    if not journal.all_in(folder, APPLIED):
        hint = "Only changes that `migrate run` has written can be taken back, each once."
        raise Problem("there is no run to undo", place=str(root), hint=hint)
    with journal.lock(folder), _told(root):
        path = journal.all_in(folder, APPLIED)[-1]
        content = journal.load(path)
        changed = [entry.target for entry in content.files if digest_of(root / entry.target) != entry.after]
        if changed:
            hint = "Restore or commit these first, or undo the rest by hand (git checkout). Nothing was changed."
            raise Problem(f"changed since the run: {_listed(changed)}", place=str(root), hint=hint)
        blocked = [e.path for e in content.files if e.before and e.path != e.target and digest_of(root / e.path)]
        if blocked:
            raise Problem(f"in the way of the undo: {_listed(blocked)}", place=str(root), hint="Move it away first.")
        halfway = path.with_suffix(APPLYING)
        os.replace(path, halfway)  # cut off from here on, the next command goes on with it
        _restore(root, content, path.stem)
        halfway.unlink()
        return content.title, [entry.path for entry in content.files]


def forget(root: pathlib.Path) -> int:
    """Delete the journals of a tree; how many there were."""
    folder = journal.folder_of(root)
    if not folder.is_dir():
        return 0
    with journal.lock(folder), _told(root):
        journals = journal.all_in(folder, APPLIED, APPLYING)
        for path in journals:
            path.unlink()
    return len(journals)


@contextlib.contextmanager
def _told(root: pathlib.Path) -> Iterator[None]:
    """A failure to write, as a sentence."""
    try:
        yield
    except OSError as error:
        where = str(error.filename or root)
        hint = "Free some space or mend the permissions, then run it again: it goes on where it stopped."
        raise Problem(f"it can't be taken back: {error.strerror}", place=where, hint=hint) from None


def _listed(paths: Sequence[str]) -> str:
    return ", ".join(paths[:5]) + (f" and {len(paths) - 5} more" if len(paths) > 5 else "")


def _check_inside(root: pathlib.Path, change: FileChange) -> None:
    for path in (change.path, change.target):
        folder = (root / path).parent.resolve()
        if not folder.is_relative_to(root.resolve()) or {".git", ".offramp"} & {*pathlib.PurePosixPath(path).parts}:
            raise Problem("this lies outside the tree", place=path, hint="Nothing was changed.")


def _check_unchanged(root: pathlib.Path, changes: Sequence[FileChange]) -> None:
    for change in changes:
        if digest_of(root / change.path) != digest(change.before):
            hint = "Run again; nothing was changed."
            raise Problem("the file changed while the run was on", place=change.path, hint=hint)
        source, target = root / change.path, root / change.target
        # where names are the same in capitals and small letters, the target may be the file itself
        if source != target and os.path.lexists(target) and not os.path.samestat(source.lstat(), target.lstat()):
            raise Problem("a file of this name is already there", place=change.target, hint="Nothing was changed.")


def _staged(root: pathlib.Path, path: str, token: str, index: int) -> pathlib.Path:
    """Where the new content of a file waits: beside it, so that a rename is all that is left to do."""
    return (root / path).parent / f".offramp-{token}-{index}"


def _stage(root: pathlib.Path, changes: Sequence[FileChange], content: Journal, token: str) -> None:
    for folder in content.made:
        (root / folder).mkdir(exist_ok=True)
    for index, change in enumerate(changes):
        if change.after is not None and change.after != change.before:
            model = None if change.before is None else (root / change.path).stat()
            _write(_staged(root, change.target, token, index), change.after, model)


def _write(path: pathlib.Path, content: bytes, model: os.stat_result | None) -> None:
    """A new file with the mode and the owner of another one."""
    try:
        with open(path, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if model is not None:
            if hasattr(os, "chown") and (model.st_uid, model.st_gid) != (os.geteuid(), os.getegid()):
                with contextlib.suppress(PermissionError):
                    os.chown(path, model.st_uid, model.st_gid)
            os.chmod(path, model.st_mode & 0o7777)
    except OSError as error:
        error.filename = error.filename or path
        raise


def _switch(root: pathlib.Path, changes: Sequence[FileChange], content: Journal, token: str) -> None:
    for index, change in enumerate(changes):
        source, target = root / change.path, root / change.target
        if change.after is None:
            source.unlink()
            continue
        if source != target:
            os.replace(source, target)
        if change.after != change.before:
            os.replace(_staged(root, change.target, token, index), target)
    for folder, _ in reversed(content.left):
        _remove_if_empty(root / folder)


def _remove_if_empty(folder: pathlib.Path) -> None:
    with contextlib.suppress(OSError):
        if [entry.name for entry in folder.iterdir()] == ["__pycache__"]:
            shutil.rmtree(folder / "__pycache__")
        folder.rmdir()


def _known(root: pathlib.Path, entry: Entry) -> bool:
    """Whether a file is in one of the states in which a run that was cut off can leave it."""
    at_target = digest_of(root / entry.target) in ("", entry.before, entry.after)
    return at_target and (entry.path == entry.target or digest_of(root / entry.path) in ("", entry.before))


def _restore(root: pathlib.Path, content: Journal, token: str) -> None:
    """Bring every file of a journal back to what it was; files that already are, stay."""
    for index, entry in enumerate(content.files):
        for path in (entry.path, entry.target):
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                _staged(root, path, token, index).unlink()
    for folder, mode in content.left:
        if not (root / folder).is_dir():
            (root / folder).mkdir()
        if (root / folder).stat().st_mode & 0o7777 != mode:
            os.chmod(root / folder, mode)
    for index, entry in enumerate(content.files):
        _restore_one(root, entry, _staged(root, entry.path, token, index))
    for folder in reversed(content.made):
        _remove_if_empty(root / folder)


def _restore_one(root: pathlib.Path, entry: Entry, waiting: pathlib.Path) -> None:
    path, target = root / entry.path, root / entry.target
    now = digest_of(target)
    if not entry.before:
        if now == entry.after:
            target.unlink(missing_ok=True)
        return
    if now == entry.after and entry.after != entry.before:
        original = entry.original(target.read_bytes() if entry.after else b"")
        _write(waiting, original, target.stat() if entry.after else None)
        os.chmod(waiting, entry.mode)
        os.replace(waiting, target)
        now = entry.before
    if path != target and now == entry.before:
        os.replace(target, path)
