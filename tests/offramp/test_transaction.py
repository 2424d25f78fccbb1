"""All or nothing, and back again byte for byte: against full disks, missing permissions, changed files, kills."""

from __future__ import annotations

import builtins
import ctypes
import errno
import json
import multiprocessing
import os
import pathlib
import stat
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from offramp import journal, transaction
from offramp.journal import FileChange
from offramp.model import Problem

State = dict[str, tuple[int, bytes | None]]
CONTENTS = {
    "app.py": b"one\nold\nthree\n",
    "crlf.env": b"A=1\r\nOLD=2\r\n",
    "no_newline.txt": b"old",
    "deep/er/old_client.py": b"\xff\xfe not utf-8 old\n",
    "deep/er/only_moved.bin": bytes(range(256)),
    "bin/run.sh": b"#!/bin/sh\nold\n",
    "empty.txt": b"",
    "leave/me.txt": b"untouched",
}
CHANGES = [
    FileChange("app.py", b"one\nold\nthree\n", b"one\nnew\nthree\n"),
    FileChange("crlf.env", b"A=1\r\nOLD=2\r\n", b"A=1\r\nNEW=2\r\n"),
    FileChange("no_newline.txt", b"old", b"much newer than it was"),
    FileChange("deep/er/old_client.py", b"\xff\xfe not utf-8 old\n", b"\xff\xfe new\n", "deep/new/new_client.py"),
    FileChange("deep/er/only_moved.bin", bytes(range(256)), bytes(range(256)), "moved/far/away.bin"),
    FileChange("bin/run.sh", b"#!/bin/sh\nold\n", None),
    FileChange("empty.txt", b"", b"", "hollow.txt"),
    FileChange("fresh/new.md", None, b"# new\n"),
    FileChange("void.txt", None, b""),
]


@pytest.fixture
def root(tmp_path: pathlib.Path) -> pathlib.Path:
    return tree(tmp_path / "tree")


def tree(folder: pathlib.Path) -> pathlib.Path:
    for path, content in CONTENTS.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    (folder / "bin/run.sh").chmod(0o750)
    (folder / "deep/er/old_client.py").chmod(0o600)
    (folder / "deep/er").chmod(0o711)
    (folder / "nothing in here").mkdir()
    return folder


def state(folder: pathlib.Path) -> State:
    """Every file and folder with its mode and bytes; git's own files aside."""
    paths = [path for path in sorted(folder.rglob("*")) if ".git" not in path.relative_to(folder).parts]
    return {
        path.relative_to(folder).as_posix(): (
            stat.S_IMODE(path.lstat().st_mode),
            path.read_bytes() if path.is_file() and not path.is_symlink() else None,
        )
        for path in paths
    }


def git(folder: pathlib.Path, *arguments: str) -> str:
    identity = ("-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main")
    done = subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True, text=True)
    return done.stdout


def problem(call: Callable[[], object]) -> str:
    with pytest.raises(Problem) as raised:
        call()
    assert raised.value.hint
    return str(raised.value)


def test_a_change_is_written(root: pathlib.Path) -> None:
    transaction.apply(root, CHANGES, "title")
    after = {name: content for name, (_, content) in state(root).items() if content is not None}
    wanted = {c.target: c.after for c in CHANGES if c.after is not None}
    for path, content in wanted.items():
        assert after[path] == content, path
    assert not (root / "bin").exists()
    assert not (root / "deep/er").exists()
    assert stat.S_IMODE((root / "deep/new/new_client.py").stat().st_mode) == 0o600
    assert (root / "nothing in here").is_dir()


@pytest.mark.parametrize("with_git", [False, True])
@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_undo_brings_everything_back(root: pathlib.Path, with_git: bool, mask: int) -> None:
    before_mask = os.umask(mask)
    try:
        if with_git:
            git(root, "init")
        before = state(root)
        transaction.apply(root, CHANGES, "title")
        assert state(root) != before
        title, paths = transaction.undo(root)
        assert title == "title"
        assert paths == [change.path for change in CHANGES]
        assert state(root) == before
        assert not (root / ".git/offramp").exists()
    finally:
        os.umask(before_mask)


def test_undo_twice_says_so(root: pathlib.Path) -> None:
    transaction.apply(root, CHANGES, "title")
    transaction.undo(root)
    assert "there is no run to undo" in problem(lambda: transaction.undo(root))
    assert not (root / ".offramp").exists()


