"""Where everything stands in a text of XML: elements with their attributes, texts, comments.

<add key="LLM_PROVIDER" value="gradient"/>     an element with two attributes
<provider>gradient</provider>                  an element with one text
<![CDATA[ … ]]>                                a text that knows no escapes
"""

from __future__ import annotations

import bisect
import dataclasses
import html
import re
from collections.abc import Iterator
from xml.parsers import expat

from offramp.document import Unparsable
from offramp.syntax.nodes import line_of

TOKEN = re.compile(
    r"<!--(?P<comment>(?s:.*?))-->|<!\[CDATA\[(?P<cdata>(?s:.*?))\]\]>|<\?(?P<pi>(?s:.*?))\?>"
    r"|<!DOCTYPE(?P<doctype>(?:[^\[\]>\"']|\"[^\"]*\"|'[^']*'|\[(?s:.*?)\]\s*(?=>))*)>"
    r"|</(?P<end>[^\s>/]+)\s*>|<(?P<start>[^\s<>/!?]+)(?P<attributes>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*?)(?P<single>/?)>"
    r"|(?P<text>[^<]+)"
)
ATTRIBUTE = re.compile(r"\s+(?P<name>[^\s=/>]+)\s*=\s*(?P<quote>[\"'])(?P<value>(?s:.*?))(?P=quote)")
SURROGATES = re.compile(r"[\ud800-\udfff]")


@dataclasses.dataclass(slots=True, eq=False)
class Leaf:
    """A name, a value of an attribute, a text or a comment; `owner` is the element that it belongs to."""

    kind: str  # element, end, attribute, value, text, cdata, comment
    start: int
    end: int
    owner: Element | None
    name: str = ""  # of an attribute's value, the attribute


@dataclasses.dataclass(slots=True, eq=False)
class Element:
    """From `<` to the last `>`; `closing` is the span of the name in the end tag, None of `<a/>`."""

    name: str
    start: int
    end: int
    parent: Element | None
    slot: int = 0  # its number among the nodes of its parent, comments and instructions counted
    closing: tuple[int, int] | None = None
    attributes: dict[str, Leaf] = dataclasses.field(default_factory=dict)
    children: list[Element] = dataclasses.field(default_factory=list)
    texts: list[Leaf] = dataclasses.field(default_factory=list)
    nodes: int = 0


class Elements:
    """The elements of a text.

    Raises:
        Unparsable: it is not well-formed.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        _require_well_formed(text)
        self.elements: list[Element] = []
        self.leaves: list[Leaf] = []
        self.open: list[Element] = []
        position = 0
        while position < len(text):
            matched = TOKEN.match(text, position)
            if matched is None:
                raise Unparsable(f"line {line_of(text, position)}: this is no markup")
            self._take(matched)
            position = matched.end()
        self._starts = [leaf.start for leaf in self.leaves]

    def _take(self, token: re.Match[str]) -> None:
        kind = token.lastgroup if token["start"] is None else "start"
        owner = self.open[-1] if self.open else None
        if kind == "start":
            self._begin(token, owner)
        elif kind == "end" and owner is not None:
            owner.closing, owner.end = token.span("end"), token.end()
            self.leaves.append(Leaf("end", *token.span("end"), owner))
            self.open.pop()
        elif kind in ("text", "cdata", "comment"):
            leaf = Leaf(kind, *token.span(kind), owner)
            self.leaves.append(leaf)
            if owner is not None and kind != "comment":
                owner.texts.append(leaf)
        if kind in ("comment", "pi") and owner is not None:
            owner.nodes += 1

    def _begin(self, token: re.Match[str], owner: Element | None) -> None:
        element = Element(token["start"], token.start(), token.end(), owner)
        self.elements.append(element)
        self.leaves.append(Leaf("element", *token.span("start"), element))
        if owner is not None:
            element.slot = owner.nodes
            owner.nodes += 1
            owner.children.append(element)
        for found in ATTRIBUTE.finditer(self.text, *token.span("attributes")):
            self.leaves.append(Leaf("attribute", *found.span("name"), element, found["name"]))
            value = Leaf("value", *found.span("value"), element, found["name"])
            element.attributes[found["name"]] = value
            self.leaves.append(value)
        if not token["single"]:
            self.open.append(element)

    def leaf_at(self, offset: int) -> Leaf | None:
        """The leaf that holds an offset or ends there."""
        index = bisect.bisect_right(self._starts, offset) - 1
        return self.leaves[index] if index >= 0 and offset <= self.leaves[index].end else None

    def value_of(self, element: Element) -> Leaf | None:
        """The one text of an element without elements in it."""
        return element.texts[0] if not element.children and len(element.texts) == 1 else None

    def below(self, element: Element | None) -> Iterator[Element]:
        return (other for other in self.elements if other.parent is element)


def _require_well_formed(text: str) -> None:
    parser = expat.ParserCreate("utf-8")
    try:
        parser.Parse(SURROGATES.sub("\ufffd", text).encode(), True)
    except expat.ExpatError as error:
        raise Unparsable(f"line {error.lineno}: {expat.ErrorString(error.code)}") from None


def meaning(source: str) -> str:
    """What a text means, the five entities and the numbers of characters put in."""
    return re.sub(r"&(?:#\d+|#x[0-9a-fA-F]+|lt|gt|amp|quot|apos);", lambda found: html.unescape(found[0]), source)
