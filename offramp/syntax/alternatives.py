"""Alternatives of a pattern: of two that are called alike, one is enough.

grep -Eq '^(GRADIENT_API_KEY|OPENROUTER_API_KEY)='  ->  grep -Eq '^(OPENROUTER_API_KEY)='
"""

from __future__ import annotations

import re
from collections.abc import Callable

WORD = r"[A-Za-z_][\w.-]*"
SERIES = re.compile(rf"{WORD}(?:\\?\|{WORD})+")
REACH = 500  # characters of a list that are looked at


def redundant(text: str, start: int, end: int, renamed: Callable[[str], str]) -> tuple[int, int] | None:
    """What goes of a list of alternatives because another one of it is called like the one at a span.

    Args:
        text: the whole text.
        start, end: one alternative.
        renamed: what becomes of each of them.
    Returns:
        The alternative with the bar beside it; None where it stands in no such list, or is the one that is kept.
    """
    spans = among(text, start, end)
    names = [renamed(text[slice(*span)]) for span in spans]
    if not spans:
        return None
    own = spans.index((start, end))
    alike = [index for index, name in enumerate(names) if name == names[own]]
    kept = next((index for index in alike if names[index] == text[slice(*spans[index])]), alike[0])
    if own == kept:
        return None
    return (start, spans[own + 1][0]) if own < kept else (spans[own - 1][1], end)


def among(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The alternatives of which the one at a span is one; none where it is no alternative."""
    if text[start - 1 : start] != "|" and text[end : end + 1] not in ("|", "\\"):
        return []
    low = max(text.rfind("\n", 0, start) + 1, start - REACH)
    for series in SERIES.finditer(text, low, end + REACH):
        words = re.finditer(WORD, text[series.start() : series.end()])
        spans = [(word.start() + series.start(), word.end() + series.start()) for word in words]
        if (start, end) in spans:
            return spans
    return []
