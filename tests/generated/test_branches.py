"""Retired branches of generated programs go without a change of what the programs do.

Each program is run for every provider before and after, with fakes that log. What survives must give the same values
and the same log; the retired provider must now fare as one that nobody has heard of. Everyday tests take a share of the
seeds, `nox -s generated` all of them.
"""

from __future__ import annotations

import ast
import contextlib
import os
import pathlib
import sys
import types
from collections.abc import Callable
from typing import Any

import libcst
import pytest

from offramp import engine, migration
from offramp.ledger import State
from offramp.project import open_project
from offramp.syntax import python_check
from tests.generated.dispatch import NEW, OLD, OTHERS, UNKNOWN, Program

COUNT = int(os.environ.get("GENERATED_PROGRAMS", "30"))
MIGRATION = """
schema: 1
name: old-to-new
retire: {provider: gradient, names: [Gradient AI]}
replace: {provider: openrouter, names: OpenRouter}
env: {GRADIENT_API_KEY: OPENROUTER_API_KEY}
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> migration.Migration:
    path = tmp_path_factory.mktemp("migration") / "old-to-new.yaml"
    path.write_text(MIGRATION)
    return migration.load(str(path))


@pytest.mark.parametrize("seed", range(COUNT))
def test_branches_go_and_behaviour_stays(
    seed: int, tmp_path: pathlib.Path, loaded: migration.Migration, record_property: Callable[..., None]
) -> None:
    before = Program(seed).files
    for name, text in before.items():
        (tmp_path / name).write_text(text)
    outcome = engine.run(open_project(tmp_path, loaded))
    after = {name: found.text if (found := outcome.after.documents.get(name)) else before[name] for name in before}
    refused = [r.reason for r in outcome.records if r.state is not State.FIXED]
    record_property("generated", {"programs": 1, "fixed": len(outcome.records) - len(refused), "refused": len(refused)})
    told = f"seed {seed}\n{before['app.py']}\n---- after\n{after['app.py']}\n---- refused: {refused}"
    for text in after.values():
        ast.parse(text)
        assert libcst.parse_module(text).code == text, told
        assert python_check.fault("", text) is None, told
    for provider in (NEW, *OTHERS, UNKNOWN):
        for flag in (False, True):
            assert behaviour(after, provider, flag) == behaviour(before, provider, flag), f"{provider} {flag}\n{told}"
    if not refused:
        assert OLD not in after["app.py"].lower(), told
        for flag in (False, True):
            assert behaviour(after, OLD, flag) == behaviour(before, UNKNOWN, flag), f"{OLD} {flag}\n{told}"


def test_most_branches_go(tmp_path: pathlib.Path, loaded: migration.Migration) -> None:
    """A tool that refuses everything would pass the test above."""
    removed = kept = 0
    for seed in range(COUNT):
        folder = tmp_path / str(seed)
        folder.mkdir()
        for name, text in Program(seed).files.items():
            (folder / name).write_text(text)
        for record in engine.run(open_project(folder, loaded)).records:
            removed += record.first.rule == "dead-provider-branch" and record.state is State.FIXED
            kept += record.first.rule == "dead-provider-branch" and record.state is not State.FIXED
    assert removed > 20 * kept, f"{removed} removed, {kept} refused"


def behaviour(files: dict[str, str], provider: str, flag: bool) -> list[Any]:
    """What each function gives for a provider, with all that it logged."""
    helpers, app = types.ModuleType("helpers"), types.ModuleType("app")
    exec(compile(files["helpers.py"], "helpers.py", "exec"), helpers.__dict__)
    found: list[Any] = []
    with contextlib.ExitStack() as stack:
        stack.callback(sys.modules.pop, "helpers", None)
        sys.modules["helpers"] = helpers
        exec(compile(files["app.py"], "app.py", "exec"), app.__dict__)
        for function in app.EVERY:
            helpers.LOG.clear()
            try:
                value = function(provider, flag)
            except ValueError:
                value = "ValueError"
            found.append((value, list(helpers.LOG)))
    return found
