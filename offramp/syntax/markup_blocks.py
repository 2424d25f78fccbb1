"""The blocks of a marked-up document: code in its language, comments, headings, front matter.

    ```python  …  ```             Markdown, with or without indentation and `>`
    .. code-block:: python        reStructuredText; also `::` and doctests
    [source,python] ---- … ----   AsciiDoc

One pass over the lines, no nesting but for what a fence holds. What is no block is prose.
"""

from __future__ import annotations

import bisect
import dataclasses
import re
from collections.abc import Iterator, Sequence

from offramp.syntax.fences import Block, Line, language_of, lines_of

FENCE = re.compile(
    r"(?P<prefix>[ \t]*(?:>[ \t]?)*(?:(?:[-*+]|\d+[.)])[ \t]+)?[ \t]*)(?P<mark>`{3,}|~{3,})[ \t]*(?P<info>[^`\r\n]*)$"
)
ATX = re.compile(r"[ \t]{0,3}#{1,6}(?:[ \t]+|$)")
SETEXT = re.compile(r"[ \t]{0,3}(?:=+|-{2,})[ \t]*$")
RULED = re.compile(r"([!-/:-@\[-`{-~])\1{2,}[ \t]*$")
DIRECTIVE = re.compile(r"(?P<indent>[ \t]*)\.\.[ \t]+(?:(?P<name>[\w:+-]+)::(?:[ \t]+(?P<argument>.*))?)?")
CODE_DIRECTIVES = (
    "code-block",
    "code",
    "sourcecode",
    "prompt",
    "parsed-literal",
    "highlight",
    "tab",
    "doctest",
    "testcode",
)
ASCIIDOC_FENCE = re.compile(r"(-{4,}|\.{4,}|`{3,}|/{4,})[ \t]*(\w*)[ \t]*$")
ASCIIDOC_SOURCE = re.compile(r"\[(?:source|,)\s*,?\s*([\w+-]*)")
ESM = re.compile(r"(?:import|export)\b.*(?:['\"];?|[{(=\[,])\s*$")
BULLET = re.compile(r"[ \t]*(?:[-*+]|\d+[.)]|#\.)[ \t]+")


def dialect_of(path: str) -> str:
    suffix = path.rpartition(".")[2].lower()
    return {"rst": "rest", "adoc": "asciidoc", "mdx": "mdx"}.get(suffix, "markdown")


def blocks_of(text: str, dialect: str) -> list[Block]:
    """The blocks of a document, in order, none overlapping another."""
    lines = lines_of(text)
    read = {"rest": _rest, "asciidoc": _asciidoc}.get(dialect, _markdown)
    first = _front_matter(lines)
    found = [first] if first else []
    skip = sum(line.start < first.end for line in lines) + 1 if first else 0
    found += read(lines, skip, dialect)
    return found


def _front_matter(lines: Sequence[Line]) -> Block | None:
    mark = lines[0].text.rstrip() if lines else ""
    if mark not in ("---", "+++"):
        return None
    for line in lines[1:]:
        if line.text.rstrip() in (mark, "..."):
            if line.start == lines[0].end or not re.match(r"[\w\"'#-]", lines[1].text):
                return None
            return Block(lines[0].end, line.start, "front matter", "yaml" if mark == "---" else "toml")
    return None


