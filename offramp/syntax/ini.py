"""INI and its like: `.ini`, `.cfg`, `.conf`, `.properties`, systemd units.

[llm]
provider = gradient                the value of provider
Environment="LLM_PROVIDER=gradient" in a unit: the value of LLM_PROVIDER
install_requires =                 in setup.cfg: requirements of pip
    gradient>=1.0
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from offramp.model import Edit, Entry, Place, Role
from offramp.syntax import commands, grammar, json_writing, unit_settings
from offramp.syntax import text as plain

COMMENT = "#"
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
SECTION = re.compile(r"[ \t]*\[(?P<name>[^\]\r\n]*)\]")
REMARK = re.compile(r"[ \t]*(?:[#;!]|//)")
PAIR = re.compile(
    r"[ \t]*(?P<key>[^\s=:#;\[][^=:\r\n]*?)[ \t]*(?P<sep>=|:(?!//))[ \t]*(?P<value>[^\r\n]*?)[ \t]*(?=\r?\n|\r|\Z)"
)
REQUIREMENTS = re.compile(r"(?i)install_requires|setup_requires|tests_require|deps|requires|extras?|requirements")
UNIT_SETTING = re.compile(r"(?:Environment|PassEnvironment|environment|env|setenv|passenv|set_env|pass_env)$")
KEY = re.compile(r"[^\s=:#;\[\]!/](?:[^=:\r\n]*[^\s=:])?")
HEAD = re.compile(r"(?m)^[ \t]*\[[^\]\r\n]*\]")
BROKEN = re.compile(r"[\r\n]")
ASSIGNED = re.compile(r"[\"']?(?P<key>[A-Za-z_][\w.]*)[ \t]*(?P<sep>=)[ \t]*")


class Settings:
    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _entries(self) -> list[Entry]:
        entries: list[Entry] = []
        section, position, openly, depth = "", 0, False, 0
        while position < len(self.text):
            matched = LINE.match(self.text, position)
            following = matched.end() if matched else len(self.text)
            line = self.text[position:following]
            if (head := SECTION.match(line)) is not None:
                section, openly = head["name"], False
            elif not line.strip() or REMARK.match(line):
                pass
            elif openly and len(line) - len(line.lstrip(" \t")) > depth and entries:
                entries[-1] = self._longer(entries[-1], following)
            elif (pair := PAIR.match(self.text, position)) is not None:
                entries.append(self._entry(pair, section, position, following))
                openly, depth = True, len(line) - len(line.lstrip(" \t"))
            position = max(following, position + 1)
        return entries

    def _entry(self, pair: re.Match[str], section: str, start: int, following: int) -> Entry:
        value_start, value_end = pair.span("value")
        value = pair["value"]
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" and value.count(value[0]) == 2:
            value_start, value_end = value_start + 1, value_end - 1
        value = self.text[value_start:value_end]
        outer = grammar.lines(self.text, start, following)
        return Entry(f"section {section}", pair["key"], *pair.span("key"), value, value_start, value_end, outer)

    def _longer(self, entry: Entry, following: int) -> Entry:
        """The entry with the indented line that continues its value."""
        end = entry.value_start + len(self.text[entry.value_start : following].rstrip())
        value = self.text[entry.value_start : end]
        outer = grammar.lines(self.text, entry.outer[0], following) if entry.outer else None
        return Entry(entry.scope, entry.key, entry.key_start, entry.key_end, value, entry.value_start, end, outer)

    @cached_property
    def _starts(self) -> list[int]:
        return [entry.key_start for entry in self._entries]

    @cached_property
    def _sections(self) -> dict[str, dict[str, str]]:
        sections: dict[str, dict[str, str]] = {}
        for entry in self._entries:
            sections.setdefault(entry.scope, {})[entry.key] = entry.value
        return sections

    def entries(self) -> Sequence[Entry]:
        """Those of settings; a unit may set `Environment=` as often as it likes, each line being one entry."""
        found: list[Entry] = []
        for entry in self._entries:
            if not UNIT_SETTING.match(entry.key):
                found.append(entry)
            elif units := list(unit_settings.entries(self.text, entry)):
                found += units
            elif "\n" in entry.value:
                found += [entry, *self._lines(entry)]
            elif (inner := ASSIGNED.match(self.text, entry.value_start, entry.value_end)) is not None:
                alone = len(entry.value.split()) == 1 or entry.value_start != entry.key_end + 1
                outer, stuck = (entry.outer, "") if alone else (None, "other settings share its line")
                found.append(self._inner(entry.scope, inner, entry.value_end, outer, stuck))
            else:
                found.append(entry)
        return found

    def _lines(self, entry: Entry) -> Iterator[Entry]:
        """The settings of a value that has one on each line, as tox has them."""
        for line in re.compile(r"[^\r\n]+").finditer(self.text, entry.value_start, entry.value_end):
            begins = line.start() + len(line[0]) - len(line[0].lstrip())
            inner = ASSIGNED.match(self.text, begins, line.end())
            if inner is not None:
                outer = grammar.line_span(self.text, begins, line.end())
                stuck = "" if outer else "it stands on the line of its key"
                yield self._inner(f"{entry.scope}, {entry.key}", inner, line.end(), outer, stuck)

    def _inner(self, scope: str, inner: re.Match[str], end: int, outer: tuple[int, int] | None, stuck: str) -> Entry:
        value = self.text[inner.end() : end]
        return Entry(scope, inner["key"], *inner.span("key"), value, inner.end(), end, outer, stuck)

    def lines(self) -> Sequence[Entry]:
        """The entries as lines, those of services not taken apart."""
        return self._entries

    def entry_at(self, offset: int) -> Entry | None:
        """The entry whose lines hold the offset."""
        index = bisect.bisect_right(self._starts, offset) - 1
        entry = self._entries[index] if index >= 0 else None
        return entry if entry is not None and entry.outer is not None and offset < entry.outer[1] else None

    def inside(self, section: str | None) -> list[Entry]:
        """The entries of a section, or of all."""
        return [entry for entry in self._entries if section is None or entry.scope == f"section {section}"]

    def header_end(self, section: str) -> int | None:
        """Where the line of a section's header ends."""
        for head in HEAD.finditer(self.text):
            if section and head[0].strip()[1:-1] == section:
                line = LINE.match(self.text, head.start())
                return line.end() if line else head.end()
        return None

    def place(self, start: int, end: int) -> Place:
        line_start = max(self.text.rfind("\n", 0, start), self.text.rfind("\r", 0, start)) + 1
        if REMARK.match(self.text, line_start, start):
            return plain.place(self.text, start, end, Role.COMMENT)
        entry = self.entry_at(start)
        if entry is None:
            head = SECTION.match(self.text, line_start)
            role = Role.KEY if head else Role.TEXT
            return Place(role, "a section", "", start, end) if head else plain.place(self.text, start, end)
        if end <= entry.key_end:
            section = entry.scope.removeprefix("section ")
            return Place(Role.KEY, "a key", section, entry.key_start, entry.key_end)
        if entry.value_start <= start and end <= entry.value_end:
            return self._in_value(entry, start, end, line_start)
        return plain.place(self.text, start, end, Role.COMMENT)

    def _in_value(self, entry: Entry, start: int, end: int, line_start: int) -> Place:
        begins = max(line_start, entry.value_start)
        stripped = begins + len(self.text[begins:start]) - len(self.text[begins:start].lstrip())
        several = "\n" in entry.value or "\r" in entry.value
        if REQUIREMENTS.fullmatch(entry.key) or entry.scope == "section options.extras_require":
            factor = re.compile(r"[\w,!{}.-]+:[ \t]+").match(self.text, stripped, start)  # tox: `py311: gradient`
            if start == (factor.end() if factor else stripped):
                line = re.compile(r"[^\r\n#]*").match(self.text, start)
                stop = start + len(line[0].rstrip()) if line else end
                return Place(Role.PACKAGE, "a requirement", commands.PIP, start, max(end, stop))
        if (package := commands.package(self.text, start, end)) is not None:
            return package
        if UNIT_SETTING.match(entry.key) or several:
            return self._in_assignment(entry, start, end)
        syntax = f"the value of {entry.key}"
        return Place(Role.VALUE, syntax, entry.key, entry.value_start, entry.value_end, self._sections[entry.scope])

    def _in_assignment(self, entry: Entry, start: int, end: int) -> Place:
        """A place in `Environment=K=V "K2=V2"`, or in a line of a value with several."""
        for unit in unit_settings.entries(self.text, entry):
            if unit.key_start <= start and end <= unit.key_end:
                return Place(Role.ENV, "an environment variable", "", unit.key_start, unit.key_end)
            if unit.value_start <= start and end <= unit.value_end:
                span = unit.value_start, unit.value_end
                return Place(Role.VALUE, f"the value of {unit.key}", unit.key, *span, self._sections[entry.scope])
        word = re.compile(r"[\"']?(?P<key>[A-Za-z_][\w.]*)[ \t]*=[ \t]*(?P<value>[^\s\"']*)")
        line_start = max(self.text.rfind("\n", 0, start) + 1, entry.value_start)
        for matched in word.finditer(self.text, line_start, entry.value_end):
            if matched.start("key") <= start and end <= matched.end("key"):
                return Place(Role.ENV, "an environment variable", "", *matched.span("key"))
            if matched.start("value") <= start and end <= matched.end("value"):
                return Place(Role.VALUE, f"the value of {matched['key']}", matched["key"], *matched.span("value"))
            if matched.start() > start:
                break
        if UNIT_SETTING.match(entry.key) and "env" in entry.key.lower():
            return Place(Role.ENV, "an environment variable that is handed on", "", start, end)
        return plain.place(self.text, start, end, Role.STRING)


