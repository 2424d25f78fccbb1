"""Whether names agree across files: what is read and provided nowhere, or provided and read nowhere, and since when."""

from __future__ import annotations

import pathlib

import pytest

from offramp import agreement, changes, engine, migration
from offramp.agreement import Agreement
from offramp.project import open_project

LOADED = migration.parse(
    """
schema: 1
name: m
retire: {provider: gradient}
replace: {provider: openrouter}
env: {OLD_KEY: NEW_KEY, OLD_MODEL: NEW_MODEL, OLD_SPACE: ~, OLD_TOKEN: NEW_KEY}
keep: ["path:kept/*"]
""",
    "m",
)
READS, TEMPLATE = 'import os\nKEY = os.environ["OLD_KEY"]\n', "OLD_KEY=\n"


def agreed(root: pathlib.Path, files: dict[str, str]) -> Agreement:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, newline="")
    outcome = engine.run(open_project(root, LOADED))
    return agreement.compare(outcome, changes.of(outcome))


def told(found: Agreement) -> list[str]:
    return [("before: " if d.before else "") + d.message for d in found.disagreements]


@pytest.mark.parametrize(
    "files",
    [
        {"app.py": READS, ".env.example": TEMPLATE},
        {"app.py": READS, "k8s/c.yaml": "kind: ConfigMap\ndata:\n  OLD_KEY: x\n"},
        {"app.py": READS, "main.tf": 'environment {\n  variables = {\n    OLD_KEY = "x"\n  }\n}\n'},
        {"app.py": READS, ".github/workflows/a.yml": "on: push\nenv:\n  OLD_KEY: ${{ secrets.OLD_KEY }}\n"},
        {"app.py": READS, "Dockerfile": "FROM x\nENV OLD_KEY=x\n"},
        {"app.ts": "process.env.OLD_KEY = '1';\nf(process.env.OLD_KEY);\n"},
        {"app.py": 'import os\nos.environ.setdefault("OLD_KEY", "1")\nprint(os.environ["OLD_KEY"])\n'},
        {"run.sh": "OLD_KEY=1\necho $OLD_KEY\n"},
        {"app.py": 'NAMES = ["OLD_KEY"]\n', ".env.example": TEMPLATE},
        {"app.py": READS, "a.json": '{"names": ["OLD_KEY"]}'},
        {"README.md": "Set OLD_KEY.\n"},
        {"app.py": "# OLD_KEY\n"},
        {"tests/test_app.py": READS},
        {"main.tf": 'variable "old_key" {}\nvariable "size" {}\n', ".env.example": "NEW_MODEL=\nTF_VAR_old_key=\n"},
        {"package-lock.json": '{"env": {"OLD_KEY": "x"}}', "archive/old.env": "OLD_KEY=1\n"},
        {"app.py": "x = 1\n"},
        {"plain.txt": "OLD_KEY\n"},
    ],
)
def test_what_agrees(tmp_path: pathlib.Path, files: dict[str, str]) -> None:
    assert told(agreed(tmp_path, files)) == []


def test_what_still_bears_the_old_name_where_it_is_provided(tmp_path: pathlib.Path) -> None:
    found = agreed(tmp_path, {"app.py": READS, "kept/.env": "OLD_KEY=1\n"})
    assert told(found) == [
        "NEW_KEY is read in app.py:2 and provided nowhere; OLD_KEY, which it replaces, is in kept/.env:1",
        "OLD_KEY is provided in kept/.env:1 and read nowhere; NEW_KEY, which replaces it, is read in app.py:2",
    ]
    assert [d.form for d in found.new] == ["not provided", "not read"]


def test_what_still_bears_the_old_name_where_it_is_read(tmp_path: pathlib.Path) -> None:
    found = agreed(tmp_path, {"kept/app.py": READS, ".env.example": TEMPLATE})
    assert told(found) == [
        "NEW_KEY is provided in .env.example:1 and read nowhere; OLD_KEY, which it replaces, is read in kept/app.py:2",
        "OLD_KEY is read in kept/app.py:2 and provided nowhere; NEW_KEY, which replaces it, is in .env.example:1",
    ]


