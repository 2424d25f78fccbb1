"""Env files: settings are set, renamed, deleted and added; python-dotenv, node's dotenv and bash read what comes of it.

A reader that does not see a file as it is meant (bash a file with blanks around `=`) is held to what it sees of all the
other settings. bash reads only files in which nothing would run; without node, its dotenv is left out.
"""

from __future__ import annotations

import io
import pathlib
import random
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from typing import cast
from unittest.mock import ANY

import dotenv

from offramp import files, proposals
from offramp.document import Document
from offramp.model import Edit, Entry
from offramp.syntax import env
from tests.nets import node_readers
from tests.nets.formats import Case

NODE_DOTENV = "npm:dotenv@16.4.5"
SOURCES = (
    *("agent-starter-pack==0.41.3", "terminal-bench==0.2.9", "langgraph-cli==0.4.40", "embedchain==0.1.99"),
    *("agentstack==0.3.7", "fastapi-fullstack==0.2.9", "cog==0.9.26", "npm:create-redwood-app@8.9.0"),
    *("npm:create-strapi-app@5.55.0", "npm:@elizaos/cli@1.7.2", "npm:mastra@1.31.0", "npm:create-eth@0.0.65"),
    *("npm:express-generator-typescript@2.8.1", "npm:create-node-template@0.1.30", "npm:node-env-file@0.1.8"),
    *("npm:create-express-kickstart@1.3.4", "npm:create-expo-stack@2.23.2", "npm:dotenv@1.2.0"),
    *("npm:dotenv-safe@2.3.2", "npm:env2@2.2.2", "npm:habitat@3.1.2", "npm:dotenv-parse-variables@0.1.0"),
)
MINIMUM: Mapping[str, int] = {"files": 60, "set": 200, "rename": 300, "delete": 300, "insert": 200}
NEW = "PLUGH_SETTING"
VALUES = (
    *("plugh", "a: b", "a # b", "a#b", "#a", "it's", 'say "x"', 'it\'s "x"', "a\\b", "a\\nb", "${X}", "$X", "@a", "*a"),
    *(
        "&a",
        "true",
        "1.0",
        "null",
        "",
        "é 鍵 😀",
        "x" * 300,
        " a",
        "a ",
        "a\nb",
        "a;b",
        "a&b=c",
        "`a`",
        "~/a",
        "a=b",
        "<a>",
    ),
)
RUNS = re.compile(r"[`$<>()|;&]")
READ = "const read = text => require('dotenv').parse(text);"
TELL = """
cd "$1"; source ./file > /dev/null 2>&1 < /dev/null; shift
for key in "$@"; do if [ -n "${!key+x}" ]; then printf '%s=%s\\0' "$key" "${!key}"; fi; done
"""
Readings = dict[str, dict[str, str]]


def wanted(path: str) -> bool:
    return files.kind_of(path) == "env_file"


def consumed(text: str, path: str) -> Readings:
    """What each reader makes of the text."""
    python = dotenv.dotenv_values(stream=io.StringIO(text, newline=""), interpolate=False)
    readings = {"python-dotenv": {key: value for key, value in python.items() if value is not None}}
    if (node := node_readers.reader(READ, (NODE_DOTENV,))) is not None:
        readings["node dotenv"] = cast(dict[str, str], node(text))
    names = {key for reading in readings.values() for key in reading}
    readings["bash"] = bash(text, names) if not RUNS.search(text) else {}
    return {
        name: {key: value.replace("\r\n", "\n") for key, value in reading.items()} for name, reading in readings.items()
    }


def bash(text: str, keys: set[str]) -> dict[str, str]:
    names = sorted(key for key in keys if re.fullmatch(r"[A-Za-z_]\w*", key, re.ASCII))
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "file").write_bytes(text.encode("utf-8", "surrogateescape"))
        command = [shutil.which("bash") or "bash", "--norc", "-c", TELL, "bash", folder, *names]
        told = subprocess.run(command, env={"PATH": "/nowhere"}, capture_output=True, check=False).stdout
    pairs = told.decode("utf-8", "surrogateescape").split("\0")
    return dict(pair.split("=", 1) for pair in pairs if pair)


def cases(document: Document, chance: random.Random) -> Iterator[Case]:
    entries = document.tree.entries()
    keys = [entry.key for entry in entries]
    before = consumed(document.text, document.path)
    single = [entry for entry in entries if keys.count(entry.key) == 1]
    for entry in chance.sample(single, min(12, len(single))):
        value = chance.choice(VALUES)
        yield _set(document, before, entry, value, chance)
        renamed = {name: {NEW if k == entry.key else k: v for k, v in r.items()} for name, r in before.items()}
        yield Case("rename", (Edit(entry.key_start, entry.key_end, NEW),), renamed, _lines(document, entry))
        if entry.outer is not None:
            without = {name: {k: v for k, v in r.items() if k != entry.key} for name, r in before.items()}
            expected = _held(document.text, before, without, entry, single)
            lines = document.position(entry.outer[0])[0] - 1, document.position(entry.value_end)[0]
            yield Case("delete", (Edit(*entry.outer, ""),), expected, lines)
    for value in ("plugh", *chance.sample(VALUES, 2)):
        yield _inserted(document, before, value, single)


def _set(document: Document, before: Readings, entry: Entry, value: str, chance: random.Random) -> Case:
    start, end, whole = entry.value_start, entry.value_end, value
    if len(entry.value) > 3 and chance.random() < 0.4 and "\\" not in entry.value:
        start, end = start + 1, end - 1
        whole = entry.value[0] + value + entry.value[-1]
    after = {name: reading | {entry.key: whole} for name, reading in before.items()}
    try:
        edits: tuple[Edit, ...] | str = tuple(proposals.fitted(document, [Edit(start, end, value)]))
    except ValueError as error:
        edits = str(error)
    expected = _held(document.text, before, after, entry, _once(document), RUNS.search(whole) is not None)
    return Case("set", edits, expected, _lines(document, entry))


def _once(document: Document) -> list[Entry]:
    entries = document.tree.entries()
    keys = [entry.key for entry in entries]
    return [entry for entry in entries if keys.count(entry.key) == 1]


def _held(
    text: str, before: Readings, after: Readings, entry: Entry | None, single: list[Entry], runs: bool = False
) -> dict[str, object]:
    """What each reader must see; any reading of one that does not see the file as it is meant."""
    told = [e for e in single if not re.search(r"[\\$`]", e.value)] + ([entry] if entry else [])
    result: dict[str, object] = {}
    for name, reading in after.items():
        foreign = name == "bash" and (runs or "\r" in text or RUNS.search(text))
        meant = not foreign and all(before[name].get(e.key) == e.value.replace("\r\n", "\n") for e in told)
        result[name] = reading if meant else ANY
    return result


def _inserted(document: Document, before: Readings, value: str, single: list[Entry]) -> Case:
    after = {name: reading | {NEW: value} for name, reading in before.items()}
    line = len(document.line_starts)
    try:
        edit = env.provide(document.text, f"setting::{NEW}={value}")
    except ValueError as error:
        return Case("insert", str(error), None, (line, line))
    assert edit is not None
    line = document.position(edit.start)[0] - 1
    line += bool(edit.replacement.startswith(("\r", "\n")))
    expected = _held(document.text, before, after, None, single, RUNS.search(value) is not None)
    return Case("insert", (edit,), expected, (line, line))


def _lines(document: Document, entry: Entry) -> tuple[int, int]:
    return document.position(entry.key_start)[0] - 1, document.position(entry.value_end)[0]
