from __future__ import annotations

import re

import pytest

from offramp.model import Edit, apply_edits
from offramp.syntax import javascript, javascript_items


def written(text: str, value: str) -> str:
    """The text with a value put in place of what is marked."""
    start, end = text.index("«"), text.index("»") - 1
    plain = text.replace("«", "").replace("»", "")
    return apply_edits(plain, javascript.fit(plain, [Edit(start, end, value)], "a.tsx"))


@pytest.mark.parametrize(
    ("text", "value", "after"),
    [
        ("a = '«b»'", "c-d/e.1", "a = 'c-d/e.1'"),
        ("a = '«b»'", 'it\'s "x"', "a = 'it\\'s \"x\"'"),
        ('a = "«b»"', 'it\'s "x"', 'a = "it\'s \\"x\\""'),
        ("a = 'x«»'", "\\\n\r\u2028\x01", "a = 'x\\\\\\n\\r\\u2028\\u0001'"),
        ("a = '\\0«b»'", "1.0", "a = '\\0\\x31.0'"),
        ("a = '\\\\0«b»'", "1.0", "a = '\\\\01.0'"),
        ("a = `«b»`", "`${c}`\n", "a = `\\`\\${c}\\`\n`"),
        ("a = `«b»{`", "a$", "a = `a\\${`"),
        ("a = `$«b»`", "{c}", "a = `$\\{c}`"),
        ("a = `${x}«b»`", "${c}", "a = `${x}\\${c}`"),
        ("a = `${«x»}`", "y.z", "a = `${y.z}`"),
        ("a = `«${x}»`", "${y.z}", "a = `${y.z}`"),
        ("a = «'b'»", "f('c')", "a = f('c')"),
        ('a = <B c="«d»" />', 'x "y" \\ &amp; & z', 'a = <B c="x &quot;y&quot; \\ &amp;amp; & z" />'),
        ("a = <B c='«d»' />", "it's", "a = <B c='it&#39;s' />"),
        ("a = { «b»: 1 }", "c-d", "a = { 'c-d': 1 }"),
        ("a = { «b»: 1 }", "c", "a = { c: 1 }"),
        ("a = { «b»: 1 }", "[c]", "a = { [c]: 1 }"),
        ("a = f`«b»`", "c d", "a = f`c d`"),
        ("// «a»\n", "it's", "// it's\n"),
    ],
)
def test_fit(text: str, value: str, after: str) -> None:
    assert written(text, value) == after


@pytest.mark.parametrize(
    ("text", "value", "reason"),
    [
        ("a = f`«b»`", "c\\d", "reads it as it is written"),
        ("a = '\\«n»'", "c d", "in two"),
        ("a = 'x\\«n y»'", "c d", "in two"),
        ("/* «a» */", "b */ c", "end the comment"),
        ("// «a»\n", "b\nc", "end the comment"),
    ],
)
def test_fit_refuses(text: str, value: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        written(text, value)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("import { a, «b» } from 'x'", "import { a } from 'x'"),
        ("import { «a», b } from 'x'", "import { b } from 'x'"),
        ("export {\n  a,\n  «b as c»,\n}", "export {\n  a,\n}"),
        ("x = [a, «b», c]", "x = [a, c]"),
        ("x = [«a»]", "x = []"),
        ("x = {\n  a, // note\n  «b: 1»\n}", "x = {\n  a, // note\n}"),
    ],
)
def test_an_item_goes(text: str, after: str) -> None:
    assert without(text) == after


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import { «a» } from 'x'", "only name"),
        ("x = [, «a»]", "holes"),
        ("x = [«a», , b]", "holes"),
        ("x = [«a» /* b */, c]", "a comment stands"),
        ("f(«a», b)", "no list"),
    ],
)
def test_an_item_stays(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        without(text)


def without(text: str) -> str:
    start, end = text.index("«"), text.index("»") - 1
    plain = re.sub("[«»]", "", text)
    node = javascript.parse(plain, "a.ts").root.at(start, end)
    cut = javascript_items.outer(plain, node)
    return plain[: cut[0]] + plain[cut[1] :]
