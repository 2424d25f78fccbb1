from __future__ import annotations

import pytest

from offramp.syntax import hcl
from tests.offramp.syntax.places import document, place, told, without


@pytest.mark.parametrize(
    ("text", "role", "key"),
    [
        ('provider = "«p»"', "value", "provider"),
        ('variable "llm_provider" {\n  default = "«p»"\n}', "value", "llm_provider"),
        ('variable "«p»" {\n}', "key", "variable"),
        ('resource "a" "b" {\n  provider = "«p»"\n}', "value", "provider"),
        ('a = {\n  LLM_PROVIDER = "«p»"\n}', "value", "LLM_PROVIDER"),
        ('a = {\n  «P» = "x"\n}', "key", "a"),
        ('a = {\n  "«P»" : "x"\n}', "key", "a"),
        ('x {\n  env {\n    name = "«P»"\n    value = "x"\n  }\n}', "env", ""),
        ('x {\n  env {\n    name = "LLM_PROVIDER"\n    value = "«p»"\n  }\n}', "value", "LLM_PROVIDER"),
        ('a = var.provider == "«p»" ? 1 : 0', "value", "provider"),
        ('a = contains(["«p»"], var.provider)', "value", "a"),
        ("a = var.«p»", "code", ""),
        ('a = "${var.«p»}"', "code", ""),
        ("«p» = 1", "key", ""),
        ("# «p»\na = 1", "comment", ""),
        ("a = 1 // «p»", "comment", ""),
        ("a = <<EOT\nexport «P»=x\nEOT\n", "text", ""),
        ("a = <<EOT\npip install «p»\nEOT\n", "package", "pip"),
        ("a = = «p»", "text", ""),
    ],
)
def test_place(text: str, role: str, key: str) -> None:
    assert told("a.tf", text)[:2] == (role, key)


def test_built_and_siblings() -> None:
    assert place("a.tf", 'a = "«p»-${x}"')[0].built
    assert dict(place("a.tf", 'a = {\n  provider = "x"\n  model = "«m»"\n}')[0].siblings)["provider"] == "x"


@pytest.mark.parametrize(
    ("text", "key", "after"),
    [
        ("a = 1\nP = 2 # note\nb = 3\n", "P", "a = 1\nb = 3\n"),
        ('a = 1\nvariable "P" {\n  default = 1\n}\n', "P", "a = 1\n"),
        ("a = {\n  P = 1\n  b = 2\n}\n", "P", "a = {\n  b = 2\n}\n"),
        ("a = {\n  P = 1,\n  b = 2,\n}\n", "P", "a = {\n  b = 2,\n}\n"),
        ("a = { P = 1, b = 2 }\n", "P", "a = { b = 2 }\n"),
        ("x { P = 1 }\n", "P", None),
        ("P = <<EOT\nx\nEOT\na = 1\n", "P", "a = 1\n"),
    ],
)
def test_delete(text: str, key: str, after: str | None) -> None:
    assert without("a.tf", text, key) == after


def test_a_block_that_names_a_variable_goes_whole() -> None:
    text = 'x {\n  env {\n    name  = "P"\n    value = "1"\n  }\n  env {\n    name  = "Q"\n    value = "1"\n  }\n}\n'
    assert without("a.tf", text, "P") == 'x {\n  env {\n    name  = "Q"\n    value = "1"\n  }\n}\n'


def test_check() -> None:
    assert hcl.check('a = "b"\n', 'a = "b\n') is not None
    assert hcl.check('a = "b"\n', 'c = "d"\n') is None


@pytest.mark.parametrize("text", ["", "{", '"', "a = <<EOT\n", "\udce9", "\0", "a = [" * 2000])
def test_garbage(text: str) -> None:
    tree = document("a.tf", text).tree
    tree.place(0, len(text))
    tree.entries()
