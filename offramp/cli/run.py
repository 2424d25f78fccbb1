"""Take a repository off a retired provider: scan, rewrite, verify, report.

Writes into the working tree and asks nothing; `migrate undo` takes it back byte for byte. What can't be changed is
listed with its place and the reason.

examples:
  migrate run gradient-to-openrouter --dry-run          print the change as a diff, write nothing
  migrate run gradient-to-openrouter                    make the change
  migrate run ./my.yaml services/api --verify 'pytest'  keep it only if the command passes before and after
  migrate run gradient-to-openrouter --refresh-locks    let the package managers solve the changed manifests anew
  migrate run gradient-to-openrouter --commit           a branch with one commit per kind of change
  migrate run gradient-to-openrouter --include-ignored  also in the .env of this machine, which git ignores
"""

from __future__ import annotations

import argparse
import dataclasses
import pathlib
import subprocess
import sys
from collections.abc import Sequence

from offramp import agreement, changes, engine, files, ignored, migration, refresh, transaction
from offramp.cli import options as shared
from offramp.engine import Outcome
from offramp.journal import FileChange
from offramp.model import Problem
from offramp.project import open_project
from offramp.refresh import Refreshed


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("migration", metavar="MIGRATION", help="name of a built-in migration, or path of a file")
    parser.add_argument("path", metavar="PATH", nargs="?", default=".", help="the folder to change (default: this one)")
    how = parser.add_argument_group("how")
    how.add_argument("--dry-run", action="store_true", help="print the diff and write nothing")
    how.add_argument("--verify", metavar="CMD", help="run a command before and after; roll back when it newly fails")
    refreshed = (
        "run the commands that refresh the lock files of changed manifests (needs the network); roll back on failure"
    )
    how.add_argument("--refresh-locks", action="store_true", help=refreshed)
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
    _check_together(options)
    loaded = migration.load(options.migration)
    root = shared.open_tree(options)
    if options.commit:
        return _commit(options, chosen, loaded, root)
    if options.dry_run:
        outcome, todo = _run(options, chosen, loaded, root)
        _report(options, outcome, todo, applied=False, rows=refresh.stale(outcome))
        return 1 if outcome.balance.left else 0
    _refuse_dirty(options, root)
    if options.verify:
        _verify_before(options, root)
    outcome, todo = _run(options, chosen, loaded, root)
    rows = refresh.stale(outcome, asked=options.refresh_locks)
    if any(row.failed for row in rows):  # known beforehand, so that nothing has to be taken back
        _report(options, outcome, todo, applied=False, rows=rows)
        return 3
    journal = transaction.apply(root, todo, loaded.name) if todo else None
    if options.refresh_locks and journal is not None:
        rows = _refreshed(root, rows, journal, todo)
    after = None
    passed = not any(row.failed for row in rows)
    if options.verify and passed:
        after = _verify_after(options, root, todo)
        passed = after.passed
    _report(options, outcome, todo, applied=bool(todo) and passed, verification=after, rows=rows)
    return (1 if outcome.balance.left else 0) if passed else 3


def _refreshed(
    root: pathlib.Path, rows: Sequence[Refreshed], journal: pathlib.Path, todo: Sequence[FileChange]
) -> list[Refreshed]:
    """Refresh the lock files of a change that is written; where that fails or is interrupted, take it all back."""
    try:
        done = refresh.in_place(root, rows, journal)
    except BaseException:
        _take_back(root, todo)
        raise
    if any(row.failed for row in done):
        _take_back(root, todo)
    return done


def _check_together(options: argparse.Namespace) -> None:
    if options.commit and options.dry_run:
        hint = "--dry-run prints the change; --commit makes a branch of it. Leave one of them out."
        raise Problem("--dry-run and --commit exclude each other", hint=hint)
    if options.commit and options.include_ignored:
        hint = "Make the branch first; then, in the checkout that it is merged into, run again with --include-ignored."
        raise Problem(
            "--commit leaves out what git ignores: no commit can hold it", place="--include-ignored", hint=hint
        )
    if options.dry_run and options.refresh_locks:
        hint = "--dry-run names the commands; --refresh-locks runs them on what was written. Leave one of them out."
        raise Problem("--dry-run and --refresh-locks exclude each other", hint=hint)
    if options.branch and not options.commit:
        raise Problem("--branch names the branch that --commit makes", place="--branch", hint="Add --commit.")


def _verify_before(options: argparse.Namespace, root: pathlib.Path) -> None:
    before = _verify(options, root)
    if not before.passed:
        words = _tail(before.output)
        hint = f"It fails already, so it can prove nothing. Its last words:\n{words}" if words else "It says nothing."
        raise Problem(f"`{options.verify}` fails before the run", place=str(root), hint=hint)


def _verify_after(options: argparse.Namespace, root: pathlib.Path, todo: Sequence[FileChange]) -> Verification:
    """Run the command of --verify; where it fails or is interrupted, take the change back."""
    try:
        after = _verify(options, root)
    except BaseException:
        _take_back(root, todo)
        raise
    if not after.passed:
        _take_back(root, todo)
    return after


