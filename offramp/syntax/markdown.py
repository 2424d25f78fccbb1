"""Markdown, MDX, reStructuredText and AsciiDoc: which span is prose, code, a link, a tag or a comment.

    # Gradient setup                    prose (a heading)
    Set `LLM_PROVIDER` to `gradient`    the value of LLM_PROVIDER
    [setup](docs/gradient-setup.md)     a link
    ```bash                             what stands in a fence is read by the module of its language
    export LLM_PROVIDER=gradient        the value of LLM_PROVIDER
    ```

The text is cut into blocks, line by line; only what lies outside code, comments and front matter is read for inline
markup. Code in a fence is laid free of its indentation, given to its language, and the offsets are mapped back. What
its language does not parse is read as plain text.
"""

from __future__ import annotations

import bisect
import dataclasses
import functools
import re
from collections.abc import Sequence
from functools import cached_property

from offramp.model import Edit, Entry, Place, Role
from offramp.syntax import fences, markup_fitting, markup_insertions, markup_rows
from offramp.syntax import text as plain
from offramp.syntax.embedded import Embedded
from offramp.syntax.fences import Block, Line, lines_of
from offramp.syntax.markup_blocks import BULLET, FENCE, blocks_of, dialect_of, passages_of

WANTS_PATH = True
COMMENT = "<!--"

INLINE = re.compile(
    r"""(?<![`\\])(?P<tick>`{1,8})(?!`)(?P<code>[^`]{1,1000}?|.{1,1000}?)(?<!`)(?P=tick)(?!`)
    |\]\(\s*<?(?P<target>[^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)
    |^[ \t]*\[[^\]\r\n]{1,200}\]:[ \t]*<?(?P<definition>[^\s<>]+)
    |<(?P<auto>(?:https?|ftp|mailto):[^\s<>]+)>
    |(?P<url>\b(?:https?|ftp|ssh|git|s3|gs|wss?|postgres(?:ql)?|redis)://[^\s<>`"'\])]+|\bwww\.[^\s<>`"'\])]+)
    |\b(?:link|image|include|xref):{1,2}(?P<macro>[^\s\[\]]+)(?=\[)
    |(?P<tag></?[A-Za-z][\w.:-]*(?:\s[^<>]*)?/?>)""",
    re.VERBOSE | re.MULTILINE,
)
PASSAGE = 100  # lines to either side that are read together
NEAR = 200  # characters before a span in which its setting or its variable's mark must stand
REST_LINK = re.compile(r"<(?P<target>[^<>\s]+)>$")
ATTRIBUTE = re.compile(r"""([\w:@.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|(\{[^{}]*\}|[^\s"'>]+))""")
SPOKEN = frozenset({"alt", "title", "aria-label", "content", "summary", "label", "description", "placeholder"})
ASSIGNED = re.compile(r"(?:^|[^\w.-])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+=[\"']?$")
SETTING = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+=?")
SET_TO = re.compile(r"\s*(?:=|==|to|is|is set to|set to|to be|as)\s*")


@dataclasses.dataclass(frozen=True, slots=True)
class Span:
    """Inline markup of one line: `code`, `link` or `tag`, with the span of what is inside."""

    kind: str
    start: int
    end: int


