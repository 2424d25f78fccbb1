"""The `KEY=value` entries of a script, and what goes when one is deleted.

export KEY=value            a statement, with its line; one of several that share it, with the white space before it
KEY=value command           the setting of one command
docker run -e KEY=value     an argument, with its option; `--build-arg`, `--from-literal` … likewise
cat > .env <<EOF … EOF      the lines of a here-document that becomes an env file
echo "KEY=value" >> .env    the same, line by line
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

from offramp.model import Entry
from offramp.syntax import env, grammar
from offramp.syntax.grammar import Node

ENV_TARGET = re.compile(
    r"(?i)(?:^|/|\b)\.?env(?:\.[\w.-]+)?[\"']?$|GITHUB_ENV|\.envrc|environment$|\$\{?ENV_FILE|env_file"
)
ENV_LINES = re.compile(
    r"(?:[ \t]*(?:#[^\n]*)?\n)*(?:(?:export )?[A-Z_][A-Z\d_]*=[^\n]*\n(?:[ \t]*(?:#[^\n]*)?\n)*){2,}"
)
ECHO = re.compile(
    r"""(?:echo|printf(?:[ ]['"]%s\\n['"])?)[ \t]+(?P<quote>["']?)(?P<key>[A-Za-z_]\w*)=(?P<value>[^\r\n]*?)(?:\\n)?"""
    r"""(?P=quote)[ \t]*(?P<to>>>|>)[ \t]*(?P<target>["']?[^\s"']+["']?)"""
)
ARGUMENT = re.compile(
    r"""(?P<option>(?<=\s)(?:-e|--env|--build-arg|--from-literal)(?:=|[ \t]+))(?P<quote>["']?)
    (?P<key>[A-Za-z_]\w*)(?P<value>=)?""",
    re.VERBOSE,
)
GAP = re.compile(r"(?:[ \t]|\\\r?\n)+\Z")
SHARED = "it shares its line with other commands"
WRAPPED = ("command", "variable_assignments")
BLOCKS = ("program", "do_group", "compound_statement", "if_statement", "elif_clause", "else_clause", "case_item")


def entries(text: str, root: Node) -> list[Entry]:
    """Every entry of a script, in order of its keys."""
    found = [entry for node in root.find_all("variable_assignment") for entry in _assignment(text, root, node)]
    for node in root.find_all("heredoc_body"):
        found += _heredoc(node)
    found += _echoed(text, root)
    found += _arguments(text, root)
    return sorted(found, key=lambda entry: entry.key_start)


def _assignment(text: str, root: Node, node: Node) -> Iterator[Entry]:
    """A variable that is set; set twice is legal code, so each has its own scope."""
    name, value = node.field("name"), node.field("value")
    if name is None or name.kind != "variable_name":
        return
    if text[node.end : node.end + 1].strip(";)&|<>`}") and not text[node.end].isspace():
        return  # the grammar cuts `A=#{x}` in two
    outer = _statement(text, root, node)
    span = inner(value) if value is not None else (node.end, node.end)
    stuck = "" if outer else SHARED
    yield Entry(f"statement {node.start}", name.text, *name.span, text[slice(*span)], *span, outer, stuck)


def _statement(text: str, root: Node, node: Node) -> tuple[int, int] | None:
    """What goes when an assignment does."""
    parent = node.parent
    if parent is not None and parent.kind == "declaration_command":
        others = [c for c in parent.named if c.kind != "comment" and c.span != node.span]
        operands = [c for c in others if not c.text.startswith("-")]
        if operands:
            return _with_gap(text, *node.span)
        return grammar.line_span(text, *parent.span) or _between(text, root.at(*parent.span))
    if parent is not None and parent.kind in WRAPPED:
        following = next((c for c in parent.children if c.start >= node.end), None)
        if following is None:
            return _with_gap(text, *node.span)
        return (node.start, following.start) if GAP.fullmatch(text, node.end, following.start) else None
    return grammar.line_span(text, *node.span) or _between(text, node)


def _between(text: str, node: Node) -> tuple[int, int] | None:
    """A statement that shares its line with others, with the semicolon that parts it from them."""
    if node.parent is None or node.parent.kind not in BLOCKS:
        return None
    after = re.compile(r"[ \t]*;(?!;)[ \t]*(?=[^\s;])").match(text, node.end)
    if after is not None:
        return node.start, after.end()
    before = re.compile(r"(?<!;);[ \t]*\Z").search(text, max(0, node.start - 50), node.start)
    return None if before is None else (before.start(), node.end)


def _with_gap(text: str, start: int, end: int) -> tuple[int, int] | None:
    """A word with the white space before it, line continuations included."""
    gap = GAP.search(text, max(0, start - 500), start)
    return None if gap is None else (gap.start(), end)


def target_of(body: Node) -> str:
    """The first line of the command that a here-document belongs to."""
    redirected = body.parent.raw.parent() if body.parent is not None else None
    return redirected.text().split("\n", 1)[0] if redirected is not None else ""


def is_env(body: Node) -> bool:
    """Whether a here-document becomes an env file."""
    named = any(ENV_TARGET.search(word) for word in re.split(r"[\s<>]+", target_of(body)))
    return named or ENV_LINES.fullmatch(body.text.replace("\r\n", "\n")) is not None


def _heredoc(node: Node) -> Iterator[Entry]:
    if is_env(node):
        for entry in env.parse(node.text).entries():
            yield moved(entry, node.start, f"here-document {node.start}")


def _echoed(text: str, root: Node) -> Iterator[Entry]:
    """`echo "K=V" >> file` lines: entries of that file as long as it is written to by lines of the same block."""
    if not ECHO.search(text):
        return
    for node in root.find_all("redirected_statement"):
        matched = ECHO.fullmatch(node.text)
        appends = matched is not None and (">>" in matched["to"] or ENV_TARGET.search(matched["target"]))
        if matched is None or not appends or not matched["key"].isupper():
            continue
        outer = grammar.line_span(text, *node.span)
        block = node.parent.start if node.parent is not None else 0
        key, value = ((node.start + matched.start(g), node.start + matched.end(g)) for g in ("key", "value"))
        scope = f"{matched['target']} in {block}"
        stuck = "" if outer else SHARED
        yield Entry(scope, matched["key"], *key, matched["value"], *value, outer, stuck)


def _arguments(text: str, root: Node) -> Iterator[Entry]:
    """`-e KEY=value` and its like; of one command the last wins, so that they share a scope."""
    for matched in ARGUMENT.finditer(text):
        node = root.at(*matched.span("key"))
        word = node.above("word", "string", "raw_string", "concatenation")
        if word is None or node.damaged:
            continue
        word = word.parent if word.parent is not None and word.parent.kind == "concatenation" else word
        if word.text.startswith("-") is ("=" not in matched["option"]):
            continue
        command = word.parent
        outer = _with_gap(text, matched.start(), word.end)
        quote = len(matched["quote"])
        if command is None or command.kind != "command" or outer is None or matched.end("key") > word.end:
            continue
        key = matched.span("key")
        if matched["value"] is None:
            if text[key[1] : key[1] + 1 + quote].strip() and key[1] + quote != word.end:
                continue
            value = (key[1], key[1])
        else:
            value = (matched.end("value"), word.end - quote)
        yield Entry(f"command {command.start}", matched["key"], *key, text[slice(*value)], *value, outer)


def moved(entry: Entry, offset: int, scope: str) -> Entry:
    """An entry of a text inside another."""
    outer = None if entry.outer is None else (entry.outer[0] + offset, entry.outer[1] + offset)
    return dataclasses.replace(
        entry,
        scope=scope,
        key_start=entry.key_start + offset,
        key_end=entry.key_end + offset,
        value_start=entry.value_start + offset,
        value_end=entry.value_end + offset,
        outer=outer,
    )


def inner(node: Node) -> tuple[int, int]:
    """The span of a literal without its quotes."""
    text = node.text
    if node.kind in ("ansi_c_string", "translated_string") and len(text) > 2:
        return node.start + 2, node.end - 1
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" and text.find(text[0], 1) == len(text) - 1:
        return node.start + 1, node.end - 1
    return node.span
