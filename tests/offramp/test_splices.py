"""The inverse of a change: always right, small, and never slow."""

from __future__ import annotations

import itertools
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offramp import splices

LINES = st.lists(st.sampled_from([b"a\n", b"b\n", b"c\r\n", b"\n", b"key=1\n", b"key=2\n", b"x"]), max_size=24)


@given(LINES, LINES)
def test_it_leads_back(old: list[bytes], new: list[bytes]) -> None:
    before, after = b"".join(old), b"".join(new)
    assert splices.apply(after, splices.inverse(before, after)) == before


@given(LINES, LINES)
def test_blocks_are_in_order_and_differ(old: list[bytes], new: list[bytes]) -> None:
    blocks = splices.blocks(old, new)
    for a, b, c, d in blocks:
        assert old[a:b] != new[c:d]
    for (_, b, _, d), (a, _, c, _) in itertools.pairwise(blocks):
        assert b <= a
        assert d <= c
        assert (b, d) != (a, c)


@given(LINES, LINES, LINES)
def test_what_is_alike_at_both_ends_is_left_out(head: list[bytes], tail: list[bytes], middle: list[bytes]) -> None:
    for a, b, _, _ in splices.blocks([*head, *tail], [*head, *middle, *tail]):
        assert a == b, "an insertion removes nothing"


TABLE = [
    (b"one\ntwo\nthree\n", b"one\n2\nthree\n", [(4, 5, b"two")]),
    (b"KEY=old # note\n", b"KEY=new # note\n", [(4, 7, b"old")]),
    (b"a\nb\n", b"a\nb\n", []),
    (b"", b"new\n", [(0, 4, b"")]),
    (b"gone\n", b"", [(0, 0, b"gone\n")]),
    (b"old", b"new", [(0, 3, b"old")]),
    (b"a\nx\nb\nx\nc\n", b"a\ny\nb\nx\nz\nc\n", [(2, 3, b"x"), (8, 10, b"")]),
]


@pytest.mark.parametrize(("before", "after", "wanted"), TABLE)
def test_small(before: bytes, after: bytes, wanted: list[splices.Splice]) -> None:
    assert splices.inverse(before, after) == wanted


@pytest.mark.parametrize("lines", [[b"a\n", b"b\n"], [b"{}\n"], [b"%d\n" % n for n in range(70_000)]])
def test_large_files_take_no_time(lines: list[bytes]) -> None:
    dice = random.Random(7)
    old = [dice.choice(lines) for _ in range(70_000)]
    new = [*old[:100], b"inserted\n", *old[100:30_000], b"changed\n", *old[30_001:]]
    before, after = b"".join(old), b"".join(new)
    started = time.perf_counter()
    way_back = splices.inverse(before, after)
    assert time.perf_counter() - started < 5
    assert splices.apply(after, way_back) == before


def test_moved_lines_between_anchors_are_found() -> None:
    old = [b"%d\n" % number for number in range(1000)]
    new = [*old[:10], *old[500:510], *old[10:500], *old[510:]]
    way_back = splices.inverse(b"".join(old), b"".join(new))
    assert sum(len(piece) for _, _, piece in way_back) < 100
