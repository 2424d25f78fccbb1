"""HCL: Terraform and its like. Positions from the parser, edits by splice.

variable "gradient_api_key" { … }     a setting; deleted, the whole block goes
environment { GRADIENT_MODEL = "x" }  an entry of a block or an object
default = "gradient"                  in variable "llm_provider": the value of llm_provider
env { name = "LLM_PROVIDER", value = "gradient" }   the value of LLM_PROVIDER
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from offramp.model import Entry, Place, Role
from offramp.syntax import commands, grammar
from offramp.syntax import text as plain
from offramp.syntax.grammar import Node

COMMENT = "#"
NAMED = ("variable", "output", "local")  # blocks whose one label is the name of a setting
EMBEDDED = re.compile(r"\$\{|%\{")


class Configuration:
    def __init__(self, text: str) -> None:
        self.text = text
        self.root = grammar.root(text, "hcl")

    def entries(self) -> Sequence[Entry]:
        return self._entries

    @cached_property
    def _entries(self) -> list[Entry]:
        found = [self._attribute(node) for node in self.root.find_all("attribute")]
        found += [entry for node in self.root.find_all("object_elem") for entry in self._element(node)]
        found += [entry for node in self.root.find_all("block") for entry in self._block(node)]
        return sorted(found, key=lambda entry: entry.key_start)

    def _attribute(self, node: Node) -> Entry:
        scope = f"block {node.parent.start}" if node.parent is not None else "file"
        outer = grammar.line_span(self.text, node.start, node.end)
        stuck = "" if outer else "it shares its line with others"
        return self._entry(scope, node.named[0], node.named[-1], outer, stuck)

    def _element(self, node: Node) -> list[Entry]:
        holder = node.parent
        if holder is None or len(node.named) < 2:
            return []
        outer = grammar.line_span(self.text, *self._with_comma(node))
        outer = outer or grammar.item_span(
            self.text, node.start, node.end, opens=holder.start + 1, closes=holder.end - 1
        )
        return [self._entry(f"object {holder.start}", node.named[0], node.named[-1], outer)]

    def _with_comma(self, node: Node) -> tuple[int, int]:
        comma = re.compile(r"[ \t]*,").match(self.text, node.end)
        return node.start, comma.end() if comma else node.end

    def _block(self, node: Node) -> list[Entry]:
        """`variable "name" { … }` as an entry, and `env { name = "X" … }` as one by the name that it sets."""
        outer = grammar.line_span(self.text, node.start, node.end)
        stuck = "" if outer else "the block shares its line with others"
        labels = [child for child in node.named if child.kind == "string_lit"]
        if node.named[0].text in NAMED and len(labels) == 1:
            return [self._entry(node.named[0].text, labels[0], None, outer, stuck)]
        attributes = self._attributes(node)
        if node.named[0].text in ("env", "environment", "environment_variable") and "name" in attributes:
            scope = f"{node.named[0].text} of {node.parent.start if node.parent else 0}"
            return [self._entry(scope, attributes["name"], attributes.get("value"), outer, stuck)]
        return []

    def _attributes(self, block: Node) -> dict[str, Node]:
        body = next((child for child in block.named if child.kind == "body"), None)
        children = body.named if body is not None else []
        return {child.named[0].text: child.named[-1] for child in children if child.kind == "attribute"}

    def _entry(
        self, scope: str, key: Node, value: Node | None, outer: tuple[int, int] | None, stuck: str = ""
    ) -> Entry:
        key_span, value_span = _inner(key), _inner(value) if value is not None else (key.end, key.end)
        texts = self.text[slice(*key_span)], self.text[slice(*value_span)]
        return Entry(scope, texts[0], *key_span, texts[1], *value_span, outer, stuck)

    def place(self, start: int, end: int) -> Place:
        node = self.root.at(start, end)
        if node.above("comment") is not None:
            return Place(Role.COMMENT, "a comment", start=start, end=end)
        if node.damaged:
            return plain.place(self.text, start, end)
        if node.kind in ("heredoc_template", "heredoc_identifier") or node.above("heredoc_template") is not None:
            return commands.package(self.text, start, end) or plain.place(self.text, start, end)
        literal = node.above("string_lit", "quoted_template")
        if literal is not None and node.above("template_interpolation") is None:
            return self._string(literal, start, end)
        if node.kind == "identifier":
            return self._name(node)
        return plain.place(self.text, start, end)

    def _name(self, node: Node) -> Place:
        spans = (node.start, node.end)
        parent = node.parent
        if parent is not None and parent.kind == "attribute" and parent.named[0].span == node.span:
            return Place(Role.KEY, "the name of an argument", "", *spans)
        if parent is not None and parent.kind == "block":
            return Place(Role.CODE, "the type of a block", "", *spans)
        if _is_key(node):
            return Place(Role.KEY, "a key", _holder(node), *spans)
        return Place(Role.CODE, "a reference", "", *spans)

    def _string(self, literal: Node, start: int, end: int) -> Place:
        spans = _inner(literal)
        built = EMBEDDED.search(literal.text) is not None
        if literal.parent is not None and literal.parent.kind == "block":
            return Place(Role.KEY, "the label of a block", literal.parent.named[0].text, *spans)
        if _is_key(literal):
            return Place(Role.KEY, "a key", _holder(literal), *spans)
        key = self._key(literal)
        if key == "name" and (block := literal.above("block")) is not None and "env" in block.named[0].text:
            return Place(Role.ENV, "an environment variable", "", *spans)
        if (package := commands.package(self.text, start, end)) is not None:
            return package
        role = Role.VALUE if key else Role.STRING
        return Place(role, f"the value of {key}" if key else "a string", key, *spans, self._siblings(literal), built)

    def _key(self, literal: Node) -> str:
        """What a string is assigned to or compared with."""
        operation = literal.above("binary_operation")
        if operation is not None:
            other = operation.text.replace(literal.text, "", 1)
            names = re.findall(r"[A-Za-z_][\w-]*", other)
            return names[-1] if names else ""
        element = literal.above("object_elem", "attribute")
        if element is None:
            return ""
        key = self.text[slice(*_inner(element.named[0]))]
        block = element.above("block")
        if element.kind == "attribute" and block is not None and element.parent is not None and element.parent.parent:
            labels = [child for child in block.named if child.kind == "string_lit"]
            if key == "default" and block.named[0].text == "variable" and labels:
                return self.text[slice(*_inner(labels[0]))]
            name = self._attributes(block).get("name")
            if key in ("value", "value_from", "valueFrom") and name is not None:
                return self.text[slice(*_inner(name))]
        return key

    def _siblings(self, literal: Node) -> dict[str, str]:
        element = literal.above("object_elem", "attribute")
        holder = element.parent if element is not None else None
        siblings: dict[str, str] = {}
        for other in holder.named if holder is not None and len(holder.named) < 500 else ():
            if other.kind in ("object_elem", "attribute") and len(other.named) > 1:
                siblings[self.text[slice(*_inner(other.named[0]))]] = self.text[slice(*_inner(other.named[-1]))]
        return siblings


def parse(text: str) -> Configuration:
    return Configuration(text)


def check(before: str, after: str) -> str | None:
    return grammar.worse(lambda: grammar.root(before, "hcl"), lambda: grammar.root(after, "hcl"))


def _inner(node: Node) -> tuple[int, int]:
    """The span of a key or value without its quotes."""
    if len(node.text) > 1 and node.text[0] == node.text[-1] == '"' and node.text.count('"') == 2:
        return node.start + 1, node.end - 1
    return node.span


def _is_key(node: Node) -> bool:
    element = node.above("object_elem")
    return element is not None and bool(element.named) and element.named[0].start <= node.start < element.named[0].end


def _holder(node: Node) -> str:
    """The argument whose object holds this key."""
    attribute = node.above("attribute")
    return attribute.named[0].text if attribute is not None else ""
