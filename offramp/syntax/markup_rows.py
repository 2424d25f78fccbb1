"""Rows of tables that are about one setting each: what goes when the setting does.

    | Variable         | Meaning        |
    |------------------|----------------|
    | `LLM_PROVIDER`   | who answers    |       an entry: the row begins with the setting

Rows of one table that say the same are one entry twice; what says something else is for a person to bring together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from offramp.model import Entry
from offramp.syntax.fences import Block, Line

DELIMITER = re.compile(r"[ \t>]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
ROW = re.compile(r"[ \t]*\|?[ \t]*(?P<tick>`*)(?P<key>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?P=tick)[ \t]*\|(?P<rest>.*)")


def entries(text: str, lines: Sequence[Line], blocks: Sequence[Block]) -> Iterator[Entry]:
    """Every row that begins with a setting, in order."""
    inside = iter(blocks)
    block = next(inside, None)
    for number, line in enumerate(lines):
        while block is not None and block.end <= line.start:
            block = next(inside, None)
        in_block = block is not None and block.start <= line.start < block.end
        if number and not in_block and _is_delimiter(line.text):
            yield from _of_table(text, lines, number + 1)


def _is_delimiter(line: str) -> bool:
    return "|" in line and "-" in line and DELIMITER.match(line) is not None


def _of_table(text: str, lines: Sequence[Line], first: int) -> Iterator[Entry]:
    last = first
    while last < len(lines) and "|" in lines[last].text:
        last += 1
    for line in lines[first:last]:
        matched = ROW.match(line.text)
        if matched is None:
            continue
        key, rest = (
            (line.start + start, line.start + end) for start, end in (matched.span("key"), matched.span("rest"))
        )
        said = " ".join(matched["rest"].split())
        alone = last - first == 1
        outer = None if alone or line.end == len(text) else (line.start, line.end)
        stuck = "it is the only row of its table" if alone else "" if outer else "it is the end of the document"
        yield Entry(f"table {lines[first].start}: {said}", matched["key"], *key, said, *rest, outer, stuck)
