"""INI: settings are set, renamed, deleted and added; `configparser` reads what must come of it."""

from __future__ import annotations

import configparser
import random
import re
from collections.abc import Iterator, Mapping

from offramp import files
from offramp.document import Document
from offramp.model import Edit, Entry
from offramp.syntax import module_for
from offramp.syntax.ini import Settings
from tests.nets.formats import Case, wishes

SOURCES = ("ansible==9.13.0", "apache-airflow==2.10.5", "setuptools==80.9.0")
MINIMUM: Mapping[str, int] = {"files": 150, "set": 500, "rename": 300, "delete": 300, "insert": 150}
TOP = "(top)"


def wanted(path: str) -> bool:
    return module_for(path, files.kind_of(path)) == "ini"  # units of systemd are read otherwise


def consumed(text: str, path: str) -> object:
    """Sections with their settings as `configparser` reads them; values as they are written, keys in their case."""
    parser = configparser.RawConfigParser(default_section="(none)", allow_no_value=True)
    parser.optionxform = str  # type: ignore[method-assign,assignment]  # as its documentation says
    try:
        parser.read_string(f"[{TOP}]\n{text}")
    except (configparser.Error, AttributeError) as error:  # a key without a value that goes on
        raise ValueError(str(error)) from None
    return {name: dict(parser[name]) for name in parser.sections()}


def cases(document: Document, chance: random.Random) -> Iterator[Case]:
    tree, data = document.tree, consumed(document.text, document.path)
    if not isinstance(tree, Settings) or not isinstance(data, dict):
        return
    entries = [e for e in tree.inside(None) if _value(data, e) is not None]
    for entry in chance.sample(entries, min(4, len(entries))):
        section, value = _section(entry), wishes.value(chance)
        lines = wishes.lines(document, entry.key_start, entry.value_end)
        old = data[section][entry.key]
        quote = document.text[entry.value_start - 1] if old[:1] in "\"'" and old else ""
        meant = (
            f"{quote}{value}{quote}"
            if entry.value_start > entry.key_end + 1 and quote and old != entry.value
            else value
        )
        edits = wishes.written(document, [Edit(entry.value_start, entry.value_end, value)])
        yield Case("set", edits, _with(data, section, data[section] | {entry.key: meant}), lines)
        name = chance.choice(wishes.NAMES)
        edits = wishes.written(document, [Edit(entry.key_start, entry.key_end, name)])
        renamed = {name if key == entry.key else key: said for key, said in data[section].items()}
        yield Case(
            "rename", edits, _with(data, section, renamed), wishes.lines(document, entry.key_start, entry.key_end)
        )
        edits = wishes.written(document, [Edit(*entry.outer, "")]) if entry.outer else entry.stuck
        rest = {key: said for key, said in data[section].items() if key != entry.key}
        first = lines[0] - (document.text.find("\n", entry.value_end) < 0)
        yield Case("delete", edits, _with(data, section, rest), (first, lines[1]))
    for section in chance.sample([*data, "plugh section"], min(2, len(data) + 1)):
        yield _added(document, tree, data, section, wishes.value(chance))


def _section(entry: Entry) -> str:
    return entry.scope.removeprefix("section ") or TOP


def _value(data: dict[str, dict[str, str]], entry: Entry) -> str | None:
    """What the other reader has for an entry, where both mean the same value."""
    said = data.get(_section(entry), {}).get(entry.key)
    alike = said is not None and re.sub(r"\s+", " ", said.strip("\"'")) == re.sub(r"\s+", " ", entry.value.strip("\"'"))
    return said if alike else None


def _added(document: Document, tree: Settings, data: dict[str, dict[str, str]], section: str, value: str) -> Case:
    name = "" if section == TOP else re.sub("[%/:]", lambda found: f"%{ord(found[0]):02X}", section)
    edits = wishes.supplied(document, f"setting:{name}:{wishes.NAME}={value}")
    inside = tree.inside("" if section == TOP else section)
    heads = [m for m in re.finditer(r"(?m)^[ \t]*\[([^\]\r\n]*)\]", document.text) if section in (TOP, m[1])]
    last = document.text.count("\n") + (not document.text.endswith("\n") and document.text != "")
    if inside:
        line = document.position(inside[-1].outer[1] - 1)[0] if inside[-1].outer else last
    elif heads:
        line = document.position(heads[0].start())[0] - (section == TOP)
    else:
        line = last
    return Case("insert", edits, _with(data, section, data.get(section, {}) | {wishes.NAME: value}), (line, line))


def _with(data: dict[str, dict[str, str]], section: str, said: dict[str, str]) -> object:
    return data | {section: said}
