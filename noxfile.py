"""Every task of the project: `nox -s demo`, `nox -s tests`, `nox -s lint types`, …; `nox -l` lists them."""

from __future__ import annotations

import os
import pathlib
import shutil

import nox

nox.options.sessions = ["lint", "types", "tests"]
nox.options.reuse_existing_virtualenvs = True
nox.options.default_venv_backend = "venv"
nox.needs_version = ">=2024.10"

HERE = pathlib.Path(__file__).parent
LOCK = ("-c", "requirements.lock")
PACKAGES = ("offramp", "scanners", "codemods", "reports")
TESTS = ("pytest", "pytest-cov", "pytest-xdist", "pytest-snapshot", "hypothesis", "jsonschema", "tomlkit", "libcst")
PEERS = ("ast-grep-cli", "libcst", "hypothesis", "mypy")  # and files to rename in
GRAMMARS = ("tree-sitter", "tree-sitter-bash", "tree-sitter-powershell", "tree-sitter-make", "tree-sitter-batch")
READERS = (
    "python-dotenv",
    "tomlkit",
    "python-hcl2",
    "markdown-it-py",
    "json5",
    "javaproperties",
    "packaging",
    *GRAMMARS,
    "check-jsonschema",
    "zizmor",
)  # independent readers of the formats
BEHAVIOUR = ("pytest", "trustme", "hypothesis")  # which conftest.py sets up


def install(session: nox.Session, *packages: str) -> None:
    session.install("--quiet", "--disable-pip-version-check", *LOCK, *packages)


@nox.session
def demo(session: nox.Session) -> None:
    """Install and run the main job on a copy of the bundled example, in ./demo."""
    install(session, ".")
    demo_folder = HERE / "demo"
    shutil.rmtree(demo_folder, ignore_errors=True)
    ignored = shutil.ignore_patterns("__pycache__", ".pytest_cache")
    shutil.copytree(HERE / "fixtures" / "opsdesk", demo_folder, ignore=ignored)
    session.run("git", "init", "--quiet", str(demo_folder), external=True)
    session.run("git", "-C", str(demo_folder), "add", "-A", external=True)
    identity = ("-c", "user.name=Demo", "-c", "user.email=demo@example.org")
    session.run("git", "-C", str(demo_folder), *identity, "commit", "--quiet", "-m", "Before", external=True)
    session.run("migrate", "run", "fixtures/opsdesk.migration.yaml", "demo", *session.posargs, success_codes=[0, 1])
    session.log("The change is in ./demo: look at it with `git -C demo diff`.")


@nox.session
def tests(session: nox.Session) -> None:
    """The everyday tests, on several cores, with branch coverage."""
    install(session, *TESTS, *READERS)
    install(session, "-e", ".")
    workers = os.environ.get("TEST_WORKERS", "auto")
    arguments = session.posargs or ["--cov", "--cov-report=", "--cov-config=pyproject.toml"]
    session.run("pytest", "-q", "-n", workers, *arguments)
    if not session.posargs:
        session.run("coverage", "report", "--skip-covered", "--fail-under=95")
        session.run("coverage", "report", "--include=codemods/*,scanners/python*", "--fail-under=100")


@nox.session
def behaviour(session: nox.Session) -> None:
    """Migrate the apps of fixtures/apps, install the new SDKs from the registry, and run the apps against a stub."""
    install(session, *BEHAVIOUR)
    install(session, "-e", ".")
    kept = {"BEHAVIOUR": "1", "BEHAVIOUR_CACHE": str(pathlib.Path(session.create_tmp()).resolve() / "interpreters")}
    session.run("pytest", "-q", "tests/behaviour", *session.posargs, env=kept)


@nox.session
def real(session: nox.Session) -> None:
    """Migrate whole trees in memory and judge the result: nox -s real -- MIGRATION TREE…"""
    install(session, "libcst", "-e", ".")
    session.run("python", "-m", "tests.nets.real", *session.posargs)


@nox.session
def generated(session: nox.Session) -> None:
    """All generated programs: run, migrated in memory, run again (the everyday tests take a share of them)."""
    install(session, *TESTS, *READERS)
    install(session, "-e", ".")
    workers = os.environ.get("TEST_WORKERS", "auto")
    programs = {"GENERATED_PROGRAMS": os.environ.get("GENERATED_PROGRAMS", "250")}
    session.run("pytest", "-q", "-n", workers, "tests/generated", *session.posargs, env=programs)


@nox.session
def corpus(session: nox.Session) -> None:
    """The standard library and thousands of files of PyPI, parsed and renamed in; `-- --share N`: every Nth."""
    install(session, "libcst", "-e", ".")
    session.run("python", "-m", "tests.nets.corpus", *session.posargs)


@nox.session
def formats(session: nox.Session) -> None:
    """Edits of real files of every format: `-- [FORMAT…] [--share N] [--folder FOLDER]`."""
    install(session, *READERS, "-e", ".")
    session.run("python", "-m", "tests.nets.formats", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Style, and the directions in which modules may import each other."""
    install(session, "ruff", "import-linter", ".")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("lint-imports", env={"PYTHONPATH": str(HERE)})


@nox.session
def types(session: nox.Session) -> None:
    """Mypy, strict."""
    install(session, "mypy", "types-PyYAML", "types-jsonschema", ".")
    session.run("mypy")


@nox.session
def tables(session: nox.Session) -> None:
    """Say whether the tables of the built-in migrations are those of today's SDKs; `-- --write` renews them."""
    session.install("--quiet", "-r", "tables/sdks.txt")
    session.install("--quiet", "--no-deps", "--ignore-requires-python", "-r", "tables/catalogues.txt")
    renew = "--write" in session.posargs
    session.run("python", "-W", "ignore", "tables/generate.py", *([] if renew else ["--check"]))


@nox.session
def bench(session: nox.Session) -> None:
    """The benchmarks, beside the tools that they are compared with."""
    install(session, *PEERS)
    install(session, ".")
    session.run("python", "benchmarks/python_rename.py", *session.posargs)


@nox.session
def memory(session: nox.Session) -> None:
    """A million lines of YAML in 10,000 files, scanned and migrated: time, and memory below 500 MB."""
    install(session, "-e", ".")
    session.run("python", "benchmarks/yaml_million.py", *(session.posargs or ["--limit", "500"]))


@nox.session
def consumers(session: nox.Session) -> None:
    """What check-jsonschema and zizmor say of trees before and after: nox -s consumers -- MIGRATION TREE…"""
    install(session, *READERS, "-e", ".")
    session.run("python", "-m", "tests.nets.consumers_yaml", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Write the pages that are made from the code."""
    install(session, ".")
    session.run("python", "docs/generate.py")


@nox.session
def lock(session: nox.Session) -> None:
    """Pin every package that the sessions install, at its newest version, in requirements.lock."""
    tools = ("ruff", "import-linter", "mypy", "types-PyYAML", "types-jsonschema", "nox")
    session.install("--quiet", "--upgrade", ".", *TESTS, *BEHAVIOUR, *PEERS, *READERS, *tools)
    frozen = session.run("python", "-m", "pip", "freeze", "--exclude", "offramp", silent=True) or ""
    pins = [line for line in frozen.splitlines() if "==" in line]
    text = "# Versions that the sessions of noxfile.py install; made by `nox -s lock`.\n" + "\n".join(pins) + "\n"
    (HERE / "requirements.lock").write_text(text)
