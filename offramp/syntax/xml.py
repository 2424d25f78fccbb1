"""XML of every kind: pom.xml, app.config and web.config, project files of .NET, resources of Android. Spans only.

<add key="LLM_PROVIDER" value="gradient"/>      the value of LLM_PROVIDER
<string name="llm_provider">gradient</string>   the value of llm_provider
<provider>gradient</provider>                   the value of provider
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from functools import cached_property

from offramp.model import Edit, Entry, Place, Role
from offramp.syntax import commands, grammar, json_writing, scalars
from offramp.syntax.siblings import Others
from offramp.syntax.xml_elements import Element, Elements, Leaf, meaning

COMMENT = ""
NAMING = ("key", "name")  # attributes that name what the element sets
HOLDING = ("value", "connectionString")
NAME = re.compile(r"(?:[^\W\d]|[_:])[\w.:-]*")
FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;", "\n": "&#10;", "\t": "&#9;"}


class Markup(Elements):
    @cached_property
    def _entries(self) -> list[Entry]:
        return [entry for element in self.elements if (entry := self._entry(element)) is not None]

    def _entry(self, element: Element) -> Entry | None:
        """What an element sets: by its attributes, by its name attribute and its text, by its name and its text."""
        named = next((element.attributes[n] for n in NAMING if n in element.attributes), None)
        value = next((element.attributes[n] for n in HOLDING if n in element.attributes), None)
        value = value or self.value_of(element)
        if value is None or (named is None and value.kind == "value"):
            return None
        start = element.start + 1
        span = (named.start, named.end) if named is not None else (start, start + len(element.name))
        outer, stuck = self._removal(element)
        scope = f"element {element.parent.start}" if element.parent is not None else "root"
        said = self.text[value.start : value.end]
        said = said if value.kind == "cdata" else meaning(said)
        key = meaning(self.text[slice(*span)])
        return Entry(scope, key, *span, said, value.start, value.end, outer, stuck)

    def _removal(self, element: Element) -> tuple[tuple[int, int] | None, str]:
        """The lines of an element, or why it can't go."""
        if element.parent is None:
            return None, "it is all there is"
        if any(self.text[text.start : text.end].strip() for text in element.parent.texts):
            return None, "text stands beside it"
        outer = grammar.line_span(self.text, element.start, element.end)
        return outer, "" if outer else "it shares its line with others"

    @cached_property
    def _by_element(self) -> dict[int, Entry]:
        return {entry.value_start: entry for entry in self._entries}

    @cached_property
    def _by_scope(self) -> Mapping[str, dict[str, str]]:
        scopes: dict[str, dict[str, str]] = {}
        for entry in self._entries:
            scopes.setdefault(entry.scope, {})[entry.key] = entry.value
        return scopes

    def entries(self) -> Sequence[Entry]:
        return self._entries

    def place(self, start: int, end: int) -> Place:
        leaf = self.leaf_at(start)
        if leaf is None or end > leaf.end:
            return Place(Role.TEXT, "text", start=start, end=end)
        if leaf.kind == "comment":
            return Place(Role.COMMENT, "a comment", start=start, end=end)
        if leaf.kind in ("element", "end", "attribute"):
            return Place(Role.CODE, "a name of markup", start=start, end=end)
        if (package := commands.package(self.text, start, end)) is not None:
            return package
        return self._in_value(leaf, start, end)

    def _in_value(self, leaf: Leaf, start: int, end: int) -> Place:
        first, last = self._stripped(leaf)
        entry = self._by_element.get(leaf.start)
        if leaf.name in NAMING and leaf.owner is not None:
            return Place(Role.KEY, "the name of a setting", leaf.owner.name, first, last)
        key = entry.key if entry is not None else leaf.name or (leaf.owner.name if leaf.owner else "")
        if (first, last) != (start, end):
            refined = scalars.on_line(self.text, first, last, start, end)
            if refined.role is not Role.TEXT:
                return refined
        beside: Mapping[str, str] = Others(self._by_scope[entry.scope], entry.key) if entry is not None else {}
        return Place(Role.VALUE, f"the value of {key}", key, first, last, beside)

    def _stripped(self, leaf: Leaf) -> tuple[int, int]:
        source = self.text[leaf.start : leaf.end]
        start = leaf.start + len(source) - len(source.lstrip())
        return start, max(start, leaf.start + len(source.rstrip()))


@functools.lru_cache(maxsize=2)
def parse(text: str) -> Markup:
    return Markup(text)


