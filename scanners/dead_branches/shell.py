"""Guards in shell scripts: what stops when the retired provider is still selected.

if [ "$LLM_PROVIDER" = "gradient" ]; then echo "…" >&2; exit 1; fi
case "$LLM_PROVIDER" in gradient) echo "…"; exit 1 ;; esac
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from offramp.document import Document
from offramp.vocabulary import Vocabulary
from scanners.dead_branches import GUARD, KEEP, Dead

STOPS = r"(?:exit|return)[ \t]+[1-9]\d*"


def read(document: Document, vocabulary: Vocabulary) -> Iterator[Dead]:
    if vocabulary.migration.slug not in document.text:
        return
    slug, new = vocabulary.migration.slug, vocabulary.migration.new_slug
    word = rf"""(?P<slug>\b{re.escape(slug)}\b)"""
    bracket = rf"""\[\[?[^\n\]]*?\$\{{?\w+[^\n\]=!]*?==?[ \t]*["']?{word}["']?[ \t]*\]\]?[ \t]*"""
    patterns = (
        rf"\bif[ \t]+{bracket};?\s*then\b(?P<body>(?:(?!\b(?:fi|elif|else|then)\b).)*?{STOPS})\s*;?\s*fi\b",
        rf"""(?m:^[ \t]*\(?["']?{word}["']?\))(?P<body>(?:(?!;;).)*?{STOPS})\s*;;""",
        rf"""{bracket}&&[ \t]*(?:\{{[^}}]*?)?{STOPS}""",
    )
    for pattern in patterns:
        for matched in re.finditer(pattern, document.text, re.DOTALL):
            yield Dead(GUARD, *matched.span("slug"), new, stuck=KEEP)
