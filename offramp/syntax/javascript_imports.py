"""Import statements of JavaScript and TypeScript as lines: found by what they say, in the style that they have.

import OpenAI from 'openai'    is    import OpenAI from "openai";    in another style
"""

from __future__ import annotations

import re

from offramp.model import Edit

IMPORT = re.compile(
    r"^[ \t]*(?:import\b[^;'\"\r\n]*['\"][^'\"\r\n]*['\"]|import\b[^;]*?\bfrom[ \t]*['\"][^'\"\r\n]*['\"])[ \t]*;?",
    re.MULTILINE,
)
NAMES = re.compile(r"import\s+(?:type\s+)?(?P<names>[^'\"]*?)\s+from\b")


def find(text: str, statement: str) -> tuple[int, int] | None:
    """Where an import statement stands, whatever its quotes, its white space and its semicolon."""
    wanted = _plain(statement)
    for matched in IMPORT.finditer(text):
        if _plain(matched[0]) == wanted:
            return matched.end() - len(matched[0].lstrip()), matched.end()
    return None


def bound(statement: str) -> list[str]:
    """The names that an import statement binds."""
    matched = NAMES.search(statement)
    if matched is None:
        return []
    parts = re.split(r"[{},]", matched["names"])
    names = (part.strip().rpartition(" as ")[2].removeprefix("type ").strip("* ") for part in parts)
    return [name.removeprefix("as ").strip() for name in names if name]


def styled(statement: str, like: str) -> str:
    """An import statement with the quotes and the semicolon of another one."""
    quote = "'" if "'" in like else '"'
    body = re.sub(r"['\"]", quote, statement.strip().rstrip(";"))
    return body + (";" if like.rstrip().endswith(";") else "")


def added(text: str, statement: str, newline: str) -> Edit | None:
    """Insert an import behind the last one, or at the start below a `use` directive; None where it is there."""
    if find(text, statement) is not None:
        return None
    imports = list(IMPORT.finditer(text))
    if not imports:
        head = re.match(r"(?:#![^\r\n]*(?:\r\n|\r|\n))?(?:['\"]use \w+['\"];?[ \t]*(?:\r\n|\r|\n))?", text)
        position = head.end() if head else 0
        return Edit(position, position, f"{statement.strip()}{newline}")
    last = imports[-1]
    return Edit(last.end(), last.end(), newline + styled(statement, last[0]))


def _plain(statement: str) -> str:
    return re.sub(r"['\"]", '"', re.sub(r"\s+", "", statement)).rstrip(";").replace(",}", "}")
