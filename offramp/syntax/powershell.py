"""PowerShell scripts.

$env:GRADIENT_API_KEY                    an environment variable
if ($Provider -eq 'gradient')            the value of Provider
[ValidateSet('gradient')] $Provider      the same
@{ Provider = 'gradient' }               an entry
"""

from __future__ import annotations

import bisect
import itertools
import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from offramp.model import Edit, Entry, Place, Role
from offramp.syntax import commands, grammar, powershell_words
from offramp.syntax import text as plain
from offramp.syntax.powershell_words import fit

__all__ = ["COMMENT", "Script", "check", "fit", "grown", "parse", "provide"]
COMMENT = "#"
SETTING = re.compile(
    r"(?im)^(?P<head>[ \t]*)(?:\$env:(?P<key>[A-Za-z_]\w*)|\$\{env:(?P<braced>[A-Za-z_]\w*)\})[ \t]*=[ \t]*"
    r"(?P<value>[^\r\n]*?)[ \t]*;?[ \t]*(?=\r?\n|\r|\Z)"
)
CALL = re.compile(
    r"""(?im)^[ \t]*\[(?:System\.)?Environment\]::SetEnvironmentVariable\([ \t]*(?P<q>["'])(?P<key>[A-Za-z_]\w*)(?P=q)
    [ \t]*,[ \t]*(?P<value>[^\r\n,]*?)[ \t]*(?:,[^\r\n,()]*)?\)[ \t]*;?(?=[ \t]*(?:\r?\n|\r|\Z))""",
    re.VERBOSE,
)
HASH_TABLE = re.compile(r"@\{[^\S\r\n]*(?:\r\n|\r|\n)")
MEMBER_LINE = re.compile(
    r"(?m)^[ \t]*[\"']?(?P<key>[A-Za-z_]\w*)[\"']?[ \t]*=[ \t]*(?P<value>[^\s#{(@][^\r\n#{(]*?)[ \t]*(?:#[^\r\n]*)?"
    r"(?:\r\n|\r|\n|\Z)"
)
BRACE = re.compile(r"[{}()]")
DRIVE = re.compile(r"(?i)(?:\benv:[\\/]?|\$\{?env:)$")
LOOKUP = re.compile(
    r"(?i)(?:EnvironmentVariable\s*\(\s*[\"']|\benv:[\\/]?[\"']?|\$\{env:|-Name\s+[\"']?|Get-Secret\s+[\"']?|\[[\"'])$"
)
VARIABLE_CALLS = re.compile(r"(?i)(?:EnvironmentVariable\s*\(\s*[\"']|GetEnvironmentVariables\(.*\)\[[\"'])$")
COMPARED = re.compile(
    r"(?i)(?P<name>[A-Za-z_]\w*)[\"')\]]*\s*(?:-c?i?(?:eq|ne|like|notlike|match|notmatch|in|notin|contains|notcontains)|=|:)"
    r"\s*[@(\s]*(?:[\"'][^\"'\r\n]*[\"']\s*,\s*)*[\"']?$"
)
OPTION = re.compile(r"(?:^|\s)--?(?!(?:and|or|xor|not)\b)(?P<name>[A-Za-z][\w-]*)[ :=][\"']?$")
CHOICES = re.compile(r"(?i)ValidateSet\s*\([^)]*$")
CHOSEN = re.compile(r"(?s)[^)]*\)\s*\]\s*(?:\[[^\]]*\]\s*)*\$(?P<name>\w+)")
SWITCH = re.compile(r"(?i)\bswitch\b[^({\r\n]*\(\s*\$(?:env:)?(?:\w+[.:])*(?P<name>\w+)[^)]*\)\s*\{(?P<body>[^$]*)$")
MEMBER = re.compile(r"(?i)[\"']?\s*[,)]*\s*-(?:eq|ne|in|notin|like)\s*\$(?:env:)?(?:\w+[.:])*(?P<name>\w+)")


