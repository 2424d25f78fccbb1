"""Dockerfiles: how instructions and words are told apart, how values are written, what is added."""

from __future__ import annotations

import pytest

from offramp import proposals
from offramp.model import Edit, apply_edits
from offramp.syntax import dockerfile
from tests.offramp.syntax.places import document, told


def keys(text: str) -> list[tuple[str, str]]:
    return [(entry.key, entry.value) for entry in dockerfile.parse(text).entries()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ENV A=b C=\"d e\" F='g h'\n", [("A", "b"), ("C", "d e"), ("F", "g h")]),
        ("ENV A b c\n", [("A", "b c")]),
        ("ENV A b=c\n", [("A", "b=c")]),
        ("ENV A=b \\\n\n  # note\n  C=d\n", [("A", "b"), ("C", "d")]),
        ("ENV A=b\\ c D=e\n", [("A", "b\\ c"), ("D", "e")]),
        ("ENV A=b\\\n  C=d\n", [("A", "b"), ("C", "d")]),
        ('ENV A="b \\\n c" D=e\n', [("A", "b \\\n c"), ("D", "e")]),
        ("ARG A B=c\nARG D\n", [("A", ""), ("B", "c"), ("D", "")]),
        ('LABEL "a.b"="c" org.x/y=z\n', [("a.b", "c"), ("org.x/y", "z")]),
        ("ONBUILD ENV A=b\n", [("A", "b")]),
        ("onbuild \\\n arg A=b\n", [("A", "b")]),
        ('ENV A=b"c d"e\n', [("A", 'b"c d"e')]),
        ("ENV A=b C\n", []),
        ("ENV A\n", []),
        ("ENV =b\n", []),
        ("ENV A='b\n", []),
        ("# escape=`\nENV A=b `\n C=d\\\n", [("A", "b"), ("C", "d\\")]),
        ("# syntax=x\n# escape = `\nENV A=b `\n C=d\n", [("A", "b"), ("C", "d")]),
        ("FROM a\n# escape=`\nENV A=b \\\n C=d\n", [("A", "b"), ("C", "d")]),
        ("RUN <<A cat <<-'B'\nENV C=d\nA\nENV E=f\n\tB\nENV G=h\n", [("G", "h")]),
        ("RUN cat <<<A\nENV C=d\nA\n", [("C", "d")]),
        ("RUN echo $((1<<A))\nENV C=d\n", [("C", "d")]),
        ("CMD echo <<A\nENV C=d\nA\n", [("C", "d")]),
        ("COPY <<A /x\nENV C=d\nA\n", []),
        ("RUN a \\\\\nENV C=d\n", [("C", "d")]),
        ("RUN a \\ \nENV C=d\n", []),
        ("RUN a \\\n", []),
    ],
)
def test_settings(text: str, expected: list[tuple[str, str]]) -> None:
    assert keys(text) == expected


@pytest.mark.parametrize(
    ("text", "role", "key"),
    [
        ("RUN --mount=type=secret,id=x \\\n  --mount=type=cache,target=/y \\\n  pip install «p»", "package", "pip"),
        ("RUN <<EOF\nexport «P»=x\nEOF", "env", ""),
        ("RUN <<EOF\n# «p»\nEOF", "comment", ""),
        ("RUN cat <<EOF > /app/.env\nLLM_PROVIDER=«p»\nEOF", "value", "LLM_PROVIDER"),
        ('HEALTHCHECK --interval=1s CMD ["a", "--provider", "«p»"]', "value", "provider"),
        ("RUN [ $P = «p» ]", "value", "P"),
        ("RUN --mount=type=secret,id=«P» a", "value", "id"),
    ],
)
def test_place(text: str, role: str, key: str) -> None:
    assert told("Dockerfile", text)[:2] == (role, key)


def test_siblings_are_of_one_stage() -> None:
    tree = dockerfile.parse("FROM a\nENV A=1\nFROM b\nENV B=2 C=3\n")
    start = tree.text.index("3")
    assert tree.place(start, start + 1).siblings == {"B": "2", "C": "3"}


def set_to(text: str, value: str, old: str = "x") -> str:
    start = text.rindex(old)
    read = document("Dockerfile", text)
    after = apply_edits(text, proposals.fitted(read, [Edit(start, start + len(old), value)]))
    assert proposals.faults(read, read.with_text(after)) is None
    return after


