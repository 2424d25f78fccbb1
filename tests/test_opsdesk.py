"""The fixture repository from its bad state to the end: what the tool is for, in one place.

The expected outcome is a snapshot, tests/snapshots/test_opsdesk/: update it with --snapshot-update and read the
difference.
"""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys

import pytest
from pytest_snapshot.plugin import Snapshot

from offramp import changes, engine, migration
from offramp.cli import main
from offramp.engine import Outcome
from offramp.ledger import State
from offramp.project import open_project
from reports import diff

ROOT = pathlib.Path(__file__).parent.parent
OPSDESK = ROOT / "fixtures" / "opsdesk"
MIGRATION = str(ROOT / "fixtures" / "opsdesk.migration.yaml")
# Files in which the provider's name always means something else.
HOMONYMS = (
    *("training", "web/src/App.tsx", "web/src/components", "web/src/styles", "web/tailwind.config.ts"),
    "docs/ui-style.md",
)
NEW_SETTINGS = {
    "LLM_PROVIDER": "openrouter",
    "EMBEDDING_PROVIDER": "openai",
    "OPENROUTER_API_KEY": "changeme",
    "OPENROUTER_MODEL": "meta-llama/llama-3.3-70b-instruct",
    "OPENROUTER_BASE_URL": "https://openrouter.ai/api/v1",
    "OPENAI_EMBEDDING_MODEL": "text-embedding-3-small",
}
IGNORED = shutil.ignore_patterns("__pycache__", ".pytest_cache")


def copy(target: pathlib.Path) -> pathlib.Path:
    return pathlib.Path(shutil.copytree(OPSDESK, target, ignore=IGNORED))


def contents(root: pathlib.Path) -> dict[str, bytes]:
    paths = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths if ".git/" not in path.as_posix()}


