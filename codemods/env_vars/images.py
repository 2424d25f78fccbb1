"""Variables that the provider's own image reads: under another name it would not see them.

services: {store: {image: gradient/store:1, environment: {GRADIENT_API_KEY: x}}}
"""

from __future__ import annotations

from offramp.model import Finding, Refusal
from offramp.project import Context
from offramp.syntax.nodes import Node, NodeTree, holds_env


def read_by_an_image(finding: Finding, context: Context) -> Refusal | None:
    """Why a variable that a service or a container is given keeps its name, or None."""
    tree, slug = context.document.tree, context.vocabulary.slug
    if not isinstance(tree, NodeTree) or context.document.kind != "yaml" or slug is None:
        return None
    leaf = tree.leaf_at(finding.start)
    if leaf is None or leaf.first != finding.start or not _is_given(leaf):
        return None
    node: Node | None = leaf
    while node is not None and (image := node.get("image")) is None:
        node = node.parent
    if node is None or node.get("build") is not None or image is None or slug.search(image.value) is None:
        return None
    return Refusal(f"the image {image.value} reads {finding.text}: put another image in its place, and rename it then")


def _is_given(leaf: Node) -> bool:
    """Whether a scalar names a variable of an `env:` or `environment:`: as a key, an item, or by `name:`."""
    node: Node | None = leaf.parent
    while node is not None:
        if node.key is not None:
            return holds_env(node.key.value) and (leaf.is_key or leaf.key is None or leaf.key.value == "name")
        node = node.parent
    return False
