"""The nodes that tree-sitter makes of a text, found by offset; what the languages parsed by ast-grep have in common.

Nothing here knows a language. A node knows its parent, so that a reader can climb from the place of a match to what
gives it its meaning. Children are read when they are asked for: a file of 20,000 lines costs what its matches cost.
"""

from __future__ import annotations

import bisect
import contextlib
import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from offramp.document import Unparsable

if TYPE_CHECKING:
    from ast_grep_py import SgNode

MAX_CHARACTERS = 4_000_000  # beyond it a file is data, and reading it as plain text is soon enough
MAX_LINE = (
    20_000  # ast-grep counts the columns of a line for each node in it: the square of a minified line is too much
)
SURROGATE = re.compile(r"[\ud800-\udfff]")  # undecodable bytes; Rust takes none


class Node:
    """A node of the tree. Offsets are in characters of the whole text."""

    def __init__(self, raw: SgNode, source: str, parent: Node | None) -> None:
        self.raw, self.source, self.parent = raw, source, parent
        span = raw.range()
        self.start, self.end = span.start.index, span.end.index
        self.kind = raw.kind()

    @property
    def text(self) -> str:
        return self.source[self.start : self.end]

    @property
    def span(self) -> tuple[int, int]:
        return self.start, self.end

    @property
    def is_named(self) -> bool:
        return self.raw.is_named()

    @cached_property
    def children(self) -> list[Node]:
        return [Node(child, self.source, self) for child in self.raw.children()]

    @cached_property
    def named(self) -> list[Node]:
        return [child for child in self.children if child.is_named]

    @cached_property
    def _starts(self) -> list[int]:
        return [child.start for child in self.children]

    def field(self, name: str) -> Node | None:
        found = self.raw.field(name)
        return None if found is None else Node(found, self.source, self)

    def is_field(self, name: str) -> bool:
        """Whether the parent holds this node in the field of that name."""
        other = self.parent.raw.field(name) if self.parent is not None else None
        if other is None:
            return False
        span = other.range()
        return (span.start.index, span.end.index) == self.span

    def at(self, start: int, end: int) -> Node:
        """The smallest node below this one that holds the span."""
        node = self
        while True:
            index = bisect.bisect_right(node._starts, start) - 1
            # nodes without width may start where the one that is meant starts
            while index > 0 and node.children[index].end <= start and node._starts[index] == start:
                index -= 1
            if index < 0 or node.children[index].end < max(end, start + 1):
                return node
            node = node.children[index]

    def ancestors(self) -> Iterator[Node]:
        """This node and those above it, upwards."""
        node: Node | None = self
        while node is not None:
            yield node
            node = node.parent

    def above(self, *kinds: str) -> Node | None:
        """The nearest of these kinds, itself included."""
        return next((node for node in self.ancestors() if node.kind in kinds), None)

    def find_all(self, kind: str) -> list[Node]:
        """Every node of the kind below, in order; none where the language has no such kind."""
        with contextlib.suppress(RuntimeError):
            return [_with_parents(raw, self.source) for raw in self.raw.find_all(kind=kind)]
        return []

    @property
    def damaged(self) -> bool:
        """Whether the parser could not make sense of the text here."""
        return any(node.kind == "ERROR" for node in self.ancestors()) or any(c.kind == "ERROR" for c in self.children)


def _with_parents(raw: SgNode, source: str) -> Node:
    parent = raw.parent()
    return Node(raw, source, None if parent is None else Node(parent, source, None))


def root(text: str, language: str) -> Node:
    """The tree of a text.

    Raises:
        Unparsable: the text is too large, or there is no parser of the language.
    """
    from ast_grep_py import SgRoot

    if len(text) > MAX_CHARACTERS:
        raise Unparsable(f"it has {len(text):,} characters: more than {MAX_CHARACTERS:,} are read as plain text")
    longest = max(map(len, text.split("\n")))
    if longest > MAX_LINE:
        raise Unparsable(f"it has a line of {longest:,} characters: more than {MAX_LINE:,} are read as plain text")
    try:
        return Node(SgRoot(SURROGATE.sub("?", text), language).root(), text, None)
    except BaseException as error:  # an unknown language is a Rust panic, which is no Exception
        if isinstance(error, (KeyboardInterrupt, SystemExit, GeneratorExit)):
            raise
        raise Unparsable(f"line 1: it can't be parsed as {language}") from None


def faults(node: Node) -> int:
    """How many places of the text the parser could not make sense of."""
    return len(node.raw.find_all(kind="ERROR")) + (node.kind == "ERROR")


def worse(before: Callable[[], Node], after: Callable[[], Node]) -> str | None:
    """Why the text after an edit must not be kept: it has faults that the one before does not have."""
    old, new = before(), after()
    if faults(new) > faults(old):
        first = next(iter(new.raw.find_all(kind="ERROR")), new.raw)
        return f"line {first.range().start.line + 1}: the syntax is broken"
    if _brackets(old.source) != _brackets(new.source) and _missing(new) > _missing(old):
        return "a bracket or a quote would not be closed"
    return None


def _brackets(text: str) -> list[int]:
    return [text.count(character) for character in "()[]{}\"'`"]


def _missing(node: Node) -> int:
    """How many tokens the parser had to make up: nodes without width. It walks all of them, so it is asked seldom."""
    count, waiting = 0, [node.raw]
    while waiting:
        raw = waiting.pop()
        span = raw.range()
        count += span.start.index == span.end.index
        waiting += raw.children()
    return count


def item_span(text: str, start: int, end: int, *, opens: int, closes: int) -> tuple[int, int]:
    """What goes when an item of a comma-separated list is deleted.

    Its comma goes with it, and its line where it has lines for itself, a comment behind it included. The comma before
    the last item stays where the list is written line by line, because such languages allow it there.

    Args:
        text: the whole text.
        start, end: the item.
        opens, closes: the inside of the brackets.
    """
    comma = re.compile(r"[ \t]*,").match(text, end, closes)
    after = comma.end() if comma else end
    indented = _indentation(text, start)
    rest = REST.match(text, after)
    if indented is not None and indented > opens - 1 and rest is not None and rest.end() <= closes:
        return indented, rest.end()
    if comma is not None:
        while text[after : after + 1] in (" ", "\t"):
            after += 1
        return start, after
    before = start
    while before > opens and text[before - 1] in " \t\r\n":
        before -= 1
    return (before - 1, end) if before > opens and text[before - 1] == "," else (start, end)


REST = re.compile(r"[ \t]*;?[ \t]*(?:(?://|#)[^\r\n]*|/\*(?:(?!\*/)[^\r\n])*\*/[ \t]*)?(?:\r\n|\r|\n|\Z)")


def _indentation(text: str, start: int) -> int | None:
    """Where the line of an offset starts, if only white space stands before it."""
    while start > 0 and text[start - 1] in " \t":
        start -= 1
    return start if start == 0 or text[start - 1] in "\r\n" else None


def line_span(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The whole lines of a span, their break included, or None where something but a comment shares them."""
    line_start, rest = _indentation(text, start), REST.match(text, end)
    return None if line_start is None or rest is None else lines(text, line_start, rest.end())


def lines(text: str, start: int, end: int) -> tuple[int, int]:
    """The span of whole lines for deletion: the last line of a text that ends without a break takes the one before."""
    if end < len(text) or text[start:end].endswith(("\n", "\r")):
        return start, end
    before = text[max(0, start - 2) : start]
    return start - (2 if before == "\r\n" else before.endswith(("\r", "\n"))), end
