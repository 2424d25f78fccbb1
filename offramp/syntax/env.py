"""Env files: `.env`, their templates, and everything that is read as such. Lossless: spans only.

    export KEY="value"  # comment      set
    KEY=                               set, empty
    # KEY=value                        a setting that is commented out

A quoted value may run over several lines. Of a key that stands twice the last wins; `entries` lists both. The programs
that read such files differ (`env_dialects`): an edit is kept where each of them sees the same of everything else, and
a value is written so that each reader of the file sees it (`env_values`).
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from functools import cached_property

from offramp.model import Edit, Entry, Place, Role
from offramp.syntax import embedded, env_dialects, env_values, grammar
from offramp.syntax import text as plain

COMMENT = "#"
LINE = re.compile(
    r"""(?P<head>[ \t]*(?:export[ \t]+)?)(?P<key>[A-Za-z_][\w.-]*)[ \t]*(?P<sign>=|:[ \t])[ \t]*
    (?:(?P<quoted>"(?:\\[\s\S]|[^"\\])*"|'[^']*'|`[^`]*`)[ \t]*(?:\#[^\r\n]*)?
        |(?P<plain>[^\r\n]*?)(?:(?<=[ \t])\#[^\r\n]*|[ \t]*))
    (?=\r?\n|\r|\Z)""",
    re.VERBOSE,
)
# on one line, and `:` behind a name in capitals only: what follows a `#` is mostly prose
COMMENTED = re.compile(
    r"""(?P<head>[ \t]*\#[ \t\#]*(?:export[ \t]+)?)(?P<key>[A-Za-z_][\w.-]*)
    (?P<sign>[ \t]*=|(?<=[A-Z0-9_]):[ \t])[ \t]*
    (?:(?P<quoted>"(?:\\.|[^"\\\r\n])*"|'[^'\r\n]*'|`[^`\r\n]*`)[ \t]*(?:\#[^\r\n]*)?
        |(?P<plain>[^\r\n]*?)(?:(?<=[ \t])\#[^\r\n]*|[ \t]*))
    (?=\r?\n|\r|\Z)""",
    re.VERBOSE,
)
HANDED_ON = re.compile(r"[ \t]*(?:(?:export|unset|readonly)[ \t]+)?\w+(?:[ \t]+\w+)*[ \t]*(?=\#|\r|\n|\Z)")
BREAK = re.compile(r"\r\n|\r|\n")


class EnvFile:
    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _entries(self) -> list[Entry]:
        entries = []
        position = 0
        while position < len(self.text):
            matched = LINE.match(self.text, position) or COMMENTED.match(self.text, position)
            line_break = BREAK.search(self.text, matched.end() if matched else position)
            following = line_break.end() if line_break else len(self.text)
            if matched is not None:
                entries.append(self._entry(matched, position, following))
            position = following
        return entries

    def _entry(self, matched: re.Match[str], start: int, following: int) -> Entry:
        value_start, value_end = matched.span("plain" if matched["quoted"] is None else "quoted")
        value = self.text[value_start:value_end].rstrip(" \t")
        if not value:  # a value that is set goes in front of the blanks that a comment needs
            value_start = matched.end("sign")
        value_end = value_start + len(value)
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'`":
            value_start, value_end, value = value_start + 1, value_end - 1, value[1:-1]
        scope = "commented out" if "#" in matched["head"] else "file"
        outer = grammar.lines(self.text, start, following)
        return Entry(scope, matched["key"], *matched.span("key"), value, value_start, value_end, outer)

    @cached_property
    def _set(self) -> list[Entry]:
        return [entry for entry in self._entries if entry.scope == "file"]

    @cached_property
    def _values(self) -> dict[str, str]:
        return {entry.key: entry.value for entry in self._set}

    @cached_property
    def _starts(self) -> list[int]:
        return [entry.key_start for entry in self._entries]

    def entries(self) -> Sequence[Entry]:
        return self._set

    def commented(self) -> Sequence[Entry]:
        """The settings that are commented out."""
        return [entry for entry in self._entries if entry.scope != "file"]

    def entry_at(self, offset: int) -> Entry | None:
        index = bisect.bisect_right(self._starts, offset) - 1
        if index < 0:
            return None
        entry = self._entries[index]
        return entry if entry.outer is not None and offset < entry.outer[1] else None

    def place(self, start: int, end: int) -> Place:
        entry = self.entry_at(start)
        if entry is None:
            return self._elsewhere(start, end)
        if end <= entry.key_end:
            return Place(Role.KEY, "a setting in an env file", "", entry.key_start, entry.key_end)
        if entry.value_start <= start and end <= entry.value_end:
            inside = embedded.json_in(self.text, entry.value_start, entry.value_end)
            if inside is not None and (known := inside.place(start, end)) is not None:
                return known
            syntax = f"the value of {entry.key} in an env file"
            return Place(Role.VALUE, syntax, entry.key, entry.value_start, entry.value_end, self._values)
        return Place(Role.COMMENT, "a comment", start=start, end=end)

    def _elsewhere(self, start: int, end: int) -> Place:
        """A place on a line that sets nothing: `export KEY` and `KEY` alone hand on what is set elsewhere."""
        line = HANDED_ON.match(self.text, max(self.text.rfind(sign, 0, start) for sign in "\r\n") + 1)
        if line is not None and end <= line.end():
            return Place(Role.ENV, "a variable that is handed on", start=start, end=end)
        return plain.place(self.text, start, end, Role.COMMENT)


def parse(text: str) -> EnvFile:
    return EnvFile(text)


def data(text: str) -> dict[str, str]:
    """The settings of an env file; of a key that is set twice, the last."""
    return {entry.key: entry.value for entry in parse(text).entries()}


def fit(text: str, edits: list[Edit]) -> list[Edit]:
    """The edits with values quoted where a reader of the file needs it.

    Raises:
        ValueError: no way of writing a value is read alike by all of them.
    """
    if all(env_values.HARMLESS.fullmatch(edit.replacement) for edit in edits):
        return edits
    tree = parse(text)
    edits = [fitted for edit in edits for fitted in _as_json(tree, edit)]
    return env_values.fitted(edits, text, tree.entries(), tree.commented())


def _as_json(tree: EnvFile, edit: Edit) -> list[Edit]:
    """An edit within a value that is JSON, as JSON demands it."""
    entry = tree.entry_at(edit.start)
    within = entry is not None and entry.value_start < edit.start and edit.end < entry.value_end
    inside = embedded.json_in(tree.text, entry.value_start, entry.value_end) if entry is not None and within else None
    return [edit] if inside is None else inside.fit([edit])


def check(before: str, after: str) -> str | None:
    """Whether the edit added no setting, and no reader sees something else of those that it left as they were.

    What it renames, changes or deletes is its own affair.
    """
    old, new = parse(before).entries(), parse(after).entries()
    if len(new) > len(old):
        return "the file would have a setting more than before"
    kept = _once(old) & _once(new)
    return _read_otherwise(before, after, {key for key, _ in kept}) or _no_json(before, after, old, new)


def _no_json(before: str, after: str, old: Sequence[Entry], new: Sequence[Entry]) -> str | None:
    """Whether a value that was JSON is none any more."""
    values = {entry.key: entry for entry in new}
    for entry in old:
        other = values.get(entry.key)
        if other is None or other.value == entry.value or entry.value[:1] not in ("{", "["):
            continue
        was = embedded.json_in(before, entry.value_start, entry.value_end)
        if was is not None and embedded.json_in(after, other.value_start, other.value_end) is None:
            return f"the value of {entry.key} would be no JSON any more"
    return None


def _once(entries: Sequence[Entry]) -> set[tuple[str, str]]:
    """The settings that are set once."""
    keys = [entry.key for entry in entries]
    return {(entry.key, entry.value) for entry in entries if keys.count(entry.key) == 1}


def _read_otherwise(before: str, after: str, keys: set[str]) -> str | None:
    for name, reader in env_dialects.READERS.items():
        old, new = reader(before), reader(after)
        if old is not None and new is None:
            return f"{name} would refuse the file"
        if old is None or new is None:
            continue
        # bash keeps a carriage return in the value; the last line may gain or lose its break
        same = {key for key, value in old.items() if new.get(key, "\0").rstrip("\r") == value.rstrip("\r")}
        other = next((key for key in sorted(keys & old.keys()) if key not in same), None)
        if other is not None:
            return f"{name} would read {other} otherwise"
    return None


def provide(text: str, need: str) -> Edit | None:
    """Supply `setting::KEY=VALUE`: below where it is commented out, else below its relations, else at the end.

    Raises:
        ValueError: the value can't be written so that all readers of the file see it.
    """
    key, _, value = need.split(":", 2)[2].partition("=")
    tree = parse(text)
    entries = tree.entries()
    if any(entry.key == key for entry in entries):
        return None
    assignment = env_values.assignment(text, entries, key, value)
    relation = re.compile(rf"{re.escape(key.partition('_')[0])}_")
    near = [entry for entry in tree.commented() if entry.key == key]
    near = near or [entry for entry in entries if relation.match(entry.key)]
    position = near[-1].outer[1] if near and near[-1].outer is not None else len(text)
    matched = BREAK.search(text)
    newline = matched[0] if matched else "\n"
    if position and text[position - 1] not in "\r\n":
        return Edit(position, position, newline + assignment)
    return Edit(position, position, assignment + newline)


def grown(before: str, after: str) -> str | None:
    """Whether every setting is still there, with its value, once others were added."""
    old, new = data(before), data(after)
    if not old.items() <= new.items():
        return "a setting would change with those that are added"
    return _read_otherwise(before, after, set(old))
