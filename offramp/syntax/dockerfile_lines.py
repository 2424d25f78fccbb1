"""The instructions of a Dockerfile and their words, as BuildKit reads them.

# escape=`                 the directive, on top only: what continues a line and escapes in a word
ENV A="b c" \\              goes on, over comments and blank lines, too
  # note
  D=e
ONBUILD ENV A=b            an ENV of the images that build upon this one
RUN <<EOF                  with all lines up to EOF; also several documents, `<<-`, quoted words
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

BREAK = r"(?:\r\n|\r|\n)"
LINE = re.compile(rf"[^\r\n]*(?:{BREAK}|\Z)")
DIRECTIVE = re.compile(rf"#[ \t]*([A-Za-z]+)[ \t]*=[ \t]*([^\r\n]*?)[ \t]*(?:{BREAK}|\Z)")
ASIDE = re.compile(r"[ \t]*(?:#|$|(?=[\r\n]))")
HEREDOC = re.compile(r"(?<![<\w\"'$(])\d*<<-?[ \t]*([\"']?)([A-Za-z_]\w*)\1(?![\w<])")
HAS_HEREDOCS = ("RUN", "COPY", "ADD")


@dataclasses.dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction; of an ONBUILD the one in it. `stage` counts the FROMs so far: 0 is in front of the first."""

    name: str
    start: int  # of its first line
    body: int  # where its arguments start, behind its flags
    end: int  # behind its last line's break, here-documents included
    logical_end: int  # behind the last line that is not of a here-document
    stage: int = 0
    onbuild: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Word:
    start: int
    end: int
    broken: bool  # it goes on over a line
    closed: bool  # its quotes are


def escape_of(text: str) -> str:
    """The escape character: that of the directive among the first lines, else the backslash."""
    position = 0
    while (matched := DIRECTIVE.match(text, position)) is not None:
        if matched[1].lower() == "escape" and matched[2] in ("`", "\\"):
            return matched[2]
        position = matched.end()
    return "\\"


def gap(escape: str) -> re.Pattern[str]:
    """Where a line goes on in the next one, with the comments and blank lines in between."""
    sign = re.escape(escape)
    return re.compile(rf"(?<!{sign}){sign}[ \t]*{BREAK}(?:[ \t]*(?:#[^\r\n]*)?{BREAK})*(?:[ \t]*#[^\r\n]*\Z)?")


def instructions(text: str, escape: str) -> Iterator[Instruction]:
    sign = re.escape(escape)
    between = rf"(?:[ \t]|{sign}[ \t]*{BREAK}(?:[ \t]*(?:#[^\r\n]*)?{BREAK})*)"
    head = re.compile(
        rf"[ \t]*(?P<onbuild>ONBUILD{between}+)?(?P<name>[A-Za-z]+)(?=[ \t]|{sign}|[\r\n]|\Z)"
        rf"(?:{between}+--[\w-]+(?:=(?:\"[^\"\r\n]*\"|[^\s\"])*)?(?=\s))*{between}*",
        re.IGNORECASE,
    )
    continued = re.compile(rf"(?:[^{sign}\r\n]|^){sign}[ \t]*\Z")
    position = stage = 0
    while position < len(text):
        line = LINE.match(text, position)
        following = line.end() if line else len(text)
        if ASIDE.match(text, position, following):
            position = max(following, position + 1)
            continue
        logical_end = _logical_end(text, position, continued)
        matched = head.match(text, position, logical_end)
        name = matched["name"].upper() if matched else ""
        end = _behind_heredocs(text, position, logical_end) if name in HAS_HEREDOCS else logical_end
        stage += name == "FROM"
        body = matched.end() if matched else position
        yield Instruction(name, position, body, end, logical_end, stage, bool(matched and matched["onbuild"]))
        position = max(end, position + 1)


def _logical_end(text: str, start: int, continued: re.Pattern[str]) -> int:
    position, goes_on = start, True
    while goes_on and position < len(text):
        line = LINE.match(text, position)
        end = line.end() if line else len(text)
        aside = position > start and ASIDE.match(text, position, end) is not None
        goes_on = aside or continued.search(text[position:end].rstrip("\r\n")) is not None
        position = end
    return position


def _behind_heredocs(text: str, start: int, position: int) -> int:
    for heredoc in HEREDOC.finditer(text[start:position]):
        close = re.compile(rf"^\t*{heredoc[2]}[ \t]*(?:{BREAK}|\Z)", re.MULTILINE).search(text, position)
        if close is not None:
            position = close.end()
    return position


def words(text: str, start: int, end: int, escape: str) -> list[Word]:
    """The words of an instruction, apart at blanks outside of quotes."""
    skip = gap(escape)
    found: list[Word] = []
    position = start
    while position < end:
        if text[position] in " \t\r\n":
            position += 1
        elif (between := skip.match(text, position, end)) is not None:
            position = between.end()
        else:
            found.append(_word(text, position, end, escape, skip))
            position = found[-1].end
    return found


def _word(text: str, start: int, end: int, escape: str, skip: re.Pattern[str]) -> Word:
    position, quote, broken = start, "", False
    while position < end:
        sign = text[position]
        if sign == escape and (between := skip.match(text, position, end)) is not None:
            if not quote and re.match(r"[ \t\r\n]|\Z", text[between.end() : end]):
                break  # the word ends with its line
            broken, position = True, between.end()
        elif sign == escape and quote != "'":
            position += 2
        elif quote:
            quote, position = ("" if sign == quote else quote), position + 1
        elif sign in " \t\r\n":
            break
        else:
            quote, position = (sign if sign in "\"'" else ""), position + 1
    return Word(start, min(position, end), broken, not quote)
