"""Write docs/rules.md, docs/rules/ and docs/commands/ from the code: `nox -s docs`. A test holds them equal."""

from __future__ import annotations

import argparse
import importlib
import inspect
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from codemods import PIPELINE  # noqa: E402  # the path has to come first
from offramp.cli import COMMANDS, rules  # noqa: E402
from offramp.evidence import SEVERITY  # noqa: E402

NOTE = "<!-- Made by docs/generate.py from the code: edit that, not this. -->\n\n"


def pages() -> dict[str, str]:
    """Path below docs/ → text of every generated page."""
    result = {"rules.md": _index()}
    for rule in SEVERITY:
        result[f"rules/{rule}.md"] = _rule(rule)
    for command in COMMANDS:
        result[f"commands/{command}.md"] = _command(command)
    return result


def _index() -> str:
    rows = [
        f"| [{rule}](rules/{rule}.md) | {severity.name.lower()} | {rules.DESCRIPTIONS[rule]} |"
        for rule, severity in SEVERITY.items()
    ]
    table = "\n".join(("| rule | severity | finds |", "|---|---|---|", *rows))
    steps = "\n".join(f"{number}. `{name}`: {_subject(name)}" for number, name in enumerate(PIPELINE, 1))
    order = "## The order of a run\n\nEach step becomes one commit of `--commit`."
    return f"# Rules\n\n{NOTE}{table}\n\n{order}\n\n{steps}\n"


def _subject(name: str) -> str:
    return str(importlib.import_module(f"codemods.{name}").SUBJECT)


def _rule(rule: str) -> str:
    parts = [f"# {rule}\n\n{NOTE}Severity: {SEVERITY[rule].name.lower()}. Finds {rules.DESCRIPTIONS[rule]}."]
    for name in PIPELINE:
        module = importlib.import_module(f"codemods.{name}")
        if rule in module.RULES:
            parts.append(f"## {name}\n\n{inspect.cleandoc(module.__doc__ or '')}")
            parts.append(f"Cases: [fixtures/codemods/{name}.md](../../fixtures/codemods/{name}.md)")
    parts.append(
        "## To leave one alone\n\nIn a comment on its line, or alone on the line before:\n\n"
        f"    offramp: ignore[{rule}] REASON\n\nor `keep:` in the migration file, for a name or for `path:GLOB`."
    )
    return "\n\n".join(parts) + "\n"


def _command(name: str) -> str:
    module = importlib.import_module(f"offramp.cli.{name}")
    os.environ["COLUMNS"] = "100"
    parser = argparse.ArgumentParser(
        prog=f"migrate {name}", description=module.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    module.configure(parser)
    parser.add_argument("--exit-zero", action="store_true", help="exit 0 even where findings remain")
    return f"# migrate {name}\n\n{NOTE}{COMMANDS[name].capitalize()}.\n\n```\n{parser.format_help()}```\n"


def main() -> None:
    for path, text in pages().items():
        target = HERE / path
        target.parent.mkdir(exist_ok=True)
        target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