def python(root: pathlib.Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT", "TMPDIR") if name in os.environ}
    command = [sys.executable, "-B", *arguments]
    env = {**kept, **environment}
    return subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    loaded = migration.load(MIGRATION)
    return engine.run(open_project(OPSDESK, loaded, sorted(contents(OPSDESK))))


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    root = copy(tmp_path_factory.mktemp("opsdesk") / "tree")
    assert main(["run", MIGRATION, str(root), "-q"]) == 1  # the fixture holds things that are for a person
    return root


def test_outcome(outcome: Outcome, snapshot: Snapshot) -> None:
    """The whole change, and everything that is left with its reason."""
    snapshot.snapshot_dir = ROOT / "tests" / "snapshots" / "test_opsdesk"
    left = [f"{r.now.path}: {r.now.rule}: {r.now.text!r}: {r.state}: {r.reason}" for r in outcome.records if r.reason]
    snapshot.assert_match("\n".join(sorted(left)).encode("utf-8", "surrogateescape") + b"\n", "left.txt")
    snapshot.assert_match(diff.unified(changes.of(outcome)), "change.diff")


def test_everything_is_accounted_for(outcome: Outcome) -> None:
    balance = outcome.balance
    assert balance.adds_up
    assert balance.found > 1000
    assert balance.fixed > 0.85 * balance.found
    assert all(r.reason for r in outcome.records if r.state is not State.FIXED)
    assert all(r.by for r in outcome.records if r.state is State.FIXED)
    assert not outcome.after.errors


def test_homonyms_stay(migrated: pathlib.Path) -> None:
    before, after = contents(OPSDESK), contents(migrated)
    homonyms = [path for path in before if path.startswith(HOMONYMS)]
    assert len(homonyms) > 10
    assert {path: before[path] for path in homonyms} == {path: after.get(path) for path in homonyms}


def test_no_homonym_is_even_found(outcome: Outcome) -> None:
    assert not [r.first for r in outcome.records if r.first.path.startswith(HOMONYMS)]


def test_line_endings_stay(outcome: Outcome) -> None:
    for change in changes.of(outcome):
        if change.before is None or change.after is None or b"\0" in change.before:
            continue
        mixed = b"\r\n" in change.before and change.before.count(b"\r\n") != change.before.count(b"\n")
        if b"\r\n" in change.before and not mixed:
            assert change.after.count(b"\r\n") == change.after.count(b"\n"), change.path
        if b"\r\n" not in change.before:
            assert b"\r\n" not in change.after, change.path


def test_its_tests_pass_before_and_after(migrated: pathlib.Path) -> None:
    for root in (OPSDESK, migrated):
        done = python(root, "-m", "pytest", "-q", "-p", "no:cacheprovider")
        assert done.returncode == 0, done.stdout[-3000:]
        assert " passed" in done.stdout


def test_the_service_starts_with_the_new_settings_only(migrated: pathlib.Path) -> None:
    done = python(migrated, "-m", "services.api", "--check", **NEW_SETTINGS)
    assert done.returncode == 0, done.stderr
    assert "ready" in done.stdout


def test_before_the_run_it_starts_with_nothing() -> None:
    """That is the bad state: hard-coded fallbacks hide that nothing is configured."""
    assert python(OPSDESK, "-m", "services.api", "--check").returncode == 0


@pytest.mark.parametrize("missing", sorted(NEW_SETTINGS))
def test_without_a_setting_it_stops_and_says_which(migrated: pathlib.Path, missing: str) -> None:
    given = {name: value for name, value in NEW_SETTINGS.items() if name != missing}
    done = python(migrated, "-m", "services.api", "--check", **given)
    assert done.returncode != 0
    told = done.stdout + done.stderr
    assert missing in told
    assert "Traceback" not in told
    assert ".env" in told  # where it belongs


def test_second_run_changes_nothing(migrated: pathlib.Path, tmp_path: pathlib.Path) -> None:
    root = tmp_path / "again"
    shutil.copytree(migrated, root, ignore=IGNORED)
    before = contents(root)
    main(["run", MIGRATION, str(root), "-q", "--allow-dirty"])
    assert contents(root) == before


def test_undo_restores_every_byte(tmp_path: pathlib.Path) -> None:
    root = copy(tmp_path / "tree")
    before = contents(root)
    folders = {path.relative_to(root) for path in root.rglob("*") if path.is_dir()}
    main(["run", MIGRATION, str(root), "-q"])
    assert contents(root) != before
    assert main(["undo", str(root)]) == 0
    assert contents(root) == before
    assert {path.relative_to(root) for path in root.rglob("*") if path.is_dir()} == folders


def fixed(outcome: Outcome) -> dict[str, list[tuple[int, int]]]:
    """Path → spans in the text before the run of the references that it fixed."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for record in outcome.records:
        first = record.first
        document = outcome.before.documents.get(first.path)
        as_it_was = document is not None and document.text[first.start : first.end] == first.text
        if record.state is State.FIXED and (as_it_was or first.end == 0):
            spans.setdefault(first.path, []).append((first.start, first.end))
    return spans


def test_init_unedited_does_nearly_as_much(outcome: Outcome, tmp_path: pathlib.Path) -> None:
    """What `migrate init` writes fixes at least 90 % of the very references that the written migration fixes."""
    written = tmp_path / "init.yaml"
    assert main(["init", str(OPSDESK), "--from", "gradient", "--to", "openrouter", "-o", str(written), "-q"]) == 0
    loaded = migration.load(str(written))
    second = engine.run(open_project(OPSDESK, loaded, sorted(contents(OPSDESK))))
    ours, theirs = fixed(second), fixed(outcome)
    wanted = [(path, start, end) for path, spans in theirs.items() for start, end in spans]
    handled = sum(
        any((a < end and start < b) or (a, b) == (start, end) for a, b in ours.get(path, ()))
        for path, start, end in wanted
    )
    assert len(wanted) > 1000
    assert handled >= 0.9 * len(wanted)
    assert not [change.path for change in changes.of(second) if change.path.startswith(HOMONYMS)]