def test_runs_are_undone_one_by_one(root: pathlib.Path) -> None:
    states = [state(root)]
    for number in range(3):
        before = (root / "app.py").read_bytes()
        transaction.apply(root, [FileChange("app.py", before, b"%d\n" % number)], str(number))
        states.append(state(root))
    for number in (2, 1, 0):
        assert transaction.undo(root)[0] == str(number)
        assert (root / "app.py").read_bytes() == states[number]["app.py"][1]
    assert state(root) == states[0]


@pytest.mark.parametrize("target", ["app.py", "deep/new/new_client.py", "void.txt", "bin/run.sh"])
def test_undo_refuses_what_changed_since_and_names_it(root: pathlib.Path, target: str) -> None:
    transaction.apply(root, CHANGES, "title")
    (root / target).parent.mkdir(exist_ok=True)
    (root / target).write_bytes(b"a person was here")
    after = state(root)
    told = problem(lambda: transaction.undo(root))
    assert f"changed since the run: {target}" in told
    assert state(root) == after


def test_undo_names_five_files_at_most(root: pathlib.Path) -> None:
    changes = [FileChange(f"f{number}", None, b"x") for number in range(8)]
    transaction.apply(root, changes, "title")
    for change in changes:
        (root / change.path).write_bytes(b"y")
    assert "f0, f1, f2, f3, f4 and 3 more" in problem(lambda: transaction.undo(root))


def test_undo_refuses_when_something_is_in_the_way(root: pathlib.Path) -> None:
    transaction.apply(root, CHANGES, "title")
    (root / "empty.txt").write_bytes(b"a new one of the old name")
    assert "in the way of the undo: empty.txt" in problem(lambda: transaction.undo(root))


def test_a_folder_or_a_link_in_place_of_a_file_is_a_change(root: pathlib.Path) -> None:
    transaction.apply(root, CHANGES, "title")
    (root / "app.py").unlink()
    (root / "app.py").mkdir()
    (root / "crlf.env").unlink()
    (root / "crlf.env").symlink_to(root / "leave/me.txt")
    told = problem(lambda: transaction.undo(root))
    assert "app.py, crlf.env" in told


def test_emptied_folders_with_caches_go_others_stay(root: pathlib.Path) -> None:
    (root / "deep/er/__pycache__").mkdir()
    (root / "deep/er/__pycache__/x.pyc").write_bytes(b"")
    (root / "bin/other").write_bytes(b"")
    transaction.apply(root, CHANGES, "title")
    assert not (root / "deep/er").exists()
    assert (root / "bin/other").exists()


def test_a_move_into_an_empty_folder_leaves_it_there_after_undo(root: pathlib.Path) -> None:
    before = state(root)
    transaction.apply(root, [FileChange("empty.txt", b"", b"", "nothing in here/e.txt")], "title")
    transaction.undo(root)
    assert state(root) == before


def folder_for(path: pathlib.Path) -> None:
    path.unlink()
    path.mkdir()


