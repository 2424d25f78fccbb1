"""The reader of JavaScript that the corpus is held against: it is there in CI, and reads what it should."""

from __future__ import annotations

import os

import pytest

from offramp.document import Document
from offramp.model import Edit
from tests.nets import typescript
from tests.nets.formats import Case, javascript, runner

TEXT = "const é = '𝒳', b = [1, 2]; export const c = { b, d: é };\n"


@pytest.fixture(autouse=True)
def _compiler() -> None:
    if (why := javascript.missing()) is not None:
        pytest.skip(why)


def test_positions_are_characters() -> None:
    read = typescript.read(TEXT, "a.ts")
    index = read.leaf(10, 13)
    assert index is not None
    assert read.nodes[index] == "3 StringLiteral 𝒳"
    assert typescript.renamed(TEXT, "a.ts", 15, "x").endswith("c = { b: x, d: é };\n")


def test_what_is_no_script_is_told() -> None:
    with pytest.raises(ValueError, match="expected"):
        typescript.read("const = 1", "a.ts")


def test_node_reads_it_too() -> None:
    assert typescript.read("with (a) b", "a.cjs").compiles
    assert not typescript.read("with (a) b", "a.mjs").compiles
    assert typescript.read("await x; import 'y'", "a.js").compiles


def test_an_edit_of_another_place_is_a_fault() -> None:
    document = Document.read("a.ts", TEXT.encode())
    meant = javascript.consumed(TEXT.replace("𝒳", "y"), "a.ts")
    assert runner.judge(javascript, document, Case("set", (Edit(11, 12, "y"),), meant, (0, 1))) is None
    told = runner.judge(javascript, document, Case("set", (Edit(20, 21, "y"),), meant, (0, 1)))
    assert told is not None
    assert told.startswith("other data than meant")


def test_the_process_survives_a_fault() -> None:
    with pytest.raises(ValueError, match="does not rename"):
        typescript.renamed("1;", "a.ts", 0, "x")
    assert typescript.read("1;", "a.ts").nodes


def test_missing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typescript.shutil, "which", lambda name: None)
    monkeypatch.setitem(os.environ, "CI", "")
    assert javascript.missing() == "node and npm are needed to read JavaScript independently"
    monkeypatch.setitem(os.environ, "CI", "true")
    with pytest.raises(typescript.Missing):
        javascript.missing()
