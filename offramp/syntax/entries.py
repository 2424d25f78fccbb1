"""The entries of YAML and JSON, and what goes when one is deleted.

    KEY: value                      an entry of its mapping
    - KEY=value                     an entry of the list, in compose files
    - {name: KEY, value: value}     an entry of the list, in Kubernetes and platform files

A deleted block entry takes whole lines with it. The comment directly above goes too where it heads this entry alone:
where what follows the entry is a blank line, another comment, or the end of the mapping; otherwise it may speak of
the entries after it and stays. An entry that is alone takes the `env:` that holds it along; any other mapping is
never emptied, because an empty mapping is not the same as none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from offramp.model import Entry

if TYPE_CHECKING:
    from offramp.syntax.nodes import Node, NodeTree

ASSIGNMENT = re.compile(r"(?P<key>[A-Za-z_][\w.]*)=(?!=)(?P<value>.*)$", re.DOTALL)
DASHES = re.compile(r"[ \t]*(?:[-?:][ \t]+)+")
REST = re.compile(r"[ \t]*(?:#[^\r\n]*|//[^\r\n]*)?(?:\r\n|\r|\n|\Z)")
REST_AFTER_COMMA = re.compile(r"[ \t]*,[ \t]*(?:#[^\r\n]*|//[^\r\n]*)?(?:\r\n|\r|\n|\Z)")
BETWEEN = re.compile(r"(?:[\s,]+|#[^\r\n]*)*")  # what may stand between two entries
COLON = re.compile(r"(?:\s+|#[^\r\n]*)*:")
PROPERTIES = re.compile(r"(?:[&!][^\s,\[\]{}]*|\s+|#[^\r\n]*(?=[\r\n]))*")
OWN_LINE_COMMENT = re.compile(r"[ \t]*(?:#|//)")
COMMENTED_OUT = re.compile(
    r"""(?:\#+|//)[ \t]*(?:-[ \t]+)?(?P<k>["']?)(?P<key>[a-z][\w.-]*|[A-Za-z][\w.-]*_[\w.-]*|[A-Z\d_]+)(?P=k)
    [ \t]*(?:=|:[ \t])[ \t]*(?P<q>["']?)(?P<value>[^\s"'#]+)(?P=q),?[ \t]*$""",
    re.VERBOSE,
)
Span = tuple[int, int]
Removal = tuple[Span | None, str]


def entries(tree: NodeTree) -> list[Entry]:
    """Every entry of a text, in order of its keys."""
    from offramp.syntax import scripts

    found: list[Entry] = []
    anchors = _anchored(tree)
    for node in tree.collections:
        if node.kind == "mapping":
            found += _of_mapping(tree, node, anchors)
        else:
            found += _of_list(tree, node, anchors)
    found += scripts.entries(tree)
    return sorted(found, key=lambda entry: entry.key_start)


def scope_of(node: Node) -> str:
    return f"{node.kind} {node.start}"


def settings_of(container: Node) -> Iterator[tuple[str, str]]:
    """Key and value of the entries of a mapping or a list of settings, scalars only."""
    if container.kind == "mapping":
        yield from ((key.value, value.value) for key, value in container.pairs() if value.kind == "scalar")
        return
    for item in container.children:
        if (pair := _pair(item)) is not None:
            yield pair[0].value, pair[1].value
        elif (matched := ASSIGNMENT.match(item.value)) is not None:
            yield matched["key"], matched["value"]


def _pair(item: Node) -> tuple[Node, Node] | None:
    """Name and value of `{name: K, value: V}`."""
    from offramp.syntax.nodes import PAIR_NAMES, PAIR_VALUES

    name, value = item.get(*PAIR_NAMES), item.get(*PAIR_VALUES)
    return (name, value) if name is not None and value is not None and name.kind == "scalar" else None


def _of_mapping(tree: NodeTree, node: Node, anchors: list[Span]) -> Iterator[Entry]:
    units = units_of(tree, node)
    for index, (key, value) in enumerate(node.pairs()):
        if key.kind == "scalar":
            outer, stuck = removal(tree, node, units, index, anchors)
            yield _entry(tree, node, key, value, outer, stuck)


def _entry(tree: NodeTree, scope: Node, key: Node, value: Node, outer: Span | None, stuck: str) -> Entry:
    scalar = value.kind == "scalar"
    meant = value.value if scalar else tree.text[value.start : value.end]
    return Entry(scope_of(scope), key.value, key.first, key.last, meant, value.first, value.last, outer, stuck)


def _of_list(tree: NodeTree, node: Node, anchors: list[Span]) -> Iterator[Entry]:
    units: list[Span] = []
    for index, item in enumerate(node.children):
        pair = _pair(item)
        matched = ASSIGNMENT.match(tree.text, item.first, item.last) if item.kind == "scalar" else None
        if pair is None and matched is None:
            continue
        units = units or units_of(tree, node)
        outer, stuck = removal(tree, node, units, index, anchors)
        if pair is not None:
            yield _entry(tree, node, *pair, outer, stuck)
        elif matched is not None:
            key, (first, last) = matched["key"], matched.span("value")
            yield Entry(scope_of(node), key, *matched.span("key"), matched["value"], first, last, outer, stuck)


def units_of(tree: NodeTree, node: Node) -> list[Span]:
    """The spans of the entries or items of a collection, dashes and `?` included, comments and line ends not."""
    text = tree.text
    units: list[Span] = []
    after = node.start
    if node.style == "flow" or (node.children and node.start < node.children[0].start):
        after = _opened(tree, node)
    heads = node.children[0::2] if node.kind == "mapping" else node.children
    tails = node.children[1::2] if node.kind == "mapping" else node.children
    dash = "-" if node.kind == "sequence" and node.style != "flow" else "?"
    for head, tail in zip(heads, tails, strict=True):
        marked = BETWEEN.match(text, after, head.start)
        begins = marked.end() if marked is not None else head.start
        start = begins if text.startswith(dash, begins) and begins < head.start else head.start
        after = max(content_end(tree, tail), start)
        units.append((start, after))
    return units


def _opened(tree: NodeTree, node: Node) -> int:
    """Where the inside of a collection begins: behind its anchor, its tag and its bracket."""
    matched = PROPERTIES.match(tree.text, node.start)
    start = matched.end() if matched is not None else node.start
    return start + 1 if node.style == "flow" and tree.text.startswith(("{", "["), start) else start


def content_end(tree: NodeTree, node: Node) -> int:
    """Where the content of a node ends; the blank lines after a block scalar are not its content."""
    while node.kind in ("mapping", "sequence") and node.style == "block" and node.children:
        node = node.children[-1]
    if node.style in ("|", ">"):
        return node.start + len(tree.text[node.start : node.end].rstrip())
    if node.start == node.end and node.key is not None:  # nothing: its mark may lie at what follows
        end = content_end(tree, node.key)
        colon = COLON.match(tree.text, end)
        return colon.end() if colon is not None and colon.end() <= node.start else end
    if node.start == node.end:
        return len(tree.text[: node.start].rstrip())  # the mark of an empty key lies at what follows
    return node.end


def removal(tree: NodeTree, node: Node, units: list[Span], index: int, anchors: list[Span]) -> Removal:
    """What goes with one entry or item of a collection, or why it can't go."""
    if len(units) == 1:
        return _alone(tree, node, anchors)
    start, end = units[index]
    if node.kind == "mapping" and (key := node.children[2 * index]).kind == "scalar" and not key.value:
        return None, "its key is empty"
    if any(start <= anchor < end <= alias for anchor, alias in anchors):
        return None, "its anchor is used elsewhere"
    if node.style == "flow":
        return _in_flow(tree, units, index)
    return _in_block(tree, units, index)


def removal_of(tree: NodeTree, node: Node) -> Removal:
    """What goes with an item of a list, or with the entry of a key or a value; or why it can't go."""
    holder = node.parent
    if holder is None:
        return None, "it is the whole document"
    index = node.slot // 2 if holder.kind == "mapping" else node.slot
    return removal(tree, holder, units_of(tree, holder), index, _anchored(tree))


def _alone(tree: NodeTree, node: Node, anchors: list[Span]) -> Removal:
    from offramp.syntax.nodes import holds_env
    from offramp.syntax.yaml_places import DEPENDENCIES

    key = node.key
    optional = key is not None and (holds_env(key.value) or (tree.strict_commas and key.value in DEPENDENCIES))
    if key is None or node.parent is None or not optional:
        return None, f"it is the only {'entry of its mapping' if node.kind == 'mapping' else 'item of its list'}"
    return removal(tree, node.parent, units_of(tree, node.parent), key.slot // 2, anchors)


def _in_block(tree: NodeTree, units: list[Span], index: int) -> Removal:
    text = tree.text
    start, end = units[index]
    low = _begins(text, start, " \t")
    rest = REST.match(text, end)
    if rest is None:
        return None, "something else stands on its line"
    if low is not None:
        return (_with_heading(tree, low, start, rest.end()), rest.end()), ""
    dashed = _begins(text, start, " \t-?:")
    if dashed is not None and DASHES.fullmatch(text, dashed, start) and index + 1 < len(units):
        following = units[index + 1][0]
        if not text[end:following].strip():
            return (start, following), ""
        return None, "a comment stands between it and the next entry"
    return None, "it shares its line with what holds it"


def _with_heading(tree: NodeTree, low: int, start: int, end: int) -> int:
    """Where an entry begins with the comment above that heads it alone."""
    text = tree.text
    if (following := text[end : end + 1]) not in ("", "\r", "\n"):
        indent = len(text[end : start - low + end]) - len(text[end : start - low + end].lstrip(" \t"))
        if indent == start - low and not OWN_LINE_COMMENT.match(text, end) and following not in "]}":
            return low
    top = low
    while top > 0:
        above = line_start(text, top - 1 if text[top - 2 : top] != "\r\n" else top - 2)
        comment = tree.comment_at(above + start - low)
        if comment is None or comment[0] != above + start - low or text[above : comment[0]].strip(" \t"):
            break
        if COMMENTED_OUT.match(text, *comment):
            break  # a setting of its own
        top = above
    return top if top > 0 else low  # a comment at the top heads the file


def _in_flow(tree: NodeTree, units: list[Span], index: int) -> Removal:
    text = tree.text
    start, end = units[index]
    low = _begins(text, start, " \t")
    if low is not None and (rest := REST_AFTER_COMMA.match(text, end)) is not None:
        return (_with_heading(tree, low, start, rest.end()) if tree.strict_commas else low, rest.end()), ""
    last = index + 1 == len(units)
    if low is not None and last and tree.strict_commas and (rest := REST.match(text, end)) is not None:
        return (_with_heading(tree, low, start, rest.end()), rest.end()), ""
    if not last:
        span = (start, units[index + 1][0])
        between = (end, span[1])
    else:
        span = between = (units[index - 1][1], end)
    if tree.comments_between(*between):
        return None, "a comment stands beside it"
    return span, ""


def item(tree: NodeTree, offset: int) -> tuple[Node, Removal] | None:
    """The item of a list that begins at an offset, and what goes with it or why it can't go."""
    leaf = tree.leaf_at(offset)
    if leaf is None or offset not in (leaf.start, leaf.first) or leaf.parent is None or leaf.parent.kind != "sequence":
        return None
    return leaf, removal_of(tree, leaf)


def line_start(text: str, offset: int) -> int:
    low = text.rfind("\n", 0, offset) + 1
    return max(text.rfind("\r", low, offset) + 1, low)


def _begins(text: str, offset: int, among: str) -> int | None:
    """The start of the line where nothing but characters `among` stands before an offset on it; else None."""
    while offset > 0 and text[offset - 1] in among:
        offset -= 1
    return offset if offset == 0 or text[offset - 1] in "\r\n" else None


def _anchored(tree: NodeTree) -> list[Span]:
    """Anchors and the last alias of each, as offsets."""
    last: dict[str, list[int]] = {}
    found: list[list[int]] = []
    for node in sorted(_with_anchors(tree), key=lambda node: node.start):
        if node.kind == "alias":
            if node.anchor in last:
                last[node.anchor][1] = node.start
        else:
            last[node.anchor] = [node.start, -1]
            found.append(last[node.anchor])
    return [(start, alias) for start, alias in found if alias >= 0]


def _with_anchors(tree: NodeTree) -> Iterable[Node]:
    return (node for nodes in (tree.leaves, tree.collections) for node in nodes if node.anchor)
