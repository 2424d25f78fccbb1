"""How a value is written in an env file, and what is told of readers that see it otherwise."""

from __future__ import annotations

import pytest

from offramp import proposals
from offramp.model import Edit, apply_edits
from offramp.syntax import env, env_values
from tests.offramp.syntax.places import document

QUOTED = 'A="1"\n'  # docker is no reader of it
BLANKS = "A = 1\n"  # neither is bash
EXPORT = "export A=1\n"


def set_to(text: str, value: str, old: str = "x") -> str:
    start = text.rindex(old)
    read = document(".env", text)
    after = apply_edits(text, proposals.fitted(read, [Edit(start, start + len(old), value)]))
    assert proposals.faults(read, read.with_text(after)) is None
    return after


@pytest.mark.parametrize(
    ("text", "value", "after"),
    [
        ("K=x\n", "a/b:1.0@c", "K=a/b:1.0@c\n"),
        ("K=x # n\n", "a/b", "K=a/b # n\n"),
        ("K= x\n", "", "K= \n"),
        ("K=x\n", "a|b", None),
        (QUOTED + "K=x\n", "a b", 'A="1"\nK="a b"\n'),
        (QUOTED + "K=x # n\n", "a # b", 'A="1"\nK="a # b" # n\n'),
        (QUOTED + "K=x", "it's", 'A="1"\nK="it\'s"'),
        (QUOTED + "K=x\n", 'say "a"', 'A="1"\nK=\'say "a"\'\n'),
        (QUOTED + "K='x'\n", "it's", 'A="1"\nK="it\'s"\n'),
        (QUOTED + 'K="x"\n', 'say "a"', 'A="1"\nK=\'say "a"\'\n'),
        (QUOTED + 'K="x"\n', "a b", 'A="1"\nK="a b"\n'),
        (QUOTED + 'K="x"\n', "a\nb", 'A="1"\nK="a\nb"\n'),
        ('A="1"\r\nK=x\r\n', "a\nb", 'A="1"\r\nK="a\r\nb"\r\n'),
        (QUOTED + "K=x\n", "${B}", 'A="1"\nK=${B}\n'),
        (QUOTED + 'K="x $B"\n', "a b", 'A="1"\nK="a b $B"\n'),
        (QUOTED + "K=x\n", 'it\'s "a"', None),
        (QUOTED + "K='x'\n", "$B", None),
        (QUOTED + 'K="x\\n"\n', "a b", None),
        (BLANKS + "K=x\n", "a b", "A = 1\nK=a b\n"),
        (BLANKS + "K=x\n", "a#b", 'A = 1\nK="a#b"\n'),
        (EXPORT + "export K=x\n", "a b", 'export A=1\nexport K="a b"\n'),
        ("# K=x\n", "a b", "# K=a b\n"),
        ("# K=x\n", "a\nb", None),
        ("A=1\r\nK=x\r\n", "a;b", "A=1\r\nK=a;b\r\n"),
    ],
)
def test_a_value(text: str, value: str, after: str | None) -> None:
    if after is None:
        with pytest.raises(ValueError, match="'K'"):
            set_to(text, value)
    else:
        assert set_to(text, value) == after


def test_several_edits_of_one_value() -> None:
    read = document(".env", QUOTED + "K=one-two\n")
    edits = [Edit(8, 11, "a b"), Edit(12, 15, "c"), Edit(0, 1, "B")]
    assert apply_edits(read.text, proposals.fitted(read, edits)) == 'B="1"\nK="a b-c"\n'


@pytest.mark.parametrize(
    ("text", "need", "after"),
    [
        ("A=1\n", "B=https://x/y", "A=1\nB=https://x/y\n"),
        (EXPORT, "B=1", "export A=1\nexport B=1\n"),
        (QUOTED, "B=a b", 'A="1"\nB="a b"\n'),
        (BLANKS, "B=a b", "A = 1\nB=a b\n"),
        ("# B=2\nA=1\n", "B=1", "# B=2\nB=1\nA=1\n"),
        ("B_X=1\nA=1", "B_Y=", "B_X=1\nB_Y=\nA=1"),
        ("A=1", "B=", "A=1\nB="),
        ("", "B=a b", None),
    ],
)
def test_a_new_setting(text: str, need: str, after: str | None) -> None:
    if after is None:
        with pytest.raises(ValueError, match="'B'"):
            env.provide(text, f"setting::{need}")
        return
    edit = env.provide(text, f"setting::{need}")
    assert edit is not None
    assert apply_edits(text, [edit]) == after
    assert env.grown(text, after) is None


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("A=1\nB=2\n", "A=1\nB=2\nC=3\n", "a setting more"),
        ("A=x\nB=2\n", 'A="x\nB=2\n', "bash would read B otherwise"),
        ("A=x\nB='2'\n", "A='x\nB='2'\n", "python-dotenv would read B otherwise"),
        ("A=x\nB=2\n", "A C=x\nB=2\n", "docker --env-file would refuse the file"),
        ("A=x\nB=2\n", "C=y\nB=2\n", None),
        ("A=x\nA=y\nB=2\n", "A=y\nB=2\n", None),
        ("A=x\r\nB=2", "A=x", None),
    ],
)
def test_check(before: str, after: str, why: str | None) -> None:
    assert (why in (env.check(before, after) or "")) if why else env.check(before, after) is None


def test_grown() -> None:
    assert env.grown("A=1\n", "A=2\nB=1\n") is not None
    assert env.grown("A='1\n", "A='1\nB='\n") is not None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("K=x", ""),
        ('K="x"', ""),
        ("export K=x", ""),
        ("K=$X # note", ""),
        ("# K = x", ""),
        ("K=<x>", ""),
        ("K=x\r\n", ""),
        ("K='x\r\ny'\r\n", ""),
        ("K = x", "bash takes the line for a command; docker --env-file refuses a file with such a line"),
        ("K=x # note", "docker --env-file takes what follows for a part of the value"),
        ("K=a#x", "node dotenv reads another value"),
        ("K=a x", "bash takes the line for a command"),
        ("export K = x", "bash takes the line for a command"),
        ("K=`x`", "python-dotenv reads another value; bash takes the line for a command"),
        (
            "K: x",
            "python-dotenv passes over the line; bash takes the line for a command;"
            " docker --env-file refuses a file with such a line",
        ),
    ],
)
def test_disagreement(text: str, told: str) -> None:
    entry = env.parse(text).entry_at(text.index("K"))
    assert entry is not None
    assert env_values.disagreement(text, entry) == told


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("export «K»", "env"),
        ("export A «K» # c", "env"),
        ("«K»", "env"),
        ("unset «K»\n", "env"),
        ("export A # «K»", "comment"),
        ("source «K».sh", "comment"),
        ("A=$«K»", "value"),
        ("# note: «K»", "value"),
        ("# A note: it is «K»", "comment"),
        ('# A="«K»\n# B="', "value"),
        ("K«»=x", "key"),
    ],
)
def test_place(text: str, role: str) -> None:
    from tests.offramp.syntax.places import told

    assert told(".env", text)[0] == role


def test_a_comment_is_never_over_several_lines() -> None:
    tree = env.parse('# A="x\nB=1\n# C="\n')
    assert [entry.key for entry in tree.entries()] == ["B"]
    assert [(entry.key, entry.value) for entry in tree.commented()] == [("A", '"x'), ("C", '"')]
