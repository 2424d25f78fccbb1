"""Report what in a repository still refers to what a migration retires. Nothing is written.

examples:
  migrate scan gradient-to-openrouter
  migrate scan ./my-migration.yaml services/api --select retired-env-var
  migrate scan gradient-to-openrouter --format json -o findings.json
"""

from __future__ import annotations

import argparse
import time

from offramp import engine, migration
from offramp.cli import options as shared
from offramp.project import open_project


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("migration", metavar="MIGRATION", help="name of a built-in migration, or path of a file")
    parser.add_argument("path", metavar="PATH", nargs="?", default=".", help="the folder to scan (default: this one)")
    parser.add_argument("--all", action="store_true", help="also findings of low confidence")
    shared.add_selection(parser)
    shared.add_output(parser)


def execute(options: argparse.Namespace) -> int:
    started = time.perf_counter()
    chosen = shared.selection(options)
    loaded = migration.load(options.migration)
    root = shared.open_tree(options)
    project = open_project(root, loaded, include=chosen.include, jobs=options.jobs)
    with shared.progress_bar(options, len(project.paths)) as progress:
        result = engine.scan(project, chosen, progress, low=options.all)
    seconds = time.perf_counter() - started
    if options.format == "json":
        from reports import json_document

        document = json_document.scan_document(
            loaded.name,
            result.findings,
            result.answers,
            project.documents,
            scanned=len(project.paths),
            errors=project.errors,
            seconds=seconds,
        )
        shared.write(options, json_document.dump(document))
    elif result.findings or project.errors or result.suppressed:
        from reports import console

        shared.write(options, console.scan(project, result, options, seconds))
    else:
        shared.write(options, f"Nothing found: {len(project.paths):,} files, {seconds:.2f} s.\n".encode())
    return 1 if result.findings else 0
