"""Markdown and its kin: what stands where, and what an edit may not do."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offramp.document import Document
from offramp.model import Edit, Role, apply_edits
from offramp.syntax import anchors, links, markdown

# dialect, text with «the span», role, part of the syntax, key
PLACES = [
    ("md", "# «Gradient» setup\n", Role.PROSE, "heading", ""),
    ("md", "«Gradient» setup\n=====\n", Role.PROSE, "heading", ""),
    ("md", "The «Gradient» key.\n", Role.PROSE, "text", ""),
    ("md", "Note: «Gradient» is fine.\n", Role.PROSE, "text", ""),
    ("md", "provider: «gradient» is fine.\n", Role.PROSE, "text", ""),
    ("md", "Set LLM_PROVIDER=«gradient» first.\n", Role.VALUE, "value of LLM_PROVIDER", "LLM_PROVIDER"),
    ("md", "Read $«GRADIENT_API_KEY» first.\n", Role.ENV, "environment", ""),
    ("md", "Set `LLM_PROVIDER=«gradient»` first.\n", Role.VALUE, "value of LLM_PROVIDER", "LLM_PROVIDER"),
    ("md", "Set `LLM_PROVIDER` to `«gradient»`.\n", Role.VALUE, "value of LLM_PROVIDER", "LLM_PROVIDER"),
    ("md", "| `LLM_PROVIDER` | `«gradient»` | x |\n", Role.VALUE, "value of LLM_PROVIDER", "LLM_PROVIDER"),
    ("md", "| `LLM_PROVIDER` | `x` | `«gradient»` or `y` |\n", Role.PROSE, "inline code", "LLM_PROVIDER"),
    ("md", "`LLM_PROVIDER`: `«gradient»` is what we run.\n", Role.PROSE, "inline code", ""),
    ("md", "`name` is `«gradient»`.\n", Role.PROSE, "inline code", ""),
    ("md", "Say `«gradient»` once.\n", Role.PROSE, "inline code", ""),
    ("md", "Say ``a ` «gradient»`` once.\n", Role.PROSE, "inline code", ""),
    ("md", "`pip install «gradient»`\n", Role.PACKAGE, "package", "pip"),
    ("md", "After pip install of x, «Gradient» works.\n", Role.PROSE, "text", ""),
    ("md", "[«Gradient» setup](docs/x.md)\n", Role.PROSE, "text", ""),
    ("md", "[setup](docs/«gradient»-setup.md)\n", Role.PROSE, "link", ""),
    ("md", "![logo](<img/«gradient».png>)\n", Role.PROSE, "link", ""),
    ("md", "[setup]: https://«gradient».example/x\n", Role.PROSE, "link", ""),
    ("md", "See https://«gradient».example/x now.\n", Role.PROSE, "link", ""),
    ("md", "See <https://«gradient».example/x>.\n", Role.PROSE, "link", ""),
    ("md", '<div class="«gradient»">x</div>\n', Role.STRING, "HTML tag", "class"),
    ("md", "<«gradient» x='y'>\n", Role.CODE, "HTML tag", ""),
    ("md", '<img alt="«Gradient» logo" src="x.png">\n', Role.PROSE, "text of an HTML tag", ""),
    ("md", '<a href="docs/«gradient».md">x</a>\n', Role.PROSE, "link", ""),
    ("md", "<b>«Gradient»</b>\n", Role.PROSE, "text", ""),
    ("md", "a < b and «gradient» > c\n", Role.PROSE, "text", ""),
    ("md", "<!-- «Gradient» -->\n", Role.COMMENT, "comment", ""),
    ("md", "<!-- a\n\n«Gradient»\n-->\n", Role.COMMENT, "comment", ""),
    ("md", "<!-- never closed\n\n«Gradient»\n", Role.PROSE, "text", ""),
    ("md", "<!-- a --> «Gradient» <!-- b -->\n", Role.PROSE, "text", ""),
    ("md", "```env\nLLM_PROVIDER=«gradient»\n```\n", Role.VALUE, "value of LLM_PROVIDER", "LLM_PROVIDER"),
    ("md", "~~~yaml\nprovider: «gradient»\n~~~\n", Role.VALUE, "provider", "provider"),
    ("md", "```json\n{\"provider\": \"«gradient»\"}\n```\n", Role.VALUE, "provider", "provider"),
    ("md", "- x\n\n  ```yaml\n  provider: «gradient»\n  ```\n", Role.VALUE, "provider", "provider"),
    ("md", "> ```yaml\n> provider: «gradient»\n> ```\n", Role.VALUE, "provider", "provider"),
    ("md", "```yaml\nprovider: «gradient»\n", Role.VALUE, "provider", "provider"),
    ("md", "````md\n```\nLLM_PROVIDER=«gradient»\n```\n````\n", Role.VALUE, "LLM_PROVIDER", "LLM_PROVIDER"),
    ("md", "```klingon\nx «gradient»\n```\n", Role.TEXT, "text", ""),
    ("md", "```yaml\n{ [ : «gradient»\n```\n", Role.TEXT, "text", ""),
    ("md", "    LLM_PROVIDER=«gradient»\n", Role.VALUE, "LLM_PROVIDER", "LLM_PROVIDER"),
    ("md", "- x\n\n    Note: «Gradient»\n", Role.PROSE, "text", ""),
    ("md", "`` ` ``` «Gradient»\n", Role.PROSE, "", ""),
    ("md", "---\nprovider: «gradient»\n---\n# X\n", Role.VALUE, "provider", "provider"),
    ("md", "---\n\n«Gradient»\n\n---\n", Role.PROSE, "", ""),
    ("mdx", "import X from './«gradient»';\n\n# X\n", Role.IMPORT, "", ""),
    ("mdx", "{/* «Gradient» */}\n", Role.COMMENT, "comment", ""),
    ("mdx", "import of «Gradient» data works.\n", Role.PROSE, "text", ""),
    ("rst", "«Gradient»\n========\n", Role.PROSE, "heading", ""),
    ("rst", "=====\n«Gradient»\n=====\n", Role.PROSE, "heading", ""),
    ("rst", ".. code-block:: yaml\n   :caption: x\n\n   provider: «gradient»\n", Role.VALUE, "provider", "provider"),
    ("rst", "Like this::\n\n   LLM_PROVIDER=«gradient»\n\nText\n", Role.VALUE, "LLM_PROVIDER", "LLM_PROVIDER"),
    ("rst", "Like this::\n\n   x\n\n«Gradient» text\n", Role.PROSE, "text", ""),
    ("rst", ".. a comment\n   «Gradient»\n", Role.COMMENT, "comment", ""),
    ("rst", ".. note::\n\n   «Gradient»\n", Role.PROSE, "text", ""),
    ("rst", "See ``LLM_PROVIDER=«gradient»``.\n", Role.VALUE, "LLM_PROVIDER", "LLM_PROVIDER"),
    ("rst", "See `the «Gradient» page <x.html>`_.\n", Role.PROSE, "text", ""),
    ("rst", "See `the page <docs/«gradient».html>`_.\n", Role.PROSE, "link", ""),
    ("rst", ">>> x('«gradient»')\n", Role.STRING, "passed to", "x"),
    ("md", "```python\n>>> import «gradient»\n>>> for x in y:\n...     x\n1\n```\n", Role.IMPORT, "import", ""),
    ("md", "```pycon\n>>> x\n'«gradient»'\n```\n", Role.TEXT, "text", ""),
    ("md", "```console\n$ export LLM_PROVIDER=«gradient»\n```\n", Role.VALUE, "LLM_PROVIDER", "LLM_PROVIDER"),
    ("md", "```bash\n$ a b \\\n    --provider «gradient»\nok (\n```\n", Role.VALUE, "provider", "provider"),
    ("md", "```console\nme@host:~/x$ a > .env <<EOF\nA_B=«gradient»\nEOF\n```\n", Role.VALUE, "A_B", "A_B"),
    ("md", "```console\n$ printenv\nLLM_PROVIDER=«gradient»\n```\n", Role.VALUE, "LLM_PROVIDER", "LLM_PROVIDER"),
    ("md", "```\n$ pip install «gradient»\n```\n", Role.PACKAGE, "package", "pip"),
    ("md", "> ```python\n> if x:\n>\n>     import «gradient»\n> ```\n", Role.IMPORT, "import", ""),
    ("md", "- ```yaml\n  a:\n\n    provider: «gradient»\n  ```\n", Role.VALUE, "provider", "provider"),
    ("adoc", "= «Gradient»\n", Role.PROSE, "heading", ""),
    ("adoc", "[source,yaml]\n----\nprovider: «gradient»\n----\n", Role.VALUE, "provider", "provider"),
    ("adoc", "----\nx\n----\n«Gradient»\n", Role.PROSE, "text", ""),
    ("adoc", "// «Gradient»\n", Role.COMMENT, "comment", ""),
    ("adoc", "////\n«Gradient»\n////\n", Role.COMMENT, "comment", ""),
    ("adoc", "See link:docs/«gradient».adoc[the page].\n", Role.PROSE, "link", ""),
]  # fmt: skip


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize(("suffix", "marked", "role", "syntax", "key"), PLACES)
def test_place(suffix: str, marked: str, role: Role, syntax: str, key: str, newline: str) -> None:
    marked = marked.replace("\n", newline)
    start, end = marked.index("«"), marked.index("»") - 1
    text = marked.replace("«", "").replace("»", "")
    place = markdown.parse(text, f"a.{suffix}").place(start, end)
    assert (place.role, place.key) == (role, key)
    assert syntax in place.syntax
    assert place.start <= start
    assert end <= place.end


def test_a_value_is_whole() -> None:
    text = "> ```yaml\n> provider: gradient-x\n> ```\n"
    start = text.index("gradient")
    place = markdown.parse(text, "a.md").place(start, start + 8)
    assert text[place.start : place.end] == "gradient-x"


def test_entries_of_fences_are_scopes_of_their_own() -> None:
    text = "```env\nA=1\nA=2\n```\n\n- x\n\n  ```env\n  A=3\n  ```\n\n```env\nA=4\n```\n"
    entries = markdown.parse(text, "a.md").entries()
    assert [entry.value for entry in entries] == ["1", "2", "3", "4"]
    assert len({entry.scope for entry in entries}) == 3
    for entry in entries:
        assert text[entry.key_start : entry.key_end] == "A"
        assert entry.outer is not None
        assert text[slice(*entry.outer)].lstrip(" ") == f"A={entry.value}\n"
        assert text[entry.outer[0] - 1] == "\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# a\n", "a\n"),
        ("a\n", "<!-- a -->\n"),
        ("```json\n{\"a\": 1}\n```\n", "```json\n{\"a\": }\n```\n"),
        ("```yaml\na: x\n```\n", "```yaml\na: {\n```\n"),
    ],
)  # fmt: skip
def test_check_refuses(before: str, after: str) -> None:
    assert markdown.check(before, after, "a.md") is not None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# a\n\nb\n", "# c\n\nd\n"),
        ("```json\n{\"a\": 1}\n```\n", "```json\n{\"a\": 2}\n```\n"),
        ("```json\n{ nonsense\n```\n", "```json\n{ other nonsense\n```\n"),
    ],
)  # fmt: skip
def test_check_accepts(before: str, after: str) -> None:
    assert markdown.check(before, after, "a.md") is None


def test_passages() -> None:
    text = "# One\n\nTwo\ngoes on.\n\n- Three\n- Four\n\n| a | b |\n\n```\ncode\n```\n\nFive\n"
    passages = markdown.parse(text, "a.md").passages
    assert [text[start:end].strip() for _, start, end in passages] == [
        "# One",
        "Two\ngoes on.",
        "- Three",
        "- Four",
        "Five",
    ]
    assert [kind for kind, _, _ in passages] == ["heading", "text", "text", "text", "text"]


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("# The key\n", "#the-key"),
        ("## 2. The key (of a day)\n", "#2-the-key-of-a-day"),
        ("The key\n=======\n", "#the-key"),
        ("### `code` & *more* ###\n", "#code--more"),
    ],
)
def test_anchors(heading: str, anchor: str) -> None:
    assert anchors.anchor_of(heading) == anchor
    document = Document.read("a.md", (heading + "\nText\n").encode())
    assert anchors.heading_of(document, anchor) == (0, len(heading))
    assert anchors.heading_of(document, anchor + "x") is None
    assert anchors.heading_of(document, anchor[1:]) is None


FENCES = ["```", "~~~", "---", "::", ".. ", "<!--", "-->", "`", "|", "<a b='", "](", ")"]
PIECES = st.sampled_from([*FENCES, "\n", "\r\n", "    ", "> ", "- ", "#", "a: b", "é"])


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=40), st.sampled_from(["md", "mdx", "rst", "adoc"]))
def test_anything_is_read(pieces: list[str], suffix: str) -> None:
    text = "".join(pieces)
    markup = markdown.parse(text, f"a.{suffix}")
    last = 0
    for block in markup.blocks:
        assert last <= block.start <= block.end <= len(text)
        last = block.end
    for matched in re.finditer(r"\w+|\W", text):
        place = markup.place(*matched.span())
        assert place.start <= place.end <= len(text)
    assert markdown.check(text, text, f"a.{suffix}") is None
    markup.entries()


@pytest.mark.parametrize(
    "piece", ["<!-- ", "`", "``` \n", "> ", "    x\n\n", "[a](", "<a ", "x\n---\n", "::\n\n  a\n", "`` ` "]
)
@pytest.mark.parametrize("suffix", ["md", "rst", "adoc"])
def test_large_texts_take_no_longer_than_they_are_long(piece: str, suffix: str) -> None:
    text = piece * 20_000
    markup = markdown.parse(text, f"a.{suffix}")
    for offset in range(0, len(text), 997):
        markup.place(offset, offset + 1)


FITTED = [
    ("md", "Ask «Gradient» now.\n", "a*b", "Ask a\\*b now.\n"),
    ("md", "Ask «Gradient» now.\n", "snake_case [x] <b> `c` &amp; a\\*", "Ask snake_case \\[x\\] \\<b> \\`c\\` \\&amp; a\\\\\\* now.\n"),
    ("md", "Ask «Gradient» now.\n", "__x__ ~~y~~", "Ask \\_\\_x\\_\\_ \\~\\~y\\~\\~ now.\n"),
    ("md", "Ask «Gradient» now.\n", "5 < 6 & 7 {x}", "Ask 5 < 6 & 7 {x} now.\n"),
    ("md", "«Gradient» now.\n", "# x", "\\# x now.\n"),
    ("md", "- «Gradient» now.\n", "1. x", "- 1\\. x now.\n"),
    ("md", "> «Gradient»\n", "---", "> \\---\n"),
    ("md", "# x «Gradient»\n", "c#", "# x c\\#\n"),
    ("md", "| «Gradient» | b |\n|---|---|\n", "a|b", "| a\\|b | b |\n|---|---|\n"),
    ("md", "| a | b |\n|---|---|\n| c | `«Gradient»` |\n", "a|b", "| a | b |\n|---|---|\n| c | `a\\|b` |\n"),
    ("md", "a | «Gradient»\n", "a|b", "a | a|b\n"),
    ("md", "```\nx\n```\nAsk «Gradient»\n```\ny\n```\n", "a*b", "```\nx\n```\nAsk a\\*b\n```\ny\n```\n"),
    ("md", "Say `«Gradient»` now.\n", "a`b", "Say ``a`b`` now.\n"),
    ("md", "Say `x «Gradient»` now.\n", "`", "Say `` x ` `` now.\n".replace("`` x ` ``", "`` x ` ``")),
    ("md", "Say `so\n«Gradient» goes` on.\n", "a`b", "Say ``so\na`b goes`` on.\n"),
    ("md", "[x](docs/«Gradient».md)\n", "a b(c", "[x](docs/a%20b\\(c.md)\n"),
    ("md", "[x](docs/«Gradient».md)\n", "a(b)c", "[x](docs/a(b)c.md)\n"),
    ("md", "[x](<docs/«Gradient».md>)\n", "a b>", "[x](<docs/a%20b%3E.md>)\n"),
    ("md", "| [x](docs/«Gradient».md) |\n|---|\n", "a|b", "| [x](docs/a%7Cb.md) |\n|---|\n"),
    ("md", "[x]: docs/«Gradient».md\n", "a b", "[x]: docs/a%20b.md\n"),
    ("md", "See https://x.example/«Gradient» now\n", "a_b_", "See https://x.example/a_b_ now\n"),
    ("md", "```json\n{\"a\": \"«Gradient»\"}\n```\n", 'say "x"', '```json\n{"a": "say \\"x\\""}\n```\n'),
    ("md", "- ```yaml\n  a: «Gradient»\n  ```\n", "b: c", '- ```yaml\n  a: "b: c"\n  ```\n'),
    ("md", "```klingon\n«Gradient»\n```\n", "a*b", "```klingon\na*b\n```\n"),
    ("md", "<!-- «Gradient» -->\n", "a*b", "<!-- a*b -->\n"),
    ("md", "<img alt='«Gradient»'>\n", "a*b", "<img alt='a*b'>\n"),
    ("mdx", "Ask «Gradient» now.\n", "{x} < y", "Ask \\{x\\} \\< y now.\n"),
    ("rst", "Ask «Gradient» now.\n", "a*b_ |c| [x]", "Ask a\\*b\\_ \\|c\\| [x] now.\n"),
    ("adoc", "Ask «Gradient» now.\n", "a*b", "Ask a*b now.\n"),
]  # fmt: skip


@pytest.mark.parametrize(("suffix", "marked", "new", "after"), FITTED, ids=[f"{m} {n}" for _, m, n, _ in FITTED])
def test_an_edit_says_what_is_to_be_read(suffix: str, marked: str, new: str, after: str) -> None:
    start, end = marked.index("«"), marked.index("»") - 1
    text = marked.replace("«", "").replace("»", "")
    assert apply_edits(text, markdown.fit(text, [Edit(start, end, new)], f"a.{suffix}")) == after
    assert markdown.fit(text, [Edit(start, end, "Plain")], f"a.{suffix}") == [Edit(start, end, "Plain")]


@pytest.mark.parametrize(
    ("marked", "new", "why"),
    [
        ("Ask «Gradient» now.\n", "a\nb", "line break"),
        ("Ask «Gradient»\n", "a ", "white space"),
        ("`«Gradient»`\n", "a\nb", "inline code"),
        ("<!-- «Gradient» -->\n", "--", "comment would end"),
        ("<img alt='«Gradient»'>\n", "it's", "tag"),
        ("See https://x.example/«Gradient» now\n", "a b", "address"),
        ("See [«Gradient»] now\n\n[gradient]: x.md\n", "Other", "stands elsewhere"),
    ],
)
def test_what_can_not_be_written_is_refused(marked: str, new: str, why: str) -> None:
    start, end = marked.index("«"), marked.index("»") - 1
    text = marked.replace("«", "").replace("»", "")
    with pytest.raises(ValueError, match=why):
        markdown.fit(text, [Edit(start, end, new)], "a.md")


def test_a_label_changes_at_both_ends() -> None:
    text = "See [Gradient] now\n\n[gradient]: x.md\n"
    edits = [Edit(5, 13, "Other"), Edit(21, 29, "other")]
    assert markdown.fit(text, edits, "a.md") == edits


@pytest.mark.parametrize(
    ("text", "need", "after"),
    [
        ("```env\nA_B=1\n```\n", "setting:fence 2:A_C=2", "```env\nA_B=1\nA_C=2\n```\n"),
        ("- x\n\n  ```env\n  A_B=1\n  ```\n", "setting:fence 4:A_C=2", "- x\n\n  ```env\n  A_B=1\n  A_C=2\n  ```\n"),
        ("```env\r\nA_B=1\r\nX=1\r\n```\r\n", "setting:fence 2:A_C=2", "```env\r\nA_B=1\r\nA_C=2\r\nX=1\r\n```\r\n"),
        ("```yaml\ne:\n  A: b\n```\n", "setting:fence 2/e:B=c", "```yaml\ne:\n  A: b\n  B: c\n```\n"),
    ],
)
def test_settings_are_added_to_a_fence(text: str, need: str, after: str) -> None:
    edit = markdown.provide(text, need)
    assert edit is not None
    assert apply_edits(text, [edit]) == after
    assert markdown.grown(text, after) is None
    assert markdown.provide(after, need) is None


def test_where_no_setting_can_be_added() -> None:
    with pytest.raises(ValueError, match="no settings"):
        markdown.provide("```klingon\na\n```\n", "setting:fence 2:A=1")
    with pytest.raises(ValueError, match="no settings"):
        markdown.provide("```env\nA=1\n```\n", "setting:fence 9:A=1")
    assert markdown.grown("a\nb\n", "a\nc\n") is not None
    assert markdown.grown("a\n", "a\n\n```\n") is not None


@pytest.mark.parametrize(
    ("marked", "address", "label"),
    [
        ("[the «x» y](a.md)", "a.md", ""),
        ("[![«x»](i.png)](a.md)", "a.md", ""),
        ("[the «x»][k]\n\n[k]: <a.md>", "a.md", ""),
        ("[«x»][]\n\n[x]: a.md", "a.md", "x"),
        ("[«x»]\n\n[x]: a.md", "a.md", "x"),
        ("[x]\n\n[«x»]: a.md", "a.md", "x"),
        ("[«x»] alone", None, ""),
        ("«x» [y](a.md)", None, ""),
    ],
)
def test_links(marked: str, address: str | None, label: str) -> None:
    start, end = marked.index("«"), marked.index("»") - 1
    text = marked.replace("«", "").replace("»", "")
    link = links.around(text, start, end)
    if address is None:
        assert link is None
    else:
        assert link is not None
        assert link.address is not None
        assert (text[slice(*link.address)], link.label) == (address, label)


def test_links_of_rest() -> None:
    link = links.around("See `the x <a.html>`_.", 9, 10, rest=True)
    assert link is not None
    assert link.address == (12, 18)


def test_rows_that_are_about_one_setting() -> None:
    text = (
        "| Name | x |\n|---|---|\n| `A_B` | one |\n| C_D | two |\n| text | E_F |\n| A_B | one |\n\n"
        "| G_H | x |\n\n```\n| a |\n|---|\n| I_J | x |\n```\n\nName | x\n--- | ---\nK_L | only\n"
    )
    entries = markdown.parse(text, "a.md").entries()
    assert [(e.key, e.value) for e in entries] == [
        ("A_B", "one |"),
        ("C_D", "two |"),
        ("A_B", "one |"),
        ("K_L", "only"),
    ]
    assert entries[0].scope == entries[2].scope != entries[1].scope
    assert entries[1].outer is not None
    assert text[slice(*entries[1].outer)] == "| C_D | two |\n"
    assert (entries[3].outer, entries[3].stuck) == (None, "it is the only row of its table")


def test_many_brackets_take_no_longer_than_they_are_long() -> None:
    for piece in ("![a](b) ", "[a] ", "[", "![", "\\[", "[![a](b)](", "!"):
        text = piece * 3_000
        for offset in range(0, len(text), 2_999):
            links.around(text, offset, offset + 1)
            markdown.fit(text, [Edit(offset, offset + 1, "*")], "a.md")
