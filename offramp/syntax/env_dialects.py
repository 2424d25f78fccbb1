"""What the programs that read env files make of one: no two of them read the same language.

    KEY="a b" # note      python-dotenv, node dotenv and bash: `a b`     docker: the quotes and the note are the value
    KEY = value           python-dotenv and node dotenv: `value`         bash runs KEY; docker refuses the file
    KEY=a#b               python-dotenv, bash and docker: `a#b`          node dotenv: `a`

Each reader takes a text and returns its settings, or None where it refuses the file as a whole. References (`$X`) stay
as they are written, whoever would expand them. A setting that bash would have to run something for is not among them.
docs/env-files.md has the table. python-dotenv 1.2, npm dotenv 16 and bash 5 are what the tests hold these against;
docker as its source tells (docker/cli, opts/file.go).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

DOCKER = "docker --env-file"
Settings = dict[str, str]
BREAK = re.compile(r"\r\n|\r|\n")


# ---- python-dotenv ---------------------------------------------------------------------------------------------------

PYTHON_BINDING = re.compile(
    r"""\s*(?:export[^\S\r\n]+)?(?:'(?P<quoted_key>[^']+)'|(?P<key>[^=\#\s'][^=\#\s]*))?[^\S\r\n]*
    (?P<sign>=[^\S\r\n]*(?:(?<=[^\S\r\n])(?=\#)|(?=[\r\n]|\Z)|'(?P<single>(?:\\.|[^'\\])*)'
        |"(?P<double>(?:\\.|[^"\\])*)"|(?P<plain>(?!['"])[^\r\n]*)|(?P<open>))|)
    (?:[^\S\r\n]*\#[^\r\n]*)?""",
    re.VERBOSE | re.DOTALL,
)
LINE_END = re.compile(r"[^\S\r\n]*(?:\r\n|\n|\r|\Z)")
REST = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)?")
DOUBLE_ESCAPE = re.compile(r"\\([\\'\"abfnrtv])")
SINGLE_ESCAPE = re.compile(r"\\([\\'])")
CONTROLS = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def python_dotenv(text: str) -> Settings:
    """As `dotenv_values(interpolate=False)`; a line that it can't read is skipped with a warning."""
    found: Settings = {}
    text, position = text.removeprefix("\ufeff"), 0
    while position < len(text):
        start = position
        matched = PYTHON_BINDING.match(text, start)
        position = matched.end() if matched else start
        whole = LINE_END.match(text, position)
        if whole is None:  # the rest of the line goes, from where the reading came to a halt
            rest = REST.match(text, position)
            position = max(rest.end() if rest else 0, start + 1)
            continue
        position = max(whole.end(), start + 1)
        key = matched and (matched["quoted_key"] or matched["key"])
        if matched is not None and key and matched["sign"] and matched["open"] is None:
            found[key] = _python_value(matched)
    return found


def _python_value(matched: re.Match[str]) -> str:
    if matched["single"] is not None:
        return SINGLE_ESCAPE.sub(r"\1", matched["single"])
    if matched["double"] is not None:
        return DOUBLE_ESCAPE.sub(lambda found: CONTROLS.get(found[1], found[1]), matched["double"])
    return re.sub(r"\s+#.*", "", matched["plain"] or "").rstrip()


# ---- node dotenv -----------------------------------------------------------------------------------------------------

NODE_BLANK = r"[\s\ufeff]"
NODE_LINE = re.compile(
    rf"""^{NODE_BLANK}*(?:export{NODE_BLANK}+)?([A-Za-z0-9_.-]+)(?:{NODE_BLANK}*={NODE_BLANK}*?|:{NODE_BLANK}+?)
    ({NODE_BLANK}*'(?:\\'|[^'])*'|{NODE_BLANK}*"(?:\\"|[^"])*"|{NODE_BLANK}*`(?:\\`|[^`])*`|[^#\r\n]+)?
    {NODE_BLANK}*(?:\#.*)?$""",
    re.VERBOSE | re.MULTILINE,
)
NODE_QUOTES = re.compile(r"^(['\"`])([\s\S]*)\1$", re.MULTILINE)


def node_dotenv(text: str) -> Settings:
    """As npm's `dotenv.parse`: three sorts of quotes, and a `#` anywhere outside them ends the value."""
    found: Settings = {}
    for matched in NODE_LINE.finditer(BREAK.sub("\n", text)):
        value = (matched[2] or "").strip().strip("\ufeff")
        bare = NODE_QUOTES.sub(r"\2", value)
        found[matched[1]] = bare.replace("\\n", "\n").replace("\\r", "\r") if value[:1] == '"' else bare
    return found


# ---- bash ------------------------------------------------------------------------------------------------------------

