"""Java properties: `.properties` files of Java, Gradle, Spring. Lossless: spans only.

    llm.provider = gradient          set; `:` or white space may stand for `=`
    llm.note: two \\
        lines                        a value that goes on
    caf\\u00e9=x                      escapes, in keys and values alike

Readers take such files for Latin-1 or for UTF-8; so what is written new has no other characters than ASCII, unless the
file has some already.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from functools import cached_property

from offramp.model import Edit, Entry, Place, Role
from offramp.syntax import commands, grammar
from offramp.syntax import text as plain

COMMENT = "#"
LOGICAL = re.compile(r"(?:[^\r\n\\]|\\(?:\r\n|[\r\n]|[^\r\n]))*\\?(?:\r\n|\r|\n|\Z)")
REMARK = re.compile(r"[ \t\f]*[#!][^\r\n]*(?:\r\n|\r|\n|\Z)")
BLANK = re.compile(r"[ \t\f]*(?:\r\n|\r|\n)")
KEY = re.compile(r"[ \t\f]*(?P<key>(?:[^\s\\=:]|\\(?:\r\n[ \t\f]*|[\s\S]))+)(?P<sep>[ \t\f]*[=:]?[ \t\f]*)")
ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|(?:\r\n|[\r\n])[ \t\f]*|[\s\S]|\Z)")
MEANINGS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f"}
WRITTEN = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\f": "\\f"}
BREAK = re.compile(r"\r\n|\r|\n")


class Properties:
    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _entries(self) -> list[Entry]:
        entries: list[Entry] = []
        position = 0
        while position < len(self.text):
            aside = REMARK.match(self.text, position) or BLANK.match(self.text, position)
            line = aside or LOGICAL.match(self.text, position)
            following = line.end() if line else len(self.text)
            key = KEY.match(self.text, position, following) if aside is None else None
            if key is not None:
                entries.append(self._entry(key, position, following))
            position = max(following, position + 1)
        return entries

    def _entry(self, key: re.Match[str], start: int, following: int) -> Entry:
        end = start + len(self.text[start:following].rstrip("\r\n"))
        value_start = min(key.end(), end)
        name, value = meaning(key["key"]), meaning(self.text[value_start:end])
        outer = grammar.lines(self.text, start, following)
        return Entry("file", name, *key.span("key"), value, value_start, end, outer)

    @cached_property
    def _starts(self) -> list[int]:
        return [entry.key_start for entry in self._entries]

    @cached_property
    def _values(self) -> dict[str, str]:
        return {entry.key: entry.value for entry in self._entries}

    def entries(self) -> Sequence[Entry]:
        return self._entries

    def entry_at(self, offset: int) -> Entry | None:
        """The entry whose key or value holds the offset or ends there."""
        index = bisect.bisect_right(self._starts, offset) - 1
        entry = self._entries[index] if index >= 0 else None
        return entry if entry is not None and offset <= entry.value_end else None

    def place(self, start: int, end: int) -> Place:
        entry = self.entry_at(start)
        if entry is None or end > entry.value_end:
            return plain.place(self.text, start, end, Role.COMMENT)
        if end <= entry.key_end:
            return Place(Role.KEY, "a key", "", entry.key_start, entry.key_end)
        if (package := commands.package(self.text, start, end)) is not None:
            return package
        if re.search(r"\$\{[\w.]*$", self.text[entry.value_start : start]):
            return Place(Role.ENV, "a setting that is filled in", start=start, end=end)
        syntax = f"the value of {entry.key}"
        return Place(Role.VALUE, syntax, entry.key, entry.value_start, entry.value_end, self._values)


def parse(text: str) -> Properties:
    return Properties(text)


def meaning(source: str) -> str:
    """What a key or a value means; two `\\u` of UTF-16 for one character are read as one."""
    if "\\" not in source:
        return source
    said = ESCAPE.sub(_character, source)
    return said.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def _character(matched: re.Match[str]) -> str:
    escape = matched[0]
    if len(escape) == 6 and escape[1] == "u":
        return chr(int(escape[2:], 16))
    return "" if len(escape) == 1 or escape[1] in "\r\n" else MEANINGS.get(escape[1], escape[1])


def escaped(value: str, *, ascii_only: bool, key: bool = False) -> str:
    """A text as a value or a key is written."""
    written = "".join(WRITTEN.get(c) or _written(c, ascii_only=ascii_only) for c in value)
    if key:
        return re.sub(r"^[#!]|[ =:]", lambda found: f"\\{found[0]}", written)
    return f"\\{written}" if written.startswith(" ") else written


def _written(character: str, *, ascii_only: bool) -> str:
    if character.isprintable() and (character.isascii() or not ascii_only):
        return character
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[n]:02x}{units[n + 1]:02x}" for n in range(0, len(units), 2))


def data(text: str) -> dict[str, str]:
    """The settings; of a key that is set twice, the last."""
    return {entry.key: entry.value for entry in parse(text).entries()}


def check(before: str, after: str) -> str | None:
    """Whether the edit added no setting; what it renames, changes or deletes is its own affair."""
    if len(parse(after).entries()) > len(parse(before).entries()):
        return "the file would have a setting more than before"
    return None


def fit(text: str, edits: list[Edit]) -> list[Edit]:
    """The edits with the escapes that keys and values need."""
    tree, ascii_only = parse(text), text.isascii()
    result: list[Edit] = []
    for edit in edits:
        entry = tree.entry_at(edit.start)
        if entry is not None and edit.start >= entry.value_start and edit.end <= entry.value_end:
            first = edit.start == entry.value_start
            written = escaped(edit.replacement, ascii_only=ascii_only)
            written = written if first or not edit.replacement.startswith(" ") else written[1:]
            if first and written and entry.value_start == entry.key_end:
                written = f"={written}"  # the key stands alone on its line
            result.append(Edit(edit.start, edit.end, written, edit.path))
        elif entry is not None and entry.key_start <= edit.start and edit.end <= entry.key_end:
            written = escaped(edit.replacement, ascii_only=ascii_only, key=True)
            result.append(Edit(edit.start, edit.end, written, edit.path))
        else:
            result.append(edit)
    return result


def provide(text: str, need: str) -> Edit | None:
    """Supply `setting::KEY=VALUE`: below its relations, else at the end."""
    key, _, value = need.split(":", 2)[2].partition("=")
    entries = parse(text).entries()
    if any(entry.key == key for entry in entries):
        return None
    near = [entry for entry in entries if entry.key.rpartition(".")[0] == key.rpartition(".")[0]] or entries
    last = near[-1] if near else None
    ascii_only = text.isascii()
    between = text[last.key_end : last.value_start] if last is not None and last.value_start > last.key_end else "="
    line = escaped(key, ascii_only=ascii_only, key=True) + between + escaped(value, ascii_only=ascii_only)
    matched = BREAK.search(text)
    newline = matched[0] if matched else "\n"
    position = last.outer[1] if last is not None and last.outer is not None else len(text)
    if position and text[position - 1] not in "\r\n":
        if re.search(r"(?<!\\)(?:\\\\)*\\\Z", text):
            raise ValueError("the last line goes on, and nothing follows it: end it first")
        return Edit(position, position, newline + line)
    return Edit(position, position, line + newline)


def grown(before: str, after: str) -> str | None:
    """Whether every setting is still there, with its value, once others were added."""
    if data(before).items() <= data(after).items():
        return None
    return "a setting would change with those that are added"
