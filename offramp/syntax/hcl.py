"""HCL: Terraform and its like. Positions from the parser, edits by splice.

variable "gradient_api_key" { … }     a setting; deleted, the whole block goes
environment { GRADIENT_MODEL = "x" }  an entry of a block or an object
default = "gradient"                  in variable "llm_provider": the value of llm_provider
env { name = "LLM_PROVIDER", value = "gradient" }   the value of LLM_PROVIDER, as a block or as an item of a list
user_data = <<EOT … LLM_PROVIDER=gradient … EOT     a setting that a heredoc writes

A file that the parser can't make sense of everywhere is read line by line and not edited.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property

from offramp.document import Unparsable
from offramp.model import Edit, Entry, Place
from offramp.syntax import grammar, hcl_fit, hcl_insertions, hcl_places, hcl_strings, written
from offramp.syntax.grammar import Node
from offramp.syntax.hcl_strings import attributes, inner, literal_of, word

COMMENT = "#"
EDITED_ONLY_WHOLE = True  # a file with places that the parser does not understand is left to a person
NAMED = ("variable", "output", "local")  # blocks whose one label is the name of a setting
SHARED, CLOSED_IN = "it shares its line with others", "a comment stands beside it in a block of one line"


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
        found += [entry for node in self.root.find_all("tuple") for entry in self._items(node)]
        for node in self.root.find_all("heredoc_template"):
            if (body := hcl_strings.inner(node)) != node.span:
                found += written.settings(self.text, *body)
        return sorted(found, key=lambda entry: entry.key_start)

    def _attribute(self, node: Node) -> Entry:
        scope = f"block {node.parent.start}" if node.parent is not None else "file"
        outer = grammar.line_span(self.text, node.start, node.end)
        stuck = "" if outer else SHARED
        if outer is None and node.parent is not None and (block := node.parent.raw.parent()) is not None:
            outer, stuck = self._in_one_line(Node(block, self.text, None), node)
        return self._entry(scope, node.named[0], node.named[-1], outer, stuck)

    def _in_one_line(self, block: Node, node: Node) -> tuple[tuple[int, int] | None, str]:
        """What goes of `block { key = value }`: all within its braces."""
        opens, closes = hcl_strings.braces(block)
        alone = block.kind == "block" and "\n" not in block.text and "\r" not in block.text
        if not alone or closes < 0:
            return None, SHARED
        rest = self.text[opens : node.start] + self.text[node.end : closes]
        return (None, CLOSED_IN) if rest.strip() else ((opens, closes), "")

    def _element(self, node: Node) -> list[Entry]:
        holder = node.parent
        if holder is None or len(node.named) < 2:
            return []
        return [self._entry(f"object {holder.start}", node.named[0], node.named[-1], self._cut(holder, node))]

    def _cut(self, holder: Node, node: Node) -> tuple[int, int]:
        """What goes when an element of an object or a list is deleted."""
        comma = re.compile(r"[ \t]*,").match(self.text, node.end)
        outer = grammar.line_span(self.text, node.start, comma.end() if comma else node.end)
        inside = holder.start + 1, holder.end - 1
        if outer is not None and inside[0] <= outer[0] and outer[1] <= inside[1]:
            return outer
        return grammar.item_span(self.text, node.start, node.end, opens=inside[0], closes=inside[1])

    def _items(self, node: Node) -> Iterator[Entry]:
        """`{ name = "K", value = "v" }` in a list as an entry by the name that it sets."""
        for item in node.named:
            pairs = hcl_strings.elements(item)
            name, value = pairs.get("name"), next((pairs[k] for k in hcl_places.PAIR_VALUES if k in pairs), None)
            if name is not None and value is not None and word(name):
                yield self._entry(f"list {node.start}", name, value, self._cut(node, item))

    def _block(self, node: Node) -> list[Entry]:
        """`variable "name" { … }` as an entry, and `env { name = "X" … }` as one by the name that it sets."""
        outer = grammar.line_span(self.text, node.start, node.end)
        stuck = "" if outer else "the block shares its line with others"
        outer = outer and self._with_gap(*outer)
        labels = hcl_strings.labels(node)
        if node.named[0].text in NAMED and len(labels) == 1:
            return [self._entry(node.named[0].text, labels[0], None, outer, stuck)]
        pairs = attributes(node)
        if node.named[0].text in hcl_places.ENV_BLOCKS and "name" in pairs:
            scope = f"{node.named[0].text} of {node.parent.start if node.parent else 0}"
            return [self._entry(scope, pairs["name"], pairs.get("value"), outer, stuck)]
        return []

    def _with_gap(self, start: int, end: int) -> tuple[int, int]:
        """The lines of a block, with one of the blank lines that stand before and behind it."""
        before = re.compile(r"(?:\A|\{[ \t]*(?:\r\n|\r|\n)|(?:\r\n|\r|\n)[ \t]*(?:\r\n|\r|\n))\Z")
        blank = re.compile(r"[ \t]*(?:\r\n|\r|\n)").match(self.text, end)
        if blank is None or not before.search(self.text[max(0, start - 80) : start] if start else ""):
            return start, end
        return start, blank.end()

    def _entry(
        self, scope: str, key: Node, value: Node | None, outer: tuple[int, int] | None, stuck: str = ""
    ) -> Entry:
        key_span, value_span = inner(key), inner(value) if value is not None else (key.end, key.end)
        if value is not None and (literal := literal_of(value)) is not None and literal.kind == "heredoc_template":
            value_span = value.span
        texts = self.text[slice(*key_span)], self.text[slice(*value_span)]
        return Entry(scope, texts[0], *key_span, texts[1], *value_span, outer, stuck)

    def place(self, start: int, end: int) -> Place:
        return hcl_places.place(self.root, self.text, start, end)


def parse(text: str) -> Configuration:
    made = Configuration(text)
    if grammar.faults(made.root):
        first = next(iter(made.root.raw.find_all(kind="ERROR")), made.root.raw)
        raise Unparsable(f"line {first.range().start.line + 1}: it is not the HCL that the parser knows")
    return made


def check(before: str, after: str) -> str | None:
    if not after.strip():
        return None
    return grammar.worse(lambda: grammar.root(before, "hcl"), lambda: grammar.root(after, "hcl"))


def fit(text: str, edits: Sequence[Edit]) -> list[Edit]:
    return hcl_fit.fit(text, edits)


def provide(text: str, need: str) -> Edit | None:
    return hcl_insertions.provide(parse(text), need)


def grown(before: str, after: str) -> str | None:
    """Why more has changed than the settings that were added, or None."""
    try:
        old, new = parse(before).entries(), parse(after).entries()
    except Unparsable as error:
        return str(error)
    if (lost := Counter(e.key for e in old) - Counter(e.key for e in new)).total():
        return f"{next(iter(lost))} would be lost"
    if [line for line in before.split("\n") if line.strip()][:-1] and not _holds(after, before):
        return "more would change than what is added"
    return None


def _holds(after: str, before: str) -> bool:
    """Whether a text is another one with something put in at one place, or on lines of its own at several."""
    ahead = next(
        (n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after))
    )
    behind = len(before) - ahead
    return not behind or after.endswith(before[-behind:])
