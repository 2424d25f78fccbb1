"""Many literals as one regular expression, cut down for each text to those that can match in it.

Trying hundreds of alternatives at each character is what makes a scan slow. Each alternative comes with a literal that
its match must contain; one pass of an Aho-Corasick automaton over the text tells which of them are there.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

CACHED = 500  # expressions


class Alternation:
    """Args:
    alternatives: (literal in lower case that every match contains, source of the expression), in order of
        preference.
    before, after: what bounds each of them.
    """

    def __init__(
        self,
        alternatives: Iterable[tuple[str, str]],
        before: str = "",
        after: str = "",
        flags: re.RegexFlag = re.NOFLAG,
    ) -> None:
        self.alternatives = tuple(alternatives)
        self.before, self.after, self.flags = before, after, flags
        self._compiled: dict[tuple[int, ...], re.Pattern[str]] = {}

    @property
    def literals(self) -> set[str]:
        return {literal for literal, _ in self.alternatives}

    def finditer(self, text: str, present: Collection[str]) -> Iterator[re.Match[str]]:
        """The matches in `text`; `present` are the literals that stand in it in some letter case."""
        usable = tuple(i for i, (literal, _) in enumerate(self.alternatives) if literal in present)
        return self._expression(usable).finditer(text) if usable else iter(())

    def _expression(self, present: Sequence[int]) -> re.Pattern[str]:
        known = self._compiled.get(tuple(present))
        if known is None:
            sources = "|".join(self.alternatives[index][1] for index in present)
            known = re.compile(f"{self.before}(?:{sources}){self.after}", self.flags)
            if len(self._compiled) > CACHED:
                self._compiled.clear()
            self._compiled[tuple(present)] = known
        return known
