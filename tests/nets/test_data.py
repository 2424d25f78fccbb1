"""What a run does to data that are none of its business is told."""

from __future__ import annotations

import shutil

import pytest

from offramp import migration
from tests.nets import data

PLAN = migration.parse(
    "schema: 1\nname: x\nretire: {provider: gradient}\nreplace: {provider: openrouter}\n"
    "env: {GRADIENT_API_KEY: OPENROUTER_API_KEY}\n",
    "x.yaml",
)


def told(path: str, old: str, new: str) -> list[str]:
    return data.faults({path: old}, {path: new}, {}, PLAN)


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("a.yaml", "a: {GRADIENT_API_KEY: 1, PORT: 80}\n", "a: {OPENROUTER_API_KEY: 1, PORT: 80}\n"),
        ("a.json", '{"GRADIENT_API_KEY": 1, "b": [2]}', '{"OPENROUTER_API_KEY": 1, "b": [2]}'),
        ("a.toml", "provider = 'gradient'\nb = 1\n", "provider = 'openrouter'\nb = 1\n"),
        ("setup.cfg", "[a]\nprovider = gradient\n", "[a]\nprovider = openrouter\n"),
        (".env", "GRADIENT_API_KEY=1\nB=2\n", "OPENROUTER_API_KEY=1\nB=2\n"),
        ("a.txt", "x", "y"),
        ("a.yaml", "a: [", "b: ["),
    ],
)
def test_what_is_the_business_of_the_migration(path: str, old: str, new: str) -> None:
    assert told(path, old, new) == []


@pytest.mark.parametrize(
    ("path", "old", "new", "first"),
    [
        ("a.yaml", "a: {b: on}\n", "a: {b: 'on'}\n", "/a/b = on (bool) has gone"),
        ("a.yaml", "a:\n- b: 1\n", "a:\n- b: 1\n- c: 2\n", "/a[]/c = 2 (int) has come"),
        ("a.yaml", "a: 1\n", "a: [\n", "it does not parse any more"),
        ("a.json", '{"a": 1}', '{"a": "1"}', "/a = 1 has gone"),
        (".env", "B=2\n", "B=\n", "B = '2' has gone"),
        ("a.ini", "[a]\nb = 1\n", "b = 1\n", "it does not parse any more"),
    ],
)
def test_what_is_not(path: str, old: str, new: str, first: str) -> None:
    assert told(path, old, new)[0].startswith(f"{path}: {first}")


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_a_script_that_bash_reads_no_more() -> None:
    assert told("a.sh", "echo 1\n", "if echo 1\n") == ["a.sh: bash does not read it any more"]
    assert told("a.sh", "if\n", "if if\n") == told("a.sh", "a\n", "b\n") == []


def test_moved_files_are_compared_with_what_they_were() -> None:
    rows = data.faults({"a.yaml": "b: 1\n"}, {"c.yaml": "b: 2\n"}, {"c.yaml": "a.yaml"}, PLAN)
    assert rows == [
        f"c.yaml: /b = {n} (int) has {what}, which is not the migration's business"
        for n, what in ((1, "gone"), (2, "come"))
    ]