def _markdown(lines: Sequence[Line], index: int, dialect: str) -> Iterator[Block]:
    opening, closing = ("{/*", "*/}") if dialect == "mdx" else ("<!--", "-->")
    closed = max((number for number, line in enumerate(lines) if closing in line.text), default=-1)
    listing = False  # an open list: what is indented below it goes on with it
    while index < len(lines):
        line = lines[index]
        if (matched := FENCE.match(line.text)) is not None:
            last = _closing(lines, index + 1, matched["mark"])
            language, hint = language_of(matched["info"])
            code = _code(lines, index + 1, last, language, hint, matched["prefix"].count(">"))
            yield dataclasses.replace(code, fence=True)
            index = last + 1
        elif opening in line.text and index <= closed:
            index, comments = _comments(lines, index, opening, closing)
            yield from comments
            index += 1
        elif dialect == "mdx" and ESM.match(line.text):
            last = _until_blank(lines, index)
            yield _code(lines, index, last, "javascript", "tsx")
            index = last
        elif ATX.match(line.text):
            yield Block(line.start, line.end, "heading")
            listing = False
            index += 1
        elif index + 1 < len(lines) and _is_setext(lines, index):
            yield Block(line.start, lines[index + 1].end, "heading")
            listing = False
            index += 2
        elif not listing and _is_indented(lines, index):
            last = _dedented(lines, index, 4)
            yield _code(lines, index, last, "text", "")
            index = last
        else:
            if not line.blank and (line.indent == 0 or BULLET.match(line.text)):
                listing = BULLET.match(line.text) is not None
            index += 1


def _closing(lines: Sequence[Line], index: int, mark: str) -> int:
    """The line that closes a fence; without one the fence runs to the end."""
    while index < len(lines):
        text = re.sub(r"^[ \t]*(?:>[ \t]?)*[ \t]*", "", lines[index].text).rstrip()
        if len(text) >= len(mark) and not text.strip(mark[0]):
            return index
        index += 1
    return index


def _comments(lines: Sequence[Line], index: int, opening: str, closing: str) -> tuple[int, list[Block]]:
    """The line where the last of the comments ends that begin on a line, and these."""
    found = []
    position = lines[index].text.find(opening)
    while position >= 0:
        start = lines[index].start + position
        position = lines[index].text.find(closing, position + len(opening))
        while position < 0 and index + 1 < len(lines):
            index += 1
            position = lines[index].text.find(closing)
        line = lines[index]
        end = line.start + position + len(closing) if position >= 0 else line.end
        found.append(Block(start, end, "comment"))
        position = line.text.find(opening, position + len(closing)) if position >= 0 else -1
    return index, found


def _until_blank(lines: Sequence[Line], index: int) -> int:
    while index < len(lines) and not lines[index].blank:
        index += 1
    return index


def _is_setext(lines: Sequence[Line], index: int) -> bool:
    line = lines[index]
    if line.blank or not SETEXT.match(lines[index + 1].text) or (index and not lines[index - 1].blank):
        return False
    return not re.match(r"[ \t]*(?:[-*+>|]|\d+[.)])", line.text)


def _is_indented(lines: Sequence[Line], index: int) -> bool:
    """Whether a line is indented by four after a blank one."""
    line = lines[index]
    return not line.blank and re.match(r" {4}|\t", line.text) is not None and (not index or lines[index - 1].blank)


def _dedented(lines: Sequence[Line], index: int, indent: int) -> int:
    """The first line after `index` that is indented less, trailing blank lines not counted."""
    last = index
    while index < len(lines) and (lines[index].blank or lines[index].indent >= indent or lines[index].text[:1] == "\t"):
        if not lines[index].blank:
            last = index + 1
        index += 1
    return last


def _code(lines: Sequence[Line], first: int, last: int, language: str, hint: str, depth: int = 0) -> Block:
    """The block of lines [first, last), with the indentation and the `depth` quote marks that they have in common."""
    inside = [line for line in lines[first:last] if line.text.strip(" \t>" if depth else None)]
    end = lines[last - 1].end if last > first else (lines[first].start if first < len(lines) else lines[-1].end)
    start = lines[first].start if first < len(lines) else end
    led = re.compile(rf"(?:[ \t]*>[ \t]?){{0,{depth}}}[ \t]*")
    quotes = [led.match(line.text) for line in inside]
    prefixes = [matched[0] for matched in quotes if matched is not None]
    common = prefixes[0] if prefixes else ""
    for prefix in prefixes:
        while not prefix.startswith(common):
            common = common[:-1]
    return Block(start, end, "code", language, common, hint)


