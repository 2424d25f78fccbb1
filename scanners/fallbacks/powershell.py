"""Fallbacks in PowerShell.

if (-not $env:V) { $env:V = "literal" }     statement
$env:V ?? "literal"                         expression
[string]$Model = 'literal'                  parameter
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from offramp.document import Document
from offramp.vocabulary import Vocabulary
from scanners.fallbacks import Fallback, belongs, is_known

LITERAL = r"(?P<value>\"[^\"$`\r\n]*\"|'[^'\r\n]*')"
STATEMENT = re.compile(
    r"(?P<mark>\bif)\s*\(\s*(?:-not\s+|!\s*)\$env:(?P<name>\w+)\s*\)\s*\{\s*(?P<body>\$env:(?P=name)\s*=\s*"
    + LITERAL
    + r")\s*;?\s*\}",
    re.IGNORECASE,
)
EXPRESSION = re.compile(r"\$env:(?P<name>\w+)\s*(?P<mark>\?\?)\s*(?P<body>" + LITERAL + ")", re.IGNORECASE)
PARAMETER = re.compile(r"\[string\]\s*\$(?P<name>\w+)\s*(?P<mark>=)\s*(?P<body>" + LITERAL + ")", re.IGNORECASE)


def read(document: Document, vocabulary: Vocabulary) -> Iterator[Fallback]:
    for shape, pattern in (("statement", STATEMENT), ("expression", EXPRESSION), ("parameter", PARAMETER)):
        for matched in pattern.finditer(document.text):
            literal, name = matched["value"][1:-1], matched["name"]
            line_start = document.text.rfind("\n", 0, matched.start()) + 1
            if document.text[line_start : matched.start()].lstrip().startswith("#"):
                continue
            env = shape != "parameter"
            if (belongs if env else _known)(name, literal, vocabulary):
                yield Fallback(
                    shape, *matched.span("mark"), name, literal, matched.span("body"), matched.span("value"), env
                )


def _known(name: str, literal: str, vocabulary: Vocabulary) -> bool:
    return is_known(literal, name, vocabulary)
