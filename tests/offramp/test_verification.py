"""The evidence on a run: parses on the lowest Python, names, imports, the tests that belong to what is touched."""

from __future__ import annotations

import pathlib

import pytest

from offramp import engine, migration, python_versions
from offramp.engine import Outcome
from offramp.model import Move
from offramp.project import Project, open_project
from offramp.verification import Evidence, Proof, State, prove

LOADED = migration.parse(
    """
schema: 1
name: m
retire: {provider: gradient}
replace: {provider: openrouter}
env: {OLD_KEY: NEW_KEY}
modules: {lib.gradient_client: lib.llm_client, gradient: ~}
symbols: {gradient_chat: llm_chat, gradient_other: llm_other}
packages: {pip: {gradient: openai>=1}}
""",
    "m",
)
PASSED, FAILED, NOT_CHECKED = State.PASSED, State.FAILED, State.NOT_CHECKED


def tree(root: pathlib.Path, **files: str) -> Project:
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("·", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, newline="")
    return open_project(root, LOADED)


def evidence(project: Project) -> Evidence:
    return prove(engine.run(project))


def edited(project: Project, *moves: Move, **texts: str) -> Evidence:
    """The evidence on a result in which these files have these texts."""
    outcome = engine.run(project)
    before, after = outcome.before, outcome.after
    for move in moves:
        after.move(move)
    for name, text in texts.items():
        path = name.replace("__", "/").replace("·", ".")
        after.documents[path] = after.document(path).with_text(text) if after.document(path) else after.documents[path]
    return prove(Outcome(before, after, outcome.records, outcome.steps, outcome.balance, {}, 0.0))


def only(found: Evidence) -> Proof:
    assert len(found.proofs) == 1
    return found.proofs[0]


def test_what_is_touched_is_proved(tmp_path: pathlib.Path) -> None:
    found = evidence(
        tree(
            tmp_path,
            lib__gradient_client·py="def gradient_chat():\n    return 1\n",
            app·py="from lib.gradient_client import gradient_chat\n\nprint(gradient_chat())\n",
            other·py="import os\n",
            a·sh="echo $OLD_KEY\n",
            tests__test_app·py="import app\n",
            tests__test_llm_client·py="import os\n",
            tests__test_other·py="import other\n",
            tests__test_use·py="import os\nfrom lib import gradient_client\nos.environ['OLD_KEY']\n",
            tests__conftest·py="import os\nos.environ['OLD_KEY']\n",
        )
    )
    paths = [proof.path for proof in found.proofs]
    assert paths == ["app.py", "lib/llm_client.py", "tests/conftest.py", "tests/test_use.py"]
    assert {(p.parses, p.names, p.imports, tuple(p.notes)) for p in found.proofs} == {(PASSED, PASSED, PASSED, ())}
    assert found.tests == ("tests/test_app.py", "tests/test_llm_client.py", "tests/test_use.py")
    assert found.python is None
    assert found.failed == []


def test_nothing_touched(tmp_path: pathlib.Path) -> None:
    found = evidence(tree(tmp_path, a·env="OLD_KEY=1\n", b·py="import os\n"))
    assert found == Evidence((), None, ())


def test_a_file_that_did_not_parse_is_not_called_passed(tmp_path: pathlib.Path) -> None:
    project = tree(tmp_path, a·py="import os\nprint os.environ['OLD_KEY']\n")
    proof = only(edited(project, a·py="import os\nprint os.environ['NEW_KEY']\n"))
    assert (proof.parses, proof.names, proof.imports) == (NOT_CHECKED,) * 3
    assert proof.notes == ["it did not parse before either"]


def test_a_file_that_no_longer_parses(tmp_path: pathlib.Path) -> None:
    project = tree(tmp_path, a·py="import os\nos.environ['OLD_KEY']\n")
    proof = only(edited(project, a·py="import os\nos.environ['NEW_KEY'\n"))
    assert (proof.parses, proof.names, proof.imports) == (FAILED, NOT_CHECKED, NOT_CHECKED)
    assert "line 2" in proof.notes[0]