def _rest(lines: Sequence[Line], index: int, dialect: str) -> Iterator[Block]:
    while index < len(lines):
        line = lines[index]
        if (matched := DIRECTIVE.match(line.text)) is not None:
            last = _dedented(lines, index + 1, len(matched["indent"]) + 1)
            if matched["name"] in CODE_DIRECTIVES:
                first = index + 1
                while first < last and (lines[first].blank or re.match(r"\s+:[\w-]+:", lines[first].text)):
                    first += 1
                language, hint = language_of(matched["argument"] or ("python" if "test" in matched["name"] else ""))
                yield _code(lines, first, last, language, hint)
                index = max(last, index + 1)
            elif matched["name"] is None and not re.match(r"\s*\.\.[ \t]+[\[_|]", line.text):
                end = max(last, index + 1)
                yield Block(line.start, lines[end - 1].end, "comment")
                index = end
            else:
                index += 1
        elif line.text.lstrip().startswith(">>> "):
            last = _until_blank(lines, index)
            yield _code(lines, index, last, "text", "pycon")
            index = last
        elif (
            index + 1 < len(lines)
            and not line.blank
            and RULED.match(lines[index + 1].text)
            and not RULED.match(line.text)
        ):
            yield Block(line.start, lines[index + 1].end, "heading")
            index += 2
        elif line.text.rstrip().endswith("::") and index + 1 < len(lines):
            first = index + 1
            while first < len(lines) and lines[first].blank:
                first += 1
            last = _dedented(lines, first, line.indent + 1)
            if first < last <= len(lines) and lines[first].indent > line.indent:
                yield _code(lines, first, last, "text", "")
                index = last
            else:
                index += 1
        else:
            index += 1


def _asciidoc(lines: Sequence[Line], index: int, dialect: str) -> Iterator[Block]:
    language, hint = "text", ""
    while index < len(lines):
        line = lines[index]
        if (matched := ASCIIDOC_SOURCE.match(line.text)) is not None:
            language, hint = language_of(matched[1])
            index += 1
        elif (matched := ASCIIDOC_FENCE.match(line.text)) is not None:
            last = index + 1
            while last < len(lines) and lines[last].text.rstrip() != matched[1]:
                last += 1
            if matched[1][0] == "/":
                yield Block(line.start, lines[min(last, len(lines) - 1)].end, "comment")
            else:
                if matched[2]:
                    language, hint = language_of(matched[2])
                yield _code(lines, index + 1, last, language, hint)
            language, hint = "text", ""
            index = last + 1
        elif line.text.startswith("//"):
            yield Block(line.start, line.end, "comment")
            index += 1
        elif re.match(r"=+[ \t]", line.text):
            yield Block(line.start, line.end, "heading")
            index += 1
        else:
            index += 1


def passages_of(text: str, blocks: Sequence[Block], dialect: str) -> list[tuple[str, int, int]]:
    """("heading" or "text", start, end) of everything that a person reads as sentences, in order."""
    passages = [("heading", block.start, block.end) for block in blocks if block.kind == "heading"]
    starts = [block.start for block in blocks]
    current: tuple[int, int] | None = None
    for line in [*lines_of(text), Line(len(text), len(text), "")]:
        index = bisect.bisect_right(starts, line.start) - 1
        outside = index < 0 or line.start >= blocks[index].end
        goes_on = outside and not line.blank and not BULLET.match(line.text) and not line.text.lstrip().startswith("|")
        if current is not None and not goes_on:
            passages.append(("text", *current))
            current = None
        if outside and not line.blank and not line.text.lstrip().startswith(("|", "```", "~~~", "---", "+++")):
            current = (current[0] if current else line.start, line.end)
    return sorted(passages, key=lambda passage: passage[1])
