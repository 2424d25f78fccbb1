"""Many literals as one regular expression, cut down for each text to those that can match in it.

Trying hundreds of alternatives at each character is what makes a scan slow. Each alternative comes with a literal that
its match must contain; a substring search, which is a hundred times as fast, rules most of them out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

CACHED = 500  # expressions


class Alternation:
    """Args:
    alternatives: (literal in lower case that every match contains, source of the expression), in order of
        preference.
    before, after: what bounds each of them.
    """

    def __init__(
        self, alternatives: Iterable[tuple[str, str]], before: str = "", after: str = "", flags: re.RegexFlag = re.NOFLAG
    ) -> None:
        self.alternatives = tuple(alternatives)
        self.before, self.after, self.flags = before, after, flags
        self._compiled: dict[tuple[int, ...], re.Pattern[str]] = {}

    def finditer(self, text: str, lowered: str) -> Iterator[re.Match[str]]:
        """The matches in `text`; `lowered` is the same text in lower case."""
        present = tuple(i for i, (literal, _) in enumerate(self.alternatives) if literal in lowered)
        return self._expression(present).finditer(text) if present else iter(())

    def _expression(self, present: Sequence[int]) -> re.Pattern[str]:
        known = self._compiled.get(tuple(present))
        if known is None:
            sources = "|".join(self.alternatives[index][1] for index in present)
            known = re.compile(f"{self.before}(?:{sources}){self.after}", self.flags)
            if len(self._compiled) > CACHED:
                self._compiled.clear()
            self._compiled[tuple(present)] = known
        return known
