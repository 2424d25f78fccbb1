"""Fallbacks in PowerShell.

if (-not $env:V) { $env:V = "literal" }                        statement
$v = if ($env:V) { $env:V } else { "literal" }                 otherwise
$env:V ?? "literal"                                            expression
[string]$Model = 'literal'                                     parameter
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from offramp.document import Document
from offramp.vocabulary import Vocabulary
from scanners.fallbacks import Fallback, belongs, is_known

LITERAL = r"(?P<value>\"[^\"$`\r\n]*\"|'[^'\r\n]*')"
MISSING = (  # the ways of asking whether a variable is empty
    r"(?:-not\s+|!\s*)\(?(?:Test-Path\s+[\"']?env:[\\/]?|\$\{?env:)(?P<name>\w+)\}?[\"']?\)?"
    r"|\[string\]::IsNullOr(?:Empty|WhiteSpace)\(\$env:(?P<name2>\w+)\)"
    r"|\$null\s+-eq\s+\$env:(?P<name3>\w+)|\$env:(?P<name4>\w+)\s+-eq\s+\$null"
)
STATEMENT = re.compile(
    rf"(?P<mark>\bif)\s*\(\s*(?:{MISSING})\s*\)\s*\{{\s*(?P<body>\$env:(?P<set>\w+)\s*=\s*" + LITERAL + r")\s*;?\s*\}",
    re.IGNORECASE,
)
OTHERWISE = re.compile(
    r"\bif\s*\(\s*\$env:(?P<name>\w+)\s*\)\s*\{\s*\$env:(?P<set>\w+)\s*\}\s*(?P<mark>else)\s*\{\s*(?P<body>"
    + LITERAL
    + r")\s*\}",
    re.IGNORECASE,
)
EXPRESSION = re.compile(r"\$env:(?P<name>\w+)\s*(?P<mark>\?\?)\s*(?P<body>" + LITERAL + ")", re.IGNORECASE)
PARAMETER = re.compile(r"\[string\]\s*\$(?P<name>\w+)\s*(?P<mark>=)\s*(?P<body>" + LITERAL + ")", re.IGNORECASE)
FORMS = {"statement": STATEMENT, "otherwise": OTHERWISE, "expression": EXPRESSION, "parameter": PARAMETER}
NAMES = ("name", "name2", "name3", "name4")


def read(document: Document, vocabulary: Vocabulary) -> Iterator[Fallback]:
    for shape, pattern in FORMS.items():
        for matched in pattern.finditer(document.text):
            groups = matched.groupdict()
            literal, name = matched["value"][1:-1], next(filter(None, map(groups.get, NAMES)))
            if (groups.get("set") or name).lower() != name.lower():
                continue
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
