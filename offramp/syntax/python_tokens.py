"""The tokens of Python source that matter for edits: names, strings, comments and f-strings, with exact spans.

    f"{prefix}GRADIENT_API_KEY"   ->   text 'f"', field 'prefix', text 'GRADIENT_API_KEY"'

`tokenize` counts in lines and columns, cuts f-strings differently from version to version and raises; this lexer
counts in characters, reads f-strings as Python 3.12 does on every version and never raises. It is meant for text that
`ast.parse` has accepted.
"""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Iterator
from typing import NamedTuple

NAME, STRING, COMMENT, TEXT, FIELD, OTHER = "name", "string", "comment", "text", "field", "other"
PREFIX = re.compile(r"(?:[rR][bB]?|[bB][rR]?|[uU]|[fFtT][rR]?|[rR][fFtT])")
MARK = re.compile(r"[\"']|#[^\r\n]*")
PLAIN = re.compile(
    r"(?P<name>[^\W\d]\w*)|(?P<number>0[xXoObB][\da-fA-F_]+|\d[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?\d[\d_]*)?[jJ]?)"
    r"|(?!\\\r?\n)(?P<other>\S)"
)
TOKEN = re.compile(
    rf"""(?P<string>(?P<prefix>{PREFIX.pattern}?)(?P<quote>\"\"\"|'''|"|'))|(?P<comment>\#[^\r\n]*)"""
    rf"""|(?P<space>\s+|\\\r?\n)|{PLAIN.pattern}""",
    re.DOTALL,
)
# The rest of a string behind its opening quote, the closing one included. No possessive quantifiers: those around a
# group match wrongly before Python 3.11.5 (python/cpython#106052).
REST = {
    quote: re.compile(rf"[^{quote[0]}\\]*(?:(?:\\.|{more})[^{quote[0]}\\]*)*{quote}", re.DOTALL)
    for quote, more in {'"': "(?!)", "'": "(?!)", '"""': '"(?!"")', "'''": "'(?!'')"}.items()
}
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
    """The tokens of a text in order, none overlapping another.

    Strings and comments are found at once; the names between them only where somebody asks.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.marked = _marked(text)
        self._opens = [token.start for token in self.marked]

    @functools.cached_property
    def all(self) -> list[Token]:
        """Every token, names and punctuation among them."""
        tokens: list[Token] = []
        position = 0
        for token in (*self.marked, Token(OTHER, len(self.text), len(self.text))):
            begin = token.start if token.open < 0 else token.open
            if position < begin:
                tokens += _between(self.text, position, begin)
            tokens.append(token)
            position = max(token.end, token.close)
        tokens.pop()
        return tokens

    @functools.cached_property
    def _starts(self) -> list[int]:
        return [token.start for token in self.all]

    def at(self, offset: int) -> Token | None:
        """The name, string, comment or part of an f-string that holds the character at `offset`."""
        index = bisect.bisect_right(self._opens, offset) - 1
        if index >= 0 and offset < max(self.marked[index].end, self.marked[index].close):
            return self.marked[index] if offset < self.marked[index].end else None  # a brace, a conversion
        start = end = offset
        while end < len(self.text) and _is_part(self.text[end]):
            end += 1
        floor = self.marked[index].end if index >= 0 else 0
        while start > floor and _is_part(self.text[start - 1]):
            start -= 1
        return Token(NAME, start, end) if end > offset and not self.text[start].isdecimal() else None

    def strings(self, start: int, end: int) -> list[Token]:
        """The strings and the parts of f-strings that begin in a span."""
        low, high = bisect.bisect_left(self._opens, start), bisect.bisect_left(self._opens, end)
        return [token for token in self.marked[low:high] if token.kind != COMMENT]

    def index(self, offset: int) -> int:
        """Where the first token that starts at `offset` or after it stands in `all`."""
        return bisect.bisect_left(self._starts, offset)


def _is_part(character: str) -> bool:
    return character.isalnum() or character == "_"


def _marked(text: str) -> list[Token]:
    """The strings and the comments."""
    tokens: list[Token] = []
    position = 0
    while (matched := MARK.search(text, position)) is not None:
        start, position = matched.span()
        if text[start] == "#":
            tokens.append(Token(COMMENT, start, position))
            continue
        floor = tokens[-1].end if tokens else 0
        begin = start
        while begin > floor and start - begin < 3 and _is_part(text[begin - 1]):
            begin -= 1
        begin = begin if PREFIX.fullmatch(text, begin, start) else start  # `else"x"` has no prefix
        opening = TOKEN.match(text, begin)
        position = _string(text, opening, tokens) if opening is not None else position
    return tokens


def _between(text: str, start: int, end: int) -> Iterator[Token]:
    """The names, numbers and punctuation of a span without strings and comments."""
    for matched in PLAIN.finditer(text, start, end):
        kind = NAME if matched.lastgroup == "name" else OTHER
        yield Token(kind, matched.start(), matched.end())


def _string(text: str, matched: re.Match[str], tokens: list[Token]) -> int:
    """Add the tokens of the string that begins with `matched`; where it ends."""
    prefix, quote = matched["prefix"], matched["quote"]
    first = matched.end()
    if prefix and not {*"fFtT"}.isdisjoint(prefix):
        return _f_string(text, matched, tokens)
    end = _close(text, first, quote)
    last = max(first, end - len(quote))
    tokens.append(Token(STRING, matched.start(), end, first, last, prefix, matched.start(), end))
    return end


def _close(text: str, position: int, quote: str) -> int:
    """The end of a string, its closing quote included."""
    matched = REST[quote].match(text, position)
    return len(text) if matched is None else matched.end()


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
