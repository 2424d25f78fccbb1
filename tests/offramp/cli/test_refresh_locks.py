"""`migrate run --refresh-locks`: lock files are named, solved anew, a part of the run, and taken back with it."""

from __future__ import annotations

import json
import os
import pathlib

import pytest

from tests.offramp.cli.shop import Shop
from tests.offramp.cli.test_run import FINDINGS

MANIFEST = b'[project]\nname = "shop"\ndependencies = [\n  "gradient>=1",\n]\n'
SOLVE = 'echo "$@" in "$(basename "$PWD")" >> uv.lock\n'


@pytest.fixture
def locked(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A shop with a manifest and its lock file, and tools of its own that are found first."""
    shop.migration.write_text(shop.migration.read_text() + "packages:\n  pip: {gradient: openai>=1.0}\n")
    shop.write("pyproject.toml", MANIFEST)
    shop.write("uv.lock", b"version = 1\n")
    (shop.root.parent / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{shop.root.parent / 'bin'}{os.pathsep}{os.environ['PATH']}")
    return shop.commit_all()


def tool(shop: Shop, name: str, script: str) -> None:
    path = shop.root.parent / "bin" / name
    path.write_text(f"#!/bin/sh\n{script}")
    path.chmod(0o755)


def locks(told: str) -> list[dict[str, object]]:
    document = json.loads(told)
    FINDINGS.validate(document)
    rows: list[dict[str, object]] = document["locks"]
    return rows


def test_the_command_is_told(locked: Shop) -> None:
    told = locked.migrate("run")
    assert "Lock files to refresh, now that their manifests have changed:\n  uv.lock: uv lock\n" in told.out
    assert locked.git("status", "--porcelain", "uv.lock") == ""


def test_the_command_is_told_before(locked: Shop) -> None:
    assert "uv.lock: uv lock\n" in locked.migrate("run", "--dry-run").err
    rows = locks(locked.migrate("run", "--dry-run", "--format", "json").out)
    assert rows == [
        {
            "path": "uv.lock",
            "manifests": ["pyproject.toml"],
            "folder": ".",
            "command": ["uv", "lock"],
            "state": "to refresh",
            "output": "",
        }
    ]


def test_locks_are_refreshed_and_taken_back(locked: Shop) -> None:
    before = locked.state()
    tool(locked, "uv", SOLVE + "echo made > made.txt\necho '# noted' >> pyproject.toml\n")
    rows = locks(locked.migrate("run", "--refresh-locks", "--format", "json", "--verify", "true").out)
    assert [row["state"] for row in rows] == ["refreshed"]
    assert (locked.root / "uv.lock").read_text() == "version = 1\nlock in shop\n"
    assert b"openai>=1.0" in (locked.root / "pyproject.toml").read_bytes()
    assert locked.raw("undo", str(locked.root)).code == 0
    assert locked.state() == before


def test_a_failure_takes_everything_back(locked: Shop) -> None:
    before = locked.state()
    tool(locked, "uv", SOLVE + "echo made > made.txt\necho no such version >&2\nexit 2\n")
    told = locked.migrate("run", "--refresh-locks", "--verify", "true")
    assert told.code == 3
    assert "uv.lock  failed: uv lock\n      no such version" in told.out
    assert locked.state() == before


def test_a_failure_of_verify_takes_the_locks_back(locked: Shop) -> None:
    before = locked.state()
    tool(locked, "uv", SOLVE)
    assert locked.migrate("run", "--refresh-locks", "--verify", "! grep -q in uv.lock").code == 3
    assert locked.state() == before


def test_without_the_tool_nothing_is_written(locked: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    before = locked.state()
    told = locked.migrate("run", "--refresh-locks")
    assert told.code == 3
    assert "uv.lock  no tool: uv lock\n      there is no uv on this machine" in told.out
    assert locked.state() == before


def test_locks_that_stay_as_they_are(locked: Shop) -> None:
    tool(locked, "uv", "exit 0\n")
    assert "uv.lock  unchanged: uv lock" in locked.migrate("run", "--refresh-locks").out
    assert locked.raw("undo", str(locked.root)).code == 0


def test_a_tool_that_can_not_be_run(locked: Shop) -> None:
    path = pathlib.Path(locked.root.parent, "bin", "uv")
    path.write_bytes(b"\0")
    path.chmod(0o755)
    assert locked.migrate("run", "--refresh-locks").code == 3


def test_a_commit_of_its_own(locked: Shop) -> None:
    tool(locked, "uv", SOLVE)
    locked.migrate("run", "--refresh-locks", "--commit")
    subjects = locked.git("log", "--format=%s", "offramp/shop").splitlines()
    assert subjects[0] == "Refresh the lock files"
    assert "uv.lock" in locked.git("show", "--stat", "offramp/shop")
    assert locked.git("status", "--porcelain") == ""


def test_no_branch_where_it_fails(locked: Shop) -> None:
    tool(locked, "uv", "exit 1\n")
    assert locked.migrate("run", "--refresh-locks", "--commit").code == 3
    assert "offramp" not in locked.git("branch", "--list")


def test_a_dry_run_refreshes_nothing(locked: Shop) -> None:
    told = locked.migrate("run", "--refresh-locks", "--dry-run")
    assert told.code == 2
    assert "exclude each other" in told.err


def test_a_command_of_the_projects_own_is_never_run(locked: Shop) -> None:
    (locked.root / "uv.lock").unlink()
    locked.write(
        "requirements.txt",
        b"#\n# This file is autogenerated by pip-compile with Python 3.11\n# by the following command:\n#\n"
        b"#    ./compile.sh pyproject.toml\n#\nhttpx==1\n",
    )
    told = locked.migrate("run", "--refresh-locks", "--allow-dirty")
    assert told.code == 3
    assert "run `./compile.sh pyproject.toml` yourself" in told.out
