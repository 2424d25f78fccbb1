"""The parts of `nox -s corpus` that need no network, on files small enough for every run."""

from __future__ import annotations

import os
import pathlib

import pytest

from offramp import migration
from tests.nets import corpus, packages, synthetic, workers


def ask(path: str) -> list[str]:
    """What workers are asked here: to die, to hang, or to answer with the name."""
    if path == "dies":
        os._exit(3)
    if path == "hangs":
        import time

        time.sleep(60)
    return [] if path == "fine" else [f"{path} is wrong"]


def test_a_worker_that_dies_or_hangs_is_a_row() -> None:
    rows = workers.each(["fine", "dies", "odd", "hangs", "fine"], ask, workers=1, patience=3)
    assert rows == [
        ("dies", "the process that read it died with 3"),
        ("hangs", "no answer within 3 seconds"),
        ("odd", "odd is wrong"),
    ]


def test_what_goes_wrong_in_reading_is_told(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.py").write_bytes(b"import os\r\nx = os.environ['GRADIENT_API_KEY']\n\x0c")
    assert corpus.read(str(tmp_path / "a.py")) == []
    monkeypatch.setattr(corpus, "_asked", lambda given: 1 // 0)
    assert corpus.read(str(tmp_path / "a.py")) == ["ZeroDivisionError: integer division or modulo by zero"]


def tree(root: pathlib.Path) -> list[str]:
    (root / "pkg").mkdir()
    (root / "pkg" / "core.py").write_text("class ManyWords:\n    pass\n\n\ndef do_it():\n    return ManyWords()\n")
    for name in ("a", "b", "c"):
        (root / f"{name}.py").write_text("from pkg.core import ManyWords, do_it\n\nprint(ManyWords, do_it())\n")
    return ["a.py", "b.py", "c.py", "pkg/core.py"]


def test_a_tree_is_renamed_in_and_left_alone(tmp_path: pathlib.Path) -> None:
    paths = tree(tmp_path)
    assert corpus.unchanged(tmp_path, paths) == []
    text = synthetic.plan(tmp_path, paths)
    assert synthetic.short(text) == (
        "symbols: {ManyWords: PlughManyWords, do_it: plugh_do_it} modules: {pkg.core: pkg.plugh_core}"
    )
    verdict, _ = corpus.renamed(tmp_path, paths)
    assert (verdict.changed, verdict.faults) == (4, [])


def test_a_run_that_changes_what_it_should_not_is_told(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = tree(tmp_path)
    plan = migration.parse(synthetic.plan(tmp_path, paths), "x.yaml")
    monkeypatch.setattr(corpus.migration, "parse", lambda *_: plan)
    assert {path for path, _ in corpus.unchanged(tmp_path, paths)} >= {"a.py", "b.py", "c.py"}


def test_every_source_is_pinned() -> None:
    assert all(pin.count("==") == 1 and pin.split("==")[1] for pin in packages.listed())
