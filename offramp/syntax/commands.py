"""Install commands: which word of a command line is a package, and of which ecosystem.

    pip install -U "gradient[x]>=1.0" other    gradient[x]>=1.0 is a requirement of pip
    npm i @scope/gradient@^1                   @scope/gradient@^1 is one of npm

A command may go on over lines that end in a backslash (shell, Dockerfile, Makefile), a backtick (PowerShell) or a
caret (batch). A file or a URL that is installed is no package name.
"""

from __future__ import annotations

import re

from offramp.model import Place, Role

PIP, NPM = "pip", "npm"
INSTALLED, REMOVED = "a package that a command installs", "a package that a command removes"
NAMED = "the name of a package, without a version"
OF_CONDA = "a package of conda"
REMOVAL = re.compile(r"(?:uninstall|remove|rm|un)$")
REACH = 3000  # characters that are looked at to the left; a longer line is data
PYTHON_TOOLS = r"(?:pip3?(?:\.\d+)?|pipx|uv|uvx|poetry|pdm|rye|hatch|conda|mamba|micromamba|pipenv|easy_install)"
NODE_TOOLS = r"(?:npm|pnpm|yarn|bun|npx|bunx|pnpx)"
GAP = r"[\s\"',]+"  # between two words of a command, or of the list that is one
PYTHON_VERBS = (
    r"(?:install|add|uninstall|remove|inject|upgrade|update|tool"
    + GAP
    + r"(?:install|run)|pip"
    + GAP
    + r"(?:install|uninstall|download|compile))"
)
NODE_VERBS = r"(?:install|add|i|in|uninstall|remove|rm|un|r|upgrade|update|up|global" + GAP + r"add)"
OPTIONS = rf"(?:{GAP}-[\w-]+(?:=\S+)?)*"
COMMAND = re.compile(
    rf"(?<![\w./-])(?:(?P<python>{PYTHON_TOOLS}){OPTIONS}{GAP}{PYTHON_VERBS}"
    rf"|(?P<node>{NODE_TOOLS}){OPTIONS}{GAP}{NODE_VERBS})(?=[\s\"'])"
    r"|(?<![\w./-])(?P<run>uvx|npx|bunx|pnpx)(?=\s)|(?<![\w./-])uv\s+run(?=\s[^|;&]*--with[\s=])"
)
ENDS = re.compile(r"\|\|?|&&?|;|`(?![ \t]*\r?\n)|\)\s|(?<![\w'\"])#|<<")
WORD = re.compile(r"(?:\"[^\"\r\n]*\"|'[^'\r\n]*'|[^\s\"'\[\],]|\[[\w,.-]*\]|,(?=[<>=!~]))+")
ASIDE = re.compile(r"(?m)^[ \t]*#[^\n]*\n")  # a comment line inside a command that goes on, as Dockerfiles have it
CONTINUED = re.compile(r"[\\`^][ \t]*\r?\n")
FILE_OPTION = re.compile(
    r"(?:^|\s)(?:-[rcfite]|--(?:requirements?|constraints?|build-constraints?|overrides?|index-url|extra-index-url|find-links"
    r"|target|prefix|root|python|group|extra|src|cache-dir|project|directory|registry|editable|report|cwd|dir))[\s=]+[\"']?$"
)
TOKEN_START = re.compile(r"(?:^|(?<=\s)|(?<=[\s(\[,]))[\"']?$|--(?:with|from|package)=[\"']?$|[\"'(\[]$")


def package(text: str, start: int, end: int) -> Place | None:
    """The place of a span that an install command names as a package, else None."""
    command = _command(text, start)
    if command is None:
        return None
    matched, arguments_start = command
    arguments = CONTINUED.sub(_blank, ASIDE.sub(_blank, text[arguments_start:start]))
    if (
        ENDS.search(arguments)
        or "\n" in arguments
        or FILE_OPTION.search(arguments)
        or not TOKEN_START.search(arguments)
    ):
        return None
    which = NPM if matched["node"] or matched["run"] in ("npx", "bunx", "pnpx") else PIP
    syntax = REMOVED if REMOVAL.search(matched[0]) else INSTALLED
    return Place(Role.PACKAGE, syntax, which, start, _token_end(text, start, end))


def packages(text: str, offset: int) -> tuple[int, list[tuple[int, str]]]:
    """Of the install command that holds an offset: where its arguments start, and its words but for the options."""
    command = _command(text, offset)
    if command is None:
        return offset, []
    start = command[1]
    arguments = CONTINUED.sub(_blank, ASIDE.sub(_blank, text[start : start + REACH]))
    line_end = arguments.find("\n")
    arguments = arguments[:line_end] if line_end >= 0 else arguments
    end = ENDS.search(arguments)
    words = list(WORD.finditer(arguments, 0, end.start() if end else len(arguments)))
    found = [w for w in words if not w[0].startswith("-") and not FILE_OPTION.search(arguments[: w.start()])]
    return start, [(start + word.start(), word[0]) for word in found]


def _command(text: str, offset: int) -> tuple[re.Match[str], int] | None:
    """The last install command before an offset on its logical line, and where its arguments start."""
    line_start = max(_logical_start(text, offset), offset - REACH)
    found = list(COMMAND.finditer(text[line_start:offset]))
    return (found[-1], line_start + found[-1].end()) if found else None


def ecosystem(kind: str, place: Place) -> str:
    """Of a package at this place, in a document of this kind."""
    if place.key in (PIP, NPM):
        return place.key
    return NPM if kind == "package_json" else PIP


def _blank(matched: re.Match[str]) -> str:
    return " " * len(matched[0])


def _logical_start(text: str, offset: int) -> int:
    """Where the command line that holds the offset starts; at most 40 lines above."""
    start = text.rfind("\n", 0, offset) + 1
    for _ in range(40):
        if start == 0:
            break
        above = text.rfind("\n", 0, start - 1) + 1
        line = text[above:start]
        if not CONTINUED.search(line) and not re.match(r"[ \t]*#", line):
            break
        start = above
    return start


def _token_end(text: str, start: int, end: int) -> int:
    quote = text[start - 1 : start]
    if quote and quote in "\"'":
        close = text.find(quote, end)
        line_end = text.find("\n", end)
        if close >= 0 and (line_end < 0 or close < line_end):
            return close
    matched = re.compile(r"[^\s;&|\"'`,)<>]*(?:[<>=!~]=?[\w.*]+(?:,[<>=!~]=?[\w.*]+)*)?").match(text, end)
    return matched.end() if matched else end
