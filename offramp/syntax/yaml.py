"""YAML: positions from libyaml's events, splices into the text. Multi-document, anchors, block and flow, comments.

Nothing is constructed and no tag resolved; `on`, `no` and `1.0` stay the words that somebody wrote.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import yaml

from offramp.document import Unparsable
from offramp.model import Edit, apply_edits
from offramp.syntax import additions, entries, fitting, insertions, scripts, shape
from offramp.syntax.nodes import (
    ALIAS,
    BLOCK,
    BLOCK_SCALARS,
    FLOW,
    MAPPING,
    SCALAR,
    SEQUENCE,
    Node,
    NodeTree,
    Span,
    line_of,
)
from offramp.syntax.quoting import LOADER, kind_of_plain

if TYPE_CHECKING:
    from offramp.syntax.shape import Data

COMMENT = "#"
LONE_TAG = re.compile(r"!(?=\s)")
HEADER = re.compile(r"[|>][^\r\n]*(?:\r\n|\r|\n|\Z)")
LINE_BREAK = re.compile(r"[\r\n]")
SURROGATES = re.compile(r"[\ud800-\udfff]")
DEPTH = 1_000  # deeper than anybody writes; more is an attack or an accident
EXTRA_NULLS = frozenset({"~", "null", "Null", "NULL", ""})


@functools.lru_cache(maxsize=2)
def parse(text: str) -> NodeTree:
    """The tree of a text.

    Raises:
        Unparsable: libyaml rejects it, or an alias has no anchor.
    """
    # bytes that are not UTF-8 ride along as surrogates, which libyaml does not take
    readable = SURROGATES.sub("\ufffd", text)
    try:
        builder = _Builder(text)
        for event in yaml.parse(readable, Loader=LOADER):
            builder.feed(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"line {mark.line + 1}: " if mark else ""
        raise Unparsable(f"{place}{error.problem or error.context}") from None
    except (yaml.YAMLError, ValueError) as error:
        raise Unparsable(str(error).splitlines()[0]) from None
    tree = NodeTree(text, builder.roots, builder.leaves, builder.collections)
    tree.comments = list(_comments(tree))
    return tree


class _Builder:
    """Nodes from events, without recursion."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.roots: list[Node] = []
        self.leaves: list[Node] = []
        self.collections: list[Node] = []
        self.open: list[Node] = []
        self.anchors: set[str] = set()

    def feed(self, event: yaml.Event) -> None:
        match event:
            case yaml.ScalarEvent():
                self.attach(self.scalar(event))
            case yaml.CollectionStartEvent():
                kind = MAPPING if isinstance(event, yaml.MappingStartEvent) else SEQUENCE
                start = _span(event)[0]
                node = Node(kind, start, start, FLOW if event.flow_style else BLOCK, anchor=event.anchor or "")
                self.attach(node)
                self.collections.append(node)
                self.open.append(node)
                if len(self.open) > DEPTH:
                    raise Unparsable(f"line {line_of(self.text, start)}: it is nested too deeply")
            case yaml.CollectionEndEvent():
                self.close(_span(event)[1])
            case yaml.AliasEvent():
                start, end = _span(event)
                if event.anchor not in self.anchors:
                    raise Unparsable(f"line {line_of(self.text, start)}: the alias *{event.anchor} has no anchor")
                node = Node(ALIAS, start, end, "", self.text[start:end], event.anchor)
                self.leaves.append(node)
                self.attach(node)
            case yaml.DocumentStartEvent():
                self.anchors = set()

    def scalar(self, event: yaml.ScalarEvent) -> Node:
        (start, end), style = _span(event), event.style or ""
        node = Node(SCALAR, start, end, "" if style == ":" else style, event.value, event.anchor or "")
        if end > start and self.text[start] in "&!":
            matched = entries.PROPERTIES.match(self.text, start, end)
            node.first = matched.end() if matched else start
            node.tag = event.tag or ("!" if LONE_TAG.search(self.text, start, node.first) else "")
        if style in ("'", '"'):
            node.first, node.last = node.first + 1, end - 1
        elif style in BLOCK_SCALARS:
            matched = HEADER.match(self.text, node.first, end)
            node.first = matched.end() if matched else node.first
        if end > start:
            self.leaves.append(node)
        return node

    def attach(self, node: Node) -> None:
        if node.anchor:
            self.anchors.add(node.anchor)
        if self.open:
            self.open[-1].add(node)
        else:
            self.roots.append(node)

    def close(self, end: int) -> None:
        node = self.open.pop()
        # a block collection's own end mark lies behind the comments that follow it
        node.end = end if node.style == FLOW else node.children[-1].end if node.children else node.start
        node.first, node.last = node.start, node.end


def _span(event: yaml.Event) -> Span:
    start, end = event.start_mark, event.end_mark
    return (start.index, end.index) if start is not None and end is not None else (0, 0)


def _comments(tree: NodeTree) -> Iterable[Span]:
    """The comments: what `#` begins outside of scalars, and in the header of a block scalar."""
    text = tree.text
    position = text.find("#")
    while position >= 0:
        leaf = tree.leaf_at(position)
        if leaf is not None and not (leaf.style in BLOCK_SCALARS and position < leaf.first):
            position = text.find("#", leaf.end)
            continue
        if position == 0 or text[position - 1] in " \t\r\n":
            matched = LINE_BREAK.search(text, position)
            end = matched.start() if matched else len(text)
            yield position, end
            position = text.find("#", end)
        else:
            position = text.find("#", position + 1)


def data(text: str) -> list[Data]:
    """The documents of a text as plain data: scalars as strings, mappings as lists of pairs."""
    return [shape.data(root) for root in parse(text).roots]


def check(before: str, after: str) -> str | None:
    """Why an edited text must not be kept: something other than scalars, keys and removed entries has changed."""
    was, now = parse(before), parse(after)
    return shape.compare(was, now, kind_of_plain, quotes=True) or scripts.fault(was, now)


def fit(text: str, edits: list[Edit]) -> list[Edit]:
    """The edits with replacements quoted, escaped and indented as the scalars that they lie in demand."""
    tree = parse(text)
    return fitting.fit(tree, scripts.fit(tree, edits), parse)


def provide(text: str, need: str) -> Edit | None:
    """Supply `setting:services/api/environment:KEY=VALUE` or `item:PATH/OF/LIST:VALUE`."""
    edit = insertions.supplied(parse(text), need)
    if edit is None:
        return None
    result = apply_edits(text, [edit])
    try:
        reason = additions.beyond(parse(text), parse(result)) or insertions.missing(parse(result), need)
    except Unparsable as error:
        reason = f"the result could not be read: {error}"
    if reason is not None:
        raise ValueError(reason)
    return edit


def grown(before: str, after: str) -> str | None:
    """Whether everything is still there once settings were added."""
    return additions.beyond(parse(before), parse(after))
