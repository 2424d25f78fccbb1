"""What stands at a place of HCL.

variable "llm_model" { default = "x" }              x is the value of llm_model
environment = [{ name = "LLM_MODEL", value = "x" }] LLM_MODEL is an environment variable, x its value
resource "aws_x" "gradient_key" { … }               the name of a resource, which has an address in the state
moved { from = aws_x.gradient_key … }               what something was called before
"""

from __future__ import annotations

import dataclasses
import re

from offramp.model import Place, Role
from offramp.syntax import commands, hcl_strings
from offramp.syntax import text as plain
from offramp.syntax.grammar import Node
from offramp.syntax.hcl_strings import attributes, inner, key_of, labels

ENV_BLOCKS = ("env", "environment", "environment_variable", "env_vars", "environment_variables")
ENV_LISTS = ("env", "environment", "environment_variables", "env_vars", "secrets", "secret_environment_variables")
PAIR_VALUES = ("value", "valueFrom", "value_from")
EMBEDDED = re.compile(r"\$\{|%\{")
TYPE, PROVIDER = "the type of a resource", "the name of a Terraform provider"
RESOURCE, MODULE = "the name of a resource", "the name of a module"
BEFORE, BACKEND = "what a moved block calls it", "where the state is kept"
# what stays whatever the migration says, and why
LEFT = {
    BEFORE: "history: a moved block says what something was called",
    BACKEND: "kept: the state lies there; to move it takes `terraform init -migrate-state`",
}
LARGE = 500  # entries of one object that are looked at as siblings
Span = tuple[int, int]


def place(root: Node, text: str, start: int, end: int) -> Place:
    found = _place(root, text, start, end)
    blocks = (node for node in root.at(start, end).ancestors() if node.kind == "block")
    backend = any(block.named[0].text in ("backend", "cloud") for block in blocks)
    return dataclasses.replace(found, syntax=BACKEND) if backend and found.role is not Role.COMMENT else found


def _place(root: Node, text: str, start: int, end: int) -> Place:
    node = root.at(start, end)
    if node.above("comment") is not None:
        return Place(Role.COMMENT, "a comment", start=start, end=end)
    if node.damaged:
        return plain.place(text, start, end)
    embedded = node.above(*hcl_strings.EMBEDDED)
    literal = node.above(*hcl_strings.STRINGS, "heredoc_identifier")
    if literal is not None and (embedded is None or embedded.start < literal.start):
        if literal.kind.startswith("heredoc"):
            return commands.package(text, start, end) or plain.place(text, start, end)
        return _string(literal, text, start, end)
    if node.kind == "identifier":
        return _name(node)
    return plain.place(text, start, end)


def _name(node: Node) -> Place:
    parent = node.parent
    if parent is not None and parent.kind == "attribute" and parent.named[0].span == node.span:
        block = node.above("block")
        if block is not None and block.named[0].text == "required_providers":
            return Place(Role.CODE, PROVIDER, "", *node.span)
        return Place(Role.KEY, "the name of an argument", "", *node.span)
    if parent is not None and parent.kind == "block":
        label = next((n for n in labels(parent) if n.span == node.span), None)
        return _label(parent, node) if label is not None else Place(Role.CODE, "the type of a block", "", *node.span)
    if _is_key(node):
        return Place(Role.KEY, "a key", _holder(node), *node.span)
    return Place(Role.CODE, BEFORE if _was(node) else _referred(node), "", *node.span)


def _was(node: Node) -> bool:
    """Whether a name stands in what a block says that something was called before."""
    block, attribute = node.above("block"), node.above("attribute")
    moved = block is not None and block.named[0].text in ("moved", "removed")
    return moved and attribute is not None and attribute.named[0].text == "from"


def _referred(node: Node) -> str:
    """What an identifier in an expression refers to, as far as the words around it tell."""
    path = _address(node)
    position = next((n for n, part in enumerate(path) if part.span == node.span), 0)
    words = [part.text for part in path]
    if words[0] in ("var", "local", "each", "self", "count", "path", "terraform"):
        return "a reference"
    if words[0] == "module":
        return MODULE if position == 1 else "a reference"
    offset = 1 if words[0] == "data" else 0
    resource = len(path) > offset + 1 and "_" in words[offset]
    if resource and position == offset:
        return TYPE
    return RESOURCE if resource and position == offset + 1 else "a reference"


