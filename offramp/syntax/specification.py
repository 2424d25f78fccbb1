"""What a requirement asks for: its name, its version, and whether another one already gives that.

openai>=1.0        pip: openai, >=1.0
openai@^4.0.0      npm: openai, ^4.0.0
"""

from __future__ import annotations

import re

from offramp.syntax import commands

SPEC = re.compile(r"(?P<name>@?[\w.-]+(?:/[\w.-]+)?)(?P<extras>\[[^\]]*\])?[ \t]*(?P<version>[^;]*)")
CLAUSE = re.compile(r"(?P<operator>===?|~=|!=|[<>]=?|[~^=]|(?<![\w.]))[ \t]*v?(?P<version>\d+(?:\.\d+)*)")
SHELL_CHARACTERS = re.compile(r"[<>=!*|&;$()\[\]{}?\s~^]")
EXACT, LOOSE = ("", "=", "==", "==="), ("^", "~", "~=")


def split(text: str, ecosystem: str) -> tuple[str, str]:
    """Name, with extras, and version of what a migration writes."""
    if ecosystem == commands.NPM:
        name, at, version = text.rpartition("@")
        return (name, version) if at and name else (text, "")
    matched = SPEC.match(text)
    return (matched["name"] + (matched["extras"] or ""), matched["version"].strip()) if matched else (text, "")


def same(text: str, name: str) -> bool:
    """Whether a requirement is one of this package; `-`, `_` and `.` are alike, and so is the case."""
    matched = SPEC.match(text.strip())
    return matched is not None and normal(matched["name"]) == normal(name.partition("[")[0])


def normal(name: str) -> str:
    """A name of pip as its index spells it.

    >>> normal("Google_GenerativeAI")
    'google-generativeai'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def marker(text: str) -> str:
    """The environment marker of a requirement, white space aside."""
    return "".join(text.partition(";")[2].partition("#")[0].split()).replace("'", '"')


def admits(existing: str, version: str) -> bool:
    """Whether a requirement that stands already leaves room for the least version that is asked for.

    >>> admits("openai~=1.3", ">=1.0"), admits("openai==0.28", ">=1.0")
    (True, False)
    """
    wanted, stands = CLAUSE.search(version), SPEC.match(existing.strip())
    if wanted is None or stands is None:
        return True
    least = _numbers(wanted["version"])
    for clause in CLAUSE.finditer(stands["version"]):
        operator, limit = clause["operator"], _numbers(clause["version"])
        if operator == "<" and limit <= least:
            return False
        if operator in (*EXACT, "<=") and limit < least:
            return False
        if operator in LOOSE and limit < least and limit[0] != least[0]:
            return False
    return True


def _numbers(version: str) -> list[int]:
    return ([int(part) for part in version.split(".")] + [0] * 5)[:5]


def shell_word(text: str, start: int, word: str) -> str:
    """A word for a command at `start`, quoted where the shell would read its characters."""
    if not SHELL_CHARACTERS.search(word) or text[start - 1 : start] in ("'", '"'):
        return word
    line = text[max(text.rfind("\n", 0, start) + 1, start - commands.REACH) : start]
    quote = "'" if line.count('"') % 2 else '"'
    return f"{quote}{word}{quote}"
