"""Notebooks: the cells read through the JSON strings that hold them."""

from __future__ import annotations

import json
import random

import pytest

from offramp.document import Unparsable
from offramp.model import Edit, Role, apply_edits
from offramp.syntax import notebook


def cells(*sources: tuple[str, str | list[str]], **metadata: object) -> str:
    listed = [{"cell_type": kind, "outputs": ["gradient"], "source": source} for kind, source in sources]
    return json.dumps({"cells": listed, "metadata": metadata}, indent=1)


def role_of(text: str, word: str = "gradient") -> tuple[Role, str]:
    start = text.rindex(word)
    place = notebook.parse(text).place(start, start + len(word))
    return place.role, place.key


@pytest.mark.parametrize(
    ("kind", "source", "role", "key"),
    [
        ("code", 'provider = "gradient"', Role.STRING, "provider"),
        ("code", ["import os\n", "\n", 'os.environ["gradient"]'], Role.ENV, ""),
        ("code", ["%pip install -q \\\n", "  gradient"], Role.PACKAGE, "pip"),
        ("code", "!pip install gradient", Role.PACKAGE, "pip"),
        ("code", "files = !pip install gradient", Role.PACKAGE, "pip"),
        ("code", ["%%time\n", "import gradient"], Role.IMPORT, ""),
        ("code", ["if a:\n", "    !ls\n", "x = gradient"], Role.CODE, ""),
        ("code", ["x?\n", "y = gradient"], Role.CODE, ""),
        ("code", "# gradient", Role.COMMENT, ""),
        ("code", '# é \U0001d4b3 "q"\t\nprovider = "gradient"', Role.STRING, "provider"),
        ("code", ["%%bash\n", "echo $gradient"], Role.ENV, ""),
        ("code", "this is no python: gradient", Role.VALUE, "python"),
        ("markdown", ["Text about\n", "the gradient thing"], Role.PROSE, ""),
        ("raw", "gradient", Role.TEXT, ""),
    ],
)
def test_place(kind: str, source: str | list[str], role: Role, key: str) -> None:
    text = cells((kind, source))
    text = text.replace('"gradient"\n   ]', '"x"\n   ]')  # the output
    assert role_of(text) == (role, key)


def test_outputs_and_metadata_are_no_source() -> None:
    text = cells(("code", "x"), gradient="gradient")
    assert role_of(text) == (Role.TEXT, "")


def test_cells_in_another_language_are_plain() -> None:
    text = cells(("code", 'provider = "gradient"'), kernelspec={"language": "R"}).replace('["gradient"]', "[]")
    assert notebook.parse(text).language == "R"
    assert notebook.parse(text).module == '#rovider = "gradient"\n'


def test_a_whole_value_is_whole_behind_escapes() -> None:
    text = cells(("code", ['x = "é\\t"; provider = "gradient"']))
    start = text.rindex("gradient")
    assert notebook.parse(text).place(start, start + 8).spans(start, start + 8)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"cells": [}', '{"a": 1}', "{'cells': []}"])
def test_what_is_no_notebook_is_unparsable(text: str) -> None:
    with pytest.raises(Unparsable, match=r"^line \d"):
        notebook.parse(text)


def test_offsets_go_there_and_back() -> None:
    chance = random.Random(3)
    letters = ["a", "\n", '"', "\\", "é", "\U0001d4b3", "\t", "\x01", "#"]
    for _ in range(200):
        sources = [[("".join(chance.choices(letters, k=5)) + "\n") for _ in range(3)] for _ in range(3)]
        text = json.dumps(
            {"cells": [{"cell_type": "code", "source": s} for s in sources]}, ensure_ascii=chance.random() < 0.5
        )
        read = notebook.parse(text)
        assert read.decoded == "".join("".join(s) + "\n" for s in sources)
        assert len(read.module) == len(read.decoded)
        for offset in range(len(read.decoded) - 1):
            span = read.span(offset, offset + 1)
            if span is not None:
                assert json.loads(f'"{text[slice(*span)]}"') == read.decoded[offset]
                assert read.offset(span[0]) == offset


def test_edits_are_escaped_and_stay_in_their_string() -> None:
    text = cells(("code", ["a = 1\n", "b = 2\n"]))
    read = notebook.parse(text)
    edit = read.raw_edit(Edit(4, 5, '"é"\n'))
    assert edit is not None
    assert json.loads(apply_edits(text, [edit]))["cells"][0]["source"] == ['a = "é"\n\n', "b = 2\n"]
    assert read.raw_edit(Edit(4, 9, "")) is None


def test_provide() -> None:
    text = cells(("markdown", "x"), ("code", ["import os\n", "x = 1"]))
    edit = notebook.provide(text, "import:import sys")
    assert edit is not None
    assert json.loads(apply_edits(text, [edit]))["cells"][1]["source"] == ["import os\nimport sys\n", "x = 1"]
    assert notebook.provide(apply_edits(text, [edit]), "import:import sys") is None
    assert notebook.provide(cells(("markdown", "x")), "import:import sys") is None


@pytest.mark.parametrize(
    ("before", "after", "fine"),
    [
        (cells(("code", "import a\nprint(a)")), cells(("code", "import b\nprint(b)")), True),
        (cells(("code", "import a"), ("code", "print(a)")), cells(("code", "import b"), ("code", "print(a)")), False),
        (cells(("code", "x")), cells(("code", "x")) + ",", False),
        (cells(("code", "x"), n=1), cells(("code", "x"), n=2), False),
    ],
)
def test_check(before: str, after: str, fine: bool) -> None:
    assert (notebook.check(before, after) is None) is fine
