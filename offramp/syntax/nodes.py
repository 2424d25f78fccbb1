"""What YAML and JSON have in common: a tree of nodes with their spans, and what it says about a place.

Nodes are positions in the text, never objects made from it: no tag is resolved, nothing is constructed, an alias
stays an alias. `offramp.syntax.yaml` and `offramp.syntax.json` build the nodes; `entries` and `shape` work on them.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from offramp.model import Entry, Place
from offramp.syntax import entries as entry_list
from offramp.syntax.siblings import Others

if TYPE_CHECKING:
    from offramp.syntax.embedded import Embedded

SCALAR, MAPPING, SEQUENCE, ALIAS = "scalar", "mapping", "sequence", "alias"
FLOW, BLOCK = "flow", "block"
BLOCK_SCALARS = ("|", ">")
# Keys that hold environment variables, as a mapping, as `- K=V` or as `- name: K`; without `_`, `-` and case
ENV_HOLDERS = frozenset({"env", "envs", "environment", "envvars", "environmentvariables", "variables", "buildargs"})
# Keys under which a schema or an input declares what a setting may be; the setting is the mapping's own name
DECLARED = frozenset({"default", "enum", "options", "const", "example", "examples", "choices", "allowed"})
DECLARING = ("type", "description", "required", "enum", "options")
PAIR_NAMES = ("name", "key", "parameterkey")
PAIR_VALUES = ("value", "valuefrom", "parametervalue")
Span = tuple[int, int]


class Node:
    """A scalar, mapping, sequence or alias.

    `start` and `end` are its span with anchor, tag and quotes; `first` and `last` of a scalar without them. A block
    collection ends with its last leaf. The children of a mapping are its keys and values in turn.
    """

    __slots__ = (
        *("anchor", "children", "end", "first", "kind", "last", "parent", "slot", "start", "style", "tag", "value"),
    )

    def __init__(self, kind: str, start: int, end: int, style: str = "", value: str = "", anchor: str = "") -> None:
        self.kind, self.start, self.end, self.style, self.value, self.anchor = kind, start, end, style, value, anchor
        self.first, self.last = start, end
        self.tag = ""
        self.parent: Node | None = None
        self.slot = 0
        self.children: list[Node] = []

    def add(self, child: Node) -> None:
        child.parent, child.slot = self, len(self.children)
        self.children.append(child)

    @property
    def is_key(self) -> bool:
        return self.parent is not None and self.parent.kind == MAPPING and self.slot % 2 == 0

    @property
    def key(self) -> Node | None:
        """The key node that a node is the value of, directly."""
        if self.parent is None or self.parent.kind != MAPPING or self.slot % 2 == 0:
            return None
        return self.parent.children[self.slot - 1]

    def pairs(self) -> Iterator[tuple[Node, Node]]:
        return zip(self.children[0::2], self.children[1::2], strict=False)

    def get(self, *names: str) -> Node | None:
        """The value of the first key of a mapping with one of these names, ignoring case."""
        if self.kind != MAPPING:
            return None
        return next((value for key, value in self.pairs() if key.value.lower() in names), None)


class NodeTree:
    """A parsed text.

    Args:
        roots: one node for each document of the text.
        leaves: the scalars and aliases that are not empty, in order.
        collections: the mappings and sequences, in order.
        comments: the spans of the comments, in order.
        trailing_commas: how many there are, for formats of which some dialects forbid them.
        strict_commas: whether `fit` of the format takes away the comma that a deletion leaves over.
    """

    def __init__(
        self, text: str, roots: list[Node], leaves: list[Node], collections: list[Node], trailing_commas: int = 0
    ) -> None:
        self.text, self.roots, self.leaves, self.collections = text, roots, leaves, collections
        self.trailing_commas = trailing_commas
        self.strict_commas = False
        self.comments: Sequence[Span] = ()
        self._siblings: dict[Node, Mapping[str, str]] = {}
        self.files: dict[Node, Embedded | None] = {}  # the code that scalars are: see `scripts`

    @cached_property
    def _starts(self) -> list[int]:
        return [leaf.start for leaf in self.leaves]

    def leaf_at(self, offset: int) -> Node | None:
        index = bisect.bisect_right(self._starts, offset) - 1
        if index < 0 or self.leaves[index].end <= offset:
            return None
        return self.leaves[index]

    def leaves_from(self, offset: int) -> Iterator[Node]:
        """The leaves that begin at an offset or behind it."""
        return itertools.islice(self.leaves, bisect.bisect_left(self._starts, offset), None)

    def leaf_before(self, offset: int) -> Node | None:
        """The last scalar or alias that begins before an offset."""
        index = bisect.bisect_left(self._starts, offset) - 1
        return self.leaves[index] if index >= 0 else None

    def comment_at(self, offset: int) -> Span | None:
        index = bisect.bisect_right(self.comments, offset, key=lambda span: span[0]) - 1
        if index < 0 or self.comments[index][1] <= offset:
            return None
        return self.comments[index]

    def comments_between(self, start: int, end: int) -> int:
        """How many comments begin in a span."""
        low = bisect.bisect_left(self.comments, start, key=lambda span: span[0])
        return bisect.bisect_left(self.comments, end, key=lambda span: span[0]) - low

    def entries(self) -> Sequence[Entry]:
        return self._entries

    @cached_property
    def _entries(self) -> list[Entry]:
        return entry_list.entries(self)

    def holder(self, scope: str) -> Entry | None:
        """The entry whose value is the mapping or list of a scope: what to delete instead of all its entries."""
        node = next((node for node in self.collections if entry_list.scope_of(node) == scope), None)
        key = node.key if node is not None else None
        return next((entry for entry in self._entries if key is not None and entry.key_start == key.first), None)

    def removal(self, node: Node) -> tuple[Span | None, str]:
        """What goes with an item of a list, or with the entry of a key or a value; None and why where it can't go."""
        return entry_list.removal_of(self, node)

    def place(self, start: int, end: int) -> Place:
        from offramp.syntax import yaml_places

        return yaml_places.place(self, start, end)

    def siblings(self, leaf: Node) -> Mapping[str, str]:
        """The other entries beside a scalar: of its mapping, or of the list of settings that it is in."""
        container = leaf.parent
        if container is None:
            return {}
        own = leaf.value if leaf.is_key else (leaf.key.value if leaf.key is not None else "")
        if (name := pair_name(leaf)) is not None and container.parent is not None:
            container, own = container.parent, name.value
        elif container.kind == SEQUENCE:
            own = leaf.value.partition("=")[0]
        if container not in self._siblings:
            self._siblings[container] = dict(entry_list.settings_of(container))
        return Others(self._siblings[container], own)


def key_of(node: Node | None) -> str:
    """The key that a node belongs to: its own, or that of the list that it is in; of a key, its mapping's."""
    while node is not None:
        if (key := node.key) is not None:
            mapping = node.parent
            if key.value in DECLARED and mapping is not None and mapping.key is not None and mapping.get(*DECLARING):
                named = mapping.parent.get("name") if mapping.key.value == "schema" and mapping.parent else None
                return mapping.key.value if named is None else named.value  # a parameter of an interface
            return key.value
        node = node.parent
    return ""


def pair_name(leaf: Node) -> Node | None:
    """In `- name: K` with `value: V` beside it, the node of K; for K and V themselves."""
    mapping = leaf.parent
    key = leaf.key
    if mapping is None or key is None or mapping.parent is None or mapping.parent.kind != SEQUENCE:
        return None
    name, value = mapping.get(*PAIR_NAMES), mapping.get(*PAIR_VALUES)
    if name is None or value is None or name.kind != SCALAR:
        return None
    return name if leaf in (name, value) else None


def holds_env(key: str) -> bool:
    return key.replace("_", "").replace("-", "").lower() in ENV_HOLDERS


def line_of(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1
