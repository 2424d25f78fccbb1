"""Values, keys, entries and items of JSON, JSONC and JSON5 as they are written."""

from __future__ import annotations

import pytest

from offramp.model import Edit, apply_edits
from offramp.syntax import json


def at(marked: str) -> tuple[str, int, int]:
    start, end = marked.index("«"), marked.index("»") - 1
    return marked.replace("«", "").replace("»", ""), start, end


@pytest.mark.parametrize(
    ("marked", "value", "after"),
    [
        ('{"a": "«x»"}', "y", '{"a": "y"}'),
        ('{"a": "x«y»z"}', 'say "hi"\n', '{"a": "xsay \\"hi\\"\\nz"}'),
        ("{a: '«x»'}", 'it\'s "y"', "{a: 'it\\'s \"y\"'}"),
        ('{"«a»": 1}', 'a"b', '{"a\\"b": 1}'),
        ("{«a»: 1}", "b", "{b: 1}"),
        ('{"a": «1»}', "2", '{"a": 2}'),
        ('{"a": "«»"}', "\u2028", '{"a": "\\u2028"}'),
        ('{"a": 1, // «x»\n}', 'say "y"', '{"a": 1, // say "y"\n}'),
    ],
)
def test_set(marked: str, value: str, after: str) -> None:
    text, start, end = at(marked)
    assert apply_edits(text, json.fit(text, [Edit(start, end, value)])) == after


@pytest.mark.parametrize(("marked", "value"), [('{"a": «1»}', "x"), ("{«a»: 1}", "a b"), ("[«true»]", "1")])
def test_what_has_no_quotes(marked: str, value: str) -> None:
    text, start, end = at(marked)
    with pytest.raises(ValueError, match=r"would (need them|be one)"):
        json.fit(text, [Edit(start, end, value)])


@pytest.mark.parametrize(
    ("before", "keys", "after"),
    [
        ('{\n  "a": 1,\n  "b": 2\n}\n', "b", '{\n  "a": 1\n}\n'),
        ('{\n  "a": 1, // one\n  "b": 2 // two\n}\n', "b", '{\n  "a": 1 // one\n}\n'),
        ('{\n  "a": 1, // one\n  /* two */\n  "b": 2\n}\n', "b", '{\n  "a": 1 // one\n}\n'),
        ('{\n  "a": 1,\n  // of b\n  "b": 2\n}\n', "b", '{\n  "a": 1\n}\n'),
        ('{\n  "a": 1,\n  "b": 2,\n  "c": 3\n}\n', "bc", '{\n  "a": 1\n}\n'),
        ('{\n  "a": 1,\n  "b": 2,\n}\n', "b", '{\n  "a": 1,\n}\n'),
        ('{\n  "x": {},\n  "env": {"a": 1}\n}\n', "a", '{\n  "x": {}\n}\n'),
        ('{\n  "x": 1,\n  "dependencies": {\n    "a": "1"\n  }\n}\n', "a", '{\n  "x": 1\n}\n'),
    ],
)
def test_delete(before: str, keys: str, after: str) -> None:
    outers = [entry.outer for entry in json.parse(before).entries() if entry.key in keys]
    edits = [Edit(*outer, "") for outer in outers if outer is not None]
    assert apply_edits(before, json.fit(before, edits)) == after


@pytest.mark.parametrize(
    ("before", "need", "after"),
    [
        ("{}", "setting::K=v", '{\n  "K": "v"\n}'),
        ("{}\r\n", "setting::K=v", '{\r\n  "K": "v"\r\n}\r\n'),
        ('{\n\t"env": {}\n}\n', "setting:env:K=v", '{\n\t"env": {\n\t\t"K": "v"\n\t}\n}\n'),
        ('{"a":1}', "setting::K=v=w", '{"a":1,"K":"v=w"}'),
        ('{"a": [1, 2]}', "item:a:v", '{"a": [1, 2, "v"]}'),
        ('{"a": [1, 2,]}', "item:a:v", '{"a": [1, 2, "v",]}'),
        ('{\n  "a": 1 // one\n}\n', "setting::K=v", '{\n  "a": 1, // one\n  "K": "v"\n}\n'),
        ('{\r\n  "a": 1, // one\r\n}\r\n', "setting::K=v", '{\r\n  "a": 1, // one\r\n  "K": "v",\r\n}\r\n'),
        ('{\n  "a": [\n    1 ]\n}\n', 'item:a:"', '{\n  "a": [\n    1,\n    "\\"" ]\n}\n'),
        ('{\n  "a": [ 1,\n  ]\n}\n', "item:a:v", '{\n  "a": [ 1, "v",\n  ]\n}\n'),
        ('{"x": {}}', "setting:x:K=v", '{"x": {"K": "v"}}'),
    ],
)
def test_insert(before: str, need: str, after: str) -> None:
    edit = json.provide(before, need)
    assert edit is not None
    assert apply_edits(before, [edit]) == after
    assert json.grown(before, after) is None


@pytest.mark.parametrize(
    ("text", "need"), [('{"K": 1}', "setting::K=v"), ('{"a": {"b": ["x"]}}', "item:a/b:x"), ("{K: 1}", "setting::K=v")]
)
def test_already_there(text: str, need: str) -> None:
    assert json.provide(text, need) is None


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("[]", "setting::K=v"),
        ("{}", "item:a:v"),
        ('{"a": 1}', "item:a:v"),
        ('{"a": 1}', "setting:a/b:K=v"),
        ("{ /* x */ }", "setting::K=v"),
    ],
)
def test_no_place_for_it(text: str, need: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        json.provide(text, need)


@pytest.mark.parametrize(
    "after", ['{"a": 2, "b": 1}', '{"b": 1}', '{"a": "1", "b": 1}', '{"a": 1, "b": 1,}', '{"a": {"b": 1}}']
)
def test_more_than_was_added(after: str) -> None:
    assert json.grown('{"a": 1}', after) is not None


def test_a_comment_that_is_lost() -> None:
    assert json.grown('{"a": 1 /* x */}', '{"a": 1, "b": 2}') == "a comment would be lost"


def test_escapes() -> None:
    text = r"""{"a": "\ud83d\ude00\u0041\x41\v\0\
\'\/"}"""
    assert json.parse(text).entries()[0].value == "😀AA\v\0'/"
