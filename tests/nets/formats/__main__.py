"""`python -m tests.nets.formats [FORMAT…] [--folder FOLDER]… [--share N] [--packages N] [--every] [--no-minimum]`.

Without `--folder` the packages that the drivers name are fetched from their registries. Prints a table, the refusals by
reason and every fault. Exits 1 where there is a fault or a format did not reach its minimum.
"""

from __future__ import annotations

import argparse
import logging
import pathlib
import random
import sys
import tempfile
import time
from collections.abc import Sequence

from tests.nets import packages
from tests.nets.formats import OPERATIONS, runner

HERE = pathlib.Path(__file__).parent
SHARED = ("runner", "wishes")
FORMATS = sorted(p.stem for p in HERE.glob("[a-z]*.py") if p.stem not in SHARED and not p.stem.startswith("test_"))


def folders(name: str, cache: pathlib.Path, most: int | None = None) -> list[pathlib.Path]:
    """The unpacked packages that hold files of a format, the first ones of its list where there is a limit."""
    found = [packages.fetch(pin, cache, lambda path: True) for pin in runner.driver(name).SOURCES[:most]]
    unpack = getattr(runner.driver(name), "unpack", None)
    for folder in found if unpack is not None else ():
        unpack(folder)
    return found


def run(name: str, places: Sequence[pathlib.Path], share: int, *, every: bool) -> runner.Tally:
    tally = runner.Tally(name)
    listed = list(runner.wanted_files(name, places))[::share]
    for relative, path in listed:
        runner.check_file(tally, relative, path.read_bytes(), random.Random(relative), every=every)
    return tally


def told(tally: runner.Tally, seconds: float) -> str:
    edits = "".join(f"{tally.made[operation]:8}" for operation in OPERATIONS)
    refused = sum(tally.refused.values())
    return (
        f"{tally.format:12}{tally.files:7}{tally.lossless:9}{tally.edited:8}{edits}{refused:9}"
        f"{len(tally.faults):8}{seconds:8.1f}"
    )


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="formats")
    parser.add_argument("formats", nargs="*", default=FORMATS, help=", ".join(FORMATS))
    parser.add_argument("--folder", action="append", type=pathlib.Path, help="read this folder instead of the packages")
    parser.add_argument("--share", type=int, default=1, metavar="N", help="every Nth file")
    parser.add_argument("--packages", type=int, metavar="N", help="the first N packages of each format")
    parser.add_argument("--every", action="store_true", help="every variant of every file, not one")
    parser.add_argument("--no-minimum", action="store_true", help="do not ask for the minimum of files and edits")
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()) / "offramp-formats")
    given = parser.parse_args(arguments)
    logging.getLogger("dotenv").setLevel(logging.ERROR)  # it tells of every line that it can't read
    heads = "".join(f"{operation:>8}" for operation in OPERATIONS)
    print(
        f"{'format':12}{'files':>7}{'lossless':>9}{'edited':>8}{heads}{'refused':>9}{'faults':>8}{'s':>8}", flush=True
    )
    tallies = []
    for name in given.formats:
        places = given.folder or folders(name, given.cache, given.packages)
        began = time.perf_counter()
        tallies.append(run(name, places, given.share, every=given.every))
        print(told(tallies[-1], time.perf_counter() - began), flush=True)
    for tally in tallies:
        print_details(tally)
    asked = given.share == 1 and not given.folder and given.packages is None and not given.no_minimum
    short = [f"{tally.format}: {what}" for tally in tallies for what in tally.short_of()] if asked else []
    print("\n".join(f"    too few: {what}" for what in short), end="\n" if short else "")
    faults = sum(len(tally.faults) for tally in tallies)
    edits = sum(sum(tally.made.values()) for tally in tallies)
    print(f"{edits} edits, {faults} faults")
    return 1 if faults or short else 0


def print_details(tally: runner.Tally) -> None:
    print(f"\n{tally.format}: edits by the way of writing: " + ", ".join(f"{n} {w}" for w, n in tally.written.items()))
    for reason, number in tally.unread.most_common():
        print(f"    {number:6} files  {reason}")
    for (operation, reason), number in tally.refused.most_common():
        print(f"    {number:6} {operation} refused: {reason}")
    for path, what in tally.faults[: runner.FAULTS_SHOWN]:
        print(f"    FAULT {path}: {what}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
