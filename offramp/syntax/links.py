"""Links of a document: the text, the address and the label of each.

[the key](keys.md#a)        text and address
[the key][keys]             text and label; the address is where the label is defined
[keys]                      a label, if it is defined somewhere: it is called the same there, or leads nowhere
`the key <keys.html>`_      text and address in reStructuredText
"""

from __future__ import annotations

import dataclasses
import re

LINK = re.compile(
    r"""\[(?P<text>(?:[^\[\]\\!]|!(?!\[)|\\[\s\S]|!?\[[^\[\]]{0,300}\]){0,500})\]
    (?:\([ \t]*<?(?P<address>[^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)
    |[ \t]?\[(?P<label>[^\]]*)\]|(?P<defines>:)[ \t]*<?(?P<to>[^\s<>]+))?""",
    re.VERBOSE,
)
REST_LINK = re.compile(r"`(?P<text>[^`<]*)<(?P<address>[^`<>]+)>`_")
REACH = 2_000  # characters to either side of a place in which its link begins and ends


@dataclasses.dataclass(frozen=True, slots=True)
class Link:
    """`text` and `address` are spans; `label` is what both ends of a link by reference are called, where it has one."""

    text: tuple[int, int]
    address: tuple[int, int] | None
    label: str = ""


def around(text: str, start: int, end: int, *, rest: bool = False) -> Link | None:
    """The link whose text holds a span; `rest`: of reStructuredText."""
    low = max(text.rfind("\n\n", 0, start), text.rfind("\r\n\r\n", 0, start), start - REACH, 0)
    for matched in (REST_LINK if rest else LINK).finditer(text, low, min(len(text), end + REACH)):
        if matched.start("text") <= start and end <= matched.end("text"):
            return _link(text, matched)
    return None


def _link(text: str, matched: re.Match[str]) -> Link | None:
    span, address = matched.span("text"), matched.span("address")
    if matched["address"] is not None:
        return Link(span, address)
    label = matched["label"] or matched["text"]
    if matched["defines"]:
        return Link(span, matched.span("to"), label.lower())
    defined = re.search(rf"(?im)^[ \t>]*\[{re.escape(label)}\]:[ \t]*<?(?P<to>[^\s<>]+)", text)
    if defined is None:
        return None  # brackets, and no link
    return Link(span, defined.span("to"), "" if matched["label"] else label.lower())
