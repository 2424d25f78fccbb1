"""Names that nothing uses any more, and what must stay."""

from __future__ import annotations

import pytest

from offramp.model import Edit, apply_edits
from offramp.syntax import python
from offramp.syntax.python_orphans import orphans

CASES = [
    ("import a\nimport b\n#-\na.x()\n#-\nb.x()\n", "import b\n#-\n#-\nb.x()\n"),
    ("from m import a, b, c\n#-\na()\nb()\n#-\nc()\n", "from m import c\n#-\n#-\nc()\n"),
    ("from m import a, b, c\n#-\nb()\nc()\n#-\na()\n", "from m import a\n#-\n#-\na()\n"),
    ("from m import a, b, c\n#-\na()\nc()\n#-\nb()\n", "from m import b\n#-\n#-\nb()\n"),
    ("from m import a, b\n#-\na()\nb()\n#-\n", "#-\n#-\n"),
    ("from m import (\n    a,\n    b,\n)\n#-\na()\nb()\n#-\n", "#-\n#-\n"),
    ("from m import (\n    a,\n    b,\n)\n#-\na()\n#-\nb()\n", "from m import (\n    b,\n)\n#-\n#-\nb()\n"),
    ("from m import (a, b, c)\n#-\na()\nb()\n#-\nc()\n", "from m import (c)\n#-\n#-\nc()\n"),
    ("X = 1\nY: int = X\n#-\nY\n#-\nz = 1\n", "#-\n#-\nz = 1\n"),
    ("def _f():\n    return 1\n\n\n#-\n_f()\n#-\n", "#-\n#-\n"),
]


@pytest.mark.parametrize(("before", "after"), CASES)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_goes(before: str, after: str, newline: str) -> None:
    assert without(before.replace("\n", newline), newline) == after.replace("\n", newline)


STAYS = [
    "X = 1\n#-\nX\n#-\nX\n",
    "X = 1\n__all__ = ['X']\n#-\nX\n#-\n",
    "X = f()\n#-\nX\n#-\n",
    "X = 1\nX = 2\n#-\nX\n#-\n",
    "def f():\n    return 1\n#-\nf()\n#-\n",
    "@cached\ndef _f():\n    return 1\n#-\n_f()\n#-\n",
    "from m import *\nfrom __future__ import annotations\n#-\nannotations\n#-\n",
    "import a; import b\n#-\na\n#-\n",
    "X = 1\n#-\ny\n#-\n",
]


@pytest.mark.parametrize("text", STAYS)
def test_stays(text: str) -> None:
    head, middle, tail = text.split("#-\n")
    assert without(text, "\n") == f"{head}#-\n#-\n{tail}"
    assert middle


def test_what_another_file_uses_stays() -> None:
    text = "X = 1\n#-\nX\n#-\n"
    assert orphans(python.parse(text), [(text.index("#-"), len(text))], lambda name: name == "X") == []


def without(text: str, newline: str) -> str:
    """The text without the lines between the two marks, and without the names that only they used."""
    mark = f"#-{newline}"
    first = text.index(mark) + len(mark)
    removed = first, text.index(mark, first)
    cuts = [removed, *orphans(python.parse(text), [removed], lambda name: False)]
    return apply_edits(text, [Edit(*cut, "") for cut in cuts])
