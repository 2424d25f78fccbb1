"""Readers that npm has, as functions: a node process that answers each line of JSON with one, and ends with this one."""

from __future__ import annotations

import json
import pathlib
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from functools import cache

from tests.nets import packages

CACHE = pathlib.Path(tempfile.gettempdir()) / "offramp-formats"
SERVE = """
require('readline').createInterface({input: process.stdin}).on('line', line => {
  process.stdout.write(JSON.stringify(read(JSON.parse(line))) + '\\n');
});
"""


@cache
def reader(script: str, pins: Sequence[str]) -> Callable[[str], object] | None:
    """The function `read` of a script, which may require the pinned packages; None where there is no node."""
    if shutil.which("node") is None:
        print(f"    node is not here, so {', '.join(pins)} reads nothing")
        return None
    modules = CACHE / "readers" / "node_modules"
    modules.mkdir(parents=True, exist_ok=True)
    for pin in pins:
        link = modules / pin.removeprefix("npm:").rpartition("@")[0]
        if not link.exists():
            link.symlink_to(packages.fetch(pin, CACHE, lambda path: True) / "package")
    command = ["node", "--preserve-symlinks", "-e", script + SERVE]
    # it reads what it is sent until this process ends
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", cwd=modules.parent
    )

    def read(text: str) -> object:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(text) + "\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    return read
