"""What stands at a place of YAML or JSON: a key and of what, a value and whose, a package, a variable, a comment.

    GRADIENT_API_KEY: x            below `env:` an environment variable, elsewhere a key
    - LLM_PROVIDER=gradient        the value of LLM_PROVIDER
    - name: LLM_PROVIDER
      value: gradient              the value of LLM_PROVIDER

The shape of the tree says it; what is written inside a scalar is for `scripts` and `scalars` to say.
"""

from __future__ import annotations

import re

from offramp.model import Place, Role
from offramp.syntax import commands, resources, scalars, scripts, yaml_names
from offramp.syntax import entries as entry_list
from offramp.syntax.nodes import (
    ALIAS,
    SEQUENCE,
    Node,
    NodeTree,
    Span,
    holds_env,
    key_of,
    pair_name,
)

DEPENDENCIES = (
    "dependencies",
    "devDependencies",
    "peerDependencies",
    "optionalDependencies",
    "overrides",
    "resolutions",
)
BUNDLED = ("bundledDependencies", "bundleDependencies", "trustedDependencies", "onlyBuiltDependencies")
FORCED = ("overrides", "resolutions")
PIP_LISTS = ("pip", "additional_dependencies")
FLAG = re.compile(r"--?([A-Za-z][\w-]*)")
REQUIREMENT = re.compile(r"[A-Za-z0-9][\w.-]*(?=$|[\s<>=!~;\[@])")


def place(tree: NodeTree, start: int, end: int) -> Place:
    if (comment := tree.comment_at(start)) is not None:
        return _in_comment(tree, comment, start, end)
    leaf = tree.leaf_at(start)
    if leaf is None or end > leaf.end:
        return Place(Role.TEXT, "text", start=start, end=end)
    if leaf.kind == ALIAS or start < leaf.first:
        return Place(Role.CODE, "an anchor", start=start, end=end)
    found = _in_key(tree, leaf) if leaf.is_key else _in_value(tree, leaf, start, end)
    return yaml_names.known(tree.text, leaf, found, start, end)


def _in_comment(tree: NodeTree, comment: Span, start: int, end: int) -> Place:
    inside = tree.text[comment[0] : comment[1]]
    if (expression := scalars.context(inside, start - comment[0])) is not None:
        return Place(Role.ENV, expression, start=start, end=end)
    matched = entry_list.COMMENTED_OUT.match(inside)
    if matched is not None and comment[0] + matched.start("value") <= start:
        first, last = (comment[0] + offset for offset in matched.span("value"))
        return Place(Role.STRING, "a setting that is commented out", matched["key"], first, last)
    known = scalars.on_line(tree.text, *comment, start, end)
    if known.role in (Role.ENV, Role.PACKAGE):
        return known
    return Place(Role.COMMENT, "a comment", start=start, end=end)


def _in_key(tree: NodeTree, leaf: Node) -> Place:
    holder = key_of(leaf.parent)
    if leaf.style == '"' and tree.strict_commas and holder == "peerDependenciesMeta":
        return Place(Role.PACKAGE, commands.NAMED, commands.NPM, leaf.first, leaf.last)
    if leaf.style == '"' and (holder in DEPENDENCIES or (tree.strict_commas and _is_forced(leaf))):
        return Place(Role.PACKAGE, f"a package in {holder}", holder, leaf.first, leaf.last)
    if holder == "secrets" and _is_workflow(leaf):
        return Place(Role.ENV, "a GitHub secret", holder, leaf.first, leaf.last)
    if (resource := resources.named(leaf, leaf.first, leaf.last)) is not None:
        return Place(Role.RESOURCE, resource, holder, leaf.first, leaf.last)
    if leaf.value.startswith("/"):
        return Place(Role.STRING, "an address", holder, leaf.first, leaf.last)
    role = Role.ENV if holds_env(holder) else Role.KEY
    syntax = "an environment variable" if role is Role.ENV else "a key"
    return Place(role, syntax, holder, leaf.first, leaf.last, tree.siblings(leaf))


def _is_forced(leaf: Node) -> bool:
    """Whether a key stands somewhere below `overrides`, whose entries may be nested by what requires them."""
    node = leaf.parent
    while node is not None:
        if node.key is not None and node.key.value in FORCED:
            return True
        node = node.parent
    return False


