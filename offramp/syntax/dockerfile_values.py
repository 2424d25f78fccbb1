"""How a text is written where it shall stand in a Dockerfile.

    ENV A=b          →  `c d`      ENV A="c d"
    ENV A="b"        →  `say "c"`  ENV A="say \\"c\\""
    CMD ["a", "b"]   →  `say "c"`  CMD ["a", "say \\"c\\""]

A `$` refers to a variable wherever it is written, except in single quotes, where it stays what it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from offramp.model import Edit, apply_edits
from offramp.syntax.dockerfile_lines import Instruction
from offramp.syntax.dockerfile_pairs import SETTERS, Pair, inner, pairs

HARMLESS = re.compile(r"[\w./:@%+,=#{}$?!-]*")
COMMANDS = ("RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK", "SHELL", "VOLUME")
EXEC_FORM = re.compile(r"(?:CMD[ \t]+|[ \t]*--[^ \t]*[ \t]+)*(?=\[)", re.IGNORECASE)


def fitted(text: str, edits: Sequence[Edit], instructions: Sequence[Instruction], escape: str) -> list[Edit]:
    """The edits, with replacements quoted and escaped as their places demand; all edits of one value become one.

    Raises:
        ValueError: a text can't be written where it should.
    """
    waiting, result = list(edits), list[Edit]()
    for instruction in instructions:
        own = [e for e in waiting if instruction.body <= e.start < max(e.end, e.start + 1) <= instruction.end]
        waiting = [edit for edit in waiting if edit not in own]
        plain = all(HARMLESS.fullmatch(edit.replacement) for edit in own)
        result += own if plain else _in_instruction(text, instruction, own, escape)
    for edit in waiting:
        if "\n" in edit.replacement and 0 < edit.start < len(text) and text[edit.start - 1] not in "\r\n":
            raise ValueError("a text of several lines can't be written there")
    return sorted([*result, *waiting], key=lambda edit: (edit.start, edit.end))


def _in_instruction(text: str, instruction: Instruction, edits: Sequence[Edit], escape: str) -> list[Edit]:
    if instruction.name in SETTERS:
        return _settings(text, edits, pairs(text, instruction, escape) or [], escape)
    if instruction.name in COMMANDS:
        if EXEC_FORM.match(text, instruction.body, instruction.end):
            return [Edit(e.start, e.end, json.dumps(e.replacement, ensure_ascii=False)[1:-1]) for e in edits]
        goes_on = re.compile(rf"{re.escape(escape)}[ \t]*\r?\n[ \t]*")
        above = [goes_on.sub(" ", edit.replacement) for edit in edits if edit.start < instruction.logical_end]
        if any("\n" in replacement for replacement in above):
            raise ValueError(f"a text of several lines can't be written into {instruction.name}")
        return list(edits)
    if any(re.search(r"[\s\"'\\`]", edit.replacement) for edit in edits if edit.start < instruction.logical_end):
        raise ValueError(f"blanks, quotes and escapes can't be written into {instruction.name}")
    return list(edits)


def _settings(text: str, edits: Sequence[Edit], listed: Sequence[Pair], escape: str) -> list[Edit]:
    result = list(edits)
    for pair in listed:
        if pair.value is None:
            continue
        start, end = pair.value
        own = [edit for edit in result if start <= edit.start and edit.end <= end]
        if all(HARMLESS.fullmatch(edit.replacement) for edit in own):
            continue
        result = [edit for edit in result if edit not in own]
        result.append(_valued(text, pair, own, escape))
    if any(re.search(r"\s", edit.replacement) for edit in result if edit in edits):
        raise ValueError("blanks can't be written outside of a value")
    return result


def _valued(text: str, pair: Pair, edits: Sequence[Edit], escape: str) -> Edit:
    assert pair.value is not None
    key = text[slice(*pair.key)]
    start, end = inner(text, pair.value, escape)
    quote = text[pair.value[0]] if start > pair.value[0] else ""
    source = text[start:end]
    whole = any(edit.start <= start and end <= edit.end for edit in edits)
    if not whole and (pair.broken or (escape in source and quote != "'") or (not quote and re.search("[\"']", source))):
        raise ValueError(f"the value of '{key}' holds quotes, escapes or several lines")
    value = apply_edits(source, [Edit(max(e.start - start, 0), min(e.end, end) - start, e.replacement) for e in edits])
    return Edit(*pair.value, written(key, value, quote, escape))


def written(key: str, value: str, quote: str, escape: str) -> str:
    """A value as it stands in ENV, ARG or LABEL.

    Raises:
        ValueError: it has several lines.
    """
    if re.search(r"[\r\n]", value):
        raise ValueError(f"no value of several lines can be written for '{key}'")
    if quote == "'" and "'" not in value:
        return f"'{value}'"
    if not quote and not re.search(rf"[\s\"'{re.escape(escape)}]", value):
        return value
    live = value.replace(escape, escape * 2).replace('"', f'{escape}"')
    return '"' + (live.replace("$", f"{escape}$") if quote == "'" else live) + '"'
