"""Arms of `case` that only the retired provider needs, and guards: what stops when it is still selected.

case "$LLM_PROVIDER" in gradient) ask_old ;; openrouter) ask ;; esac

if [ "$LLM_PROVIDER" = "gradient" ]; then echo "…" >&2; exit 1; fi
case "$LLM_PROVIDER" in gradient) echo "…"; exit 1 ;; esac
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from offramp.document import Document
from offramp.evidence import names_provider, new_provider
from offramp.syntax import grammar
from offramp.vocabulary import Vocabulary
from scanners.dead_branches import GUARD, KEEP, Dead

if TYPE_CHECKING:
    from offramp.syntax.grammar import Node

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
    yield from _arms(document, vocabulary)


def _arms(document: Document, vocabulary: Vocabulary) -> Iterator[Dead]:
    """The arms of a `case` over a provider that has one for the successor as well."""
    from offramp.syntax.shell import Script

    tree, slug = document.tree, vocabulary.migration.slug
    for case in tree.root.find_all("case_statement") if isinstance(tree, Script) else ():
        subject = case.field("value")
        names = re.findall(r"\$\{?([A-Za-z_]\w*)", subject.text) if subject is not None else []
        if len(names) != 1 or not names_provider(names[0], vocabulary.migration.settings):
            continue
        new = new_provider(names[0], vocabulary.migration)
        arms = [(item, *_patterns(item)) for item in case.named if item.kind == "case_item"]
        if not any(new in patterns for _, patterns, _ in arms):
            continue
        for item, patterns, start in arms:
            if patterns != [slug]:
                continue
            outer = grammar.line_span(document.text, *item.span) if item.text.rstrip().endswith(";;") else None
            stuck = "" if outer else f"the branch shares its lines with others: remove it, as there is one for {new}"
            yield Dead("a branch", start, start + len(slug), new, (outer,) if outer else (), stuck=stuck)


def _patterns(item: Node) -> tuple[list[str], int]:
    """The words that lead to an arm, and where the first of them begins."""
    head = re.match(r"""\(?[ \t]*(?P<quote>["']?)(?P<list>[^)\r\n]*?)[ \t]*\)""", item.text)
    if head is None:
        return [], item.start
    return [word.strip(" \t\"'") for word in head["list"].split("|")], item.start + head.start("list")
