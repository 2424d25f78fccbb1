"""Fallbacks in batch files: what is set where a variable turns out to be empty.

if "%V%"=="" set V=literal
if not defined V (
    set "V=literal"
)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from offramp.document import Document
from offramp.vocabulary import Vocabulary
from scanners.fallbacks import Fallback, belongs

GUARDED = re.compile(
    r"""^[ \t]*@?(?P<mark>if)[ \t]+(?:(?:/i[ \t]+)?(?P<quote>["'\[(]?)[%!](?P<name>\w+)[%!]["'\])]?[ \t]*==[ \t]*
    (?:""|\'\'|\[\]|\(\))|not[ \t]+defined[ \t]+(?P<undefined>\w+))[ \t]*(?P<open>\([ \t]*(?:\r?\n)?)?
    [ \t]*(?P<body>@?set[ \t]+(?P<quoted>")?(?P<set>\w+)=(?P<value>[^"\r\n&|<>()%!]*)(?(quoted)"))[ \t]*
    (?(open)(?:\r?\n)?[ \t]*\)|(?=\r?\n|\Z))""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)


def read(document: Document, vocabulary: Vocabulary) -> Iterator[Fallback]:
    for matched in GUARDED.finditer(document.text):
        name, literal = matched["name"] or matched["undefined"], matched["value"].strip()
        if matched["set"].lower() == name.lower() and belongs(name, literal, vocabulary):
            yield Fallback("guarded", *matched.span("mark"), name, literal, matched.span("body"), matched.span("value"))