ASSIGNMENT = re.compile(r"(?P<key>[A-Za-z_]\w*)=", re.ASCII)
BASH_BLANK = re.compile(r"(?:[ \t]|\\\n)*")
UNTIL_LINE_END = re.compile(r"(?:\\\n|[^\n])*\n?")
EXPANSION = re.compile(r"\$\{\w+[^\w{}\"'`\\$\n][^{}\"'`\\$\n]*\}")  # a blank in it ends no word
ENDS_WORD = frozenset(" \t\n;&|<>()")
OPERATORS = ("&", "|", "<", ">", "(", ")")
NO_COMMAND = re.compile(
    r"\)|(?<![=$])\(|[^\n]*[<>][ \t]*(?:[\n;&|()]|\Z)"
)  # a syntax error, behind which nothing is read
RUNS = re.compile(r"\$\(|\$\[|\$'|\$\"|`")


def bash(text: str) -> Settings:
    """As `source` leaves the variables, references unexpanded; behind an open quote nothing is read any more."""
    found: Settings = {}
    position = 0
    while position < len(text):
        settings, following = _bash_command(text, position)
        if settings is None:
            return found
        found |= settings
        position = max(following, position + 1)
    return found


def _bash_command(text: str, start: int) -> tuple[Settings | None, int]:
    """What the command that starts here assigns, and where the next one does; None where a quote stays open."""
    settings: Settings = {}
    position, exports, runs = _blank(text, start), False, False
    while position < len(text) and text[position] not in "\n;#":
        matched = ASSIGNMENT.match(text, position)
        word, following, plain = _bash_word(text, matched.end() if matched else position)
        if word is None:
            return None, len(text)
        if matched is not None and plain:
            settings[matched["key"]] = word
        elif matched is None and not settings and not exports and word in ("export", "declare", "readonly"):
            exports = True
        else:
            runs = runs or not exports or matched is not None
        if text[following : following + 1] in OPERATORS:
            rest = NO_COMMAND.match(text, following) is None and UNTIL_LINE_END.match(text, following)
            return ({}, rest.end()) if rest else (None, len(text))
        position = _blank(text, following)
    if position < len(text) and text[position] == "#":
        position = text.find("\n", position) if "\n" in text[position:] else len(text)
    return ({} if runs else settings), position + 1


def _blank(text: str, position: int) -> int:
    matched = BASH_BLANK.match(text, position)
    return matched.end() if matched else position


def _bash_word(text: str, start: int) -> tuple[str | None, int, bool]:
    """A word without its quotes, where it ends, whether nothing is run for it; None where a quote stays open."""
    parts: list[str] = []
    position, plain = start, not text.startswith("~", start)
    while position < len(text) and text[position] not in ENDS_WORD:
        sign = text[position]
        if sign == "'":
            end = text.find("'", position + 1)
            if end < 0:
                return None, len(text), False
            parts.append(text[position + 1 : end])
            position = end + 1
        elif sign == '"':
            inner, position, inner_plain = _double_quoted(text, position + 1)
            if inner is None:
                return None, len(text), False
            plain = plain and inner_plain
            parts.append(inner)
        elif (expansion := EXPANSION.match(text, position)) is not None:
            parts.append(expansion[0])
            position = expansion.end()
        elif sign == "\\":
            parts.append("" if text.startswith("\n", position + 1) else text[position + 1 : position + 2])
            position += 2
        else:
            plain = plain and RUNS.match(text, position) is None
            parts.append(sign)
            position += 1
    return "".join(parts), position, plain


def _double_quoted(text: str, position: int) -> tuple[str | None, int, bool]:
    parts: list[str] = []
    plain = True
    while position < len(text) and text[position] != '"':
        if text[position] == "\\" and text[position + 1 : position + 2] in ("$", "`", '"', "\\", "\n"):
            parts.append(text[position + 1].replace("\n", ""))
            position += 2
            continue
        plain = plain and re.match(r"\$\(|\$\[|`", text[position : position + 2]) is None
        parts.append(text[position])
        position += 1
    return ("".join(parts) if position < len(text) else None), position + 1, plain


# ---- docker ----------------------------------------------------------------------------------------------------------


def docker(text: str) -> Settings | None:
    """As `docker run --env-file`: all behind the `=` is the value; a blank in a name refuses the file."""
    found: Settings = {}
    for line in text.removeprefix("\ufeff").split("\n"):
        line = line.removesuffix("\r").lstrip()
        if not line or line.startswith("#"):
            continue
        key, sign, value = line.partition("=")
        if not key or " " in key or "\t" in key:
            return None
        if sign:
            found[key] = value
    return found


READERS: Mapping[str, Callable[[str], Settings | None]] = {
    "python-dotenv": python_dotenv,
    "node dotenv": node_dotenv,
    "bash": bash,
    DOCKER: docker,
}