def check(before: str, after: str) -> str | None:
    """Why an edited text must not be kept: an element, an attribute or a comment has come to be or moved."""
    was, now = parse(before), parse(after)
    if len(now.elements) > len(was.elements):
        return "an element would be added"
    if len(now.elements) == len(was.elements):
        for old, new in zip(was.elements, now.elements, strict=True):
            if len(old.attributes) < len(new.attributes) or old.nodes != new.nodes:
                return f"<{new.name}> would hold more than before"
    return None


def fit(text: str, edits: list[Edit]) -> list[Edit]:
    """The edits with entities where a text needs them, and end tags renamed with their start tags.

    Raises:
        ValueError: XML has no way to write it there.
    """
    tree = parse(text)
    result: list[Edit] = []
    for edit in edits:
        leaf = tree.leaf_at(edit.start)
        if leaf is None or edit.end > leaf.end or leaf.kind == "comment":
            result.append(edit)
            continue
        if FORBIDDEN.search(edit.replacement):
            raise ValueError("XML has no way to write a control character")
        result.append(Edit(edit.start, edit.end, _written(tree, leaf, edit), edit.path))
        if leaf.kind in ("element", "end") and leaf.owner is not None and leaf.owner.closing is not None:
            shift = leaf.owner.closing[0] - leaf.owner.start - 1
            shift = shift if leaf.kind == "element" else -shift
            result.append(Edit(edit.start + shift, edit.end + shift, edit.replacement, edit.path))
    return sorted(set(result), key=lambda edit: (edit.start, edit.end))


def _written(tree: Markup, leaf: Leaf, edit: Edit) -> str:
    text = tree.text
    if leaf.kind in ("element", "end", "attribute"):
        name = text[leaf.start : edit.start] + edit.replacement + text[edit.end : leaf.end]
        if not NAME.fullmatch(name):
            raise ValueError(f"'{name}' can't be a name in XML")
        return edit.replacement
    if leaf.kind == "cdata":
        if "]]>" in text[leaf.start : edit.start] + edit.replacement + text[edit.end : leaf.end]:
            raise ValueError("']]>' would end the CDATA that it stands in")
        return edit.replacement
    quote = text[leaf.start - 1] if leaf.kind == "value" else ""
    wanted = f"[&<{quote}\n\t\r]" if quote else "[&<>\r]"
    return re.sub(wanted, lambda found: ENTITIES.get(found[0], "&#13;"), edit.replacement)


def provide(text: str, need: str) -> Edit | None:
    """Supply `setting:PATH/OF/ELEMENT:KEY=VALUE` below that element, written as the last setting there is.

    Raises:
        ValueError: nothing there says how a setting is written.
    """
    _, path, given = need.split(":", 2)
    key, _, value = given.partition("=")
    tree = parse(text)
    holder = next((e for e in tree.elements if e.parent is None), None)
    for step in json_writing.steps_of(path):
        holder = next((e for e in (holder.children if holder else ()) if e.name == step), None)
    if holder is None:
        raise ValueError(f"there is no element '{path}' to add it to")
    inside = [e for e in tree.entries() if e.scope == f"element {holder.start}"]
    if any(entry.key == key for entry in inside):
        return None
    if not inside or inside[-1].outer is None:
        raise ValueError("nothing there says how a setting is written: add it by hand")
    last, (start, end) = inside[-1], inside[-1].outer
    element = holder.children[-1]
    if not start <= element.start <= element.end <= end:
        raise ValueError("the last element there is no setting: add it by hand")
    if ":" in last.key:
        raise ValueError("names there have a prefix: add it by hand")
    edits = fit(text, [Edit(last.key_start, last.key_end, key), Edit(last.value_start, last.value_end, value)])
    source = text[start:end]
    for edit in reversed(edits):
        source = source[: edit.start - start] + edit.replacement + source[edit.end - start :]
    if len(element.attributes) > 2 or element.children or "<!--" in source:
        raise ValueError("the last setting there says more than a name and a value: add it by hand")
    if not source.endswith(("\n", "\r")):
        raise ValueError("the line of the last setting does not end: add it by hand")
    return Edit(end, end, source)


def grown(before: str, after: str) -> str | None:
    """Whether everything is still there once settings were added."""
    was, now = parse(before), parse(after)
    left = iter((entry.scope[:7], entry.key, entry.value) for entry in now.entries())
    kept = all((entry.scope[:7], entry.key, entry.value) in left for entry in was.entries())
    added = len(now.elements) - len(was.elements)
    return None if kept and added == len(now.entries()) - len(was.entries()) else "more would change than is added"
