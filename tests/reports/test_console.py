"""What a person reads in the terminal."""

from __future__ import annotations

import argparse
import dataclasses
import io
import pathlib

import pytest

from offramp import agreement, changes, engine, migration
from offramp.engine import Options
from offramp.journal import FileChange
from offramp.project import Project, open_project
from offramp.verification import prove
from reports import console, json_document

MIGRATION = """\
schema: 1
name: m
env: {OLD_KEY: NEW_KEY, OLD_MODEL: NEW_MODEL}
models: {old-model-1: new-model-2, gone-model-3: ~}
"""


def options(**named: object) -> argparse.Namespace:
    known = {"migration": "m", "path": ".", "quiet": False, "verbose": False, "no_color": False, "output": None}
    return argparse.Namespace(**{**known, "dry_run": False, "commit": False, "verify": None, **named})


def project(root: pathlib.Path, **files: str) -> Project:
    for name, text in files.items():
        (root / name.replace("_", ".")).write_text(text)
    return open_project(root, migration.parse(MIGRATION, "m"))


def scanned(tree: Project, **named: object) -> str:
    return console.scan(tree, engine.scan(tree), options(**named), 0.5).decode()


def ran(tree: Project, *, applied: bool = True, extra: tuple[FileChange, ...] = (), **named: object) -> str:
    outcome = engine.run(tree, Options())
    todo = [*changes.of(outcome), *extra]
    return console.run(
        outcome, todo, options(**named), applied=applied, stream=io.StringIO(), evidence=prove(outcome)
    ).decode()


def test_a_scan(tmp_path: pathlib.Path) -> None:
    text = scanned(project(tmp_path, a_env="OLD_KEY=1\n", b_env="X=1\n\nOLD_KEY=2\n"))
    assert text == (
        "a.env\n"
        "  a.env:1:1  high  retired-env-var  OLD_KEY belongs to the retired provider\n"
        "      OLD_KEY=1\n"
        "      fix: OLD_KEY → NEW_KEY\n"
        "\n"
        "b.env\n"
        "  b.env:3:1  high  retired-env-var  OLD_KEY belongs to the retired provider\n"
        "      OLD_KEY=2\n"
        "      fix: OLD_KEY → NEW_KEY\n"
        "\n"
        "     2  retired-env-var\n"
        "\n"
        "2 findings in 2 files; 2 files, 0.50 s.\n"
        "2 can be changed by the tool, 0 need a person.\n"
        "Next: migrate run m --dry-run\n"
    )


def test_names_that_do_not_agree_and_secrets_that_are_needed(tmp_path: pathlib.Path) -> None:
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    text = "on: push\nenv:\n  A: ${{ secrets.OLD_KEY }}\n  B: ${{ vars.NEW_KEY }}\n"
    (tmp_path / ".github" / "workflows" / "a.yml").write_text(text)
    (tmp_path / "app.py").write_text("import os\nos.environ['OLD_KEY']\nos.environ['OLD_MODEL']\n")
    tree = project(tmp_path, b_env="OLD_KEY=1  # offramp: ignore\n")
    outcome = engine.run(tree, Options())
    todo = changes.of(outcome)
    compared = dataclasses.replace(outcome, agreement=agreement.compare(outcome, todo))
    told = console.run(compared, todo, options(), applied=True, stream=io.StringIO(), evidence=prove(compared)).decode()
    assert (
        "To be created on GitHub, before this is merged:\n"
        "  the secret NEW_KEY, in the place of OLD_KEY; .github/workflows/a.yml asks for it\n"
    ) in told
    assert (
        "Names that do not agree across files:\n"
        "  NEW_KEY is read in app.py:2 and provided nowhere; OLD_KEY, which it replaces, is in b.env:1\n"
        "  OLD_KEY is provided in b.env:1 and read nowhere; NEW_KEY, which replaces it, is read in app.py:2\n"
        "\n"
        "1 disagreement of names was so before the run (--format json has them).\n"
    ) in told
    row = json_document.agreement_row(compared.agreement)
    assert row["to_create"] == [
        {
            "name": "NEW_KEY",
            "kind": "secret",
            "replaces": ["OLD_KEY"],
            "places": [{"path": ".github/workflows/a.yml", "line": 3}],
        }
    ]
    assert isinstance(row["disagreements"], list)
    assert [d["already_before"] for d in row["disagreements"]] == [False, True, False]


