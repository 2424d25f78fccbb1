"""YAML: scalars are set, keys renamed, entries and items deleted and added; what PyYAML composes of it must be as meant.

The data are PyYAML's nodes with the tags that they resolve to, so that `1` and `'1'` differ, with every key that
stands twice, in order, and with an alias as what it stands for. An edit is found in them by its path.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence

import yaml

from offramp import proposals
from offramp.document import Document
from offramp.model import Edit
from offramp.syntax import scripts
from offramp.syntax.nodes import Node, NodeTree
from tests.nets.formats import Case

SOURCES = (
    "ansible-core==2.21.5",
    "cfn-lint==1.58.0",
    "checkov==3.3.30",
    "diskimage-builder==3.37.0",
    "check-jsonschema==0.34.1",
)
MINIMUM: Mapping[str, int] = {"files": 1000, "set": 5000, "rename": 3000, "delete": 3000, "insert": 3000}
LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
PER_FILE = 2  # edits of each operation in one way of writing a file
LARGEST = 60_000  # characters; there are enough smaller ones
SURROGATES = re.compile(r"[\ud800-\udfff]")
STR, MAP = "tag:yaml.org,2002:str", "tag:yaml.org,2002:map"
TEXTS = (
    *("plugh", "plugh", "https://host.example/v1?a=b&c#d", "${PLUGH:?PLUGH is not set: see .env}", "${{ vars.PLUGH }}"),
    *(
        "a: b",
        "a #b",
        "# a",
        "it's",
        'say "x"',
        "C:\\new\\table",
        "@a",
        "*a",
        "&a",
        "!a",
        "- a",
        "? a",
        "-a",
        "%a",
        "`a",
    ),
    *("true", "No", "y", "1.0", "08", "1e3", "0x1F", "null", "~", "2026-11-21", "12:30:45", "<<", "=", ""),
    *(
        "ключ — 鍵 😀",
        "é",
        "x" * 300,
        " a",
        "a ",
        "a,b",
        "[a]",
        "{a}",
        "a]",
        "a:",
        ":",
        "a\nb",
        "a\tb",
        "\ta",
        "---",
        "|",
        ">",
    ),
)
Data = object


class Wishes:
    """What is to become of nodes: other scalars, entries and items that go or come; by the identity of the node."""

    def __init__(self) -> None:
        self.scalars: dict[int, tuple[str, str]] = {}
        self.gone: set[tuple[int, int]] = set()
        self.added: dict[int, tuple[int, Data]] = {}


def wanted(path: str) -> bool:
    return path.endswith((".yml", ".yaml"))


def composed(text: str) -> list[yaml.Node]:
    try:
        return list(yaml.compose_all(SURROGATES.sub("\ufffd", text), Loader=LOADER))
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(str(error)) from None


def consumed(text: str, path: str) -> Data:
    return plain(composed(text), Wishes())


def plain(roots: Sequence[yaml.Node], wishes: Wishes) -> Data:
    try:
        return [_data(root, wishes, {}) for root in roots if root is not None]
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _data(node: yaml.Node, wishes: Wishes, made: dict[int, Data]) -> Data:
    if id(node) in made:
        return made[id(node)]
    made[id(node)] = "itself"
    if isinstance(node, yaml.ScalarNode):
        result: Data = wishes.scalars.get(id(node), (node.tag, node.value))
    elif isinstance(node, yaml.MappingNode):
        pairs = [
            (_data(key, wishes, made), _data(value, wishes, made))
            for index, (key, value) in enumerate(node.value)
            if (id(node), index) not in wishes.gone
        ]
        result = ["map", node.tag, *_with_addition(pairs, wishes, node)]
    else:
        items = [_data(item, wishes, made) for n, item in enumerate(node.value) if (id(node), n) not in wishes.gone]
        result = ["seq", node.tag, *_with_addition(items, wishes, node)]
    if id(node) in wishes.added and isinstance(node, yaml.ScalarNode):
        result = wishes.added[id(node)][1]
    made[id(node)] = result
    return result


def _with_addition(parts: list[Data], wishes: Wishes, node: yaml.Node) -> list[Data]:
    index, addition = wishes.added.get(id(node), (0, None))
    if addition is None:
        return parts
    return [*parts[: len(parts) - index], addition, *parts[len(parts) - index :]]


def at(roots: Sequence[yaml.Node], tree: NodeTree, node: Node) -> yaml.Node:
    """PyYAML's node at the place of one of ours."""
    slots: list[int] = []
    top = node
    while top.parent is not None:
        slots.append(top.slot)
        top = top.parent
    found = [root for root in roots if root is not None][tree.roots.index(top)]
    for slot in reversed(slots):
        found = found.value[slot // 2][slot % 2] if isinstance(found, yaml.MappingNode) else found.value[slot]
    return found


def cases(document: Document, chance: random.Random) -> Iterator[Case]:
    tree = document.tree
    if not isinstance(tree, NodeTree) or len(document.text) > LARGEST:
        return
    roots = composed(document.text)
    if len(roots) != len(tree.roots) or None in roots:
        return
    scalars = [leaf for leaf in tree.leaves if leaf.kind == "scalar"]
    for leaf in _some([leaf for leaf in scalars if not leaf.is_key], chance):
        if (case := _set(document, tree, roots, leaf, chance)) is not None:
            yield case
    for leaf in _some([leaf for leaf in scalars if leaf.is_key], chance):
        yield _renamed(document, tree, roots, leaf, chance)
    children = [
        child
        for node in tree.collections
        for child in (node.children if node.kind == "sequence" else node.children[::2])
    ]
    for node in _some(children, chance):
        yield _deleted(document, tree, roots, node)
    holders = [
        *tree.collections,
        *(value for node in tree.collections for value in node.children[1::2] if value.start == value.end),
    ]
    for node in _some(holders, chance):
        if (case := _inserted(document, tree, roots, node, chance)) is not None:
            yield case


def _some(nodes: list[Node], chance: random.Random) -> list[Node]:
    return chance.sample(nodes, min(PER_FILE, len(nodes)))


def _lines(document: Document, start: int, end: int) -> tuple[int, int]:
    return document.position(start)[0] - 1, document.position(end)[0]


def _fitted(document: Document, *edits: Edit) -> tuple[Edit, ...] | str:
    try:
        return tuple(proposals.fitted(document, list(edits)))
    except ValueError as error:
        return str(error)


def _set(
    document: Document, tree: NodeTree, roots: Sequence[yaml.Node], leaf: Node, chance: random.Random
) -> Case | None:
    """Another text for a scalar, or for a word in it; not where it is code, and means something in that language."""
    node = at(roots, tree, leaf)
    start, end, value = leaf.first, leaf.last, chance.choice(TEXTS)
    if leaf.style in ("|", ">"):
        start, end, value, whole = _in_block(document.text, leaf, value, chance)
    else:
        whole = value
        source = document.text[start:end]
        words = list(re.finditer(r"\w+", source)) if source == leaf.value else []
        if words and chance.random() < 0.3:
            word = chance.choice(words)
            start, end = leaf.first + word.start(), leaf.first + word.end()
            whole = source[: word.start()] + value + source[word.end() :]
    if _is_code(tree, Edit(start, end, value)):
        return None
    wishes = Wishes()
    wishes.scalars[id(node)] = _typed(node, leaf, whole)
    return Case(
        "set",
        _fitted(document, Edit(start, end, value)),
        plain(roots, wishes),
        _lines(document, leaf.start, max(leaf.end - 1, leaf.start)),
    )


def _is_code(tree: NodeTree, edit: Edit) -> bool:
    try:
        return scripts.fit(tree, [edit]) != [edit]
    except ValueError:
        return True


def _in_block(text: str, leaf: Node, value: str, chance: random.Random) -> tuple[int, int, str, str]:
    """A span of a block scalar, what is to stand there, and what the block means then."""
    lines = leaf.value.split("\n")
    source = re.split(r"\r\n|\r|\n", text[leaf.first : leaf.last])
    at_line = chance.randrange(len(lines))
    words = list(re.finditer(r"\w+", lines[at_line]))
    if leaf.style == ">" or not words or chance.random() < 0.3 or not source[at_line].endswith(lines[at_line]):
        value = (value.strip() or "plugh") + "\n" * (len(leaf.value) - len(leaf.value.rstrip("\n")))
        return leaf.first, leaf.last, value, value
    word = chance.choice(words)
    start = leaf.first
    for _ in range(at_line):
        start = re.compile(r"\r\n|\r|\n").search(text, start).end()  # type: ignore[union-attr]  # there are as many
    start += len(source[at_line]) - len(lines[at_line]) + word.start()
    lines[at_line] = lines[at_line][: word.start()] + value + lines[at_line][word.end() :]
    return start, start + len(word[0]), value, "\n".join(lines)


def _typed(node: yaml.Node, leaf: Node, value: str) -> tuple[str, str]:
    """The type that a new text is to have: a text stays one; a number may become another, or a text."""
    if leaf.style or leaf.tag or node.tag == STR:
        return node.tag, value
    return yaml.resolver.Resolver().resolve(yaml.ScalarNode, value, (True, False)), value


def _renamed(document: Document, tree: NodeTree, roots: Sequence[yaml.Node], leaf: Node, chance: random.Random) -> Case:
    node = at(roots, tree, leaf)
    value = chance.choice(TEXTS)
    wishes = Wishes()
    wishes.scalars[id(node)] = _typed(node, leaf, value)
    edits = _fitted(document, Edit(leaf.first, leaf.last, value))
    return Case("rename", edits, plain(roots, wishes), _lines(document, leaf.start, leaf.end))


def _deleted(document: Document, tree: NodeTree, roots: Sequence[yaml.Node], node: Node) -> Case:
    outer, stuck = tree.removal(node)
    if outer is None:
        return Case("delete", stuck, None, (0, 0))
    holder = node.parent
    assert holder is not None
    if len(holder.children) == (2 if holder.kind == "mapping" else 1):  # `env:` with its only entry
        node = holder
        holder = holder.parent
        assert holder is not None
    wishes = Wishes()
    wishes.gone.add((id(at(roots, tree, holder)), node.slot // 2 if holder.kind == "mapping" else node.slot))
    first, last = _lines(document, *outer)
    if {*outer} <= {*document.line_starts}:
        last -= 1
    return Case("delete", _fitted(document, Edit(*outer, "")), plain(roots, wishes), (first, last))


def _inserted(
    document: Document, tree: NodeTree, roots: Sequence[yaml.Node], node: Node, chance: random.Random
) -> Case | None:
    path = _path(tree, node)
    if path is None:
        return None
    key, value = chance.choice(("PLUGH", "plugh.example/x", "a: b", "on")), chance.choice(TEXTS)
    pair = ((STR, key), (STR, value))
    wishes = Wishes()
    listed = node.kind == "sequence" and all(item.kind == "scalar" for item in node.children)
    addition: Data = (STR, value) if listed else pair
    if node.kind == "sequence" and not listed:
        if (names := _pair_of(node.children[-1])) is None:
            return None
        addition = ["map", MAP, *zip(((STR, name) for name in names), pair, strict=True)]
    elif node.kind == "scalar":
        addition = ["map", MAP, pair]
    need = f"item:{path}:{value}" if listed else f"setting:{path}:{key}={value}"
    try:
        edit = document.syntax.provide(document.text, need)
    except ValueError as error:
        return Case("insert", str(error), None, (0, 0))
    if edit is None:
        return None
    last = node.children[-1 if node.kind == "sequence" else -2].start if node.children else 0
    in_front = bool(node.children) and node.style == "block" and edit.start <= last
    index = int(in_front and edit.start < len(document.text))
    wishes.added[id(at(roots, tree, node))] = (index, addition)
    first, behind = _lines(document, edit.start, edit.end)
    if edit.start == edit.end and edit.start in document.line_starts:
        behind = first
    elif edit.start == len(document.text):
        first = behind
    return Case("insert", (edit,), plain(roots, wishes), (first, behind))


def _pair_of(item: Node) -> tuple[str, str] | None:
    """The keys under which an item has the name and the value of a setting."""
    keys = [key.value for key, _ in item.pairs()] if item.kind == "mapping" and not item.tag else []
    return ("name", "value") if {"name", "value"} <= set(keys) else None


def _path(tree: NodeTree, node: Node) -> str | None:
    """How a need names a holder; None where a key is no text or stands twice."""
    steps: list[str] = []
    while node.parent is not None:
        holder = node.parent
        if holder.kind == "sequence":
            steps.append(str(node.slot))
        else:
            key = holder.children[node.slot - node.slot % 2]
            names = [other.value for other in holder.children[::2]]
            if node.is_key or key.kind != "scalar" or names.count(key.value) > 1:
                return None
            steps.append(re.sub("[%/:]", lambda m: f"%{ord(m[0]):02X}", key.value))
        node = holder
    steps.append(f"---{tree.roots.index(node)}")
    return "/".join(reversed(steps))
