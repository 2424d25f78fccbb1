"""A small app on the old SDK, and what must become of it: fixtures/apps/NAME/tree with fixtures/apps/NAME/scenario.yaml.

    requires: [openai]                       distributions that the migrated requirements must name
    gone: [cohere]                           and such that they must no longer name
    exit: 0                                  of `migrate run`; 0 unless said otherwise
    runs:
      - settings: {OPENROUTER_API_KEY: stub-key}
        command: [python, app.py]
        exchanges:
          - request: POST https://openrouter.ai/api/v1/chat/completions
            headers: {authorization: Bearer stub-key}
            body: {model: openai/gpt-4o-mini}
            without: [max_tokens_to_sample]
            response: {json: {…}}            or {events: [{…}, "[DONE]"]}, {text: …}; with status and headers
        prints: |
          Hello

NAME is a built-in migration; a second app for the same one is `NAME.what-is-special`. The tree is copied, migrated by
`migrate run`, its requirements are installed from the registry, and each run's command is run against the stub.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
from typing import Any

import yaml

from tests.behaviour.stub import Exchange, Stub, serving

ROOT = pathlib.Path(__file__).parent.parent.parent
APPS = ROOT / "fixtures" / "apps"
CONSTRAINTS = pathlib.Path(__file__).parent / "constraints.txt"
UNREACHABLE = re.compile(
    r"NewConnectionError|NameResolutionError|name resolution|Max retries|timed out|ProxyError|Connection refused|Network is unreachable"
)


class NoRegistry(Exception):
    """The package registry can't be reached."""


@dataclasses.dataclass(frozen=True)
class Run:
    command: list[str]
    exchanges: list[Exchange]
    prints: str
    settings: dict[str, str] = dataclasses.field(default_factory=dict)

    @classmethod
    def of(cls, data: dict[str, Any]) -> Run:
        exchanges = [
            Exchange(**{**entry, "without": tuple(entry.get("without", ()))}) for entry in data.get("exchanges", [])
        ]
        return cls(**{**data, "exchanges": exchanges})


@dataclasses.dataclass(frozen=True)
class Scenario:
    folder: pathlib.Path
    requires: list[str]
    runs: list[Run]
    gone: list[str] = dataclasses.field(default_factory=list)
    exit: int = 0

    @classmethod
    def read(cls, folder: pathlib.Path) -> Scenario:
        data = yaml.safe_load((folder / "scenario.yaml").read_text(encoding="utf-8"))
        return cls(folder=folder, **{**data, "runs": [Run.of(run) for run in data["runs"]]})

    @property
    def migration(self) -> str:
        return self.folder.name.partition(".")[0]


def migrate(scenario: Scenario, copy: pathlib.Path) -> subprocess.CompletedProcess[str]:
    """Run the built-in migration on a tree."""
    command = [sys.executable, "-m", "offramp", "run", scenario.migration, str(copy)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    return subprocess.run(command, env=environment, text=True, capture_output=True, check=False)


def distributions(requirements: pathlib.Path) -> set[str]:
    """What a requirements file names, as the registry compares names."""
    lines = [line.partition("#")[0].strip() for line in requirements.read_text(encoding="utf-8").splitlines()]
    return {re.sub(r"[-_.]+", "-", re.split(r"[\s\[<>=!~;@]", line)[0]).lower() for line in lines if line}


def python_for(requirements: pathlib.Path, cache: pathlib.Path) -> pathlib.Path:
    """An interpreter with what a requirements file asks for, at the versions of constraints.txt.

    Raises:
        NoRegistry: it can't be installed, because the registry can't be reached.
    """
    wanted = requirements.read_bytes() + CONSTRAINTS.read_bytes() + sys.version.encode()
    folder = cache / hashlib.sha256(wanted).hexdigest()[:16]
    python = folder / "bin" / "python"
    if (folder / "complete").exists():
        return python
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
    command = [*pip, "install", "--quiet", "--retries", "1", "-r", str(requirements), "-c", str(CONSTRAINTS)]
    done = subprocess.run(command, text=True, capture_output=True, check=False)
    if done.returncode:
        if (line := next((line for line in done.stderr.splitlines() if UNREACHABLE.search(line)), None)) is not None:
            raise NoRegistry(line)
        raise AssertionError(f"pip install failed:\n{done.stderr}")
    (folder / "complete").touch()
    return python


def play(run: Run, copy: pathlib.Path, python: pathlib.Path, folder: pathlib.Path) -> list[str]:
    """Run an app against the stub; what was not as the scenario says, a line each."""
    stub = Stub(run.exchanges)
    with serving(stub, folder) as reached:
        environment = {
            "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(folder),
            "PYTHONDONTWRITEBYTECODE": "1",
            **reached,
            **run.settings,
        }
        command = [str(python) if word == "python" else word for word in run.command]
        done = subprocess.run(
            command, cwd=copy, env=environment, text=True, capture_output=True, timeout=60, check=False
        )
    told = stub.verdict()
    if done.returncode:
        told.append(f"{' '.join(run.command)} ended with {done.returncode}:\n{done.stderr}")
    if done.stdout != run.prints:
        told.append(f"it must print {run.prints!r}, and prints {done.stdout!r}")
    return told
