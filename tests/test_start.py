"""It starts fast, and its own packages win over those of the repository it is started in."""

from __future__ import annotations

import json
import os
import pathlib
import signal
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parent.parent
HEAVY = {"libcst", "git", "github", "typer", "dbos", "ruamel", "tomlkit", "ast_grep_py", "rich", "pyflakes", "pathspec"}
LISTING = """
import json, sys
sys.argv = ["migrate", *{words!r}]
from offramp.__main__ import run
try:
    code = run()
except SystemExit as ended:
    code = ended.code
print(json.dumps(sorted({{name.partition(".")[0] for name in sys.modules}})), file=sys.stderr)
sys.exit(code)
"""


def imported(folder: pathlib.Path, *words: str) -> set[str]:
    """The top-level packages that a command has imported by its end."""
    command = [sys.executable, "-c", LISTING.format(words=list(words))]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COVERAGE_PROCESS_START": ""}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    names: list[str] = json.loads(done.stderr.splitlines()[-1])
    return set(names)


@pytest.fixture
def repository(tmp_path: pathlib.Path) -> pathlib.Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / "app.py").write_text("print('nothing of it')\n")
    (tmp_path / "m.yaml").write_text("schema: 1\nname: m\nenv: {OLD_NAME: NEW_NAME}\n")
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    return folder


def test_help_imports_nothing_heavy(repository: pathlib.Path) -> None:
    names = imported(repository, "--help")
    assert not names & (HEAVY | {"yaml", "ahocorasick_rs", "concurrent", "asyncio", "scanners", "reports"})


def test_a_scan_without_hits_imports_nothing_heavy(repository: pathlib.Path) -> None:
    names = imported(repository, "scan", "../m.yaml")
    assert not names & (HEAVY | {"asyncio", "reports", "concurrent", "multiprocessing"})


def test_a_scan_with_a_hit_in_an_env_file_needs_no_parser_of_code(repository: pathlib.Path) -> None:
    (repository / ".env").write_text("OLD_NAME=1\n")
    names = imported(repository, "scan", "../m.yaml", "--exit-zero", "--select", "retired-secret")
    assert not names & {"libcst", "git", "github", "typer", "dbos", "ruamel", "rich"}


def test_the_entry_point(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """In this process, where coverage sees it."""
    from offramp import __main__

    handler = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(sys, "path", ["/somebody/elses", *sys.path])
    monkeypatch.setattr(sys, "argv", ["migrate", "rules"])
    try:
        assert __main__.run() == 0
        assert sys.path[0] == str(ROOT)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, handler)
    assert "retired-env-var" in capsys.readouterr().out


FOREIGN = "raise SystemExit('the package of the repository was imported')\n"


@pytest.fixture
def hostile(repository: pathlib.Path) -> pathlib.Path:
    """A repository with packages of the names that this project uses, too."""
    for name in ("reports", "scanners", "codemods"):
        (repository / name).mkdir()
        (repository / name / "__init__.py").write_text(FOREIGN)
    (repository / "yaml.py").write_text("")
    (repository / ".env").write_text("OLD_NAME=1\n")
    return repository


def test_its_own_packages_win_as_a_command(hostile: pathlib.Path) -> None:
    """The installed script does this: sys.path begins with the script's folder, then PYTHONPATH."""
    script = hostile.parent / "migrate"
    script.write_text("import sys\nfrom offramp.__main__ import run\nif __name__ == '__main__':\n    sys.exit(run())\n")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(hostile / "nowhere"), str(ROOT)))}
    command = [sys.executable, str(script), "run", "../m.yaml"]
    done = subprocess.run(command, cwd=hostile, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done
    assert (hostile / ".env").read_text() == "NEW_NAME=1\n"


def test_its_own_packages_win_where_the_repository_is_on_the_path(hostile: pathlib.Path) -> None:
    (hostile / "yaml.py").unlink()  # names of other people's packages are beyond what an entry point can settle
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(hostile), str(ROOT)))}
    command = [sys.executable, "-m", "offramp", "run", "../m.yaml"]
    done = subprocess.run(command, cwd=hostile, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done
    assert (hostile / ".env").read_text() == "NEW_NAME=1\n"
