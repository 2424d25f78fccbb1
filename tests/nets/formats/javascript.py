"""JavaScript and TypeScript: strings and names change, entries, items and imported names go; TypeScript reads it all.

What must come of a rename of a binding is told by TypeScript's own renaming, of all else by its tree of the file
before: a leaf with another value, or without a branch.
"""

from __future__ import annotations

import os
import random
import re
import sys
from collections.abc import Iterator, Mapping

from offramp import proposals
from offramp.document import Document
from offramp.model import Edit, Entry
from offramp.syntax import grammar, javascript, javascript_items
from offramp.syntax.grammar import Node
from tests.nets import typescript
from tests.nets.formats import Case

SOURCES = (
    *("npm:rxjs@7.8.1", "npm:openai@4.67.3", "npm:react-native-paper@5.12.5", "npm:eslint@9.12.0"),
    *("npm:create-vite@5.5.2", "npm:create-next-app@14.2.15", "npm:express@4.21.0", "npm:viem@2.21.19"),
    *("npm:zod@3.25.76", "npm:@tanstack/query-core@5.59.0", "npm:webpack@5.95.0"),
)
MINIMUM: Mapping[str, int] = {"files": 1000, "set": 2000, "rename": 2000, "delete": 1500}
SUFFIXES = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
BUILT = re.compile(
    r"(?:^|/)(?:_?(?:cjs|esm|esm5|esm2015|types|module|commonjs|modern|legacy|dist|v3|v4-mini)|lib/typescript)/|\.min\.|\.d\.[cm]?ts$"
)
LARGEST = 20_000  # bytes: what a file of a few thousand lines has
NEW = "plughName"
VALUES = (
    *(
        "plugh",
        "",
        "it's",
        'say "x"',
        "a\\b",
        "${PLUGH}",
        "`x`",
        "two\nlines",
        "tab\there",
        "ключ — 鍵 😀",
        "true",
        "1.0",
    ),
    *(
        "null",
        "@a",
        "*",
        "&amp; &",
        " blank ",
        "a: b # c",
        "x" * 300,
        "</script>",
        "{a}",
        "$",
        "{",
        "7",
        "\u2028",
        "//",
    ),
)


def wanted(path: str) -> bool:
    return (
        path.endswith(SUFFIXES) and BUILT.search(path) is None and sum(map(ord, path)) % 2 == 0
    )  # half of them will do


def consumed(text: str, path: str) -> object:
    if len(text) > LARGEST:
        raise ValueError("it is large")
    read = typescript.read(text, path)
    return read.nodes, read.compiles


def cases(document: Document, chance: random.Random) -> Iterator[Case]:
    if not isinstance(document.tree, javascript.Script) or grammar.faults(document.tree.root):
        return
    read = typescript.read(document.text, document.path)
    yield from _set(document, document.tree, read, chance)
    yield from _names(document, document.tree, chance)
    yield from _keys(document, document.tree, read, chance)
    yield from _deleted(document, document.tree, read, chance)


def _set(document: Document, tree: javascript.Script, read: typescript.Read, chance: random.Random) -> Iterator[Case]:
    strings = [
        n for kind in javascript.STRINGS for n in tree.root.find_all(kind) if not n.find_all("template_substitution")
    ]
    for node in chance.sample(strings, min(1, len(strings))):
        index, value = read.leaf(*node.span), chance.choice(VALUES)
        if index is None:
            continue
        depth, kind, _ = read.nodes[index].split(" ", 2)
        expected = [*read.nodes[:index], f"{depth} {kind} {value}", *read.nodes[index + 1 :]]
        edits = _fitted(document, Edit(node.start + 1, node.end - 1, value))
        yield Case("set", edits, (expected, read.compiles), _lines(document, *node.span))


