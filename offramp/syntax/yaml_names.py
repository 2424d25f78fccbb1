"""Names in YAML and JSON that are held outside of the file, by the shape of the file; `resources` has more of them.

    - uses: acme/ask@v1
      with: {gradient-key: x}         a workflow: what others call their inputs
    context: [gradient]               CircleCI: set up outside of the repository
    expr: up{job="gradient"}          Prometheus: what is recorded so, and by whom, is not said here
    selector: {provider: gradient}    Kubernetes: what is selected must be labelled so

A name that others have given (`Place.theirs`) is never changed. The provider's slug as the name of something is no
setting, and left to a person.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

from offramp.model import Place, Role
from offramp.syntax import workflow
from offramp.syntax.nodes import MAPPING, SEQUENCE, Node, NodeTree, pair_name

LABEL, SELECTOR = "a label of an object", "the selector of an object"
SELECTORS = frozenset({"matchlabels", "selector", "nodeselector", "podselector", "matchexpressions"})
MATCHER = re.compile(r"(?P<label>[A-Za-z_]\w*)\s*(?:=~|!~|!=|=)\s*(?P<q>[\"'])(?:(?!(?P=q)).)*$")
WHO = re.compile(r"(?i)provider|vendor|backend")  # a label of this name says whose a thing is, as a setting does
REACH = 200
PACKAGE_KEYS = frozenset({"dependency-name", "patterns", "exclude-patterns"})  # of dependabot
HELD_OUTSIDE = "it is set up outside of the repository: rename it there first, then here"


def known(text: str, leaf: Node, place: Place, start: int, end: int) -> Place:
    """The place of a span inside a leaf, with what the shape of the file says about the name there."""
    root = _root(leaf)
    if root.kind != MAPPING:
        return place
    if workflow.is_workflow(root) or workflow.is_action(root):
        why = workflow.theirs(text, root, leaf, start)
        return dataclasses.replace(place, theirs=why) if why else place
    keys = list(_keys(leaf))
    if _is_set_up(root, leaf, keys):
        return dataclasses.replace(place, theirs=HELD_OUTSIDE)
    if place.role is Role.RESOURCE and not leaf.is_key and (SELECTORS & set(keys) or "labels" in keys):
        return dataclasses.replace(place, syntax=SELECTOR if SELECTORS & set(keys) else LABEL)
    named = _named(text, root, leaf, keys, (start, end)) if place.role in (Role.VALUE, Role.STRING) else ""
    return dataclasses.replace(place, role=Role.RESOURCE, syntax=named) if named else place


def selected(tree: NodeTree, label: str, value: str) -> bool:
    """Whether a selector of a file asks for a label."""
    holders = (leaf for leaf in tree.leaves if leaf.value == value and leaf.key is not None)
    return any(leaf.key.value == label and SELECTORS & set(_keys(leaf)) for leaf in holders if leaf.key is not None)


def _keys(leaf: Node) -> Iterator[str]:
    """The keys that a leaf stands under, its own or its list's first, in lower case."""
    node: Node | None = leaf
    while node is not None:
        if (key := node.key) is not None:
            yield key.value.lower()
        node = node.parent


def _root(leaf: Node) -> Node:
    node = leaf
    while node.parent is not None:
        node = node.parent
    return node


def _is_set_up(root: Node, leaf: Node, keys: list[str]) -> bool:
    """Whether a value is a context of CircleCI, a group of variables of Azure, or a runner of GitLab."""
    if leaf.is_key or not keys:
        return False
    return (
        (keys[0] == "context" and root.get("workflows") is not None)
        or (keys[0] == "group" and "variables" in keys[1:])
        or (keys[0] == "tags" and _is_gitlab(root))
    )


def _is_gitlab(root: Node) -> bool:
    """Whether a document has jobs with scripts at its top."""
    return root.get("jobs") is None and any(value.get("script") is not None for _, value in root.pairs())


def _named(text: str, root: Node, leaf: Node, keys: list[str], span: tuple[int, int]) -> str:
    """As what a span in a value names something, or nothing."""
    own, whole = keys[0] if keys else "", (leaf.first, leaf.last) == span
    if own == "expr":
        matched = MATCHER.search(text, max(leaf.first, span[0] - REACH), span[0])
        return "" if matched is None or WHO.search(matched["label"]) else "a label in a query"
    if root.get("updates") is not None and root.get("version") is not None:
        if own in PACKAGE_KEYS:
            return "" if whole else "a part of a pattern of packages"
        return "a label or a person of the host" if own in ("labels", "assignees", "reviewers") else ""
    if own == "profiles" and keys[-1] == "services":
        return "the name of a profile"
    if own == "image" and whole:
        return "the name of an image"
    listed = root.get("services", "envvargroups")  # as platforms describe services
    if whole and listed is not None and listed.kind == SEQUENCE and own in ("name", "fromgroup"):
        return "the name of a service" if pair_name(leaf) is None else ""
    return ""
