"""Each app of fixtures/apps, migrated and then run with the new SDK against the stub."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess

import pytest

from tests.behaviour import scenario as scenarios
from tests.behaviour.scenario import APPS, NoRegistry, Scenario

NAMES = sorted(path.parent.name for path in APPS.glob("*/scenario.yaml"))


@pytest.mark.parametrize("name", NAMES)
def test_a_migrated_app_behaves(name: str, tmp_path: pathlib.Path, cache: pathlib.Path) -> None:
    scenario = Scenario.read(APPS / name)
    copy = tmp_path / "app"
    shutil.copytree(scenario.folder / "tree", copy)
    subprocess.run(["git", "init", "--quiet", str(copy)], check=True)  # it may lie in what another repository ignores
    done = scenarios.migrate(scenario, copy)
    assert done.returncode == scenario.exit, done.stdout + done.stderr
    once = _texts(copy)
    assert scenarios.migrate(scenario, copy).returncode == scenario.exit
    assert _texts(copy) == once, "a second run changed something"
    requirements = copy / "requirements.txt"
    named = scenarios.distributions(requirements)
    assert named.issuperset(scenario.requires), named
    assert named.isdisjoint(scenario.gone), named
    try:
        python = scenarios.python_for(requirements, cache)
    except NoRegistry as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"the package registry can't be reached: {error}")
    for number, run in enumerate(scenario.runs):
        folder = tmp_path / f"run{number}"
        folder.mkdir()
        told = scenarios.play(run, copy, python, folder)
        assert not told, "\n".join([*told, *(f"--- {path}\n{text}" for path, text in once.items())])


def test_there_are_apps() -> None:
    assert NAMES


def _texts(folder: pathlib.Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and ".git" not in path.parts)
    return {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in files}
