"""How a value is written where it stands in a script, so that the shell reads exactly this value.

    A=old                 A="new value"          a word gets quotes
    A="old"               A="costs \\$5"          the escapes that its quotes demand
    x=${A:-old}           x=${A:-"new value"}
    cat <<EOF … old       cat <<EOF … \\$5        in a here-document; in one with <<'EOF' nothing

An edit inside a literal means its value. One that takes quotes or operators along is source text already, and stays.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Sequence

from offramp.model import Edit, apply_edits
from offramp.syntax import env, grammar, shell_entries
from offramp.syntax.grammar import Node

SIMPLE = re.compile(r"[\w./:@%+,=-]*")
NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
READ_BY_SHELL = re.compile(r"[\\\"'$`*?\[\]{}~#!<>|&;()\s^]")
SCRIPT = re.compile(r"(?:^|[;{\s])(?:[\d$,]+|/[^/]*/)?[sy](?P<mark>[^\w\s\\;'\"])")
PATTERNS = ("regex", "extglob_pattern", "test_operator", "brace_expression")
DEFAULTS = (":-", "-", ":=", "=", ":+", "+", ":?", "?")
Span = tuple[int, int]
Write = Callable[[str], str]


@dataclasses.dataclass(frozen=True, slots=True)
class Slot:
    """Where a value stands: the literal's own span without its quotes, and how a part of it is written there."""

    start: int
    end: int
    write: Write
    whole: bool = False  # a bare word, quoted as one


def fit(text: str, edits: list[Edit]) -> list[Edit]:
    """The edits as the shell demands them.

    Raises:
        ValueError: a text can't be written where it should.
    """
    if all(SIMPLE.fullmatch(edit.replacement) for edit in edits) and not _in_question(text, edits):
        return edits
    root = grammar.root(text, "bash")
    edits = _as_env_files(root, edits)
    fitted: list[Edit] = []
    words: dict[Span, list[Edit]] = {}
    for edit in edits:
        slot = _slot(root, text, edit)
        if slot is None or not edit.replacement:
            fitted.append(edit)
        elif slot.whole:
            words.setdefault((slot.start, slot.end), []).append(edit)
        else:
            fitted.append(dataclasses.replace(edit, replacement=slot.write(edit.replacement)))
    for span, inside in words.items():
        fitted += _word(text, span, inside)
    return sorted(fitted, key=lambda edit: (edit.start, edit.end))


def _in_question(text: str, edits: Sequence[Edit]) -> bool:
    """Whether a simple text may still mean something where it stands: in a script of sed, or as a name."""
    if "sed" in text and any("/" in edit.replacement or "," in edit.replacement for edit in edits):
        return True
    return any(
        not NAME.fullmatch(edit.replacement) and edit.replacement and text[edit.start - 1 : edit.start] in ("$", "{")
        for edit in edits
    )


def _as_env_files(root: Node, edits: list[Edit]) -> list[Edit]:
    """The edits; those of here-documents that become env files as an env file demands them."""
    bodies: dict[Span, tuple[Node, list[Edit]]] = {}
    others: list[Edit] = []
    for edit in edits:
        body = root.at(edit.start, edit.end).above("heredoc_body")
        if body is None or not shell_entries.is_env(body) or _expands(body.source, edit):
            others.append(edit)
        else:
            bodies.setdefault(body.span, (body, []))[1].append(edit)
    for body, inside in bodies.values():
        moved = [Edit(edit.start - body.start, edit.end - body.start, edit.replacement) for edit in inside]
        fitted = env.fit(body.text, moved)
        others += [Edit(edit.start + body.start, edit.end + body.start, edit.replacement) for edit in fitted]
    return others


def _expands(text: str, edit: Edit) -> bool:
    """Whether the shell puts anything else into the line of an edit."""
    start = text.rfind("\n", 0, edit.start) + 1
    end = text.find("\n", edit.end)
    return re.search(r"[$`]", text[start : end if end >= 0 else len(text)]) is not None


def _slot(root: Node, text: str, edit: Edit) -> Slot | None:
    if edit.start == edit.end:
        return _empty(root, text, edit.start)
    node = root.at(edit.start, edit.end)
    for above in node.ancestors():
        if above.kind in ("command_substitution", "process_substitution", "program", "ERROR"):
            return None
        if above.kind in _SLOTS:
            return _SLOTS[above.kind](above, edit)
    return None


def _empty(root: Node, text: str, offset: int) -> Slot | None:
    """A value that is not there: `A=`, `A=""`."""
    before, around = text[offset - 1 : offset], text[offset - 1 : offset + 1]
    if around in ('""', "''"):
        node = root.at(offset - 1, offset + 1)
        return _SLOTS[node.kind](node, Edit(offset, offset, "")) if node.kind in ("string", "raw_string") else None
    holder = root.at(offset - 1, offset).parent if before == "=" else None
    if holder is None or holder.kind != "variable_assignment" or holder.field("value") is not None:
        return None
    return Slot(offset, offset, _single, whole=True)


def _name(node: Node, edit: Edit) -> Slot:
    def write(value: str) -> str:
        name = node.text[: edit.start - node.start] + value + node.text[edit.end - node.start :]
        if not NAME.fullmatch(name):
            raise ValueError(f"nothing in a script can be called {name}: choose another name")
        return value

    return Slot(*node.span, write)


