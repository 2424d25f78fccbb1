"""Values and names that people give to settings, nasty ones among them; what the drivers have in common."""

from __future__ import annotations

import random

from offramp.document import Document
from offramp.model import Edit
from offramp.proposals import fitted

NAME = "plugh_setting"
NAMES = (NAME, "xyzzy", "PLUGH_KEY", "plugh-key", "plugh.key", "plugh key", "ключ", 'say "plugh"', "it's", "a:b", "#1")
VALUES = (
    *(
        "plugh",
        "https://plugh.example/v1",
        "a: b",
        "a #b",
        "#b",
        'say "hi"',
        "it's",
        "C:\\new\\table",
        "${PLUGH}",
        "@x",
    ),
    *("*x", "&x", "true", "no", "1.0", "0755", "null", "~", "", "ключ — 鍵 😀", "plugh " * 50, " leading", "trailing "),
    *(
        "two\nlines",
        "tab\there",
        "%s",
        "{{ x }}",
        "<b>&amp;</b>",
        "]]>",
        "a, b",
        "[x]",
        "{y}",
        "a=b",
        "\\",
        "'",
        '"',
        ";x",
    ),
)


def value(chance: random.Random) -> str:
    return chance.choice(VALUES)


def written(document: Document, edits: list[Edit]) -> tuple[Edit, ...] | str:
    """What the format makes of the edits, or why it refuses them."""
    try:
        return tuple(fitted(document, edits))
    except ValueError as error:
        return str(error)


def supplied(document: Document, need: str) -> tuple[Edit, ...] | str:
    """What the format makes of a need, or why it refuses it."""
    try:
        edit = document.syntax.provide(document.text, need)
    except ValueError as error:
        return str(error)
    return "it is there already" if edit is None else (edit,)


def lines(document: Document, start: int, end: int) -> tuple[int, int]:
    """The lines of a span, as `Case.lines` has them."""
    return document.position(start)[0] - 1, document.position(end)[0]