def test_what_is_deleted_and_still_read(tmp_path: pathlib.Path) -> None:
    read = "import os\nSPACE = os.environ['OLD_SPACE']\n" * 5
    found = agreed(tmp_path, {"app.py": read, ".env.example": "OLD_SPACE=\nA=1\n"})
    assert told(found) == ["OLD_SPACE is read in app.py:2, app.py:4, app.py:6 and 2 more and provided nowhere"]


def test_what_was_so_before(tmp_path: pathlib.Path) -> None:
    found = agreed(tmp_path, {"app.py": READS, ".env.example": "OLD_MODEL=\n"})
    assert told(found) == [
        "before: NEW_KEY is read in app.py:2 and provided nowhere",
        "before: NEW_MODEL is provided in .env.example:1 and read nowhere",
    ]
    assert found.new == []


def test_variables_of_terraform_are_read_by_their_declaration(tmp_path: pathlib.Path) -> None:
    files = {"main.tf": '# NEW_KEY\nvariable "old_key" {}\nvariable "size" {}\n', "kept/.env": "A=1\n"}
    found = agreed(tmp_path, files | {".env.example": "NEW_MODEL=\nTF_VAR_old_key=\n"})
    assert "TF_VAR_new_key" in found.settings
    assert told(found) == []


def test_what_is_handed_on_is_not_provided_by_that(tmp_path: pathlib.Path) -> None:
    compose = "services:\n  api:\n    environment:\n      OLD_KEY: ${OLD_KEY}\n"
    files = {"docker-compose.yml": compose, "kept/.env": "OLD_KEY=1\n", "Dockerfile": "FROM x\nARG OLD_KEY\n"}
    assert told(agreed(tmp_path, files))[0].startswith("NEW_KEY is read in docker-compose.yml:4 and provided nowhere;")
    listed = {
        "docker-compose.yml": "services:\n  api:\n    environment:\n      - OLD_KEY\n",
        "kept/.env": "OLD_KEY=1\n",
    }
    (tmp_path / "b").mkdir()
    assert told(agreed(tmp_path / "b", listed)) == ["OLD_KEY is provided in kept/.env:1 and read nowhere"]


def test_what_has_to_be_created_on_github(tmp_path: pathlib.Path) -> None:
    text = "on: push\nenv:\n  A: ${{ secrets.OLD_KEY }}\n  B: ${{ secrets.OLD_TOKEN }}\n  C: ${{ vars.OLD_MODEL }}\n"
    found = agreed(tmp_path, {".github/workflows/a.yml": text})
    assert [(n.name, n.kind, n.replaces, len(n.sites)) for n in found.needed] == [
        ("NEW_KEY", "secret", ("OLD_KEY", "OLD_TOKEN"), 2),
        ("NEW_MODEL", "variable", ("OLD_MODEL",), 1),
    ]
    there = "on: push\nenv:\n  A: ${{ secrets.OLD_KEY }}\n  B: ${{ secrets.NEW_KEY }}\n"
    (tmp_path / "b").mkdir()
    assert agreed(tmp_path / "b", {".github/workflows/a.yml": there}).needed == ()


def test_files_that_can_not_be_read_count_for_nothing(tmp_path: pathlib.Path) -> None:
    (tmp_path / "a.py").write_bytes(b"OLD_KEY\0\xff")
    (tmp_path / ".env.production").write_bytes("OLD_KEY=1\n".encode("utf-16"))
    assert told(agreed(tmp_path, {"app.py": READS})) == []


def test_a_file_that_trips_the_reader_ends_nothing(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def trip(*_: object) -> None:
        raise ValueError("tripped")

    monkeypatch.setattr(agreement, "_use", trip)
    assert agreed(tmp_path, {"app.py": READS}).disagreements == ()
