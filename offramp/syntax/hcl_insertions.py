"""Where a setting goes that an HCL file is given: behind the last entry of the object, block or list that holds such.

    setting::openrouter_model=x                                     at the end of a file of variables
    setting:resource.aws_lambda_function.api/environment/variables:OPENROUTER_MODEL=${var.openrouter_model}
    item:locals/secrets:OPENROUTER_API_KEY                          one more item of a list
    moved::aws_x.old=aws_x.new                                      says what a renamed resource was called

A step of the path is a block (its type, with its labels where several have that type), an argument, a key, or the
number of an item. The value is text, quoted here; `${…}` alone is an expression. `=` stands where that of the entry
above stands. Elsewhere it is a person who has to decide.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from offramp.model import Edit
from offramp.syntax import grammar
from offramp.syntax.grammar import Node
from offramp.syntax.hcl_strings import (
    NAME,
    attributes,
    body,
    container,
    elements,
    escaped,
    key_of,
    labels,
    literal_of,
)

if TYPE_CHECKING:
    from offramp.syntax.hcl import Configuration

BREAK = re.compile(r"\r\n|\r|\n")
EXPRESSION = re.compile(r"\$\{([^{}\"]+)\}")
PAIRED = ("name", "value")


def provide(tree: Configuration, need: str) -> Edit | None:
    """The edit that supplies what is needed, or None where it is there.

    Raises:
        ValueError: it can't be written there; the message says why.
    """
    what, path, rest = need.split(":", 2)
    if what == "moved":
        return _moved(tree.root, *rest.split("=", 1))
    holder = _found(tree.root, path)
    if what == "item":
        return _item(holder, rest)
    key, _, value = rest.partition("=")
    if holder.kind in ("block", "config_file"):
        return _argument(holder, key, _written(value))
    if (found := container(holder, "object")) is not None:
        return _element(found, key, _written(value))
    if (listed := container(holder, "tuple")) is not None:
        return _pair(listed, key, value)
    raise ValueError(f"'{path}' is no block, object or list")


def _written(value: str) -> str:
    matched = EXPRESSION.fullmatch(value)
    return matched[1].strip() if matched else f'"{escaped(value)}"'


def _found(root: Node, path: str) -> Node:
    """What a path leads to.

    Raises:
        ValueError: nothing, or several things.
    """
    node = root
    for step in path.split("/") if path else ():
        found = _step(node, step)
        if len(found) != 1:
            raise ValueError(f"there is no '{step}' in it" if not found else f"there are several '{step}' in it")
        node = found[0]
    return node


def _step(node: Node, step: str) -> list[Node]:
    if node.kind in ("block", "config_file"):
        blocks = [child for child in body(node) if child.kind == "block"]
        found = [child for child in blocks if step in (child.named[0].text, address(child))]
        return found or [value for key, value in attributes(node).items() if key == step]
    if (value := elements(node).get(step)) is not None:
        return [value]
    listed = container(node, "tuple")
    items = [item for item in listed.named if item.kind == "expression"] if listed is not None else []
    return items[int(step) : int(step) + 1] if step.isdecimal() else []


def address(block: Node) -> str:
    """The type of a block and its labels."""
    return ".".join([block.named[0].text, *(label.text.strip('"') for label in labels(block))])


def _argument(block: Node, key: str, value: str) -> Edit | None:
    """A line at the end of a block, or of the file."""
    if not NAME.fullmatch(key):
        raise ValueError(f"'{key}' can't be the name of an argument")
    inside = body(block)
    given = [child for child in inside if child.kind == "attribute"]
    if key in (key_of(child) for child in given):
        return None
    text = block.source
    if not inside:
        return _first(block, f"{key} = {value}")
    above = given[-1] if given else inside[-1]
    indent = _indent(text, above.start, "its arguments share a line")
    if grammar.line_span(text, above.start, above.end) is None:
        raise ValueError("its last argument shares its line with something else")
    lead = key + " " * max(1, _column(text, above) - len(key) if given else 1)
    return _behind(text, above.end, indent + f"{lead}= {value}")


def _first(block: Node, line: str) -> Edit:
    """The only line of an empty block or file."""
    if block.kind == "config_file":
        end = len(block.source)
        broken = not block.source or block.source.endswith(("\n", "\r"))
        return Edit(end, end, ("" if broken else _newline(block.source)) + line + _newline(block.source))
    raise ValueError("it is an empty block")


def _element(found: Node, key: str, value: str) -> Edit | None:
    """An entry of an object, written as the last one is."""
    pairs = [child for child in found.named if child.kind == "object_elem" and len(child.named) > 1]
    if key in (key_of(pair) for pair in pairs):
        return None
    others = [
        child for child in found.named if child.kind not in ("object_elem", "object_start", "object_end", "comment")
    ]
    if not pairs or others:
        raise ValueError("the object is empty or worked out")
    last, text = pairs[-1], found.source
    quoted = last.named[0].text.startswith('"') or not NAME.fullmatch(key)
    name = f'"{escaped(key)}"' if quoted else key
    sign = ":" if any(child.kind == ":" for child in last.children) else "="
    return _in_row(found, last, lambda column: f"{name}{' ' * max(1, column - len(name))}{sign} {value}", text)


def _in_row(holder: Node, last: Node, line: object, text: str) -> Edit:
    """One more member behind the last of an object or a list: on a line of its own, or on the same line."""
    assert callable(line)
    comma = re.compile(r"[ \t]*,").match(text, last.end)
    end = comma.end() if comma else last.end
    if "\n" not in holder.text and "\r" not in holder.text:
        return Edit(end, end, f"{'' if comma else ','} {line(0)}")
    indent = _indent(text, last.start, "its members share a line")
    rest = grammar.line_span(text, last.start, end)
    if rest is None or rest[1] > holder.end - 1:
        raise ValueError("its last member shares its line with something else")
    needs = holder.kind == "tuple" or any(child.kind == "," for child in holder.children)
    written = indent + str(line(_column(text, last))) + ("," if comma else "")
    if comma is None and needs:
        if text[end : rest[1]].strip():
            raise ValueError("a comment stands behind its last member, where a comma is needed")
        return Edit(end, end, "," + _newline(text) + written)
    return _behind(text, end, written)


def _pair(listed: Node, key: str, value: str) -> Edit | None:
    """`{ name = "KEY", value = "…" }` behind others of that kind."""
    items = [item for item in listed.named if item.kind == "expression"]
    names = [elements(item).get("name") for item in items]
    if any(name is not None and name.text.strip('"') == key for name in names):
        return None
    if not items or set(elements(items[-1])) != set(PAIRED):
        raise ValueError("it is no list of names and values")
    last = items[-1]
    found = container(last, "object")
    if found is None:
        raise ValueError("it is no list of names and values")
    name_pair, value_pair = (next(p for p in found.named if p.kind == "object_elem" and key_of(p) == k) for k in PAIRED)
    new = {name_pair.named[-1].span: f'"{escaped(key)}"', value_pair.named[-1].span: _written(value)}
    source, offset = last.text, last.start
    for (start, end), written in sorted(new.items(), reverse=True):
        source = source[: start - offset] + written + source[end - offset :]
    return _in_row(listed, last, lambda column: source, listed.source)


def _item(holder: Node, value: str) -> Edit | None:
    listed = container(holder, "tuple")
    items = [item for item in listed.named if item.kind == "expression"] if listed is not None else []
    if listed is None or not items or any(child.kind.startswith("for_") for child in listed.named):
        raise ValueError("it is no list, or an empty one")
    written = _written(value)
    if written in (item.text for item in items):
        return None
    if (literal := literal_of(items[-1])) is None or literal.kind == "heredoc_template":
        raise ValueError("its last item is worked out")
    return _in_row(listed, items[-1], lambda column: written, listed.source)


def _moved(root: Node, old: str, new: str) -> Edit | None:
    """A block at the end of the file that says what was renamed; one that is chained to it stays."""
    for block in body(root):
        given = {key: value.text for key, value in attributes(block).items()} if block.kind == "block" else {}
        if (
            block.kind == "block"
            and block.named[0].text == "moved"
            and (given.get("from"), given.get("to")) == (old, new)
        ):
            return None
    text, newline = root.source, _newline(root.source)
    lines = ["moved {", f"  from = {old}", f"  to   = {new}", "}"]
    end = len(text)
    ended = text.endswith(("\n", "\r"))
    return Edit(end, end, newline * (2 - ended) + newline.join(lines) + newline * ended)


def _column(text: str, entry: Node) -> int:
    """How far from the start of its key the `=` of an entry stands."""
    sign = next((child for child in entry.children if child.kind in ("=", ":")), None)
    return sign.start - entry.start if sign is not None else 0


def _indent(text: str, start: int, why: str) -> str:
    line = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    if text[line:start].strip(" \t\ufeff"):
        raise ValueError(why)
    return text[line:start].strip("\ufeff")


def _newline(text: str) -> str:
    found = BREAK.search(text)
    return found[0] if found else "\n"


def _behind(text: str, offset: int, line: str) -> Edit:
    """A line of its own below the one of an offset."""
    matched = BREAK.search(text, offset)
    if matched is None:
        return Edit(len(text), len(text), _newline(text) + line)
    return Edit(matched.end(), matched.end(), line + _newline(text))
