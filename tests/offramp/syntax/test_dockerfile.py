from __future__ import annotations

import pytest

from offramp.syntax import dockerfile
from tests.offramp.syntax.places import document, told, without


@pytest.mark.parametrize(
    ("text", "role", "key"),
    [
        ("ENV «P»=x", "env", ""),
        ("ARG «P»", "env", ""),
        ("ENV P=$«P»", "env", ""),
        ("ENV P=${«P»:-x}", "env", ""),
        ("ENV LLM_PROVIDER=«p»", "value", "LLM_PROVIDER"),
        ("ENV LLM_PROVIDER «p»", "value", "LLM_PROVIDER"),
        ('ARG LLM_PROVIDER="«p»"', "value", "LLM_PROVIDER"),
        ("ENV A=1 \\\n  # note\n  LLM_PROVIDER=«p»", "value", "LLM_PROVIDER"),
        ("env llm_provider=«p»", "value", "llm_provider"),
        ("LABEL «p»=x", "key", ""),
        ("RUN export «P»=x", "env", ""),
        ("RUN a && \\\n  # «p»\n  b", "comment", ""),
        ("RUN a && \\\n  # note\n  [ $P = «p» ]", "value", "P"),
        ("RUN pip install a \\\n  # note\n  «p»", "package", "pip"),
        ('RUN ["pip", "install", "«p»"]', "package", "pip"),
        ('CMD ["run", "--provider", "«p»"]', "value", "provider"),
        ("# «p»", "comment", ""),
        ("COPY «p» /app", "text", ""),
        ("FROM x AS «p»", "text", ""),
        ("# escape=`\nENV A=1 `\n  P=«p»", "value", "P"),
    ],
)
def test_place(text: str, role: str, key: str) -> None:
    assert told("Dockerfile", text)[:2] == (role, key)


@pytest.mark.parametrize(
    ("text", "key", "after"),
    [
        ("FROM a\nENV P=1\nUSER x\n", "P", "FROM a\nUSER x\n"),
        ("FROM a\nENV P 1", "P", "FROM a"),
        ("ENV A=1 P=2 B=3\n", "P", "ENV A=1 B=3\n"),
        ("ENV P=2 B=3\n", "P", "ENV B=3\n"),
        ("ENV A=1 \\\n    P='2 3' \\\n    B=3\n", "P", "ENV A=1 \\\n    B=3\n"),
        ("ENV A=1 \\\r\n    P=2\r\n", "P", "ENV A=1\r\n"),
        ("ENV A=1 \\\n    # about P\n    P=2\n", "P", None),
        ("ARG P\nFROM a\n", "P", "FROM a\n"),
    ],
)
def test_delete(text: str, key: str, after: str | None) -> None:
    assert without("Dockerfile", text, key) == after


def test_check() -> None:
    assert dockerfile.check("FROM a\nENV P=1\n", "FROM a\nP=1\n") is not None
    assert dockerfile.check("FROM a\nRUN b\n", "RUN b\nFROM a\n") is not None
    assert dockerfile.check("FROM a\nENV P=1\n", "FROM a\nENV Q=1\n") is None


def test_a_here_document_is_one_instruction() -> None:
    text = "RUN <<EOF\nENV P=1\nEOF\nENV Q=1\n"
    assert [entry.key for entry in document("Dockerfile", text).tree.entries()] == ["Q"]


@pytest.mark.parametrize("text", ["", "\\", "ENV", "ENV \\\n", "ENV P='", "<<EOF", "RUN <<EOF", "\udce9", "\r\r\n"])
def test_garbage(text: str) -> None:
    tree = document("Dockerfile", text).tree
    tree.place(0, 0)
    tree.place(len(text) // 2, len(text))
    tree.entries()
