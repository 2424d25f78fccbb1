"""The tokens of Python source that matter for edits: names, strings, comments and f-strings, with exact spans.

    f"{prefix}GRADIENT_API_KEY"   ->   text 'f"', field 'prefix', text 'GRADIENT_API_KEY"'

`tokenize` counts in lines and columns, cuts f-strings differently from version to version and raises; this lexer
counts in characters, reads f-strings as Python 3.12 does on every version and never raises. It is meant for text that
`ast.parse` has accepted.
"""

from __future__ import annotations

import bisect
import re
from typing import NamedTuple

NAME, STRING, COMMENT, TEXT, FIELD, OTHER = "name", "string", "comment", "text", "field", "other"
TOKEN = re.compile(
    r"""(?P<string>(?P<prefix>(?:[rR][bB]?|[bB][rR]?|[uU]|[fFtT][rR]?|[rR][fFtT])?)(?P<quote>\"\"\"|'''|"|'))
    |(?P<name>[^\W\d]\w*)|(?P<comment>\#[^\r\n]*)|(?P<number>0[xXoObB][\da-fA-F_]+|\d[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?\d[\d_]*)?[jJ]?)
    |(?P<space>\s+|\\\r?\n)|(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
PAIR = re.compile(r"\\[^{}]|\{\{", re.DOTALL)  # an escape, an escaped brace
NAMED = re.compile(r"\\N\{[^{}\"']*\}")  # a character by its name
OPENING, CLOSING = "([{", ")]}"


class Token(NamedTuple):
    """A span of one kind.

    Of strings, `first` and `last` delimit the literal without prefix and quotes. An f-string is cut into its TEXT
    parts and its FIELDs (the expression without braces, conversion and format); `first` and `last` of a part are
    those of the whole f-string, `open` and `close` its outer span.
    """

    kind: str
    start: int
    end: int
    first: int = -1
    last: int = -1
    prefix: str = ""
    open: int = -1
    close: int = -1


class Tokens:
    """The tokens of a text in order, none overlapping another."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.all = _lex(text)
        self._starts = [token.start for token in self.all]

    def at(self, offset: int) -> Token | None:
        """The token that holds the character at `offset`."""
        index = bisect.bisect_right(self._starts, offset) - 1
        return self.all[index] if index >= 0 and offset < self.all[index].end else None

    def index(self, offset: int) -> int:
        """Where the first token that starts at `offset` or after it stands in `all`."""
        return bisect.bisect_left(self._starts, offset)


def _lex(text: str) -> list[Token]:
    tokens: list[Token] = []
    position = 0
    while (matched := TOKEN.match(text, position)) is not None:
        position = matched.end()
        kind = matched.lastgroup
        if kind == "string" or matched["string"] is not None:
            position = _string(text, matched, tokens)
        elif kind != "space":
            known = {"name": NAME, "comment": COMMENT}.get(kind or "", OTHER)
            tokens.append(Token(known, matched.start(), position))
    return tokens


def _string(text: str, matched: re.Match[str], tokens: list[Token]) -> int:
    """Add the tokens of the string that begins with `matched`; where it ends."""
    prefix, quote = matched["prefix"], matched["quote"]
    first = matched.end()
    if "f" in prefix.lower() or "t" in prefix.lower():
        return _f_string(text, matched, tokens)
    end = _close(text, first, quote)
    last = max(first, end - len(quote))
    tokens.append(Token(STRING, matched.start(), end, first, last, prefix, matched.start(), end))
    return end


def _close(text: str, position: int, quote: str) -> int:
    """The end of a string, its closing quote included."""
    ending = re.compile(rf"\\.|{quote}", re.DOTALL)
    while (matched := ending.search(text, position)) is not None:
        if matched[0] == quote:
            return matched.end()
        position = matched.end()
    return len(text)


def _f_string(text: str, matched: re.Match[str], tokens: list[Token]) -> int:
    quote = matched["quote"]
    start, first = matched.start(), matched.end()
    parts: list[tuple[str, int, int]] = []
    end = _f_text(text, start, first, quote, parts, 0)
    last = max(first, end - len(quote))
    tokens += [Token(kind, a, b, first, last, matched["prefix"], start, end) for kind, a, b in parts if a < b]
    return end


def _f_text(text: str, part: int, position: int, quote: str, parts: list[tuple[str, int, int]], depth: int) -> int:
    """Read literal text up to the closing quote, or within a format specification up to its `}`."""
    raw = not depth and "r" in text[part:position].lower()
    while position < len(text):
        here = text[position]
        if text.startswith(quote, position) and not depth:
            parts.append((TEXT, part, position + len(quote)))
            return position + len(quote)
        if here == "\\" and (named := NAMED.match(text, position)) is not None and not raw:
            position = named.end()
        elif PAIR.match(text, position) and not (depth and here == "{"):
            position += 2
        elif here == "{":
            parts.append((TEXT, part, position))
            part = position = _field(text, position + 1, quote, parts, depth)
        elif here == "}" and depth:
            parts.append((TEXT, part, position))
            return position
        else:
            position += 1
    parts.append((TEXT, part, len(text)))
    return len(text)


def _field(text: str, start: int, quote: str, parts: list[tuple[str, int, int]], depth: int) -> int:
    """Read a replacement field from behind its `{`; the position behind its `}`."""
    position, nesting, end = start, 0, -1
    while position < len(text):
        matched = TOKEN.match(text, position)
        if matched is None:
            break
        token = matched[0]
        if matched["string"] is not None:
            position = _string(text, matched, [])
            continue
        if token in OPENING:
            nesting += 1
        elif token in CLOSING and nesting:
            nesting -= 1
        elif (not nesting and token in ("}", ":")) or (token == "!" and not text.startswith("=", position + 1)):
            end = position
            break
        position = matched.end()
    end = position if end < 0 else end
    parts.append((FIELD, start, end))
    if text.startswith("!", end):
        position = end + 2
    if text.startswith(":", position):
        position = _f_text(text, position, position + 1, quote, parts, depth + 1)
    return position + 1
