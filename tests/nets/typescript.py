"""TypeScript as an independent reader of JavaScript: its parser and its renaming, in one process of node.

The compiler is fetched from npm with `npm install` into the cache of the formats; without node there is nothing that
could read, and the caller says so.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

VERSION = "5.6.3"
READER = pathlib.Path(__file__).with_name("typescript_reader.cjs")
CACHE = pathlib.Path(tempfile.gettempdir()) / "offramp-formats"


class Missing(OSError):
    """There is no node, or the compiler can't be fetched."""


@dataclasses.dataclass(frozen=True, slots=True)
class Read:
    """The nodes of a file in the order of the text, each as 'depth kind value', and their spans in characters.

    `compiles`: node itself takes the file, as `node --check` says.
    """

    nodes: list[str]
    spans: list[tuple[int, int]]
    compiles: bool

    def at(self, start: int, end: int) -> int | None:
        """The outermost node of a span."""
        return next((index for index, span in enumerate(self.spans) if span == (start, end)), None)

    def leaf(self, start: int, end: int) -> int | None:
        """The innermost node of a span."""
        return next((n for n in range(len(self.spans) - 1, -1, -1) if self.spans[n] == (start, end)), None)

    def below(self, index: int) -> int:
        """The index behind the last node of a subtree."""
        depth = _depth(self.nodes[index])
        return next((n for n in range(index + 1, len(self.nodes)) if _depth(self.nodes[n]) <= depth), len(self.nodes))


def _depth(node: str) -> int:
    return int(node.partition(" ")[0])


def compiler(cache: pathlib.Path = CACHE) -> pathlib.Path:
    """The folder of the compiler's package.

    Raises:
        Missing: it can't be had.
    """
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise Missing("node and npm are needed to read JavaScript independently")
    folder = cache / f"typescript-{VERSION}"
    found = folder / "node_modules" / "typescript"
    if not (found / "lib" / "typescript.js").exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run([*command, f"typescript@{VERSION}"], check=False, capture_output=True, text=True)
        if done.returncode:
            raise Missing(f"npm can't install typescript {VERSION}: {done.stderr.strip()[-300:]}")
    return found


@functools.cache
def _process() -> subprocess.Popen[str]:
    command = ["node", "--experimental-vm-modules", "--no-warnings", str(READER), str(compiler())]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")


def _asked(**what: object) -> dict[str, object]:
    process = _process()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(what) + os.linesep)
    process.stdin.flush()
    answer: dict[str, object] = json.loads(process.stdout.readline())
    return answer


@functools.lru_cache(maxsize=4)
def read(text: str, path: str) -> Read:
    """Raises ValueError where TypeScript does not parse the text."""
    answer = _asked(do="read", path=path, text=text)
    if "fault" in answer:
        raise ValueError(str(answer["fault"]))
    nodes, spans = answer["nodes"], answer["spans"]
    assert isinstance(nodes, list)
    assert isinstance(spans, list)
    return Read(nodes, [(start, end) for start, end in spans], answer["compiles"] is True)


def renamed(text: str, path: str, at: int, new: str) -> str:
    """The text in which TypeScript renames what is named at an offset; ValueError where it does not."""
    answer = _asked(do="renames", path=path, text=text, at=at)
    places = answer.get("places")
    if not isinstance(places, list) or not places:
        raise ValueError(str(answer.get("fault", "TypeScript does not rename it")))
    for place in sorted(places, key=lambda p: -int(p["start"])):
        text = text[: place["start"]] + place["before"] + new + place["behind"] + text[place["end"] :]
    return text