@pytest.mark.parametrize(
    ("text", "value", "after"),
    [
        ("ENV A=x\n", "a/b", "ENV A=a/b\n"),
        ("ENV A=x B=c\n", "a b", 'ENV A="a b" B=c\n'),
        ("ENV A=x\n", "a\\b", 'ENV A="a\\\\b"\n'),
        ('ENV A="x"\n', 'say "a"', 'ENV A="say \\"a\\""\n'),
        ("ENV A='x'\n", 'say "a"', "ENV A='say \"a\"'\n"),
        ("ENV A='x'\n", "it's $B", 'ENV A="it\'s \\$B"\n'),
        ("ENV A x\n", "a b", 'ENV A "a b"\n'),
        ("ENV A=x\n", "${B}", "ENV A=${B}\n"),
        ("ENV A=bxc\n", " ", 'ENV A="b c"\n'),
        ("# escape=`\nENV A=x\n", "a b\\", '# escape=`\nENV A="a b\\"\n'),
        ("ENV A=x\n", "a\nb", None),
        ('ENV A="b\\"x"\n', "c d", None),
        ("ENV A=b'c'x\n", "d e", None),
        ("ENV A=b \\\n  C=x\r\n", "d e", 'ENV A=b \\\n  C="d e"\r\n'),
        ('CMD ["a", "x"]\n', 'b "c"\\', 'CMD ["a", "b \\"c\\"\\\\"]\n'),
        ('HEALTHCHECK CMD ["x"]\n', "b\nc", 'HEALTHCHECK CMD ["b\\nc"]\n'),
        ("RUN a x\n", "'b c'", "RUN a 'b c'\n"),
        ("RUN a x\n", "b\nc", None),
        ("RUN a b \\\n  x \\\n  d\n", "c \\\n  e", "RUN a b \\\n  c \\\n  e \\\n  d\n"),
        ("RUN <<EOF\nx\nEOF\n", "b\nc", "RUN <<EOF\nb\nc\nEOF\n"),
        ("COPY x /b\n", "c d", None),
        ("COPY <<EOF /b\nx\nEOF\n", "c d", "COPY <<EOF /b\nc d\nEOF\n"),
        ("FROM x\n", "a:b", "FROM a:b\n"),
        ("# x\nFROM a\n", "b c", "# b c\nFROM a\n"),
        ("# x\nFROM a\n", "b\nc", None),
        ("ENV x=b\n", "c d", None),
    ],
)
def test_a_value(text: str, value: str, after: str | None) -> None:
    if after is None:
        with pytest.raises(ValueError, match=r"can|holds"):
            set_to(text, value)
    else:
        assert set_to(text, value) == after


def test_whole_lines_stay_as_they_are() -> None:
    text = "FROM a\nUSER b\n"
    for position in (0, 7, len(text)):
        edits = [Edit(position, position, "RUN c d\nRUN e\n")]
        assert dockerfile.fit(text, edits) == edits


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("ENV A=b\n", "ENV A=b C\n", "as it should"),
        ('CMD ["a"]\n', 'CMD ["a]\n', "as it should"),
        ('CMD ["a"]\n', 'CMD {"a"}\n', None),
        ("RUN [ -f a ]\n", "RUN [ -f b ]\n", None),
        ("RUN a\nUSER b\n", "RUN a \\\nUSER b\n", "swallow"),
        ("USER b\n", "USE b\n", "no instruction"),
        ("RUN a\nUSER b\n", "USER b\nRUN a\n", "order"),
        ("FROM a\nRUN a \\\n b\n", "FROM a\n", None),
    ],
)
def test_check(before: str, after: str, why: str | None) -> None:
    told_why = dockerfile.check(before, after)
    assert (why in (told_why or "")) if why else told_why is None


TEST = 'RUN test -n "$K" || { echo "K is not set, pass it with --build-arg K=..." >&2; exit 1; }'


@pytest.mark.parametrize(
    ("text", "need", "after"),
    [
        ("FROM a\nRUN b\n", "setting::K=v", "FROM a\nENV K=v\nRUN b\n"),
        ("FROM a\nARG x\n\nRUN b\n", "setting:ENV:K=v w", 'FROM a\nARG x\nENV K="v w"\n\nRUN b\n'),
        ("FROM a\r\nRUN b\r\n", "setting:ARG:K", "FROM a\r\nARG K\r\nRUN b\r\n"),
        ("FROM a", "setting:ARG:K", "FROM a\nARG K"),
        ("FROM a\nRUN b\nFROM c\nUSER d\n", "setting:ARG:K", "FROM a\nRUN b\nFROM c\nARG K\nUSER d\n"),
        ("FROM a\nENV K=w\n", "setting:ENV:K=v", None),
        ("FROM a\nONBUILD ENV B=w\n", "setting:ENV:K=v", "FROM a\nENV K=v\nONBUILD ENV B=w\n"),
        ("ARG K\n", "setting:ARG:K", "no FROM"),
        ("", "setting:ARG:K", "no FROM"),
        ("FROM a\nARG K\nRUN b\n", "test::K", f"FROM a\nARG K\n{TEST}\nRUN b\n"),
        ("FROM a\nARG K", "test::K", f"FROM a\nARG K\n{TEST}"),
        (f"FROM a\nARG K\n{TEST}\n", "test::K", None),
        ("FROM a\nARG K\nRUN echo ${K:?no}\n", "test::K", None),
        ("ARG K\nFROM a\n", "test::K", "no stage"),
        ("FROM scratch\nARG K\n", "test::K", "scratch"),
        ('FROM a\nARG K\nSHELL ["powershell"]\n', "test::K", "another shell"),
        ("# escape=`\nFROM a\nARG K\n", "test::K", "another shell"),
    ],
)
def test_provide(text: str, need: str, after: str | None) -> None:
    if after is not None and "\n" not in after:
        with pytest.raises(ValueError, match=after):
            dockerfile.provide(text, need)
        return
    edit = dockerfile.provide(text, need)
    assert (None if edit is None else apply_edits(text, [edit])) == after
    if after is not None:
        assert dockerfile.grown(text, after) is None
        assert dockerfile.grown(text, after.replace("FROM a", "FROM b")) is not None
