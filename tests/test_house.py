"""The invariants of the house, on every case of every codemod: a new module gets them for free."""

from __future__ import annotations

import codecs
import importlib
import pathlib
import re
from collections import Counter

import pytest
import yaml

from codemods import PIPELINE
from offramp import engine, files, migration, proposals
from offramp.document import Document
from offramp.engine import Options, Outcome
from offramp.evidence import SEVERITY
from offramp.ledger import State
from offramp.project import open_project
from tests import cases

ALL = cases.all_cases()
BASE = yaml.safe_load((cases.FOLDER / "migration.yaml").read_text(encoding="utf-8"))
HASH_COMMENTS = ("python", "env_file", "shell", "toml", "yaml", "requirements", "makefile")


def case_migration(case: cases.Case) -> migration.Migration:
    sections = {**BASE, **(yaml.safe_load(case.migration) or {})} if case.migration else BASE
    return migration.parse(yaml.safe_dump(sections, sort_keys=False), "case.yaml")


def write(root: pathlib.Path, contents: dict[str, bytes]) -> None:
    for path, content in contents.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)


def run_case(root: pathlib.Path, case: cases.Case, contents: dict[str, bytes]) -> Outcome:
    write(root, contents)
    project = open_project(root, case_migration(case), sorted(contents))
    outcome = engine.run(project, Options(pipeline=(case.codemod,)))
    assert not [record.reason for record in outcome.records if "please report it" in record.reason]
    return outcome


def result(outcome: Outcome) -> dict[str, bytes]:
    """Path → bytes of every file after the run."""
    project = outcome.after
    everything = {}
    for path in project.paths:
        document = project.documents.get(path)
        everything[path] = document.encoded() if document else files.read(project.root, project.origin(path))
    return everything


def befores(case: cases.Case) -> dict[str, bytes]:
    return {file.path: file.before.encode() for file in case.files if file.before is not None}


def afters(case: cases.Case) -> dict[str, bytes]:
    return {file.end_path: file.end_text.encode() for file in case.files if file.end_text is not None}


def readable(contents: dict[str, bytes]) -> dict[str, str]:
    return {path: content.decode("utf-8", "backslashreplace") for path, content in sorted(contents.items())}


@pytest.mark.parametrize("case", ALL, ids=str)
def test_case(case: cases.Case, tmp_path: pathlib.Path) -> None:
    outcome = run_case(tmp_path, case, befores(case))
    assert readable(result(outcome)) == readable(afters(case))
    assert outcome.balance.adds_up, outcome.balance
    reasons = [record.reason for record in outcome.records if record.state in (State.REFUSED, State.EXTERNAL)]
    for part in case.reasons:
        assert any(part in reason for reason in reasons), (part, reasons)
    if case.kind == "change":
        assert outcome.changed
    else:
        assert not outcome.changed
    if case.kind == "refuse":
        assert case.reasons, "a refuse case states its reason"


@pytest.mark.parametrize("case", [case for case in ALL if case.kind == "change"], ids=str)
def test_second_run_changes_nothing(case: cases.Case, tmp_path: pathlib.Path) -> None:
    outcome = run_case(tmp_path, case, afters(case))
    assert readable(result(outcome)) == readable(afters(case))
    assert not outcome.changed


def crlf(path: str, content: bytes) -> bytes:
    return content.replace(b"\n", b"\r\n")


def bom(path: str, content: bytes) -> bytes:
    return codecs.BOM_UTF8 + content


def no_final_newline(path: str, content: bytes) -> bytes:
    return content.removesuffix(b"\n")


def non_ascii_before(path: str, content: bytes) -> bytes:
    if files.kind_of(path) not in HASH_COMMENTS or content.startswith((b"#!", b"---")):
        return content
    return "# é ✓ 𝒳\n".encode() + content


@pytest.mark.parametrize("disguise", [crlf, bom, no_final_newline, non_ascii_before], ids=lambda d: d.__name__)
@pytest.mark.parametrize("case", [case for case in ALL if case.kind == "change"], ids=str)
def test_case_in_disguise(case: cases.Case, disguise: object, tmp_path: pathlib.Path) -> None:
    """The same change in a file with other line endings, a byte order mark, no last newline, text before it."""
    assert callable(disguise)
    created = {file.end_path for file in case.files if file.before is None}
    before = {path: disguise(path, content) for path, content in befores(case).items()}
    origin = {file.end_path: file.path for file in case.files}
    after = {
        path: content if path in created else disguise(origin[path], content) for path, content in afters(case).items()
    }
    assert readable(result(run_case(tmp_path, case, before))) == readable(after)


@pytest.mark.parametrize("case", [case for case in ALL if case.kind == "change"], ids=str)
def test_result_parses_and_data_hold(case: cases.Case, tmp_path: pathlib.Path) -> None:
    outcome = run_case(tmp_path, case, befores(case))
    for path, content in result(outcome).items():
        origin = outcome.after.origin(path)
        if origin not in outcome.before.documents:
            continue
        was, now = outcome.before.documents[origin], Document.read(path, content)
        assert was.fault is not None or now.fault is None
        fault = proposals.faults(was, now)
        assert fault is None or proposals.beyond_additions(was, now) is None, fault


def test_every_codemod_has_its_cases() -> None:
    counts = Counter((case.codemod, case.kind) for case in ALL)
    for name in PIPELINE:
        assert counts[name, "change"] >= 1, f"{name} needs a change case"
        assert counts[name, "no-op"] >= 2, f"{name} needs two no-op cases"
        assert counts[name, "refuse"] >= 1, f"{name} needs a refuse case"
    assert {codemod for codemod, _ in counts} == set(PIPELINE)


@pytest.mark.parametrize("name", PIPELINE)
def test_codemod_explains_itself(name: str) -> None:
    module = importlib.import_module(f"codemods.{name}")
    assert module.SUBJECT
    assert set(module.RULES) <= set(SEVERITY)
    assert "->" in (module.__doc__ or ""), "the docstring shows a before and an after"


@pytest.mark.parametrize("name", PIPELINE)
def test_before_and_after_of_the_docstring(name: str, tmp_path: pathlib.Path) -> None:
    """`before  ->  after` in a docstring is run like a case."""
    doc = importlib.import_module(f"codemods.{name}").__doc__ or ""
    pairs = re.findall(r"^ {4}(\S.*?)  ->  (\S.*)$", doc, re.MULTILINE)
    path = re.search(r"^ {4}in `([^`]+)`", doc, re.MULTILINE)
    assert pairs
    for index, (before, after) in enumerate(pairs):
        if path is None and name in SHOWN_ONLY:
            continue
        target = path[1] if path else ("app.py" if "(" in before or "[" in before or "=" in before else "notes.md")
        root = tmp_path / str(index)
        case = cases.Case(name, "change", "docstring")
        outcome = run_case(root, case, {target: f"{before}\n".encode()})
        assert readable(result(outcome)) == {target: f"{after}\n"}


# Codemods whose change takes more than one line or file to show; their case files hold it whole.
SHOWN_ONLY = frozenset(
    {
        "archive_workflows",
        "dead_branches",
        "call_shapes",
        "sdk_calls",
        "modules",
        "merge_duplicates",
        "paths",
        "fail_fast",
        "silent_tests",
    }
)


def test_every_rule_has_a_codemod() -> None:
    answered = {rule for name in PIPELINE for rule in importlib.import_module(f"codemods.{name}").RULES}
    assert answered == set(SEVERITY)
