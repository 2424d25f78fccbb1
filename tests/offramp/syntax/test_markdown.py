"""Markdown and its kin: what stands where, and what an edit may not do."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offramp.document import Document
from offramp.model import Role
from offramp.syntax import anchors, markdown

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