def test_words_of_a_command_can_be_copied(tmp_path: pathlib.Path) -> None:
    text = scanned(project(tmp_path, a_env="OLD_KEY=1\n"), path="my folder", migration="my m.yaml")
    assert "Next: migrate run 'my m.yaml' 'my folder' --dry-run" in text


def test_long_lines_and_many_findings(tmp_path: pathlib.Path) -> None:
    text = scanned(project(tmp_path, a_env="OLD_KEY=" + "x" * 1000 + "\n" + "B=$OLD_KEY\n" * 60))
    assert max(map(len, text.splitlines())) <= 110
    assert "… and 21 more in this file (--format json has all)" in text
    assert "61 findings in 1 file;" in text


def test_a_run(tmp_path: pathlib.Path) -> None:
    text = ran(project(tmp_path, a_env="OLD_KEY=1\nOLD_MODEL=gone-model-3\n"))
    assert "a.env  2 retired-env-var\n" in text
    assert "Left for a person:" in text
    assert "3 references = 2 fixed + 1 refused + 0 suppressed + 0 external" in text
    assert "1 file changed of 1," in text
    assert "1 reference left for a person, listed above with the reasons. Afterwards: migrate scan m" in text
    assert "To take it back: migrate undo" in text


def test_nothing_left_and_nothing_there(tmp_path: pathlib.Path) -> None:
    assert "Nothing is left." in ran(project(tmp_path, a_env="OLD_KEY=1\n"))
    (tmp_path / "a.env").write_text("X=1\n")
    text = ran(project(tmp_path), applied=False)
    assert "Nothing refers to what is retired." in text
    assert "undo" not in text


def test_rolled_back(tmp_path: pathlib.Path) -> None:
    text = ran(project(tmp_path, a_env="OLD_KEY=1\n"), applied=False)
    assert "Nothing was kept." in text
    assert "Nothing is left." not in text


def test_dry_run(tmp_path: pathlib.Path) -> None:
    text = ran(project(tmp_path, a_env="OLD_KEY=1\n"), applied=False, dry_run=True)
    assert "1 file would change of 1" in text
    assert "Next: migrate run m makes the change, or `git apply` the diff above." in text


def test_new_and_moved_files(tmp_path: pathlib.Path) -> None:
    extra = (FileChange("new.md", None, b""), FileChange("a.py", b"", b"", "b.py"))
    text = ran(project(tmp_path, a_env="OLD_KEY=1\n"), extra=extra)
    assert "new.md (new)\n" in text
    assert "a.py → b.py\n" in text


def test_required_settings(tmp_path: pathlib.Path) -> None:
    text = ran(project(tmp_path, a_py='import os\nM = os.getenv("OLD_MODEL", "old-model-1")\n'))
    assert "Now required, with nothing to fall back on:\n  NEW_MODEL  read in a.py\n" in text


def test_errors(tmp_path: pathlib.Path) -> None:
    tree = project(tmp_path, a_env="OLD_KEY=1\n")
    tree.errors.extend([("x\x1b.py", "why"), ("x\x1b.py", "why")])
    assert scanned(tree).count("not read  x\\x1b.py: why\n") == 1


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("named", "environment", "coloured"),
    [
        ({}, {}, True),
        ({"no_color": True}, {}, False),
        ({"output": "x.txt"}, {}, False),
        ({}, {"NO_COLOR": "1"}, False),
        ({}, {"NO_COLOR": ""}, True),
        ({}, {"TERM": "dumb"}, False),
    ],
)
def test_colour(
    named: dict[str, object], environment: dict[str, str], coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for key, value in environment.items():
        monkeypatch.setenv(key, value)
    assert ("\x1b" in console.styler(options(**named), Terminal())("bad", "x")) == coloured
    assert console.styler(options(**named), io.StringIO())("bad", "x") == "x"


def test_what_steers_a_terminal_is_shown_as_it_is_written() -> None:
    assert console.printable("a\x1b[2J\r\nb\x9b\u202ec\td") == "a\\x1b[2J\\r\\nb\\x9b\\u202ec\td"
