"""What paths and other codemods do together, and how long a large tree takes."""

from __future__ import annotations

import pathlib
import time

from codemods import paths
from offramp import engine, migration
from offramp.engine import Options, Outcome
from offramp.ledger import State
from offramp.migration import Migration
from offramp.model import Move
from offramp.project import Project, open_project
from offramp.vocabulary import Vocabulary

MIGRATION = """
schema: 1
name: x
retire: {provider: gradient, names: [Gradient AI, Gradient]}
replace: {provider: openrouter, names: OpenRouter}
env: {GRADIENT_API_KEY: OPENROUTER_API_KEY}
modules: {lib.gradient_client: lib.llm_client}
"""
WORKFLOW = """# DEPRECATED: replaced by deploy.yml
name: old
on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - run: ./deploy.sh
"""


def loaded() -> Migration:
    return migration.parse(MIGRATION, "x.yaml")


def run(root: pathlib.Path, contents: dict[str, str], *pipeline: str) -> Outcome:
    for path, text in contents.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return engine.run(open_project(root, loaded(), sorted(contents)), Options(pipeline=pipeline))


def reasons(outcome: Outcome) -> list[str]:
    return [record.reason for record in outcome.records if record.state is State.REFUSED]


def test_references_follow_a_workflow_into_the_archive(tmp_path: pathlib.Path) -> None:
    contents = {".github/workflows/old.yml.bak": WORKFLOW, "notes.md": "See `.github/workflows/old.yml.bak`.\n"}
    outcome = run(tmp_path, contents, "archive_workflows", "paths")
    assert outcome.after.text("notes.md") == "See `.github/workflows/_deprecated/old.yml.bak`.\n"
    assert outcome.balance.adds_up


def test_modules_are_left_to_their_codemod(tmp_path: pathlib.Path) -> None:
    contents = {"lib/gradient_client.py": "x = 1\n", "Dockerfile": "COPY lib/gradient_client.py /app/\n"}
    outcome = run(tmp_path, contents, "paths")
    assert not outcome.changed
    assert set(reasons(outcome)) == {engine.UNKNOWN.reason}


def test_a_large_folder_stays(tmp_path: pathlib.Path) -> None:
    contents = {f"gradient/{number}.txt": "x\n" for number in range(paths.MANY + 1)}
    contents["gradient/run.sh"] = 'test -n "$GRADIENT_API_KEY"\n'
    outcome = run(tmp_path, contents, "paths")
    assert not outcome.changed
    assert any("more than 200 files" in reason for reason in reasons(outcome))


def test_a_file_that_is_kept_holds_its_folder(tmp_path: pathlib.Path) -> None:
    contents = {
        "prompts/gradient/a.txt": "# offramp: ignore[retired-path] read by another team\nGradient AI\n",
        "prompts/gradient/b.txt": "Gradient AI\n",
    }
    outcome = run(tmp_path, contents, "paths")
    assert not outcome.changed
    assert any("prompts/gradient/a.txt stays: offramp: ignore" in reason for reason in reasons(outcome))


