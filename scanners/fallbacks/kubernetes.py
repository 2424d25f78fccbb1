"""Containers of Kubernetes that start without a setting: a reference to a key that is `optional`.

- name: OPENROUTER_API_KEY
valueFrom: {secretKeyRef: {name: llm, key: api-key, optional: true}}
"""

from __future__ import annotations

from collections.abc import Iterator

from offramp.document import Document
from offramp.syntax.nodes import Node, NodeTree
from offramp.vocabulary import Vocabulary
from scanners.fallbacks import Fallback, is_setting

REFERENCES = ("secretkeyref", "configmapkeyref")


def read(document: Document, vocabulary: Vocabulary) -> Iterator[Fallback]:
    tree = document.tree
    if not isinstance(tree, NodeTree) or "optional" not in document.text:
        return
    for item in tree.collections:
        name, source = item.get("name"), item.get("valuefrom")
        if name is None or source is None or not is_setting(name.value, vocabulary):
            continue
        optional = next((_optional(found) for key in REFERENCES if (found := source.get(key)) is not None), None)
        if optional is not None:
            key, value = optional
            span = (key.start, value.end)
            yield Fallback("optional", key.first, key.last, name.value, "", span, (value.first, value.last))


def _optional(reference: Node) -> tuple[Node, Node] | None:
    pairs = reference.pairs() if reference.kind == "mapping" else ()
    return next(((key, value) for key, value in pairs if (key.value, value.value) == ("optional", "true")), None)
