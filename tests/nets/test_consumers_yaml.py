"""The consumers of YAML tell what a run has made worse, and nothing else."""

from __future__ import annotations

import pathlib

import pytest

from offramp import migration
from tests.nets import consumers_yaml
from tests.nets.consumers_yaml import judge, schema_of

pytest.importorskip("check_jsonschema")
PLAN = migration.parse("schema: 1\nname: x\nenv: {OLD_KEY: NEW_KEY}\n", "x.yaml")
WORKFLOW = """\
name: ci
on: push
permissions: {}
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: make
        env: {OLD_KEY: "${{ secrets.OLD_KEY }}"}
"""


def tree(root: pathlib.Path, **files: str) -> pathlib.Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        (".github/workflows/ci.yml", "vendor.github-workflows"),
        ("deploy/docker-compose.prod.yml", "vendor.compose-spec"),
        ("actions/ask/action.yaml", "vendor.github-actions"),
        ("k8s/app.yaml", None),
        (".github/workflows/_deprecated/ci.yml", None),
    ],
)
def test_the_schema_of_a_file(path: str, schema: str | None) -> None:
    assert schema_of(path) == schema


def test_a_sound_run(tmp_path: pathlib.Path) -> None:
    compose = "services: {a: {image: x, environment: [OLD_KEY]}, b: {image: 5}}\n"
    verdict = judge(
        tree(tmp_path, **{".github/workflows/ci.yml": WORKFLOW, "compose.yml": compose, "other/compose.yml": "a: 1\n"}),
        PLAN,
    )
    assert verdict.faults == []
    assert verdict.known >= 1  # the image that is a number
    assert (verdict.changed.total(), verdict.files.total()) == (2, 3)


def test_what_a_run_makes_worse_is_told(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spoil = consumers_yaml._changed
    monkeypatch.setattr(
        consumers_yaml,
        "_changed",
        lambda *sides: ((p, (a, b.replace("permissions: {}\n", "stepz: 1\n"))) for p, (a, b) in spoil(*sides)),
    )
    verdict = judge(tree(tmp_path, **{".github/workflows/ci.yml": WORKFLOW}), PLAN)
    assert any("vendor.github-workflows" in fault for fault in verdict.faults)


def test_it_prints_what_it_counted(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = tmp_path / "x.yaml"
    plan.write_text("schema: 1\nname: x\nenv: {OLD_KEY: NEW_KEY}\n")
    root = tree(tmp_path / "tree", **{".github/workflows/ci.yml": WORKFLOW})
    assert consumers_yaml.main([str(plan), str(root)]) == 0
    assert "changed 1 of 1 files, 0 new complaints" in capsys.readouterr().out
