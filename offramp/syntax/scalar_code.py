r"""A scalar of YAML or JSON as the text that it means, with the way back to how it is written.

    run: |                        "echo a\necho b\n": the indentation is not a part of it
      echo a
      echo b
    args: ["echo \"$X\"\n"]       escapes are read, line breaks in folded scalars are blanks

A scalar whose meaning can't be made up like this is not followed: the outcome has to be what the parser says.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from offramp.syntax.embedded import Laid

if TYPE_CHECKING:
    from offramp.syntax.nodes import Node

BREAK = re.compile(r"\r\n|\r|\n")
FOLD = re.compile(r"[ \t]*(?:\r\n|\r|\n)[ \t]*")
ESCAPE = re.compile(
    r"\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\u[\da-fA-F]{4}|\\U[\da-fA-F]{8}|\\x[\da-fA-F]{2}|\\[^\r\n]"
)
SHORT = {"0": "\0", "a": "\a", "e": "\x1b", "v": "\v", " ": " ", "\t": "\t", "N": "\x85", "_": "\xa0"}
TWICE = re.compile(r"''")
DOLLARS = re.compile(r"\$\$")
# What fills in a text before its interpreter gets it: workflows, CircleCI, GitLab, Helm, Ansible, task runners
FILLED_IN = re.compile(
    r"\$\{\{.*?\}\}|\{\{.*?\}\}|\{%.*?%\}|\$\[\[.*?\]\]|<<[ \t]*(?:parameters|pipeline|matrix)\.[\w.]+[ \t]*>>",
    re.DOTALL,
)


def laid(text: str, leaf: Node, *, dollars: bool) -> Laid | None:
    """The code that a scalar is; None where its meaning can't be followed.

    `dollars`: `$$` means `$`, as in compose files.
    """
    found = Laid(text, leaf.first, leaf.last)
    if leaf.style in ("|", ">"):
        _block(found, leaf)
    else:
        _inline(found, leaf, dollars=dollars)
    meant = DOLLARS.sub("$", leaf.value) if dollars and leaf.style not in ("|", ">") else leaf.value
    return found if found.code.rstrip("\n") == meant.rstrip("\n") else None


def masked(code: str, quote: str = "") -> str:
    """The code with what is filled in masked by as many letters."""

    def mask(matched: re.Match[str]) -> str:
        text = matched[0]
        quoted = quote and code.count(quote, 0, matched.start()) % 2 == 0
        return quote + "x" * (len(text) - 2) + quote if quoted else re.sub(r"[^\r\n]", "x", text)

    return FILLED_IN.sub(mask, code) if "{" in code or "[[" in code or "<<" in code else code


def _block(found: Laid, leaf: Node) -> None:
    """The lines of a block scalar without their indentation; those of a folded one joined."""
    text = found.text
    spans: list[tuple[int, int, int]] = []  # start and end of a line, and the end of its break
    position = leaf.first
    while position < leaf.last:
        matched = BREAK.search(text, position, leaf.last)
        end, following = matched.span() if matched else (leaf.last, leaf.last)
        spans.append((position, end, following))
        position = following
    indent = _indent(text, spans, leaf.value)
    starts = [min(start + indent, end) for start, end, _ in spans]
    contents = [text[start:end] for start, (_, end, _) in zip(starts, spans, strict=True)]
    for number, (start, (_, end, following)) in enumerate(zip(starts, spans, strict=True)):
        meaning = "\n" if leaf.style == "|" else _folded(contents, number)
        if meaning == "\n" and text[end:following] == "\n":
            found.add(start, following)
        else:
            found.add(start, end)
            found.add(end, following, meaning)


def _indent(text: str, spans: list[tuple[int, int, int]], value: str) -> int:
    first = next((text[start:end] for start, end, _ in spans if text[start:end].strip(" ")), "")
    meant = next((line for line in value.split("\n") if line.strip(" ")), "")
    return (len(first) - len(first.lstrip(" "))) - (len(meant) - len(meant.lstrip(" ")))


def _folded(contents: list[str], number: int) -> str:
    """What the line break behind a line of a folded scalar means."""
    following = next((n for n in range(number + 1, len(contents)) if contents[n]), None)
    before = next((n for n in range(number, -1, -1) if contents[n]), None)
    if following is None or before is None:
        return "\n"
    if contents[following][0] in " \t" or contents[before][0] in " \t":
        return "\n"
    if following == before + 1:
        return " "
    return "" if number == before else "\n"


def _inline(found: Laid, leaf: Node, *, dollars: bool) -> None:
    text = found.text
    patterns = [FOLD]
    if leaf.style == '"':
        patterns.append(ESCAPE)
    if leaf.style == "'":
        patterns.append(TWICE)
    if dollars:
        patterns.append(DOLLARS)
    special = re.compile("|".join(f"(?:{pattern.pattern})" for pattern in patterns))
    position = leaf.first
    for matched in special.finditer(text, leaf.first, leaf.last):
        found.add(position, matched.start())
        found.add(*matched.span(), _meaning(matched[0]))
        position = matched.end()
    found.add(position, leaf.last)


def _meaning(written: str) -> str:
    if written in ("''", "$$"):
        return written[0]
    if written[0] != "\\":
        return " "
    if written[1] in SHORT:
        return SHORT[written[1]]
    if written[1] in "xU":
        return chr(int(written[2:], 16))
    try:
        return str(json.loads(f'"{written}"'))
    except ValueError:
        return written
