"""Fallbacks in the expressions of workflows: `${{ vars.V || 'literal' }}`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from offramp.document import Document
from offramp.vocabulary import Vocabulary
from scanners.fallbacks import Fallback, belongs

EXPRESSION = re.compile(r"\$\{\{(?P<body>.*?)\}\}")
DEFAULT = re.compile(
    r"\b(?:vars|secrets|env|inputs|github\.event\.inputs)\.(?P<name>[\w-]+)\s*(?P<sign>\|\|)\s*'(?P<literal>[^']*)'\s*\)*\s*$"
)


def read(document: Document, vocabulary: Vocabulary) -> Iterator[Fallback]:
    for expression in EXPRESSION.finditer(document.text):
        matched = DEFAULT.search(document.text, expression.start("body"), expression.end("body"))
        if matched is not None and belongs(matched["name"], matched["literal"], vocabulary):
            name, value = matched["name"], matched.span("literal")
            yield Fallback("expression", *matched.span("sign"), name, matched["literal"], expression.span(), value)
