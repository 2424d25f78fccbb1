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
    ("run: |\n  cat > .env <<EOF\n  «GRADIENT_KEY»=x\n  EOF\n", Role.KEY, ""),
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
    ('if: $LLM_PROVIDER == "«gradient»" && $X\n', Role.STRING, "LLM_PROVIDER"),
    ("if: '$X == \"y\" && $«GRADIENT_KEY»'\n", Role.ENV, "if"),
    ("if: $LLM_PROVIDER =~ /«gradient»/\n", Role.STRING, "LLM_PROVIDER"),
    ("paths:\n  /«gradient»/ask: {}\n", Role.STRING, "paths"),
    ("- name: provider\n  schema: {type: string, default: «gradient»}\n", Role.VALUE, "provider"),
    ("entry: python -m «gradient»\n", Role.CODE, ""),
    ('expr: up{job="«gradient»"}\n', Role.RESOURCE, "job"),
    ('expr: up{provider=~"«gradient»|x"}\n', None, None),
    ("services: {a: {image: x, profiles: [«gradient»]}}\n", Role.RESOURCE, "profiles"),
    ("services:\n- name: «gradient»\n", Role.RESOURCE, "name"),
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
def test_place(marked: str, role: Role | None, key: str | None) -> None:
    text, start, end = at(marked)
    place: Place = yaml.parse(text).place(start, end)
    assert place.role is role if role is not None else place.role is not Role.RESOURCE
    assert key is None or place.key == key
    assert place.start <= start
    assert end <= place.end


JOB = "on: push\njobs:\n  a:\n    runs-on: x\n"


@pytest.mark.parametrize(
    ("marked", "theirs"),
    [
        (JOB + "    steps:\n    - uses: acme/ask@v1\n      with: {«gradient»: x}\n", "acme/ask@v1"),
        (JOB + "    steps:\n    - uses: ./ask\n      with: {«gradient»: x}\n", ""),
        (JOB + "    steps:\n    - run: x\n      env: {«gradient»: x}\n", ""),
        (
            JOB + "    steps:\n    - {id: s, uses: acme/ask@v1}\n    - run: echo ${{ steps.s.outputs.«gradient» }}\n",
            "acme",
        ),
        (JOB + "    steps:\n    - {id: s, run: x}\n    - run: echo ${{ steps.s.outputs.«gradient» }}\n", ""),
        (JOB + "    outputs: {x: '${{ needs.b.outputs.«gradient» }}'}\n  b: {uses: acme/f/w.yml@v1}\n", "acme/f"),
        (JOB + "    outputs: {x: '${{ needs.b.outputs.«gradient» }}'}\n  b: {uses: ./.github/w.yml}\n", ""),
        (JOB + "    environment: «gradient»\n", "outside of the repository"),
        (JOB + "    environment: {name: «gradient»}\n", "outside of the repository"),
        (JOB + "    steps:\n    - uses: ./x\n      with: {environment: «gradient»}\n", ""),
        (JOB + "    name: «gradient»\n", ""),
        ("version: 2\nworkflows: {a: {jobs: [{b: {context: [«gradient»]}}]}}\n", "outside of the repository"),
        ("variables:\n- group: «gradient»\n", "outside of the repository"),
        ("job: {script: x, tags: [«gradient»]}\n", "outside of the repository"),
        ("posts: {tags: [«gradient»]}\n", ""),
        ("name: x\nruns: {using: composite, steps: [{uses: a/b@v1, with: {«gradient»: x}}]}\n", "a/b@v1"),
    ],
)
def test_names_of_others(marked: str, theirs: str) -> None:
    text, start, end = at(marked)
    told = yaml.parse(text).place(start, end).theirs
    assert theirs in told
    assert bool(told) is bool(theirs)


