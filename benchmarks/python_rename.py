"""One name renamed in a tree of real Python files of which one in twenty holds it: us, ast-grep and libcst.

usage: python benchmarks/python_rename.py [--files 2000] [--rounds 3] [--limits] [--without libcst]

    migrate run rename.yaml TREE                          finds, judges, rewrites, checks what came out, journals
    ast-grep run -p OLD -r NEW -l python -U TREE          replaces the identifier where it parses as one
    python -m libcst.tool codemod rename.RenameCommand …  what a libcst codemod costs that does the rename alone

The files are copied from the standard library and the packages of the Python that runs this. The tools take turns in
each round on a fresh copy, and what counts is the ratio within a round: machines are noisy. With `--limits` the exit
code is 1 when the median ratio to ast-grep is above 2, or that to libcst above a tenth.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Sequence

OLD, NEW, MODULE = "RegexLexer", "PatternLexer", "pygments.lexer"
SHARE = 20  # one file in so many holds the name
SMALLEST, LARGEST = 500, 50_000  # bytes; libcst takes minutes for some of the larger ones
LIMITS = {"ast-grep": 2.0, "libcst": 0.1}
CODEMODS = "modules: [libcst.codemod.commands]\nformatter: [cat]\nblacklist_patterns: []\n"
Command = Sequence[str]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limits", action="store_true", help="fail when a ratio is above its limit")
    parser.add_argument("--without", choices=sorted(LIMITS), action="append", default=[], help="leave a peer out")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="offramp-bench-") as folder:
        return _measure(pathlib.Path(folder), options)


def _measure(folder: pathlib.Path, options: argparse.Namespace) -> int:
    model = folder / "model"
    size = _collect(model, options.files)
    (folder / "rename.yaml").write_text(f"schema: 1\nname: rename\nsymbols: {{{OLD}: {NEW}}}\n")
    (folder / ".libcst.codemod.yaml").write_text(f"{CODEMODS}repo_root: {folder}\n")
    print(f"{options.files:,} files, {size / 1e6:.0f} MB, {options.files // SHARE} hold {OLD}; {options.rounds} rounds")
    seconds: dict[str, list[float]] = {n: [] for n in ("migrate", "ast-grep", "libcst") if n not in options.without}
    for _ in range(options.rounds):
        for name, times in seconds.items():
            times.append(_timed(name, folder, model, options.files // SHARE))
    over = False
    for name, times in seconds.items():
        ratios = [ours / theirs for ours, theirs in zip(seconds["migrate"], times, strict=True)]
        ratio = statistics.median(ratios)
        limit = LIMITS.get(name)
        over |= limit is not None and ratio > limit
        told = f"  migrate / it {ratio:.3f} (limit {limit})" if limit is not None else ""
        print(f"{name:10} {min(times):7.2f} {statistics.median(times):7.2f} {max(times):7.2f} s{told}")
    return 1 if over and options.limits else 0


def _collect(target: pathlib.Path, count: int) -> int:
    """Copy `count` files, one in SHARE of which holds the name; returns their bytes."""
    paths = {sysconfig.get_path("stdlib"), sysconfig.get_path("purelib")}
    found: dict[bool, list[tuple[pathlib.Path, pathlib.Path]]] = {True: [], False: []}
    for root in sorted(pathlib.Path(path) for path in paths):
        for path in sorted(root.rglob("*.py")):
            inside = path.relative_to(root)
            size = path.stat().st_size
            if not {"lib2to3", "site-packages", "dist-packages"} & {*inside.parts} and SMALLEST < size < LARGEST:
                found[re.search(rf"\b{OLD}\b".encode(), path.read_bytes()) is not None].append((path, inside))
    hits = sorted(found[True], key=lambda pair: (pair[1].stem != MODULE.rpartition(".")[2], pair[1]))[: count // SHARE]
    chosen = hits + found[False][: count - len(hits)]
    if len(hits) < count // SHARE or len(chosen) < count:
        sys.exit(f"only {len(chosen)} files and {len(hits)} with {OLD} here: install more packages, or ask for fewer")
    for path, inside in chosen:
        (target / inside).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target / inside)
    return sum(path.stat().st_size for path, _ in chosen)


def _timed(name: str, folder: pathlib.Path, model: pathlib.Path, hits: int) -> float:
    tree = folder / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(model, tree)
    for command in (("init", "--quiet"), ("add", "-A")):
        subprocess.run(("git", "-C", str(tree), *command), check=True)
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONSAFEPATH": "1"}
    started = time.perf_counter()
    done = subprocess.run(
        _command(name, folder, tree), cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    elapsed = time.perf_counter() - started
    differing = ("git", "-C", str(tree), "diff", "--name-only")
    changed = subprocess.run(differing, capture_output=True, text=True, check=True)
    # the peers rename less: no strings, and libcst only where it can follow the import from the module itself
    least = hits if name == "migrate" else hits // 2
    if not least <= len(changed.stdout.splitlines()) <= hits:
        sys.exit(f"{name} changed {len(changed.stdout.splitlines())} of {hits} files: {done.stdout}{done.stderr}")
    return elapsed


def _command(name: str, folder: pathlib.Path, tree: pathlib.Path) -> Command:
    scripts = pathlib.Path(sysconfig.get_path("scripts"))
    if name == "migrate":
        return (str(scripts / "migrate"), "run", str(folder / "rename.yaml"), str(tree), "--quiet", "--allow-dirty")
    if name == "ast-grep":
        return (str(scripts / "ast-grep"), "run", "-p", OLD, "-r", NEW, "-l", "python", "-U", str(tree))
    renaming = ("rename.RenameCommand", f"--old_name={MODULE}.{OLD}", f"--new_name={MODULE}.{NEW}")
    how = ("--no-format", "--hide-progress", f"--jobs={os.cpu_count() or 1}")
    return (sys.executable, "-m", "libcst.tool", "codemod", *renaming, *how, str(tree))


if __name__ == "__main__":
    sys.exit(main())
