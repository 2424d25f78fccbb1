"""JSON, JSONC and JSON5: positions from a tokenizer of its own; comments and trailing commas are kept where they are.

`json_writing` says how a value or an entry is written. `strings` gives the string literals of a text with their spans.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from offramp.document import Unparsable
from offramp.model import Edit
from offramp.syntax import json_writing, scripts, shape
from offramp.syntax.nodes import FLOW, MAPPING, SCALAR, SEQUENCE, Node, NodeTree, line_of

if TYPE_CHECKING:
    from offramp.syntax.shape import Data

COMMENT = "//"
TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<string>"[^"\\\r\n]*(?:\\(?:\r\n|(?s:.))[^"\\\r\n]*)*"|'[^'\\\r\n]*(?:\\(?:\r\n|(?s:.))[^'\\\r\n]*)*')
    |(?P<mark>[\[\]{}:,])
    |(?P<comment>//[^\r\n]*|/\*(?s:.*?)\*/)
    |(?P<word>[\w$.+-]+)""",
    re.VERBOSE,
)
DEPTH = 10_000
ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\(?:\r\n|(?s:.))"
)
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
KINDS = {"true": "bool", "false": "bool", "null": "null"}


class Token:
    __slots__ = ("end", "kind", "start", "text")

    def __init__(self, kind: str, start: int, end: int, text: str) -> None:
        self.kind, self.start, self.end, self.text = kind, start, end, text


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a text without white space.

    Raises:
        Unparsable: a character that no token begins with.
    """
    position = 0
    while position < len(text):
        matched = TOKEN.match(text, position)
        if matched is None:
            raise Unparsable(f"line {line_of(text, position)}: unexpected {text[position]!r}")
        if matched.lastgroup != "space":
            yield Token(matched.lastgroup or "", position, matched.end(), matched[0])
        position = matched.end()


def strings(text: str) -> list[tuple[int, int, str]]:
    """The string literals of a text: start and end without the quotes, and what they mean.

    Raises:
        Unparsable: as `parse`.
    """
    return [(t.start + 1, t.end - 1, _meaning(t.text)) for t in tokens(text) if t.kind == "string"]


@functools.lru_cache(maxsize=2)
def parse(text: str) -> NodeTree:
    """The tree of a text.

    Raises:
        Unparsable: brackets, colons or commas are not as they must be, or there is more than one value.
    """
    builder = _Builder(text)
    comments = []
    for token in tokens(text):
        if token.kind == "comment":
            comments.append((token.start, token.end))
        else:
            builder.feed(token)
    tree = builder.finished()
    tree.comments = comments
    tree.strict_commas = True
    return tree


class _Builder:
    """Nodes from tokens; `expects` is what may come next."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = NodeTree(text, [], [], [])
        self.open: list[Node] = []
        self.expects = "value"  # value, first (value or end), comma (comma or end), colon
        self.after_comma = False

    def feed(self, token: Token) -> None:
        if token.kind != "mark":
            self.scalar(token)
        elif token.text in "[{":
            self.begin(token)
        elif token.text in "]}":
            self.finish(token)
        elif token.text == ":" and self.expects == "colon":
            self.expects = "value"
        elif token.text == "," and self.expects == "comma" and self.open:
            self.expects, self.after_comma = "first", True
        else:
            raise self.unexpected(token)

    def unexpected(self, token: Token) -> Unparsable:
        return Unparsable(f"line {line_of(self.text, token.start)}: unexpected {token.text[:20]!r}")

    def scalar(self, token: Token) -> None:
        quoted = token.kind == "string"
        style = token.text[0] if quoted else ""
        node = Node(SCALAR, token.start, token.end, style, _meaning(token.text) if quoted else token.text)
        node.first, node.last = (token.start + 1, token.end - 1) if quoted else (token.start, token.end)
        self.attach(node, token)
        self.tree.leaves.append(node)

    def begin(self, token: Token) -> None:
        node = Node(MAPPING if token.text == "{" else SEQUENCE, token.start, token.end, FLOW)
        if self.open and self.open[-1].kind == MAPPING and len(self.open[-1].children) % 2 == 0:
            raise self.unexpected(token)
        self.attach(node, token)
        self.tree.collections.append(node)
        self.open.append(node)
        if len(self.open) > DEPTH:
            raise Unparsable(f"line {line_of(self.text, token.start)}: it is nested too deeply")
        self.expects, self.after_comma = "first", False

    def finish(self, token: Token) -> None:
        node = self.open.pop() if self.open else None
        if node is None or (node.kind == MAPPING) != (token.text == "}") or self.expects not in ("first", "comma"):
            raise self.unexpected(token)
        self.tree.trailing_commas += self.expects == "first" and self.after_comma
        node.end = node.last = token.end
        self.expects, self.after_comma = "comma", False

    def attach(self, node: Node, token: Token) -> None:
        if self.expects not in ("value", "first") or (not self.open and self.tree.roots):
            raise self.unexpected(token)
        if not self.open:
            self.tree.roots.append(node)
            self.expects = "comma"
            return
        holder = self.open[-1]
        is_key = holder.kind == MAPPING and len(holder.children) % 2 == 0
        holder.add(node)
        self.expects, self.after_comma = ("colon" if is_key else "comma"), False

    def finished(self) -> NodeTree:
        if self.open:
            raise Unparsable(f"line {line_of(self.text, self.open[-1].start)}: the bracket is never closed")
        if not self.tree.roots:
            raise Unparsable("line 1: there is no value")
        return self.tree


