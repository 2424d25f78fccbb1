"""Shell scripts: variables, words and lines of here-documents are set, renamed, deleted and added.

What must come of it is told by the tree of the grammar's own package, whose literals bash has read: each word without
expansions is given to `printf`, and what bash prints stands in the place of its source. `bash -n` takes every result.
"""

from __future__ import annotations

import io
import random
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence

import dotenv
import tree_sitter
import tree_sitter_bash

from offramp import files, proposals
from offramp.document import Document
from offramp.model import Edit, Entry
from tests.nets.formats import Case

SOURCES = ("ansible-core==2.17.7", "diskimage-builder==3.37.0", "kolla==19.0.0", "kolla-ansible==19.0.0")
MINIMUM: Mapping[str, int] = {"files": 300, "set": 1500, "rename": 700, "delete": 700, "insert": 200}
VALUES = (
    *("plugh", "a b", "true", "1.0", "", "null", "#x", "~x", "@x", "*x", "&x", "a: b", "a=b", "{a,b}", "a;b", "a|b>c"),
    *('say "no"', "it's", "both ' and \"", "back\\slash", "$HOME", "${X:-y}", "$(rm x)", "`id`", "é 鍵", " lead", "!x"),
    *("x" * 300, "meta-llama/llama-3.3-70b", "https://openrouter.ai/api/v1"),
)
NEW = "PLUGH_SETTING"
PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))
# a word that means the same wherever it is read: all of it is quoted, escaped or plain
LITERAL = re.compile(
    r"""(?:[\w./:@%+,=^-]|\\[^\n\r]|'[^']*'|"(?:[^"\\$`]|\\.)*"|\$'(?:[^'\\]|\\.)*')*""", re.ASCII | re.DOTALL
)
WORDS = (
    "word",
    "number",
    "string",
    "raw_string",
    "ansi_c_string",
    "concatenation",
    "string_content",
    "extglob_pattern",
    "regex",
)
SCRIPT = re.compile(r"(?:\.(?:sh|bash|bats)|\.d/\d\d-[\w-]+|/[\w-]+)$")
STATEMENTS = ("variable_assignment", "redirected_statement")
ARGUMENTS = ("word", "concatenation", "string", "raw_string")
Token = tuple[str, object, int, int]  # kind, value, first and last byte


def wanted(path: str) -> bool:
    return not path.endswith(".j2") and (files.kind_of(path) == "shell" or SCRIPT.search(path) is not None)


def consumed(text: str, path: str) -> object:
    text = text.replace("\r\n", "\n")
    if re.match(r"#!.*(?:python|perl|zsh|node|ruby)", text):
        raise ValueError("it is no script of bash")
    if "\0" in text or subprocess.run(["bash", "-n"], input=_bytes(text), capture_output=True, check=False).returncode:
        raise ValueError("bash -n does not take it")
    return _plain(tokens(text))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _plain(found: Sequence[Token]) -> list[tuple[str, object]]:
    return [(kind, value) for kind, value, _, _ in found]


def tokens(text: str) -> list[Token]:
    """The leaves of a script; a literal as what bash reads in it, a here-document that sets variables as these."""
    source = _bytes(text)
    raw = list(_leaves(PARSER.parse(source).root_node, source))
    asked = [value for kind, value, _, _ in raw if kind == "literal" and LITERAL.fullmatch(value)]
    read = iter(_read_by_bash(asked))
    found: list[Token] = []
    for kind, value, start, end in raw:
        if kind == "literal" and LITERAL.fullmatch(value):
            found.append((kind, next(read), start, end))
        elif kind == "heredoc" and re.fullmatch(r"(?:[ \t]*(?:#.*|(?:export )?[A-Za-z_]\w*=.*)?\n)+", value):
            settings = dict(dotenv.dotenv_values(stream=io.StringIO(value), interpolate=False))
            found.append((kind, settings, start, end))
        else:
            found.append((kind, value, start, end))
    return found


def _read_by_bash(words: Sequence[str]) -> list[str]:
    if not words:
        return []
    script = "set +B -f\nprintf '%s\\0' \\\n" + " \\\n".join(word or "''" for word in words)
    made = subprocess.run(["bash"], input=_bytes(script), capture_output=True, check=True, env={"LC_ALL": "C.UTF-8"})
    return made.stdout.decode("utf-8", "surrogateescape").split("\0")[:-1]


def _leaves(node: tree_sitter.Node, source: bytes) -> Iterator[tuple[str, str, int, int]]:
    text = source[node.start_byte : node.end_byte].decode("utf-8", "surrogateescape")
    span = node.start_byte, node.end_byte
    written = f'"{text}"' if node.type == "string_content" else text
    if node.type in WORDS and LITERAL.fullmatch(written):
        yield "literal", written, *span
    elif node.type == "heredoc_body":
        yield "heredoc", text, *span
    elif node.type == "command_name" or (
        node.type == "word" and node.parent is not None and node.parent.type == "function_definition"
    ):
        yield from (("name", *token[1:]) for token in _below(node, source))  # of a program or a function: no value
    elif node.type == "variable_assignment" and node.child_by_field_name("value") is None:
        for child in node.children:
            yield from _leaves(child, source)
        yield "literal", "", span[1], span[1]
    else:
        yield from _below(node, source)


