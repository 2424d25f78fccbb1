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

from offramp.model import Entry, Place, Role
from offramp.syntax import commands, grammar, unit_settings
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
ASSIGNED = re.compile(r"[\"']?(?P<key>[A-Za-z_][\w.]*)[ \t]*(?P<sep>=)[ \t]*")


class Settings:
    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _entries(self) -> list[Entry]:
        entries: list[Entry] = []
        section, position, openly = "", 0, False
        while position < len(self.text):
            matched = LINE.match(self.text, position)
            following = matched.end() if matched else len(self.text)
            line = self.text[position:following]
            if (head := SECTION.match(line)) is not None:
                section, openly = head["name"], False
            elif not line.strip() or REMARK.match(line):
                pass
            elif openly and line[:1] in (" ", "\t") and entries:
                entries[-1] = self._longer(entries[-1], following)
            elif (pair := PAIR.match(self.text, position)) is not None:
                entries.append(self._entry(pair, section, position, following))
                openly = True
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
