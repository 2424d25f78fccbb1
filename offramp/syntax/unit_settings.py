"""Settings of services that share a line: in systemd units and in supervisor's programs.

Environment="A=b c" C=d          words; quotes stand around the whole assignment
environment=A="b c",C="d"        parts between commas; quotes stand around the value
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence

from offramp.model import Edit, Entry, apply_edits

LOGICAL = re.compile(r"(?:\\(?:\r\n|\r|\n)|[^\r\n])*")
BEGINS = re.compile(r"[ \t]*=(?:[ \t]|\\(?:\r\n|\r|\n))*")
WORD = re.compile(
    r"""(?P<q>["'])?(?P<key>[A-Za-z_]\w*)=(?P<value>(?(q)(?:\\.|(?!(?P=q))[^\\\r\n])*|(?:\\[^\r\n]|[^\s\\])*))
    (?(q)(?P=q))(?=\s|\\[\r\n]|\Z)""",
    re.VERBOSE,
)
PART = re.compile(
    r"""(?P<key>[A-Za-z_]\w*)=(?P<q>["'])?(?P<value>(?(q)[^"'\r\n]*|[^,\s]*))(?(q)(?P=q))(?=[ \t]*(?:,|[\r\n]|\Z))"""
)
GAP = re.compile(r"(?:[ \t]|\\(?:\r\n|\r|\n))+")
COMMA = re.compile(r"[ \t]*,[ \t]*")
HARMLESS = re.compile(r"[\w./:@+=-]*")


@dataclasses.dataclass(frozen=True, slots=True)
class Setting:
    """One assignment of such a line: its whole text with quotes, its name, its value."""

    whole: tuple[int, int]
    key: tuple[int, int]
    value: tuple[int, int]
    quote: str
    by_comma: bool


def settings(text: str, entry: Entry) -> list[Setting]:
    """The assignments of an entry of a unit or a program, none where it is written otherwise."""
    begins = BEGINS.match(text, entry.key_end)
    if begins is None or entry.key not in ("Environment", "environment"):
        return []
    line = LOGICAL.match(text, begins.end())
    end = line.end() if line is not None else entry.value_end
    by_comma = entry.key == "environment"
    pattern, between = (PART, COMMA) if by_comma else (WORD, GAP)
    found: list[Setting] = []
    position = begins.end()
    while position < end and (matched := pattern.match(text, position, end)) is not None:
        found.append(Setting(matched.span(), matched.span("key"), matched.span("value"), matched["q"] or "", by_comma))
        gap = between.match(text, matched.end(), end)
        position = gap.end() if gap is not None else matched.end()
        if gap is None:
            break
    return found if not text[position:end].strip() else []


def entries(text: str, entry: Entry) -> Iterator[Entry]:
    """An entry for each assignment; with the last one the line goes."""
    found = settings(text, entry)
    for index, one in enumerate(found):
        if len(found) == 1:
            outer = entry.outer
        elif index + 1 < len(found):
            outer = one.whole[0], found[index + 1].whole[0]
        else:
            outer = found[index - 1].whole[1], one.whole[1]
        yield Entry(entry.scope, text[slice(*one.key)], *one.key, text[slice(*one.value)], *one.value, outer)


def fit(text: str, lines: Sequence[Entry], edits: list[Edit]) -> list[Edit]:
    """The edits with values as systemd and supervisor read them.

    Raises:
        ValueError: a value can't be written there.
    """
    if all(HARMLESS.fullmatch(edit.replacement) for edit in edits):
        return edits
    found = [one for line in lines for one in settings(text, line)]
    fitted: list[Edit] = []
    for one in found:
        inside = [e for e in edits if e.replacement and one.value[0] <= e.start and e.end <= one.value[1]]
        if inside:
            fitted.append(_written(text, one, inside))
            edits = [edit for edit in edits if edit not in inside]
    return sorted([*edits, *fitted], key=lambda edit: (edit.start, edit.end))


def _written(text: str, one: Setting, inside: Sequence[Edit]) -> Edit:
    """A whole assignment, or the inside of its quotes."""
    start, end = one.value
    key = text[slice(*one.key)]
    if any("\n" in edit.replacement or "\r" in edit.replacement for edit in inside):
        raise ValueError(f"the value of {key} can't hold a line break: write it by hand")
    if one.by_comma and any(re.search(r"[\"']", edit.replacement) for edit in inside):
        raise ValueError(f"the value of {key} can't hold a quote there: write it by hand")
    escape = _doubled if one.by_comma else _escaped
    moved = (Edit(edit.start - start, edit.end - start, escape(edit.replacement)) for edit in inside)
    value = apply_edits(text[start:end], moved)
    if one.quote:
        return Edit(start, end, value)
    if one.by_comma:
        return Edit(start, end, f'"{value}"' if re.search(r"[\s,]", value) else value)
    return Edit(*one.whole, f'"{key}={value}"' if re.search(r"[\s\"']", value) else f"{key}={value}")


def _escaped(value: str) -> str:
    return re.sub(r"[\\\"']", r"\\\g<0>", value).replace("%", "%%")


def _doubled(value: str) -> str:
    return value.replace("%", "%%")
