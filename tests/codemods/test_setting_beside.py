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
