"""The sentence around a span: in Markdown, in comments and docstrings, in a log message.

    # The key is checked first. A missing key          the second sentence goes on
    # of Gradient is an error.                         over the line break and the marker

Good enough to ask what else a sentence speaks of; nothing is ever written back from it.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from offramp.document import Document
from offramp.model import Edit, Place

MARKER = re.compile(r"[ \t]*(?:#+|//+!?|\*+(?=\s|$)|--+(?=\s|$)|;+|/\*+|<!--|%+|REM\b|rem\b)?[ \t]*")
QUOTE = re.compile(r"[ \t]*(?:>[ \t]?)*[ \t]*")
ITEM = re.compile(r"[-*+][ \t]|\d+[.)][ \t]|#{1,6}[ \t]|[|]|[-=~^]{3,}|:\w[\w ]*:|@\w+|[A-Za-z_]\w* ?(?:\([^)]*\))?: ")
ALONE = re.compile(r"#{1,6}[ \t]|=+[ \t]|[|]|[-=~^]{3,}")
ROW = re.compile(r"[ \t]*\|")
ENDS = re.compile(r"(?<!\be\.g)(?<!\bi\.e)(?<!\bvs)(?<!\bapprox)(?<!\bcf)[.!?][\"')\]*_`]*(?=\s|$)")
TRAILING = re.compile(r"(?:^|\s)(?:#|//|--|;|/\*|<!--)[ \t]?")
WHEN = (
    r"(?:since|until|till|before|after|in|during|from|by|on|as of|spring|summer|autumn|fall|winter|early|late|mid"
    r"|Q[1-4]|[A-Z][a-z]{2,8})"
)
HISTORY = re.compile(
    rf"(?i:\bno longer\b|\bused to\b|\bback when\b|\bat the time\b|\boriginally\b|\bhistorically\b|\bformerly\b"
    rf"|\bsunset(?:ting|ted)?\b|\bend of life\b|\b\d+ (?:day|week|month|year)s? ago\b)"
    rf"|\b{WHEN}[ -]+(?:the )?(?:\d\d? )?(?:19|20)\d\d\b|\b(?:19|20)\d\d-[01]\d\b"
)
CHANGE_BEFORE = re.compile(
    r"(?i)\b(?:instead of|rather than|in favou?r of|unlike|compared (?:to|with)|versus|vs\.?|only|previously"
    r"|(?:mov|migrat|switch|transition|port)\w* (?:\w+ ){0,3}?(?:from|off|away from|to)"
    r"|old|legacy|former|previous|retired|deprecated|obsolete)(?: the| our| its| an?)?[\s(\"'`*_]*$"
)
VERB_BEFORE = re.compile(
    r"(?i)\b(?:replac|retir|deprecat|drop|remov|abandon|discontinu)\w*(?: the| our| all of)?[\s(\"'`*_]*$"
)
NO_NOUN = re.compile(r"(?:['’]s)?[\s)\"'`*_]*(?:$|[.,;:!?)]|(?:with|by|for|in|from|as|and|or|to|when|if)\b)")
CHANGE_AFTER = re.compile(
    r"(?i)(?:['’]s)?(?: \w+){0,2}? (?:is|was|are|were|has|have|had|will|be|been|being|gets?|got)\b(?: \w+){0,2}? "
    r"(?:replaced|retired|deprecated|discontinued|superseded|sunset|shut ?down|obsolete|decommissioned|gone)\b"
    r"|[\s*_`]*(?:was|were|used to|had been)\b"
)
ARTICLE = re.compile(r"\b([Aa]n?|AN?)(?=[^\w.,;:!?]{1,40}$)")
CONSONANT = re.compile(r"(?i)u[sn][aei]|eu|one\b|[^aeiou]")
FLOWING = ("markdown", "text", "notebook")  # kinds whose lines go on without a marker
FAR = 8  # lines


@dataclasses.dataclass(frozen=True, slots=True)
class Sentence:
    """What stands `before` and `after` the span in its sentence, on one line each."""

    before: str
    after: str

    @property
    def around(self) -> str:
        return f"{self.before} … {self.after}"

    @property
    def tells_what_was(self) -> bool:
        """Dates and the words of history: 'until 2024', 'no longer', 'three years ago'."""
        return HISTORY.search(self.around) is not None

    @property
    def tells_of_change(self) -> bool:
        """Whether it says of the name in the span that it was left, replaced or preferred: 'instead of X'."""
        direct = VERB_BEFORE.search(self.before) is not None and NO_NOUN.match(self.after) is not None
        return direct or bool(CHANGE_BEFORE.search(self.before) or CHANGE_AFTER.match(self.after))

    def names_owner(self, owners: Sequence[str]) -> bool:
        """Whether one of these is said to own the name in the span, or stands near it."""
        if not owners:
            return False
        owner = rf"\b(?:{'|'.join(map(re.escape, owners))})\b"
        owns = re.search(rf"{owner}['’]s\b", self.around) or re.search(rf"{owner}.{{0,25}}$", self.before)
        return bool(owns or re.match(rf".{{0,12}}{owner}", self.after))


def article(document: Document, start: int, new: str) -> list[Edit]:
    """The article directly before a name, if the new name wants the other one."""
    low = max(0, start - 45)
    matched = ARTICLE.search(document.text[low:start])
    wanted = "a" if CONSONANT.match(new) else "an"
    if matched is None or matched[1].lower() == wanted:
        return []
    styled = wanted.upper() if matched[1].isupper() and len(matched[1]) > 1 else matched[1][0] + wanted[1:]
    return [Edit(low + matched.start(1), low + matched.end(1), styled)]


def sentence(document: Document, place: Place, start: int, end: int) -> Sentence:
    low, high = _passage(document, place, start, end)
    marker = _marker_of(document)
    before, after = _flat(document.text[low:start], marker), _flat(document.text[end:high], marker)
    if not ROW.match(document.text[low:start]):
        ends = list(ENDS.finditer(before))
        before = before[ends[-1].end() :] if ends else before
        first = ENDS.search(after)
        after = after[: first.end()] if first else after
    return Sentence(before, after)


def _marker_of(document: Document) -> re.Pattern[str]:
    """What may precede the words of a line: in prose the marks of a quotation, in code those of a comment."""
    return QUOTE if document.kind in FLOWING else MARKER


def _flat(text: str, marker: re.Pattern[str]) -> str:
    """A passage on one line, without what precedes the words of each."""
    first, *others = re.split(r"\r\n|\r|\n", text)
    return " ".join([first, *(marker.sub("", line, count=1) for line in others)])


def _passage(document: Document, place: Place, start: int, end: int) -> tuple[int, int]:
    """From where to where the text goes on around a span."""
    longer = 0 <= place.start <= start and end <= place.end and (place.start, place.end) != (start, end)
    if longer and place.syntax != "inline code":
        return max(place.start, start - FAR * 100), min(place.end, end + FAR * 100)  # a literal
    lines = _Lines(document)
    number = document.position(start)[0]
    low = document.line_starts[number - 1]
    high = low + len(document.line(number))
    if not lines.mark(number) and document.kind not in FLOWING:
        opened = list(TRAILING.finditer(document.text, low, start))
        return (opened[-1].end() if opened else low), high
    if ROW.match(document.line(number)):
        return low, high
    first = last = number
    while number - first < FAR and not lines.begins(first) and lines.goes_on(first - 1, number):
        if lines.stands_alone(first - 1):
            break
        first -= 1
    while last - number < FAR and lines.goes_on(last + 1, number) and not lines.begins(last + 1):
        last += 1
    low = document.line_starts[first - 1] + len(document.line(first)) - len(lines.words(first))
    return min(low, start), document.line_starts[last - 1] + len(document.line(last))


@dataclasses.dataclass(frozen=True, slots=True)
class _Lines:
    document: Document

    def words(self, number: int) -> str:
        return _marker_of(self.document).sub("", self.document.line(number), count=1)

    def mark(self, number: int) -> str:
        line = self.document.line(number)
        return line[: len(line) - len(self.words(number))].strip()

    def begins(self, number: int) -> bool:
        """Whether a line begins something of its own: an item, a heading, a row, a field."""
        return ITEM.match(self.words(number)) is not None

    def stands_alone(self, number: int) -> bool:
        """Whether the line after this one begins anew: after a heading, a row, a rule."""
        return ALONE.match(self.words(number)) is not None

    def goes_on(self, number: int, like: int) -> bool:
        """Whether a line is one of words, marked like another one."""
        if not 1 <= number <= len(self.document.line_starts):
            return False
        return bool(self.words(number).strip()) and self.mark(number) == self.mark(like)
