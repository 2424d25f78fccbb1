"""Values, keys, settings and items of TOML as they are written."""

from __future__ import annotations

import pytest

from offramp.model import Edit, apply_edits
from offramp.syntax import toml
from tests.offramp.syntax.test_json_writing import at


@pytest.mark.parametrize(
    ("marked", "value", "after"),
    [
        ('a = "«x»"', 'y\\"\x00', 'a = "y\\\\\\"\\u0000"'),
        ("a = 'x«y»z'", "it's", 'a = "xit\'sz"'),
        ("a = '«x»'", "C:\\new", "a = 'C:\\new'"),
        ('a = """\n«x»\n"""', '"""', 'a = """\n\\"\\"\\"\n"""'),
        ("a = '''\nx«y»\n'''", "it's", 'a = "xit\'s\\n"'),
        ("a = «1»", "2", "a = 2"),
        ("«a» = 1", "a b", '"a b" = 1'),
        ("a.«b» = 1", "c d", 'a."c d" = 1'),
        ('"«a»" = 1', 'x"y', '"x\\"y" = 1'),
        ("'«a»' = 1", "it's", '"it\'s" = 1'),
        ("'«a»' = 1", "x y", "'x y' = 1"),
        ("[a.«b»]\nx = 1", "c.d", '[a."c.d"]\nx = 1'),
        ("# «x»", 'say "y"', '# say "y"'),
    ],
)
def test_set(marked: str, value: str, after: str) -> None:
    text, start, end = at(marked)
    assert apply_edits(text, toml.fit(text, [Edit(start, end, value)])) == after


@pytest.mark.parametrize(("marked", "value"), [("a = «1»", "x"), ("a = «1»", "1.5"), ("a = «true»", "yes")])
def test_what_is_no_text(marked: str, value: str) -> None:
    text, start, end = at(marked)
    with pytest.raises(ValueError, match="would be one"):
        toml.fit(text, [Edit(start, end, value)])


@pytest.mark.parametrize(
    ("before", "need", "after"),
    [
        ("", "setting::K=v", 'K = "v"\n'),
        ("# x", "setting::K=v", '# x\nK = "v"\n'),
        ("a = 1\n[b]\n", "setting::K=v", 'a = 1\nK = "v"\n[b]\n'),
        ("# x\n\n[b]\n", "setting::K=v", '# x\n\nK = "v"\n\n[b]\n'),
        ("[b]\n", "setting:b:K=v", '[b]\nK = "v"\n'),
        ("[b]", "setting:b:K v=", '[b]\n"K v" = ""'),
        ("[b]\r\nx = 1 # one\r\n\r\n[c]\r\n", "setting:b:K=v", '[b]\r\nx = 1 # one\r\nK = "v"\r\n\r\n[c]\r\n'),
        ("[b]\nx = 1\n", "setting:c/d:K=v", '[b]\nx = 1\n\n[c.d]\nK = "v"\n'),
        ("[b]\nx = 1", "setting:c:K=v", '[b]\nx = 1\n\n[c]\nK = "v"'),
        ("b = {x = 1}\n", "setting:b:K=v", 'b = {x = 1, K = "v"}\n'),
        ("b = {}\n", "setting:b:K=v", 'b = { K = "v" }\n'),
        ("[a]\nb.x = 1\nz = 2\n", "setting:a/b:K=v", '[a]\nb.x = 1\nb.K = "v"\nz = 2\n'),
        ("a = [1]\n", "item:a:v", 'a = [1, "v"]\n'),
        ("a = [1,]\n", "item:a:v", 'a = [1, "v",]\n'),
        ("a = []\n", "item:a:v", 'a = ["v"]\n'),
        ('a = [\n  "x" # one\n]\n', "item:a:v", 'a = [\n  "x", # one\n  "v"\n]\n'),
        ('a = [\n  "x", # one\n]\n', "item:a:v", 'a = [\n  "x", # one\n  "v",\n]\n'),
        ('a = [\n  "x"]\n', "item:a:v", 'a = [\n  "x",\n  "v"]\n'),
    ],
)
def test_insert(before: str, need: str, after: str) -> None:
    edit = toml.provide(before, need)
    assert edit is not None
    assert apply_edits(before, [edit]) == after
    assert toml.grown(before, after) is None


@pytest.mark.parametrize(("text", "need"), [("K = 1", "setting::K=v"), ("a = ['v']", "item:a:v")])
def test_already_there(text: str, need: str) -> None:
    assert toml.provide(text, need) is None


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("a = 1", "setting:a:K=v"),
        ("a = 1", "item:a:v"),
        ("", "item:a:v"),
        ("a = [ # x\n]", "item:a:v"),
        ("[[a]]\n[[a]]\n", "setting:a:K=v"),
        ("[[a]]\n[[a]]\n", "setting:a/b:K=v"),
        ("a = {x = 1}", "setting:a/b:K=v"),
    ],
)
def test_no_place_for_it(text: str, need: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        toml.provide(text, need)


@pytest.mark.parametrize("after", ["a = 2", "b = 1", "a = 1.0", "a = [1]"])
def test_more_than_was_added(after: str) -> None:
    assert toml.grown("a = 1", after) is not None


def test_lists_grow_at_their_end() -> None:
    assert toml.grown("a = [1]", "a = [1, 2]") is None
    assert toml.grown("a = [1, 2]", "a = [2, 1]") is not None
    assert toml.grown("a = nan", "a = nan") is None


def test_keys_in_quotes() -> None:
    text = '"a.b".c = 1\n"x" = 2\n'
    entries = toml.parse(text).entries()
    assert [text[e.key_start : e.key_end] for e in entries] == ['"a.b".c', "x"]
