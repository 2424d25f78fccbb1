"""Settings that a script inside a scalar writes into an env file: heredocs, `echo … >>`, and bare `K=V` lines.

    cat > .env <<EOF
    LLM_PROVIDER=gradient          an entry; the heredoc is its mapping
    EOF
    echo "LLM_PROVIDER=x" >> .env  an entry; the commands that follow each other are its mapping

Commands in the branches of an `if` or a loop are never one mapping, since only one of them may run.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

from offramp.model import Entry

LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
SETTING = re.compile(
    r"[ \t]*(?:export[ \t]+)?(?P<key>[A-Za-z_]\w*)=(?P<q>[\"']?)(?P<value>[^\r\n]*?)(?P=q)[ \t]*$", re.MULTILINE
)
SKIPPED = re.compile(r"[ \t]*(?:#[^\r\n]*)?[\r\n]*$")
HEREDOC = re.compile(r"(?<!<)<<-?[ \t]*(?P<q>['\"]?)(?P<word>\w+)(?P=q)(?!<)")
WORD = re.compile(r"[ \t]*(\w+)[ \t]*")
REDIRECT = re.compile(r"(?<![<>\d&-])>>?(?![>&(])|\btee\b")
ECHO = re.compile(
    r"""[ \t]*echo[ \t]+(?:-[en]+[ \t]+)?(?P<q>["']?)(?:export[ \t]+)?(?P<key>[A-Za-z_]\w*)=(?P<value>[^\r\n]*?)(?P=q)
    [ \t]*(?P<op>>>?)[ \t]*(?P<target>[^\s>|&;]+)[ \t]*$""",
    re.VERBOSE | re.MULTILINE,
)
CONTROL = re.compile(
    r"[ \t]*(?:if|then|else|elif|fi|for|while|until|do|done|case|esac|function)\b|.*(?:;;|[{}()]|\bthen|\bdo)[ \t]*$"
)


@dataclasses.dataclass(slots=True)
class _Run:
    """Commands that follow each other without a branch between them."""

    lines: int = 0
    scopes: dict[str, str] = dataclasses.field(default_factory=dict)
    found: list[Entry] = dataclasses.field(default_factory=list)


def settings(text: str, first: int, last: int) -> list[Entry]:
    """The entries written by the script text[first:last], in order."""
    lines = [matched.span() for matched in LINE.finditer(text, first, last) if matched[0]]
    if (listed := _all_settings(text, lines, f"lines {first}")) is not None:
        return listed
    return list(_walk(text, lines))


def _all_settings(text: str, lines: list[tuple[int, int]], scope: str) -> list[Entry] | None:
    """The entries of a text that consists of `K=V` lines alone, or None."""
    found = []
    for start, end in lines:
        matched = SETTING.match(text, start, _content_end(text, start, end))
        if matched is not None:
            found.append(_entry(matched, scope, (start, end)))
        elif not SKIPPED.match(text, start, end):
            return None
    return found or None


def _walk(text: str, lines: list[tuple[int, int]]) -> Iterator[Entry]:
    run = _Run()
    ends: dict[str, list[int]] = {}
    for number, (start, end) in enumerate(lines):
        if (word := WORD.fullmatch(text, start, _content_end(text, start, end))) is not None:
            ends.setdefault(word[1], []).append(number)
    index = 0
    continued = False
    while index < len(lines):
        start, end = lines[index]
        line = text[start:end].rstrip("\r\n")
        index += 1
        heredoc = HEREDOC.search(line)
        if heredoc is not None and REDIRECT.search(line):
            stop = next((n for n in ends.get(heredoc["word"], ()) if n >= index), None)
            if stop is not None:
                yield from _all_settings(text, lines[index:stop], f"heredoc {start}") or ()
                index = stop + 1
                run.lines += 1
                continue
        if CONTROL.match(line):
            yield from _finished(run)
            run = _Run()
            continue
        run.lines += not SKIPPED.match(line)
        matched = ECHO.match(text, start, _content_end(text, start, end))
        if matched is not None and not continued:
            target = matched["target"].strip("\"'")
            if matched["op"] == ">" or target not in run.scopes:
                run.scopes[target] = f"written {start}"
            run.found.append(_entry(matched, run.scopes[target], (start, end)))
        continued = line.endswith("\\")
    yield from _finished(run)


def _finished(run: _Run) -> Iterator[Entry]:
    for entry in run.found:
        if run.lines == len(run.found) == 1:
            yield dataclasses.replace(entry, outer=None, stuck="it is the only command there")
        else:
            yield entry


def _content_end(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1] in "\r\n":
        end -= 1
    return end


def _entry(matched: re.Match[str], scope: str, outer: tuple[int, int]) -> Entry:
    return Entry(scope, matched["key"], *matched.span("key"), matched["value"], *matched.span("value"), outer)
