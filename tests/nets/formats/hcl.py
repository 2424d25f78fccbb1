"""HCL: settings are set, renamed, deleted and added in Terraform files; python-hcl2's tokens say what came of it.

Its grammar is another than ours. A text is its tokens without blanks, commas and comments, strings by what they mean.
Where `terraform` is installed, its own parser reads the results as well: `python -m tests.nets.consumers_terraform FOLDER…`.
"""

from __future__ import annotations

import bisect
import functools
import random
import re
from collections.abc import Iterator, Mapping
from typing import Any

import hcl2

from offramp import files, proposals
from offramp.document import Document
from offramp.model import Edit, Entry
from offramp.syntax import hcl_strings
from offramp.syntax.grammar import Node
from offramp.syntax.hcl import Configuration
from offramp.syntax.hcl_insertions import address
from tests.nets.formats import Case

SOURCES = ("cloudgoat==2.5.0", "nebari==2026.3.1rc2", "qhub==2022.10.1.dev0", "mlstacks==0.9.0", "pyhcl==0.4.5")
MINIMUM: Mapping[str, int] = {"files": 500, "set": 1_500, "rename": 1_000, "delete": 1_000, "insert": 1_000}
LARGEST = 15_000  # characters; the reader takes seconds for more
VALUES = (
    *("plugh", "a: b", "x # y", "// x", "/* x", '"', "'", 'it\'s "q"', "back\\slash", "\\n", "${X}", "%{if x}", "$"),
    *("100%", "@x", "*x", "&x", "true", "1.0", "null", "", "é — 鍵 😀", "x" * 300, " lead", "trail ", "a\nb", "a\tb"),
    *("<<EOT", "{", "}", "a = 1", "$${X}", "https://x.example/v1?a=b&c=d", "meta-llama/llama-3.3-70b-instruct"),
)
NAMES = ("PLUGH_SETTING", "plugh", "plugh_setting_of_some_length", "meta/plugh", "plugh-1", "1plugh", "plugh é", 'a"b')
ESCAPE = re.compile(r'\$\$\{|%%\{|\\u([0-9A-Fa-f]{4})|\\([nrt"\\])')
Token = tuple[str, str]
Located = tuple[str, str, int, int]  # sort, text, start, end
Extent = tuple[str, int, int]


def wanted(path: str) -> bool:
    return files.kind_of(path) == "terraform" and not path.endswith(".lock.hcl")


@functools.lru_cache(maxsize=4)
def read(text: str) -> tuple[list[Located], list[Extent]]:
    """The tokens of a text, and the extents of what it is made of.

    Raises:
        ValueError: the reader does not take the text.
    """
    if len(text) > LARGEST:
        raise ValueError("too large")
    try:
        tree: Any = hcl2.parses_to_tree(text)
    except Exception as error:  # lark raises several sorts
        raise ValueError(str(error)) from None
    extents = [
        (node.data, node.meta.start_pos, node.meta.end_pos) for node in tree.iter_subtrees() if not node.meta.empty
    ]
    return list(located(tree)), extents


def located(tree: Any) -> list[Located]:
    """The tokens with their places; what stands between quotes is one text unless a part of it is worked out."""
    found: list[Located] = []
    for token in tree.scan_values(lambda value: True):
        sort, start = token.type, token.start_pos
        value = str(token)
        if sort in ("NL_OR_COMMENT", "COMMA"):
            continue
        if sort in ("STRING_CHARS", "ESCAPED_INTERPOLATION", "ESCAPED_DIRECTIVE"):
            if found and found[-1][0] == "text":
                found[-1] = ("text", found[-1][1] + _meant(value), found[-1][2], start + len(value))
            else:
                found.append(("text", _meant(value), start, start + len(value)))
        elif sort.startswith("HEREDOC"):
            value = value.rstrip()
            found.append(("heredoc", value, start, start + len(value)))
        else:
            stripped = value.strip()
            at = start + value.find(stripped)
            found.append(("quote" if sort == "DBLQUOTE" else "word", stripped, at, at + len(stripped)))
    return found


def _meant(source: str) -> str:
    def read(matched: re.Match[str]) -> str:
        if matched[2]:
            return {"n": "\n", "r": "\r", "t": "\t"}.get(matched[2], matched[2])
        return chr(int(matched[1], 16)) if matched[1] else matched[0][1:]

    return ESCAPE.sub(read, source)


def consumed(text: str, path: str) -> object:
    return [token[:2] for token in read(text)[0]]