class Script:
    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _tokens(self) -> list[powershell_words.Token]:
        return powershell_words.tokens(self.text)

    @cached_property
    def _starts(self) -> list[int]:
        return [token.start for token in self._tokens]

    @cached_property
    def _entries(self) -> list[Entry]:
        found = []
        for matched in itertools.chain(SETTING.finditer(self.text), CALL.finditer(self.text)):
            name = "braced" if matched.groupdict().get("braced") else "key"
            if self._is_text(matched.start(name)) and matched.re is SETTING:
                continue
            value_start, value_end = matched.span("value")
            note = next((t for t in self._tokens if t.kind == "comment" and value_start <= t.start < value_end), None)
            if note is not None:
                value_end = value_start + len(self.text[value_start : note.start].rstrip("; \t"))
            opens = next((t for t in self._tokens if t.start < matched.end() < t.end), None)
            whole = self.text[value_start:value_end]
            unfinished = opens is not None or powershell_words.open_brackets(whole)
            span = _inner(self.text, value_start, value_end)
            outer = None if unfinished else grammar.line_span(self.text, _indented(matched), matched.end())
            scope, stuck = f"statement {matched.start()}", "" if outer else "it goes on over several lines"
            value = self.text[slice(*span)]
            found.append(Entry(scope, matched[name], *matched.span(name), value, *span, outer, stuck))
        return sorted([*found, *self._members()], key=lambda entry: entry.key_start)

    def _members(self) -> Iterator[Entry]:
        """The entries of hash tables, one on each line; those of tables inside are theirs."""
        for opening in HASH_TABLE.finditer(self.text):
            depth, position = 0, opening.end()
            for member in MEMBER_LINE.finditer(self.text, opening.end()):
                braces = BRACE.finditer(self.text, position, member.start())
                steps = [1 if b[0] in "{(" else -1 for b in braces if not self._is_text(b.start())]
                depths = list(itertools.accumulate(steps, initial=depth))
                if min(depths) < 0:
                    break
                depth, position = depths[-1], member.start()
                if depth or self._is_text(member.start("key") - 1):
                    continue
                span = _inner(self.text, *member.span("value"))
                outer = grammar.lines(self.text, *member.span())
                scope = f"hash table {opening.start()}"
                yield Entry(scope, member["key"], *member.span("key"), self.text[slice(*span)], *span, outer)

    def entries(self) -> Sequence[Entry]:
        return self._entries

    def _is_text(self, offset: int) -> bool:
        return self._token(offset) is not None

    def _token(self, offset: int) -> powershell_words.Token | None:
        """The innermost string or comment that holds the offset."""
        index = bisect.bisect_right(self._starts, offset) - 1
        for token in self._tokens[max(0, index - 20) : index + 1][::-1]:
            if offset < token.end:
                return token
        return None

    def place(self, start: int, end: int) -> Place:
        before = self.text[max(0, start - plain.REACH) : start]
        token = self._token(start)
        if DRIVE.search(before) or VARIABLE_CALLS.search(before):
            return Place(Role.ENV, "an environment variable", "", start, end)
        if (package := commands.package(self.text, start, end)) is not None:
            return package
        if token is not None and token.kind in ("comment", "remark"):
            return Place(Role.COMMENT, "a comment", start=start, end=end)
        if token is not None and token.kind.startswith("here"):
            return plain.place(self.text, start, end, Role.STRING)
        inner = token.inner if token is not None else None
        span = inner or plain.value_span(self.text, start, end)
        key = self._key(span[0], span[1])
        expands = token is not None and token.kind == "double"
        if expands and re.search(r"\$\{?(?:\w+:)?$", before):
            return Place(Role.CODE, "a name", "", start, end)
        built = expands and (self.text[end : end + 1] == "$" or re.search(r"(?:\$[\w:]*|[)}])$", before) is not None)
        if inner is not None:
            return Place(Role.STRING, f"a string, the value of {key}" if key else "a string", key, *inner, built=built)
        if key:
            return Place(Role.VALUE, f"the value of {key}", key, *span)
        if re.match(r"[\"']?[ \t]*=(?!=)", self.text[end : end + 20]) and re.search(r"(?:^|[\s;{])[\"']?$", before):
            return Place(Role.KEY, "a key", "", start, end)
        owner = re.search(r"(?:\]::|[\w)]\.)$", before)
        return Place(Role.CODE, "a member" if owner else "a name", "", start, end)

    def _key(self, start: int, end: int) -> str:
        """What a value is compared with, assigned to, or chosen for."""
        line_start = self.text.rfind("\n", 0, start) + 1
        before = self.text[max(line_start, start - plain.REACH) : start]
        if CHOICES.search(before) and (chosen := CHOSEN.match(self.text[end : end + 400])) is not None:
            return chosen["name"]
        for matched in (COMPARED.search(before), MEMBER.match(self.text[end : end + 80]), OPTION.search(before)):
            if matched is not None:
                return matched["name"]
        if before.strip() in ("", "'", '"'):
            switch = SWITCH.search(self.text[max(0, start - 1000) : start])
            return switch["name"] if switch is not None else ""
        return ""


def parse(text: str) -> Script:
    return Script(text)


def check(before: str, after: str) -> str | None:
    """Whether every string and comment still closes, as far as brackets outside them tell."""
    if _unclosed(after) > _unclosed(before):
        return "a string or a comment would not be closed"
    return None if _balance(before) == _balance(after) else "the brackets would not match as they do now"


def provide(text: str, need: str) -> Edit | None:
    """Supply `setting::KEY=VALUE` as `$env:KEY = 'VALUE'`, below where others of its like are set.

    Raises:
        ValueError: the script sets no variable of the environment on a line of its own.
    """
    key, _, value = need.rpartition("::")[2].partition("=")
    found = [entry for entry in parse(text).entries() if entry.scope.startswith("statement")]
    if any(entry.key.lower() == key.lower() for entry in found):
        return None
    lines = [e for e in found if e.outer is not None and text[e.outer[0] : e.key_start].lower() == "$env:"]
    alike = [entry for entry in lines if entry.key.startswith(f"{key.partition('_')[0]}_")]
    near = next(reversed(alike or lines), None)
    if near is None or near.outer is None or not re.fullmatch(r"\w+", key):
        raise ValueError(f"the script sets nothing beside which {key} could be set")
    line, end = f"$env:{key} = {powershell_words.quoted(value)}", near.outer[1]
    newline = "\r\n" if "\r\n" in text else "\n"
    closed = text[end - 1] in "\r\n"
    return Edit(end, end, line + newline if closed else newline + line)


def grown(before: str, after: str) -> str | None:
    """Whether every setting is still there, with its value, once others were added."""
    remaining = iter([(entry.key, entry.value) for entry in parse(after).entries()])
    if not all((entry.key, entry.value) in remaining for entry in parse(before).entries()):
        return "a setting would change with those that are added"
    return check(before, after)


def _balance(text: str) -> tuple[int, ...]:
    rest = "".join(powershell_words.code(text))
    return tuple(rest.count(opening) - rest.count(closing) for opening, closing in ("()", "{}", "[]"))


def _unclosed(text: str) -> int:
    return sum(not token.closed for token in powershell_words.tokens(text))


def _indented(matched: re.Match[str]) -> int:
    """Where the statement of a match begins, behind its indentation."""
    return matched.start() + len(matched[0]) - len(matched[0].lstrip())


def _inner(text: str, start: int, end: int) -> tuple[int, int]:
    if end - start > 1 and text[start] == text[end - 1] and text[start] in "\"'":
        return start + 1, end - 1
    return start, end
