"""Compose services that run a piece of code.

A service runs it when it builds from a folder with the code (and the Dockerfile copies that part of it), mounts it,
or runs the image of one that does. Services of one name in the files of one folder are one where a later file only
changes what an earlier one starts.
"""

from __future__ import annotations

import dataclasses
import os
import posixpath
import re
from collections.abc import Iterator

from codemods.fail_fast.places import STALE, TEMPLATE, Place, env_file, holds, image_name, names_in_env_file
from offramp.project import Context
from offramp.syntax.entries import settings_of
from offramp.syntax.nodes import Node, NodeTree

COMPOSE = re.compile(r"(?:^|[/_.-])(?:docker-)?compose[\w.-]*\.ya?ml$")
COPY = re.compile(r"(?mi)^\s*(?:COPY|ADD)\s+(?P<rest>(?:\\\r?\n|[^\r\n])+)")
MERGE = "<<"


@dataclasses.dataclass(frozen=True, slots=True)
class Service:
    path: str  # of the compose file
    name: str
    node: Node
    tree: NodeTree
    extended: tuple[Node, ...]  # the nodes of a service that this one builds upon

    def value(self, key: str) -> Node | None:
        return next((found for node in (self.node, *self.extended) if (found := _get(self.tree, node, key))), None)


def all_services(context: Context) -> Iterator[Service]:
    for path in sorted(context.project.paths):
        if not COMPOSE.search(path) or STALE.search(path):
            continue
        document = context.project.document(path)
        if document is None or document.fault is not None or not isinstance(document.tree, NodeTree):
            continue
        for root in document.tree.roots[:1]:
            listed = root.get("services")
            for key, node in listed.pairs() if listed is not None and listed.kind == "mapping" else ():
                node = _resolved(document.tree, node)
                yield Service(path, key.value, node, document.tree, _extended(listed, node))


def _extended(listed: Node | None, node: Node) -> tuple[Node, ...]:
    """The service of the same file that a service extends."""
    extends = node.get("extends")
    name = extends.get("service") if extends is not None and extends.kind == "mapping" else extends
    if listed is None or name is None or (extends is not None and extends.get("file") is not None):
        return ()
    other = listed.get(name.value.lower())
    return (other,) if other is not None else ()


def _resolved(tree: NodeTree, node: Node) -> Node:
    """What an alias stands for."""
    if node.kind != "alias":
        return node
    anchored = [n for n in (*tree.collections, *tree.leaves) if n.kind != "alias" and n.anchor == node.anchor]
    return anchored[0] if anchored else node


def _get(tree: NodeTree, node: Node, key: str) -> Node | None:
    """The value of a key, also where a merge key brings it in."""
    node = _resolved(tree, node)
    own = node.get(key)
    if own is not None or (merged := node.get(MERGE)) is None:
        return _resolved(tree, own) if own is not None else None
    others = merged.children if merged.kind == "sequence" else [merged]
    return next((found for other in others if (found := _get(tree, other, key)) is not None), None)


def runs(context: Context, service: Service) -> bool:
    """Whether a service builds from the code or mounts it."""
    base, path = os.path.dirname(service.path), context.document.path
    build = service.value("build")
    if build is not None:
        where = build if build.kind == "scalar" else _get(service.tree, build, "context")
        folder = _below(base, where.value if where is not None else ".")
        named, target = (_get(service.tree, build, key) for key in ("dockerfile", "target"))
        if context.document.kind == "dockerfile" and target is not None:
            return False  # of which stage the image is, is not looked into
        dockerfile = posixpath.join(folder or "", named.value if named is not None else "Dockerfile")
        if folder is not None and builds_from(context, folder, dockerfile):
            return True
    return any(_mounts(base, item, path) for item in getattr(service.value("volumes"), "children", ()))


def arguments(service: Service) -> set[str]:
    """The names of the arguments that the build of a service is passed."""
    build = service.value("build")
    args = _get(service.tree, build, "args") if build is not None else None
    return set(_given(service.tree, args)) if args is not None else set()


def _mounts(base: str, item: Node, path: str) -> bool:
    source = item.get("source")
    written = source.value if source is not None else item.value.partition(":")[0]
    if not written.startswith("."):
        return False
    mounted = _below(base, written)
    return mounted is not None and (mounted == path or holds(mounted, path))


def _below(base: str, written: str) -> str | None:
    """A folder of the project as a path; '' is its root, None lies outside."""
    path = posixpath.normpath(posixpath.join(base, written))
    return None if path.startswith(("..", "/")) or "$" in path else "" if path == "." else path


