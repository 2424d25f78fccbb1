"""Fallbacks in shell parameter expansions, wherever they stand: scripts, compose files, Procfiles, RUN lines.

${V:-literal}    ${V-literal}    : "${V:=literal}"
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from offramp.document import Document
from offramp.vocabulary import Vocabulary
from scanners.fallbacks import Fallback, belongs

# no expansion inside the literal: `${A:-$B}` is a chain of two settings, no literal
EXPANSION = re.compile(r"\$\$?\{(?P<name>[A-Za-z_]\w*)(?P<sign>:?[-=])(?P<literal>[^}$`\r\n]*)\}")
COMMENT = re.compile(r"\s*(?:#|//|;)")


def read(document: Document, vocabulary: Vocabulary) -> Iterator[Fallback]:
    text = document.text
    for matched in EXPANSION.finditer(text):
        literal = matched["literal"].strip("\"'")
        if not belongs(matched["name"], literal, vocabulary) or _is_comment(text, matched.start()):
            continue
        shape = "escaped" if matched[0].startswith("$$") else "assigned" if "=" in matched["sign"] else "expansion"
        if document.kind == "shell" and _in_single_quotes(document, matched.start()):
            shape = "quoted"
        start, end = matched.span("sign")
        yield Fallback(shape, start, end, matched["name"], literal, matched.span(), matched.span("literal"))


def _is_comment(text: str, start: int) -> bool:
    line_start = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    return COMMENT.match(text, line_start, start) is not None


def _in_single_quotes(document: Document, start: int) -> bool:
    """Whether the shell leaves the expansion to someone else, who is given it as text."""
    from offramp.syntax.shell import Script

    tree = document.tree
    if not isinstance(tree, Script):
        return False
    node = tree.root.at(start, start + 2)
    return node.above("raw_string") is not None or (
        node.above("heredoc_body") is not None and node.above("expansion") is None
    )
