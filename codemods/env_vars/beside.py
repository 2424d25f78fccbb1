"""A setting whose old name code below still reads: the new name is set beside it, and the old one stays.

    environment:                                        environment:
      GRADIENT_API_KEY: ${GRADIENT_API_KEY}       ->      GRADIENT_API_KEY: ${GRADIENT_API_KEY}
                                                          OPENROUTER_API_KEY: ${OPENROUTER_API_KEY}

In env templates, compose services, workflows, and wherever YAML or JSON hold an environment. What is written in another
way, or shared by an anchor, is left to a person: nothing is taken away from code that still reads it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from codemods.fail_fast import places
from codemods.sdk_calls import readers
from offramp.model import Entry, Finding, Fix, Refusal
from offramp.project import Context
from offramp.syntax.nodes import SEQUENCE, Node, NodeTree, holds_env, key_of

ANYWHERE = re.compile(r"(?:^|/)\.[^/]+/|(?:^|/)\.[^/]+$")  # configures the whole tree: .github/, .gitlab-ci.yml …
FIRST = "rewrite its calls first"
Renamed = Callable[[str, Context], str]


def beside(finding: Finding, context: Context, new: str, renamed: Renamed) -> Fix | Refusal | None:
    """What becomes of a setting that files below still read under its old name; None where nothing does."""
    if context.document.kind == "env_file":
        return _in_env_file(finding, context, new)
    tree = context.document.tree
    if not isinstance(tree, NodeTree) or context.document.kind not in ("yaml", "json"):
        return None
    own = _entry(tree, finding)
    leaf = tree.leaf_at(finding.start)
    if leaf is None or not _is_given(leaf, own):
        return None
    name = finding.text if own is None else own.key
    reader = _reader(name, context)
    if reader is None:
        return None
    if own is not None and finding.start >= own.value_start:
        return Refusal(f"{reader} still reads {name}, which gets its value here: {FIRST}, then change this")
    holder, held = _holder(leaf), tree.leaf_at(own.value_start) if own is not None else None
    if held is not None and held.is_key:  # a mapping: where the value comes from
        return Refusal(f"{reader} still reads it: {FIRST}; until then add {new} beside it")
    assigns = own is not None or any("=" in item.value for item in holder.children)
    pair = (new, renamed(own.value, context) if own is not None else f"${{{new}}}" if assigns else "")
    return _added(finding, context, tree, holder, pair, reader)


def _entry(tree: NodeTree, finding: Finding) -> Entry | None:
    """The innermost entry that holds a finding; none for an item of the list that it holds."""
    ends = ((entry, max(entry.key_end, entry.value_end)) for entry in tree.entries())
    around = [entry for entry, end in ends if entry.key_start <= finding.start and finding.end <= end]
    return around[-1] if around and not holds_env(around[-1].key) else None


def _is_given(leaf: Node, own: Entry | None) -> bool:
    """Whether a leaf, or the entry that it belongs to, sets an environment variable."""
    if own is None:  # `- KEY` hands on what the caller has
        return leaf.parent is not None and leaf.parent.kind == SEQUENCE and holds_env(key_of(leaf))
    return holds_env(key_of(_holder(leaf)))


def _holder(leaf: Node) -> Node:
    """The mapping or list of settings that a leaf belongs to."""
    node = leaf
    while node.parent is not None and not (node.key is not None and holds_env(node.key.value)):
        node = node.parent
    return node


def _reader(name: str, context: Context) -> str | None:
    """A file that goes on reading a setting under its old name, and that may get it from this one."""
    path = context.document.path
    area = "" if ANYWHERE.search(path) else places.area(path)
    return next((r for r in readers(name, context.project) if places.holds(area, r)), None)


def _added(
    finding: Finding, context: Context, tree: NodeTree, holder: Node, pair: tuple[str, str], reader: str
) -> Fix | Refusal:
    """The new name in the same mapping or list; a refusal where it is there, or where it can't be written."""
    new, value = pair
    assigned = [entry.key for entry in tree.entries() if holder.start <= entry.key_start < holder.end]
    if new in assigned or any(item.value == new for item in holder.children):
        return Refusal(f"{reader} still reads it: {FIRST}, then remove {finding.text}")
    by_hand = f"{reader} still reads it: {FIRST}; until then add {new} beside it"
    if "\n" in value or re.match(r"[\[{](?!\{)", value):  # more than a plain value
        return Refusal(by_hand)
    path = _path(tree, holder)
    listed = holder.kind == SEQUENCE and not value and not any("=" in item.value for item in holder.children)
    need = f"item:{path}:{new}" if listed else f"setting:{path}:{new}={value}"
    try:
        context.document.syntax.provide(context.document.text, need)
    except ValueError as error:
        return Refusal(f"{by_hand}; {error}")
    title = f"{new} beside {finding.text}, which {reader} still reads"
    return Fix(title, adds=((context.document.path, need),))


def _path(tree: NodeTree, node: Node) -> str:
    """The keys and numbers that lead to a node, as `provide` takes them."""
    steps: list[str] = []
    while node.parent is not None:
        step = node.key.value if node.key is not None else str(node.slot)
        steps.append(step.replace("%", "%25").replace("/", "%2F").replace(":", "%3A"))
        node = node.parent
    number = [f"---{tree.roots.index(node)}"] if len(tree.roots) > 1 else []
    return "/".join([*number, *reversed(steps)])


def _in_env_file(finding: Finding, context: Context, new: str) -> Fix | Refusal | None:
    path, entries = context.document.path, context.document.tree.entries()
    if not any(entry.key_start == finding.start for entry in entries):
        return None
    reader = next((r for r in readers(finding.text, context.project) if places.holds(places.area(path), r)), None)
    if reader is None:
        return None
    if any(entry.key == new for entry in entries):
        return Refusal(f"{reader} still reads it: {FIRST}, then remove {finding.text}")
    if not places.TEMPLATE.search(path):
        return Refusal(f"{reader} still reads it: {FIRST}; until then add {new} beside it")
    return Fix(f"{new} beside {finding.text}, which {reader} still reads", adds=((path, f"setting::{new}="),))
