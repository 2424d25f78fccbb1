"""What YAML and JSON have in common: a tree of nodes with their spans, and what it says about a place.

Nodes are positions in the text, never objects made from it: no tag is resolved, nothing is constructed, an alias
stays an alias. `offramp.syntax.yaml` and `offramp.syntax.json` build the nodes; `entries` and `shape` work on them.
"""

from __future__ import annotations

import bisect
import contextlib
import importlib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from offramp.document import Tree, Unparsable
from offramp.model import Entry, Place, Role
from offramp.syntax import commands, scalars, written
from offramp.syntax import entries as entry_list
from offramp.syntax.siblings import Others

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
DEPENDENCIES = (
    "dependencies",
    "devDependencies",
    "peerDependencies",
    "optionalDependencies",
    "overrides",
    "resolutions",
)
PACKAGE_KEYS = ("dependency-name", "patterns", "exclude-patterns")  # of dependabot
PIP_LISTS = ("pip", "additional_dependencies")
FLAG = re.compile(r"--?([A-Za-z][\w-]*)")
REQUIREMENT = re.compile(r"[A-Za-z0-9][\w.-]*(?=$|[\s<>=!~;\[@])")
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
    """

    def __init__(
        self, text: str, roots: list[Node], leaves: list[Node], collections: list[Node], trailing_commas: int = 0
    ) -> None:
        self.text, self.roots, self.leaves, self.collections = text, roots, leaves, collections
        self.trailing_commas = trailing_commas
        self.comments: Sequence[Span] = ()
        self._siblings: dict[Node, Mapping[str, str]] = {}
        self._files: dict[Node, Tree] = {}

    @cached_property
    def _starts(self) -> list[int]:
        return [leaf.start for leaf in self.leaves]

    def leaf_at(self, offset: int) -> Node | None:
        index = bisect.bisect_right(self._starts, offset) - 1
        if index < 0 or self.leaves[index].end <= offset:
            return None
        return self.leaves[index]

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

    @cached_property
    def written(self) -> dict[int, list[Entry]]:
        """The settings that scripts inside scalars write, by the start of the scalar."""
        result: dict[int, list[Entry]] = {}
        for leaf in self.leaves:
            if leaf.style in BLOCK_SCALARS and (found := written.settings(self.text, leaf.first, leaf.last)):
                result[leaf.start] = found
        return result

    def place(self, start: int, end: int) -> Place:
        if (comment := self.comment_at(start)) is not None:
            return self._in_comment(comment, start, end)
        leaf = self.leaf_at(start)
        if leaf is None or end > leaf.end:
            return Place(Role.TEXT, "text", start=start, end=end)
        if leaf.kind == ALIAS or start < leaf.first:
            return Place(Role.CODE, "an anchor", start=start, end=end)
        if leaf.is_key:
            return self._in_key(leaf)
        return self._in_value(leaf, start, end)

    def _in_comment(self, comment: Span, start: int, end: int) -> Place:
        inside = self.text[comment[0] : comment[1]]
        if (expression := scalars.context(inside, start - comment[0])) is not None:
            return Place(Role.ENV, expression, start=start, end=end)
        matched = entry_list.COMMENTED_OUT.match(inside)
        if matched is not None and comment[0] + matched.start("value") <= start:
            first, last = (comment[0] + offset for offset in matched.span("value"))
            return Place(Role.STRING, "a setting that is commented out", matched["key"], first, last)
        known = scalars.on_line(self.text, *comment, start, end)
        if known.role in (Role.ENV, Role.PACKAGE):
            return known
        return Place(Role.COMMENT, "a comment", start=start, end=end)

    def _in_key(self, leaf: Node) -> Place:
        holder = key_of(leaf.parent)
        if holder in DEPENDENCIES and leaf.parent is not None and leaf.style == '"':
            return Place(Role.PACKAGE, f"a package in {holder}", holder, leaf.first, leaf.last)
        if holder == "secrets" and self._is_workflow(leaf):
            return Place(Role.ENV, "a GitHub secret", holder, leaf.first, leaf.last)
        role = Role.ENV if holds_env(holder) else Role.KEY
        syntax = "an environment variable" if role is Role.ENV else "a key"
        return Place(role, syntax, holder, leaf.first, leaf.last, self.siblings(leaf))

    def _in_value(self, leaf: Node, start: int, end: int) -> Place:
        key = key_of(leaf)
        whole = leaf.first == start and leaf.last == end
        if whole and key in PACKAGE_KEYS and (ecosystem := _ecosystem(leaf)):
            return Place(Role.PACKAGE, commands.NAMED, ecosystem, start, end)
        if (known := scalars.inside(self.text, leaf.first, leaf.last, start, end, key)) is not None:
            return known
        if (item := self._in_item(leaf, start, end)) is not None:
            return item
        if (name := pair_name(leaf)) is not None:
            if name is leaf:
                listed = key_of(leaf.parent)
                role = Role.ENV if holds_env(listed) else Role.KEY
                return Place(role, "the name of a setting", listed, leaf.first, leaf.last)
            key = name.value
        fallback = Place(Role.VALUE, f"the value of {key}" if key else "a value", key, leaf.first, leaf.last)
        if not whole:
            if (entry := self._written_at(leaf, start, end)) is not None:
                return entry
            if (embedded := self._embedded(leaf)) is not None:
                return scalars.shifted(embedded.place(start - leaf.first, end - leaf.first), leaf.first)
            refined = scalars.on_line(self.text, leaf.first, leaf.last, start, end)
            if refined.role is not Role.TEXT:
                return refined
        return Place(fallback.role, fallback.syntax, key, leaf.first, leaf.last, self.siblings(leaf))

    def _in_item(self, leaf: Node, start: int, end: int) -> Place | None:
        """A scalar item of a list: `K=V`, the value after a flag, a requirement, an environment variable handed on."""
        sequence = leaf.parent
        if sequence is None or sequence.kind != SEQUENCE:
            return None
        key = key_of(leaf)
        source = self.text[leaf.first : leaf.last]
        if (matched := entry_list.ASSIGNMENT.match(source)) is not None:
            name, value = matched.span("key"), leaf.first + matched.start("value")
            if end <= leaf.first + name[1]:
                role = Role.ENV if holds_env(key) else Role.KEY
                return Place(role, "a setting in a list", key, leaf.first + name[0], leaf.first + name[1])
            if start >= value:
                return Place(
                    *(Role.VALUE, f"the value of {matched['key']}", matched["key"], value, leaf.last),
                    self.siblings(leaf),
                )
        if holds_env(key) and (start, end) == (leaf.first, leaf.last):
            return Place(Role.ENV, "an environment variable that is handed on", key, start, end)
        before = sequence.children[leaf.slot - 1] if leaf.slot else None
        flag = FLAG.fullmatch(before.value) if before is not None and not leaf.value.startswith("-") else None
        if flag is not None:
            return Place(Role.VALUE, f"the value of {flag[0]}", flag[1], leaf.first, leaf.last)
        required = REQUIREMENT.match(source)
        if key in PIP_LISTS and required is not None and end <= leaf.first + required.end():
            return Place(Role.PACKAGE, "a requirement", key, leaf.first, leaf.first + required.end())
        return None

    def _written_at(self, leaf: Node, start: int, end: int) -> Place | None:
        entries = self.written.get(leaf.start, [])
        index = bisect.bisect_right(entries, start, key=lambda entry: entry.key_start) - 1
        if index < 0:
            return None
        entry = entries[index]
        if end <= entry.key_end:
            return Place(Role.ENV, "an environment variable", "", entry.key_start, entry.key_end)
        if not (entry.value_start <= start and end <= entry.value_end):
            return None
        if scalars.SIGIL.search(self.text[entry.value_start : start]):
            return None  # a variable inside the value: the line says so
        beside = {other.key: other.value for other in entries if other.scope == entry.scope and other is not entry}
        return Place(Role.VALUE, f"the value of {entry.key}", entry.key, entry.value_start, entry.value_end, beside)

    def _embedded(self, leaf: Node) -> Tree | None:
        """The tree of a JSON or YAML file that a block scalar holds, as in a ConfigMap: `settings.json: |`."""
        name = leaf.key.value if leaf.key is not None and leaf.style in BLOCK_SCALARS else ""
        suffix = name.rpartition(".")[2]
        if suffix not in ("json", "yaml", "yml"):
            return None
        if leaf not in self._files:
            module = importlib.import_module(f"offramp.syntax.{'json' if suffix == 'json' else 'yaml'}")
            with contextlib.suppress(Unparsable):
                self._files[leaf] = module.parse(self.text[leaf.first : leaf.last])
        return self._files.get(leaf)

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

    def _is_workflow(self, leaf: Node) -> bool:
        node = leaf
        while node.parent is not None:
            node = node.parent
        return node.get("jobs") is not None


def key_of(node: Node | None) -> str:
    """The key that a node belongs to: its own, or that of the list that it is in; of a key, its mapping's."""
    while node is not None:
        if (key := node.key) is not None:
            mapping = node.parent
            if key.value in DECLARED and mapping is not None and mapping.key is not None and mapping.get(*DECLARING):
                return mapping.key.value
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


def _ecosystem(leaf: Node) -> str:
    """What the settings around a package's name say that it belongs to, as dependabot's do; of others nothing."""
    node = leaf.parent
    while node is not None:
        if (named := node.get("package-ecosystem")) is not None:
            return commands.NPM if named.value == "npm" else commands.PIP
        node = node.parent
    return ""
