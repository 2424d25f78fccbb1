"""Markdown: words of text, code and addresses are changed, headings renamed, entries of fences set, deleted and added.

The oracle is markdown-it-py: of the tokens that it reads, only the one that was meant may change. What a fence holds
is read by an independent reader of its language, where there is one, and compared as data.
"""

from __future__ import annotations

import copy
import functools
import io
import json
import random
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import dotenv
import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from offramp import proposals
from offramp.document import Document
from offramp.model import Edit, Entry
from offramp.syntax import anchors, fences
from offramp.syntax.markdown import Markup
from tests.nets.formats import Case

SOURCES = (
    *("npm:npm@10.9.0", "npm:markdownlint@0.35.0", "npm:eslint-plugin-import@2.31.0", "npm:fastify@5.0.0"),
    *("npm:eslint-plugin-jsx-a11y@6.10.0", "npm:undici@6.20.0", "ruff==0.11.0", "hatch==1.14.1", "pip-tools==7.5.0"),
)
MINIMUM: Mapping[str, int] = {"files": 500, "set": 3000, "rename": 1000, "delete": 300, "insert": 300}
READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
FRONT = re.compile(r"(---|\+\+\+)[ \t]*(\r\n|\r|\n)(?:[^\r\n]+(?:\r\n|\r|\n))*?(?:\1|\.\.\.)[ \t]*(?:\r\n|\r|\n|\Z)")
WORD = re.compile(r"(?<![\w\\&/.@:#~-])[A-Za-z]{4,}(?![\w;/.@:~-])")
NEW = "PLUGH_XYZZY"
IN_TEXT = (
    *("plugh", "plugh_xyzzy", "Über — 鍵", "a*b*c", "__plugh__", "<b>", "[x](y)", "`x`", "A | B", "&amp;", "x" * 300),
    *(
        "# x",
        "a\\*b",
        "$x$",
        "~~x~~",
        "true",
        "a: b",
        "'it's'",
        '"q"',
        "@x",
        "${X}",
        "plugh\nxyzzy",
        "![x]",
        "1. x",
        "-",
    ),
)
IN_CODE = (
    *(
        "plugh",
        "a`b",
        "``",
        "A | B",
        "x*y*",
        "\\",
        "${X}",
        '"',
        "<b>",
        "y" * 300,
        "鍵",
        "plugh\nxyzzy",
        "&amp;",
        "$(x)",
    ),
)
IN_ADDRESS = (
    *("https://example.org/plugh", "docs/plugh.md", "a b.md", "x(y).md", "x)y", "<z>", 'q"r', "ключ.md", "a*b_c_"),
)
IN_VALUE = (
    *("plugh", "a: b", "x # y", "it's", '"q"', "${X}", "@x", "*x", "true", "1.0", "null", "", "鍵", "z" * 300, "a\\b"),
)
Data = Any  # plain data of any shape: lists, mappings, scalars
Leaf = tuple[int, int, str, str]  # token, child, what it is, the word


def wanted(path: str) -> bool:
    return path.lower().endswith((".md", ".markdown"))


def variants(text: str) -> dict[str, str]:
    newline = matched[0] if (matched := re.search(r"\r\n|\r|\n", text)) else "\n"
    return {} if FRONT.match(text) else {"non-ASCII before": f"Ключ — 鍵 😀{newline}{newline}{text}"}


def consumed(text: str, path: str) -> object:
    front = FRONT.match(text)
    head = front[0] if front else ""
    return [head, [_told(token) for token in _tokens(text)]]


@functools.lru_cache(maxsize=2)
def _tokens(text: str) -> list[Token]:
    front = FRONT.match(text)
    return READER.parse(text[front.end() :] if front else text)


@functools.lru_cache(maxsize=1)
def _read(text: str) -> object:
    return consumed(text, "")


def _copy(document: Document, *numbers: int) -> Data:
    """What the reader says, of which these tokens may be changed."""
    read: Data = _read(document.text)
    tokens = list(read[1])
    for number in numbers:
        tokens[number] = copy.deepcopy(tokens[number])
    return [read[0], tokens]