@pytest.mark.parametrize(
    ("declares", "python", "state"),
    [
        ({"pyproject·toml": '[project]\nrequires-python = ">=3.7"\n'}, (3, 7), FAILED),
        ({"pyproject·toml": '[tool.poetry.dependencies]\npython = "^3.7"\n'}, (3, 7), FAILED),
        ({"setup·cfg": "[options]\npython_requires = >=3.7\n"}, (3, 7), FAILED),
        ({"setup·py": "setup(python_requires='~=3.7', classifiers=['x'])\n"}, (3, 7), FAILED),
        (
            {"setup·py": "['Programming Language :: Python :: 3.7', 'Programming Language :: Python :: 3.9']"},
            (3, 7),
            FAILED,
        ),
        ({"ruff·toml": 'target-version = "py37"\n'}, (3, 7), FAILED),
        ({"pyproject·toml": "[tool.black]\ntarget-version = ['py39', 'py37']\n"}, (3, 7), FAILED),
        ({"·python-version": "3.7.9\n"}, (3, 7), FAILED),
        ({"runtime·txt": "python-3.7.9\n"}, (3, 7), FAILED),
        ({"pyproject·toml": '[project]\nrequires-python = ">=3.2"\n'}, (3, 5), FAILED),
        ({"pyproject·toml": '[project]\nrequires-python = ">=3.10"\n'}, (3, 10), PASSED),
        ({"pyproject·toml": '[project]\nrequires-python = ">=3.99"\n'}, None, PASSED),
        ({"pyproject·toml": "[project]\n"}, None, PASSED),
        ({"x__pyproject·toml": '[project]\nrequires-python = ">=3.7"\n'}, None, PASSED),
    ],
)
def test_the_lowest_declared_python(
    tmp_path: pathlib.Path, declares: dict[str, str], python: tuple[int, int] | None, state: State
) -> None:
    project = tree(tmp_path, src__a·py="import os\nos.environ['OLD_KEY']\n", **declares)
    found = edited(project, src__a·py="import os\nif x := os.environ['NEW_KEY']:\n    print(x)\n")
    assert (found.python, only(found).parses) == (python, state)
    if state is FAILED:
        version = ".".join(map(str, python or ()))
        assert only(found).notes[0].endswith(f"and the project declares Python {version}")
        assert found.failed


def test_what_was_too_new_before_is_no_fault(tmp_path: pathlib.Path) -> None:
    text = "import os\nif x := os.environ['{}']:\n    print(x)\n"
    files = {"a·py": text.format("OLD_KEY"), "·python-version": "3.7\n"}
    assert only(evidence(tree(tmp_path, **files))).parses is PASSED


def test_a_fix_that_is_too_new_for_the_project_is_refused(tmp_path: pathlib.Path) -> None:
    sections = """
schema: 1
name: m
modules: {oldsdk: ~}
rewrites: [{language: python, match: "oldsdk.call($A)", replace: "(y := $A)"}]
"""
    for version, fixed in (("3.7", False), ("3.11", True)):
        root = tmp_path / version
        root.mkdir()
        (root / "a.py").write_text("import oldsdk\n\nprint(oldsdk.call(1))\n")
        (root / ".python-version").write_text(f"{version}\n")
        outcome = engine.run(open_project(root, migration.parse(sections, "m")))
        assert ("(y := 1)" in (outcome.after.text("a.py") or "")) == fixed
        reasons = [record.reason for record in outcome.records]
        assert any("and the project declares Python 3.7" in reason for reason in reasons) != fixed