def _names(document: Document, tree: javascript.Script, chance: random.Random) -> Iterator[Case]:
    bindings = tree.scopes.bindings
    for binding in chance.sample(bindings, min(1, len(bindings))):
        if binding.is_merged or "member" in binding.what or _is_loose(document, binding.name):
            continue
        places = binding.occurrences
        edits = tuple(Edit(o.start, o.end, o.renamed(NEW)) for o in places)
        try:
            meant = typescript.renamed(document.text, document.path, places[0].start, NEW)
            expected = consumed(meant, document.path)
        except ValueError:
            continue  # a name that TypeScript does not rename, such as that of a file's default export
        yield Case("rename", edits, expected, _lines(document, places[0].start, places[-1].end))


def _is_loose(document: Document, name: str) -> bool:
    """Whether TypeScript takes members for the binding: those of a namespace, and any where JavaScript has no types."""
    text = document.text
    if "namespace " in text:
        return f".{name}" in text
    return "js" in document.path.rpartition(".")[2] and (f".{name}" in text or "require(" in text)


def _keys(document: Document, tree: javascript.Script, read: typescript.Read, chance: random.Random) -> Iterator[Case]:
    keyed = [entry for entry in tree.entries() if entry.key_start != entry.value_start]
    for entry in chance.sample(keyed, min(1, len(keyed))):
        quoted = document.text[entry.key_start - 1] in "'\"" and document.text[entry.key_end] in "'\""
        index = read.leaf(entry.key_start - quoted, entry.key_end + quoted)
        if index is None or not re.match(r"\d+ (?:Identifier|StringLiteral) ", read.nodes[index]):
            continue
        new = chance.choice((NEW, "PLUGH_KEY", "plugh-key"))
        depth = read.nodes[index].split(" ")[0]
        kind = "StringLiteral" if quoted or "-" in new else "Identifier"
        expected = [*read.nodes[:index], f"{depth} {kind} {new}", *read.nodes[index + 1 :]]
        edits = _fitted(document, Edit(entry.key_start, entry.key_end, new))
        yield Case("rename", edits, (expected, read.compiles), _lines(document, entry.key_start, entry.key_end))


def _deleted(
    document: Document, tree: javascript.Script, read: typescript.Read, chance: random.Random
) -> Iterator[Case]:
    entries = list(tree.entries())
    for entry in chance.sample(entries, min(1, len(entries))):
        yield from _without(document, read, *_pair(document, tree, entry), entry.outer or entry.stuck)
    items = [n for kind in ("array", "named_imports", "export_clause") for n in tree.root.find_all(kind)]
    inner = [node for listed in items for node in listed.named if node.kind != "comment"]
    for node in chance.sample(inner, min(2, len(inner))):
        try:
            cut: tuple[int, int] | str = javascript_items.outer(document.text, node)
        except ValueError as error:
            cut = str(error)
        yield from _without(document, read, *node.span, cut)


def _pair(document: Document, tree: javascript.Script, entry: Entry) -> tuple[int, int]:
    node: Node | None = tree.root.at(entry.key_start, entry.key_end)
    while node is not None and node.kind not in ("pair", "shorthand_property_identifier"):
        node = node.parent
    return node.span if node is not None else (-1, -1)


def _without(
    document: Document, read: typescript.Read, start: int, end: int, cut: tuple[int, int] | str
) -> Iterator[Case]:
    index = read.at(start, end)
    if index is None:
        return
    edits = (Edit(*cut, ""),) if not isinstance(cut, str) else cut
    expected = [*read.nodes[:index], *read.nodes[read.below(index) :]]
    first, last = cut if not isinstance(cut, str) else (start, end)
    yield Case("delete", edits, (expected, read.compiles), _lines(document, min(first, start), max(last, end)))


def _fitted(document: Document, edit: Edit) -> tuple[Edit, ...] | str:
    try:
        return tuple(proposals.fitted(document, [edit]))
    except ValueError as error:
        return str(error)


def _lines(document: Document, start: int, end: int) -> tuple[int, int]:
    return document.position(start)[0] - 1, document.position(end)[0]


def missing() -> str | None:
    """Why nothing can be read independently here; in CI that is no excuse."""
    try:
        typescript.compiler()
    except typescript.Missing as error:
        if os.environ.get("CI") == "true":
            raise
        print(f"javascript: skipped, {error}", file=sys.stderr)
        return str(error)
    return None
