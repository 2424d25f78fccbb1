"""placeholder"""

from collections.abc import Iterator
from offramp.document import Document
from offramp.model import Finding
from offramp.vocabulary import Vocabulary


def find(document: Document, vocabulary: Vocabulary) -> Iterator[Finding]:
    yield from ()