def _told(token: Token) -> list[Data]:
    """A token as plain data."""
    told: list[Data] = [token.type, token.tag, token.info, token.markup[:1], sorted(token.attrs.items())]
    if token.type == "inline":
        children: list[list[Data]] = []
        for child in token.children or ():
            kind = "text" if child.type == "text_special" else child.type
            content = child.content if kind != "image" else ""
            if kind == "text" and children and children[-1][0] == "text":
                children[-1][1] += content
            elif kind != "text" or content:
                children.append(
                    [kind, content, dict(child.attrs), "" if kind in ("text", "code_inline") else child.markup]
                )
                if kind == "image":
                    children[-1].append([c.content for c in child.children or ()])
        return [*told, children]
    return [*told, _fence_data(token.info, token.content) if token.type == "fence" else token.content]


def _fence_data(info: str, content: str) -> Data:
    """What an independent reader makes of a fence; its text where there is none, or it does not take it."""
    language, _ = fences.language_of(info)
    try:
        if language == "env":
            return dict(dotenv.dotenv_values(stream=io.StringIO(content), interpolate=False))
        if language == "json":
            return json.loads(content)
        if language == "yaml":
            return list(yaml.safe_load_all(content))
        if language == "toml":
            return tomllib.loads(content)
    except (ValueError, yaml.YAMLError, RecursionError):
        pass
    return content


def cases(document: Document, chance: random.Random) -> Iterator[Case]:
    found = list(_words(document, chance))
    for make in (_set_text, _set_code, _set_address):
        yield from make(document, found, chance)
    yield from _headings(document, found, chance)
    yield from _entries(document, chance)


def _fitted(document: Document, *edits: Edit) -> tuple[Edit, ...] | str:
    try:
        return tuple(proposals.fitted(document, list(edits)))
    except ValueError as error:
        return str(error)


class _Word:
    """A word that stands once in the lines of its token, and once in what the token says."""

    def __init__(self, kind: str, text: str, start: int, lines: tuple[int, int], at: tuple[int, int]) -> None:
        self.kind, self.text, self.start, self.lines, self.at = kind, text, start, lines, at
        self.heading = ""

    def expected(self, document: Document, value: str) -> Data:
        """What the reader must say once it is replaced."""
        data: Data = _copy(document, self.at[0])
        told = data[1][self.at[0]]
        if self.kind == "fence":
            told[5] = told[5].replace(self.text, value)
            return data
        child = told[5][self.at[1]]
        if self.kind == "address":
            name = "href" if "href" in child[2] else "src"
            child[2][name] = READER.normalizeLink(child[2][name].replace(self.text, value))
        else:
            child[1] = child[1].replace(self.text, value)
        return data


def _words(document: Document, chance: random.Random) -> Iterator[_Word]:
    text = document.text
    front = FRONT.match(text)
    shift = len(LINE.findall(front[0])) if front else 0
    lines = LINE.findall(text)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    outer: list[int] | None = None
    kind = ""
    for number, token in enumerate(_tokens(text)):
        kind = token.type if token.type.endswith("_open") else kind
        outer = token.map or outer
        if outer is None or token.type not in ("inline", "fence"):
            continue
        first, last = outer[0] + shift, outer[1] + shift
        source = text[starts[first] : starts[min(last, len(lines))]]
        if token.type == "inline" and "```" in source:
            continue  # a fence of a dialect that nests it otherwise
        for word in _of_token(token, number, source, chance):
            position = starts[first] + source.index(word.text)
            line = document.position(position)[0] - 1
            word.start, word.lines, word.heading = position, (line, line + 1), kind if kind == "heading_open" else ""
            yield word