def _in_value(tree: NodeTree, leaf: Node, start: int, end: int) -> Place:
    key = key_of(leaf)
    whole = leaf.first == start and leaf.last == end
    if whole and key in yaml_names.PACKAGE_KEYS and (ecosystem := _ecosystem(leaf)):
        return Place(Role.PACKAGE, commands.NAMED, ecosystem, start, end)
    if whole and key in BUNDLED and tree.strict_commas:
        return Place(Role.PACKAGE, commands.NAMED, commands.NPM, start, end)
    if (known := scalars.inside(tree.text, leaf.first, leaf.last, start, end, key)) is not None:
        return known
    if (resource := resources.named(leaf, start, end)) is not None:
        return Place(Role.RESOURCE, resource, key, leaf.first, leaf.last)
    if scalars.RUN_MODULE.search(tree.text[max(leaf.first, start - scalars.REACH) : start]):
        return Place(Role.CODE, "a module that is run", start=start, end=end)
    if not whole and (inside := scripts.at(tree, leaf, start, end)) is not None:
        return inside
    if (item := _in_item(tree, leaf, start, end)) is not None:
        return item
    if (name := pair_name(leaf)) is not None:
        if name is leaf:
            listed = key_of(leaf.parent)
            role = Role.ENV if holds_env(listed) else Role.KEY
            return Place(role, "the name of a setting", listed, leaf.first, leaf.last)
        key = name.value
    fallback = Place(Role.VALUE, f"the value of {key}" if key else "a value", key, leaf.first, leaf.last)
    if not whole:
        refined = scalars.on_line(tree.text, leaf.first, leaf.last, start, end)
        if refined.role is not Role.TEXT:
            return refined
    return Place(fallback.role, fallback.syntax, key, leaf.first, leaf.last, tree.siblings(leaf))


def _in_item(tree: NodeTree, leaf: Node, start: int, end: int) -> Place | None:
    """A scalar item of a list: `K=V`, the value after a flag, a requirement, an environment variable handed on."""
    sequence = leaf.parent
    if sequence is None or sequence.kind != SEQUENCE:
        return None
    key = key_of(leaf)
    source = tree.text[leaf.first : leaf.last]
    required = REQUIREMENT.match(source)
    if required is not None and start == leaf.first and end <= leaf.first + required.end():
        if key in PIP_LISTS:
            return Place(Role.PACKAGE, "a requirement", key, leaf.first, leaf.last)
        if key == "dependencies" and _is_of_conda(tree, sequence):
            return Place(Role.PACKAGE, commands.OF_CONDA, commands.PIP, leaf.first, leaf.last)
    if (matched := entry_list.ASSIGNMENT.match(source)) is not None:
        name, value = matched.span("key"), leaf.first + matched.start("value")
        if end <= leaf.first + name[1]:
            role = Role.ENV if holds_env(key) else Role.KEY
            return Place(role, "a setting in a list", key, leaf.first + name[0], leaf.first + name[1])
        if start >= value:
            return Place(
                *(Role.VALUE, f"the value of {matched['key']}", matched["key"], value, leaf.last),
                tree.siblings(leaf),
            )
    if holds_env(key) and (start, end) == (leaf.first, leaf.last):
        return Place(Role.ENV, "an environment variable that is handed on", key, start, end)
    before = sequence.children[leaf.slot - 1] if leaf.slot else None
    flag = FLAG.fullmatch(before.value) if before is not None and not leaf.value.startswith("-") else None
    if flag is not None:
        return Place(Role.VALUE, f"the value of {flag[0]}", flag[1], leaf.first, leaf.last)
    return None


def _is_of_conda(tree: NodeTree, listed: Node) -> bool:
    """Whether a list is the one of a conda environment: it has channels, Python itself, or a list of pip in it."""
    if listed.parent is not tree.roots[0]:
        return False
    python = any(re.match(r"(?:python|pip)\b", item.value) or item.get("pip") for item in listed.children)
    return python or tree.roots[0].get("channels") is not None


def _is_workflow(leaf: Node) -> bool:
    node = leaf
    while node.parent is not None:
        node = node.parent
    return node.get("jobs") is not None


def _ecosystem(leaf: Node) -> str:
    """What the settings around a package's name say that it belongs to, as dependabot's do; of others nothing."""
    node = leaf.parent
    while node is not None:
        if (named := node.get("package-ecosystem")) is not None:
            return commands.NPM if named.value == "npm" else commands.PIP
        node = node.parent
    return ""
