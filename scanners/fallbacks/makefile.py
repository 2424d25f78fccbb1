"""Fallbacks in makefiles: `V ?= literal`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from offramp.document import Document
from offramp.vocabulary import Vocabulary
from scanners.fallbacks import Fallback, belongs

CONDITIONAL = re.compile(
    r"^(?:export[ \t]+)?(?P<name>[A-Za-z_]\w*)[ \t]*(?P<sign>\?=)[ \t]*(?P<value>[^\r\n#]*)", re.MULTILINE
)


def read(document: Document, vocabulary: Vocabulary) -> Iterator[Fallback]:
    for matched in CONDITIONAL.finditer(document.text):
        literal = matched["value"].strip()
        if "$" not in literal and belongs(matched["name"], literal, vocabulary):
            yield Fallback(
                "conditional", *matched.span("sign"), matched["name"], literal, matched.span(), matched.span("value")
            )