def test_a_move_never_leaves_the_root(tmp_path: pathlib.Path) -> None:
    text = MIGRATION.replace("provider: openrouter", "provider: ../../x")
    for path in ("run_gradient.sh", "gradient/a.sh"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("echo $GRADIENT_API_KEY\n")
    try:
        loaded_migration = migration.parse(text, "x.yaml")
    except Exception:
        return  # the loader may refuse it already
    project = open_project(tmp_path, loaded_migration, ["run_gradient.sh", "gradient/a.sh"])
    outcome = engine.run(project, Options(pipeline=("paths",)))
    assert outcome.after.moves == {}


def synthetic(files: int) -> Project:
    paths = {
        f"p{n % 100}/s{n % 17}/gradient/f{n}.txt" if n % 50 == 0 else f"p{n % 100}/s{n % 17}/f{n}.txt"
        for n in range(files)
    }
    return Project(pathlib.Path("/nowhere"), loaded(), Vocabulary(loaded()), paths)


def test_asking_for_paths_is_fast_in_a_large_tree() -> None:
    project = synthetic(50_000)
    started = time.perf_counter()
    for number in range(20_000):
        assert not project.exists(f"p{number}/missing")
        project.taken(f"P{number}/X")
        project.origin(f"p{number}")
    for number in range(0, 1_700, 50):
        folder = f"p{number % 100}/s{number % 17}/gradient"
        assert project.below(folder)
        project.move(Move(folder, folder.replace("gradient", f"openrouter{number}")))
    assert time.perf_counter() - started < 20  # quadratic, it took minutes


def test_the_index_agrees_with_the_paths() -> None:
    project = synthetic(500)
    project.move(Move("p0/s0/gradient", "p0/s0/Other"))
    for folder in ("p0", "p0/s0", "p0/s0/gradient", "p0/s0/Other", "p1/s"):
        assert project.below(folder) == sorted(p for p in project.paths if p.startswith(f"{folder}/"))
        assert project.exists(folder) == bool(project.below(folder))
    moved = next(path for path in project.paths if path.startswith("p0/s0/Other/"))
    assert project.origin(moved) == moved.replace("Other", "gradient")
    assert project.taken(moved.upper()) == moved


ALIKE = "services:\n  api:\n    environment: [GRADIENT_API_KEY=x]\n"


def test_of_files_that_are_called_alike_each_reference_means_the_one_beside_it(tmp_path: pathlib.Path) -> None:
    contents = {
        "z/run_gradient.yaml": ALIKE,
        "z/run_openrouter.yaml": "services: {}\n",  # so that the first can't move
        "z/README.md": "GRADIENT_API_KEY: `docker compose -f run_gradient.yaml up`, [file](./run_gradient.yaml)\n",
        "b/run_gradient.yaml": ALIKE,
        "b/up.sh": "export GRADIENT_API_KEY=x\ndocker compose -f run_gradient.yaml up\n",
    }
    outcome = run(tmp_path, contents, "env_vars", "paths")
    assert outcome.after.moves == {"b/run_gradient.yaml": "b/run_openrouter.yaml"}
    assert "run_openrouter" in (outcome.after.text("b/up.sh") or "")
    assert (outcome.after.text("z/README.md") or "").count("run_gradient.yaml") == 2


def test_a_reference_that_can_mean_a_file_that_stays_keeps_all_of_them(tmp_path: pathlib.Path) -> None:
    contents = {
        "z/run_gradient.yaml": ALIKE,
        "z/run_openrouter.yaml": "services: {}\n",
        "b/run_gradient.yaml": ALIKE,
        "up.sh": 'cd "$1"\nexport GRADIENT_API_KEY=x\ndocker compose -f run_gradient.yaml up\n',
    }
    outcome = run(tmp_path, contents, "env_vars", "paths")
    assert outcome.after.moves == {}
    assert "-f run_gradient.yaml" in (outcome.after.text("up.sh") or "")
    told = "run_gradient.yaml can mean b/run_gradient.yaml and z/run_gradient.yaml: say which one is meant"
    assert told in reasons(outcome)


COMPOSE = """services:
  store:
    image: example/store:1
    environment: [GRADIENT_API_KEY=x]
    volumes: ["./gradient.conf:/etc/gradient.conf"]
  api:
    build: .
    volumes: ["./gradient.conf:/app/gradient.conf"]
"""


def test_a_path_in_an_image_of_others_stays(tmp_path: pathlib.Path) -> None:
    contents = {"docker-compose.yml": COMPOSE, "gradient.conf": "GRADIENT_API_KEY=x\n"}
    outcome = run(tmp_path, contents, "paths")
    text = outcome.after.text("docker-compose.yml") or ""
    assert '"./openrouter.conf:/etc/gradient.conf"' in text
    assert '"./openrouter.conf:/app/openrouter.conf"' in text
    assert outcome.balance.adds_up


def test_it_moves_where_the_project_says_to_its_programs_where_it_is(tmp_path: pathlib.Path) -> None:
    conf = "GRADIENT_API_KEY=x\n"
    contents = {
        "docker-compose.yml": COMPOSE,
        "gradient.conf": conf,
        "main.conf": f"{conf}include /etc/gradient.conf\n",
    }
    outcome = run(tmp_path, contents, "paths")
    assert '"./openrouter.conf:/etc/openrouter.conf"' in (outcome.after.text("docker-compose.yml") or "")
    assert "include /etc/openrouter.conf" in (outcome.after.text("main.conf") or "")


def test_the_end_of_an_address_is_no_path_of_the_project(tmp_path: pathlib.Path) -> None:
    here, there = "https://example.org/blob/main/bin/run_gradient.sh", "https://example.org/v1/run_gradient.sh"
    contents = {"bin/run_gradient.sh": "echo $GRADIENT_API_KEY\n", "a.md": f"GRADIENT_API_KEY: {there} {here}\n"}
    outcome = run(tmp_path, contents, "paths")
    found = [r.now.start for r in outcome.records if r.now.path == "a.md" and r.now.rule == "retired-path"]
    assert found == [contents["a.md"].index(here) + here.index("bin/")]
