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


SUPPLIED = [
    ("setting:e:K=v", "e: {A: 1}\n", "e: {A: 1, K: v}\n"),
    ("setting:e:K=${K}", "e: {A: 1}\n", 'e: {A: 1, K: "${K}"}\n'),
    ("setting:e:K=v", 'e: {"A": "1"}\n', 'e: {"A": "1", "K": "v"}\n'),
    ("setting:e:K=v", "e: {A: 1,}\n", "e: {A: 1, K: v,}\n"),
    ("setting:e:K=v", "e: {\n  A: 1 # one\n}\n", "e: {\n  A: 1, # one\n  K: v\n}\n"),
    ("setting:e:K=v", "e: {\r\n  A: 1, # one\r\n}\r\n", "e: {\r\n  A: 1, # one\r\n  K: v,\r\n}\r\n"),
    ("setting:e:K=v", "e: {}\n", "e: {K: v}\n"),
    ("setting:e:K=v", "e: { }", "e: { K: v }"),
    ("setting:e:K=v", "e: # none\nf: 1\n", "e: # none\n  K: v\nf: 1\n"),
    ("setting:e/f:K=v", "e: {f: }\n", "e: {f: {K: v} }\n"),
    ("setting:e:K=v", "{a: 1}\n", "{a: 1, e: {K: v}}\n"),
    ("setting:e:K=v", "a:\n    b: 1\n", "a:\n    b: 1\ne:\n    K: v\n"),
    ("setting::K=v", "a: 1\n---\nb: 1\n", "a: 1\nK: v\n---\nb: 1\n"),
    ("setting:---1:K=v", "a: 1\n---\nb: 1", "a: 1\n---\nb: 1\nK: v"),
    ("setting:e:K=a: b", "e:\n  A: 1\n", 'e:\n  A: 1\n  K: "a: b"\n'),
    ("setting:e:K=1", "e:\n  A: 'x'\n", "e:\n  A: 'x'\n  K: '1'\n"),
    ("setting:e:K=v", "e:\n- {name: A, value: 1}\n", "e:\n- {name: A, value: 1}\n- {name: K, value: v}\n"),
    ("setting:e:K=v", "e: [{key: A, value: 1}]\n", "e: [{key: A, value: 1}, {key: K, value: v}]\n"),
    (
        "setting:e:K=v",
        "e:\n-   name: A\n    value: '1'\n",
        "e:\n-   name: A\n    value: '1'\n-   name: K\n    value: 'v'\n",
    ),
    ("setting:e:K=v", "e: [A=1, B]\n", "e: [A=1, B, K=v]\n"),
    ("setting:s/0/e:K=v", "s:\n- n: 1\n  e:\n    A: 1\n", "s:\n- n: 1\n  e:\n    A: 1\n    K: v\n"),
    ("setting:s/0:K=v", "s:\n- n: 1\n- m: 1\n", "s:\n- n: 1\n  K: v\n- m: 1\n"),
    ("setting:a%2Fb%3Ac:K=v", "a/b:c:\n  d: 1\n", "a/b:c:\n  d: 1\n  K: v\n"),
    ("setting:e:K=v", "e: &e\n  A: 1\n", "e: &e\n  A: 1\n  K: v\n"),  # nobody uses the anchor
    ("setting:e:K=v", "e:\n  A: |\n    x", "e:\n  K: v\n  A: |\n    x"),
    ("setting:e:K=v", "e:\n  A: |-\n    x", "e:\n  A: |-\n    x\n  K: v"),
    ("setting:e:K=v", "e:\n  A: |+\n    x\n\n# c\n", "e:\n  A: |+\n    x\n\n  K: v\n# c\n"),
    ("setting:services/api:K=v", "services:\n  ? api\n  : a: 1\n", "services:\n  ? api\n  : a: 1\n    K: v\n"),
    ("item:t:b", "t:\n- a # one\n# c\n", "t:\n- a # one\n- b\n# c\n"),
    ("item:t:on", "t: ['a']\n", "t: ['a', 'on']\n"),
    ("item:t:b", "t: []\n", "t: [b]\n"),
    ("item:t:b", "t:\n", "t:\n  - b\n"),
    ("item:t:b", "a: 1\n", "a: 1\nt:\n  - b\n"),
    ("item:t/1:b", "t:\n- a\n- - c\n  - d\n", "t:\n- a\n- - c\n  - d\n  - b\n"),
    ("item::b", "[\n  a\n]\n", "[\n  a,\n  b\n]\n"),
]


@pytest.mark.parametrize(("need", "before", "after"), SUPPLIED, ids=[f"{b}-{n}" for n, b, _ in SUPPLIED])
def test_what_is_supplied(need: str, before: str, after: str) -> None:
    assert given(before, need) == after
    assert yaml.grown(before, after) is None
    assert yaml.provide(after, need) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("services:\n  api:\n    environment: &e\n      A: 1\nb: *e\n", "anchor"),
        ("services: &s\n  api:\n    environment:\n      A: 1\nb: {<<: *s}\n", "anchor"),
        ("x: &e {A: 1}\nservices:\n  api:\n    environment: *e\n", "anchor"),
        ("services:\n  api:\n    environment: ~\n", "no mapping or list"),
        ("services:\n  api:\n    environment: []\n", "nothing says"),
        ("services:\n  api:\n    environment:\n      - name: A\n", "list"),
        ("services:\n  api:\n    environment:\n    - - A\n", "list"),
        ("services:\n  api:\n    environment: { # none\n    }\n", "between"),
        ("services:\n  api:\n    environment:\n      # c\n      A: |\n        x", "block scalar"),
        ("services:\n  other:\n    a: 1\n", "no 'api'"),
        ("services:\n  api: x\n", "no 'environment'"),
        ("", "empty"),
        ("services: 1", "no 'api'"),
    ],
)
def test_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        yaml.provide(text, NEED)


@pytest.mark.parametrize(
    ("need", "text"),
    [
        ("item:t:b", "t: x\n"),
        ("item:t:b", "t: [A=1]\n"),
        ("item:t:b", "t: [[a]]\n"),
        ("setting:---2:K=v", "a: 1\n"),
        ("setting::K=v", "- a: 1\n  b:\n"),
        ("item:0:x", "[a: b]\n"),
        ("setting:0:K=v", "[a: b]\n"),
    ],
)
def test_no_place(need: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"list|texts|document|brackets"):
        yaml.provide(text, need)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: &x 1\nb: *x\n", "a: &x 1\nc: &x 2\nb: *x\n"),
        ("a: 1\n", "a: 1\n---\nb: 1\n"),
        ("a: 1\n", "a: 1 # b\n"),
        ("a: [1]\n", "a: [2, 3]\n"),
        ("a: ~\n", "a: {b: 1}\n"),
        ("a: [1, 2]\n", "a: [1]\nb: 1\n"),
        ("a: |\n  x\n", "a: |\n  x\n  y\n"),
    ],
)
def test_more_than_was_added(before: str, after: str) -> None:
    assert yaml.grown(before, after)


def test_more_than_an_addition() -> None:
    assert yaml.grown("a: 1\n", "a: 2\nb: 3\n") == "a value would change with what is added"
    assert env.grown("A=1\n", "A=2\nB=1\n") == "a setting would change with those that are added"
    assert python.grown("a = 1\n", "a = b\n") == "the name b would be undefined"


def test_an_env_file_has_the_setting() -> None:
    assert env.provide("K=1\n", "setting::K=") is None
    assert env.provide("", "setting::K=") is not None