def _of_token(token: Token, number: int, source: str, chance: random.Random) -> Iterator[_Word]:
    told = _told(token)
    if token.type == "fence":
        if isinstance(told[5], str):
            yield from _once("fence", source, told[5], str(told[5]), (number, 0))
        return
    everything = json.dumps(told[5], ensure_ascii=False)
    for index, child in enumerate(told[5]):
        if child[0] == "text":
            yield from _once("text", source, child[1], everything, (number, index))
        elif child[0] == "code_inline":
            yield from _once("code", source, child[1], everything, (number, index))
        elif child[0] in ("link_open", "image"):
            address = str(child[2].get("href", child[2].get("src", "")))
            if address and source.count(address) == everything.count(address) == 1 and f"]({address}" in source:
                yield _Word("address", address, 0, (0, 0), (number, index))


def _once(kind: str, source: str, content: str, everything: str, at: tuple[int, int]) -> Iterator[_Word]:
    for matched in WORD.finditer(content):
        if source.count(matched[0]) == everything.count(matched[0]) == 1:
            yield _Word(kind, matched[0], 0, (0, 0), at)


def _some(words: Sequence[_Word], chance: random.Random, number: int, *kinds: str) -> list[_Word]:
    chosen = [word for word in words if word.kind in kinds]
    return chance.sample(chosen, min(number, len(chosen)))


def _set(document: Document, word: _Word, value: str, operation: str = "set") -> Case:
    edits = _fitted(document, Edit(word.start, word.start + len(word.text), value))
    lines = word.lines
    if not isinstance(edits, str) and edits:  # ticks may be on other lines than their code
        touched = [document.position(offset)[0] for edit in edits for offset in (edit.start, edit.end)]
        lines = (min(touched) - 1, max(touched)) if word.kind == "code" else lines
    return Case(operation, edits, word.expected(document, value), lines)


def _set_text(document: Document, words: Sequence[_Word], chance: random.Random) -> Iterator[Case]:
    for word in _some(words, chance, 1, "text"):
        yield _set(document, word, chance.choice(IN_TEXT))
    for word in _some(words, chance, 1, "fence"):
        yield _set(document, word, "plugh")


def _set_code(document: Document, words: Sequence[_Word], chance: random.Random) -> Iterator[Case]:
    for word in _some(words, chance, 1, "code"):
        yield _set(document, word, chance.choice(IN_CODE))


def _set_address(document: Document, words: Sequence[_Word], chance: random.Random) -> Iterator[Case]:
    for word in _some(words, chance, 1, "address"):
        yield _set(document, word, chance.choice(IN_ADDRESS))


def _headings(document: Document, words: Sequence[_Word], chance: random.Random) -> Iterator[Case]:
    """A word of a heading, with the links that lead there."""
    headings = [word for word in words if word.heading and word.kind in ("text", "code")]
    for word in chance.sample(headings, min(1, len(headings))):
        line = document.line(word.lines[0] + 1)
        column = document.position(word.start)[1] - 1
        new = line[:column] + "Plugh" + line[column + len(word.text) :]
        old_anchor, anchor = anchors.anchor_of(line), anchors.anchor_of(new)
        edits = [Edit(word.start, word.start + len(word.text), "Plugh")]
        links = [m.start(1) for m in re.finditer(rf"\]\(({re.escape(old_anchor)})\)", document.text)]
        edits += [Edit(start, start + len(old_anchor), anchor) for start in links]
        data: Data = word.expected(document, "Plugh")
        data = copy.deepcopy(data) if links else data
        told = sum(_anchored(token, old_anchor, anchor) for token in data[1]) if links else 0
        if told != len(links) or (links and anchors.heading_of(document, old_anchor) is None):
            continue
        touched = [document.position(edit.start)[0] for edit in edits]
        yield Case("rename", _fitted(document, *edits), data, (min(touched) - 1, max(touched)))


def _anchored(token: list[Data], old: str, new: str) -> int:
    """How many links of a token lead to an anchor, which is made another."""
    if token[0] != "inline":
        return 0
    found = [
        child for child in token[5] if child[0] == "link_open" and child[2].get("href") == READER.normalizeLink(old)
    ]
    for child in found:
        child[2]["href"] = READER.normalizeLink(new)
    return len(found)


