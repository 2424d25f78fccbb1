"""Plain text, and every format that nobody parses: what stands left of a match on its line tells what it is.

LLM_PROVIDER=gradient        the value of LLM_PROVIDER
provider: "gradient"         the value of provider
pip install gradient         a package
$GRADIENT_API_KEY            an environment variable
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from offramp.model import Entry, Place, Role
from offramp.syntax import commands

COMMENT = "#"
REACH = 1000  # characters that are looked at to either side; a longer line is data, and must not cost its square
# NAME=, NAME:, "NAME":, NAME =>, NAME ==, NAME := … directly before the value, quotes allowed
KEY = re.compile(r"""(?P<name>[A-Za-z_][\w.-]*)["'`\]]?\s*(?P<op>:=|=>|===?|!=|-eq|-ne|=|:)\s*["'`]?$""")
VARIABLE = re.compile(r"(?:\$\{?|\$env:|\bENV\[['\"]|\bgetenv\(['\"]?|%|\$\(|process\.env\.|\bsecrets\.|\bvars\.)$")
LINE_COMMENT = re.compile(r"^\s*(?:#|//|--|;|REM\b|rem\b|\*)")


class Text:
    def __init__(self, text: str) -> None:
        self.text = text

    def place(self, start: int, end: int) -> Place:
        return place(self.text, start, end)

    def entries(self) -> Sequence[Entry]:
        return ()


def parse(text: str) -> Text:
    return Text(text)


def place(text: str, start: int, end: int, otherwise: Role = Role.TEXT) -> Place:
    """What the line tells about a span; `otherwise` is the role where it tells nothing."""
    line_start = text.rfind("\n", 0, start) + 1
    before = text[max(line_start, start - REACH) : start]
    if VARIABLE.search(before):
        return Place(Role.ENV, "an environment variable", start=start, end=end)
    if (package := commands.package(text, start, end)) is not None:
        return package
    if (matched := KEY.search(before)) is not None:
        value_start, value_end = value_span(text, start, end)
        return Place(Role.VALUE, f"the value of {matched['name']}", matched["name"], value_start, value_end)
    if LINE_COMMENT.match(text[line_start : min(start, line_start + REACH)]):
        return Place(Role.COMMENT, "a comment", start=start, end=end)
    return Place(otherwise, "text", start=start, end=end)


def value_span(text: str, start: int, end: int) -> tuple[int, int]:
    """The value that a span begins: up to the closing quote, or to white space."""
    quote = text[start - 1 : start]
    if quote and quote in "\"'`":
        close = text.find(quote, end, end + REACH)
        newline = text.find("\n", end, end + REACH)
        return (start, close) if close >= 0 and (newline < 0 or close < newline) else (start, end)
    matched = re.compile(r"[^\s,;)}\]\"'`]*").match(text, end)
    return start, (matched.end() if matched else end)
