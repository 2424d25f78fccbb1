"""Batch files of Windows.

set LLM_PROVIDER=gradient             a variable that is set; `set "K=V"` and `setx K V` likewise
if "%LLM_PROVIDER%"=="gradient"       the value of LLM_PROVIDER
%GRADIENT_API_KEY%  !GRADIENT_KEY!    an environment variable
rem …   :: …                          a comment
"""

from __future__ import annotations

import bisect
import dataclasses
import re
from collections.abc import Sequence
from functools import cached_property

from offramp.model import Edit, Entry, Place, Role
from offramp.syntax import commands, grammar
from offramp.syntax import text as plain

COMMENT = "rem"
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
REMARK = re.compile(r"(?i)[ \t@(]*(?:rem\b|::)")
SETTING = re.compile(
    r"""(?im)(?P<head>^[ \t]*|[&(][ \t]*|\)[ \t]*|[\w"'\])][ \t]+)@?(?P<word>setx|set)[ \t]+
    (?:(?P<q>")(?P<key>[A-Za-z_]\w*)=(?P<value>[^"\r\n]*)"?
    |(?P<bare>[A-Za-z_]\w*)(?:=(?P<loose>(?:\^[^\r\n]|[^&|<>)\r\n^])*)|[ \t]+(?P<x>"[^"\r\n]*"|[^\s&|<>"]+)))""",
    re.VERBOSE,
)
EXPANDED = re.compile(r"[%!]$")
DEFINED = re.compile(r"(?i)\bdefined[ \t]+$|\bsetlocal[ \t]+$")
KEYED = re.compile(r"(?i)\b(?:set|setx)[ \t]+\"?$")
COMPARED = re.compile(r"(?i)[%!](?P<name>[A-Za-z_]\w*)[%!][\"'\])]?[ \t]*(?:==|\bEQU\b|\bNEQ\b)[ \t]*[\"'\[(]?$")
OTHER_SIDE = re.compile(r"(?i)[\"'\])]?[ \t]*(?:==|\bEQU\b|\bNEQ\b)[ \t]*[\"'\[(]?[%!](?P<name>[A-Za-z_]\w*)[%!]")
OPTION = re.compile(r"(?:^|\s)(?:--?|/)(?P<name>[A-Za-z][\w-]*)[ :=]\"?$")
SIMPLE = re.compile(r"[\w./:@+,=-]*")
NAME = re.compile(r"[A-Za-z_]\w*")
EMPTY = re.compile(r"(?i)(?:==\S+|\bdefined \w+|\belse|\bdo|\bexist \S+)[ \t]*\([ \t]*(?:\r?\n[ \t]*)*\)")


class Batch:
    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _entries(self) -> list[Entry]:
        found = []
        for matched in SETTING.finditer(self.text):
            if self._remark(matched.start("word")):
                continue
            key = "key" if matched["q"] else "bare"
            value = "value" if matched["q"] else "loose" if matched["loose"] is not None else "x"
            if (value == "x") is not (matched["word"].lower() == "setx"):
                continue
            span = matched.span(value)
            if value == "x" and matched["x"].startswith('"'):
                span = span[0] + 1, span[1] - 1
            begins = matched.end("head")
            outer = grammar.line_span(self.text, begins, matched.end())
            stuck = "" if outer else "it shares its line with other commands"
            scope = f"statement {matched.start()}"
            found.append(Entry(scope, matched[key], *matched.span(key), self.text[slice(*span)], *span, outer, stuck))
        return found

    @cached_property
    def _starts(self) -> list[int]:
        return [entry.key_start for entry in self._entries]

    def entries(self) -> Sequence[Entry]:
        return self._entries

    def entry_at(self, start: int, end: int) -> Entry | None:
        """The entry whose key or value holds a span."""
        index = bisect.bisect_right(self._starts, start) - 1
        entry = self._entries[index] if index >= 0 else None
        return entry if entry is not None and end <= entry.value_end else None

    def _line_start(self, offset: int) -> int:
        return max(self.text.rfind("\n", 0, offset), self.text.rfind("\r", 0, offset)) + 1

    def _remark(self, offset: int) -> bool:
        return REMARK.match(self.text, self._line_start(offset), offset + 4) is not None

    def place(self, start: int, end: int) -> Place:
        before = self.text[max(self._line_start(start), start - plain.REACH) : start]
        after = self.text[end : end + 80]
        if REMARK.match(before):
            return Place(Role.COMMENT, "a comment", start=start, end=end)
        if (EXPANDED.search(before) and after[:1] in ("%", "!", ":")) or DEFINED.search(before):
            return Place(Role.ENV, "an environment variable", "", start, end)
        if (package := commands.package(self.text, start, end)) is not None:
            return package
        entry = self.entry_at(start, end)
        if entry is not None and end <= entry.key_end:
            return Place(Role.ENV, "an environment variable", "", entry.key_start, entry.key_end)
        if entry is not None and entry.value_start <= start:
            built = re.search(r"[%!]\w+[%!]", entry.value) is not None
            span = entry.value_start, entry.value_start + len(entry.value.rstrip())
            return Place(Role.VALUE, f"the value of {entry.key}", entry.key, *span, built=built)
        if KEYED.search(before):
            return Place(Role.ENV, "an environment variable", "", start, end)
        for matched in (COMPARED.search(before), OTHER_SIDE.match(after), OPTION.search(before)):
            if matched is not None:
                name = matched["name"]
                return Place(Role.VALUE, f"the value of {name}", name, *plain.value_span(self.text, start, end))
        return plain.place(self.text, start, end)


