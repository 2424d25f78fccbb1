"""The Python of others, read and renamed in: `python -m tests.nets.corpus [--share N] [--cache FOLDER]` (nox -s corpus).

Three things are measured, and every fault is a row below the table:

    read        each file of the standard library, of the source distributions in sources.txt and of `hard`: parsed,
                places and entries asked for, scanned, its bytes given back; in processes, so that one may die
    no-op       a migration whose words do not occur changes no byte
    renamed     a class, a function and a module of each tree get new names: what changed parses with ast and libcst,
                no new undefined name, no half-renamed symbol, and a second run changes nothing

`--share N` takes every Nth distribution and every Nth file of the library; `--no-renames` leaves out what takes
longest. Exits 1 where there is a fault.
"""

from __future__ import annotations

import argparse
import ast
import functools
import pathlib
import random
import sys
import sysconfig
import tempfile
import time
import warnings
from collections.abc import Sequence

from offramp import document, engine, files, migration
from offramp.project import open_project
from offramp.syntax.python import PythonTree
from scanners import scan_one
from tests.nets import hard, packages, real, synthetic, workers

ABSENT = """schema: 1
name: absent
retire: {provider: quuxifrage, names: [Quuxifrage AI]}
replace: {provider: plugh, names: Plugh}
env: {QUUXIFRAGE_API_KEY: PLUGH_API_KEY}
modules: {quuxifrage_client: plugh_client}
symbols: {Quuxifrage*: Plugh*, quuxifrage_*: plugh_*}
"""
LIBRARY = "standard library"
SAMPLES = 24  # offsets of a file
Row = tuple[str, str]


def read(path: str) -> list[str]:
    """What is wrong with how a file is read; called in a process of its own."""
    content = pathlib.Path(path).read_bytes()
    try:
        given = document.Document.read(path, content)
    except files.Unreadable:
        return []
    faults = [] if given.encoded() == content else ["its bytes are not given back"]
    try:
        faults += _asked(given) if not files.is_binary(content) else []
    except Exception as error:
        faults.append(f"{type(error).__name__}: {error}"[:200])
    return faults


def _asked(given: document.Document) -> list[str]:
    list(scan_one(_project(), given))
    tree = given.tree
    if not isinstance(tree, PythonTree):
        return ["ast parses it and this does not"] if _is_python(given) else []
    length = len(given.text)
    chance = random.Random(length)
    for _ in range(SAMPLES if length else 0):
        start = chance.randrange(length)
        place = tree.place(start, min(length, start + chance.randrange(1, 20)))
        if not -1 <= place.start <= length or not -1 <= place.end <= length:
            return [f"the place at {start} is {place.start} to {place.end} of {length}"]
    for entry in tree.entries():
        if not 0 <= entry.key_start <= length:
            return [f"an entry begins at {entry.key_start} of {length}"]
    return []


def _is_python(given: document.Document) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(given.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


@functools.cache
def _project() -> engine.Project:
    plan = migration.load("gradient-to-openrouter")
    return open_project(pathlib.Path(tempfile.gettempdir()), plan, [])


def unchanged(root: pathlib.Path, paths: Sequence[str]) -> list[Row]:
    """The files that a migration which does not concern them changes."""
    outcome = engine.run(open_project(root, migration.parse(ABSENT, "absent.yaml"), paths))
    rows = [(path, "a run that does not concern it changed it") for path in outcome.after.moves]
    for path, given in outcome.after.documents.items():
        if (root / outcome.after.origin(path)).read_bytes() != given.encoded():
            rows.append((path, "a run that does not concern it changed it"))
    return rows


def renamed(root: pathlib.Path, paths: Sequence[str]) -> tuple[real.Verdict, str]:
    """What renaming names of a tree does to it, and the migration that says so."""
    text = synthetic.plan(root, paths)
    return real.judge(root, migration.parse(text, "synthetic.yaml"), paths), text


def trees(share: int, cache: pathlib.Path) -> list[tuple[str, pathlib.Path, list[str]]]:
    """Name, folder and files of the standard library and of every distribution of the share."""
    library = pathlib.Path(sysconfig.get_path("stdlib"))
    folders = [(pin, packages.fetch(pin, cache)) for pin in packages.listed()[::share]]
    folders.append((LIBRARY, library))
    found = []
    for name, folder in folders:
        paths = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*.py") if p.is_file())
        paths = [path for path in paths if not path.startswith(("site-packages/", "dist-packages/"))]
        found.append((name, folder, paths))
    return found


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="corpus")
    parser.add_argument("--share", type=int, default=1, metavar="N", help="every Nth distribution and file")
    parser.add_argument("--no-renames", action="store_true", help="read, and run what concerns nothing, only")
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()) / "offramp-corpus")
    given = parser.parse_args(arguments)
    print(f"{'tree':28} {'files':>6} {'read s':>7} {'faults':>6} {'no-op':>6}   renamed", flush=True)
    rows: list[str] = []
    total = 0
    with tempfile.TemporaryDirectory() as folder:
        awkward = pathlib.Path(folder)
        found = [("adversarial", awkward, [path.name for path in hard.write(awkward)])]
        for name, root, paths in found + trees(given.share, given.cache):
            sampled = paths[:: given.share if name == LIBRARY else 1]
            total += len(sampled)
            rows += _tree(name, root, sampled, renames=name != "adversarial" and not given.no_renames)
    print(f"{total} files, {len(rows)} faults")
    print("\n".join(f"    {row}" for row in rows))
    return 1 if rows else 0


def _tree(name: str, root: pathlib.Path, sampled: list[str], *, renames: bool) -> list[str]:
    began = time.perf_counter()
    faults = workers.each([str(root / path) for path in sampled], read)
    seconds = time.perf_counter() - began
    touched = unchanged(root, sampled)
    verdict, text = renamed(root, sampled) if renames else (real.Verdict(), "")
    what = str(verdict) if text else "-"
    print(f"{name:28} {len(sampled):6} {seconds:7.1f} {len(faults):6} {len(touched):6}   {what}", flush=True)
    rows = [f"{name}: {path}: {why}" for path, why in faults + touched]
    return rows + [f"{name}: {fault} ({synthetic.short(text)})" for fault in verdict.faults]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