@pytest.mark.parametrize(
    ("marked", "siblings"),
    [
        ("a:\n  provider: x\n  model: «m»\nother: y\n", {"provider": "x"}),
        ("env:\n- {name: P, value: x}\n- name: M\n  value: «m»\n", {"P": "x"}),
        ("environment:\n- P=x\n- M=«m»\n", {"P": "x"}),
        ("run: |\n  cat > .env <<E\n  P=x\n  M=«m»\n  E\n  Q=1\n", {"P": "x", "M": "m"}),
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
    ("run: |\n  cat > .env <<E\n  B=1\n  c=2\n  E\n", "run: |\n  cat > .env <<E\n  c=2\n  E\n"),
    ('run: |\n  echo "B=1" >> .env\n  ls\n', "run: |\n  ls\n"),
    ("b: |\n  B=1\n  c=2\n", "b: |\n  c=2\n"),
    ("? B\n: 1\nc: 2\n", "c: 2\n"),
    ("? B\n? c\n", "? c\n"),
    ("a: 1\n? B\n", "a: 1\n"),
    ("- ? B\n  : x\n  ? c\n", "- ? c\n"),
    ("a: 1\nB: # none\n\nc: 3\n", "a: 1\n\nc: 3\n"),
    ("{a, B, c: }", "{a, c: }"),
    ("{c: 1, B: }", "{c: 1 }"),
    ("{? B : 1, c: 2}", "{c: 2}"),
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
        ("run: |\n  echo B=1 >> .env\n", "nothing would be left"),
    ],
)
def test_stuck(text: str, why: str) -> None:
    found = entry(text, "B")
    assert found.outer is None
    assert why in found.stuck


ITEMS = [
    # a list with the item that goes between « and »
    ("- a\n- «b»\n- c\n", "- a\n- c\n"),
    ("- «a»\n- b\n", "- b\n"),
    ("- # foo - bar\n  «a»: 1\n- b\n", "- b\n"),
    ("- a\n-\n  «b»: 1\n  c: 2\n", "- a\n"),
    ("- - «a»\n  - b\n", "- - b\n"),
    ("- - a\n  - «b»\n- c\n", "- - a\n- c\n"),
    ("k: &x\n  # c - d\n  - «a»\n  - b\n", "k: &x\n  # c - d\n  - b\n"),
    ("[a, «b»]\n", "[a]\n"),
    ("[\n  a,\n  «b», # c\n  c\n]\n", "[\n  a,\n  c\n]\n"),
    ("[«a»: 1, b]\n", "[b]\n"),
    ("- |\n  «x»\n\n- b\n", "\n- b\n"),
]


@pytest.mark.parametrize(("marked", "after"), ITEMS, ids=[marked for marked, _ in ITEMS])
def test_deletion_of_an_item(marked: str, after: str) -> None:
    text, start, _ = at(marked)
    tree = yaml.parse(text)
    node = tree.leaf_at(start)
    while node is not None and (node.parent is None or node.parent.kind != "sequence"):
        node = node.parent
    assert node is not None
    outer, stuck = tree.removal(node)
    assert outer is not None, stuck
    assert apply_edits(text, [Edit(*outer, "")]) == after
    assert yaml.check(text, after) is None


def test_an_item_that_is_alone_stays() -> None:
    tree = yaml.parse("a: [b]\n")
    assert tree.removal(tree.leaves[1]) == (None, "it is the only item of its list")
    assert tree.removal(tree.roots[0]) == (None, "it is the whole document")


def scopes(text: str, key: str) -> list[str]:
    return [e.scope for e in yaml.parse(text).entries() if e.key == key]


