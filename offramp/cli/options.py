"""Options and steps that several commands share: which rules, where the result goes, how progress is shown."""

from __future__ import annotations

import argparse
import contextlib
import pathlib
import sys
from collections.abc import Iterator

from offramp.engine import Options, Progress, silent
from offramp.evidence import SEVERITY
from offramp.model import Problem

LONG_WORK = 400  # files; below this a progress bar would only flicker


def add_selection(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("which findings")
    group.add_argument("--select", action="append", metavar="RULE", default=[], help="only these rules (comma-separated)")
    group.add_argument("--ignore", action="append", metavar="RULE", default=[], help="all rules but these")
    group.add_argument(
        "--include",
        action="append",
        metavar="SORT",
        default=[],
        choices=["generated", "minified", "vendored"],
        help="edit generated, minified or vendored files, too; by default they are only reported",
    )


def add_output(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("output")
    group.add_argument("--format", choices=["text", "json"], default="text", help="how the result is written (text)")
    group.add_argument("-o", "--output", metavar="FILE", help="write the result to a file instead of the terminal")
    group.add_argument("-q", "--quiet", action="store_true", help="only the summary")
    group.add_argument("-v", "--verbose", action="store_true", help="also what was suppressed, with the reasons")
    group.add_argument("--no-color", action="store_true", help="no colour, even on a terminal")
    group.add_argument("--jobs", type=_positive, metavar="N", default=0, help="processes that scan (0: as many as help)")


def _positive(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("must be 0 or more")
    return number


def selection(options: argparse.Namespace, *, fail_fast: bool = True) -> Options:
    """The engine's options of a command line.

    Raises:
        Problem: there is no such rule.
    """
    return Options(
        select=_rules(options.select), ignore=_rules(options.ignore), include=frozenset(options.include), fail_fast=fail_fast
    )


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
        raise Problem(f"the result can't be written: {error.strerror}", place=options.output) from None
