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

from offramp.model import Entry, Place, Role
from offramp.syntax import commands, grammar
from offramp.syntax import text as plain

COMMENT = "#"
TOKEN = re.compile(
    r"""<\#.*?(?:\#>|\Z)|@"[ \t]*\r?\n.*?(?:\n"@|\Z)|@'[ \t]*\r?\n.*?(?:\n'@|\Z)
    |"(?:`.|""|[^"`])*"|'(?:''|[^'])*'|(?<![\w`])\#[^\r\n]*|`.""",
    re.VERBOSE | re.DOTALL,
)
SETTING = re.compile(
    r"(?im)^(?P<head>[ \t]*)\$env:(?P<key>[A-Za-z_]\w*)[ \t]*=[ \t]*(?P<value>[^\r\n]*?)[ \t]*;?[ \t]*(?=\r?\n|\r|\Z)"
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
    def _tokens(self) -> list[tuple[int, int]]:
        return [matched.span() for matched in TOKEN.finditer(self.text)]

    @cached_property
    def _starts(self) -> list[int]:
        return [start for start, _ in self._tokens]

    @cached_property
    def _entries(self) -> list[Entry]:
        found = []
        for matched in SETTING.finditer(self.text):
            if self._token(matched.start("key")) is not None:
                continue
            span = _inner(self.text, *matched.span("value"))
            outer = grammar.line_span(self.text, matched.start("key") - 5, matched.end())
            value = self.text[slice(*span)]
            scope = f"statement {matched.start()}"
            found.append(Entry(scope, matched["key"], *matched.span("key"), value, *span, outer))
        return sorted([*found, *self._members()], key=lambda entry: entry.key_start)

    def _members(self) -> Iterator[Entry]:
        """The entries of hash tables, one on each line; those of tables inside are theirs."""
        for opening in HASH_TABLE.finditer(self.text):
            depth, position = 0, opening.end()
            for member in MEMBER_LINE.finditer(self.text, opening.end()):
                braces = BRACE.finditer(self.text, position, member.start())
                steps = [1 if b[0] in "{(" else -1 for b in braces if self._token(b.start()) is None]
                depths = list(itertools.accumulate(steps, initial=depth))
                if min(depths) < 0:
                    break
                depth, position = depths[-1], member.start()
                if depth or self._token(member.start("key") - 1) is not None:
                    continue
                span = _inner(self.text, *member.span("value"))
                outer = grammar.lines(self.text, *member.span())
                scope = f"hash table {opening.start()}"
                yield Entry(scope, member["key"], *member.span("key"), self.text[slice(*span)], *span, outer)

    def entries(self) -> Sequence[Entry]:
        return self._entries

    def _token(self, offset: int) -> tuple[int, int] | None:
        """The string or comment that holds the offset."""
        index = bisect.bisect_right(self._starts, offset) - 1
        return self._tokens[index] if index >= 0 and offset < self._tokens[index][1] else None

    def place(self, start: int, end: int) -> Place:
        before = self.text[max(0, start - plain.REACH) : start]
        token = self._token(start)
        if DRIVE.search(before) or VARIABLE_CALLS.search(before):
            return Place(Role.ENV, "an environment variable", "", start, end)
        if (package := commands.package(self.text, start, end)) is not None:
            return package
        if token is not None and self.text[token[0]] in "#<":
            return Place(Role.COMMENT, "a comment", start=start, end=end)
        inner = _inner(self.text, *token) if token is not None else None
        if inner is not None and self.text[token[0] if token else 0] == "@":
            return plain.place(self.text, start, end, Role.STRING)
        span = inner or plain.value_span(self.text, start, end)
        key = self._key(span[0], span[1])
        built = inner is not None and "$" in self.text[slice(*inner)] and self.text[inner[0] - 1] == '"'
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
    return None if _balance(before) == _balance(after) else "the brackets would not match as they do now"


def _balance(text: str) -> tuple[int, ...]:
    rest = TOKEN.sub("", text)
    return tuple(rest.count(opening) - rest.count(closing) for opening, closing in ("()", "{}", "[]"))


def _inner(text: str, start: int, end: int) -> tuple[int, int]:
    if end - start > 1 and text[start] == text[end - 1] and text[start] in "\"'":
        return start + 1, end - 1
    return start, end