def loop_for(path: pathlib.Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


REFUSED: list[tuple[str, Callable[[pathlib.Path], object], str]] = [
    ("edited meanwhile", lambda r: (r / "app.py").write_bytes(b"other"), "app.py: the file changed while the run"),
    ("deleted meanwhile", lambda r: (r / "crlf.env").unlink(), "crlf.env: the file changed while the run"),
    ("folder meanwhile", lambda r: folder_for(r / "app.py"), "app.py: the file changed"),
    ("new file is there", lambda r: (r / "void.txt").write_bytes(b""), "void.txt: the file changed while the run"),
    ("target is there", lambda r: (r / "hollow.txt").write_bytes(b""), "hollow.txt: a file of this name is already"),
    ("target is a dead link", lambda r: (r / "hollow.txt").symlink_to("x"), "hollow.txt: a file of this name is"),
    ("file instead of folder", lambda r: (r / "fresh").write_bytes(b""), "the change can't be written"),
    ("loop of links", lambda r: loop_for(r / "app.py"), "app.py: the file"),
]


@pytest.mark.parametrize(("prepare", "reason"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_can_not_be_written_leaves_all_as_it_was(
    root: pathlib.Path, prepare: Callable[[pathlib.Path], object], reason: str
) -> None:
    prepare(root)
    before = state(root)
    assert reason in problem(lambda: transaction.apply(root, CHANGES, "title"))
    assert state(root) == before


@pytest.mark.parametrize(
    "path", ["../out.txt", "/tmp/offramp-out.txt", ".git/config", "sub/.git/hooks/x", "link/x.txt"]
)
def test_nothing_is_written_outside_the_tree(root: pathlib.Path, path: str) -> None:
    (root / "link").symlink_to(root.parent)
    before = state(root.parent)
    for change in (FileChange(path, None, b"x"), FileChange("app.py", CONTENTS["app.py"], b"x", path)):
        assert "outside the tree" in problem(lambda change=change: transaction.apply(root, [change], "t"))  # type: ignore[misc]  # the loop's own
    assert state(root.parent) == before


def attempt(root: pathlib.Path) -> str:
    """What a run on the tree complains about."""
    try:
        transaction.apply(root, CHANGES, "title")
    except Problem as told:
        return str(told)
    return ""


@pytest.mark.parametrize("call", ["open", "fsync", "replace", "mkdir", "chmod"])
@pytest.mark.parametrize("nth", [1, 2, 4, 7])
@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_a_failing_system_call_leaves_all_as_it_was(
    root: pathlib.Path, monkeypatch: pytest.MonkeyPatch, call: str, nth: int, error: int
) -> None:
    before, count = state(root), 0
    holder: Any = pathlib.Path if call == "mkdir" else builtins if call == "open" else os
    real = getattr(holder, call)

    def failing(*arguments: Any, **named: Any) -> Any:
        nonlocal count
        if call == "open" and "wb" not in arguments:
            return real(*arguments, **named)
        count += 1
        if count == nth:
            raise OSError(error, os.strerror(error))
        return real(*arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(holder, call, failing)
        told = attempt(root)
    if told:
        assert os.strerror(error) in told
        assert "Nothing was changed" in told
    else:
        assert count < nth
        transaction.undo(root)
    assert state(root) == before


def test_interrupted_by_the_user_while_writing(root: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, real = state(root), os.replace

    def interrupted(source: Any, target: Any) -> None:
        if str(target).endswith("void.txt"):
            raise KeyboardInterrupt
        real(source, target)

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        transaction.apply(root, CHANGES, "title")
    monkeypatch.undo()
    assert state(root) == before
    assert not transaction.recover(root)


@pytest.fixture
def tiny_disk(tmp_path: pathlib.Path) -> Iterator[pathlib.Path]:
    """A file system of 256 kB, where this process may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "mount") or libc.mount(b"tmpfs", os.fsencode(folder), b"tmpfs", 0, b"size=256k") != 0:
        pytest.skip("this process may not mount")
    yield folder
    libc.umount2(os.fsencode(folder), 2)


def test_a_disk_that_is_really_full(tiny_disk: pathlib.Path) -> None:
    changes = []
    for number in range(8):
        content = b"old %d\n" % number * 2000
        (tiny_disk / f"f{number}").write_bytes(content)
        changes.append(FileChange(f"f{number}", content, content.replace(b"old", b"newer than before")))
    before = state(tiny_disk)
    told = problem(lambda: transaction.apply(tiny_disk, changes, "title"))
    assert "No space left on device" in told
    assert state(tiny_disk) == before


def as_nobody(work: Callable[[], None], folder: pathlib.Path) -> int:
    """Run `work` in a process that owns nothing; the exit code."""
    child = os.fork()
    if child == 0:  # pragma: no cover  # in a process of its own
        try:
            os.setgid(65534)
            os.setuid(65534)
            os.chdir(folder)
            work()
        except BaseException as error:
            os.write(2, repr(error).encode())
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root to become somebody else")
def test_a_folder_that_may_not_be_written(tmp_path_factory: pytest.TempPathFactory) -> None:
    import tempfile

    with tempfile.TemporaryDirectory(dir="/tmp") as outer:
        root = tree(pathlib.Path(outer) / "tree")
        pathlib.Path(outer).chmod(0o755)
        for path in (root, *root.rglob("*")):
            os.chown(path, 65534, 65534)
        (root / "deep").chmod(0o555)
        before = state(root)

        def work() -> None:
            assert "Permission denied" in problem(lambda: transaction.apply(root, CHANGES, "title"))
            assert not (root / "fresh").exists()

        assert as_nobody(work, root) == 0
        assert state(root) == before
        (root / "deep").chmod(0o755)
        transaction.apply(root, CHANGES, "title")  # as root: what belonged to nobody still does
        assert (root / "app.py").stat().st_uid == 65534


# The journal


def test_the_journal_is_private_and_holds_no_copies(root: pathlib.Path) -> None:
    secret = b"KEY=" + b"not for other eyes " * 3
    (root / ".env").write_bytes(secret + b"\nOLD=1\n")
    path = transaction.apply(root, [FileChange(".env", secret + b"\nOLD=1\n", secret + b"\nNEW=1\n")], "t")
    assert path.parent == root / ".offramp"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"not for other eyes" not in path.read_bytes()
    content = json.loads(path.read_text())
    assert [splice[:2] for splice in content["files"][0]["inverse"]] == [[len(secret) + 1, len(secret) + 4]]
    assert (root / ".offramp/.gitignore").read_text() == "*\n"


def test_the_journal_lies_in_gits_own_folder(root: pathlib.Path) -> None:
    git(root, "init")
    git(root, "add", "-A")
    git(root, "commit", "-m", "x")
    git(root, "worktree", "add", "../other")
    app = [FileChange("app.py", CONTENTS["app.py"], b"new\n")]
    own = transaction.apply(root, app, "t")
    other = transaction.apply(root.parent / "other", app, "t")
    below = transaction.apply(root / "deep", [FileChange("new.txt", None, b"")], "t")
    assert own.parent == root / ".git/offramp/root"
    assert other.parent == root / ".git/worktrees/other/offramp/root"
    assert below.parent.parent == root / ".git/offramp"
    assert transaction.undo(root / "deep")[1] == ["new.txt"]
    assert transaction.undo(root)[1] == ["app.py"]
    assert transaction.undo(root.parent / "other")[1] == ["app.py"]
    assert git(root, "status", "--porcelain") == ""


def test_folders_of_similar_names_have_journals_of_their_own(root: pathlib.Path) -> None:
    git(root, "init")
    names = ["a/b", "a-b", "a b", "root", " a-b", "é", "日本"]
    for name in names:
        (root / name).mkdir(parents=True)
    assert len({journal.folder_of(root / name) for name in [*names, "."]}) == len(names) + 1


def test_without_git_at_all(root: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    before = state(root)
    transaction.apply(root, CHANGES, "t")
    transaction.undo(root)
    assert state(root) == before


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"files": 3}', b"\xff", b"null"])
def test_a_damaged_journal(root: pathlib.Path, content: bytes) -> None:
    path = transaction.apply(root, CHANGES, "title")
    after = state(root)
    path.write_bytes(content)
    assert "the journal of the last run is damaged" in problem(lambda: transaction.undo(root))
    path.rename(path.with_suffix(journal.APPLYING))
    assert "damaged" in problem(lambda: transaction.recover(root))
    assert transaction.forget(root) == 1
    assert not (root / ".offramp").exists()
    assert {k: v for k, v in after.items() if not k.startswith(".offramp")} == state(root)


def test_forget(root: pathlib.Path) -> None:
    assert transaction.forget(root) == 0
    transaction.apply(root, CHANGES, "title")
    assert transaction.forget(root) == 1
    assert "no run to undo" in problem(lambda: transaction.undo(root))


def test_old_journals_go(root: pathlib.Path) -> None:
    old = transaction.apply(root, [FileChange("n1", None, b"")], "1")
    recent = transaction.apply(root, [FileChange("n2", None, b"")], "2")
    os.utime(old, (0, 0))
    transaction.apply(root, [FileChange("n3", None, b"")], "3")
    assert not old.exists()
    assert recent.exists()


# Two runs at a time, and runs that were cut off


def test_two_runs_at_the_same_time(root: pathlib.Path) -> None:
    folder = journal.folder_of(root)
    transaction.apply(root, [FileChange("n1", None, b"")], "1")
    with journal.lock(folder):
        for call in (
            lambda: transaction.apply(root, CHANGES, "title"),
            lambda: transaction.undo(root),
            lambda: transaction.forget(root),
        ):
            assert "another run is working on this tree" in problem(call)
        (folder / f"x{journal.APPLYING}").write_text("{}")
        assert "another run" in problem(lambda: transaction.recover(root))
        (folder / f"x{journal.APPLYING}").unlink()
    transaction.undo(root)
    assert not (root / ".offramp").exists()


def test_the_lock_of_a_killed_run_is_no_hindrance(root: pathlib.Path) -> None:
    folder = journal.folder_of(root)
    folder.mkdir()
    (folder / "lock").write_text("4711")
    transaction.apply(root, CHANGES, "title")
    transaction.undo(root)
    assert not folder.exists()


def test_a_lock_that_was_deleted_while_waiting_for_it(root: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, real = journal.folder_of(root), journal._take
    taken: list[int] = []

    def take(descriptor: int) -> None:
        if not taken:
            (folder / "lock").unlink()
        taken.append(descriptor)
        real(descriptor)

    monkeypatch.setattr(journal, "_take", take)
    transaction.apply(root, [FileChange("n1", None, b"")], "1")
    assert len(taken) == 2


CALLS = ("replace", "mkdir", "fsync", "unlink", "rmdir", "chmod")


def killed(root: pathlib.Path, after: int, work: Callable[[pathlib.Path], object]) -> bool:
    """Do the work in another process which dies before its `after`-th step; whether it did."""

    def die() -> None:
        seen = 0

        def counted(real: Any) -> Any:
            def call(*arguments: Any, **named: Any) -> Any:
                nonlocal seen
                seen += 1
                if seen == after:
                    os._exit(9)
                return real(*arguments, **named)

            return call

        for name in CALLS:
            setattr(os, name, counted(getattr(os, name)))
        work(root)
        os._exit(0)

    process = multiprocessing.get_context("fork").Process(target=die)
    process.start()
    process.join()
    return process.exitcode == 9


def test_killed_at_every_step_of_a_run(tmp_path: pathlib.Path) -> None:
    before = state(tree(tmp_path / "0"))
    for after in range(1, 200):
        root = tree(tmp_path / str(after))
        died = killed(root, after, lambda r: transaction.apply(r, CHANGES, "title"))
        if transaction.recover(root) or died:
            done = list((root / ".offramp").glob("*.json")) if (root / ".offramp").exists() else []
            if done:  # it was killed when everything had been written
                transaction.undo(root)
            leftover = {path: entry for path, entry in state(root).items() if not path.startswith(".offramp")}
            assert leftover == before, f"killed before step {after}"
        if not died:
            break
    assert after > 30


def test_killed_at_every_other_step_of_an_undo_and_again_while_recovering(tmp_path: pathlib.Path) -> None:
    before = state(tree(tmp_path / "0"))
    for after in range(1, 200, 2):
        root = tree(tmp_path / str(after))
        transaction.apply(root, CHANGES, "title")
        died = killed(root, after, transaction.undo)
        killed(root, 1 + after % 7, transaction.recover)
        if not transaction.recover(root) and list(root.glob(".offramp/*.json")):
            transaction.undo(root)
        leftover = {path: entry for path, entry in state(root).items() if not path.startswith(".offramp")}
        assert leftover == before, f"killed before step {after}"
        if not died:
            break
    assert after > 15


def test_a_file_that_a_person_changed_after_the_kill_is_not_overwritten(root: pathlib.Path) -> None:
    late = sum(change.after is not None for change in CHANGES) + 8  # past the journal, among the renames
    assert killed(root, late, lambda r: transaction.apply(r, CHANGES, "title"))
    assert list((root / ".offramp").glob(f"*{journal.APPLYING}"))
    (root / "app.py").write_bytes(b"mine")
    told = problem(lambda: transaction.recover(root))
    assert "changed since the run was cut off: app.py" in told
    assert (root / "app.py").read_bytes() == b"mine"
    (root / "app.py").write_bytes(CONTENTS["app.py"])
    assert transaction.recover(root)


def test_what_can_not_be_taken_back_says_so_and_can_be_tried_again(
    root: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state(root)
    transaction.apply(root, CHANGES, "title")
    real = os.replace

    def full(source: Any, target: Any) -> None:
        if str(target).endswith("app.py"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(source, target)

    monkeypatch.setattr(os, "replace", full)
    assert "it can't be taken back: No space left" in problem(lambda: transaction.undo(root))
    monkeypatch.undo()
    assert transaction.recover(root)
    assert state(root) == before


def test_recover_has_nothing_to_do(root: pathlib.Path) -> None:
    before = state(root)
    assert not transaction.recover(root)
    transaction.apply(root, CHANGES, "title")
    assert not transaction.recover(root)
    transaction.undo(root)
    assert state(root) == before
