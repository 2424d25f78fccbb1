"""Fallbacks in shell parameter expansions, wherever they stand: scripts, compose files, Procfiles, RUN lines.

${V:-literal}    ${V-literal}    : "${V:=literal}"

In scripts also what is assigned where a variable turns out to be empty:

if [ -z "$V" ]; then V=literal; fi      [ -n "$V" ] || export V=literal
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from offramp.document import Document
from offramp.vocabulary import Vocabulary
from scanners.fallbacks import Fallback, belongs

if TYPE_CHECKING:
    from offramp.syntax.grammar import Node

# no expansion inside the literal: `${A:-$B}` is a chain of two settings, no literal
EXPANSION = re.compile(r"\$\$?\{(?P<name>[A-Za-z_]\w*)(?P<sign>:?[-=])(?P<literal>[^}$`\r\n]*)\}")
COMMENT = re.compile(r"\s*(?:#|//|;)")
VARIABLE = r"""["']?\$\{?(?P<name>[A-Za-z_]\w*)(?::?-)?\}?["']?"""
EMPTY = (
    re.compile(rf"(?:\[\[?|test)\s+(?:-z|!(?:\s+-n)?)\s+{VARIABLE}(?:\s+\]\]?)?"),
    re.compile(rf"(?:\[\[?|test)\s+{VARIABLE}\s+==?\s+(?:\"\"|'')(?:\s+\]\]?)?"),
)
FILLED = re.compile(rf"(?:\[\[?|test)\s+(?:-n\s+)?{VARIABLE}(?:\s+\]\]?)?")
LITERAL = re.compile(r"""\"[^"$`\\]*\"|'[^']*'|[\w./:@%+,-]+""")


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
    if document.kind == "shell":
        yield from _guarded(document, vocabulary)


def _guarded(document: Document, vocabulary: Vocabulary) -> Iterator[Fallback]:
    """The assignments that a test for an empty variable leads to."""
    from offramp.syntax.shell import Script

    tree = document.tree
    if not isinstance(tree, Script):
        return
    for node in tree.root.find_all("if_statement"):
        kinds = [child.kind for child in node.children]
        if "else_clause" in kinds or "elif_clause" in kinds or "then" not in kinds:
            continue
        then = kinds.index("then")
        condition = [child for child in node.children[1:then] if child.is_named]
        yield from _assigned(condition, "&&", node.children[then + 1 :], vocabulary)
    for node in tree.root.find_all("list"):
        if len(node.children) == 3:
            yield from _assigned(node.children[:1], node.children[1].kind, node.children[2:], vocabulary)


def _assigned(
    condition: Sequence[Node], joint: str, body: Sequence[Node], vocabulary: Vocabulary
) -> Iterator[Fallback]:
    patterns = {"&&": EMPTY, "||": (FILLED,)}.get(joint, ())
    tested = condition[0].text if len(condition) == 1 else ""
    name = next((matched["name"] for pattern in patterns if (matched := pattern.fullmatch(tested))), "")
    for node in body if name else ():
        assignments = [node, *node.named] if node.kind in ("declaration_command", "variable_assignment") else []
        found = next((a for a in assignments if a.kind == "variable_assignment"), None)
        variable, value = (found.field("name"), found.field("value")) if found is not None else (None, None)
        if variable is None or value is None or variable.text != name or not LITERAL.fullmatch(value.text):
            continue
        literal, start = value.text.strip("\"'"), condition[0].start
        if belongs(name, literal, vocabulary):
            yield Fallback("guarded", start, start + 1, name, literal, node.span, value.span)


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