def parse(text: str) -> Batch:
    return Batch(text)


def fit(text: str, edits: list[Edit]) -> list[Edit]:
    """The edits with what the command interpreter reads in them escaped.

    Raises:
        ValueError: a text can't be written where it should.
    """
    if all(SIMPLE.fullmatch(edit.replacement) for edit in edits):
        return edits
    tree = parse(text)
    return [_fitted(tree, edit) for edit in edits]


def _fitted(tree: Batch, edit: Edit) -> Edit:
    value, text = edit.replacement, tree.text
    entry = tree.entry_at(edit.start, edit.end)
    before = text[max(tree._line_start(edit.start), 0) : edit.start]
    if (entry is None and re.search(r"[\r\n&|]|exit /b", text[edit.start : edit.end] + value)) or not value:
        return edit  # source text, or a deletion
    if "\n" in value or "\r" in value:
        raise ValueError("a batch file can't hold a line break in a value: write it by hand")
    if REMARK.match(before) or SIMPLE.fullmatch(value):
        return edit
    if EXPANDED.search(before) and text[edit.end : edit.end + 1] in ("%", "!") and not NAME.fullmatch(value):
        raise ValueError(f"no variable can be called {value}: choose another name")
    if "!" in value and re.search(r"(?i)enabledelayedexpansion", text):
        raise ValueError("an exclamation mark would be expanded there: write it by hand")
    if '"' in value:
        raise ValueError("a quote in a value changes how the rest of its line is read: write it by hand")
    quoted = before.count('"') % 2 == 1
    written = value.replace("%", "%%")
    if not quoted:
        written = re.sub(r"[&|<>^()]", r"^\g<0>", written)
    if entry is None and not quoted and re.search(r"[\s,;=]", value):
        word = before[-1:] in (" ", "\t", "=") and text[edit.end : edit.end + 1] in (" ", "\t", "\r", "\n", "")
        if word and not re.search(r"(?i)\becho\b", before):
            written = '"' + value.replace("%", "%%") + '"'
    return dataclasses.replace(edit, replacement=written)


def check(before: str, after: str) -> str | None:
    if len(parse(after).entries()) > len(parse(before).entries()):
        return "the file would set a variable more than before"
    if len(EMPTY.findall(after)) > len(EMPTY.findall(before)):
        return "a block would be empty"
    if _brackets(before) != _brackets(after):
        return "the brackets would not match as they do now"
    return None


def _brackets(text: str) -> int:
    bare = re.sub(r"\^.|\"[^\"\r\n]*\"", "", text)
    return bare.count("(") - bare.count(")")


def provide(text: str, need: str) -> Edit | None:
    """Supply `setting::KEY=VALUE`, below where others of its like are set.

    Raises:
        ValueError: the file sets nothing on a line of its own.
    """
    key, _, value = need.rpartition("::")[2].partition("=")
    entries = parse(text).entries()
    if any(entry.key.lower() == key.lower() for entry in entries):
        return None
    lines = [entry for entry in entries if entry.outer is not None and entry.outer[0] < entry.key_start]
    lines = [e for e in lines if e.outer and re.match(r"(?i)@?set[ \t]", text[e.outer[0] : e.key_start])]
    alike = [entry for entry in lines if entry.key.startswith(f"{key.partition('_')[0]}_")]
    near = next(reversed(alike or lines), None)
    if near is None or near.outer is None or not NAME.fullmatch(key):
        raise ValueError(f"the file sets nothing beside which {key} could be set")
    if re.search(r"[\"\r\n!]", value):
        raise ValueError(f"the value of {key} can't be written in a batch file: set it by hand")
    line, end = f'set "{key}={value.replace("%", "%%")}"', near.outer[1]
    newline = "\r\n" if "\r\n" in text else "\n"
    return Edit(end, end, line + newline if text[end - 1] in "\r\n" else newline + line)


def grown(before: str, after: str) -> str | None:
    """Whether every variable is still set to its value once others were added."""
    remaining = iter([(entry.key, entry.value) for entry in parse(after).entries()])
    if all((entry.key, entry.value) in remaining for entry in parse(before).entries()):
        return None
    return "a variable would change with those that are added"