def _take_back(root: pathlib.Path, todo: Sequence[FileChange]) -> None:
    if not todo:
        return
    try:
        transaction.undo(root)
    except Problem as problem:
        hint = "The change is still there: restore these files, then `migrate undo`."
        message = f"the verification failed, and its command has changed files itself ({problem.message})"
        raise Problem(message, place=str(root), hint=hint) from None


def _run(
    options: argparse.Namespace, chosen: engine.Options, loaded: migration.Migration, root: pathlib.Path
) -> tuple[Outcome, list[FileChange]]:
    """What a run makes of the tree, in memory, and the files that it changes."""
    project = open_project(root, loaded, include=chosen.include, jobs=options.jobs)
    with shared.progress_bar(options, len(project.paths)) as progress:
        outcome = engine.run(project, chosen, progress)
    if not outcome.balance.adds_up:
        hint = "Nothing was written. This is a mistake of offramp: please report it with the output of --format json."
        raise Problem(f"the balance of the run does not add up: {outcome.balance}", place=str(root), hint=hint)
    try:
        todo = changes.of(outcome)
        return dataclasses.replace(outcome, agreement=agreement.compare(outcome, todo)), todo
    except files.Unreadable as error:
        hint = "Nothing was written. Another program changes the tree: run again when it has finished."
        raise Problem(f"a file changed while the run was on: {error}", place=str(root), hint=hint) from None


def _refuse_dirty(options: argparse.Namespace, root: pathlib.Path) -> None:
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
    rows: Sequence[Refreshed] = (),
) -> None:
    from offramp.verification import prove
    from reports import lock_files

    evidence = prove(outcome)
    if options.format == "json":
        from reports import json_document

        facts = None
        if verification is not None:
            output = _tail(verification.output)
            facts = {"command": verification.command, "passed": verification.passed, "output": output}
        document = json_document.run_document(outcome, todo, applied=applied, verification=facts, evidence=evidence)
        document["locks"] = lock_files.rows(rows)
        shared.write(options, json_document.dump(document))
        return
    from reports import console

    if options.dry_run:
        from reports import diff

        shared.write(options, diff.unified(todo))
        sys.stdout.flush()
        sys.stderr.write(
            console.run(outcome, todo, options, applied=False, stream=sys.stderr, evidence=evidence).decode()
        )
        sys.stderr.write(lock_files.text(rows))
        return
    told_of = lock_files.text(rows).encode("utf-8", "replace")
    shared.write(
        options, console.run(outcome, todo, options, applied=applied, stream=sys.stdout, evidence=evidence) + told_of
    )
    if verification is not None:
        told = "passes" if verification.passed else f"newly fails: {_gone(options)}\n{_tail(verification.output)}"
        print(f"Verified: `{verification.command}` {told}".rstrip())


def _gone(options: argparse.Namespace) -> str:
    return "no branch was made." if options.commit else "everything was rolled back."


def _commit(
    options: argparse.Namespace, chosen: engine.Options, loaded: migration.Migration, root: pathlib.Path
) -> int:
    from offramp import branch

    name = branch.checked_name(root, options.branch or f"offramp/{branch.slug(loaded.name)}")
    verification = None
    with branch.worktree(root, name) as tree:
        if options.verify:
            _verify_before(options, tree.folder)
        outcome, todo = _run(options, chosen, loaded, tree.folder)
        commits = tree.commit_steps(outcome, loaded) if todo else []
        rows = refresh.stale(outcome, asked=options.refresh_locks)
        passed = not any(row.failed for row in rows)
        if options.refresh_locks and rows and passed:
            rows = refresh.in_worktree(tree, rows)
            passed = not any(row.failed for row in rows)
        if options.verify and todo and passed:
            verification = _verify(options, tree.folder)
            passed = verification.passed
        if commits and passed:
            tree.make_branch()
    _report(options, outcome, todo, applied=bool(todo) and passed, verification=verification, rows=rows)
    if not passed:
        return 3
    beside = _beside_the_branch(chosen, loaded, root)
    if options.format == "text" and not options.output:
        if commits:
            count = f"{len(commits)} commit{'s' * (len(commits) != 1)}"
            print(f"\nBranch {name} with {count}; your checkout is as it was. Look: git log -p {name}")
        else:
            print("\nNothing to commit: no branch was made.")
    return 1 if outcome.balance.left or beside else 0


def _beside_the_branch(chosen: engine.Options, loaded: migration.Migration, root: pathlib.Path) -> bool:
    """Tell of references in env files of the checkout that git ignores, which a branch can't hold."""
    private = ignored.env_files(root)
    found = engine.scan(open_project(root, loaded, private), chosen).findings if private else []
    paths = sorted({finding.path for finding in found})
    if paths:
        listed = ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")
        told = f"Not in the branch, as git ignores it: {listed}. When the branch is merged:"
        print(f"{told} migrate run {loaded.name} --include-ignored", file=sys.stderr)
    return bool(paths)
