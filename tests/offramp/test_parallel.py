"""Several processes find what one finds; and where there are none to be had, one does it."""

from __future__ import annotations

import concurrent.futures
import os
import pathlib
import signal
from typing import Any

import pytest

from offramp import engine, migration, parallel
from offramp.project import Project, open_project

LOADED = migration.parse("schema: 1\nname: m\nenv: {OLD_KEY: NEW_KEY}\n", "m")


@pytest.fixture(autouse=True)
def _worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "WORTH", 5)
    monkeypatch.setattr(parallel, "CHUNK", 3)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


def tree(root: pathlib.Path, jobs: int = 2) -> Project:
    for number in range(10):
        (root / f"f{number}.env").write_text("OLD_KEY=1\n" if number % 2 else "NONE=1\n")
    (root / "bad.py").write_text("# coding: nonsense\nOLD_KEY\n")
    (root / "yarn.lock").write_text("OLD_KEY\n")
    return open_project(root, LOADED, jobs=jobs)


def told(project: Project) -> list[tuple[str, str, int]]:
    return [(found.rule, found.path, found.start) for found in engine.find(project)]


def test_it_finds_the_same(tmp_path: pathlib.Path) -> None:
    one, two = tree(tmp_path, 1), tree(tmp_path, 2)
    assert told(one) == told(two)
    assert len(told(two)) == 6
    assert sorted(one.errors) == sorted(two.errors)
    assert len(two.errors) == 1
    assert one.dull == two.dull


def test_it_runs_the_same(tmp_path: pathlib.Path) -> None:
    results = [engine.run(tree(tmp_path, jobs)) for jobs in (1, 2)]
    texts = [{path: outcome.after.text(path) for path in outcome.after.paths} for outcome in results]
    assert texts[0] == texts[1]
    assert results[0].balance == results[1].balance


def test_when_it_pays(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert parallel.pays(tree(tmp_path), 5)
    assert not parallel.pays(tree(tmp_path), 4)
    assert not parallel.pays(tree(tmp_path, 1), 100)
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert not parallel.pays(tree(tmp_path), 100)


def test_in_this_process(tmp_path: pathlib.Path) -> None:
    """What a worker does, where coverage and a debugger see it."""
    tree(tmp_path)
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    try:
        parallel._start(tmp_path, LOADED, {}, frozenset())
        dull, found, errors = parallel._scan(["f0.env", "f1.env", "bad.py"])
    finally:
        signal.signal(signal.SIGINT, handlers[0])
        signal.signal(signal.SIGTERM, handlers[1])
    assert dull == ["f0.env", "bad.py"]
    assert [(path, len(findings)) for path, findings in found] == [("f1.env", 1)]
    assert "nonsense" in errors[0][1]
    assert parallel._scan(["f0.env"]) == (["f0.env"], [], [])


def test_where_no_process_can_be_started(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: Any, **__: Any) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(concurrent.futures, "ProcessPoolExecutor", none)
    assert len(told(tree(tmp_path))) == 6


def kill_worker(*_: Any) -> None:
    os._exit(1)


def test_where_a_file_kills_its_worker(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "_start", kill_worker)
    assert len(told(tree(tmp_path))) == 6


def test_interrupted(tmp_path: pathlib.Path) -> None:
    def progress(stage: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        engine.find(tree(tmp_path), progress)
