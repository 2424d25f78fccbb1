"""What a document is about. Replacing the name in one that is about the retired provider would make it false.

    # Setting up Gradient AI         the title names it
    docs/gradient-setup.md           the file's name does
    4 of 6 paragraphs name it        most of the text does

Such a document is refused as a whole, its settings, URLs and models included: half of it rewritten would be a lie.
The title of a README, an index or a list of settings may name what the folder needs; there the share of the paragraphs
and headings has to agree. Guides from the old provider to the new one are about both, and so refused as well.
"""

from __future__ import annotations

import bisect
import re

from offramp.document import Document
from offramp.model import Match, Role, TermKind
from offramp.syntax.markdown import Markup
from offramp.vocabulary import Vocabulary

REASON = "the document is about the retired provider: archive or rewrite it"
GENERAL = re.compile(
    r"(?i)(readme|index|_index|home|summary|contributing|overview|configuration|settings|faq|agents|claude)(\.[\w-]+)*$"
)
NAMING = (TermKind.NAME, TermKind.PROVIDER)
PROVING = (*NAMING, TermKind.ENV, TermKind.URL, TermKind.MODEL, TermKind.MODULE)
MUCH = 0.1  # of both, where the title names it, too: measured on real READMEs, others stay below 0.06
MOST = 0.5  # of the paragraphs, or of the headings
ENOUGH = 3  # fewer passages say little


def about(document: Document, vocabulary: Vocabulary) -> str | None:
    """Why a document has to be rewritten as a whole, or None."""
    if document.kind != "markdown" or not isinstance(document.tree, Markup):
        return None
    markup = document.tree
    homonym = vocabulary.has_homonym(document.text)
    matches = vocabulary.find(document.text, paths=False)
    named = [match.start for match in matches if _names(match, markup, exact=homonym)]
    base = document.path.rpartition("/")[2]
    titled = markup.title is not None and _within(named, *markup.title)
    if titled and (not GENERAL.fullmatch(base) or _share(markup, named) > MUCH):
        return REASON
    meant = not GENERAL.fullmatch(base) and not homonym and any(match.reading(*PROVING) for match in matches)
    if meant and vocabulary.find(base, paths=False):
        return REASON
    return REASON if _mostly(markup, named) else None


def _names(match: Match, markup: Markup, *, exact: bool) -> bool:
    term = match.reading(*NAMING)
    if term is None or (exact and not (term.kind is TermKind.NAME and term.exact)):
        return False
    place = markup.place(match.start, match.end)
    return place.role is Role.PROSE and place.syntax in ("text", "a heading")


def _within(offsets: list[int], start: int, end: int) -> bool:
    index = bisect.bisect_left(offsets, start)
    return index < len(offsets) and offsets[index] < end


def _share(markup: Markup, named: list[int]) -> float:
    """The share of all headings and paragraphs that name it."""
    return sum(_within(named, start, end) for _, start, end in markup.passages) / max(len(markup.passages), 1)


def _mostly(markup: Markup, named: list[int]) -> bool:
    for kind in ("heading", "text"):
        passages = [_within(named, start, end) for what, start, end in markup.passages if what == kind]
        if sum(passages) >= ENOUGH and sum(passages) > MOST * len(passages):
            return True
    return False
