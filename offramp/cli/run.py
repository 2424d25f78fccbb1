"""Take a repository off a retired provider: scan, rewrite, verify, report.

Writes into the working tree and asks nothing; `migrate undo` takes it back byte for byte. What can't be changed is
listed with its place and the reason.

examples:
  migrate run gradient-to-openrouter --dry-run          print the change as a diff, write nothing
  migrate run gradient-to-openrouter                    make the change
  migrate run ./my.yaml services/api --verify 'pytest'  keep it only if the command passes before and after
  migrate run gradient-to-openrouter --commit           a branch with one commit per kind of change
"""

from __future__ import annotations

import argparse
import dataclasses
import pathlib
import subprocess
import sys
from collections.abc import Sequence

from offramp import changes, engine, files, migration, transaction
from offramp.cli import options as shared
from offramp.engine import Outcome
from offramp.journal import FileChange
from offramp.model import Problem
from offramp.project import open_project


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("migration", metavar="MIGRATION", help="name of a built-in migration, or path of a file")
    parser.add_argument("path", metavar="PATH", nargs="?", default=".", help="the folder to change (default: this one)")
    how = parser.add_argument_group("how")
    how.add_argument("--dry-run", action="store_true", help="print the diff and write nothing")
    how.add_argument("--verify", metavar="CMD", help="run a command before and after; roll back when it newly fails")
    how.add_argument("--commit", action="store_true", help="make a branch with one commit per codemod, from HEAD")
    how.add_argument("--branch", metavar="NAME", help="the branch that --commit makes (offramp/MIGRATION)")
    how.add_argument("--allow-dirty", action="store_true", help="run although there are uncommitted changes")
    how.add_argument("--no-fail-fast", action="store_true", help="leave hard-coded fallbacks as they are")
    shared.add_selection(parser)
    shared.add_output(parser)


@dataclasses.dataclass(frozen=True, slots=True)
class Verification:
    """What the command of --verify said after the change."""

    command: str
    passed: bool
    output: str


def execute(options: argparse.Namespace) -> int:
    chosen = shared.selection(options, fail_fast=not options.no_fail_fast)
    loaded = migration.load(options.migration)
    root = files.tree_root(options.path)
    if options.commit:
        return _commit(options, chosen, loaded, root)
    if not options.dry_run:
        _prepare(options, root)
    before = _verify(options, root) if options.verify and not options.dry_run else None
    if before is not None and not before.passed:
        hint = f"It fails already, so it can prove nothing. Its last words:\n{_tail(before.output)}"
        raise Problem(f"`{options.verify}` fails before the run", place=str(root), hint=hint)
    outcome = _run(options, chosen, loaded, root)
    todo = changes.of(outcome)
    if options.dry_run:
        _report(options, outcome, todo, applied=False)
        return 1 if outcome.balance.left else 0
    if todo:
        transaction.apply(root, todo, loaded.name)
    after = _verify(options, root) if before is not None else None
    if after is not None and not after.passed:
        transaction.undo(root) if todo else None
        _report(options, outcome, todo, applied=False, verification=after)
        return 3
    _report(options, outcome, todo, applied=bool(todo), verification=after)
    return 1 if outcome.balance.left else 0


def _run(
    options: argparse.Namespace, chosen: engine.Options, loaded: migration.Migration, root: pathlib.Path
) -> Outcome:
    project = open_project(root, loaded, include=chosen.include, jobs=options.jobs)
    with shared.progress_bar(options, len(project.paths)) as progress:
        outcome = engine.run(project, chosen, progress)
    if not outcome.balance.adds_up:
        hint = "Nothing was written. This is a mistake of offramp: please report it with the output of --format json."
        raise Problem(f"the balance of the run does not add up: {outcome.balance}", place=str(root), hint=hint)
    return outcome


def _prepare(options: argparse.Namespace, root: pathlib.Path) -> None:
    if transaction.recover(root):
        print("migrate: an earlier run was interrupted; it was taken back first.", file=sys.stderr)
    status = files.git(root, "status", "--porcelain", "--untracked-files=no", "--", ".")
    if status and not options.allow_dirty:
        names = [line[3:] for line in status.decode("utf-8", "replace").splitlines()]
        listed = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        hint = "Commit or stash them, so that the change can be reviewed by itself; or add --allow-dirty."
        raise Problem(f"there are uncommitted changes: {listed}", place=str(root), hint=hint)


def _verify(options: argparse.Namespace, root: pathlib.Path) -> Verification:
    done = subprocess.run(
        options.verify, shell=True, cwd=root, capture_output=True, text=True, errors="replace", check=False
    )
    return Verification(options.verify, done.returncode == 0, done.stdout + done.stderr)


def _tail(output: str) -> str:
    from offramp.redaction import redact

    return "\n".join("    " + redact(line) for line in output.splitlines()[-12:])


def _report(
    options: argparse.Namespace,
    outcome: Outcome,
    todo: Sequence[FileChange],
    *,
    applied: bool,
    verification: Verification | None = None,
) -> None:
    if options.format == "json":
        from reports import json_document

        facts = None
        if verification is not None:
            facts = {"command": verification.command, "passed": verification.passed, "output": _tail(verification.output)}
        document = json_document.run_document(outcome, todo, applied=applied, verification=facts)
        shared.write(options, json_document.dump(document).encode())
        return
    from reports import console

    if options.dry_run:
        from reports import diff

        shared.write(options, diff.unified(todo))
        sys.stdout.flush()
        sys.stderr.write(console.run(outcome, todo, options, applied=False, stream=sys.stderr).decode())
        return
    shared.write(options, console.run(outcome, todo, options, applied=applied, stream=sys.stdout))
    if verification is not None:
        word = "passes" if verification.passed else "newly fails: everything was rolled back"
        print(f"Verified: `{verification.command}` {word}.")
        if not verification.passed:
            print(_tail(verification.output))


def _commit(
    options: argparse.Namespace, chosen: engine.Options, loaded: migration.Migration, root: pathlib.Path
) -> int:
    from offramp import branch

    name = options.branch or f"offramp/{loaded.name}"
    with branch.worktree(root, name) as tree:
        outcome = _run(options, chosen, loaded, tree.folder)
        todo = changes.of(outcome)
        commits = tree.commit_steps(outcome, loaded) if todo else []
        if options.verify and todo:
            verification = _verify(options, tree.folder)
            if not verification.passed:
                tree.abandon()
                print(f"Verified: `{options.verify}` fails on the branch; it was dropped.\n{_tail(verification.output)}")
                return 3
    _report(options, outcome, todo, applied=bool(todo))
    if options.format == "text" and not options.output:
        if commits:
            print(f"\nBranch {name} with {len(commits)} commits; your checkout is as it was. Look: git log -p {name}")
        else:
            print("\nNothing to commit: no branch was made.")
    return 1 if outcome.balance.left else 0
