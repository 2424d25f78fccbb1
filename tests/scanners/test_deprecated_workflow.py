"""Which workflows are deprecated, and why; most are not."""

from __future__ import annotations

import pathlib

import pytest

from offramp import engine, migration
from offramp.project import Project, open_project
from scanners.deprecated_workflow import verdicts

JOBS = "jobs: {a: {runs-on: x, steps: [{run: a}, {run: b}, {run: c}]}}\n"
ACTIVE = "name: Deploy\non: push\n" + JOBS
HERE = ".github/workflows/"


def project(root: pathlib.Path, files: dict[str, str], extra: str = "") -> Project:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    base = "schema: 1\nname: x\nretire: {provider: gradient}\nreplace: {provider: new}\nenv: {GRADIENT_KEY: NEW_KEY}\n"
    return open_project(root, migration.parse(base + extra, "m.yaml"), sorted(files))


@pytest.mark.parametrize(
    "files",
    [
        {HERE + "a.yml.bak": "on: push\n" + JOBS},
        {HERE + "a.yml.disabled": "on: push\n" + JOBS},
        {HERE + "a.yml": "# This workflow is deprecated, use b.yml\n" + JOBS},
        {HERE + "a.yml": "# OBSOLETE\n# on:\n#   push:\n" + JOBS},
        {HERE + "a.yml": "name: Deploy\n# on: push\n" + JOBS, HERE + "b.yml": ACTIVE},
        {"ci/workflows/legacy.yml": "name: Deploy\non: push\n" + JOBS, HERE + "b.yml": ACTIVE},
        {HERE + "a.yml": "# Disabled\n# on: push\n# jobs:\n#   a:\n"},
    ],
)
def test_deprecated(files: dict[str, str], tmp_path: pathlib.Path) -> None:
    found = verdicts(project(tmp_path, files))
    assert [verdict.path for verdict in found] == [next(iter(files))]
    assert len(found[0].signals) > 1


@pytest.mark.parametrize(
    "files",
    [
        {HERE + "a.yml": ACTIVE},
        {HERE + "legacy.yml": "# DEPRECATED\n" + ACTIVE},  # it runs
        {HERE + "a.yml": "on: push\njobs: {a: {runs-on: x, env: {K: '${{ secrets.GRADIENT_KEY }}'}, steps: []}}\n"},
        {HERE + "a.yml": "on: push\n" + JOBS.replace("run: a", "run: ./x/gone.sh").replace("run: b", "run: y/gone.py")},
        {HERE + "a.yml": "on: workflow_dispatch\n" + JOBS},
        {
            HERE + "a.yml": "# Legacy\non: workflow_call\n" + JOBS,
            HERE + "b.yml": f"on: push\njobs: {{a: {{uses: ./{HERE}a.yml}}}}\n",
        },
        {HERE + "a.yml": "on: workflow_call\n" + JOBS},  # another repository may call it
        {HERE + "a.yml": JOBS},  # one sort of signal
        {"ci/workflows/a.yml": ACTIVE},
        {"docs/workflows/legacy.yml.bak": ACTIVE},
        {"templates/.github/workflows/old.yml.disabled": ACTIVE},
        {"node_modules/x/.github/workflows/a.yml.bak": ACTIVE},
        {HERE + "_deprecated/a.yml.bak": ACTIVE},
        {".circleci/legacy.yml.old": "version: 2\nworkflows: {}\n" + JOBS},
        {"argo/workflows/legacy.yaml.bak": "kind: Workflow\nspec: {}\n"},
        {HERE + "a.yml.bak": "{{ broken\n"},
        {HERE + "a.yml.example": ACTIVE},
        {HERE + "a.yml": "# The legacy API is deployed here\n" + ACTIVE},
        {HERE + "a.yml": "# not deprecated\n" + JOBS},
    ],
)
def test_not_deprecated(files: dict[str, str], tmp_path: pathlib.Path) -> None:
    assert verdicts(project(tmp_path, files)) == []


def test_migration_overrules(tmp_path: pathlib.Path) -> None:
    files = {HERE + "a.yml": ACTIVE, HERE + "b.yml.bak": ACTIVE}
    found = verdicts(project(tmp_path, files, "workflows: {archive: [a.yml], keep: ['*.bak']}\n"))
    assert [verdict.path for verdict in found] == [HERE + "a.yml"]
    assert found[0].signals[0] == "the migration says so"


def test_twin_is_what_replaces_it(tmp_path: pathlib.Path) -> None:
    found = verdicts(project(tmp_path, {HERE + "a.yml.bak": ACTIVE, HERE + "b.yml": ACTIVE}))
    assert found[0].replaced_by == HERE + "b.yml"


def test_references_follow_and_the_contents_become_history(tmp_path: pathlib.Path) -> None:
    files = {
        HERE + "a.yml.bak": ACTIVE.replace("run: a", "run: echo GRADIENT_KEY"),
        "README.md": f"See `{HERE}a.yml.bak`.\n",
    }
    outcome = engine.run(project(tmp_path, files))
    assert outcome.balance.adds_up
    assert outcome.after.text("README.md") == f"See `{HERE}_deprecated/a.yml.bak`.\n"
    assert "GRADIENT_KEY" in (outcome.after.text(HERE + "_deprecated/a.yml.bak") or "")
    assert not outcome.balance.left
