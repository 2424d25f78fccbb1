"""A finding about a text that has changed since is not answered from what stood there."""

from __future__ import annotations

import pathlib

import pytest

from codemods import sdk_calls, silent_tests
from offramp import engine, migration
from offramp.model import Refusal
from offramp.project import Context, open_project

HERE = pathlib.Path(__file__).parent.parent.parent
LOADED = migration.load(str(HERE / "fixtures" / "codemods" / "migration.yaml"))


def test_a_call_that_is_gone(tmp_path: pathlib.Path) -> None:
    (tmp_path / "app.py").write_text('import askai\n\nclient = askai.Client("k")\n')
    project = open_project(tmp_path, LOADED)
    found = next(f for f in engine.find(project) if f.term.entry.startswith("askai.Client"))
    document = project.documents["app.py"]
    assert sdk_calls.fix(found, Context(project, document, (found,))) is not None
    for text in ("client = None\n", "import askai\n\n\nclient = askai.Client(key)\n"):
        assert sdk_calls.fix(found, Context(project, document.with_text(text), (found,))) is None


def test_a_call_of_no_sdk(tmp_path: pathlib.Path) -> None:
    (tmp_path / "app.py").write_text('import os\n\nkey = os.environ["GRADIENT_API_KEY"]\nGradientClient(key)\n')
    project = open_project(tmp_path, LOADED)
    found = next(f for f in engine.find(project) if f.rule == "retired-symbol")
    assert sdk_calls.fix(found, Context(project, project.documents["app.py"], (found,))) is None


def test_a_silent_test_that_is_mended(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "llm_client.py").write_text("def chat():\n    return 1\n")
    text = 'from unittest import mock\n\n\ndef test_it():\n    with mock.patch("lib.llm_client.gradient_chat"):\n        pass\n'
    (tmp_path / "test_it.py").write_text(text)
    project = open_project(tmp_path, LOADED)
    found = next(f for f in engine.find(project) if f.rule == "silent-test")
    document = project.documents["test_it.py"]
    assert silent_tests.fix(found, Context(project, document, (found,))) != silent_tests.GONE
    answer = silent_tests.fix(found, Context(project, document.with_text("def test_it():\n    pass\n"), (found,)))
    assert answer == silent_tests.GONE
    assert isinstance(answer, Refusal)
