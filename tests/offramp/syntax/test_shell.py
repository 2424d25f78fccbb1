from __future__ import annotations

import pytest

from offramp.syntax import shell
from tests.offramp.syntax.places import document, entries, place, told, without


@pytest.mark.parametrize(
    ("text", "role", "key"),
    [
        ('echo "$«P»"', "env", ""),
        ("echo ${«P»:-x}", "env", ""),
        ("export «P»=x", "env", ""),
        ("export P=«x»", "value", "P"),
        ("«P»=x", "key", ""),
        ("P=x «Q»=y run", "env", ""),
        ("unset «P»", "env", ""),
        ("docker run -e «P» image", "env", ""),
        ("gh secret set «P»", "env", ""),
        ("LLM_PROVIDER=«p»", "value", "LLM_PROVIDER"),
        ('LLM_PROVIDER="«p»"', "value", "LLM_PROVIDER"),
        ("x=${LLM_PROVIDER:-«p»}", "value", "LLM_PROVIDER"),
        ('x="${LLM_PROVIDER:-«p»}"', "value", "LLM_PROVIDER"),
        ('[ "$LLM_PROVIDER" = "«p»" ]', "value", "LLM_PROVIDER"),
        ("[[ $LLM_PROVIDER == «p» ]]", "value", "LLM_PROVIDER"),
        ('test "$LLM_PROVIDER" = «p»', "value", "LLM_PROVIDER"),
        ('case "$LLM_PROVIDER" in a|«p») x;; esac', "value", "LLM_PROVIDER"),
        ("run --provider «p»", "value", "provider"),
        ("run --provider=«p»", "value", "provider"),
        ("docker run -e LLM_PROVIDER=«p» image", "value", "LLM_PROVIDER"),
        ("docker run -e «P»=x image", "key", ""),
        ("""grep -Eq '^LLM_PROVIDER="?«p»"?' .env""", "value", "LLM_PROVIDER"),
        ("sed -i 's/LLM_PROVIDER=«p»/LLM_PROVIDER=x/' .env", "value", "LLM_PROVIDER"),
        ("cat > .env <<EOF\nLLM_PROVIDER=«p»\nEOF", "value", "LLM_PROVIDER"),
        ("cat > .env <<EOF\n«P»=x\nEOF", "key", ""),
        ("cat > .env <<EOF\nP=$«P»\nEOF", "env", ""),
        ("pip install a \\\n  «p»==1", "package", "pip"),
        ("# «p»", "comment", ""),
        ("x # «p»", "comment", ""),
        ('echo "uses «p»"', "string", ""),
        ("rm «p»", "string", ""),
        ('echo "$("$«P»")"', "env", ""),
        ("if then «p» fi (", "text", ""),
    ],
)
def test_place(text: str, role: str, key: str) -> None:
    assert told("a.sh", text)[:2] == (role, key)


def test_the_default_alone_is_the_literal() -> None:
    assert told("a.sh", 'x="${P:-«p»}"')[2] == "p"
    assert told("a.sh", "sed 's/P=«p»/P=x/'")[2] == "p"
    assert place("a.sh", 'P="«p»-$x"')[0].built


@pytest.mark.parametrize(
    ("text", "key", "after"),
    [
        ("a\nexport P=x # note\nb\n", "P", "a\nb\n"),
        ("a\nP=x", "P", "a"),
        ("cat > .env <<EOF\nA=1\nP=x\nEOF\n", "P", "cat > .env <<EOF\nA=1\nEOF\n"),
        ('echo "P=$x" >> "$file"\nb\n', "P", "b\n"),
        ("P=x run\n", "P", "run\n"),
        ("A=1 P=x\n", "P", "A=1\n"),
        ("export A=1 P=x\n", "P", "export A=1\n"),
        ("docker run -e A=1 \\\n  -e P=x \\\n  image\n", "P", "docker run -e A=1 \\\n  image\n"),
        ("docker run --env=P --env A image\n", "P", "docker run --env A image\n"),
        ("kubectl create secret generic a --from-literal='P=x'", "P", "kubectl create secret generic a"),
        ("a; P=x\n", "P", "a\n"),
        ("if a; then P=x; b; fi\n", "P", "if a; then b; fi\n"),
        ("a && P=x\n", "P", None),
    ],
)
def test_delete(text: str, key: str, after: str | None) -> None:
    assert without("a.sh", text, key) == after


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("P=1\nP=2\n", 2),
        ("cat > .env <<EOF\nP=1\nP=2\nEOF\n", 1),
        ("cat <<EOF | ssh host 'cat > x'\nP=1\nP=2\nEOF\n", 1),
        ('echo "P=1" >> .env\necho "P=2" >> .env\n', 1),
        ('echo "P=1" >> a.env\necho "P=2" >> b.env\n', 2),
        ("cat <<EOF\nSet P=1 or\nP=2\nEOF\n", 0),
    ],
)
def test_scopes(text: str, count: int) -> None:
    assert len({entry.scope for entry in entries("a.sh", text)}) == count


def test_an_empty_block_is_refused() -> None:
    assert shell.check("if a; then\n  P=x\nfi\n", "if a; then\nfi\n") is not None


@pytest.mark.parametrize("text", ["", "\udce9=\udce9", "\0", "$(" * 2000, "<<EOF", "'", "((("])
def test_garbage(text: str) -> None:
    tree = document("a.sh", text).tree
    tree.place(0, len(text))
    tree.place(len(text), len(text))
    tree.entries()
