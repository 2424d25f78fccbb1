"""Names in YAML that something else is reached by: services, volumes, networks, programs, Kubernetes objects.

    services: {gradient-cache: …}          other services connect to this name
    depends_on: [gradient-cache]
    volumes: {gradient_data: {}}           under another name a volume is another, empty one
    command: ["gradient", "serve"]         a program of the image
    - ./a.conf:/etc/gradient/a.conf        a path that the image's programs look at
    metadata: {name: gradient-api}         in a file with apiVersion and kind

Renaming one of these in a file renames nothing of what runs, so it is for a person to do.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from offramp.syntax.nodes import Node

OF_COMPOSE = {"services": "a service", "volumes": "a volume", "networks": "a network"}
OF_COMPOSE |= {"configs": "a config", "secrets": "a secret of compose"}
OF_SERVICE = {
    **dict.fromkeys(("depends_on", "links", "external_links", "volumes_from", "network_mode", "extends"), "a service"),
    **dict.fromkeys(("container_name", "hostname", "domainname"), "a container"),
    "networks": "a network",
}
COMMANDS = ("command", "entrypoint")
OBJECT_KEYS = re.compile(
    r"(?:service|claim|secret|serviceAccount|configMap|storageClass|ingressClass|volume)Name|namespace"
)
REFERENCES = re.compile(r"metadata|backend|service|\w*(?:Ref|Reference)|containers|initContainers|volumes|volumeMounts")
LABELS = ("labels", "matchLabels", "selector")
PART = re.compile(r"[\w-]+")
NAMED_VOLUME = re.compile(r"[A-Za-z0-9][\w.-]*(?=:/)")


def named(leaf: Node, start: int, end: int) -> str | None:
    """What a span in a scalar is the name of, in a few words; None where it is no such name."""
    steps, root = _steps(leaf)
    if root.get("services") is not None and root.get("jobs") is None:
        return _in_compose(leaf, steps, start, end)
    if root.get("jobs") is not None:
        is_service = leaf.is_key and len(steps) == 3 and steps[0] == "jobs" and steps[2] == "services"
        return "the name of a service" if is_service else None
    if root.get("apiversion") is not None and root.get("kind") is not None:
        return _in_kubernetes(leaf, steps, start)
    return None


def _steps(leaf: Node) -> tuple[list[str], Node]:
    """The keys that lead to a scalar, without its own where it is a key; and the root of its document."""
    steps: list[str] = []
    node = leaf
    while node.parent is not None:
        if (key := node.key) is not None:
            steps.append(key.value)
        node = node.parent
    return steps[::-1], node


def _in_compose(leaf: Node, steps: list[str], start: int, end: int) -> str | None:
    if leaf.is_key and len(steps) == 1 and (what := OF_COMPOSE.get(steps[0])) is not None:
        return f"the name of {what}"
    if len(steps) < 3 or steps[0] != "services":
        return None
    if (what := OF_SERVICE.get(steps[2])) is not None and (leaf.is_key or len(steps) == 3):
        return f"the name of {what}"
    if steps[2] == "volumes":
        return _mounted(leaf, steps, start, end)
    return "the name of a program" if steps[2] in COMMANDS and _is_first(leaf, start) else None


def _mounted(leaf: Node, steps: list[str], start: int, end: int) -> str | None:
    """A named volume; or a path in an image that is not built here, whose programs look for it there."""
    matched = NAMED_VOLUME.match(leaf.value)
    if len(steps) == 3 and matched and end <= leaf.first + matched.end():
        return "the name of a volume"
    aim = leaf.value.find(":/")
    inside = steps[3:] == ["target"] or (len(steps) == 3 and 0 <= aim < start - leaf.first)
    part = PART.match(leaf.value, leaf.value.rfind("/", 0, start - leaf.first) + 1)
    alone = part is not None and not re.search(r"[-_]", part[0])  # `old.conf`, not `rules-for-old.conf`
    return "in a path of an image that is not built here" if inside and alone and _is_fetched(leaf) else None


def _is_fetched(leaf: Node) -> bool:
    """Whether the service that a scalar belongs to has an `image:` and no `build:`."""
    node: Node | None = leaf
    while node is not None and node.get("image") is None:
        node = node.parent
    return node is not None and node.get("build") is None


def _in_kubernetes(leaf: Node, steps: list[str], start: int) -> str | None:
    if leaf.is_key or not steps:
        return None
    if steps[-1] in COMMANDS and _is_first(leaf, start):
        return "the name of a program"
    is_object = OBJECT_KEYS.fullmatch(steps[-1]) or (
        steps[-1] == "name" and len(steps) > 1 and REFERENCES.fullmatch(steps[-2])
    )
    labelled = len(steps) > 1 and any(step in LABELS for step in steps[:-1])
    return "the name of an object of the cluster" if is_object or labelled else None


def _is_first(leaf: Node, start: int) -> bool:
    """Whether a span begins a command: its first item, or the first word of its text."""
    at_start = start == leaf.first
    return at_start and (leaf.parent is None or leaf.parent.kind != "sequence" or leaf.slot == 0)