def parse(text: str) -> Settings:
    return Settings(text)


def data(text: str) -> dict[str, dict[str, str]]:
    """Section → key → value; of a key that is set twice, the last."""
    return parse(text)._sections


def check(before: str, after: str) -> str | None:
    """Whether no section or key came to be that was not there, beyond those renamed."""
    old, new = data(before), data(after)
    if len(new) > len(old):
        return "the file would have a section more than before"
    grown = next((name for name in new if name in old and len(new[name]) > len(old[name])), None)
    return f"[{grown.removeprefix('section ')}] would have more keys than before" if grown else None


def fit(text: str, edits: list[Edit]) -> list[Edit]:
    """The edits, where what they write can stand in their places.

    Raises:
        ValueError: readers of such files would take it for something else.
    """
    tree = parse(text)
    for edit in edits:
        entry = tree.entry_at(edit.start)
        if entry is None or not edit.replacement:
            continue
        if entry.value_start <= edit.start and edit.end <= entry.value_end:
            told = _unwritable(edit.replacement, whole=(edit.start, edit.end) == (entry.value_start, entry.value_end))
        elif entry.key_start <= edit.start and edit.end <= entry.key_end:
            told = "" if KEY.fullmatch(edit.replacement) else "it can't be a key"
        else:
            continue
        if told:
            raise ValueError(f"'{edit.replacement}': {told}")
    return edits


