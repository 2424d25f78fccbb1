"""The settings of ENV, ARG and LABEL.

ENV A=b C="d e"     two
ENV A b c           one, in the old way of writing: all behind the name is its value
ARG A B=c           two, the first without a default
"""

from __future__ import annotations

import dataclasses
import re

from offramp.syntax.dockerfile_lines import Instruction, Word, words

SETTERS = ("ENV", "ARG", "LABEL")
NAME = re.compile(r"[A-Za-z_][\w.-]*\Z")
LABEL_NAME = re.compile(r"[^\s\"'=]+\Z")


@dataclasses.dataclass(frozen=True, slots=True)
class Pair:
    """One setting; `value` is its source with the quotes, None for an ARG without a default."""

    start: int
    end: int
    key: tuple[int, int]
    value: tuple[int, int] | None
    style: str  # "pair", "old" or "name"
    broken: bool  # its value goes on over a line


def pairs(text: str, instruction: Instruction, escape: str) -> list[Pair] | None:
    """The settings of an instruction, or None where it is not as it should be."""
    listed = words(text, instruction.body, instruction.logical_end, escape)
    if not listed or not all(word.closed for word in listed):
        return None
    if instruction.name != "ARG" and "=" not in text[listed[0].start : listed[0].end]:
        return _old_style(text, listed)
    found = [_pair(text, word, instruction.name) for word in listed]
    return [pair for pair in found if pair is not None] if all(found) else None


def _old_style(text: str, listed: list[Word]) -> list[Pair] | None:
    name, *rest = listed
    if not rest or name.broken or not NAME.match(text[name.start : name.end]):
        return None
    broken = any(sign in text[rest[0].start : rest[-1].end] for sign in "\r\n")
    value = rest[0].start, rest[-1].end
    return [Pair(name.start, rest[-1].end, (name.start, name.end), value, "old", broken)]


def _pair(text: str, word: Word, instruction: str) -> Pair | None:
    key, sign, _ = text[word.start : word.end].partition("=")
    start, end = word.start, word.start + len(key)
    if len(key) > 1 and key[0] == key[-1] and key[0] in "\"'":
        start, end = start + 1, end - 1
    shape = LABEL_NAME if instruction == "LABEL" else NAME
    if not shape.match(text[start:end]) or (not sign and instruction != "ARG"):
        return None
    value = (word.start + len(key) + 1, word.end) if sign else None
    return Pair(word.start, word.end, (start, end), value, "pair" if sign else "name", word.broken)


def inner(text: str, value: tuple[int, int], escape: str) -> tuple[int, int]:
    """A value without the quotes, where one pair of them holds it all."""
    source = text[slice(*value)]
    sign = re.escape(escape)
    whole = re.fullmatch(rf"\"(?:{sign}.|[^\"{sign}])*\"|'[^']*'", source, re.DOTALL)
    return (value[0] + 1, value[1] - 1) if whole else value