@pytest.mark.parametrize(
    ("text", "together"),
    [
        ("K: 1\nK: 2\n", True),
        ("a: {K: 1}\nb: {K: 2}\n", False),
        ("e:\n- K=1\n- K=2\n", True),
        ("run: |\n  cat > .env <<E\n  K=1\n  K=2\n  E\n", True),
        ("run: |\n  cat > .env <<E\n  K=1\n  E\n  cat > f.env <<E\n  K=2\n  E\n", False),
        ("run: |\n  echo K=1 >> e\n  ls\n  echo K=2 >> e\n", True),
        ("run: |\n  echo K=1 >> e\n  echo K=2 >> f\n", False),
        ("run: |\n  echo K=1 > e.env\n  echo K=2 > f.env\n", False),
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
        "run: |\n  cat > .env <<E\n  if K=1\n  E\n",
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
        ("a: x\n", "a: 'x'\n"),
        ("a: 'x'\n", "a: y\n"),
        ("a: true\n", "a: 'false'\n"),
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
        ("a: x\n", "a: 'y: z'\n"),
        ("a: 'x'\n", 'a: "y\\n"\n'),
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


FITTED = [
    # text with what is replaced between « and », the new text, what is written
    ("a: «x»\n", "z", "a: z\n"),
    ("a: «x»\n", "https://host/v1?a=b#c", "a: https://host/v1?a=b#c\n"),
    ("a: «x»\n", "${V:?V is not set: see .env}", 'a: "${V:?V is not set: see .env}"\n'),
    ("a: «x» # c\n", "y # z", 'a: "y # z" # c\n'),
    ("a: «x»\nb: 'c'\n", "on", "a: 'on'\nb: 'c'\n"),
    ("a: «x»\n", "1.0", 'a: "1.0"\n'),
    ("a: «x»\n", "1e3", 'a: "1e3"\n'),  # a number of YAML 1.2
    ("a: «x»\n", "n", 'a: "n"\n'),
    ("a: «x»\n", "", 'a: ""\n'),
    ("a: «x»\n", " y", 'a: " y"\n'),
    ("a: «x»\n", "- y", 'a: "- y"\n'),
    ("a: «x»\n", "-y", "a: -y\n"),
    ("a: «x»\n", "a\nb", 'a: "a\\nb"\n'),
    ("a: «x»\n", 'say "a: b"', 'a: "say \\"a: b\\""\n'),
    ("a: «12»\n", "13", "a: 13\n"),
    ("a: «12»\n", "${PORT}", "a: ${PORT}\n"),
    ("a: one «x» it's\n", "two: three", 'a: "one two: three it\'s"\n'),
    ("a: 'q'\nb: one «x» it's\n", "y: z", "a: 'q'\nb: 'one y: z it''s'\n"),
    ('a: one "«x»" b\n', "y: z", 'a: "one \\"y: z\\" b"\n'),
    ("a: one\n  «x»\n", "y: z", 'a: "one\n  y: z"\n'),
    ("«a»: x\n", "b: c", '"b: c": x\n'),
    ("«a»: x\n", "true", '"true": x\n'),
    ("a: [«x», y]\n", "b,c", 'a: ["b,c", y]\n'),
    ("a: {b: «x»}\n", "c}", 'a: {b: "c}"}\n'),
    ("a: b,«x»\n", "c]", "a: b,c]\n"),
    ("a: '«x»'\n", "it's", "a: 'it''s'\n"),
    ("a: 'it''s «x»'\n", "a\nb", 'a: "it\'s a\\nb"\n'),
    ('a: "«x»"\n', 'C:\\n "q"', 'a: "C:\\\\n \\"q\\""\n'),
    ('a: "\\tx «y»"\n', "z\t", 'a: "\\tx z\t"\n'),
    ('a: "z «\\"x\\"»"\n', '\\"y\\"', 'a: "z \\"y\\""\n'),  # a part that is written text
    ('a: "«\\"x\\"»"\n', "C:\\n", 'a: "C:\\\\n"\n'),
    ("a: !!str «1»\n", "2", "a: !!str 2\n"),
    ("a: &n «x»\nb: *n\n", "on", 'a: &n "on"\nb: *n\n'),
    ("a: |\n  one «x»\n", "y: z # w", "a: |\n  one y: z # w\n"),
    ("a: |\n  one «x»\n  two\n", "y\n\nz", "a: |\n  one y\n  \n  z\n  two\n"),
    ("a: |\n  one «x»\n  two\n", "y\n    z", "a: |\n  one y\n    z\n  two\n"),  # written text
    ("a: |-\n«  one\n  two\n»b: 1\n", "three\n four", "a: |-\n  three\n   four\nb: 1\n"),
    ("a: |\r\n«  one\r\n\r\n»b: 1\r\n", "x\ny\n", "a: |\r\n  x\r\n  y\r\n\r\nb: 1\r\n"),
    ("a: «»b\n", "# c\n", "a: # c\nb\n"),  # beside the scalar, not in it
    ("a: b # «x»\n", "y: z", "a: b # y: z\n"),
    ("OLD: 1\n«A»: x\n", "OLDER", "OLD: 1\nOLDER: x\n"),
    ("NEW: x\n«OLD»: x\n", "NEW", "NEW: x\nNEW: x\n"),  # merge_duplicates deletes one
]


@pytest.mark.parametrize(("marked", "new", "after"), FITTED, ids=[f"{marked}-{new}" for marked, new, _ in FITTED])
def test_fit(marked: str, new: str, after: str) -> None:
    text, start, end = at(marked)
    assert apply_edits(text, yaml.fit(text, [Edit(start, end, new)])) == after


def test_a_block_that_keeps_its_blank_lines_gets_no_more_of_them() -> None:
    text = "a: |+\n  x\nB: |\n  y\n\nc: 3\n"
    outer = entry(text, "B").outer
    assert outer is not None
    with pytest.raises(ValueError, match="would be read as"):
        yaml.fit(text, [Edit(*outer, "")])
    outer = entry(text, "c").outer
    assert outer is not None
    assert yaml.fit(text, [Edit(*outer, "")]) == [Edit(*outer, "")]
    gone = [Edit(0, 10, ""), Edit(10, 20, "")]
    assert yaml.fit(text, gone) == gone


def test_several_edits_of_one_scalar() -> None:
    text = "a: x y z\nb: x\n"
    fitted = yaml.fit(text, [Edit(3, 4, "'"), Edit(12, 13, "on"), Edit(7, 8, ": #")])
    assert apply_edits(text, fitted) == 'a: "\' y : #"\nb: "on"\n'


@pytest.mark.parametrize(
    ("marked", "new", "why"),
    [
        ("a: «true»\n", "1.0", "read as float"),
        ("a: «12»\n", "null", "read as null"),
        ("a: >\n  one «x»\n  two\n", "y\nz", "folded"),
        ("a: |2\n   one «x»\n", "y\nz", "how deep"),
        ("a: |\n  one «x»\n", "\x07", "control"),
        ("a: |\n  «x»\n", " y", "begin with a blank"),
        ("a: >\n  x\n  «x»\n", " y", "begin with a blank"),
        ("a: !!str«»\nb: 1\n", "y", "no text"),
        ("a: ! «12»\n", "13", "no name"),
        ("a: |\n«  x\n»b: 1\n", "y", "ends with 1 line breaks"),
        ("a: |\n«  x\n»b: 1\n", " y\n", "as it stands"),
        ("NEW: x\n«OLD»: y\n", "NEW", "already there"),
        ("NEW: {}\n«OLD»: {}\n", "NEW", "already there"),
        ("«OLD»: y\n", "x" * 1001, "too long"),
        ('a: "x\\«n»y"\n', "q", "cut in two|read as"),
    ],
)
def test_what_does_not_fit(marked: str, new: str, why: str) -> None:
    text, start, end = at(marked)
    with pytest.raises(ValueError, match=why):
        yaml.fit(text, [Edit(start, end, new)])


def test_what_is_filled_in_is_never_written_as_it_is_masked() -> None:
    text = "- shell: tool init {{ name }}\n"
    name = text.index("name")
    with pytest.raises(ValueError, match="filled in"):
        yaml.fit(text, [Edit(name, name + 4, "~")])
    assert yaml.fit(text, [Edit(name, name + 4, "other")]) == [Edit(name, name + 4, "other")]