def _below(node: tree_sitter.Node, source: bytes) -> Iterator[tuple[str, str, int, int]]:
    text = source[node.start_byte : node.end_byte].decode("utf-8", "surrogateescape")
    if not node.children and text.strip():
        yield node.type, text, node.start_byte, node.end_byte
    for child in node.children:
        yield from _leaves(child, source)


def cases(document: Document, chance: random.Random) -> Iterator[Case]:
    if document.kind != "shell" or "\r" in document.text.replace("\r\n", ""):
        return
    unix = document.text.replace("\r\n", "\n")
    offsets = _offsets(document.text)
    found = tokens(unix)
    entries = document.tree.entries()
    for entry in chance.sample(list(entries), min(3, len(entries))):
        yield from _of_entry(document, entry, found, offsets, chance)
    literals = [t for t in found if t[0] == "literal" and t[3] > t[2] and isinstance(t[1], str) and t[1].isalnum()]
    for token in chance.sample(literals, min(2, len(literals))):
        yield from _word(document, token, found, offsets, chance)
    yield from _insert(document, found, offsets, chance)


def _offsets(text: str) -> list[int]:
    """Of each character, the byte where it stands in the text as bash is given it."""
    position, offsets = 0, []
    for index, character in enumerate(text):
        offsets.append(position)
        skipped = character == "\r" and text[index + 1 : index + 2] == "\n"
        position += 0 if skipped else len(_bytes(character))
    return [*offsets, position]


def _at(found: Sequence[Token], start: int, end: int) -> int | None:
    return next(
        (i for i, t in enumerate(found) if t[2] <= start and end <= t[3] and t[0] in ("literal", "heredoc")), None
    )


def _lines(document: Document, start: int, end: int) -> tuple[int, int]:
    return document.position(start)[0] - 1, document.position(end)[0]


def _fitted(document: Document, edit: Edit) -> tuple[Edit, ...] | str:
    try:
        return tuple(proposals.fitted(document, [edit]))
    except ValueError as error:
        return str(error)


def _of_entry(
    document: Document, entry: Entry, found: list[Token], offsets: list[int], chance: random.Random
) -> Iterator[Case]:
    value = chance.choice(VALUES)
    span = offsets[entry.value_start], offsets[entry.value_end]
    index = _at(found, *span)
    # values of here-documents follow the rules of env files, and are tried there
    if index is not None and found[index][0] == "literal" and (value or entry.value):
        _, read, start, end = found[index]
        whole = read == entry.value if entry.value else read == ""
        if whole and entry.scope.startswith("statement"):
            expected = _plain([*found[:index], ("literal", value, start, end), *found[index + 1 :]])
            edit = Edit(entry.value_start, entry.value_end, value)
            lines = _lines(document, entry.value_start, entry.value_end)
            yield Case("set", _fitted(document, edit), expected, lines)
    yield from _rename(document, entry, found, offsets)
    yield from _delete(document, entry, found, offsets)


def _rename(document: Document, entry: Entry, found: list[Token], offsets: list[int]) -> Iterator[Case]:
    start, end = offsets[entry.key_start], offsets[entry.key_end]
    edit = Edit(entry.key_start, entry.key_end, NEW)
    lines = _lines(document, entry.key_start, entry.key_end)
    for index, (kind, value, first, last) in enumerate(found):
        if not first <= start or not end <= last:
            continue
        changed: object
        if isinstance(value, dict):
            if list(value).count(entry.key) != 1 or NEW in value:
                return
            changed = {NEW if key == entry.key else key: held for key, held in value.items()}
        elif isinstance(value, str) and kind in ("variable_name", "literal") and value.count(entry.key) == 1:
            changed = value.replace(entry.key, NEW)
        else:
            return
        yield Case("rename", _fitted(document, edit), _plain(_changed(found, index, changed)), lines)
        return


def _changed(found: list[Token], index: int, value: object) -> list[Token]:
    kind, _, first, last = found[index]
    return [*found[:index], (kind, value, first, last), *found[index + 1 :]]