def cases(document: Document, chance: random.Random) -> Iterator[Case]:
    tree = document.tree
    assert isinstance(tree, Configuration)
    tokens, extents = read(document.text)
    entries = list(tree.entries())
    made = _Cases(document, tokens, extents, chance)
    settable = [entry for entry in entries if made.is_literal(entry)]
    for entry in chance.sample(settable, min(2, len(settable))):
        yield from made.setting(entry)
    for entry in chance.sample(entries, min(2, len(entries))):
        yield from made.renaming(entry)
    for entry in chance.sample(entries, min(2, len(entries))):
        yield from made.deletion(entry)
    holders = list(_holders(tree.root))
    for path, last, member in chance.sample(holders, min(2, len(holders))):
        yield from made.insertion(path, last, member)


class _Cases:
    def __init__(self, document: Document, tokens: list[Located], extents: list[Extent], chance: random.Random) -> None:
        self.document, self.tokens, self.extents, self.chance = document, tokens, extents, chance
        self.starts = [token[2] for token in tokens]

    def _data(self, first: int, last: int, new: list[Token]) -> list[Token]:
        """The tokens with those from `first` up to `last` replaced."""
        plain = [token[:2] for token in self.tokens]
        return [*plain[:first], *new, *plain[last:]]

    def _at(self, offset: int) -> int:
        return bisect.bisect_left(self.starts, offset)

    def _lines(self, start: int, end: int) -> tuple[int, int]:
        return self.document.position(start)[0] - 1, self.document.position(max(start, end - 1))[0]

    def _fitted(self, edit: Edit) -> tuple[Edit, ...] | str:
        try:
            return tuple(proposals.fitted(self.document, [edit]))
        except ValueError as error:
            return str(error)

    def _in_heredoc(self, offset: int) -> int | None:
        index = bisect.bisect_right(self.starts, offset) - 1
        inside = index >= 0 and self.tokens[index][0] == "heredoc" and offset < self.tokens[index][3]
        return index if inside else None

    def is_literal(self, entry: Entry) -> bool:
        before = self.document.text[entry.value_start - 1 : entry.value_start]
        value = self.document.text[entry.value_start : entry.value_end]
        return before == '"' or re.fullmatch(r"\d+|true|false|null", value) is not None

    def setting(self, entry: Entry) -> Iterator[Case]:
        value = self.chance.choice(VALUES)
        start, end = entry.value_start, entry.value_end
        if self._in_heredoc(start) is not None:
            return
        index = self._at(start - 1)
        edit = Edit(start, end, value)
        if index < len(self.tokens) and self.tokens[index][0] == "quote" and self.tokens[index][2] == start - 1:
            last = index + 1 if self.tokens[index + 1][0] == "quote" else index + 2
            if self.tokens[last][0] != "quote" or self.tokens[last][2] != end:
                return  # a part of it is worked out
            new: list[Token] = [("text", value)] if value else []
            yield Case("set", self._fitted(edit), self._data(index + 1, last, new), self._lines(start, end))
            return
        index = self._at(start)
        _, word, first, last = self.tokens[index] if index < len(self.tokens) else ("", "", -1, -1)
        if (first, last) == (start, end) and re.fullmatch(r"\d+|true|false|null", word):
            typed = re.fullmatch(r"[\d.]+|true|false|null", value) is not None
            new = [("word", value)] if typed else [("quote", '"'), ("text", value), ("quote", '"')]
            if value:
                yield Case("set", self._fitted(edit), self._data(index, index + 1, new), self._lines(start, end))

    def renaming(self, entry: Entry) -> Iterator[Case]:
        argument = entry.scope.startswith(("block ", "file"))
        name = self.chance.choice(NAMES[:3] if argument and self.chance.random() < 0.8 else NAMES)
        start, end = entry.key_start, entry.key_end
        edits = self._fitted(Edit(start, end, name))
        lines = self._lines(start, end)
        if (index := self._in_heredoc(start)) is not None:
            token = self.tokens[index]
            text = token[1][: start - token[2]] + name + token[1][end - token[2] :]
            yield Case("rename", edits, self._data(index, index + 1, [("heredoc", text)]), lines)
            return
        index = self._at(start)
        if index >= len(self.tokens) or self.tokens[index][2:] != (start, end):
            return  # a key that is worked out
        if self.tokens[index][0] == "text":
            yield Case("rename", edits, self._data(index, index + 1, [("text", name)]), lines)
        else:
            plain = re.fullmatch(r"[^\W\d][\w-]*", name) is not None
            quoted: list[Token] = [("quote", '"'), ("text", name), ("quote", '"')]
            yield Case("rename", edits, self._data(index, index + 1, [("word", name)] if plain else quoted), lines)

    def deletion(self, entry: Entry) -> Iterator[Case]:
        edits = (Edit(*entry.outer, ""),) if entry.outer else entry.stuck
        if (index := self._in_heredoc(entry.key_start)) is not None:
            token, text = self.tokens[index], self.document.text
            start = text.rfind("\n", 0, entry.key_start) + 1
            end = text.find("\n", entry.key_start) + 1
            kept = token[1][: start - token[2]] + token[1][end - token[2] :]
            yield Case("delete", edits, self._data(index, index + 1, [("heredoc", kept)]), self._lines(start, end))
            return
        first, last = self._extent(entry)
        lines = self._lines(self.tokens[first][2], self.tokens[last - 1][3])
        outer_end = entry.outer[1] if entry.outer else 0
        behind = self.document.line_starts[lines[1]] if lines[1] < len(self.document.line_starts) else outer_end
        if outer_end > behind and not self.document.text[behind:outer_end].strip(" \t\r\n"):
            lines = lines[0], lines[1] + 1
        if entry.outer and self.document.text[entry.outer[0]] in "\r\n,":  # the break or the comma before it goes
            lines = self.document.position(entry.outer[0])[0] - 1, lines[1]
        yield Case("delete", edits, self._data(first, last, []), lines)

    def _extent(self, entry: Entry) -> tuple[int, int]:
        """The tokens that belong to an entry, as the reader's own tree has them."""
        kind = "attribute" if entry.scope.startswith(("block ", "file")) else "object_elem"
        if entry.scope.startswith("list "):
            kind = "object"
        elif " of " in entry.scope or entry.scope in ("variable", "output", "local"):
            kind = "block"
        spans = [span for sort, *span in self.extents if sort == kind]
        start, end = min(((a, b) for a, b in spans if a <= entry.key_start < b), key=lambda span: span[1] - span[0])
        return self._at(start), self._at(end)

    def insertion(self, path: str, last: Node, member: str) -> Iterator[Case]:
        value = self.chance.choice(VALUES)
        written: list[Token] = [("quote", '"'), *([("text", value)] if value else []), ("quote", '"')]
        if value == "${X}":
            written = [("word", "X")]
        name: list[Token] = [("word", "PLUGH")]
        if member == "quoted":
            name = [("quote", '"'), ("text", "PLUGH"), ("quote", '"')]
        sign = next((child.text for child in last.children if child.kind in ("=", ":")), "=")
        need = f"item:{path}:{value}" if member == "item" else f"setting:{path}:PLUGH={value}"
        new = written if member == "item" else [*name, ("word", sign if member != "argument" else "="), *written]
        try:
            edit = self.document.syntax.provide(self.document.text, need)
        except ValueError as error:
            yield Case("insert", str(error), None, (0, 0))
            return
        index = self._at(last.end)
        number = self.document.position(max(0, last.end - 1))[0]
        inline = edit is not None and (edit.start == last.end or "\n" not in edit.replacement)
        lines = (number - 1, number) if inline else (number, number)
        if edit is not None:
            yield Case("insert", (edit,), self._data(index, index, new), lines)


