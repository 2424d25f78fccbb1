"""Edits within scalars of YAML, written as their places demand: an edit says what a scalar is to mean.

    P: gradient         P: a: b         ->  P: "a: b"           plain scalars get quotes where they need them
    P: 'gradient'       P: 'it's'       ->  P: 'it''s'          quotes are doubled or escaped, as the style wants
    P: |                                                        lines that are added to a block get its indentation
      gradient

What needs nothing of it stays as it is. Each result is read again: a scalar that means another text than it was
given, or an entry that stands twice with two values, is refused. An edit of a part of a scalar that holds escapes, and
lines that already have their indentation, are taken for what they are: written text.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from offramp import duplicates
from offramp.document import Unparsable
from offramp.model import Edit, apply_edits
from offramp.syntax import block_scalars, quoting
from offramp.syntax.nodes import BLOCK_SCALARS, FLOW, SCALAR

if TYPE_CHECKING:
    from offramp.syntax.nodes import Node, NodeTree

Fitted = tuple[list[Edit], "str | None"]  # the edits, and what the scalar means then where that is known
QUOTES = ("'", '"')
KNOWN_TAGS = "tag:yaml.org,2002:"
TEXT_TAG = f"{KNOWN_TAGS}str"
LONGEST_KEY = 1_000  # characters; libyaml takes no longer keys without `?`
SURROGATES = re.compile(r"[\ud800-\udfff]")


def fit(tree: NodeTree, edits: Sequence[Edit], parse: Callable[[str], NodeTree]) -> list[Edit]:
    """The edits, with those inside of scalars written as the place demands.

    Raises:
        ValueError: a text can't be written where it should; the message says why.
    """
    inside: dict[Node, list[Edit]] = {}
    result: list[Edit] = []
    for edit in edits:
        leaf = _leaf(tree, edit)
        if leaf is None:
            result.append(edit)
        else:
            inside.setdefault(leaf, []).append(edit)
    kept = {leaf for edit in result if (leaf := _keeping(tree, edit)) is not None} - inside.keys()
    meant = [(leaf, leaf.value) for leaf in kept if not any(e.start < leaf.end and leaf.start < e.end for e in result)]
    if not inside and not meant:
        return list(edits)
    preferred = _preferred(tree)
    for leaf, own in inside.items():
        own.sort(key=lambda edit: (edit.start, edit.end))
        fitted, value = _fitted(tree, leaf, own, preferred)
        result += fitted
        meant += [(leaf, value)] if value is not None else []
    meant.sort(key=lambda pair: pair[0].start)
    result.sort(key=lambda edit: (edit.start, edit.end))
    _verify(tree, result, meant, parse)
    return result


def _leaf(tree: NodeTree, edit: Edit) -> Node | None:
    """The scalar that an edit lies in, between its quotes."""
    leaf = tree.leaf_at(edit.start)
    if leaf is None and edit.start:
        leaf = tree.leaf_at(edit.start - 1)  # added at its end
    if leaf is None or leaf.kind != SCALAR or not leaf.first <= edit.start <= edit.end <= leaf.last:
        return None
    if not tree.text[leaf.first : leaf.last].strip() and leaf.style not in QUOTES:
        raise ValueError("there is no text: write it by hand")
    if leaf.tag == "!":
        raise ValueError("its tag has no name, so that readers differ on what it is")
    beside = edit.start == edit.end and leaf.style in ("", *BLOCK_SCALARS) and edit.start in (leaf.first, leaf.last)
    return None if beside else leaf


def _keeping(tree: NodeTree, edit: Edit) -> Node | None:
    """A block scalar before what is deleted that would keep blank lines left over as its own: `|+`."""
    leaf = tree.leaf_before(edit.start) if not edit.replacement else None
    keeps = leaf is not None and leaf.style in BLOCK_SCALARS and "+" in tree.text[leaf.start : leaf.first]
    return leaf if keeps and leaf is not None and leaf.end <= edit.start else None


def _preferred(tree: NodeTree) -> Callable[[], str]:
    """The quotes that a text mostly has; asked only where some are needed."""

    def answer() -> str:
        count = Counter(leaf.style for leaf in tree.leaves)
        return "'" if count["'"] > count['"'] else '"'

    return answer


def _fitted(tree: NodeTree, leaf: Node, edits: list[Edit], preferred: Callable[[], str]) -> Fitted:
    if leaf.style in BLOCK_SCALARS:
        return block_scalars.fitted(tree, leaf, edits)
    text = tree.text
    raw = apply_edits(text[leaf.first : leaf.last], (_shifted(edit, -leaf.first) for edit in edits))
    if leaf.style == "":
        flow = leaf.parent is not None and leaf.parent.style == FLOW
        style = "" if _stays_plain(leaf, raw, edits, flow=flow) else preferred()
    else:
        style = leaf.style
    if any(quoting.ESCAPED.search(edit.replacement) and not _is_source(text, leaf, edit) for edit in edits):
        style = '"'
    if leaf.is_key and len(raw) > LONGEST_KEY:
        raise ValueError("it is too long for a key")
    return list(_rewritten(text, leaf, edits, style)), _meant(text, leaf, edits)


def _stays_plain(leaf: Node, raw: str, edits: Sequence[Edit], *, flow: bool) -> bool:
    """Whether the result can be left without quotes and is of the type that it was.

    Raises:
        ValueError: it was no text and would become something else that is none.
    """
    if any(quoting.BREAK.search(edit.replacement) for edit in edits) or not quoting.is_plain(raw, flow=flow):
        return False
    if leaf.tag and (leaf.tag == TEXT_TAG or not leaf.tag.startswith(KNOWN_TAGS)):
        return True
    value = quoting.meaning(raw, "")
    old, new = quoting.kind_of_plain(leaf.value), quoting.kind_of_plain(value)
    if old != "str" and new not in ("str", old):
        raise ValueError(f"'{raw[:40]}' would be read as {new}, and '{leaf.value[:40]}' is read as {old}")
    known = quoting.kind(value)
    return known == "str" or (old == new and quoting.kind(leaf.value) == known)


def _is_source(text: str, leaf: Node, edit: Edit) -> bool:
    """Whether an edit replaces a part of a written text, escapes and all, by such."""
    if (edit.start, edit.end) == (leaf.first, leaf.last):
        return False
    old = text[edit.start : edit.end]
    return ("\\" in old and leaf.style == '"') or ("''" in old and leaf.style == "'")


def _rewritten(text: str, leaf: Node, edits: Sequence[Edit], style: str) -> Iterator[Edit]:
    """The edits in the quotes that the scalar is to have, and what that takes around them."""
    changes: list[Edit] = []
    position = leaf.first
    for edit in edits:
        changes += quoting.requoted(text[position : edit.start], position, leaf.style, style)
        source = _is_source(text, leaf, edit) and style == leaf.style
        meaning = quoting.meaning(edit.replacement, leaf.style) if _is_source(text, leaf, edit) else edit.replacement
        changes.append(Edit(edit.start, edit.end, edit.replacement if source else quoting.written(meaning, style)))
        position = edit.end
    changes += quoting.requoted(text[position : leaf.last], position, leaf.style, style)
    if style != leaf.style:
        first, last = (leaf.first - 1, leaf.last) if leaf.style else (leaf.first, leaf.last)
        changes.insert(0, Edit(first, leaf.first, style))
        changes.append(Edit(last, last + len(leaf.style), style))
    return _joined(changes)


def _joined(edits: Sequence[Edit]) -> Iterator[Edit]:
    """The edits, those that touch made one."""
    pending = edits[0]
    for edit in edits[1:]:
        if edit.start > pending.end:
            yield pending
            pending = edit
        else:
            pending = Edit(pending.start, max(edit.end, pending.end), pending.replacement + edit.replacement)
    yield pending


def _meant(text: str, leaf: Node, edits: Sequence[Edit]) -> str:
    """What the scalar means once the edits are made."""
    parts: list[str] = []
    position = leaf.first
    for edit in edits:
        parts.append(quoting.meaning(text[position : edit.start], leaf.style))
        source = _is_source(text, leaf, edit)
        parts.append(quoting.meaning(edit.replacement, leaf.style) if source else edit.replacement)
        position = edit.end
    return "".join((*parts, quoting.meaning(text[position : leaf.last], leaf.style)))


def _shifted(edit: Edit, offset: int) -> Edit:
    return Edit(edit.start + offset, edit.end + offset, edit.replacement)


def _verify(
    tree: NodeTree,
    edits: Sequence[Edit],
    meant: Sequence[tuple[Node, str]],
    parse: Callable[[str], NodeTree],
) -> None:
    """Read the result, and see that every scalar means what it was given.

    Raises:
        ValueError: one does not, or a key stands twice.
    """
    try:
        after = parse(apply_edits(tree.text, edits))
    except Unparsable:
        return  # the check of the whole text says where
    shifts = _Shifts(edits)
    for leaf, value in meant:
        found = after.leaf_at(shifts(leaf.start))
        if found is None:
            continue
        if found.value != SURROGATES.sub("\ufffd", value):
            raise ValueError(f"'{value[:40]}' would be read as '{found.value[:40]}'")
        if found.is_key and leaf.value != found.value:
            _refuse_second(found)


def _refuse_second(key: Node) -> None:
    """Raise where the mapping of a renamed key has it twice, and both entries say something."""
    mapping = key.parent
    same = [] if mapping is None else [(k, v) for k, v in mapping.pairs() if k.value == key.value and k.kind == SCALAR]
    for one, other in itertools.pairwise(same):
        values = one[1], other[1]
        if all(v.kind == SCALAR for v in values) and duplicates.redundant(*(v.value for v in values)) is not None:
            continue
        raise ValueError(f"'{key.value[:40]}' is already there, with another value: keep one of them")


class _Shifts:
    """Where an offset of the text before edits lies after them."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        self.edits = list(edits)
        self.index = 0
        self.shift = 0

    def __call__(self, offset: int) -> int:
        """The new offset; to be asked in rising order."""
        while self.index < len(self.edits) and self.edits[self.index].end <= offset:
            edit = self.edits[self.index]
            if edit.start == edit.end == offset:
                break
            self.shift += len(edit.replacement) - (edit.end - edit.start)
            self.index += 1
        return offset + self.shift