def test_the_second_parser_has_its_say(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from offramp.syntax import python_second

    monkeypatch.setattr(python_second, "_fault", lambda text: "no" if "NEW_KEY" in text else None)
    proof = only(evidence(tree(tmp_path, a·py="import os\n\nos.environ['OLD_KEY']\n")))
    assert (proof.parses, proof.notes) == (FAILED, ["line 3: no"])


def test_what_the_second_parser_never_read_is_a_note(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from offramp.syntax import python_second

    monkeypatch.setattr(python_second, "_fault", lambda text: "no")
    proof = only(evidence(tree(tmp_path, a·py="import os\n\nos.environ['OLD_KEY']\n")))
    assert (proof.parses, proof.notes) == (PASSED, ["line 3: no"])


def test_names(tmp_path: pathlib.Path) -> None:
    project = tree(tmp_path, a·py="import os\nprint(os.environ['OLD_KEY'])\n")
    proof = only(edited(project, a·py="import os\nprint(environment['NEW_KEY'])\n"))
    assert (proof.names, proof.notes) == (FAILED, ["the name environment would be undefined"])


def test_imports_of_a_module_that_has_moved(tmp_path: pathlib.Path) -> None:
    files = {
        "lib__gradient_client·py": "gradient_chat = 1\n",
        "app·py": "import os\nfrom lib.gradient_client import gradient_chat\nos.environ['OLD_KEY']\n",
        "rel__gradient_http·py": "x = 1\n",
        "rel__b·py": "from . import gradient_http\nfrom ... import above\nKEY = 'OLD_KEY'\n",
    }
    outcome = engine.run(tree(tmp_path, **files), engine.Options(select=frozenset({"retired-env-var"})))
    outcome.after.move(Move("lib/gradient_client.py", "lib/llm_client.py"))
    found = {proof.path: (proof.imports, proof.notes) for proof in prove(outcome).proofs}
    assert found["app.py"] == (FAILED, ["line 2: there is no module lib.gradient_client any more"])
    assert found["lib/llm_client.py"] == (PASSED, [])
    assert found["rel/b.py"] == (PASSED, [])


def test_an_importer_that_is_not_touched_itself(tmp_path: pathlib.Path) -> None:
    files = {"lib__gradient_client·py": "x = 1\n", "app·py": "import lib.gradient_client\nimport lib.gradient_client\n"}
    outcome = engine.run(tree(tmp_path, **files), engine.Options(select=frozenset({"retired-env-var"})))
    outcome.after.move(Move("lib/gradient_client.py", "lib/llm_client.py"))
    found = {proof.path: (proof.imports, proof.notes) for proof in prove(outcome).proofs}
    assert found["app.py"] == (
        FAILED,
        [
            "line 1: there is no module lib.gradient_client any more",
            "line 2: there is no module lib.gradient_client any more",
        ],
    )


@pytest.mark.parametrize(
    ("line", "note"),
    [
        ("from lib.own import there", None),
        ("from lib.own import later", "line 1: lib.own has no later"),
        ("from lib.own import *", None),
        ("from lib import own", None),
        ("import lib.own", None),
        ("import json", None),
        ("import openai", None),
        ("from google.genai import types", None),
        ("import openrouter_models", "line 1: openrouter_models is imported now, and neither a file nor"),
        ("import plain", None),
        ("from .... import x", None),
    ],
)
def test_imports_that_are_new(tmp_path: pathlib.Path, line: str, note: str | None) -> None:
    files = {
        "a·py": "import os\nos.environ['OLD_KEY']\n",
        "lib__own·py": "there = 1\n",
        "folder__plain__x·py": "",
        "requirements·txt": "openai>=1\ngoogle_genai\n",
    }
    found = edited(tree(tmp_path, **files), a·py=f"{line}\nimport os\nos.environ['NEW_KEY']\n")
    assert [n for n in only(found).notes if note is None or note not in n] == []
    assert only(found).imports is (FAILED if note else PASSED)


def test_imports_that_failed_before_are_no_fault(tmp_path: pathlib.Path) -> None:
    text = "import os\nfrom lib.own import later\nimport unknown\nos.environ['{}']\n"
    files = {"a·py": text.format("OLD_KEY"), "lib__own·py": "there = 1\n", "setup·py": "x\n"}
    assert only(evidence(tree(tmp_path, **files))).notes == []


def test_new_imports_without_a_manifest_to_hold_them_against(tmp_path: pathlib.Path) -> None:
    project = tree(tmp_path, a·py="import os\nos.environ['OLD_KEY']\n")
    assert only(edited(project, a·py="import os, new\nos.environ['NEW_KEY']\n")).notes == []


def test_a_text_that_is_too_deep_for_ast_is_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(text: str, **options: object) -> None:
        raise RecursionError

    monkeypatch.setattr(python_versions.ast, "parse", parse)
    assert python_versions.newer("x = 1\n", "(x := 1)\n", (3, 7)) is None
