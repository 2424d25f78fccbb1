"""A setting that a file still reads, because the calls of its SDK are left to a person, stays in the env files above it."""

from __future__ import annotations

import pathlib

from offramp import engine, migration
from offramp.ledger import State
from offramp.project import open_project
from tests import cases

LEFT = 'import os\n\nimport askai\n\nclient = askai.Client(os.environ["GRADIENT_API_KEY"])\nclient.rank(query="a")\n'
PLAIN = 'import os\n\nkey = os.environ["GRADIENT_API_KEY"]\n'


def run(folder: pathlib.Path, files: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    outcome = engine.run(open_project(folder, migration.load(str(cases.FOLDER / "migration.yaml"))))
    assert outcome.balance.adds_up
    texts = {path: found.text if (found := outcome.after.documents.get(path)) else files[path] for path in files}
    return texts, [record.reason for record in outcome.records if record.state is State.REFUSED]


def test_the_new_name_comes_beside_the_old_one(tmp_path: pathlib.Path) -> None:
    files = {"bot.py": LEFT, "other.py": PLAIN, ".env.example": "# for the bot\nGRADIENT_API_KEY=\nPORT=80\n"}
    texts, reasons = run(tmp_path / "one", files)
    assert texts["bot.py"] == LEFT
    assert "OPENROUTER_API_KEY" in texts["other.py"]
    assert texts[".env.example"] == "# for the bot\nGRADIENT_API_KEY=\nPORT=80\nOPENROUTER_API_KEY=\n"
    assert "bot.py still reads it: rewrite its calls first, then remove GRADIENT_API_KEY" in reasons
    assert run(tmp_path / "two", texts)[0] == texts


def test_no_value_is_made_up(tmp_path: pathlib.Path) -> None:
    texts, reasons = run(tmp_path, {"bot.py": LEFT, ".env": "GRADIENT_API_KEY=x\n"})
    assert texts[".env"] == "GRADIENT_API_KEY=x\n"
    assert "bot.py still reads it: rewrite its calls first; until then add OPENROUTER_API_KEY beside it" in reasons


def test_only_what_is_read_below(tmp_path: pathlib.Path) -> None:
    texts, _ = run(
        tmp_path,
        {
            "bot/bot.py": LEFT,
            "api/.env.example": "GRADIENT_API_KEY=\n",
            ".env.example": "# GRADIENT_API_KEY is for the bot\nGRADIENT_MODEL=\n",
        },
    )
    assert texts["api/.env.example"] == "OPENROUTER_API_KEY=\n"
    assert "GRADIENT_MODEL" not in texts[".env.example"]


COMPOSE = """\
services:
  api:
    build:
      context: .
      args:
        GRADIENT_BASE_URL: ${GRADIENT_BASE_URL}
    environment:
      GRADIENT_API_KEY: ${GRADIENT_API_KEY}
      MODEL: ${GRADIENT_MODEL}
  worker:
    build: .
    environment:
      - GRADIENT_API_KEY
      - PORT=80
  bare:
    build: .
    environment: [GRADIENT_API_KEY]
  listed:
    build: .
    environment:
      - GRADIENT_API_KEY=${GRADIENT_API_KEY}
  both:
    build: .
    environment: {GRADIENT_API_KEY: x, OPENROUTER_API_KEY: y}
"""
COMPOSE_AFTER = """\
services:
  api:
    build:
      context: .
      args:
        OPENROUTER_BASE_URL: ${OPENROUTER_BASE_URL}
    environment:
      GRADIENT_API_KEY: ${GRADIENT_API_KEY}
      MODEL: ${OPENROUTER_MODEL}
      OPENROUTER_API_KEY: ${OPENROUTER_API_KEY}
  worker:
    build: .
    environment:
      - GRADIENT_API_KEY
      - PORT=80
      - OPENROUTER_API_KEY=${OPENROUTER_API_KEY}
  bare:
    build: .
    environment: [GRADIENT_API_KEY, OPENROUTER_API_KEY]
  listed:
    build: .
    environment:
      - GRADIENT_API_KEY=${GRADIENT_API_KEY}
      - OPENROUTER_API_KEY=${OPENROUTER_API_KEY}
  both:
    build: .
    environment: {GRADIENT_API_KEY: x, OPENROUTER_API_KEY: y}
"""
WORKFLOW = """\
on: push
jobs:
  ask:
    runs-on: ubuntu-latest
    steps:
      - run: python bot.py
        env:
          GRADIENT_API_KEY: ${{ secrets.GRADIENT_API_KEY }}
      - uses: acme/ask@v1
        with: {key: "${{ secrets.GRADIENT_API_KEY }}"}
"""
WORKFLOW_AFTER = """\
on: push
jobs:
  ask:
    runs-on: ubuntu-latest
    steps:
      - run: python bot.py
        env:
          GRADIENT_API_KEY: ${{ secrets.GRADIENT_API_KEY }}
          OPENROUTER_API_KEY: ${{ secrets.OPENROUTER_API_KEY }}
      - uses: acme/ask@v1
        with: {key: "${{ secrets.OPENROUTER_API_KEY }}"}
"""


def test_compose_and_workflows_hold_both_names(tmp_path: pathlib.Path) -> None:
    flow = ".github/workflows/ask.yml"
    files = {"bot.py": LEFT, "docker-compose.yml": COMPOSE, flow: WORKFLOW, "web/compose.yml": COMPOSE}
    texts, reasons = run(tmp_path / "one", files)
    assert texts["bot.py"] == LEFT
    assert texts["docker-compose.yml"] == COMPOSE_AFTER
    assert texts[flow] == WORKFLOW_AFTER
    assert "GRADIENT" not in texts["web/compose.yml"].partition("  both:")[0]  # no reader below
    assert "bot.py still reads it: rewrite its calls first, then remove GRADIENT_API_KEY" in reasons
    told = "bot.py still reads GRADIENT_API_KEY, which gets its value here: rewrite its calls first, then change this"
    assert told in reasons
    assert run(tmp_path / "two", texts)[0] == texts


def test_manifests_and_json_hold_both_names(tmp_path: pathlib.Path) -> None:
    pod = "kind: Other\n---\nspec:\n  containers:\n    - env:\n        - name: GRADIENT_API_KEY\n          value: x\n"
    after = f"{pod}        - name: OPENROUTER_API_KEY\n          value: x\n"
    files = {"bot.py": LEFT, "pod.yaml": pod, "vercel.json": '{"env": {"GRADIENT_API_KEY": "@key"}}\n'}
    texts, _ = run(tmp_path, files)
    assert texts["pod.yaml"] == after
    assert texts["vercel.json"] == '{"env": {"GRADIENT_API_KEY": "@key", "OPENROUTER_API_KEY": "@key"}}\n'


def test_what_can_not_be_added_by_rule_is_told(tmp_path: pathlib.Path) -> None:
    shared = (
        "services:\n  api:\n    build: .\n    environment: &web\n      GRADIENT_API_KEY: x\n"
        "  worker:\n    build: .\n    environment: *web\n"
    )
    pod = (
        "spec:\n  containers:\n    - env:\n        - name: GRADIENT_API_KEY\n"
        "          valueFrom: {secretKeyRef: {name: llm, key: api-key}}\n"
    )
    block = pod.replace("valueFrom: {secretKeyRef: ", "valueFrom:\n            secretKeyRef: ").replace("}}\n", "}\n")
    files = {
        "bot.py": LEFT,
        "compose.yml": shared,
        "pod.yaml": pod,
        "block.yaml": block,
        "settings.yaml": "llm:\n  GRADIENT_API_KEY: x\n",
    }
    texts, reasons = run(tmp_path, files)
    assert (texts["compose.yml"], texts["pod.yaml"], texts["block.yaml"]) == (shared, pod, block)
    assert texts["settings.yaml"] == "llm:\n  OPENROUTER_API_KEY: x\n"  # no environment
    by_hand = "bot.py still reads it: rewrite its calls first; until then add OPENROUTER_API_KEY beside it"
    assert by_hand in reasons
    assert any(reason.startswith(f"{by_hand}; 'environment' is shared by an anchor") for reason in reasons)
