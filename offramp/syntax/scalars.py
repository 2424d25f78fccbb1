"""What stands inside a scalar of YAML or a string of JSON: expressions, interpolation, a line of a script.

${{ secrets.GRADIENT_API_KEY }}             a GitHub secret
${{ vars.LLM_PROVIDER == 'gradient' }}      the value of LLM_PROVIDER
${LLM_PROVIDER:-gradient}                   the value of LLM_PROVIDER
run: export LLM_PROVIDER=gradient           the value of LLM_PROVIDER
"""

from __future__ import annotations

import dataclasses
import re

from offramp.model import Place, Role
from offramp.syntax import text as plain

CONTEXT = re.compile(r"(?<![\w.$-])(?P<context>secrets|vars|env|inputs|matrix|outputs)(?:\.|\[['\"])$")
DOTTED = re.compile(r"[\w.-]*\.$")  # needs.x.outputs.NAME
SPOKEN = {"secrets": "a GitHub secret", "vars": "a GitHub variable", "env": "an environment variable"}
COMPARED = re.compile(r"(?P<name>[\w.-]+)\s*(?:==|!=|\|\|)\s*'$")
COMPARED_AFTER = re.compile(r"'\s*(?:==|!=)\s*(?P<name>[A-Za-z_][\w.-]*)")
CONTAINS = re.compile(r"(?:contains|startsWith|endsWith)\(\s*(?P<name>[\w.-]+)\s*,\s*'$")
DEFAULT = re.compile(r"\$\{(?P<name>[A-Za-z_]\w*):?(?P<op>[-=])(?P<head>[^}\r\n]*)$")
SIGIL = re.compile(r"\$\{?$")
IMPORT = re.compile(r"(?:\bfrom[ \t]+(?P<module>[\w.]+)[ \t]+import[ \t]+[\w., ]+)")
RUN_MODULE = re.compile(r"(?:^|[\s;&|\"'(])python[\d.]*[ \t]+(?:-[A-Za-ln-z]+[ \t]+)*-m[ \t]+[\w.]*$")
TESTED = re.compile(r"\$\{?(?P<name>[A-Za-z_]\w*)\}?\s*(?:[=!]=\s*[\"']|[=!]~\s*/[\^(|\w]*)$")
ENDED = re.compile(r"[\"'$)|/]")
FLAG = re.compile(r"(?:^|[ \t])--([A-Za-z][\w-]*)[ \t]+[\"']?$")
WORD_END = re.compile(r"[\s\"';|&)]")
REACH = 2_000  # characters of a line to look at: nobody writes longer ones by hand
LINE_BREAK = re.compile(r"[\r\n]")


def inside(text: str, first: int, last: int, start: int, end: int, key: str) -> Place | None:
    """What the notation inside a scalar (`first` to `last`) says about a span; None where there is none.

    `key` is the key that the scalar belongs to.
    """
    low = line_start(text, first, start)
    before = text[low:start]
    if (spoken := context(before, len(before))) is not None:
        return Place(Role.ENV, spoken, key, start, end)
    if (tested := TESTED.search(before)) is not None and ENDED.match(text, end, last):
        return Place(Role.STRING, f"compared with {tested['name']}", tested["name"], start, end)
    if _in_expression(before) or (key == "if" and "$" not in before):
        return _in_literal(text, low, last, start, end, key)
    if SIGIL.search(before):
        return Place(Role.ENV, "an environment variable", key, start, end)
    if (matched := DEFAULT.search(before)) is not None:
        close = text.find("}", end, last)
        if close >= 0:
            name = matched["name"]
            return Place(Role.VALUE, f"the default of {name}", name, low + matched.start("head"), close)
    return None


def context(text: str, offset: int) -> str | None:
    """What `secrets.`, `vars.` or `env.` directly before an offset says about the name that follows."""
    matched = CONTEXT.search(text, 0, offset)
    return SPOKEN.get(matched["context"]) if matched is not None else None


def _in_expression(before: str) -> bool:
    return before.rfind("${{") > before.rfind("}}")


def _in_literal(text: str, low: int, last: int, start: int, end: int, key: str) -> Place:
    """A span inside an expression: in a literal, compared with a name or standing for the scalar's key; or a name."""
    before = text[low:start]
    opening = max(before.rfind("${{"), 0)
    if before.count("'", opening) % 2 == 0:
        return Place(Role.CODE, "a name in an expression", key, start, end)
    first = low + before.rfind("'") + 1
    close = text.find("'", end, last)
    close = close if close >= 0 else end
    left, right = text[low:first], text[close:last]
    matched = COMPARED.search(left) or CONTAINS.search(left) or COMPARED_AFTER.match(right)
    name = matched["name"].rpartition(".")[2] if matched is not None else key
    role = Role.VALUE if key != "if" and (matched is None or "||" in matched[0]) else Role.STRING
    return Place(role, f"compared with {name}" if role is Role.STRING else f"the value of {name}", name, first, close)


def on_line(text: str, first: int, last: int, start: int, end: int) -> Place:
    """What the line of a scalar that holds a span says about it, as in a script."""
    low = line_start(text, max(first, start - REACH), start)
    last = min(last, end + REACH)
    matched = LINE_BREAK.search(text, end, last)
    line = text[low : matched.start() if matched else last]
    for statement in IMPORT.finditer(line):
        if statement.start("module") <= start - low and end - low <= statement.end():
            module = end - low <= statement.end("module") and "." in statement["module"]
            role = Role.IMPORT if module else Role.CODE
            return Place(role, "an import in a script", start=start, end=end)
    place = plain.place(line, start - low, end - low)
    if place.role is Role.COMMENT and not line.lstrip().startswith("#"):
        place = dataclasses.replace(place, role=Role.TEXT, syntax="text")  # `--option`, `* item`
    if place.role is Role.TEXT and (flag := FLAG.search(line, 0, start - low)) is not None:
        stop = WORD_END.search(line, end - low)
        place = Place(
            Role.VALUE, f"the value of --{flag[1]}", flag[1], start - low, stop.start() if stop else len(line)
        )
    return shifted(place, low)


def shifted(place: Place, offset: int) -> Place:
    """A place in a part of a text as one in the whole."""
    if place.start < 0:
        return place
    return dataclasses.replace(place, start=place.start + offset, end=place.end + offset)


def line_start(text: str, first: int, offset: int) -> int:
    return max(text.rfind("\n", first, offset), text.rfind("\r", first, offset), first - 1) + 1
