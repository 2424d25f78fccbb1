"""Strings and comments of PowerShell, and how a value is written in each.

    'old'        'it''s'               a quote is doubled
    "old"        "costs `$5"           what would be read in it gets a backtick
    @'…'@ @"…"@                        here-strings: the former as it is, the latter as in double quotes
    run -p old   run -p 'new value'    a bare argument gets quotes

An edit inside a string means its value; one that takes the quotes along is source text, and stays.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import NamedTuple

from offramp.model import Edit

OPENING = re.compile(
    r"""<\#|@"[ \t]*(?=\r?\n|\r)|@'[ \t]*(?=\r?\n|\r)|["'“”„‘’‚‛]|(?<![\w`$?])\#|`.|\(|\)""", re.DOTALL
)
INSIDE = re.compile(r"`.|\$\(|[\"“”„]{2}|[\"“”„]", re.DOTALL)
SINGLE = re.compile(r"(?:['‘’‚‛]{2}|[^'‘’‚‛])*['‘’‚‛]")
SIMPLE = re.compile(r"[\w./:@%+=-]*")
NAME = re.compile(r"\w+")
ARGUMENT = re.compile(r"[\w./:@%+=\\-]+")
DEEPEST = 40  # expressions in strings in expressions


class Token(NamedTuple):
    kind: str  # comment, remark (<# #>), single, double, here (literal), here_double
    start: int
    end: int
    closed: bool = True

    @property
    def inner(self) -> tuple[int, int]:
        """The span without the quotes and, of a here-string, the line breaks that belong to them."""
        head, tail = {"comment": (1, 0), "remark": (2, 2), "single": (1, 1), "double": (1, 1)}.get(self.kind, (2, 2))
        return self.start + head, max(self.end - tail, self.start + head)


def tokens(text: str) -> list[Token]:
    """The strings and comments of a script, those in the expressions of strings included, by where they start."""
    return sorted(_code(text, 0, len(text), 0)[0], key=lambda token: token.start)


def _code(text: str, position: int, end: int, depth: int) -> tuple[list[Token], int]:
    """The tokens of code; inside a string (depth > 0) up to the bracket that ends the expression."""
    found: list[Token] = []
    brackets = 0
    while (matched := OPENING.search(text, position, end)) is not None:
        mark, start = matched[0], matched.start()
        position = matched.end()
        if mark == "(":
            brackets += 1
        elif mark == ")":
            brackets -= 1
            if depth and brackets < 0:
                return found, position
        elif mark[0] != "`":
            inside, position = _token(text, mark, start, end, depth)
            found += inside
    return found, end


def _token(text: str, mark: str, start: int, end: int, depth: int) -> tuple[list[Token], int]:
    if mark == "#":
        line = re.compile(r"[^\r\n]*").match(text, start)
        stop = line.end() if line else end
        return [Token("comment", start, stop)], stop
    if mark == "<#":
        closed = text.find("#>", start + 2)
        stop = closed + 2 if closed >= 0 else end
        return [Token("remark", start, stop, closed >= 0)], stop
    if mark[0] == "@":
        closing = re.compile(rf"(?:\r\n|\r|\n){mark[1]}@").search(text, start + 2)
        stop = closing.end() if closing else end
        return [Token("here" if mark[1] == "'" else "here_double", start, stop, closing is not None)], stop
    if mark in "'‘’‚‛":
        matched = SINGLE.match(text, start + 1)
        stop = matched.end() if matched else end
        return [Token("single", start, stop, matched is not None)], stop
    return _double(text, start, end, depth)


def _double(text: str, start: int, end: int, depth: int) -> tuple[list[Token], int]:
    found: list[Token] = []
    position = start + 1
    while (matched := INSIDE.search(text, position, end)) is not None:
        position = matched.end()
        if matched[0] == "$(" and depth < DEEPEST:
            inside, position = _code(text, position, end, depth + 1)
            found += inside
        elif matched[0] in ('"', "“", "”", "„"):
            return [Token("double", start, position), *found], position
    return [Token("double", start, end, closed=False), *found], end


def holding(found: list[Token], start: int, end: int) -> Token | None:
    """The innermost of them that holds a span."""
    around = [token for token in found if token.start <= start and end <= token.end and start < token.end]
    return max(around, key=lambda token: token.start, default=None)


def fit(text: str, edits: list[Edit]) -> list[Edit]:
    """The edits as PowerShell demands them.

    Raises:
        ValueError: a text can't be written where it should.
    """
    if all(SIMPLE.fullmatch(edit.replacement) for edit in edits):
        return edits
    found = tokens(text)
    return [_fitted(text, found, edit) if edit.replacement else edit for edit in edits]


def _fitted(text: str, found: list[Token], edit: Edit) -> Edit:
    token = holding(found, edit.start, edit.end)
    if token is None:
        return _bare(text, found, edit)
    start, end = token.inner
    if edit.start < start or edit.end > end or (edit.start == edit.end == token.end):
        return edit
    if token.kind == "double" and _in_expression(text[start : edit.start]):
        return _bare(text, found, edit)
    return dataclasses.replace(edit, replacement=_written(token.kind, edit.replacement))


def _in_expression(before: str) -> bool:
    """Whether code of a string's own begins before a place, and does not end before it."""
    opened = before.rfind("$(")
    return opened >= 0 and before.count("(", opened) > before.count(")", opened)


def _written(kind: str, value: str) -> str:
    if kind == "single":
        return re.sub(r"['‘’‚‛]", r"\g<0>\g<0>", value)
    if kind == "double":
        return re.sub(r"[`$\"“”„]", r"`\g<0>", value)
    if kind == "comment" and re.search(r"[\r\n]", value):
        raise ValueError("a comment can't hold a line break: reword it by hand")
    if kind == "remark" and "#>" in value:
        raise ValueError("'#>' would end the comment: reword it by hand")
    if kind in ("here", "here_double") and re.search(r"(?m)^['\"]@", value):
        raise ValueError("a line of the value would end the here-string: write it by hand")
    return re.sub(r"[`$]", r"`\g<0>", value) if kind == "here_double" else value


def _bare(text: str, found: list[Token], edit: Edit) -> Edit:
    """A name or an argument without quotes."""
    before = text[max(0, edit.start - 10) : edit.start]
    if re.search(r"(?i)(?:\$\{?|env:[\\/]?)$", before) and not NAME.fullmatch(edit.replacement):
        raise ValueError(f"no variable can be called {edit.replacement}: choose another name")
    word = ARGUMENT.fullmatch(text, edit.start, edit.end)
    alone = before[-1:] in (" ", "\t") and text[edit.end : edit.end + 1] in (" ", "\t", "\r", "\n", "", ";", ")", "|")
    first = not text[text.rfind("\n", 0, edit.start) + 1 : edit.start].strip()
    if word is None or not alone or first or SIMPLE.fullmatch(edit.replacement):
        return edit
    return dataclasses.replace(edit, replacement=quoted(edit.replacement))


def quoted(value: str) -> str:
    return f"'{_written('single', value)}'"


def open_brackets(text: str) -> bool:
    """Whether a statement goes on, because a bracket of it is not closed or it ends in a backtick or an operator."""
    bare = "".join(code(text))
    return any(bare.count(a) != bare.count(b) for a, b in ("()", "{}", "[]")) or bare.rstrip().endswith(
        ("`", "+", "|", ",")
    )


def code(text: str) -> Iterator[str]:
    """The text without its strings and comments."""
    position = 0
    for token in tokens(text):
        if token.start >= position:
            yield text[position : token.start]
            position = token.end
    yield text[position:]