def _unwritable(value: str, *, whole: bool) -> str:
    """Why a value would not be read as it is written, or ''."""
    if "\n" in value or "\r" in value:
        return "a line break would end the value"
    if whole and value != value.strip():
        return "blanks around a value are not kept"
    if (whole and value[:1] in ("#", ";")) or re.search(r"[ \t][#;]", value):
        return "some readers would take a part of it for a comment"
    if value.endswith("\\"):
        return "some readers would go on with the next line"
    if whole and len(value) > 1 and value[0] in "\"'" and value[-1] == value[0]:
        return "some readers would take its quotes away"
    return ""


def provide(text: str, need: str) -> Edit | None:
    """Supply `setting:SECTION:KEY=VALUE`, behind the last entry of the section, which is made where it is not.

    Raises:
        ValueError: readers of such files would take it for something else.
    """
    _, section, given = need.split(":", 2)
    section = json_writing.unescaped(section)
    key, _, value = given.partition("=")
    told = _unwritable(value, whole=True) or ("" if KEY.fullmatch(key) else "it can't be a key")
    if told:
        raise ValueError(f"'{given}': {told}")
    tree = parse(text)
    inside = tree.inside(section)
    if any(entry.key == key for entry in inside):
        return None
    matched = re.search(r"\r\n|\r|\n", text)
    newline = matched[0] if matched else "\n"
    like = (inside or tree.inside(None))[-1:]
    between = text[like[0].key_end : like[0].value_start].rstrip("\"'") if like else " = "
    lead = _lead(text, inside[-1].key_start) if inside else ""
    line = f"{lead}{key}{between if between.strip() and not BROKEN.search(between) else ' = '}{value}"
    position = inside[-1].outer[1] if inside and inside[-1].outer else tree.header_end(section)
    if position is None and not section:
        first = next(HEAD.finditer(text), None)
        position = first.start() if first else len(text)
        line += newline if first else ""
    if position is None:
        gap = "" if not text else newline if text.endswith(("\n", "\r")) else newline * 2
        return Edit(len(text), len(text), f"{gap}[{section}]{newline}{line}{newline}")
    if position and text[position - 1] not in "\r\n":
        return Edit(position, position, newline + line)
    return Edit(position, position, line + newline)


def _lead(text: str, start: int) -> str:
    low = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    return text[low:start]


def grown(before: str, after: str) -> str | None:
    """Whether every setting is still there, with its value, once others were added."""
    now = data(after)
    kept = all(name in now and values.items() <= now[name].items() for name, values in data(before).items())
    return None if kept else "a setting would change with those that are added"