def _meaning(literal: str) -> str:
    return ESCAPE.sub(_character, literal[1:-1]) if "\\" in literal else literal[1:-1]


def _character(matched: re.Match[str]) -> str:
    """What an escape means, those of JSON5 included; two of UTF-16 for one character are read as one."""
    escape = matched[0]
    if escape[1] in "ux" and len(escape) > 2:
        halves = "".join(chr(int(digits, 16)) for digits in re.findall(r"\\[ux]([0-9a-fA-F]+)", escape))
        return halves.encode("utf-16", "surrogatepass").decode("utf-16") if len(halves) > 1 else halves
    return "" if escape[1] in "\r\n\u2028\u2029" else ESCAPES.get(escape[1], escape[1])


def data(text: str) -> Data:
    """The data of a text: scalars as strings, objects as lists of pairs, a key twice where it is."""
    return shape.data(parse(text).roots[0])


def check(before: str, after: str) -> str | None:
    """Why an edited text must not be kept: something other than strings, keys and removed entries has changed."""
    if (reason := shape.compare(parse(before), parse(after), kind_of_plain)) is not None:
        return reason
    if (reason := scripts.fault(parse(before), parse(after))) is not None:
        return reason
    return "it would be JSON of a looser sort" if _is_strict(before) and not _is_strict(after) else None


def _is_strict(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def kind_of_plain(value: str) -> str:
    return KINDS.get(value, "number" if re.match(r"[-+.\d]", value) else "str")


def fit(text: str, edits: list[Edit]) -> list[Edit]:
    return json_writing.fitted(parse(text), edits, kind_of_plain)


def provide(text: str, need: str) -> Edit | None:
    """Supply `setting:PATH/OF/HOLDER:KEY=VALUE` or `item:PATH/OF/LIST:VALUE`."""
    return json_writing.supplied(parse(text), need)


def grown(before: str, after: str) -> str | None:
    """Whether everything is still there once entries or items were added behind the others."""
    if _is_strict(before) and not _is_strict(after):
        return "it would be JSON of a looser sort"
    was, now = parse(before), parse(after)
    pairs = [(was.roots[0], now.roots[0])]
    while pairs:
        old, new = pairs.pop()
        alike = (old.kind, old.style, old.value) == (new.kind, new.style, new.value)
        if not alike or len(new.children) < len(old.children):
            return "a value would change with what is added"
        pairs += zip(old.children, new.children, strict=False)
    return "a comment would be lost" if len(now.comments) < len(was.comments) else None