def _holders(root: Node) -> Iterator[tuple[str, Node, str]]:
    """The blocks, objects and lists that can be named, each with its last member and what it holds."""
    waiting: list[tuple[str, Node]] = [("", root)]
    while waiting:
        path, node = waiting.pop()
        if node.kind in ("block", "config_file"):
            inside = hcl_strings.body(node)
            arguments = [child for child in inside if child.kind == "attribute"]
            if inside:
                yield path, (arguments or inside)[-1], "argument"
            for child in inside:
                name = address(child) if child.kind == "block" else hcl_strings.key_of(child)
                waiting.append(
                    (f"{path}/{name}" if path else name, child if child.kind == "block" else child.named[-1])
                )
        elif (found := hcl_strings.container(node, "object")) is not None:
            pairs = [child for child in found.named if child.kind == "object_elem"]
            if pairs:
                yield path, pairs[-1], "quoted" if pairs[-1].named[0].text.startswith('"') else "key"
            waiting += [(f"{path}/{hcl_strings.key_of(pair)}", pair.named[-1]) for pair in pairs]
        elif (found := hcl_strings.container(node, "tuple")) is not None:
            items = [child for child in found.named if child.kind == "expression"]
            if items and hcl_strings.literal_of(items[-1]) is not None:
                yield path, items[-1], "item"