def _entries(document: Document, chance: random.Random) -> Iterator[Case]:
    """Entries of fences of data, whose key stands once in what the reader makes of the fence."""
    markup = document.tree
    assert isinstance(markup, Markup)
    data: Data = _copy(document)
    tokens = [(number, token) for number, token in enumerate(_tokens(document.text)) if token.type == "fence"]
    blocks = [block for block in markup.blocks if block.kind == "code" and block.fence]
    if len(blocks) != len(tokens):
        return
    listed = list(markup.entries())
    pairs = list(zip(tokens, blocks, strict=True))
    for (number, _), block in chance.sample(pairs, min(12, len(pairs))):
        held = data[1][number][5]
        own = [e for e in listed if block.start <= e.key_start < block.end]
        if isinstance(held, str) or not own:
            continue
        for entry in chance.sample(own, min(4, len(own))):
            if _count(held, entry.key) == 1 and sum(e.key == entry.key for e in own) == 1:
                yield from _of_entry(document, number, entry, chance)
        yield from _inserted(document, number, block.start, own, held)


def _of_entry(document: Document, number: int, entry: Entry, chance: random.Random) -> Iterator[Case]:
    lines = document.position(entry.value_start)[0] - 1, document.position(entry.value_end)[0]
    key = document.position(entry.key_start)[0]

    def case(operation: str, edit: Edit, change: Callable[[Data], Data], span: tuple[int, int]) -> Case:
        data: Data = _copy(document, number)
        data[1][number][5] = _changed(data[1][number][5], entry.key, change)
        return Case(operation, _fitted(document, edit), data, span)

    held = _find(_copy(document)[1][number][5], entry.key)
    value = chance.choice(IN_VALUE)
    if isinstance(held, str) and held == entry.value:
        edit = Edit(entry.value_start, entry.value_end, value)
        yield case("set", edit, lambda mapping: {k: value if k == entry.key else v for k, v in mapping.items()}, lines)
    rename = Edit(entry.key_start, entry.key_end, NEW)
    yield case(
        "rename", rename, lambda mapping: {NEW if k == entry.key else k: v for k, v in mapping.items()}, (key - 1, key)
    )
    if entry.outer is None:
        yield Case("delete", entry.stuck, None, (0, 0))
    elif document.line(document.position(entry.outer[0])[0]).find(entry.key) >= 0:  # not with what holds it
        first, last = (document.position(offset)[0] for offset in entry.outer)
        whole = document.text[entry.outer[1] - 1] in "\r\n"
        gone = lambda mapping: {k: v for k, v in mapping.items() if k != entry.key}  # noqa: E731  # a line
        yield case("delete", Edit(*entry.outer, ""), gone, (first - 1, last - whole))


def _inserted(document: Document, number: int, block: int, own: Sequence[Entry], held: Data) -> Iterator[Case]:
    """A setting more at the top of a fence."""
    if not isinstance(held, dict) and not (isinstance(held, list) and len(held) == 1 and isinstance(held[0], dict)):
        return
    try:
        edit = document.syntax.provide(document.text, f"setting:fence {document.position(block)[0]}:{NEW}=plugh")
    except ValueError as error:
        yield Case("insert", str(error), None, (0, 0))
        return
    data: Data = _copy(document, number)
    mapping = held if isinstance(held, dict) else held[0]
    more = {**mapping, NEW: "plugh"}
    data[1][number][5] = more if isinstance(held, dict) else [more]
    line, column = document.position(edit.start)
    yield Case("insert", (edit,), data, (line - 1, line - (column == 1)))


def _walk(data: Data) -> Iterator[dict[Any, Any]]:
    waiting = [data]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            yield item
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item


def _count(data: Data, key: str) -> int:
    return sum(key in mapping for mapping in _walk(data))


def _find(data: Data, key: str) -> Data:
    return next(mapping[key] for mapping in _walk(data) if key in mapping)


def _changed(data: Data, key: str, change: Callable[[Data], Data]) -> Data:
    if isinstance(data, dict):
        return change(data) if key in data else {k: _changed(v, key, change) for k, v in data.items()}
    return [_changed(item, key, change) for item in data] if isinstance(data, list) else data
