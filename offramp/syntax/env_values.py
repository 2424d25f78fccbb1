"""How the value of a setting is written in an env file, so that all who read the file see the same.

    MODEL=a      →  `a b`     MODEL="a b"      quotes where a reader needs them
    MODEL="a"    →  `a "b"`   MODEL='a "b"'    others where those that are there do not hold it

Who reads a file can't be told from its name, but from what it holds: a reader that gets one of its settings wrong today
(docker the quotes, bash the blanks around `=`) is none of its readers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from offramp.model import Edit, Entry, apply_edits
from offramp.syntax.env_dialects import BREAK, DOCKER, READERS

HARMLESS = re.compile(r"[\w./:@%+,=-]*", re.ASCII)  # means itself to every reader, in quotes and without
PROVES_NOTHING = re.compile(r"[\\$`]")  # escapes and references, which may be meant as any reader takes them
LINE_REST = re.compile(r"[^\r\n]*")


def readers(text: str, entries: Sequence[Entry]) -> list[str]:
    """The readers that see every setting of a file as it is meant."""
    last = {entry.key: entry for entry in entries}
    told = [entry for entry in last.values() if not PROVES_NOTHING.search(entry.value)]
    found = list[str]()
    for name, reader in READERS.items():
        settings = reader(text) if name != "bash" or "\r" not in text else None  # it keeps the carriage returns
        if settings is not None and all(_unix(settings.get(e.key, "\0")) == _unix(e.value) for e in told):
            found.append(name)
    return found


def _unix(value: str) -> str:
    return value.replace("\r\n", "\n")


def fitted(edits: Sequence[Edit], text: str, entries: Sequence[Entry], commented: Sequence[Entry]) -> list[Edit]:
    """The edits, those within values as their entries demand; all edits of one value become one.

    Raises:
        ValueError: a value can't be written.
    """
    result = list(edits)
    for entry in (*entries, *commented):
        own = [e for e in result if entry.value_start <= e.start and e.end <= entry.value_end]
        if all(HARMLESS.fullmatch(edit.replacement) for edit in own):
            continue
        value = _value(entry, own)
        result = [edit for edit in result if edit not in own]
        if entry.scope == "file":
            result.append(_valued(text, entry, value, readers(text, entries)))
        elif BREAK.search(value):
            raise ValueError(f"'{entry.key}' is commented out, and its new value has several lines")
        else:
            result.append(Edit(entry.value_start, entry.value_end, value))
    return sorted(result, key=lambda edit: (edit.start, edit.end))


def _value(entry: Entry, edits: Sequence[Edit]) -> str:
    """What the value is to be."""
    start = entry.value_start
    inner = [Edit(edit.start - start, edit.end - start, edit.replacement) for edit in edits]
    if "\\" in entry.value and not any((e.start, e.end) == (0, len(entry.value)) for e in inner):
        raise ValueError(f"the value of '{entry.key}' holds escapes, which the readers of env files take differently")
    return apply_edits(entry.value, inner)


def _valued(text: str, entry: Entry, value: str, who: Sequence[str]) -> Edit:
    quote = _quote(text, entry)
    if quote == "'" and "$" in value and "$" not in entry.value:
        raise ValueError(f"python-dotenv expands $ in the single quotes of '{entry.key}', and bash does not")
    matched = BREAK.search(text)
    written = _written(entry.key, value, _around(text, entry), who, quote, matched[0] if matched else "\n")
    return Edit(entry.value_start - len(quote), entry.value_end + len(quote), written)


def _around(text: str, entry: Entry) -> tuple[str, str]:
    """What stands on the line of a setting in front of its value and behind it, without the quotes."""
    size = len(_quote(text, entry))
    start = max(text.rfind(sign, 0, entry.key_start) for sign in "\r\n") + 1
    rest = LINE_REST.match(text, entry.value_end + size)
    return text[start : entry.value_start - size], rest[0] if rest else ""


def _quote(text: str, entry: Entry) -> str:
    """The quotes around a value, or nothing."""
    sign = text[entry.value_start - 1 : entry.value_start]
    return sign if sign in ("'", '"', "`") and text[entry.value_end : entry.value_end + 1] == sign else ""


def assignment(text: str, entries: Sequence[Entry], key: str, value: str) -> str:
    """A new setting as the line `KEY=value`; with `export` where all the others have it.

    Raises:
        ValueError: the value can't be written.
    """
    exported = entries and all(re.search(r"(?:^|[\r\n])[ \t]*export[ \t]+\Z", text[: e.key_start]) for e in entries)
    head = f"{'export ' if exported else ''}{key}="
    if HARMLESS.fullmatch(value):
        return head + value
    matched = BREAK.search(text)
    newline = matched[0] if matched else "\n"
    return head + _written(key, value, (head, ""), readers(text, entries), "", newline)


def _written(key: str, value: str, around: tuple[str, str], who: Sequence[str], quote: str, newline: str) -> str:
    """The value as it stands in the file: in the quotes that are there, in none, or in others."""
    strangers: list[str] = []
    for written in _ways(value, quote):
        line = around[0] + written + around[1] + "\n"
        wrong = [name for name in who if READERS[name](line) != {key: value}]
        if not wrong:
            return BREAK.sub(lambda _: newline, written)
        strangers = wrong if not strangers or len(wrong) < len(strangers) else strangers
    told = " and ".join(strangers)
    raise ValueError(f"'{key}' can't be given its new value so that every reader of the file sees it: {told} would not")


def _ways(value: str, quote: str) -> Iterator[str]:
    escaped = re.sub(r'([\\"])', r"\\\1", value)
    as_it_is = f"{quote}{value}{quote}"
    yield as_it_is
    if quote == '"':
        yield f'"{escaped}"'
    yield value
    yield f'"{value}"'
    if "$" not in value:
        yield f"'{value}'"
    yield f'"{escaped}"'


def disagreement(text: str, entry: Entry) -> str:
    """What a reader makes of an entry that others read as it is meant, in words without its value; or nothing.

    Not told is what a whole file does: quotes, which docker keeps, and carriage returns, which bash keeps.
    """
    if entry.scope != "file" or PROVES_NOTHING.search(entry.value) or entry.value.startswith("<"):
        return ""  # nothing is known of references, nor of what stands in for a value
    quote, (head, tail) = _quote(text, entry), _around(text, entry)
    line = f"{head}{quote}{_unix(entry.value)}{quote}{tail}\n"
    told = []
    for name, reader in READERS.items():
        settings = reader(line)
        if settings is None and "export" not in head:
            told.append(f"{name} refuses a file with such a line")
        elif settings is not None and entry.key not in settings:
            told.append(f"{name} takes the line for a command" if name == "bash" else f"{name} passes over the line")
        elif settings is not None and settings[entry.key] != _unix(entry.value) and not (name == DOCKER and quote):
            told.append(f"{name} takes what follows for a part of the value" if tail else f"{name} reads another value")
    return "; ".join(told)
