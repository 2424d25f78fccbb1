r"""How a text is written inside the literals of a script, so that the program reads exactly that text.

'it is'    with it's    ->  'it\'s'
`a`        with ${b}    ->  `\${b}`
<A b="c"/> with say "x" ->  <A b="say &quot;x&quot;"/>
{ key: 1 } with a-b     ->  { 'a-b': 1 }
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from offramp.model import Edit
from offramp.syntax.grammar import Node

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029]")
WORD = re.compile(r"[^\W\d]\w*")  # may stand anywhere
IDENTIFIER = re.compile(r"[^\W\d][\w$]*|[$][\w$]*")
STRINGS = ("string", "template_string")
KEYED = ("pair", "property_signature", "public_field_definition", "field_definition", "enum_assignment", "enum_body")
TO_COMMENT = "it would end the comment that it stands in"
TAGGED = "the function in front of the template reads it as it is written: change it by hand"
CUT = "it would cut an escape sequence in two"


def fitted(root: Node, edits: Sequence[Edit]) -> list[Edit]:
    """The edits with what goes into a literal escaped.

    Raises:
        ValueError: a text can't be written where it should.
    """
    return [_fitted(root, edit) for edit in edits]


def is_plain(edits: Sequence[Edit]) -> bool:
    """Whether no replacement holds anything that a literal could read otherwise, or that is no name."""
    return all(WORD.fullmatch(edit.replacement) or not edit.replacement for edit in edits)


def _fitted(root: Node, edit: Edit) -> Edit:
    if WORD.fullmatch(edit.replacement) or not edit.replacement:
        return edit
    node = root.at(edit.start, edit.end)
    if node.kind == "comment":
        _check_comment(node, edit.replacement)
        return edit
    if node.kind == "property_identifier" and node.span == (edit.start, edit.end) and _is_key(node):
        return _key(node, edit)
    literal = node.above(*STRINGS)
    if literal is None or literal.damaged or not (literal.start < edit.start and edit.end < literal.end):
        return edit
    if node.span != literal.span and node.parent is not None and node.parent.span != literal.span:
        return edit  # code inside a template
    if node.kind == "template_substitution":
        return edit
    if node.kind == "escape_sequence":
        raise ValueError(CUT)
    for inner in literal.children:
        if inner.kind == "escape_sequence" and (
            inner.start < edit.start < inner.end or inner.start < edit.end < inner.end
        ):
            raise ValueError(CUT)
        if inner.kind == "template_substitution" and inner.start < edit.end and edit.start < inner.end:
            return edit  # source of the template, its substitutions included
    return Edit(edit.start, edit.end, _escaped(literal, edit), edit.path)


def _is_key(node: Node) -> bool:
    parent = node.parent
    return parent is not None and parent.kind in KEYED and (parent.kind == "enum_body" or not node.is_field("value"))


def _key(node: Node, edit: Edit) -> Edit:
    """A key that is no name is quoted; only what can be text, and not source as `[KEY]`."""
    if IDENTIFIER.fullmatch(edit.replacement) or re.fullmatch(r"[\w$.@/ :-]+", edit.replacement) is None:
        return edit
    quote = '"' if node.source.count('"') > node.source.count("'") else "'"
    return Edit(edit.start, edit.end, f"{quote}{edit.replacement}{quote}", edit.path)


def _escaped(literal: Node, edit: Edit) -> str:
    source, text = literal.source, edit.replacement
    quote = source[literal.start]
    if literal.kind == "template_string":
        return _in_template(literal, edit)
    if literal.parent is not None and literal.parent.kind == "jsx_attribute":
        text = re.sub(r"&(?=#?\w+;)", "&amp;", text)
        return text.replace(quote, "&quot;" if quote == '"' else "&#39;")
    text = text.replace("\\", "\\\\").replace(quote, f"\\{quote}").replace("\n", "\\n").replace("\r", "\\r")
    return _behind(source, edit, _controls(text))


def _in_template(literal: Node, edit: Edit) -> str:
    source, text = literal.source, edit.replacement
    escaped = text.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${").replace("\r", "\\r")
    if source[edit.end : edit.end + 1] == "{" and escaped.endswith("$"):
        escaped = escaped[:-1] + "\\$"
    if escaped.startswith("{") and source[edit.start - 1] == "$":
        escaped = "\\" + escaped
    escaped = _behind(source, edit, _controls(escaped))
    if escaped != text and literal.parent is not None and literal.parent.kind == "call_expression":
        raise ValueError(TAGGED)
    return escaped


def _controls(text: str) -> str:
    return CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _behind(source: str, edit: Edit, text: str) -> str:
    r"""`\0` takes no digit behind it."""
    if text[:1].isdigit() and re.search(r"(?<!\\)(?:\\\\)*\\0$", source[: edit.start]):
        return f"\\x{ord(text[0]):02x}{text[1:]}"
    return text


def _check_comment(comment: Node, text: str) -> None:
    block = comment.text.startswith("/*")
    if (block and "*/" in text) or (not block and re.search(r"[\r\n\u2028\u2029]", text)):
        raise ValueError(TO_COMMENT)
