"""What fail-fast does to a program: the same with the setting, and an error that says what to do without it.

Each program is migrated in memory, then run before and after, with the setting in the environment and without it.
"""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys

import pytest
import yaml

from offramp import engine, migration
from offramp.engine import Options
from offramp.project import open_project
from tests import cases

MESSAGE = re.compile(r"RuntimeError: .*(?:is not set|could not be read).*Check: 1\. .*2\. .*3\. restart\.", re.DOTALL)
LOGGER = "import logging\nimport os\nlogger = logging.getLogger()\n"
# name: (program, value of the setting, what it prints with the setting)
PROGRAMS = {
    "lookup": ("import os\nprint(os.getenv('OPENROUTER_MODEL', 'qwen/qwen3-32b'))\n", "m1"),
    "environ": ("import os as o\nprint(o.environ.get('OPENROUTER_MODEL', default='qwen/qwen3-32b'))\n", "m1"),
    "alias": ("from os import environ as env\nprint(env.get('OPENROUTER_MODEL', 'qwen/qwen3-32b'))\n", "m1"),
    "bound": ("import os\ne = os.environ\nprint(e.get('OPENROUTER_MODEL', 'qwen/qwen3-32b'))\n", "m1"),
    "constant": (
        "import os\nDEFAULT_MODEL = 'qwen/qwen3-32b'\nprint(os.getenv('OPENROUTER_MODEL', DEFAULT_MODEL))\n",
        "m1",
    ),
    "or": ("import os\nprint((os.getenv('OPENROUTER_MODEL') or 'qwen/qwen3-32b').upper())\n", "m1"),
    "empty": ("import os\nprint(os.getenv('OPENROUTER_MODEL', '') or 'qwen/qwen3-32b')\n", "m1"),
    "chain": (
        "import os\nprint(os.getenv('A_MODEL') or os.environ.get('OPENROUTER_MODEL') or 'qwen/qwen3-32b')\n",
        "m1",
    ),
    "nested": (
        "from os import getenv\nprint(getenv('OPENROUTER_MODEL', getenv('OPENROUTER_MODEL', 'qwen/qwen3-32b')))\n",
        "m1",
    ),
    "except": (
        "import json\nimport os\n\n\ndef load(path):\n    try:\n        with open(path) as handle:\n"
        "            model = json.load(handle)['model']\n    except Exception:\n        model = 'qwen/qwen3-32b'\n"
        "    return model\n\n\nif 'OPENROUTER_MODEL' in os.environ:\n    with open('m.json', 'w') as handle:\n"
        "        json.dump({'model': os.environ['OPENROUTER_MODEL']}, handle)\nprint(load('m.json'))\n",
        "m1",
    ),
    "guard": (
        LOGGER + "\n\ndef client():\n    key = os.getenv('OPENROUTER_API_KEY')\n    if not key:\n"
        "        logger.warning('no key')\n        return None\n    return [key]\n\n\nclient()\nprint(os.environ.get('OPENROUTER_API_KEY', ''))\n",
        "k1",
    ),
    "warned": (
        LOGGER + "KEY = os.getenv('OPENROUTER_API_KEY')\n\n\ndef ask():\n    if not KEY:\n"
        "        logger.warning('no key')\n    return KEY\n\n\nprint(ask())\n",
        "k1",
    ),
    "one line": (
        "import os\n\n\ndef ask():\n    key = os.getenv('OPENROUTER_API_KEY')\n    if key is None: print('no key')\n"
        "    return key\n\n\nprint(ask())\n",
        "k1",
    ),
    "readiness": (
        "import os\n\n\ndef ready():\n    if not os.getenv('OPENROUTER_API_KEY'):\n        return {'status': 'ok'}\n"
        "    return os.environ['OPENROUTER_API_KEY']\n\n\nprint(ready())\n",
        "k1",
    ),
}


def migrated(root: pathlib.Path, program: str) -> str:
    (root / "app.py").write_text(program, encoding="utf-8")
    sections = yaml.safe_load((cases.FOLDER / "migration.yaml").read_text(encoding="utf-8"))
    project = open_project(root, migration.parse(yaml.safe_dump(sections), "case.yaml"), ["app.py"])
    outcome = engine.run(project, Options(pipeline=("fail_fast",)))
    assert outcome.changed, [record.reason for record in outcome.records]
    return outcome.after.documents["app.py"].text


def run(root: pathlib.Path, program: str, settings: dict[str, str]) -> tuple[int, str, str]:
    root.mkdir()
    (root / "program.py").write_text(program, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENROUTER_")}
    done = subprocess.run(
        [sys.executable, "program.py"],
        cwd=root,
        env={**environment, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.strip(), done.stderr


@pytest.mark.parametrize("name", PROGRAMS)
def test_same_with_the_setting_and_an_error_without(name: str, tmp_path: pathlib.Path) -> None:
    before, value = PROGRAMS[name]
    after = migrated(tmp_path, before)
    settings = {"OPENROUTER_MODEL": value, "OPENROUTER_API_KEY": value}
    was = run(tmp_path / "before", before, settings)
    now = run(tmp_path / "after", after, settings)
    assert was[:2] == now[:2]
    assert now[0] == 0
    assert now[1].lower() == value
    assert run(tmp_path / "hidden", before, {})[0] == 0, "what is missing was hidden"
    code, _, errors = run(tmp_path / "missing", after, {})
    assert code == 1
    assert MESSAGE.search(errors), errors


def test_readiness_that_returns_a_truth_value_says_no(tmp_path: pathlib.Path) -> None:
    before = (
        "import os\n\n\ndef is_ready():\n    if not os.getenv('OPENROUTER_API_KEY'):\n        return True\n"
        "    return True\n\n\nprint(is_ready())\n"
    )
    after = migrated(tmp_path, before)
    assert run(tmp_path / "with", after, {"OPENROUTER_API_KEY": "k"})[1] == "True"
    assert run(tmp_path / "without", after, {})[1] == "False"