def _comment(node: Node, edit: Edit) -> Slot:
    def write(value: str) -> str:
        if "\n" in value or "\r" in value:
            raise ValueError("a comment can't hold a line break: reword it by hand")
        return value

    return Slot(*node.span, write)


def _string(node: Node, edit: Edit) -> Slot | None:
    head = 2 if node.text[0] == "$" else 1
    if edit.start < node.start + head or edit.end > node.end - 1:
        return None
    return Slot(node.start + head, node.end - 1, lambda value: double(_for_sed(node, value)))


def _raw(node: Node, edit: Edit) -> Slot | None:
    if edit.start <= node.start or edit.end >= node.end:
        return None
    return Slot(node.start + 1, node.end - 1, lambda value: _for_sed(node, value).replace("'", "'\\''"))


def _ansi(node: Node, edit: Edit) -> Slot | None:
    if edit.start < node.start + 2 or edit.end >= node.end:
        return None

    def write(value: str) -> str:
        escaped = re.sub(r"[\\']", r"\\\g<0>", value)
        return escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")

    return Slot(node.start + 2, node.end - 1, write)


def _bare(node: Node, edit: Edit) -> Slot | None:
    """A word without quotes; in the default of an expansion it can stand inside quotes all the same."""
    parent = node.parent
    if parent is not None and parent.kind == "concatenation":
        parent = parent.parent
    if parent is not None and parent.kind == "expansion":
        if not any(child.kind in DEFAULTS for child in parent.children):
            return _pattern(node, edit)
        quoted = parent.above("string", "heredoc_body") is not None
        return Slot(*node.span, _in_default if quoted else _quoted)
    if parent is not None and parent.kind == "command_name":
        return None  # the name of a program is source
    if parent is not None and parent.kind == "function_definition":
        return _pattern(node, edit)
    if node.above("arithmetic_expansion", "subscript") is not None:
        return _pattern(node, edit)
    whole = node.kind == "word" and node.parent is parent and not READ_BY_SHELL.search(node.text)
    whole = whole or node.kind == "number"
    return Slot(*node.span, _single if whole else _quoted, whole=whole)


def _pattern(node: Node, edit: Edit) -> Slot:
    def write(value: str) -> str:
        if SIMPLE.fullmatch(value):
            return value
        raise ValueError(f"{value!r} would mean something else in a pattern or a name: write it by hand")

    return Slot(*node.span, write)


def _heredoc(node: Node, edit: Edit) -> Slot | None:
    redirect = node.parent
    start = next((c for c in redirect.children if c.kind == "heredoc_start"), None) if redirect is not None else None
    if start is None or edit.start < node.start or edit.end > node.end:
        return None
    end_word = start.text.strip("\"'\\")
    literal = any(mark in start.text for mark in "\"'\\")

    def write(value: str) -> str:
        if any(line.strip("\t\r") == end_word for line in value.split("\n")):
            raise ValueError(f"a line {end_word} would end the here-document: choose another end word")
        return value if literal else re.sub(r"[\\$`]", r"\\\g<0>", value)

    return Slot(*node.span, write)


_SLOTS: dict[str, Callable[[Node, Edit], Slot | None]] = {
    "variable_name": _name,
    "comment": _comment,
    "string": _string,
    "translated_string": _string,
    "raw_string": _raw,
    "ansi_c_string": _ansi,
    "word": _bare,
    "number": _bare,
    "heredoc_body": _heredoc,
    **dict.fromkeys(PATTERNS, _pattern),
}


def _word(text: str, span: Span, inside: list[Edit]) -> list[Edit]:
    """The edits of a bare word, as one that quotes it where that is needed."""
    start, end = span
    if all(SIMPLE.fullmatch(edit.replacement) for edit in inside):
        return inside
    moved = (Edit(edit.start - start, edit.end - start, edit.replacement) for edit in inside)
    return [Edit(start, end, quoted(apply_edits(text[start:end], moved)))]


def quoted(value: str) -> str:
    """A word that means a value, with quotes where it needs some."""
    if value and not READ_BY_SHELL.search(value):
        return value
    if not re.search(r"[\"$`\\!]", value):
        return f'"{value}"'
    return _single(value) if "'" not in value else f'"{double(value)}"'


def double(value: str) -> str:
    """The inside of double quotes that means a value."""
    return re.sub(r"[\\\"$`]", r"\\\g<0>", value)


def _single(value: str) -> str:
    return "'" + value.replace("'", "'\\''") + "'"


def _quoted(value: str) -> str:
    return value if SIMPLE.fullmatch(value) else f'"{double(value)}"'


def _in_default(value: str) -> str:
    """Inside `"${A:-…}"`, where quotes are not removed and a brace would end it."""
    if "'" in value:
        raise ValueError("a single quote can't stand in the default of an expansion: set the variable before it")
    return re.sub(r"[\\\"$`}]", r"\\\g<0>", value)


def _for_sed(node: Node, value: str) -> str:
    """A value inside a script of sed: what sed reads in it is escaped."""
    command = node.above("command")
    if command is None or not command.children or not command.children[0].text.endswith("sed"):
        return value
    script = SCRIPT.search(node.text[1:-1])
    if script is None:
        return value
    if "\n" in value:
        raise ValueError("a script of sed can't hold a line break: write it by hand")
    return re.sub(rf"[\\&{re.escape(script['mark'])}]", r"\\\g<0>", value)
