"""Applies the cases of a driver to real files, counts, and tells every fault."""

from __future__ import annotations

import codecs
import dataclasses
import importlib
import pathlib
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from types import ModuleType

from offramp import files, proposals
from offramp.document import Document
from offramp.model import apply_edits
from tests.nets.formats import Case

BREAKS = re.compile(r"\r\n|\r|\n")
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
FAULTS_SHOWN = 40
Fault = tuple[str, str]


@dataclasses.dataclass(slots=True)
class Tally:
    """What became of the files of one format.

    `unread` counts why our own parser or the independent reader does not take a file; `refused` why an edit was not
    made, by operation and reason.
    """

    format: str
    files: int = 0
    edited: int = 0
    lossless: int = 0
    unread: Counter[str] = dataclasses.field(default_factory=Counter)
    made: Counter[str] = dataclasses.field(default_factory=Counter)
    refused: Counter[tuple[str, str]] = dataclasses.field(default_factory=Counter)
    written: Counter[str] = dataclasses.field(default_factory=Counter)  # edits by the way the file was written
    faults: list[Fault] = dataclasses.field(default_factory=list)

    def short_of(self) -> list[str]:
        """What of the driver's minimum was not reached."""
        counts = {"files": self.edited, **self.made}
        minimum = driver(self.format).MINIMUM.items()
        return [f"{counts.get(what, 0)} {what} of {least}" for what, least in minimum if counts.get(what, 0) < least]


def driver(name: str) -> ModuleType:
    return importlib.import_module(f"tests.nets.formats.{name}")


def variants(text: str, comment: str) -> dict[str, bytes]:
    """A text as it stands and as other people write it: other line ends, a BOM, UTF-16, no final newline."""
    unix = BREAKS.sub("\n", text)
    plain = text.encode("utf-8", "surrogateescape")
    found = {
        "as it is": plain,
        "CRLF": unix.replace("\n", "\r\n").encode("utf-8", "surrogateescape"),
        "BOM": codecs.BOM_UTF8 + plain,
        "no final newline": text.rstrip("\r\n").encode("utf-8", "surrogateescape"),
    }
    if not re.search(r"[\ud800-\udfff]", text):
        found["UTF-16"] = codecs.BOM_UTF16_LE + text.encode("utf-16-le")
    if comment and not text.startswith(("#!", "%", "---", "\ufeff")):
        newline = matched[0] if (matched := BREAKS.search(text)) else "\n"
        found["non-ASCII before"] = f"{comment} ключ — 鍵 😀{newline}{text}".encode("utf-8", "surrogateescape")
    return found


def check_file(tally: Tally, path: str, content: bytes, chance: random.Random, *, every: bool) -> None:
    """Read one file, and edit it as it is and in one of its variants; in all of them with `every`."""
    tally.files += 1
    module = driver(tally.format)
    try:
        document = Document.read(path, content)
    except files.Unreadable as error:
        tally.unread[str(error)] += 1
        return
    if document.encoded() != content:
        tally.faults.append((path, "its bytes are not given back"))
        return
    tally.lossless += 1
    if document.fault is not None:
        tally.unread[f"not parsed: {_general(document.fault)}"] += 1
        return
    made = getattr(module, "variants", None)
    ways = variants(document.text, getattr(document.syntax, "COMMENT", ""))
    if made is not None:
        ways |= {name: text.encode("utf-8", "surrogateescape") for name, text in made(document.text).items()}
    chosen = list(ways) if every else ["as it is", chance.choice(list(ways)[1:])]
    edited = False
    for name in chosen:
        edited |= _check_variant(tally, path, name, ways[name], random.Random(f"{path} {name}"))
    tally.edited += edited


def _check_variant(tally: Tally, path: str, name: str, content: bytes, chance: random.Random) -> bool:
    module = driver(tally.format)
    document = Document.read(path, content)
    if document.fault is not None:
        tally.unread[f"not parsed with {name}"] += 1
        return False
    try:
        module.consumed(document.text, path)
    except ValueError:
        tally.unread["the independent reader does not take it"] += name == "as it is"
        return False
    edited = False
    for case in module.cases(document, chance):
        told = judge(module, document, case)
        if told is None:
            tally.made[case.operation] += 1
            tally.written[name] += 1
            edited = True
        elif told.startswith("refused: "):
            tally.refused[case.operation, _general(told.removeprefix("refused: "))] += 1
        else:
            tally.faults.append((path, f"{case.operation}, {name}: {told}"))
    return edited


def judge(module: ModuleType, document: Document, case: Case) -> str | None:
    """None where an edit does what was meant; `refused: why`; or what is wrong."""
    if isinstance(case.edits, str):
        return f"refused: {case.edits}"
    after = document.with_text(apply_edits(document.text, case.edits))
    if case.operation == "insert":
        refused = proposals.beyond_additions(document, after)
    else:
        refused = proposals.faults(document, after)
    if refused is not None:
        return f"refused: {refused}"
    if (moved := _other_lines(document.text, after.text, case.lines)) is not None:
        return moved
    try:
        data = module.consumed(after.text, document.path)
    except ValueError as error:
        return f"the independent reader does not take the result: {error}"
    if data != case.expected:
        return f"other data than meant: {_difference(case.expected, data)}"
    again = Document.read(document.path, after.encoded())
    if again.text != after.text or again.source.encoding != document.source.encoding:
        return "what is written is not read back"
    return None


def _other_lines(before: str, after: str, span: tuple[int, int]) -> str | None:
    """Whether lines have changed that should not; the line break in front of a line added at the end may be new."""
    old, new = LINE.findall(before), LINE.findall(after)
    first, last = span
    head, tail = old[:first], old[last:]
    if new[:first] != head and not (first == len(old) and new[: first - 1] == old[: first - 1]):
        number = next((n for n, (a, b) in enumerate(zip(head, new, strict=False)) if a != b), len(new))
        return f"line {number + 1} changes, which was not meant"
    if tail and new[-len(tail) :] != tail:
        return f"a line below line {last} changes, which was not meant"
    return None


def _difference(expected: object, given: object, at: str = "") -> str:
    """Where two data differ first."""
    if isinstance(expected, dict) and isinstance(given, dict):
        if list(expected) != list(given):
            return f"the keys at {at or 'the top'}: {list(expected)[:9]} and {list(given)[:9]}"[:300]
        return next((_difference(expected[k], given[k], f"{at}/{k}") for k in expected if expected[k] != given[k]), "?")
    if isinstance(expected, (list, tuple)) and isinstance(given, (list, tuple)):
        pairs = enumerate(zip(expected, given, strict=False))
        told = (_difference(a, b, f"{at}/{n}") for n, (a, b) in pairs if a != b)
        return next(told, f"{len(expected)} and {len(given)} items at {at or 'the top'}")
    return f"{expected!r:.120} and {given!r:.120} at {at or 'the top'}"


def _general(reason: str) -> str:
    """A reason without the names and numbers of the place."""
    return re.sub(r"'[^']*'", "'…'", re.sub(r"\d+", "N", reason))[:110]


def wanted_files(name: str, folders: Sequence[pathlib.Path]) -> Iterator[tuple[str, pathlib.Path]]:
    """The files of a format below folders; the same content once."""
    module = driver(name)
    seen: set[bytes] = set()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            relative = path.relative_to(folder).as_posix()
            if not module.wanted(relative) or not path.is_file() or path.is_symlink():
                continue
            content = path.read_bytes()
            if content not in seen and len(content) < 300_000:
                seen.add(content)
                yield relative, path
