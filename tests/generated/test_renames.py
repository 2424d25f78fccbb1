"""Programs that run the same before and after a migration that renames what they define.

Each seed is a program of several modules (`programs`). It is run, migrated in memory, and run again: it must print the
same, but for the names. A name that is refused stays as it is and goes on running. Everyday tests take a share of the
seeds, `nox -s generated` all of them; a failing seed prints its program, and `-k 'seed17]'` runs it alone.
"""

from __future__ import annotations

import ast
import os
import pathlib
import subprocess
import sys
from collections.abc import Callable

import pytest

from offramp import engine, migration
from offramp.ledger import State
from offramp.project import open_project
from tests.generated import programs
from tests.nets import halves, real

PROGRAMS = int(os.environ.get("GENERATED_PROGRAMS", "24"))
PLAN = migration.parse(programs.MIGRATION, "generated.yaml")
OLD, NEW = "GRADIENT_API_KEY", "OPENROUTER_API_KEY"
NAMES = ((OLD, NEW), ("Gradient", "Llm"), ("gradient", "llm"))


@pytest.mark.parametrize("seed", range(PROGRAMS), ids=lambda seed: f"seed{seed}")
def test_a_program_runs_the_same(seed: int, tmp_path: pathlib.Path, record_property: Callable[..., None]) -> None:
    before = programs.make(seed)
    printed = run(before, tmp_path / "before")
    project = open_project(tmp_path / "before", PLAN, sorted(before))
    outcome = engine.run(project)
    after = real.texts(outcome.after)
    states = [record.state for record in outcome.records]
    record_property("generated", {
        "programs": 1,
        "changed": int(outcome.changed),
        "renamed": states.count(State.FIXED),
        "refused": states.count(State.REFUSED),
    })  # fmt: skip

    faults = [str(half) for half in halves.check(before, after, outcome.after.moves)]
    faults += [f"{r.now.path}: {r.reason}" for r in outcome.records if "please report it" in r.reason]
    faults += [f"{r.now.path}: {r.now.text} was refused and changed" for r in outcome.records if _was_touched(r, after)]
    for path, text in after.items():
        ast.parse(text, path)
    now = run(after, tmp_path / "after")
    if renamed(now) != renamed(printed):
        faults.append(f"it printed\n{printed}\nand prints\n{now}")
    faults += [] if faults else real.again(outcome.after, PLAN)
    assert not faults, "\n".join([f"seed {seed}", *faults, *told(before, after)])


def _was_touched(record: engine.Record, after: dict[str, str]) -> bool:
    """Whether a refused name is no longer where the record says that it is."""
    now = record.now
    return record.state is State.REFUSED and now.text != after.get(now.path, now.text)[now.start : now.end]


def run(texts: dict[str, str], folder: pathlib.Path) -> str:
    """What a program prints, errors included, with the settings that its texts ask for and no other."""
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text.encode())
    setting = OLD if any(OLD in text for text in texts.values()) else NEW
    environment = {**os.environ, setting: "k", "PYTHONIOENCODING": "utf-8", "PYTHONHASHSEED": "0"}
    environment.pop(NEW if setting == OLD else OLD, None)
    command = [sys.executable, "-S", "-B", "-W", "ignore", "main.py"]
    done = subprocess.run(
        command, check=False, cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=60
    )
    return done.stdout + (done.stderr if done.returncode else "")


def renamed(printed: str) -> str:
    for old, new in NAMES:
        printed = printed.replace(old, new)
    return printed


def told(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The program for a person who has to find the fault: as it was and as it is."""
    said = [f"----- {path}\n{text}" for path, text in before.items()]
    return [*said, *(f"===== {path} after\n{text}" for path, text in after.items() if before.get(path) != text)]


def test_every_program_of_the_share_runs(tmp_path: pathlib.Path) -> None:
    """A program that fails from the start tells nothing: what it prints must not be a traceback."""
    for seed in range(min(PROGRAMS, 8)):
        assert "Traceback" not in run(programs.make(seed), tmp_path / str(seed))
