"""From two states of a tree in memory to the files that have to be written."""

from __future__ import annotations

import pathlib

import pytest

from offramp import changes, files, migration
from offramp.journal import FileChange
from offramp.model import Move
from offramp.project import Project, open_project


@pytest.fixture
def before(tmp_path: pathlib.Path) -> Project:
    for path, content in {"a.env": b"OLD_KEY=1\r\n", "b.env": b"\xef\xbb\xbfOLD_KEY=2\n", "lib/c.txt": b"\xff"}.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(content)
    project = open_project(tmp_path, migration.parse("schema: 1\nname: m\nenv: {OLD_KEY: NEW_KEY}\n", "m"))
    for path in sorted(project.paths):
        project.load(path)
    return project


def between(before: Project, after: Project) -> list[FileChange]:
    return changes.between(before, after)


def test_nothing_changed(before: Project) -> None:
    assert between(before, before.snapshot()) == []


def test_an_edit_keeps_what_the_text_does_not_show(before: Project) -> None:
    after = before.snapshot()
    after.replace("a.env", "NEW_KEY=1\r\n")
    after.replace("b.env", "NEW_KEY=2\n")
    assert between(before, after) == [
        FileChange("a.env", b"OLD_KEY=1\r\n", b"NEW_KEY=1\r\n", "a.env"),
        FileChange("b.env", b"\xef\xbb\xbfOLD_KEY=2\n", b"\xef\xbb\xbfNEW_KEY=2\n", "b.env"),
    ]


def test_an_edit_that_was_taken_back(before: Project) -> None:
    after = before.snapshot()
    after.replace("a.env", "NEW_KEY=1\r\n")
    after.replace("a.env", "OLD_KEY=1\r\n")
    assert between(before, after) == []


def test_a_move_of_what_was_never_read(before: Project) -> None:
    after = before.snapshot()
    after.move(Move("lib", "core"))
    assert between(before, after) == [FileChange("lib/c.txt", b"\xff", b"\xff", "core/c.txt")]


def test_a_move_with_an_edit(before: Project) -> None:
    after = before.snapshot()
    after.move(Move("a.env", "x/y.env"))
    after.replace("x/y.env", "NEW_KEY=1\r\n")
    assert between(before, after) == [FileChange("a.env", b"OLD_KEY=1\r\n", b"NEW_KEY=1\r\n", "x/y.env")]


def test_a_move_and_back(before: Project) -> None:
    after = before.snapshot()
    after.move(Move("a.env", "b/a.env"))
    after.move(Move("b/a.env", "a.env"))
    assert between(before, after) == []


def test_steps_of_a_move(before: Project) -> None:
    """Between two steps, `path` is where the file lies after the first."""
    one = before.snapshot()
    one.move(Move("a.env", "b/a.env"))
    two = one.snapshot()
    two.move(Move("b/a.env", "c/a.env"))
    assert between(one, two) == [FileChange("b/a.env", b"OLD_KEY=1\r\n", b"OLD_KEY=1\r\n", "c/a.env")]


def test_a_new_file(before: Project) -> None:
    after = before.snapshot()
    after.create("new/é.md", "# é\n")
    assert between(before, after) == [FileChange("new/é.md", None, "# é\n".encode(), "new/é.md")]


def test_a_file_that_is_gone_when_it_should_move(before: Project) -> None:
    after = before.snapshot()
    after.move(Move("lib", "core"))
    (before.root / "lib/c.txt").unlink()
    with pytest.raises(files.Unreadable):
        between(before, after)
