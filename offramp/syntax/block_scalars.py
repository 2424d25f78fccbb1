"""Edits within block scalars of YAML: their lines keep the block's indentation, the block its chomping.

    run: |                      run: |
      a --provider gradient  ->   a --provider openrouter \\
                                    --strict

A replacement with line breaks that has the indentation already is written text and stays; any other gets it. In a
folded block (`>`) a single line break means a blank, so that text with line breaks is refused there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from offramp.model import Edit, apply_edits
from offramp.syntax import quoting

if TYPE_CHECKING:
    from offramp.syntax.nodes import Node, NodeTree

FIRST_LINE = re.compile(r"(?:[ \t]*(?:\r\n|\r|\n))*(?P<indent>[ ]*)")
LINE = re.compile(r"(?P<break>\r\n|\r|\n)(?P<line>[^\r\n]*)")
NUMBERED = re.compile(r"[|>][-+]?[1-9]")  # a header that says how deep the lines are
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029\ufeff\ufffe\uffff]")


def fitted(tree: NodeTree, leaf: Node, edits: Sequence[Edit]) -> tuple[list[Edit], str | None]:
    """The edits as the block demands, and what it means then where that is known.

    Raises:
        ValueError: the block can't hold the text.
    """
    indent = indentation(tree.text, leaf)
    if len(edits) == 1 and (whole := _whole(tree, leaf, edits[0], indent)) is not None:
        return [whole], edits[0].replacement
    written = [_indented(tree.text, leaf, edit, indent) for edit in edits]
    _refuse_deeper(tree.text, leaf, written, indent)
    return written, None


def _refuse_deeper(text: str, leaf: Node, edits: Sequence[Edit], indent: str) -> None:
    """Raise where a line would begin with a blank that the block takes for its indentation, or does not fold then."""
    source = text[leaf.first : leaf.last]
    result = apply_edits(source, (Edit(e.start - leaf.first, e.end - leaf.first, e.replacement) for e in edits))
    before, after = (_deeper(one, indent, leaf.style) for one in (source, result))
    if after > before:
        raise ValueError("a line of the block would begin with a blank, which changes how it is read")


def _deeper(source: str, indent: str, style: str) -> int:
    """How many lines begin with a blank where that matters: the first in any block, all of a folded one."""
    lines = [line for line in quoting.BREAK.split(source) if line.strip()]
    return sum(line.startswith((f"{indent} ", f"{indent}\t")) for line in (lines if style == ">" else lines[:1]))


def indentation(text: str, leaf: Node) -> str:
    """What stands before the first line of a block that is not blank."""
    matched = FIRST_LINE.match(text, leaf.first, leaf.last)
    return matched["indent"] if matched is not None else ""


def is_numbered(text: str, leaf: Node) -> bool:
    return bool(NUMBERED.search(text, leaf.start, leaf.first))


def _indented(text: str, leaf: Node, edit: Edit, indent: str) -> Edit:
    if UNWRITABLE.search(edit.replacement):
        raise ValueError("a block can't hold its control characters: it needs double quotes")
    lines = [matched["line"] for matched in LINE.finditer(edit.replacement)]
    if all(line.startswith(indent) or not line.strip() for line in lines):
        return edit
    if is_numbered(text, leaf):
        raise ValueError("its header says how deep the lines are: write it by hand")
    if leaf.style == ">":
        raise ValueError("a folded block reads a line break as a blank: write it by hand")
    return Edit(edit.start, edit.end, quoting.BREAK.sub(newline_of(text) + indent, edit.replacement))


def _whole(tree: NodeTree, leaf: Node, edit: Edit, indent: str) -> Edit | None:
    """The edit that gives a block another text, where one does so; None where it changes a part of it."""
    text = tree.text
    content = leaf.first + len(text[leaf.first : leaf.last].rstrip())
    ended = quoting.BREAK.search(text, content, leaf.last)
    content = ended.start() if ended is not None else leaf.last
    value = edit.replacement
    if edit.start > leaf.first or edit.end < content or not value or leaf.first == content:
        return None
    if value.startswith(indent) and indent and all(m["line"].startswith(indent) for m in LINE.finditer(value.rstrip())):
        return None  # written text
    if not value.strip() or value[0] in " \t\r\n" or UNWRITABLE.search(value) or is_numbered(text, leaf):
        raise ValueError("a block can't hold it as it stands: write it by hand")
    body = value.rstrip("\n")
    if leaf.style == ">" and "\n" in body:
        raise ValueError("a folded block reads a line break as a blank: write it by hand")
    had, ends = (len(one) - len(one.rstrip("\n")) for one in (leaf.value, value))
    if ends != had:
        raise ValueError(f"the block ends with {had} line breaks, and the new text with {ends}")
    written = (newline_of(text) + indent).join(body.split("\n"))
    return Edit(leaf.first, content, indent + written)


def newline_of(text: str) -> str:
    matched = quoting.BREAK.search(text)
    return matched[0] if matched else "\n"
