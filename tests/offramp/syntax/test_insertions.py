"""Settings that a file is given: where they go, and what must not change with them."""

from __future__ import annotations

import pytest

from offramp.model import apply_edits
from offramp.syntax import env, python, yaml

NEED = "setting:services/api/environment:K=${K}"


def given(text: str, need: str = NEED) -> str:
    edit = yaml.provide(text, need)
    assert edit is not None
    return apply_edits(text, [edit])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("services:\n  api:\n    build: .", "services:\n  api:\n    build: .\n    environment:\n      K: ${K}"),
        (
            "services:\n    api:\n        build: |\n          x\n\n    b: {}\n",
            "services:\n    api:\n        build: |\n          x\n        environment:\n            K: ${K}\n\n    b: {}\n",
        ),
        (
            "services:\n  api:\n    environment:\n      - A=1\n      # the end\n",
            "services:\n  api:\n    environment:\n      - A=1\n      - K=${K}\n      # the end\n",
        ),
        (
            "services:\r\n  api:\r\n    environment:\r\n      A: |\r\n        x\r\n    b: 1\r\n",
            "services:\r\n  api:\r\n    environment:\r\n      A: |\r\n        x\r\n      K: ${K}\r\n    b: 1\r\n",
        ),
    ],
)
def test_a_setting_of_a_service(before: str, after: str) -> None:
    assert given(before) == after
    assert yaml.grown(before, after) is None
    assert yaml.provide(after, NEED) is None


@pytest.mark.parametrize(
    "text",
    [
        "services:\n  api: {build: .}\n",
        "services:\n  api:\n    environment: {A: 1}\n",
        "services:\n  api:\n    environment: &e\n      A: 1\n",
        "services:\n  api:\n    environment:\n",
        "services:\n  api:\n    environment:\n      - name: A\n",
        "services:\n  api:\n    environment:\n    - - A\n",
        "services:\n  ? api\n  : a: 1\n",
        "services:\n  other:\n    a: 1\n",
        "? services\n: api:\n    a: 1\n",
    ],
)
def test_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"block|anchor|list|shares"):
        yaml.provide(text, NEED)


def test_more_than_an_addition() -> None:
    assert yaml.grown("a: 1\n", "a: 2\nb: 3\n") == "a value would change with what is added"
    assert env.grown("A=1\n", "A=2\nB=1\n") == "a setting would change with those that are added"
    assert python.grown("a = 1\n", "a = b\n") == "the name b would be undefined"


def test_an_env_file_has_the_setting() -> None:
    assert env.provide("K=1\n", "setting::K=") is None
    assert env.provide("", "setting::K=") is not None
