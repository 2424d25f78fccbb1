"""Dockerfiles: settings, arguments, list items and words are set, renamed, deleted and added; npm's dockerfile-ast reads
what comes of it."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from typing import cast

from offramp import files, proposals
from offramp.document import Document
from offramp.model import Edit, Entry
from offramp.syntax import dockerfile
from offramp.syntax.dockerfile import Dockerfile
from offramp.syntax.dockerfile_lines import Instruction
from tests.nets import node_readers
from tests.nets.formats import Case

SOURCES = (
    *("terminal-bench==0.2.9", "inspect-evals==0.9.0", "npm:dockerfilelint@1.8.0", "jupyter-repo2docker==2026.4.0"),
    *("colin==0.5.3", "atomic-reactor==1.6.9", "agent-starter-pack==0.41.3"),
)
READERS = (
    "npm:dockerfile-ast@0.7.1",
    "npm:vscode-languageserver-textdocument@1.0.12",
    "npm:vscode-languageserver-types@3.17.5",
)
MINIMUM: Mapping[str, int] = {"files": 150, "set": 800, "rename": 200, "delete": 200, "insert": 400}
NEW = "PLUGH_SETTING"
VALUES = (
    *("plugh", "a: b", "a # b", "a#b", "#a", "it's", 'say "x"', 'it\'s "x"', "a\\b", "a\\", "${X}", "$X", "@a", "*a"),
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
        "a=b",
        "`a`",
        "[a]",
        "<a>",
        "\ta",
    ),
)
READ = """
const {DockerfileParser} = require('dockerfile-ast');
const told = one => {
  if (one.getTriggerInstruction && one.getTriggerInstruction()) return ['ONBUILD', told(one.getTriggerInstruction())];
  const word = one.getKeyword();
  if (one.getProperties) return [word, one.getProperties().map(p => [p.getName(), p.getValue()])];
  if (one.getJSONStrings && one.getJSONStrings().length) {
    return [word, 'list', JSON.parse(one.getRawArgumentsContent().replace(/^[^[]*/, '').replace(/\\\\[ \t]*\\r?\\n/g, ''))];
  }
  const flags = one.getFlags ? one.getFlags().map(f => f.toString()) : [];
  return [word, flags, one.getArguments().map(a => a.getValue())];
};
const read = text => DockerfileParser.parse(text).getInstructions().map(told);
"""
Row = list[object]


def wanted(path: str) -> bool:
    return files.kind_of(path) == "dockerfile" and not path.endswith((".j2", ".jinja", ".jinja2"))


def consumed(text: str, path: str) -> list[Row]:
    read = node_readers.reader(READ, READERS)
    if read is None:
        raise ValueError("there is no node")
    return cast(list[Row], read(text))


def cases(document: Document, chance: random.Random) -> Iterator[Case]:
    tree = document.tree
    assert isinstance(tree, Dockerfile)
    before = consumed(document.text, document.path)
    if len(before) != len(tree.instructions):
        return
    places = [(index, one) for index, one in enumerate(tree.instructions) if not one.onbuild]
    settings = [
        (i, one, n, e) for i, one in places for n, e in enumerate(tree.settings_of(one)) if _plain(before[i], n, e)
    ]
    for index, one, number, entry in chance.sample(settings, min(5, len(settings))):
        yield from _setting(document, before, index, one, number, entry, chance)
    for index, one in chance.sample(places, min(6, len(places))):
        if (case := _word(document, before, index, one, chance)) is not None:
            yield case
    if tree.instructions and tree.instructions[-1].stage:
        yield from _inserted(document, before, tree, chance)


def _plain(row: Row, number: int, entry: Entry) -> bool:
    """Whether both readers see the same setting there."""
    listed = row[1]
    if not isinstance(listed, list) or number >= len(listed) or "$" in entry.value or "\\" in entry.value:
        return False
    return listed[number] == [entry.key, entry.value] and "\n" not in entry.value


def _replaced(before: list[Row], index: int, row: Row | None) -> list[Row]:
    return [*before[:index], *([] if row is None else [row]), *before[index + 1 :]]


def _setting(
    document: Document,
    before: list[Row],
    index: int,
    one: Instruction,
    number: int,
    entry: Entry,
    chance: random.Random,
) -> Iterator[Case]:
    listed = cast(list[list[str]], before[index][1])
    lines = document.position(entry.key_start)[0] - 1, document.position(entry.value_end)[0]

    def row(pair: list[list[str]]) -> list[Row]:
        return _replaced(before, index, [one.name, [*listed[:number], *pair, *listed[number + 1 :]]])

    value = chance.choice(VALUES)
    edits = _fitted(document, Edit(entry.value_start, entry.value_end, value))
    yield Case("set", edits, row([[entry.key, value]]), lines)
    yield Case("rename", (Edit(entry.key_start, entry.key_end, NEW),), row([[NEW, entry.value]]), lines)
    if entry.outer is None:
        yield Case("delete", entry.stuck, None, lines)
        return
    first, last = (document.position(offset)[0] for offset in entry.outer)
    gone = _replaced(before, index, None) if len(listed) == 1 else row([])
    last -= document.text[: entry.outer[1]].endswith(("\n", "\r"))
    yield Case("delete", (Edit(*entry.outer, ""),), gone, (first - 1, last))


def _fitted(document: Document, edit: Edit) -> tuple[Edit, ...] | str:
    try:
        return tuple(proposals.fitted(document, [edit]))
    except ValueError as error:
        return str(error)


def _word(document: Document, before: list[Row], index: int, one: Instruction, chance: random.Random) -> Case | None:
    """A word of a command, of a list in the exec form, or of another instruction."""
    row = before[index]
    is_list = row[1] == "list"
    words = cast(list[str], row[2] if len(row) == 3 else [])
    named = [n for n, w in enumerate(words) if re.fullmatch(r"[\w./:-]{3,}", w) and words.count(w) == 1]
    named = [n for n in named if words[n] not in ("CMD", "NONE")]
    body = document.text[one.body : one.logical_end]
    named = [n for n in named if len(re.findall(rf"(?<![\w./:-]){re.escape(words[n])}(?![\w./:-])", body)) == 1]
    if not named or "#" in body:
        return None
    number = chance.choice(named)
    start = one.body + next(
        m.start() for m in re.finditer(rf"(?<![\w./:-]){re.escape(words[number])}(?![\w./:-])", body)
    )
    value = chance.choice(VALUES) if is_list else chance.choice(["plugh", "a/b:c"])
    after = [*words[:number], value, *words[number + 1 :]]
    line = document.position(start)[0]
    edits = _fitted(document, Edit(start, start + len(words[number]), value))
    return Case("set", edits, _replaced(before, index, [*row[:2], after]), (line - 1, line))


def _inserted(document: Document, before: list[Row], tree: Dockerfile, chance: random.Random) -> Iterator[Case]:
    for name, value in (("ENV", chance.choice(VALUES)), ("ARG", None)):
        need = NEW if value is None else f"{NEW}={value}"
        try:
            edit = dockerfile.provide(document.text, f"setting:{name}:{need}")
        except ValueError as error:
            yield Case("insert", str(error), None, (0, 0))
            continue
        assert edit is not None
        index = sum(one.end <= edit.start for one in tree.instructions)
        line = document.position(edit.start)[0] - 1 + edit.replacement.startswith(("\n", "\r"))
        yield Case("insert", (edit,), [*before[:index], [name, [[NEW, value]]], *before[index:]], (line, line))
