r"""Edits of a marked-up document, written as their places demand: an edit says what is to be read, not what is written.

    Ask Gradient.             a*b       ->  Ask a\*b.              what markup would be made of is escaped
    | `gradient` | key |      a|b       ->  | `a\|b` | key |       a cell does not end in its text
    `gradient`                a`b       ->  ``a`b``                a longer fence of ticks around it
    [x](docs/gradient.md)     a b.md    ->  [x](docs/a%20b.md)

What stands in a code block is written as its language demands, with the indentation of the block.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from offramp.model import Edit, apply_edits
from offramp.syntax import links
from offramp.syntax.fences import Block

if TYPE_CHECKING:
    from offramp.syntax.markdown import Markup, Span

BREAK = re.compile(r"[\r\n]")
SPECIAL = re.compile(r"[\\`*_\[\]<&~|#>+={}-]|^[\s\d]|\s$")
ENTITY = re.compile(r"&(?:#\w{1,8}|[A-Za-z]\w{1,31});")
MARKS = re.compile(r"[ \t]*(?:>[ \t]?|(?:[-*+]|\d{1,9}[.)])[ \t]+)*(?:\[[ xX]\][ \t]+)?")
BEGINS = re.compile(
    r"(?P<plain>#{1,6}(?=\s|$)|[-+](?=\s|$)|>|=+(?=[ \t]*$)|-+(?=[ \t]*$))|\d{1,9}(?P<dot>[.)])(?=\s|$)"
)
TICKS = re.compile(r"`+")
DELIMITER = re.compile(r"[ \t>]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
ROWS = 400  # lines above a row in which its table begins


def fit(markup: Markup, edits: Sequence[Edit]) -> list[Edit]:
    """The edits with their replacements written as the places demand.

    Raises:
        ValueError: a text can't be written where it should; the message says why.
    """
    fitted: list[Edit] = []
    blocks: dict[int, tuple[Block, list[Edit]]] = {}
    ticked: dict[int, tuple[Span, list[Edit]]] = {}
    for edit in edits:
        block = markup.block_at(edit.start)
        if edit.start == edit.end or not edit.replacement:
            fitted.append(edit)  # what is added or goes comes with its own markup
        elif block is not None and block.kind in ("code", "front matter"):
            blocks.setdefault(block.start, (block, []))[1].append(edit)
        elif BREAK.search(markup.text, edit.start, edit.end):
            fitted.append(edit)
        elif block is not None and block.kind == "comment":
            if "--" in edit.replacement or "*/" in edit.replacement:
                raise ValueError("the comment would end within what is written into it")
            fitted.append(edit)
        elif (span := markup.span_at(edit.start, edit.end)) is not None and span.kind == "code":
            ticked.setdefault(span.start, (span, []))[1].append(edit)
        else:
            fitted.append(_inline(markup, edit, span))
            _keep_labels(markup, edit, edits)
    for block, own in blocks.values():
        fitted += _in_block(markup, block, own)
    for span, own in ticked.values():
        fitted += _in_ticks(markup, span, own)
    return sorted(fitted, key=lambda edit: (edit.start, edit.end))


def _keep_labels(markup: Markup, edit: Edit, edits: Sequence[Edit]) -> None:
    """Whether a label is called the same at both its ends."""
    if "[" not in markup.text[max(0, edit.start - links.REACH) : edit.start]:
        return
    link = links.around(markup.text, edit.start, edit.end, rest=markup.dialect == "rest")
    if link is None or not link.label:
        return
    ends = re.finditer(rf"(?i)\[({re.escape(link.label)})\](?!\()(?:\[\])?", markup.text)
    if not all(any(m.start() < other.start and other.end < m.end() for other in edits) for m in ends):
        raise ValueError(f"[{link.label}] is a label that stands elsewhere, too: change all, or none")


def _in_block(markup: Markup, block: Block, edits: list[Edit]) -> list[Edit]:
    inside = markup.embedded(block)
    fitted = inside.fit(edits)
    if not block.strip:
        return fitted
    return [
        dataclasses.replace(edit, replacement=re.sub(r"(\r\n|\r|\n)", rf"\1{block.strip}", edit.replacement))
        if not BREAK.search(markup.text, edit.start, edit.end) and inside.inner(edit.start, edit.end) is not None
        else edit
        for edit in fitted
    ]


def _inline(markup: Markup, edit: Edit, span: Span | None) -> Edit:
    if BREAK.search(edit.replacement):
        raise ValueError("a line break can't be written within a line of the document")
    if span is not None and span.kind == "tag":
        if re.search(r"[<>\"']", edit.replacement):
            raise ValueError("quotes and angle brackets can't be written within a tag")
        return edit
    if span is not None:
        return dataclasses.replace(edit, replacement=_address(markup, edit, span))
    if not SPECIAL.search(edit.replacement) or markup.dialect == "asciidoc":
        return edit
    return dataclasses.replace(edit, replacement=_text(markup, edit))


def _text(markup: Markup, edit: Edit) -> str:
    """A text with what markup would be made of escaped."""
    before, after = _around(markup.text, edit)
    text = edit.replacement
    opens = MARKS.fullmatch(before) is not None
    if (opens and text[:1].isspace()) or (text[-1:].isspace() and not after.strip()):
        raise ValueError("white space at the end of a line would be lost")
    first = BEGINS.match(text + after) if opens else None
    mask = [_escaped(markup, edit, before, after, index) for index in range(len(text))]
    if first is not None:
        at = first.start("dot") if first["dot"] else 0
        if at < len(text):
            mask[at] = True
    if text.endswith("#") and not after.strip() and before.lstrip(" >").startswith("#"):
        mask[-1] = True  # not a closing mark of the heading
    return "".join(f"\\{c}" if escape else c for c, escape in zip(text, mask, strict=True))


def _escaped(markup: Markup, edit: Edit, before: str, after: str, index: int) -> bool:
    """Whether a character of the new text needs a backslash."""
    text = edit.replacement
    character = text[index]
    previous = text[index - 1] if index else before[-1:]
    following = (text[index + 1 :] + after)[:1]
    rest = markup.dialect == "rest"
    match character:
        case "`" | "*":
            return True
        case "_":
            return (
                following == "" or not (previous.isalnum() and following.isalnum())
                if not rest
                else not following.isalnum()
            )
        case "\\":
            return following == "" or (following.isascii() and not following.isalnum() and not following.isspace())
        case "|":
            return rest or in_table(markup.text, edit.start)
        case "[" | "]":
            return not rest
        case "<":
            return not rest and (markup.dialect == "mdx" or re.match(r"[A-Za-z/!?]", following) is not None)
        case "&":
            return not rest and ENTITY.match((text + after)[index:]) is not None
        case "~":
            return not rest and text.count("~") > 1
        case "{" | "}":
            return markup.dialect == "mdx"
    return False


def _around(text: str, edit: Edit) -> tuple[str, str]:
    """What stands on the line before and behind an edit."""
    low = max(text.rfind("\n", 0, edit.start), text.rfind("\r", 0, edit.start)) + 1
    found = BREAK.search(text, edit.end)
    return text[low : edit.start], text[edit.end : found.start() if found else len(text)]


def in_table(text: str, offset: int) -> bool:
    """Whether a line is a row of a table: it holds a bar, and a line of dashes stands above it or below."""
    low = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    lines = text[low : low + 4000].splitlines()[:2]
    if not lines or "|" not in lines[0]:
        return False
    if len(lines) > 1 and _is_delimiter(lines[1]):
        return True
    for line in reversed(text[max(0, low - 40_000) : low].splitlines()[-ROWS:]):
        if not line.strip(" \t>"):
            return False
        if _is_delimiter(line):
            return True
    return False


def _is_delimiter(line: str) -> bool:
    return "|" in line and DELIMITER.match(line) is not None


def _address(markup: Markup, edit: Edit, span: Span) -> str:
    text = markup.text
    written = edit.replacement
    if not re.search(r"[\s<>()|\\&*_`]", written):
        return written
    opening = text[span.start - 1 : span.start]
    if markup.dialect in ("rest", "asciidoc") or (opening not in ("(", "<") and not _is_definition(text, span)):
        if re.search(r"[\s<>`]", written):
            raise ValueError("white space and angle brackets can't be written within an address")
        return written
    written = re.sub(r"\s", "%20", written).replace("<", "%3C").replace(">", "%3E")
    if in_table(text, edit.start):
        written = written.replace("|", "%7C")
    if text[span.start - 2 : span.start] == "(<" or (opening == "<" and not _is_definition(text, span)):
        return written
    written = re.sub(r"\\(?=[!-/:-@\[-`{-~])", r"\\\\", written)
    written = ENTITY.sub(lambda matched: f"\\{matched[0]}", written)
    whole = text[span.start : edit.start] + written + text[edit.end : span.end]
    return written if _balanced(whole) else re.sub(r"[()]", r"\\\g<0>", written)


def _is_definition(text: str, span: Span) -> bool:
    low = max(text.rfind("\n", 0, span.start), text.rfind("\r", 0, span.start)) + 1
    return re.match(r"[ \t]*\[[^\]\r\n]+\]:[ \t]*<?$", text[low : span.start]) is not None


def _balanced(address: str) -> bool:
    depth = 0
    for character in re.sub(r"\\.", "", address):
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return False
    return depth == 0


def _in_ticks(markup: Markup, span: Span, edits: list[Edit]) -> list[Edit]:
    """Edits of inline code; all of it is written anew where its ticks have to be others."""
    if any(BREAK.search(edit.replacement) for edit in edits):
        raise ValueError("a line break can't be written within inline code")
    text = markup.text
    if in_table(text, span.start):
        edits = [dataclasses.replace(e, replacement=re.sub(r"(?<!\\)\|", r"\\|", e.replacement)) for e in edits]
    inside = [Edit(e.start - span.start, e.end - span.start, e.replacement) for e in edits]
    content = apply_edits(text[span.start : span.end], inside)
    if not content:
        raise ValueError("nothing would be left of the inline code")
    mark = 0
    while text[span.start - mark - 1 : span.start - mark] == "`":
        mark += 1
    runs = {len(run) for run in TICKS.findall(content)}
    touched = any("`" in edit.replacement for edit in edits)
    if not touched and content.strip():
        return edits
    if markup.dialect in ("rest", "asciidoc"):
        raise ValueError("ticks can't be written within inline code")
    length = next(n for n in range(1, len(content) + 2) if n not in runs)
    pad = " " if content[0] == "`" or content[-1] == "`" or content[0] == content[-1] == " " else ""
    fence = "`" * length
    return [Edit(span.start - mark, span.end + mark, f"{fence}{pad}{content}{pad}{fence}")]
