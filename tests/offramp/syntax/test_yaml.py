"""What stands where in YAML, which entries it has, and which edits are refused."""

from __future__ import annotations

import pytest

from offramp.document import Unparsable
from offramp.model import Edit, Entry, Place, Role, apply_edits
from offramp.syntax import yaml

PLACES = [
    # text with the span between « and », role, key
    ("LLM_PROVIDER: «gradient»\n", Role.VALUE, "LLM_PROVIDER"),
    ("«gradient»: x\n", Role.KEY, ""),
    ("providers:\n  «gradient»: {}\n", Role.KEY, "providers"),
    ("env:\n  «GRADIENT_X»: y\n", Role.ENV, "env"),
    ('a: {b: "«gradient»"}\n', Role.VALUE, "b"),
    ("provider: [«gradient», openrouter]\n", Role.VALUE, "provider"),
    ("matrix:\n  include:\n  - provider: «gradient»\n", Role.VALUE, "provider"),
    ("environment:\n- LLM_PROVIDER=«gradient»\n", Role.VALUE, "LLM_PROVIDER"),
    ("environment:\n- «GRADIENT_KEY»=x\n", Role.ENV, "environment"),
    ("environment:\n- «GRADIENT_KEY»\n", Role.ENV, "environment"),
    ("env:\n- name: «GRADIENT_KEY»\n  value: x\n", Role.ENV, "env"),
    ("env:\n- name: LLM_PROVIDER\n  value: «gradient»\n", Role.VALUE, "LLM_PROVIDER"),
    ("envVars:\n- key: LLM_PROVIDER\n  value: «gradient»\n", Role.VALUE, "LLM_PROVIDER"),
    ("steps:\n- name: «gradient»\n  run: x\n", Role.VALUE, "name"),  # no list of settings
    ("x: ${{ secrets.«GRADIENT_KEY» }}\n", Role.ENV, "x"),
    ("x: ${{ vars.«GRADIENT_MODEL» || 'y' }}\n", Role.ENV, "x"),
    ("if: vars.LLM_PROVIDER == '«gradient»'\n", Role.STRING, "LLM_PROVIDER"),
    ("if: ${{ '«gradient»' == inputs.provider }}\n", Role.STRING, "provider"),
    ("if: contains(env.LLM_PROVIDER, '«gradient»')\n", Role.STRING, "LLM_PROVIDER"),
    ("if: inputs.«gradient»\n", Role.CODE, "if"),
    ("P: ${{ vars.LLM_PROVIDER || '«gradient»' }}\n", Role.VALUE, "LLM_PROVIDER"),
    ("P: ${{ inputs.x && '«gradient»' }}\n", Role.VALUE, "P"),
    ("x: ${«GRADIENT_KEY»}\n", Role.ENV, "x"),
    ("x: ${LLM_PROVIDER:-«gradient»}\n", Role.VALUE, "LLM_PROVIDER"),
    ("x: ${LLM_PROVIDER-«gradient»}/y\n", Role.VALUE, "LLM_PROVIDER"),
    ("run: |\n  export LLM_PROVIDER=«gradient»\n", Role.VALUE, "LLM_PROVIDER"),
    ("run: |\n  cat > .env <<EOF\n  LLM_PROVIDER=«gradient»\n  EOF\n", Role.VALUE, "LLM_PROVIDER"),
    ("run: |\n  cat > .env <<EOF\n  «GRADIENT_KEY»=x\n  EOF\n", Role.ENV, ""),
    ("run: |\n  x --provider «gradient» --y\n", Role.VALUE, "provider"),
    ('command: ["--provider", "«gradient»"]\n', Role.VALUE, "provider"),
    ('command: ["--verbose", "--«gradient»"]\n', Role.VALUE, "command"),
    ("run: pip install «gradient»\n", Role.PACKAGE, None),
    ("- repo: x\n  additional_dependencies: [«gradient»==1.0]\n", Role.PACKAGE, "additional_dependencies"),
    ("a: b # «gradient» is old\n", Role.COMMENT, ""),
    ("# LLM_PROVIDER: «gradient»\na: b\n", Role.STRING, "LLM_PROVIDER"),
    ("# Provider: «gradient» was good\na: b\n", Role.COMMENT, ""),
    ("# see secrets.«GRADIENT_KEY»\na: b\n", Role.ENV, ""),
    ("x: | # «gradient»\n  y\n", Role.COMMENT, ""),
    ("a: 'x # «gradient» y'\n", Role.VALUE, "a"),
    ("a: &«gradient» x\nb: *gradient\n", Role.CODE, ""),
    ("a: &gradient x\nb: *«gradient»\n", Role.CODE, ""),
    ("provider:\n  type: choice\n  default: «gradient»\n", Role.VALUE, "provider"),
    ("provider:\n  type: choice\n  options: [«gradient»]\n", Role.VALUE, "provider"),
    ("theme:\n  default: «gradient»\n", Role.VALUE, "default"),  # nothing says that a setting is declared
    ('data:\n  c.json: |\n    {"provider": "«gradient»", "model": "m"}\n', Role.VALUE, "provider"),
    ("é: ✓\n---\n𝒳: «gradient»\r\n", Role.VALUE, "𝒳"),
    ("jobs:\n  a:\n    secrets:\n      «GRADIENT_KEY»: x\n", Role.ENV, "secrets"),
    ("secrets:\n  «GRADIENT_KEY»: x\n", Role.KEY, "secrets"),  # no workflow
]


