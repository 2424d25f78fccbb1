"""Scan and migrate a million lines of YAML in 10,000 files, and measure the time and the memory of it.

usage: python benchmarks/yaml_million.py [--files 10000] [--lines 100] [--share 20] [--seed 1] [--limit 500]

    migrate scan old-to-new.yaml TREE         finds the references to the retired provider
    migrate run old-to-new.yaml TREE          rewrites them, checks what came out, journals

The text is made up (workflows, compose and Kubernetes files, values with every sort of scalar, anchors, block scalars,
brackets); one file in `--share` names the provider. Memory is the largest resident set of the command and its children
together, as the kernel tells it. With a `--limit` in MB the exit code is 1 when more is needed.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator

MIGRATION = """schema: 1
name: old-to-new
retire: {provider: oldprovider, names: [Oldprovider AI]}
replace: {provider: newprovider, names: Newprovider}
env: {OLDPROVIDER_API_KEY: NEWPROVIDER_API_KEY, OLDPROVIDER_MODEL: NEWPROVIDER_MODEL}
urls: {https://api.oldprovider.example/v1: https://newprovider.example/api/v1}
models: {old-70b: new/large-70b}
"""
REFERENCES = (
    "{indent}- name: LLM_PROVIDER",
    "{indent}  value: oldprovider",
    "{indent}- name: OLDPROVIDER_API_KEY",
    '{indent}  value: "${{{{ secrets.OLDPROVIDER_API_KEY }}}}"',
    "{indent}- name: BASE_URL",
    "{indent}  value: https://api.oldprovider.example/v1",
    "{indent}- name: OLDPROVIDER_MODEL",
    "{indent}  value: old-70b",
)
WORDS = (
    *("alpha", "beta", "gamma", "delta", "node", "queue", "worker", "cache"),
    *("limit", "region", "bucket", "topic", "image", "label", "value", "probe"),
)
PAUSE = 0.02  # seconds between two looks at the memory


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--lines", type=int, default=100, help="of each file")
    parser.add_argument("--share", type=int, default=20, help="one file in so many names the provider")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=int, help="MB; fail when more is needed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="offramp-million-") as name:
        return _measure(pathlib.Path(name), options)


def _measure(folder: pathlib.Path, options: argparse.Namespace) -> int:
    migration, tree = folder / "old-to-new.yaml", folder / "tree"
    migration.write_text(MIGRATION)
    lines, size = write(tree, options.files, options.lines, options.share, options.seed)
    named = -(-options.files // options.share)
    print(f"{options.files:,} files, {lines:,} lines, {size / 1e6:.0f} MB, {named:,} name the provider", flush=True)
    print(f"{'':8}{'s':>8}{'MB':>8}{'largest process MB':>20}  exit", flush=True)
    most = 0.0
    for command in ("scan", "run"):
        seconds, together, largest, code = _timed(command, migration, tree, folder)
        most = max(most, together)
        print(f"{command:8}{seconds:8.1f}{together:8.0f}{largest:20.0f}  {code}", flush=True)
    left = sum(b"oldprovider" in path.read_bytes().lower() for path in tree.rglob("*.yaml"))
    print(f"{left} files name it afterwards")
    return int(left > 0 or (options.limit is not None and most > options.limit))


def _timed(command: str, migration: pathlib.Path, tree: pathlib.Path, folder: pathlib.Path) -> tuple[float, ...]:
    """Seconds, MB of all its processes together at most, MB of the largest, and the exit code of one command."""
    environment = os.environ | {"PYTHONPATH": str(pathlib.Path(__file__).parents[1]), "XDG_CACHE_HOME": str(folder)}
    words = [sys.executable, "-m", "offramp", command, str(migration), str(tree), "-o", str(folder / "told"), "-q"]
    began = time.perf_counter()
    process = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL)
    together = _Watch(process.pid)
    together.start()
    code = process.wait()
    seconds = time.perf_counter() - began
    together.ended.set()
    together.join()
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return seconds, max(together.most, largest), largest, code


class _Watch(threading.Thread):
    """Looks again and again at how much memory a process and its children have, without what they share.

    A child counts from the second look on: one that is just being started still is its parent, as the kernel sees it.
    """

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self.process, self.most, self.ended = process, 0.0, threading.Event()

    def run(self) -> None:
        before = {self.process}
        while not self.ended.wait(PAUSE):
            now = set(_family(self.process))
            self.most = max(self.most, sum(_proportional(one) for one in now & before) / 1024)
            before = now


def _family(process: int) -> Iterator[int]:
    yield process
    for children in pathlib.Path(f"/proc/{process}/task").glob("*/children"):
        try:
            listed = children.read_text().split()
        except OSError:
            continue
        for child in listed:
            yield from _family(int(child))


def _proportional(process: int) -> int:
    """kB of a process; of memory that several share, its part."""
    try:
        text = pathlib.Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0)


def write(tree: pathlib.Path, files: int, lines: int, share: int, seed: int) -> tuple[int, int]:
    """Make the tree; the number of its lines and bytes."""
    chance = random.Random(seed)
    total = size = 0
    for number in range(files):
        folder = tree / f"team{number % 40:02}" / f"service{number % 400:03}"
        folder.mkdir(parents=True, exist_ok=True)
        text = "\n".join(_file(chance, lines, named=number % share == 0)) + "\n"
        total += text.count("\n")
        size += len(text.encode())
        (folder / f"part{number:05}.yaml").write_text(text, encoding="utf-8", newline="\n")
    return total, size


def _file(chance: random.Random, lines: int, *, named: bool) -> list[str]:
    head = ["# made up for the benchmark", "apiVersion: apps/v1", "kind: Deployment", "metadata:", "  labels: &labels"]
    made = [*head, "    app: plugh", "spec:", "  template:", "    metadata: {labels: *labels}", "    env:"]
    made += (
        [line.format(indent="    ") for line in REFERENCES] if named else ["    - {name: LLM_PROVIDER, value: other}"]
    )
    count = 0
    while len(made) < lines:
        made += list(_section(chance, count))[: lines - len(made)]
        count += 1
    return made


def _section(chance: random.Random, number: int) -> Iterator[str]:
    word, other = chance.choice(WORDS), chance.choice(WORDS)
    yield f"{word}{number}:"
    yield f"  name: {other}-{chance.randrange(10**6)}"
    yield f'  "{other}": "{word} \\"quoted\\" {chance.random():.6f}"'
    yield f"  enabled: {chance.choice(('true', 'false', 'on', '~'))}  # {word}"
    yield f"  list: [{chance.randrange(99)}, '{other}', {{a: {word}}}]"
    yield f"  note: é — {other}"
    yield "  items:"
    for _ in range(chance.randrange(1, 4)):
        yield f"  - key: {chance.choice(WORDS)}"
        yield f"    size: {chance.randrange(10**4)}"
    yield "  script: |-"
    yield f"    echo {word} {other}"


if __name__ == "__main__":
    sys.exit(main())
