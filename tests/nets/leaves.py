"""The leaves of a text as the grammar's own package parses it: what an edit must not change beyond what it means to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import tree_sitter


class Leaf(NamedTuple):
    kind: str
    text: str
    start: int  # bytes
    end: int


Read = Callable[[str, str, bool], str | None]  # kind, text, whether it holds anything named → what it means


def encoded(text: str) -> bytes:
    return text.replace("\r\n", "\n").encode("utf-8", "surrogateescape")


def leaves(parser: tree_sitter.Parser, text: str, read: Read) -> list[Leaf]:
    """The leaves in order; one for which `read` gives a value stands as a whole, as this value.

    Raises:
        ValueError: the grammar does not take the text.
    """
    source = encoded(text)
    root = parser.parse(source).root_node
    if root.has_error:
        raise ValueError("the grammar does not take it")
    return list(_below(root, source, read))


def _below(node: tree_sitter.Node, source: bytes, read: Read) -> Iterator[Leaf]:
    text = source[node.start_byte : node.end_byte].decode("utf-8", "surrogateescape")
    named = any(child.named_child_count or child.is_named for child in node.children)
    meant = read(node.type, text, named)
    if meant is not None:
        yield Leaf("value", meant, node.start_byte, node.end_byte)
    elif not node.children:
        if text.strip():
            yield Leaf(node.type, text, node.start_byte, node.end_byte)
    else:
        for child in node.children:
            yield from _below(child, source, read)


def plain(found: Sequence[Leaf]) -> list[tuple[str, str]]:
    return [(leaf.kind, leaf.text) for leaf in found]


def offsets(text: str) -> list[int]:
    """Of each character, the byte where it stands once the lines end in a line feed."""
    position, found = 0, []
    for index, character in enumerate(text):
        found.append(position)
        skipped = character == "\r" and text[index + 1 : index + 2] == "\n"
        position += 0 if skipped else len(character.encode("utf-8", "surrogateescape"))
    return [*found, position]


def at(found: Sequence[Leaf], start: int, end: int) -> int | None:
    """The leaf that holds a span of bytes."""
    return next((i for i, leaf in enumerate(found) if leaf.start <= start and end <= leaf.end), None)


def changed(found: Sequence[Leaf], index: int, text: str, kind: str = "") -> list[tuple[str, str]]:
    leaf = found[index]
    return plain([*found[:index], leaf._replace(text=text, kind=kind or leaf.kind), *found[index + 1 :]])


def without(found: Sequence[Leaf], start: int, end: int) -> list[tuple[str, str]]:
    return plain([leaf for leaf in found if not (start <= leaf.start and leaf.end <= end)])