def _address(node: Node) -> list[Node]:
    """The identifiers of `a.b.c` of which this one is one."""
    step = node.parent
    if step is None or step.parent is None or step.kind not in ("variable_expr", "get_attr"):
        return [node]
    path = []
    for child in step.parent.named:
        if child.kind in ("variable_expr", "get_attr") and child.named:
            path.append(child.named[0])
        elif child.start > node.start:
            break
    return path or [node]


def _label(block: Node, label: Node) -> Place:
    kind, found = block.named[0].text, labels(block)
    number = next((n for n, other in enumerate(found) if other.span == label.span), 0)
    syntax = "the label of a block"
    if kind in ("resource", "data", "ephemeral"):
        syntax = TYPE if number == 0 else RESOURCE if kind == "resource" else syntax
    elif kind == "module":
        syntax = MODULE
    elif kind == "provider":
        syntax = PROVIDER
    if syntax in (TYPE, RESOURCE, MODULE, PROVIDER):
        return Place(Role.CODE, syntax, "", *inner(label))
    return Place(Role.KEY, syntax, kind, *inner(label))


def lead(root: Node, start: int, end: int) -> str:
    """What comes before the name in the address of the resource or module whose label stands there; else nothing."""
    node = root.at(start, end).above("block", "string_lit", "identifier")
    block = node.parent if node is not None else None
    if node is None or block is None or block.kind != "block" or _label(block, node).syntax not in (RESOURCE, MODULE):
        return ""
    found = labels(block)
    return "module" if len(found) == 1 else block.source[slice(*inner(found[0]))]


def _string(literal: Node, text: str, start: int, end: int) -> Place:
    spans = inner(literal)
    if literal.parent is not None and literal.parent.kind == "block":
        return _label(literal.parent, literal)
    if _is_key(literal):
        return Place(Role.KEY, "a key", _holder(literal), *spans)
    key = _key(literal, text)
    if key == "name" and _sets_environment(literal):
        return Place(Role.ENV, "an environment variable", "", *spans)
    if (package := commands.package(text, start, end)) is not None:
        return package
    role = Role.VALUE if key else Role.STRING
    built = EMBEDDED.search(re.sub(r"\$\$\{|%%\{", "", literal.text)) is not None
    return Place(role, f"the value of {key}" if key else "a string", key, *spans, _siblings(literal), built)


def _sets_environment(literal: Node) -> bool:
    """Whether the pair of a name and a value that a string is the name of sets an environment variable."""
    element = literal.above("object_elem", "attribute")
    if element is not None and element.kind == "object_elem":
        holder = element.parent.above("object_elem", "attribute") if element.parent is not None else None
        return holder is not None and key_of(holder).lower() in ENV_LISTS
    block = literal.above("block")
    return block is not None and "env" in block.named[0].text


def _key(literal: Node, text: str) -> str:
    """What a string is assigned to or compared with."""
    operation = literal.above("binary_operation")
    if operation is not None:
        other = operation.text.replace(literal.text, "", 1)
        names = re.findall(r"[A-Za-z_][\w-]*", other)
        return names[-1] if names else ""
    element = literal.above("object_elem", "attribute")
    if element is None:
        return ""
    key = key_of(element)
    pairs = _beside(element)
    block = element.above("block")
    if element.kind == "attribute" and block is not None and key == "default" and block.named[0].text == "variable":
        return text[slice(*inner(labels(block)[0]))] if labels(block) else key
    if key in PAIR_VALUES and "name" in pairs:
        return text[slice(*inner(pairs["name"]))]
    return key


def _beside(element: Node) -> dict[str, Node]:
    """The pairs of the block or object that an attribute or element belongs to."""
    holder = element.parent
    if holder is None:
        return {}
    if element.kind == "attribute":
        return attributes(holder.parent) if holder.parent is not None and holder.parent.kind == "block" else {}
    return {key_of(child): child.named[-1] for child in holder.named if child.kind == "object_elem"}


def _siblings(literal: Node) -> dict[str, str]:
    element = literal.above("object_elem", "attribute")
    holder = element.parent if element is not None else None
    siblings: dict[str, str] = {}
    for other in holder.named if holder is not None and len(holder.named) < LARGE else ():
        if other.kind in ("object_elem", "attribute") and len(other.named) > 1:
            siblings[key_of(other)] = literal.source[slice(*inner(other.named[-1]))]
    return siblings


def _is_key(node: Node) -> bool:
    element = node.above("object_elem")
    return element is not None and bool(element.named) and element.named[0].start <= node.start < element.named[0].end


def _holder(node: Node) -> str:
    """The argument whose object holds this key."""
    attribute = node.above("attribute")
    return attribute.named[0].text if attribute is not None else ""