def _delete(document: Document, entry: Entry, found: list[Token], offsets: list[int]) -> Iterator[Case]:
    lines = _lines(document, entry.key_start, entry.value_end)
    if entry.outer is None:
        yield Case("delete", entry.stuck, None, lines)
        return
    last = document.position(entry.outer[1])[0] - (document.text[: entry.outer[1]][-1:] in ("\r", "\n"))
    lines = min(lines[0], _lines(document, *entry.outer)[0]), max(lines[1], last)
    edits = (Edit(*entry.outer, ""),)
    gone = _gone(document, entry, found, offsets)
    if gone is None:
        return
    kept = [t for i, t in enumerate(found) if i not in gone]
    if entry.scope.startswith("here-document"):
        index = _at(found, offsets[entry.key_start], offsets[entry.key_end])
        held = found[index][1] if index is not None else None
        if index is None or not isinstance(held, dict) or [e.key for e in document.tree.entries()].count(entry.key) > 1:
            return
        kept = _changed(found, index, {key: value for key, value in held.items() if key != entry.key})
    yield Case("delete", edits, _plain(kept), lines)


def _gone(document: Document, entry: Entry, found: list[Token], offsets: list[int]) -> set[int] | None:
    """The leaves that a deletion takes along: those of the assignment as the grammar's own package has it."""
    if entry.scope.startswith("here-document"):
        return set()
    source = _bytes(document.text.replace("\r\n", "\n"))
    start, end = offsets[entry.key_start], offsets[entry.value_end]
    node = PARSER.parse(source).root_node.descendant_for_byte_range(start, end)
    kinds = ARGUMENTS if entry.scope.startswith("command") else STATEMENTS
    while node is not None and node.type not in kinds:
        node = node.parent
    if node is not None and node.parent is not None and node.parent.type == "concatenation":
        node = node.parent
    if node is None or node.parent is None:
        return None
    first, last = node.start_byte, node.end_byte
    parent = node.parent
    if node.type == "variable_assignment" and parent.type == "declaration_command":
        operands = [c for c in parent.named_children if source[c.start_byte : c.start_byte + 1] != b"-"]
        if len(operands) == 1:
            first, last = parent.start_byte, parent.end_byte
    if node.type in ARGUMENTS:
        before = node.prev_sibling
        if before is not None and before.type == "word" and source[first : first + 1] != b"-":
            first = before.start_byte
    line_end = source.find(b"\n", last)
    line = source[source.rfind(b"\n", 0, first) + 1 : first].strip()
    gone = {i for i, t in enumerate(found) if first <= t[2] and t[3] <= last}
    if not line and node.type in ("variable_assignment", "redirected_statement") and parent.type != "command":
        rest = {i for i, t in enumerate(found) if last <= t[2] <= max(line_end, last) and t[0] in ("comment", ";")}
        gone |= rest
    inside = sorted(gone)
    if (
        line
        and inside
        and node.type == "variable_assignment"
        and parent.type not in ("command", "variable_assignments")
    ):
        around = [i for i in (inside[-1] + 1, inside[0] - 1) if found[i : i + 1] and found[i][0] == ";"]
        gone |= set(around[:1]) if found[inside[-1] + 1 : inside[-1] + 2] and len(gone) > 1 else set()
    return gone


def _word(
    document: Document, token: Token, found: list[Token], offsets: list[int], chance: random.Random
) -> Iterator[Case]:
    _, read, first, last = token
    characters = {byte: index for index, byte in reversed(list(enumerate(offsets)))}
    if first not in characters or last not in characters or not isinstance(read, str):
        return
    at = document.text.find(read, characters[first], characters[last])
    before = document.text[max(0, at - 2) : at]
    if at < 0 or re.search(r"[$]['\"]$|[-+=?]$", before):
        return
    index = found.index(token)
    value = chance.choice([v for v in VALUES if v])
    line = document.line(document.position(at)[0])
    if re.search(r"\bsed\b|\(\(|\blet\b|\w\[|\$\{\w+[#%/^,]", line):
        return  # what sed reads is its own language, and so is arithmetic
    edit = Edit(at, at + len(read), value)
    fitted = _fitted(document, edit)
    yield Case("set", fitted, _plain(_changed(found, index, value)), _lines(document, at, at + len(read)))


def _insert(document: Document, found: list[Token], offsets: list[int], chance: random.Random) -> Iterator[Case]:
    value = chance.choice(VALUES)
    try:
        edit = document.syntax.provide(document.text, f"setting::{NEW}={value}")
    except ValueError as error:
        yield Case("insert", str(error), None, (0, 0))
        return
    if edit is None:
        return
    declared = re.match(r"\s*(?P<word>[a-z]+)?(?P<flags>(?:\s+-\w+)*)\s*PLUGH_SETTING=", edit.replacement)
    assert declared is not None, edit.replacement
    added: list[Token] = [(declared["word"], declared["word"], 0, 0)] if declared["word"] else []
    added += [("literal", flag, 0, 0) for flag in declared["flags"].split()]
    added += [("variable_name", NEW, 0, 0), ("=", "=", 0, 0), ("literal", value, 0, 0)]
    index = next((i for i, t in enumerate(found) if t[2] >= offsets[edit.start]), len(found))
    line = document.position(edit.start)[0] - (document.text[: edit.start][-1:] in ("", "\r", "\n"))
    yield Case("insert", (edit,), _plain([*found[:index], *added, *found[index:]]), (line, line))
