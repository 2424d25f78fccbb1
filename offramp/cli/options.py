"""Options and steps that several commands share: which rules, where the result goes, how progress is shown."""

from __future__ import annotations

import argparse
import contextlib
import os
import pathlib
import sys
from collections.abc import Iterator

from offramp import files as tree_files
from offramp import transaction
from offramp.engine import Options, Progress, silent
from offramp.evidence import SEVERITY
from offramp.model import Problem

LONG_WORK = 400  # files; below this a progress bar would only flicker


def add_selection(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("which findings")
    which = "only these rules (comma-separated)"
    group.add_argument("--select", action="append", metavar="RULE", default=[], help=which)
    group.add_argument("--ignore", action="append", metavar="RULE", default=[], help="all rules but these")
    group.add_argument(
        "--include",
        action="append",
        metavar="SORT",
        default=[],
        choices=["generated", "minified", "vendored"],
        help="edit generated, minified or vendored files, too; by default they are only reported",
    )
    private = "edit env files that git ignores, too; by default they are only reported"
    group.add_argument("--include-ignored", action="store_true", help=private)


def add_output(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("output")
    group.add_argument("--format", choices=["text", "json"], default="text", help="how the result is written (text)")
    group.add_argument("-o", "--output", metavar="FILE", help="write the result to a file instead of the terminal")
    group.add_argument("-q", "--quiet", action="store_true", help="only the summary")
    group.add_argument("-v", "--verbose", action="store_true", help="also what was suppressed, with the reasons")
    group.add_argument("--no-color", action="store_true", help="no colour, even on a terminal")
    add_jobs(group)


def add_jobs(parser: argparse._ActionsContainer) -> None:
    help_text = "processes that scan (0: as many as help)"
    parser.add_argument("--jobs", type=processes, metavar="N", default=0, help=help_text)


def processes(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"'{text}' is no number of processes: write 0 or more")
    return int(text)


def selection(options: argparse.Namespace, *, fail_fast: bool = True) -> Options:
    """The engine's options of a command line.

    Raises:
        Problem: there is no such rule.
    """
    select, ignore = _rules(options.select), _rules(options.ignore)
    include = frozenset([*options.include, *(["ignored"] if options.include_ignored else [])])
    return Options(select=select, ignore=ignore, include=include, fail_fast=fail_fast)


def _rules(lists: list[str]) -> frozenset[str]:
    rules = [rule.strip() for entry in lists for rule in entry.split(",") if rule.strip()]
    for rule in rules:
        if rule not in SEVERITY:
            import difflib

            close = difflib.get_close_matches(rule, SEVERITY, n=1)
            hint = f"Did you mean '{close[0]}'?" if close else "`migrate rules` lists them."
            raise Problem(f"there is no rule '{rule}'", hint=hint)
    return frozenset(rules)


@contextlib.contextmanager
def progress_bar(options: argparse.Namespace, files: int) -> Iterator[Progress]:
    """A progress bar on stderr for long work, and only on a terminal."""
    if options.quiet or files < LONG_WORK or not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Scanning", total=files)

        def advance(stage: str, done: int, total: int) -> None:
            bar.update(task, description=stage, completed=done, total=total)

        yield advance


def open_tree(options: argparse.Namespace) -> pathlib.Path:
    """The folder to work in, after what an earlier run left half-written was taken back.

    Raises:
        Problem: there is no such folder, or the result could not be written in the end.
    """
    root = tree_files.tree_root(options.path)
    if options.output and options.output != "-":
        check_output(options.output)
    if transaction.recover(root):
        print("migrate: an earlier run was interrupted; it was taken back first.", file=sys.stderr)
    return root


def check_output(target: str) -> None:
    """Refuse an -o FILE that can't be written before any work is done.

    Raises:
        Problem: it is a folder, or there is no folder to put it in.
    """
    path = pathlib.Path(target)
    hint = "Give the path of a file in a folder that exists."
    if path.is_dir():
        raise Problem("the result can't be written: this is a folder", place=target, hint=hint)
    if not path.parent.is_dir():
        raise Problem("the result can't be written: there is no such folder", place=target, hint=hint)
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise Problem("the result can't be written: permission denied", place=target, hint=hint)


def write(options: argparse.Namespace, content: bytes) -> None:
    """The result, to the file that -o names or to stdout.

    Raises:
        Problem: the file can't be written.
    """
    if not options.output:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        pathlib.Path(options.output).write_bytes(content)
    except OSError as error:
        hint = "Free some space or give another file with -o; `migrate undo` takes a run back."
        raise Problem(f"the result can't be written: {error.strerror}", place=options.output, hint=hint) from None