class Markup:
    def __init__(self, text: str, dialect: str) -> None:
        self.text = text
        self.dialect = dialect
        self.blocks = blocks_of(text, dialect)
        self._starts = [block.start for block in self.blocks]
        self._inline: dict[int, list[Span]] = {}
        self._embedded: dict[int, Embedded] = {}

    def place(self, start: int, end: int) -> Place:
        block = self.block_at(start)
        if block is None:
            return self._prose(start, end, "text")
        if block.kind == "comment":
            return Place(Role.COMMENT, "a comment", start=start, end=end)
        if block.kind == "heading":
            return self._prose(start, end, "a heading")
        return self._code(block, start, end)

    def block_at(self, offset: int) -> Block | None:
        index = bisect.bisect_right(self._starts, offset) - 1
        if index < 0 or offset >= self.blocks[index].end:
            return None
        return self.blocks[index]

    def embedded(self, block: Block) -> Embedded:
        if block.start not in self._embedded:
            self._embedded[block.start] = fences.embedded(self.text, block)
        return self._embedded[block.start]

    def _code(self, block: Block, start: int, end: int) -> Place:
        place = self.embedded(block).place(start, end)
        return place if place is not None else plain.place(self.text, start, end)  # what a command answered, say

    def span_at(self, start: int, end: int) -> Span | None:
        """The inline markup that holds a span."""
        _, spans = self.inline(start)
        index = bisect.bisect_right(spans, start, key=lambda span: span.start) - 1
        return spans[index] if index >= 0 and end <= spans[index].end else None

    def _prose(self, start: int, end: int, syntax: str) -> Place:
        line_start, spans = self.inline(start)
        span = self.span_at(start, end)
        if span is None:
            before = self.text[max(line_start, start - NEAR) : start]
            if ASSIGNED.search(before) or plain.VARIABLE.search(before):
                return plain.place(self.text, start, end, Role.PROSE)
            return Place(Role.PROSE, syntax, start=start, end=end)
        if span.kind == "link":
            return Place(Role.PROSE, "a link", start=span.start, end=span.end)
        if span.kind == "tag":
            return self._tag(span, start, end)
        return self._inline_code(spans, spans.index(span), start, end)

    def inline(self, offset: int) -> tuple[int, list[Span]]:
        """The start of the line that holds `offset`, and the inline markup of its passage, in order."""
        line_start = max(self.text.rfind("\n", 0, offset), self.text.rfind("\r", 0, offset)) + 1
        start, end = self._passage(offset, line_start)
        if start not in self._inline:
            self._inline[start] = self._spans(start, end)
        return line_start, self._inline[start]

    def _passage(self, offset: int, line_start: int) -> tuple[int, int]:
        """The lines that are read together: those of a paragraph or an item, one of anything else."""
        number = bisect.bisect_right(self._line_starts, line_start) - 1
        lines = self._lines
        if number >= len(lines) or not self._goes_on(number):
            return line_start, max(lines[number].content_end, offset) if number < len(lines) else offset
        first = last = number
        while first and number - first < PASSAGE and self._joins(first):
            first -= 1
        while last + 1 < len(lines) and last - first < 2 * PASSAGE and self._joins(last + 1):
            last += 1
        return lines[first].start, lines[last].content_end

    @cached_property
    def _lines(self) -> list[Line]:
        return lines_of(self.text)

    @cached_property
    def _line_starts(self) -> list[int]:
        return [line.start for line in self._lines]

    def _goes_on(self, number: int) -> bool:
        """Whether a line is one of several that are read together."""
        line = self._lines[number]
        alone = (
            line.blank
            or FENCE.match(line.text) is not None
            or line.text.lstrip(" \t>").startswith("|")
            or self.block_at(line.start) is not None
        )
        return not alone

    def _joins(self, number: int) -> bool:
        """Whether a line goes on with the one above it."""
        begins = BULLET.match(self._lines[number].text) is not None
        return not begins and self._goes_on(number) and self._goes_on(number - 1)

    def _spans(self, start: int, end: int) -> list[Span]:
        spans = []
        for matched in INLINE.finditer(self.text, start, end):
            name = matched.lastgroup or ""
            kind = {"code": "code", "tick": "code", "tag": "tag"}.get(name, "link")
            inside = matched.span("code" if kind == "code" else name)
            if kind == "code" and self.dialect == "rest" and matched["tick"] == "`":
                found = REST_LINK.search(matched["code"])  # `text <target>`_ is prose and a link
                if found:
                    spans.append(Span("link", inside[0] + found.start("target"), inside[0] + found.end("target")))
                continue
            spans.append(Span(kind, *inside))
        return spans

    def _tag(self, span: Span, start: int, end: int) -> Place:
        for matched in ATTRIBUTE.finditer(self.text, span.start, span.end):
            group = next(number for number in (2, 3, 4) if matched[number] is not None)
            if matched.start(group) <= start and end <= matched.end(group):
                if matched[1].lower() in SPOKEN:
                    return Place(Role.PROSE, "text of an HTML tag", start=start, end=end)
                if matched[1].lower() in ("href", "src"):
                    return Place(Role.PROSE, "a link", start=matched.start(group), end=matched.end(group))
                return Place(Role.STRING, "in an HTML tag", matched[1], *matched.span(group))
        return Place(Role.CODE, "in an HTML tag", start=start, end=end)

    def _inline_code(self, spans: Sequence[Span], index: int, start: int, end: int) -> Place:
        span = spans[index]
        code = self.text[span.start : span.end]
        place = plain.place(code, start - span.start, end - span.start, Role.PROSE)
        if place.role in (Role.VALUE, Role.ENV, Role.PACKAGE):
            return dataclasses.replace(place, start=place.start + span.start, end=place.end + span.start)
        if code.strip("\"'") == self.text[start:end] and index > 0 and spans[index - 1].kind == "code":
            before = spans[index - 1]
            name = self.text[before.start : before.end]
            between = self.text[before.end : span.start].replace("`", "").replace("*", "")
            if SETTING.fullmatch(name) and (between.strip() == "|" or SET_TO.fullmatch(between)):
                return Place(Role.VALUE, f"the value of {name}", name.rstrip("="), start, end)
        return Place(Role.PROSE, "inline code", self._row(spans), span.start, span.end)

    def _row(self, spans: Sequence[Span]) -> str:
        """The setting that a row of a table begins with: what the row says is about it."""
        first = self.text[spans[0].start : spans[0].end]
        line_start = max(self.text.rfind("\n", 0, spans[0].start), self.text.rfind("\r", 0, spans[0].start)) + 1
        is_row = re.fullmatch(r"[ \t]*\|[ \t]*`+", self.text[line_start : spans[0].start]) is not None
        return first if is_row and SETTING.fullmatch(first) else ""

    def entries(self) -> Sequence[Entry]:
        """The entries of the code in its language, each block a scope of its own; and rows about one setting each."""
        return self._entries

    @cached_property
    def _entries(self) -> list[Entry]:
        result: list[Entry] = []
        for block in self.blocks:
            if block.language:
                result += self.embedded(block).entries(f"fence {block.start}")
        result += markup_rows.entries(self.text, self._lines, self.blocks) if "|" in self.text else ()
        return sorted(result, key=lambda entry: entry.key_start)

    @cached_property
    def passages(self) -> list[tuple[str, int, int]]:
        """Headings, paragraphs and list items, in order: what the document says, code aside."""
        return passages_of(self.text, self.blocks, self.dialect)

    @property
    def title(self) -> tuple[int, int] | None:
        """The span of the first heading, or of `title:` in the front matter."""
        for kind, start, end in self.passages:
            if kind == "heading":
                return start, end
        return None


