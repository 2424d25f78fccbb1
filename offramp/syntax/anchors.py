"""Headings as the anchors that links lead to, the way GitHub and its like make them.

## 2. The key (of a day)    #2-the-key-of-a-day
"""

from __future__ import annotations

import re

from offramp.document import Document
from offramp.syntax.markdown import Markup, parse


def anchor_of(heading: str) -> str:
    words = re.sub(r"^[#=\s]+|[\s=~^#-]+$", "", heading).lower()
    return "#" + re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", words))


def heading_of(document: Document, anchor: str) -> tuple[int, int] | None:
    """The span of the heading that a link of the same document leads to."""
    if not anchor.startswith("#") or not isinstance(document.tree, Markup):
        return None
    headings = ((start, end) for kind, start, end in document.tree.passages if kind == "heading")
    return next((span for span in headings if anchor_of(document.text[slice(*span)]) == anchor.lower()), None)


def led_to(document: Document, before: str, anchor: str) -> str | None:
    """The anchor of the heading that `anchor` led to in the text `before`; None where it led to none, or still does."""
    if not isinstance(document.tree, Markup):
        return None
    was, now = parse(before, document.path), document.tree
    old = [anchor_of(before[start:end]) for kind, start, end in was.passages if kind == "heading"]
    new = [anchor_of(document.text[start:end]) for kind, start, end in now.passages if kind == "heading"]
    if len(old) != len(new) or anchor.lower() not in old:
        return None
    found = new[old.index(anchor.lower())]
    return found if found != anchor.lower() else None
