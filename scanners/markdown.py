"""References in Markdown, MDX, reStructuredText and AsciiDoc.

    Set `LLM_PROVIDER` to `gradient`         the value of a setting
    <div class="bg-gradient">                silent: attributes of tags are the page's look
    [the setup](docs/gradient-setup.md)      a path, when the file moves

Settings that one code fence holds twice are found as in a file of their own. Whether a document is about the
retired provider, and so left to a person as a whole, is for `offramp.subject` to say.
"""

from __future__ import annotations

from collections.abc import Iterator

from offramp.document import Document
from offramp.evidence import judge
from offramp.model import Finding, Match, Place, TermKind
from offramp.vocabulary import Vocabulary
from scanners import duplicates

NAMED_IN_TAGS = (TermKind.ENV, TermKind.URL, TermKind.MODEL, TermKind.PATH)


def scan(document: Document, vocabulary: Vocabulary) -> Iterator[Finding]:
    for match in vocabulary.find(document.text):
        place = document.tree.place(match.start, match.end)
        if not _is_markup(match, place) and (verdict := judge(document, match, place, vocabulary)) is not None:
            yield verdict
    yield from duplicates(document, vocabulary)


def _is_markup(match: Match, place: Place) -> bool:
    """Whether a match belongs to a tag itself: its name, a class, an id, a component's property."""
    return place.syntax == "in an HTML tag" and match.reading(*NAMED_IN_TAGS) is None
