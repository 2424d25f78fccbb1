"""How a text is written as a scalar of YAML: plain where that is safe and means the same, else in quotes.

    on, 1.0, ~                      read as bool, float, null: a text that looks like them needs quotes
    a: b, a #b, - a, *a             would be a mapping, a comment, a list, an alias

What a plain scalar is depends on who reads it: YAML 1.1 (PyYAML, Ruby, old Go) knows `on`, `0o17` is a text there;
YAML 1.2 (most of JavaScript, Rust) sees it the other way round. A text must be one for both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from offramp.model import Edit

LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# What other readers than PyYAML make something else of: `y` of YAML 1.1, the numbers of YAML 1.2
OTHERS = (
    ("bool", re.compile(r"[yYnN]")),
    ("int", re.compile(r"0o[0-7]+")),
    ("float", re.compile(r"[-+]?(?:\.\d+|\d+(?:\.\d*)?)[eE][-+]?\d+")),
)
UNSAFE_START = re.compile(r"[,\[\]{}#&*!|>'\"%@`]|[-?:](?=[\s,\[\]{}]|\Z)|(?:---|\.\.\.)(?=\s|\Z)|\s")
UNSAFE = re.compile(r":(?=\s|\Z)|\s#|\s\Z")
UNSAFE_IN_FLOW = re.compile(r"[,\[\]{}]|[-?:](?=[,\[\]{}])")
# What only double quotes can hold: control characters, line breaks of all sorts, what is not printable
ESCAPED = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
BREAK = re.compile(r"\r\n|\r|\n")
FOLDED = re.compile(r"[ \t]*(?:\r\n|\r|\n)(?P<more>(?:[ \t]*(?:\r\n|\r|\n))*)[ \t]*")
SHORT = {"\0": "0", "\a": "a", "\b": "b", "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r", "\x1b": "e"}
NEEDS_SINGLE = re.compile("'")
NEEDS_DOUBLE = re.compile(r"[\"\\]")


def kind_of_plain(value: str) -> str:
    """What YAML 1.1 makes of an unquoted scalar: str, bool, int, float, null, timestamp …"""
    for tag, pattern in LOADER.yaml_implicit_resolvers.get(value[:1], []):
        if pattern.match(value):
            return str(tag).rpartition(":")[2]
    return "str"


def kind(value: str) -> str:
    """What any reader may make of an unquoted scalar."""
    known = kind_of_plain(value)
    return known if known != "str" else next((name for name, p in OTHERS if p.fullmatch(value)), "str")


def is_plain(source: str, *, flow: bool) -> bool:
    """Whether a text without quotes is read as this very text."""
    if not source or UNSAFE_START.match(source) or UNSAFE.search(source) or ESCAPED.search(BREAK.sub(" ", source)):
        return False
    return not (flow and UNSAFE_IN_FLOW.search(source))


def written(value: str, style: str) -> str:
    """A text as it stands between the quotes of a style."""
    if style == "'":
        return value.replace("'", "''")
    if style == '"':
        return ESCAPED.sub(_escape, re.sub(r'(["\\])', r"\\\1", value))
    return value


def _escape(matched: re.Match[str]) -> str:
    character = matched[0]
    code = ord(character)
    return "\\" + (SHORT.get(character) or (f"x{code:02x}" if code < 256 else f"u{code:04x}"))


def quoted(value: str, style: str = '"') -> str:
    """A text in quotes; in double quotes where nothing else can hold it."""
    style = '"' if ESCAPED.search(value) else style
    return f"{style}{written(value, style)}{style}"


def scalar(value: str, *, flow: bool, style: str = '"') -> str:
    """A text as a new scalar: plain where that means this text, else in quotes."""
    plain = kind(value) == "str" and is_plain(value, flow=flow) and not BREAK.search(value)
    return value if plain else quoted(value, style)


def meaning(source: str, style: str) -> str:
    """What a part of a scalar means, as it stands in the text.

    Raises:
        ValueError: it is no whole part, as where an escape is cut in two.
    """
    if style == '"' and ("\\" in source or "\n" in source or "\r" in source):
        try:
            # between two letters, so that blanks at its ends are kept
            return str(yaml.load(f'"x{source}x"', Loader=LOADER))[1:-1]  # a safe loader
        except yaml.YAMLError:
            raise ValueError("an escape would be cut in two") from None
    folded = FOLDED.sub(_break, source) if style != '"' else source
    return folded.replace("''", "'") if style == "'" else folded


def _break(matched: re.Match[str]) -> str:
    return "\n" * len(BREAK.findall(matched["more"])) or " "


def requoted(source: str, offset: int, old: str, new: str) -> Iterator[Edit]:
    """What must be written more, or less, in a part of a scalar that gets other quotes."""
    if old == new:
        return
    pattern, more = (NEEDS_SINGLE, "'") if new == "'" else (NEEDS_DOUBLE, "\\")
    yield from (Edit(offset + m.start(), offset + m.start(), more) for m in pattern.finditer(source))
    if old == "'":
        yield from (Edit(offset + m.start(), offset + m.start() + 1, "") for m in re.finditer("''", source))