def at(marked: str) -> tuple[str, int, int]:
    before, rest = marked.split("«")
    inside, after = rest.split("»")
    return before + inside + after, len(before), len(before) + len(inside)


@pytest.mark.parametrize(("marked", "role", "key"), PLACES, ids=[marked for marked, *_ in PLACES])
def test_place(marked: str, role: Role, key: str | None) -> None:
    text, start, end = at(marked)
    place: Place = yaml.parse(text).place(start, end)
    assert place.role is role
    assert key is None or place.key == key
    assert place.start <= start
    assert end <= place.end


@pytest.mark.parametrize(
    ("marked", "siblings"),
    [
        ("a:\n  provider: x\n  model: «m»\nother: y\n", {"provider": "x"}),
        ("env:\n- {name: P, value: x}\n- name: M\n  value: «m»\n", {"P": "x"}),
        ("environment:\n- P=x\n- M=«m»\n", {"P": "x"}),
        ("run: |\n  cat > e <<E\n  P=x\n  M=«m»\n  E\n  Q=1\n", {"P": "x"}),
        ('d:\n  c.json: |\n    {"provider": "x", "model": "«m»"}\n', {"provider": "x"}),
    ],
)
def test_siblings(marked: str, siblings: dict[str, str]) -> None:
    text, start, end = at(marked)
    assert dict(yaml.parse(text).place(start, end).siblings) == siblings


def entry(text: str, key: str, which: int = 0) -> Entry:
    return [e for e in yaml.parse(text).entries() if e.key == key][which]


DELETIONS = [
    ("a: 1\nB: 2\nc: 3\n", "a: 1\nc: 3\n"),
    ("a: 1\nB: 2", "a: 1\n"),
    ("a: 1\r\nB: 2\r\nc: 3\r\n", "a: 1\r\nc: 3\r\n"),
    ("B:\n  x: 1\n  y: 2\n# next\nc: 3\n", "# next\nc: 3\n"),
    ("B: |\n  x\n\n  y\n\nc: 3\n", "\nc: 3\n"),
    ("a: 1\n# about B\nB: 2\n\nc: 3\n", "a: 1\n\nc: 3\n"),
    ("a: 1\n# about B and c\nB: 2\nc: 3\n", "a: 1\n# about B and c\nc: 3\n"),
    ("# head of the file\nB: 2\n\nc: 3\n", "# head of the file\n\nc: 3\n"),
    ("a: 1\n# C: 4\nB: 2\n", "a: 1\n# C: 4\n"),
    ("- B: 1\n  c: 2\n- d: 3\n", "- c: 2\n- d: 3\n"),
    ("{a: 1, B: 2, c: 3}\n", "{a: 1, c: 3}\n"),
    ("{a: 1, B: 2}\n", "{a: 1}\n"),
    ("{\n  B: 2,\n  c: 3\n}\n", "{\n  c: 3\n}\n"),
    ("x:\n  env:\n    B: 2\n  y: 1\n", "x:\n  y: 1\n"),
    ("e:\n- B=1\n- c=2\n", "e:\n- c=2\n"),
    ("env:\n- name: a\n  value: 1\n- name: B\n  value: 2\n", "env:\n- name: a\n  value: 1\n"),
    ("run: |\n  cat > e <<E\n  B=1\n  c=2\n  E\n", "run: |\n  cat > e <<E\n  c=2\n  E\n"),
    ('run: |\n  echo "B=1" >> .env\n  ls\n', "run: |\n  ls\n"),
    ("b: |\n  B=1\n  c=2\n", "b: |\n  c=2\n"),
]


@pytest.mark.parametrize(("before", "after"), DELETIONS, ids=[before for before, _ in DELETIONS])
def test_deletion(before: str, after: str) -> None:
    outer = entry(before, "B").outer
    assert outer is not None
    assert apply_edits(before, [Edit(*outer, "")]) == after
    assert yaml.check(before, after) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("B: 1\n", "only entry"),
        ("a:\n  B: 1\n", "only entry"),
        ("B: &x 1\nc: *x\n", "anchor"),
        ("- B: 1\n  # about c\n  c: 2\n", "comment"),
        ("{a: 1, # one\n B: 2}\n", "comment"),
        ("run: |\n  if x; then\n    echo B=1 >> .env\n  fi\n", "only command"),
        ("run: |\n  echo B=1 >> .env\n", "only command"),
        ("? B\n: 1\nc: 2\n", "shares its line"),
    ],
)
def test_stuck(text: str, why: str) -> None:
    found = entry(text, "B")
    assert found.outer is None
    assert why in found.stuck