def builds_from(context: Context, folder: str, dockerfile: str = "") -> bool:
    """Whether an image that is built from a folder holds the code.

    It does when its Dockerfile copies it; where that can't be read, the folder decides.
    """
    if context.document.kind == "dockerfile":  # the image that it makes
        return posixpath.normpath(dockerfile or posixpath.join(folder, "Dockerfile")) == context.document.path
    if not holds(folder, context.document.path):
        return False
    text = context.project.text(posixpath.normpath(dockerfile or posixpath.join(folder, "Dockerfile")))
    if text is None:
        return True
    sources: list[str] = []
    for matched in COPY.finditer(text):
        words = re.sub(r"\\\r?\n", " ", matched["rest"]).strip().strip("[]").replace('"', " ").replace(",", " ").split()
        if not any(word.startswith("--from") for word in words):
            sources += [word for word in words if not word.startswith("--")][:-1]
    inside = context.document.path.removeprefix(f"{folder}/") if folder else context.document.path
    cleaned = [posixpath.normpath(source.lstrip("/")) for source in sources]
    return not sources or any(s == "." or "*" in s or inside == s or holds(s, inside) for s in cleaned)


def images(context: Context) -> frozenset[str]:
    """The images that compose services build from the code; a service without a name for it has its own."""
    found: set[str] = set()
    for service in all_services(context):
        if runs(context, service):
            image = service.value("image")
            found.add(image_name(image.value) if image is not None else service.name)
    return frozenset(found - {""})


def services(context: Context, names: frozenset[str], name: str, images: frozenset[str]) -> Iterator[Place]:
    everything = list(all_services(context))
    for service in everything:
        image = service.value("image")
        built = image is not None and image_name(image.value) in images
        if service.value("build") is None and image is None:
            continue  # it only changes what another file starts
        if built or runs(context, service):
            same = [s for s in everything if s.name == service.name and _changes(s, service)]
            yield from _place(context, service, same, names, name)


def _changes(other: Service, service: Service) -> bool:
    """Whether a service of another file of the folder only adds to this one; a service adds to itself."""
    if other.path == service.path:
        return True
    bare = other.value("build") is None and other.value("image") is None
    return bare and os.path.dirname(other.path) == os.path.dirname(service.path)


def _place(
    context: Context, service: Service, same: list[Service], names: frozenset[str], name: str
) -> Iterator[Place]:
    what = f"the service {service.name} of {service.path}"
    if any(_sets(one, names) for one in same):
        yield Place(service.path, what, True)
        return
    listed = [path for one in same for path in _env_files(one)]
    if not listed:
        need = f"setting:services/{service.name}/environment:{name}=${{{name}}}"
        yield Place(service.path, what, False, need, f"add {name} to its environment first")
        return
    for path in listed:
        if context.project.in_tree(path) and names_in_env_file(context, path, names):
            yield Place(service.path, what, True)
            return
    found = [place for path in listed for place in _described(context, path, names, name)]
    advice = f"add {name} to {listed[0]} first"
    if found:
        yield from found[:1] if not any(place.gives for place in found) else [p for p in found if p.gives][:1]
    else:
        yield Place(service.path, f"{what} (it reads {listed[0]})", False, advice=advice)


def _described(context: Context, path: str, names: frozenset[str], name: str) -> Iterator[Place]:
    """The template of an env file that git does not have."""
    folder = os.path.dirname(path)
    for other in context.project.of_kind("env_file"):
        if not context.project.in_tree(path) and TEMPLATE.search(other) and os.path.dirname(other) == folder:
            yield env_file(context, other, names, name)


def _sets(service: Service, names: frozenset[str]) -> bool:
    for node in (service.node, *service.extended):
        environment = _get(service.tree, node, "environment")
        if environment is not None and any(given in names for given in _given(service.tree, environment)):
            return True
    return False


def _given(tree: NodeTree, environment: Node) -> Iterator[str]:
    for key, value in settings_of(environment) if environment.kind in ("mapping", "sequence") else ():
        if value:
            yield key
    if environment.kind == "sequence":  # `- KEY` hands on what the caller has
        yield from (item.value for item in environment.children if item.kind == "scalar")
    merged = environment.get(MERGE)
    for other in () if merged is None else merged.children if merged.kind == "sequence" else [merged]:
        yield from _given(tree, _resolved(tree, other))
    if environment.kind == "mapping":  # `KEY:` does the same
        yield from (
            key.value
            for key, value in environment.pairs()
            if value.kind == "scalar" and not value.style and not value.value
        )


def _env_files(service: Service) -> list[str]:
    node = service.value("env_file")
    items = [] if node is None else [node] if node.kind == "scalar" else list(node.children)
    written = [(item.get("path") or item).value for item in items]
    base = os.path.dirname(service.path)
    return [path for one in written if one and (path := _below(base, one)) is not None]
