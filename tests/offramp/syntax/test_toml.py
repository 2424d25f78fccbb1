from __future__ import annotations

import pytest

from offramp.syntax import toml
from tests.offramp.syntax.places import document, entries, place, told, without


@pytest.mark.parametrize(
    ("text", "role", "key"),
    [
        ('provider = "«p»"', "value", "provider"),
        ("provider = '«p»' # c", "value", "provider"),
        ('provider = """\n«p»"""', "value", "provider"),
        ('[a]\n[a.b]\nc.provider = "«p»"', "value", "provider"),
        ('x = { provider = "«p»" }', "value", "provider"),
        ('x = [{ provider = "«p»" }]', "value", "provider"),
        ('providers = ["a", "«p»"]', "value", "providers"),
        ('env = ["LLM_PROVIDER=«p»"]', "value", "LLM_PROVIDER"),
        ('env = ["«P»=x"]', "key", "env"),
        ("[env]\n«P» = 1", "key", "env"),
        ("[env]\n'«P»' = 1", "key", "env"),
        ("[«p»]\na = 1", "key", ""),
        ("[[a.«p»]]\na = 1", "key", ""),
        ("# «p»\na = 1", "comment", ""),
        ("a = 1 # «p»", "comment", ""),
        ('[project]\ndependencies = ["«p»>=1"]', "package", "pip"),
        ('[project]\noptional-dependencies.x = ["«p»"]', "package", "pip"),
        ('[project.optional-dependencies]\nx = ["«p»"]', "package", "pip"),
        ('[dependency-groups]\ndev = ["a", "«p»"]', "package", "pip"),
        ('[build-system]\nrequires = ["«p»"]', "package", "pip"),
        ('[tool.poetry.dependencies]\n«p» = "^1"', "package", "pip"),
        ('[tool.poetry.group.dev.dependencies]\n«p» = { version = "1" }', "package", "pip"),
        ('[tool.poetry.extras]\nx = ["«p»"]', "package", "pip"),
        ('[project]\ndependencies = ["x-«p»"]', "value", "dependencies"),
        ('[project]\nkeywords = ["«p»"]', "value", "keywords"),
        ('[project]\nname = "«p»"', "value", "name"),
        ('[tool.tox]\ncommands = "pip install «p»"', "package", "pip"),
        ("a = «1979-05-27» 07:32:00", "value", "a"),
    ],
)
def test_place(text: str, role: str, key: str) -> None:
    assert told("a.toml", text)[:2] == (role, key)


def test_siblings_are_those_of_the_table() -> None:
    found = place("a.toml", 'provider = "a"\n[x]\nmodel = "«m»"\nprovider = "b"\n[y]\nprovider = "c"')[0]
    assert dict(found.siblings) == {"model": "m", "provider": "b"}


@pytest.mark.parametrize(
    ("text", "key", "after"),
    [
        ("a = 1\nP = 2 # note\nb = 3\n", "P", "a = 1\nb = 3\n"),
        ('a = 1\nP = """\nx\n"""\n', "P", "a = 1\n"),
        ("a = 1\nP = [\n  1,\n]", "P", "a = 1"),
        ("a = { P = 1, b = 2 }", "P", "a = { b = 2 }"),
        ("a = { b = 2, P = 1 }", "P", "a = { b = 2 }"),
        ('a = { b = 2, "P" = "1" }', "P", "a = { b = 2 }"),
        ("a = { P = 1 }", "P", "a = {  }"),
        ("a = 1\r\nP = 2\r\n", "P", "a = 1\r\n"),
    ],
)
def test_delete(text: str, key: str, after: str) -> None:
    assert without("a.toml", text, key) == after


def test_scopes() -> None:
    found = entries("a.toml", "a = 1\n[t]\na = 1\n[[u]]\na = 1\n[[u]]\na = { a = 1 }\n")
    assert len({(entry.scope, entry.key) for entry in found}) == len(found) == 5


@pytest.mark.parametrize(
    "text", ["a", "a = ", "[a", "a = 1\na = 2", 'a = "', "a = [", "\udce9", "\0", "a = {b = 1", "]"]
)
def test_what_is_no_toml_is_read_as_plain_text(text: str) -> None:
    read = document("a.toml", text)
    assert read.fault is not None
    read.tree.place(0, len(text))


def test_deep_nesting() -> None:
    assert document("a.toml", "a = " + "[" * 9000 + "]" * 9000).fault is not None


@pytest.mark.parametrize(
    ("before", "after", "fine"),
    [
        ("a = 1\n", "b = 1\n", True),
        ("a = 1\nb = 2\n", "a = 1\n", True),
        ("a = 'x'\n", "a = 'y'\n", True),
        ("a = 1\n", "a = 1\nb = 2\n", False),
        ("a = [1]\n", "a = [1, 2]\n", False),
        ("a = 1\n", "a = '1'\n", False),
        ("[t]\na = 1\n", "[t]\na = [1]\n", False),
    ],
)
def test_check(before: str, after: str, fine: bool) -> None:
    assert (toml.check(before, after) is None) is fine