def scopes(text: str, key: str) -> list[str]:
    return [e.scope for e in yaml.parse(text).entries() if e.key == key]


@pytest.mark.parametrize(
    ("text", "together"),
    [
        ("K: 1\nK: 2\n", True),
        ("a: {K: 1}\nb: {K: 2}\n", False),
        ("e:\n- K=1\n- K=2\n", True),
        ("run: |\n  cat > e <<E\n  K=1\n  K=2\n  E\n", True),
        ("run: |\n  cat > e <<E\n  K=1\n  E\n  cat > f <<E\n  K=2\n  E\n", False),
        ("run: |\n  echo K=1 >> e\n  ls\n  echo K=2 >> e\n", True),
        ("run: |\n  echo K=1 >> e\n  echo K=2 >> f\n", False),
        ("run: |\n  echo K=1 > e\n  echo K=2 > e\n", False),  # the second begins the file anew
        ("run: |\n  if x; then\n    echo K=1 >> e\n  else\n    echo K=2 >> e\n  fi\n", False),
        ("K: 1\n---\nK: 2\n", False),
    ],
)
def test_which_entries_belong_together(text: str, together: bool) -> None:
    first, second = scopes(text, "K")
    assert (first == second) is together


@pytest.mark.parametrize(
    "text",
    [
        "run: |\n  python - <<E\n  K=1\n  E\n",  # written into no file
        "run: |\n  echo hello K=1\n",
        "run: |\n  test K=1 && echo x >> e\n",
        'run: |\n  x \\\n  echo "K=1" >> e\n',  # an argument of the command before
        "run: |\n  cat > e <<E\n  if K=1\n  E\n",
    ],
)
def test_no_setting_is_written(text: str) -> None:
    assert not [e for e in yaml.parse(text).entries() if e.key == "K"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- x\n", "- y: z\n"),
        ("a: x\nb: 1\n", "a: y # z\nb: 1\n"),
        ("a: x # c\n", "a: y # z # c\n"),
        ("a: x\n", "a: [y]\n"),
        ("a: x\n", "a: 'y'\n"),
        ("a: x\n", "a: &y\n"),
        ("a: x\n", "a: !y z\n"),
        ("a: x\n", "a: on\n"),
        ("a: x\n", "a: 1.0\n"),
        ("a: x\n", "a: ~\n"),
        ("a: x\nb: 1\n", "a: x\nb: 1\nc: 2\n"),
        ("a: x\nb: 1\n", "a: |\n  x\n  b: 1\n"),
        ("a: |\n  x\nb: 1\nc: 1\n", "a: |\n  x\n  b: 1\nc: 1\n"),
        ("a: x # c\nb: 1\n", "a: x\nb: 1\n"),
        ("a: 1\n---\nb: 1\n", "a: 1\n"),
        ("a: {b: 1}\n", "a: {}\n"),
        ("a:\n  b: 1\n", "a:\n"),
    ],
)
def test_refused(before: str, after: str) -> None:
    assert yaml.check(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: x\n", "a: meta/llama-3:free\n"),
        ("a: 'x' # c\n", "a: 'y: z' # d\n"),
        ("a: 1\n", "b: 1\n"),
        ("a: 1\nb: 2\n", "b: 3\n"),
        ("a: &x 1\nb: *x\n", "a: &y 1\nb: *y\n"),
        ("a: 1 # c\nb: 2\n", "b: 2\n"),
        ("a: on\n", "a: off\n"),
        ("a: 12\n", "a: text\n"),
    ],
)
def test_kept(before: str, after: str) -> None:
    assert yaml.check(before, after) is None


@pytest.mark.parametrize(
    "text", ["{{ if x }}\na: b\n", "a: b: c\n", "a: *x\n", "\x00", "a: [", 'a: "', "\tb: 1", "[" * 5000, "%YAML 9\n"]
)
def test_unparsable(text: str) -> None:
    with pytest.raises(Unparsable):
        yaml.parse(text)


def test_data_keeps_what_stands_twice_and_resolves_nothing() -> None:
    assert yaml.data("on: no\non: 1.0\n---\n- [*x, a]\n".replace("*x", "b")) == [
        [("on", "no"), ("on", "1.0")],
        [["b", "a"]],
    ]


def test_bytes_that_are_no_utf8_are_carried() -> None:
    text = "a: \udce9x\nb: gradient\n"
    assert yaml.parse(text).place(text.index("gradient"), text.index("gradient") + 8).key == "b"


def test_holder_is_what_goes_when_all_entries_go() -> None:
    text = "x:\n  env:\n    A: 1\n    B: 2\n  y: 1\n"
    held = yaml.parse(text).holder(entry(text, "A").scope)
    assert held is not None
    assert held.outer is not None
    assert apply_edits(text, [Edit(*held.outer, "")]) == "x:\n  y: 1\n"
