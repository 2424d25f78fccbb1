"""Shell scripts: bash by its grammar, the other shells as far as that goes.

export GRADIENT_API_KEY=x             a variable that is set
${LLM_PROVIDER:-gradient}             the value of LLM_PROVIDER
[ "$LLM_PROVIDER" = gradient ]        the same
cat > .env <<EOF … EOF                entries of an env file
pip install gradient                  a package
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from offramp.model import Entry, Place, Role
from offramp.syntax import commands, grammar, shell_code, shell_entries
from offramp.syntax import text as plain
from offramp.syntax.embedded import Embedded
from offramp.syntax.grammar import Node
from offramp.syntax.shell_insertions import grown, provide
from offramp.syntax.shell_words import fit

__all__ = ["COMMENT", "Script", "check", "fit", "grown", "parse", "provide"]

COMMENT = "#"
LITERALS = ("string", "raw_string", "ansi_c_string", "translated_string")
WORDS = ("word", "extglob_pattern", "concatenation", "regex", "test_operator")
OPTION = re.compile(r"--?(?P<name>[A-Za-z][\w-]*)=")
HELD = re.compile(
    r"(?P<name>[A-Za-z_]\w*)=[\\\"'?]{0,4}\Z"
)  # in a longer text: grep '^NAME="?value', sed 's/NAME=value/…/'
WORD = re.compile(r"[\w.:@-]*")
ASSIGNED = re.compile(r"(?P<flag>-{1,2}[\w-]+=)?(?P<name>[A-Za-z_][\w.-]*)(?P<sep>=|:=)")
FLAG = re.compile(r"--?(?P<name>[A-Za-z][\w-]*)$")
SETTERS = re.compile(r"^(?:unset|printenv|export|declare|readonly|typeset|setenv|unsetenv)$")
REMOTE_SETTERS = re.compile(
    r"\b(?:secrets?|variable|config|env|vars|envvars?)(?::| )(?:set|get|delete|unset|remove|rm|add|put)\b"
)
EMPTY = re.compile(  # a block without a command, which the grammar lets pass and the shell does not
    r"(?:\b(?:then|do|else)|(?<=[\s)])\{)[ \t;]*(?:#[^\n]*)?\r?\n(?:[ \t]*(?:#[^\n]*)?\r?\n)*"
    r"[ \t]*(?:(?:fi|done|else|elif)\b|\})"
    r"|\b(?:then|do|else)[ \t]+(?:fi|done|else|elif)\b|(?<=[\s)])\{[ \t]+\}"
)


class Script:
    def __init__(self, text: str) -> None:
        self.text = text
        self.root = grammar.root(text, "bash")
        self._inside: dict[int, Embedded | None] = {}  # here-documents, by where they begin

    def entries(self) -> Sequence[Entry]:
        return self._entries

    @cached_property
    def _entries(self) -> list[Entry]:
        return shell_entries.entries(self.text, self.root)

    def place(self, start: int, end: int) -> Place:
        node = self.root.at(start, end)
        if (package := commands.package(self.text, start, end)) is not None:
            return package
        if node.above("comment") is not None:
            return Place(Role.COMMENT, "a comment", start=start, end=end)
        if node.damaged:
            return plain.place(self.text, start, end)
        if node.kind in ("variable_name", "special_variable_name"):
            return self._variable(node)
        if (body := node.above("heredoc_body")) is not None and node.above("command_substitution", "expansion") is None:
            return self._in_heredoc(body, start, end)
        literal = node.above(*LITERALS, *WORDS)
        if literal is None:
            return plain.place(self.text, start, end)
        if literal.parent is not None and literal.parent.kind == "concatenation":
            literal = literal.parent
        return self._literal(literal, start, end)

    def _variable(self, node: Node) -> Place:
        parent = node.parent
        if parent is not None and parent.kind == "variable_assignment":
            holder = parent.parent
            exported = holder is not None and holder.kind in ("declaration_command", "command")
            role = Role.ENV if exported else Role.KEY
            return Place(role, "an environment variable" if exported else "a variable", "", node.start, node.end)
        return Place(Role.ENV, "an environment variable", "", node.start, node.end)

    def _in_heredoc(self, body: Node, start: int, end: int) -> Place:
        if body.start not in self._inside:
            self._inside[body.start] = shell_code.here_document(self.text, body)
        inside = self._inside[body.start]
        if inside is not None and (known := inside.place(start, end)) is not None and known.role is not Role.TEXT:
            return known
        place = plain.place(self.text, start, end)
        line_start = max(self.text.rfind("\n", 0, start) + 1, body.start)
        begins = re.match(r"[ \t]*(?:export[ \t]+)?$", self.text[line_start:start]) is not None
        if place.role is Role.TEXT and begins and self.text[end : end + 1] == "=":
            return Place(Role.KEY, "a setting in a here-document", "", start, end)
        return place

    def _literal(self, node: Node, start: int, end: int) -> Place:
        if _names_program(node):
            return Place(Role.RESOURCE, "the name of a program", "", start, end)
        span = shell_entries.inner(node)
        code = shell_code.argument(self.text, node, *span) if span != (start, end) else None
        if code is not None and (known := code.place(start, end)) is not None and known.role is not Role.TEXT:
            return known
        built = any(c.kind in ("expansion", "simple_expansion", "command_substitution") for c in node.children)
        assigned = ASSIGNED.match(self.text, span[0], span[1])
        if assigned is not None and (place := _in_assigned(assigned, span, start, end, built)) is not None:
            return place
        assigns = node.parent is not None and node.parent.kind == "variable_assignment"
        if (
            span == (start, end)
            and not assigns
            and (_command(node, SETTERS, only_name=True) or _command(node, REMOTE_SETTERS) or self._passed(node))
        ):
            return Place(Role.ENV, "an environment variable", "", start, end)
        if (option := OPTION.match(self.text, span[0], span[1])) is not None and option.end() <= start:
            return Place(
                Role.VALUE, f"the value of {option['name']}", option["name"], option.end(), span[1], built=built
            )
        if (inside := HELD.search(self.text, span[0], start)) is not None:
            stop = WORD.match(self.text, end)
            return Place(
                Role.VALUE, f"the value of {inside['name']}", inside["name"], start, stop.end() if stop else end
            )
        key = _key(node)
        syntax = f"the value of {key}" if key else "a word of a command"
        return Place(Role.VALUE if key else Role.STRING, syntax, key, *span, built=built)

    def _passed(self, node: Node) -> bool:
        """Whether a word is handed on as the name of a variable: `docker run -e NAME`, `--build-arg NAME`."""
        before = self.text[max(0, node.start - 40) : node.start]
        return re.search(r"(?:\s-e|--env|--build-arg|--secret(?:\s|=)id=)[\s=]+[\"']?$", before) is not None


RUNNERS = frozenset({"nohup", "sudo", "exec", "env", "time", "nice", "command", "which", "type", "-v"})


def parse(text: str) -> Script:
    return Script(text)


def check(before: str, after: str) -> str | None:
    if len(EMPTY.findall(after)) > len(EMPTY.findall(before)):
        return "a block would be empty"
    old, new = grammar.root(before, "bash"), grammar.root(after, "bash")
    return grammar.worse(lambda: old, lambda: new) or shell_code.fault((before, old), (after, new))


def _names_program(node: Node) -> bool:
    """Whether a word is what a command runs, behind `nohup` and its like also."""
    command = node.above("command")
    if command is None or "_" in node.text:  # a function of the script's own
        return False
    words = [child for child in command.named if child.kind not in ("comment", "variable_assignment", "file_redirect")]
    index = next((n for n, word in enumerate(words) if word.start == node.start), -1)
    return index >= 0 and all(word.text in RUNNERS for word in words[:index])


def _in_assigned(assigned: re.Match[str], span: tuple[int, int], start: int, end: int, built: bool) -> Place | None:
    """The place inside a word like `KEY=value` or `--set=key=value` that is an argument of a command."""
    name, value_start = assigned["name"], assigned.end()
    if assigned.start("name") <= start and end <= assigned.end("name"):
        return Place(Role.KEY, "a setting in an argument", "", *assigned.span("name"))
    if start < value_start:
        return None
    return Place(Role.VALUE, f"the value of {name}", name, value_start, span[1], built=built)


def _command(node: Node, pattern: re.Pattern[str], only_name: bool = False) -> bool:
    """Whether the word is an argument of such a command."""
    command = node.above("command", "declaration_command", "unset_command")
    if command is None or not command.children:
        return False
    head = command.children[0].text if only_name else command.text[: max(0, node.start - command.start)]
    return pattern.search(head) is not None


def _key(node: Node) -> str:
    """What a word is assigned to, compared with, or the flag before it."""
    while (parent := node.parent) is not None:
        if parent.kind == "variable_assignment":
            name = parent.field("name")
            return name.text if name is not None else ""
        if parent.kind == "expansion":
            name = next((c for c in parent.named if c.kind == "variable_name"), None)
            return name.text if name is not None else ""
        if parent.kind in ("binary_expression", "test_command"):
            other = next((c for c in parent.named if c.span != node.span), None)
            return _variable_in(other)
        if parent.kind == "case_item":
            case = parent.above("case_statement")
            return _variable_in(case.field("value")) if case is not None else ""
        if parent.kind == "command":
            return _flag(node, parent)
        if parent.kind not in (*LITERALS, "concatenation", "expansion", "parenthesized_expression", "unary_expression"):
            return ""
        node = parent
    return ""


def _variable_in(node: Node | None) -> str:
    names = re.findall(r"\$\{?([A-Za-z_]\w*)", node.text) if node is not None else []
    return names[-1] if len(names) == 1 else ""


def _flag(node: Node, command: Node) -> str:
    """`--provider` of `tool --provider gradient`, or the variable of `test "$X" = gradient`."""
    words = [c for c in command.named if c.kind not in ("comment", "file_redirect")]
    index = next((i for i, word in enumerate(words) if word.span == node.span), 0)
    if index == 0:
        return ""
    if (matched := FLAG.match(words[index - 1].text)) is not None:
        return matched["name"]
    if words[0].text == "test" and index > 1 and words[index - 1].text in ("=", "==", "!="):
        return _variable_in(words[index - 2])
    return ""
