"""The checker of halves itself: it must see each planted half, and nothing in a whole rename."""

from __future__ import annotations

import pytest

from tests.nets import halves

PROJECT = {
    "lib/__init__.py": 'from lib.old_client import OldClient, old_chat\n\n__all__ = ["OldClient", "old_chat"]\n',
    "lib/old_client.py": '''
import dataclasses
from typing import TypedDict

__all__ = ["OldClient", "old_chat"]


class OldRow(TypedDict):
    old_cost: int


@dataclasses.dataclass
class OldConfig:
    old_region: str


class OldClient:
    old_total = 0

    def __init__(self, old_key):
        self.old_count = old_key

    def old_send(self, text, *, old_model="m"):
        return f"{self.old_count} {text} {old_model}"


def old_chat(text, old_model="m"):
    """Ask.

    >>> old_chat("x")
    'x'
    """
    return "{old_word}".format(old_word=text)


def price(row: OldRow):
    return row["old_cost"], row.get("old_cost")
''',
    "lib/old_client.pyi": """
class OldClient:
    def __init__(self, old_key) -> None: ...
    def old_send(self, text, *, old_model=...) -> str: ...
def old_chat(text, old_model=...) -> str: ...
""",
    "app/main.py": """
import importlib

import lib.old_client
from lib import old_client
from lib.old_client import OldClient, OldConfig, old_chat as chat


def main():
    client = OldClient(old_key=1)
    client.old_send("x", old_model="y")
    print(client.old_count, OldClient.old_total, OldConfig(old_region="r").old_region)
    print(chat("x", **{"old_model": "m"}), lib.old_client.old_chat("z"), old_client.old_chat("y"))
    print(getattr(client, "old_count"))
    return importlib.import_module("lib.old_client")
""",
    "app/rel.py": "from ..lib.old_client import old_chat\n",
    "tests/conftest.py": "import pytest\n\n\n@pytest.fixture\ndef old_thing():\n    return 1\n",
    "tests/test_main.py": """
from unittest import mock

import pytest


@pytest.mark.parametrize("old_case", [1])
@pytest.mark.usefixtures("old_thing")
def test_main(old_thing, old_case, monkeypatch):
    with mock.patch("lib.old_client.old_chat"), mock.patch("lib.old_client.OldClient.old_send"):
        monkeypatch.setattr("lib.old_client.old_chat", None)
""",
    "pyproject.toml": '[project.scripts]\nold = "lib.old_client:old_chat"\n',
}


def whole(old: str, new: str) -> dict[str, str]:
    return {path.replace(old, new): text.replace(old, new) for path, text in PROJECT.items()}


@pytest.mark.parametrize(
    "old, new",
    [
        ("OldClient", "NewClient"),
        ("old_client", "new_client"),
        ("old_chat", "new_chat"),
        ("old_send", "new_send"),
        ("old_model", "new_model"),
        ("old_key", "new_key"),
        ("old_count", "new_count"),
        ("old_total", "new_total"),
        ("old_region", "new_region"),
        ("old_cost", "new_cost"),
        ("old_word", "new_word"),
        ("old_thing", "new_thing"),
        ("old_case", "new_case"),
        ("OldConfig", "NewConfig"),
    ],
)
def test_a_whole_rename_is_silent_and_each_half_of_it_is_seen(old: str, new: str) -> None:
    after = whole(old, new)
    assert halves.check(PROJECT, after) == []
    for path, text in PROJECT.items():
        lines = text.split("\n")
        for number, line in enumerate(lines):
            if old not in line or "old_word" in line:
                continue  # a field and its argument stand in one line: see below
            kept = [a if n == number else a.replace(old, new) for n, a in enumerate(lines)]
            halved = {**after, path.replace(old, new): "\n".join(kept)}
            assert halves.check(PROJECT, halved), f"only {path}:{number + 1} kept: {line}"
            only = {**PROJECT, path: "\n".join(a.replace(old, new) if n == number else a for n, a in enumerate(lines))}
            assert halves.check(PROJECT, only), f"only {path}:{number + 1} changed: {line}"


def planted(*changes: tuple[str, str, str]) -> list[str]:
    after = dict(PROJECT)
    for path, old, new in changes:
        assert old in after[path]
        after[path] = after[path].replace(old, new)
    return [str(half) for half in halves.check(PROJECT, after)]


def test_why_and_where() -> None:
    found = planted(("app/main.py", 'client.old_send("x", old_model', 'client.old_send("x", new_model'))
    assert found == [
        "app/main.py:11: the keyword new_model of old_send, which was old_model, has no definition any more"
    ]
    found = planted(("tests/test_main.py", "lib.old_client.OldClient.old_send", "lib.old_client.OldClient.new_send"))
    assert len(found) == 1
    assert found[0].startswith("tests/test_main.py:10: the dotted name lib.old_client.OldClient.new_send")


def test_the_file_but_not_the_import() -> None:
    after = {path.replace("old_client", "new_client"): text for path, text in PROJECT.items()}
    found = [str(half) for half in halves.check(PROJECT, after)]
    assert any(half.startswith("app/main.py:4: the module lib.old_client") for half in found)
    assert any(half.startswith("lib/__init__.py:1:") for half in found)
    assert any(half.startswith("pyproject.toml:2:") for half in found)
    assert any(half.startswith("app/rel.py:1:") for half in found)


def test_the_import_but_not_the_file() -> None:
    after = {path: text.replace("lib.old_client", "lib.new_client") for path, text in PROJECT.items()}
    assert any("lib.new_client" in str(half) for half in halves.check(PROJECT, after))


def test_only_the_stub() -> None:
    found = planted(("lib/old_client.pyi", "old_send", "new_send"))
    assert any("new_send" in half and "lib/old_client.pyi" in half for half in found)
    found = planted(("lib/old_client.pyi", "old_model", "new_model"))
    assert found


def test_a_fields_name_in_the_format_but_not_in_the_call() -> None:
    assert planted(("lib/old_client.py", '"{old_word}"', '"{new_word}"'))


def test_a_file_that_no_longer_parses() -> None:
    assert planted(("app/rel.py", "import", "import import")) == ["app/rel.py:1: it no longer parses"]


def test_names_of_other_packages_are_not_judged() -> None:
    before = {"a.py": "import old_sdk\nfrom old_sdk import Chat\nChat(old_key=1).old_send()\n"}
    after = {"a.py": "import new_sdk\nfrom new_sdk import Talk\nTalk(key=1).send()\n"}
    assert halves.check(before, after) == []


def test_what_the_migration_brings_needs_no_definition() -> None:
    before = {"a.py": "from lib import chat\nchat()\n", "lib.py": "def chat(): ...\n"}
    after = {"a.py": "from newsdk import chat\nchat()\n", "lib.py": "def chat(): ...\n"}
    assert halves.check(before, after)
    assert halves.check(before, after, brought=["newsdk"]) == []
