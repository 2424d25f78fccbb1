"""What stands where in JSON, which entries it has, and which edits are refused."""

from __future__ import annotations

import pytest

from offramp.document import Unparsable
from offramp.model import Edit, Role, apply_edits
from offramp.syntax import json
from tests.offramp.syntax.test_yaml import at


@pytest.mark.parametrize(
    ("marked", "role", "key"),
    [
        ('{"LLM_PROVIDER": "«gradient»"}', Role.VALUE, "LLM_PROVIDER"),
        ('{"«gradient»": 1}', Role.KEY, ""),
        ('{"env": {"«GRADIENT_X»": "1"}}', Role.ENV, "env"),
        ('{"dependencies": {"«gradient»": "^1"}}', Role.PACKAGE, "dependencies"),
        ('{"dependencies": {"@x/«gradient»": "^1"}}', Role.PACKAGE, "dependencies"),
        ('{"keywords": ["«gradient»"]}', Role.VALUE, "keywords"),
        ('{"scripts": {"a": "npm i «gradient»"}}', Role.PACKAGE, None),
        ('{"scripts": {"a": "LLM_PROVIDER=«gradient» node x"}}', Role.VALUE, "LLM_PROVIDER"),
        ('{"environment": [{"name": "LLM_PROVIDER", "value": "«gradient»"}]}', Role.VALUE, "LLM_PROVIDER"),
        ('{"args": ["--provider", "«gradient»"]}', Role.VALUE, "provider"),
        ('{"a": "x" // «gradient» here\n}', Role.COMMENT, ""),
        ('{"a": "x // «gradient» y"}', Role.VALUE, "a"),
        ('{"a": "\\n«gradient» \\" y"}', Role.VALUE, "a"),
        ("{a: '«gradient»'}", Role.VALUE, "a"),
    ],
)
def test_place(marked: str, role: Role, key: str | None) -> None:
    text, start, end = at(marked)
    place = json.parse(text).place(start, end)
    assert place.role is role
    assert key is None or place.key == key


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{"a": 1, "B": 2, "c": 3}', '{"a": 1, "c": 3}'),
        ('{"a": 1, "B": 2}', '{"a": 1}'),
        ('{"B": 1, "c": 2}', '{"c": 2}'),
        ('{\n  "a": 1,\n  "B": 2\n}\n', '{\n  "a": 1\n}\n'),
        ('{\n  "B": {\n    "x": 1\n  },\n  "c": 2\n}\n', '{\n  "c": 2\n}\n'),
        ('{\r\n  "B": 1, // one\r\n  "c": 2,\r\n}', '{\r\n  "c": 2,\r\n}'),
        (
            '{"environment": [{"name": "B", "value": ""}, {"name": "c", "value": ""}]}',
            '{"environment": [{"name": "c", "value": ""}]}',
        ),
    ],
)
def test_deletion(before: str, after: str) -> None:
    outer = next(entry.outer for entry in json.parse(before).entries() if entry.key == "B")
    assert outer is not None
    assert apply_edits(before, json.fit(before, [Edit(*outer, "")])) == after
    assert json.check(before, after) is None


@pytest.mark.parametrize("text", ['{"B": 1}', '{"a": 1, // one\n "B": 2}', '{"a": 1 /* x */, /* y */ "B": 2}'])
def test_stuck(text: str) -> None:
    assert next(entry.outer for entry in json.parse(text).entries() if entry.key == "B") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "}",
        '{"a"}',
        '{"a": }',
        '{"a": 1 "b": 2}',
        "[1 2]",
        "[,]",
        '"a',
        '{"a": "x\ny"}',
        "{} {}",
        "@",
        "{[]: 1}",
    ],
)
def test_unparsable(text: str) -> None:
    with pytest.raises(Unparsable):
        json.parse(text)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{"a": "x"}', '{"a": "x", "b": 1}'),
        ('{"a": 1, "b": 2}', '{"a": 1, }'),
        ('{"a": "x"}', '{"a": "x" // y\n}'),
        ('{"a": "x"}', "{\"a\": 'x'}"),
        ('{"a": true}', '{"a": gradient}'),
        ('{"a": "x"}', '{"a": "\\d"}'),
        ('{"a": ["x"]}', '{"a": []}'),
        ('{"a": "x"}', '{"a": {"b": "x"}}'),
    ],
)
def test_refused(before: str, after: str) -> None:
    assert json.check(before, after)


def test_strings_and_data() -> None:
    text = '{"a": ["b\\n", 1, null], "a": {}}'
    assert [text[start:end] for start, end, _ in json.strings(text)] == ["a", "b\\n", "a"]
    assert [value for *_, value in json.strings(text)] == ["a", "b\n", "a"]
    assert json.data(text) == [("a", ["b\n", "1", "null"]), ("a", [])]
