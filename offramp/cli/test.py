"""Run the examples inside a migration file: each `before` must become its `after`, and stay so.

examples:
  migrate test gradient-to-openrouter
  migrate test ./my-migration.yaml
"""

from __future__ import annotations

import argparse
import difflib
import pathlib
import tempfile

from offramp import engine, migration
from offramp.model import Problem
from offramp.project import open_project


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("migration", metavar="MIGRATION", help="name of a built-in migration, or path of a file")


def execute(options: argparse.Namespace) -> int:
    loaded = migration.load(options.migration)
    if not loaded.examples:
        hint = "Write some: `examples:` with {path, before, after} each."
        raise Problem("the migration has no examples", place=options.migration, hint=hint)
    failed = 0
    for example in loaded.examples:
        outcome = convert(loaded, example.path, example.before)
        again = convert(loaded, example.path, outcome)
        if outcome == example.after and again == outcome:
            continue
        failed += 1
        print(f"{options.migration}:{example.line}: {example.path} does not become its `after`")
        expected, got = example.after.splitlines(), (outcome if outcome != example.after else again).splitlines()
        print("\n".join(difflib.unified_diff(expected, got, "expected", "got", lineterm="")))
    print(f"{len(loaded.examples) - failed} passed, {failed} failed")
    return 1 if failed else 0


def convert(loaded: migration.Migration, path: str, text: str) -> str:
    """What a run makes of one file with this text."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())
        project = engine.run(open_project(root, loaded, [path])).after
        return next(project.text(p) or "" for p in project.paths if project.origin(p) == path)
