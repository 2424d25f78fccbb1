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
ASIDE = re.compile(r"(?m)^[ \t]*#[^\n]*\n")  # a comment line inside a command that goes on, as Dockerfiles have it
CONTINUED = re.compile(r"[\\`^][ \t]*\r?\n")
FILE_OPTION = re.compile(
    r"(?:^|\s)(?:-[rcfite]|--(?:requirements?|constraints?|build-constraints?|overrides?|index-url|extra-index-url|find-links"
    r"|target|prefix|root|python|group|extra|src|cache-dir|project|directory|registry|editable|report|cwd|dir))[\s=]+[\"']?$"
)
TOKEN_START = re.compile(r"(?:^|(?<=\s)|(?<=[\s(\[,]))[\"']?$|--(?:with|from|package)=[\"']?$|[\"'(\[]$")


def package(text: str, start: int, end: int) -> Place | None:
    """The place of a span that an install command names as a package, else None."""
    line_start = max(_logical_start(text, start), start - REACH)
    before = text[line_start:start]
    found = list(COMMAND.finditer(before))
    if not found:
        return None
    command = found[-1]
    arguments = CONTINUED.sub(_blank, ASIDE.sub(_blank, before[command.end() :]))
    if (
        ENDS.search(arguments)
        or "\n" in arguments
        or FILE_OPTION.search(arguments)
        or not TOKEN_START.search(arguments)
    ):
        return None
    ecosystem = NPM if command["node"] or command["run"] in ("npx", "bunx", "pnpx") else PIP
    return Place(Role.PACKAGE, f"a package in a command of {ecosystem}", ecosystem, start, _token_end(text, start, end))


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
