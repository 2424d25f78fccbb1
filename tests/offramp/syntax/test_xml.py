"""What stands where in XML, and how values, names and settings are written."""

from __future__ import annotations

import pytest

from offramp.document import Document, Unparsable
from offramp.model import Edit, Role, apply_edits
from offramp.syntax import xml
from tests.offramp.syntax.test_json_writing import at


@pytest.mark.parametrize(
    ("marked", "role", "key"),
    [
        ('<a><add key="LLM_PROVIDER" value="«gradient»"/></a>', Role.VALUE, "LLM_PROVIDER"),
        ('<a><add key="«GRADIENT_KEY»" value="x"/></a>', Role.KEY, "add"),
        ('<resources><string name="llm_provider">«gradient»</string></resources>', Role.VALUE, "llm_provider"),
        ("<a>\n  <provider>\n    «gradient»\n  </provider>\n</a>", Role.VALUE, "provider"),
        ("<a><provider><![CDATA[«gradient»]]></provider></a>", Role.VALUE, "provider"),
        ('<a provider="«gradient»"/>', Role.VALUE, "provider"),
        ("<a><!-- «gradient» --></a>", Role.COMMENT, ""),
        ("<a><«gradient» b='1'/></a>", Role.CODE, ""),
        ("<a><b>pip install «gradient»</b></a>", Role.PACKAGE, "pip"),
        ("<a>some «gradient» <b/> text</a>", Role.VALUE, "a"),
        ("<?pi «gradient»?><a/>", Role.TEXT, ""),
    ],
)
def test_place(marked: str, role: Role, key: str) -> None:
    text, start, end = at(marked)
    place = xml.parse(text).place(start, end)
    assert (place.role, place.key) == (role, key)


@pytest.mark.parametrize("text", ["", "<a>", "<a></b>", "<a b=1/>", "text", "<a>&unknown;</a>", "<a/><b/>"])
def test_what_is_not_well_formed(text: str) -> None:
    with pytest.raises(Unparsable, match="line 1"):
        xml.parse(text)


@pytest.mark.parametrize(
    ("marked", "value", "after"),
    [
        ("<a>«x»</a>", 'a & <b> "c"', '<a>a &amp; &lt;b&gt; "c"</a>'),
        ('<a b="«x»"/>', "a \"&'\n<", '<a b="a &quot;&amp;\'&#10;&lt;"/>'),
        ("<a b='«x»'/>", "a \"'", "<a b='a \"&apos;'/>"),
        ("<a><![CDATA[«x»]]></a>", "a & <b>", "<a><![CDATA[a & <b>]]></a>"),
        ("<«a» x='1'><b/></a>", "c", "<c x='1'><b/></c>"),
        ("<a><b/></«a»>", "c", "<c><b/></c>"),
        ("<«a»/>", "c", "<c/>"),
        ("<a «b»='1'/>", "c", "<a c='1'/>"),
        ("<a><!--«x»--></a>", "a & b", "<a><!--a & b--></a>"),
    ],
)
def test_set(marked: str, value: str, after: str) -> None:
    text, start, end = at(marked)
    assert apply_edits(text, xml.fit(text, [Edit(start, end, value)])) == after
    assert xml.check(text, after) is None


@pytest.mark.parametrize(
    ("marked", "value"),
    [("<a>«x»</a>", "\x01"), ("<a><![CDATA[«x»]]></a>", "]]>"), ("<«a»/>", "a b"), ("<a «b»=''/>", "1")],
)
def test_what_can_not_be_written(marked: str, value: str) -> None:
    text, start, end = at(marked)
    with pytest.raises(ValueError, match=r"no way|would end|can't be"):
        xml.fit(text, [Edit(start, end, value)])


@pytest.mark.parametrize(
    ("before", "need", "after"),
    [
        (
            '<c>\n  <s>\n    <add key="A" value="1" />\n  </s>\n</c>\n',
            "setting:s:B=x&y",
            '<c>\n  <s>\n    <add key="A" value="1" />\n    <add key="B" value="x&amp;y" />\n  </s>\n</c>\n',
        ),
        ("<c>\r\n\t<a>1</a>\r\n</c>", "setting::b=2", "<c>\r\n\t<a>1</a>\r\n\t<b>2</b>\r\n</c>"),
    ],
)
def test_insert(before: str, need: str, after: str) -> None:
    edit = xml.provide(before, need)
    assert edit is not None
    assert apply_edits(before, [edit]) == after
    assert xml.grown(before, after) is None
    assert xml.provide(after, need) is None
    assert xml.check(before, after) == "an element would be added"


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("<c/>", "setting:x:a=1"),
        ("<c/>", "setting::a=1"),
        ("<c><a>1</a></c>", "setting::b=1"),
        ("<c>\n<x:a xmlns:x='u'>1</x:a>\n</c>", "setting::b=1"),
        ("<c>\n<add key='a' value='1' more='2'/>\n</c>", "setting::b=1"),
    ],
)
def test_no_place_for_it(text: str, need: str) -> None:
    with pytest.raises(ValueError, match=r"by hand|no element"):
        xml.provide(text, need)


def test_deletion_and_what_else_changes() -> None:
    text = "<c>\n  <a>1</a> <!-- one -->\n  <b>2</b>\n</c>\n"
    entries = {entry.key: entry for entry in xml.parse(text).entries()}
    assert entries["a"].outer is None
    assert entries["b"].outer is not None
    assert apply_edits(text, [Edit(*entries["b"].outer, "")]) == "<c>\n  <a>1</a> <!-- one -->\n</c>\n"
    assert xml.check("<a/>", "<a b='1'/>") == "<a> would hold more than before"
    assert xml.grown("<a>\n<b>1</b>\n</a>", "<a>\n<b>2</b>\n<c>1</c>\n</a>") is not None


def test_kinds() -> None:
    for path in ("pom.xml", "src/App.config", "x.csproj", "res/values/strings.xml"):
        assert Document.read(path, b"<a/>").kind == "xml"