def parse(text: str, path: str = "") -> Markup:
    return _parsed(text, dialect_of(path))


@functools.lru_cache(maxsize=4)
def _parsed(text: str, dialect: str) -> Markup:
    return Markup(text, dialect)


def check(before: str, after: str, path: str = "") -> str | None:
    """The blocks stay what they were, and code that parsed still parses."""
    was, now = parse(before, path), parse(after, path)
    if _outline(was) != _outline(now):
        return "the blocks of the document would not be what they were"
    for old, new in zip(was.blocks, now.blocks, strict=True):
        if old.language and before[old.start : old.end] != after[new.start : new.end]:
            fault = was.embedded(old).fault_of(now.embedded(new))
            if fault is not None:
                return fault
    return None


def fit(text: str, edits: list[Edit], path: str = "") -> list[Edit]:
    """The edits with replacements escaped as the text, the code, the address or the fence demands that they lie in."""
    return markup_fitting.fit(parse(text, path), edits)


def provide(text: str, need: str) -> Edit | None:
    """Supply `setting:fence LINE/PATH/OF/HOLDER:KEY=VALUE` in the fence whose code begins on that line."""
    return markup_insertions.setting(parse(text, "x.md"), need)


def grown(before: str, after: str) -> str | None:
    """Whether every line is still there once settings were added, and the blocks are what they were."""
    lines = iter([line.rstrip(", ") for line in after.splitlines()])
    if not all(line.rstrip(", ") in lines for line in before.splitlines()):
        return "a line would change with what is added"
    was, now = parse(before), parse(after)
    return None if _outline(was) == _outline(now) else "the blocks of the document would not be what they were"


def _outline(markup: Markup) -> list[tuple[str, str]]:
    return [(block.kind, block.language) for block in markup.blocks]
