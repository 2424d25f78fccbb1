"""What is put into a script is what the shell reads there, whatever it holds."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from offramp.model import Edit, apply_edits
from offramp.syntax import shell, shell_words

VALUES = (
    *("new", "new value", 'it"s', "it's", "$HOME", "a`b", "back\\slash", "true", "a#b", "#x", "~x", "*", "{a,b}"),
    *("a;b&c|d", "é 鍵", "(x)", "!", "a'b\"c$d", "}x", " x", "[a]", "a/b|c,d", "x" * 300),
)
PLACES = (
    'A=«old»; printf %s "$A"',
    'A="«old»"; printf %s "$A"',
    'A="«»"; printf %s "$A"',
    'A=«»; printf %s "$A"',
    "A='«old»'; printf %s \"$A\"",
    "A=$'«old»'; printf %s \"$A\"",
    "printf %s «old»",
    "printf %s ${Z:-«old»}",
    'printf %s "${Z:-«old»}"',
    'printf %s "${Z}«old»${Z}"',
    "cat <<EOF\n«old»\nEOF",
    "cat <<'EOF'\n«old»\nEOF",
    "cat <<-\\EOF\n\t«old»\n\tEOF",
    "cat <<EOF\n${Z:-«old»}\nEOF",
    "echo old | sed 's/old/«old»/'",
    'echo old | sed -e "s|old|«old»|"',
    "printf %s «old»$Z",
    "case «old» in «old») printf %s «old»;; esac",
    "[[ «old» == «old» ]] && printf %s «old»",
)


def fitted(marked: str, value: str) -> str:
    edits, text = [], marked
    while "«" in text:
        start, end = text.index("«"), text.index("»") - 1
        text = text.replace("«", "", 1).replace("»", "", 1)
        edits.append(Edit(start, end, value))
    return apply_edits(text, shell.fit(text, edits))


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
@pytest.mark.parametrize("marked", PLACES)
def test_bash_reads_the_value(marked: str) -> None:
    for value in VALUES:
        if "'" in value and "${Z:-" in marked and marked != "printf %s ${Z:-«old»}":
            with pytest.raises(ValueError, match="single quote"):
                fitted(marked, value)
            continue
        script = fitted(marked, value)
        made = subprocess.run(["bash", "-c", script], capture_output=True, check=False, env={"LC_ALL": "C.UTF-8"})
        assert made.stdout.decode().removesuffix("\n") == value.rstrip("\n"), script


@pytest.mark.parametrize(
    ("marked", "value", "after"),
    [
        ("A=«a»-b-«c»\n", "x y", 'A="x y-b-x y"\n'),
        ("A=«a»\n", "a/b:c", "A=a/b:c\n"),
        ("A=«a»\n", 'say "no" for 5$', "A='say \"no\" for 5$'\n"),
        ("pip install «a» b\n", "openai>=1.0", 'pip install "openai>=1.0" b\n'),
        ("pip install «'a'» b\n", "'openai>=1.0'", "pip install 'openai>=1.0' b\n"),
        ("«a» b\n", "c d", "c d b\n"),
        ("x # «a»\n", "it's", "x # it's\n"),
        ('cat > .env <<EOF\nA="«a»"\nEOF\n', "x y", 'cat > .env <<EOF\nA="x y"\nEOF\n'),
        ("cat > .env <<EOF\nA=${B}«a»\nEOF\n", "x $Z", "cat > .env <<EOF\nA=${B}x \\$Z\nEOF\n"),
        ("a«»b\n", " c ", "a c b\n"),
        ("sed 's/a/«b»/'", "c,d", "sed 's/a/c,d/'"),
        ("sed -i '/^«A»=/d' .env", "B C", "sed -i '/^B C=/d' .env"),
    ],
)
def test_written_as_people_do(marked: str, value: str, after: str) -> None:
    assert fitted(marked, value) == after


@pytest.mark.parametrize(
    ("marked", "value"),
    [
        ("echo $«A»", "B-C"),
        ("echo ${«A»:-x}", "B C"),
        ("«A»=1", "B C"),
        ("x # «a»\n", "a\nb"),
        ("cat <<EOF\n«a»\nEOF\n", "x\nEOF\ny $"),
        ("echo $((1 + «2»))", "x y"),
        ("[[ $a == b* && $a =~ «b|c» ]]", "c (d"),
        ("cat > .env <<EOF\nA=«a»\nEOF\n", 'it\'s "$x"'),
        ("«a»() { b; }", "c d"),
        ("echo x | sed 's/x/«y»/'", "a\nb"),
    ],
)
def test_refused(marked: str, value: str) -> None:
    with pytest.raises(ValueError, match=r"[a-z]{3}"):
        fitted(marked, value)


@pytest.mark.parametrize(
    ("text", "need", "after"),
    [
        ("export A_X=1\nB=2\n", "setting::A_Y=3", "export A_X=1\nexport A_Y=3\nB=2\n"),
        ("A=1\r\nrun\r\n", "setting::B=x y", 'A=1\r\nB="x y"\r\nrun\r\n'),
        ("A=1", "setting::B=", "A=1\nB="),
        ("A=1\n", "setting::A=2", None),
        (
            "#!/bin/sh\n# about\nset -eu\n\n# note\nrun\n",
            "setting::B=1",
            "#!/bin/sh\n# about\nset -eu\nB=1\n\n# note\nrun\n",
        ),
        ("f() {\n  A=1\n}\n", "setting::B=1", "B=1\nf() {\n  A=1\n}\n"),
        ("cat > .env <<EOF\nA=1\nEOF\n", "setting:.env:B=2", "cat > .env <<EOF\nA=1\nB=2\nEOF\n"),
        ("cat > .env <<EOF\nA=1\nEOF\n", "setting:.env:A=2", None),
    ],
)
def test_provide(text: str, need: str, after: str | None) -> None:
    edit = shell.provide(text, need)
    assert (None if edit is None else apply_edits(text, [edit])) == after
    assert after is None or shell.grown(text, after) is None


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("A=1\n", "setting::B-C=1"),
        ("A=1\n", "setting:.env:B=1"),
        ("cat > .env <<EOF\nEOF\n", "setting:.env:B=1"),
        ("cat > .env <<EOF\nA=1\nEOF\n", "setting:.env:B=x y"),
        ("a=(1\n 2); A=1\n", "setting::B=1"),
    ],
)
def test_not_provided(text: str, need: str) -> None:
    with pytest.raises(ValueError, match=r"[a-z]{3}"):
        shell.provide(text, need)


def test_a_lost_setting_is_seen() -> None:
    assert shell.grown("A=1\nB=2\n", "A=1\nC=3\n") is not None
    assert shell.grown("A=1\n", "A=1\nB='\n") is not None


def test_quoted() -> None:
    assert shell_words.quoted("") == '""'
    assert shell_words.quoted("a-b") == "a-b"
