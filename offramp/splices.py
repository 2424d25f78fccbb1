"""Where two versions of a file differ, by lines: in time n log n, whatever the file holds.

Lines that occur once in both versions are the anchors (Bram Cohen's patience diff); what lies between two anchors is
compared line by line where both sides have as many, else by `difflib` where it is short, else it differs as one block.
`difflib` alone takes hours over a large file of few distinct lines.

    a b c d  /  a X c d        [(1, 2, 1, 2)]
"""

from __future__ import annotations

import bisect
import difflib
from collections import Counter
from collections.abc import Iterator, Sequence

SHORT = 400  # lines; difflib's time grows with the square of them
Block = tuple[int, int, int, int]  # old[a:b] became new[c:d]
Splice = tuple[int, int, bytes]  # start, end in the new bytes, the old bytes that stood there


def blocks(old: Sequence[bytes], new: Sequence[bytes]) -> list[Block]:
    """The blocks in which two sequences of lines differ, in order; none touches another."""
    result: list[Block] = []
    for a, b, c, d in _gaps(old, new):
        if result and result[-1][1] == a and result[-1][3] == c:
            a, _, c, _ = result.pop()
            result.append((a, b, c, d))
        else:
            result.append((a, b, c, d))
    return result


def _gaps(old: Sequence[bytes], new: Sequence[bytes]) -> Iterator[Block]:
    start, stop = 0, min(len(old), len(new))
    while start < stop and old[start] == new[start]:
        start += 1
    tail = 0
    while tail < stop - start and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    a, c = start, start
    for i, j in (*_anchors(old, new, start, tail), (len(old) - tail, len(new) - tail)):
        # an anchor may be the first line of a longer run that is equal: shrink the gap from behind
        b, d = i, j
        while b > a and d > c and old[b - 1] == new[d - 1]:
            b, d = b - 1, d - 1
        while a < b and c < d and old[a] == new[c]:
            a, c = a + 1, c + 1
        if b - a == d - c:
            yield from ((k, k + 1, k - a + c, k - a + c + 1) for k in range(a, b) if old[k] != new[k - a + c])
        elif max(b - a, d - c) <= SHORT:
            matcher = difflib.SequenceMatcher(None, old[a:b], new[c:d], autojunk=False)
            changed = (code[1:] for code in matcher.get_opcodes() if code[0] != "equal")
            yield from ((a + i1, a + i2, c + j1, c + j2) for i1, i2, j1, j2 in changed)
        else:
            yield a, b, c, d
        a, c = i + 1, j + 1


def _anchors(old: Sequence[bytes], new: Sequence[bytes], start: int, tail: int) -> list[tuple[int, int]]:
    """Pairs of lines that occur once on both sides, as many as stand in the same order."""
    olds, news = Counter(old[start : len(old) - tail]), Counter(new[start : len(new) - tail])
    where = {new[j]: j for j in range(start, len(new) - tail)}
    pairs = [(i, where[old[i]]) for i in range(start, len(old) - tail) if olds[old[i]] == 1 == news[old[i]]]
    tops: list[int] = []  # the longest increasing subsequence of the second parts, by patience
    heads: list[int] = []
    back: list[int] = []
    for index, (_, j) in enumerate(pairs):
        pile = bisect.bisect_left(tops, j)
        tops[pile : pile + 1] = [j]
        heads[pile : pile + 1] = [index]
        back.append(heads[pile - 1] if pile else -1)
    chain: list[tuple[int, int]] = []
    index = heads[-1] if heads else -1
    while index >= 0:
        chain.append(pairs[index])
        index = back[index]
    return chain[::-1]


def inverse(before: bytes, after: bytes) -> list[Splice]:
    """The splices that turn `after` back into `before`, each cut down to the bytes that differ."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    starts = [0]
    for line in new:
        starts.append(starts[-1] + len(line))
    return [_trimmed(starts[c], after[starts[c] : starts[d]], b"".join(old[a:b])) for a, b, c, d in blocks(old, new)]


def _trimmed(offset: int, new: bytes, old: bytes) -> Splice:
    head = _alike(new, old)
    tail = _alike(new[head:][::-1], old[head:][::-1])
    return offset + head, offset + len(new) - tail, old[head : len(old) - tail]


def _alike(one: bytes, other: bytes) -> int:
    """How many bytes they have in common at the start."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(one), len(other)))


def apply(content: bytes, splices: Sequence[Splice]) -> bytes:
    """`content` with the splices made."""
    parts, position = [], 0
    for start, end, piece in splices:
        parts += [content[position:start], piece]
        position = end
    return b"".join((*parts, content[position:]))
