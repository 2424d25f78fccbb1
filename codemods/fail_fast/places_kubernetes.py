"""Kubernetes containers that run a piece of code: of its image, or in a folder that holds the code."""

from __future__ import annotations

import os
from collections.abc import Iterator

from codemods.fail_fast.places import Place, area, holds, image_name, is_kind
from offramp.document import Document
from offramp.project import Context
from offramp.syntax.nodes import Node, NodeTree

MANIFESTS = frozenset({"k8s", "kubernetes", "manifests", "base", "overlays", "helm", "charts"})
STORES = ("ConfigMap", "Secret", "SealedSecret", "ExternalSecret")


def containers(context: Context, names: frozenset[str], name: str, images: frozenset[str]) -> Iterator[Place]:
    roots = list(_roots(context))
    for document, root in roots:
        for container in _containers(root):
            image = container.get("image")
            if image is not None and _runs(context, document.path, image_name(image.value), images):
                yield _place(document, container, roots, names, name)


def _roots(context: Context) -> Iterator[tuple[Document, Node]]:
    """The objects of every manifest."""
    for path in sorted(context.project.paths):
        if not is_kind(path, "yaml") or path.startswith(".github/"):
            continue
        text = context.project.text(path) or ""
        if "kind:" not in text and "configMapGenerator:" not in text:
            continue
        document = context.project.document(path)
        if document is not None and document.fault is None and isinstance(document.tree, NodeTree):
            yield from ((document, root) for root in document.tree.roots)


def _containers(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop(0)
        for key in ("containers", "initcontainers"):
            listed = node.get(key)
            yield from (item for item in (listed.children if listed is not None else ()) if item.kind == "mapping")
        waiting += [child for child in node.children if child.kind in ("mapping", "sequence")]


def _runs(context: Context, path: str, image: str, images: frozenset[str]) -> bool:
    if image and image in images:
        return True
    folder = area(path)
    while os.path.basename(folder) in MANIFESTS or os.path.basename(os.path.dirname(folder)) == "overlays":
        folder = os.path.dirname(folder)
    own = bool(folder) and holds(folder, context.document.path)
    return own or (bool(image) and not images and image in context.document.path.split("/")[:-1])


def _place(
    document: Document, container: Node, roots: list[tuple[Document, Node]], names: frozenset[str], name: str
) -> Place:
    called = container.get("name")
    what = f"the container {called.value if called is not None else ''} of {document.path}"
    listed = container.get("env")
    given = {found.value for item in (listed.children if listed is not None else ()) if (found := item.get("name"))}
    sources = container.get("envfrom")
    for source in sources.children if sources is not None else ():
        held = _held(source, roots)
        if held is None:
            unknown = f"what it takes its environment from is not in git: see that {name} is in it, then add it to env"
            return Place(document.path, what, bool(given & names), advice=unknown)
        given |= held
    return Place(document.path, what, bool(given & names), advice=f"add {name} to its env first")


def _held(source: Node, roots: list[tuple[Document, Node]]) -> set[str] | None:
    """The keys of the ConfigMap or Secret that an `envFrom` names; None where it is not in git."""
    reference = source.get("configmapref") or source.get("secretref")
    wanted = reference.get("name") if reference is not None else None
    prefix = source.get("prefix")
    found: set[str] | None = None
    for _, root in roots:
        kind, metadata = root.get("kind"), root.get("metadata")
        called = metadata.get("name") if metadata is not None else None
        if wanted is None or kind is None or called is None or called.value != wanted.value or kind.value not in STORES:
            continue
        lead = prefix.value if prefix is not None else ""
        found = (found or set()) | {lead + key for key in _keys(root)}
    return found


def keys_of(context: Context, store: str) -> set[str]:
    """The keys that the manifests of the tree give a ConfigMap or Secret."""
    found: set[str] = set()
    for _, root in _roots(context):
        kind, metadata = root.get("kind"), root.get("metadata")
        called = metadata.get("name") if metadata is not None else None
        if kind is not None and kind.value in STORES and called is not None and called.value == store:
            found |= set(_keys(root))
    return found


def _keys(root: Node) -> Iterator[str]:
    spec = root.get("spec")
    for held in (root.get("data"), root.get("stringdata"), spec.get("encrypteddata") if spec is not None else None):
        yield from (key.value for key, _ in (held.pairs() if held is not None and held.kind == "mapping" else ()))
    listed = spec.get("data") if spec is not None else None
    for item in listed.children if listed is not None and listed.kind == "sequence" else ():
        if (key := item.get("secretkey")) is not None:
            yield key.value
