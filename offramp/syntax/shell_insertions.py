"""Where a setting goes that a script is given: below its relations, else below the last one that is set.

export OPENROUTER_API_KEY=x
export OPENROUTER_MODEL=y           added, as `setting::OPENROUTER_MODEL=y`

cat > .env <<EOF
OPENROUTER_API_KEY=x
OPENROUTER_MODEL=y                  added, as `setting:.env:OPENROUTER_MODEL=y`
EOF
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from offramp.model import Edit, Entry
from offramp.syntax import grammar, shell_entries, shell_words
from offramp.syntax.grammar import Node

BREAK = re.compile(r"\r\n|\r|\n")
SETS_OPTIONS = re.compile(r"set[ \t]+[-+]")
DECLARED = re.compile(r"(?P<head>[ \t]*(?:export|readonly|declare|typeset|local)?(?:[ \t]+-\w+)*[ \t]*)[A-Za-z_]\w*=")


def provide(text: str, need: str) -> Edit | None:
    """Supply a variable at the top level, or a line of the here-document that becomes the file which is named.

    Raises:
        ValueError: there is nothing beside which it could stand.
    """
    _, holder, assignment = need.split(":", 2)
    root = grammar.root(text, "bash")
    key, _, value = assignment.partition("=")
    if not shell_words.NAME.fullmatch(key):
        raise ValueError(f"no variable of the shell can be called {key}")
    if holder:
        return _in_heredoc(text, root, holder, key, value)
    entries = [entry for entry in shell_entries.entries(text, root) if entry.scope.startswith("statement")]
    if any(entry.key == key for entry in entries):
        return None
    near = _near([entry for entry in entries if _at_top(root, entry)], key)
    line = f"{key}={shell_words.quoted(value) if value else ''}"
    if near is None:
        return _line(text, _begins(text, root), line)
    matched = DECLARED.match(text, near.outer[0]) if near.outer is not None else None
    if matched is None or near.outer is None:
        raise ValueError(f"the line that sets {near.key} has another form than KEY=value")
    return _line(text, near.outer[1], matched["head"] + line)


def _begins(text: str, root: Node) -> int:
    """Where the commands of a script begin: behind the comment that heads it, and the options that it sets."""
    begin = 0
    for node in root.children:
        span = grammar.line_span(text, *node.span)
        heads = node.kind == "comment" and node.start == begin
        if span is None or not (heads or (node.kind == "command" and SETS_OPTIONS.match(node.text))):
            if node.kind == "comment" and span is not None:
                continue
            break
        begin = span[1]
    return begin


def _near(entries: Sequence[Entry], key: str) -> Entry | None:
    """The entry below which a new one belongs."""
    stem = f"{key.partition('_')[0]}_"
    alike = [entry for entry in entries if entry.key.startswith(stem)]
    return next(reversed(alike or list(entries)), None)


def _at_top(root: Node, entry: Entry) -> bool:
    """Whether an entry is a statement of its own in no function, loop or branch."""
    node = root.at(entry.key_start, entry.key_end).above("variable_assignment")
    holder = node.parent if node is not None else None
    if holder is not None and holder.kind == "declaration_command":
        alone = len([c for c in holder.named if not c.text.startswith("-")]) == 1
        holder = holder.parent if alone else None
    return holder is not None and holder.kind == "program" and entry.outer is not None


def _in_heredoc(text: str, root: Node, holder: str, key: str, value: str) -> Edit | None:
    word = re.compile(rf"(?:^|[\s>\"'/]){re.escape(holder)}(?=$|[\s\"'])")
    bodies = [b for b in root.find_all("heredoc_body") if word.search(shell_entries.target_of(b))]
    if len(bodies) != 1:
        raise ValueError(f"{'several' if bodies else 'no'} here-documents become {holder}")
    entries = [e for e in shell_entries.entries(text, root) if e.scope == f"here-document {bodies[0].start}"]
    if any(entry.key == key for entry in entries):
        return None
    near = _near(entries, key)
    if near is None or near.outer is None:
        raise ValueError(f"the here-document for {holder} sets nothing yet")
    if re.search(r"[\s#\"'$`\\]", value):
        raise ValueError(f"the value of {key} needs quotes: add it to the here-document by hand")
    indent = re.match(r"[ \t]*", text[near.outer[0] : near.key_start])
    return _line(text, near.outer[1], f"{indent[0] if indent else ''}{key}={value}")


def _line(text: str, position: int, line: str) -> Edit:
    found = BREAK.search(text)
    newline = found[0] if found else "\n"
    if position and text[position - 1] not in "\r\n":
        return Edit(position, position, newline + line)
    return Edit(position, position, line + newline)


def grown(before: str, after: str) -> str | None:
    """Whether every setting is still there, with its value and in its order, once others were added."""
    old, new = grammar.root(before, "bash"), grammar.root(after, "bash")
    remaining = iter([(entry.key, entry.value) for entry in shell_entries.entries(after, new)])
    if not all((entry.key, entry.value) in remaining for entry in shell_entries.entries(before, old)):
        return "a setting would change with those that are added"
    return grammar.worse(lambda: old, lambda: new)
