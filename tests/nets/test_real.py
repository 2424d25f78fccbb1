"""The judge of whole trees, on trees small enough to be judged in every run."""

from __future__ import annotations

import pathlib

import pytest

from offramp import engine, migration
from tests.nets import real

PLAN = migration.parse("schema: 1\nname: x\nsymbols: {OldClient: NewClient, old_*: new_*}\n", "x.yaml")


def tree(root: pathlib.Path) -> pathlib.Path:
    (root / "lib.py").write_text("class OldClient:\n    def old_send(self): ...\n")
    (root / "app.py").write_text("from lib import OldClient\nOldClient().old_send()\n")
    return root


def test_a_sound_run(tmp_path: pathlib.Path) -> None:
    verdict = real.judge(tree(tmp_path), PLAN)
    assert (verdict.changed, verdict.faults) == (2, [])


def test_what_a_run_breaks_is_told(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = engine.run

    def half(project: real.Project) -> engine.Outcome:
        outcome = run(project)
        outcome.after.replace("app.py", "from lib import OldClient\nNewClient().old_send(\n")
        outcome.after.replace("lib.py", "class NewClient:\n    def new_send(self): return Missing\n")
        return outcome

    monkeypatch.setattr(engine, "run", half)
    verdict = real.judge(tree(tmp_path), PLAN)
    assert verdict.syntax == [f"app.py: {parser} does not parse it any more" for parser in ("ast", "libcst")]
    assert verdict.undefined == ["lib.py:2: the name Missing is not defined"]
    assert verdict.halved == ["app.py:1: it no longer parses"]


def test_what_a_second_run_changes_is_told(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run, calls = engine.run, []

    def undone(project: real.Project) -> engine.Outcome:
        outcome = run(project)
        if not calls:
            outcome.after.documents |= outcome.before.documents
        calls.append(outcome)
        return outcome

    monkeypatch.setattr(engine, "run", undone)
    verdict = real.judge(tree(tmp_path), PLAN)
    assert verdict.second == [f"{path}: a second run changes it" for path in ("app.py", "lib.py")]


def test_main_prints_figures_and_faults(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "plan.yaml").write_text("schema: 1\nname: x\nsymbols: {OldClient: NewClient}\n")
    (tmp_path / "tree").mkdir()
    assert real.main([str(tmp_path / "plan.yaml"), str(tree(tmp_path / "tree"))]) == 0
    assert capsys.readouterr().out.startswith("tree × x: 2 files changed, 3 fixed, 0 refused; 0 new undefined names")
