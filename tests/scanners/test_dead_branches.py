"""What is dead because the new provider is handled as well, and what only looks like it."""

from __future__ import annotations

import pytest

from offramp import migration
from offramp.document import Document
from offramp.vocabulary import Vocabulary
from scanners.dead_branches import find, forms
from tests import cases

VOCABULARY = Vocabulary(migration.load(str(cases.FOLDER / "migration.yaml")))


def dead(path: str, text: str) -> list[tuple[str, bool]]:
    found = forms(Document.read(path, text.encode()), VOCABULARY)
    return [(one.what, bool(one.stuck)) for one in found]


MUST = [
    ("a.py", "if p['provider'] == 'gradient':\n  a()\nelif p['provider'] == 'openrouter':\n  b()", ("a branch", False)),
    ("a.py", "if p.lower() == 'gradient':\n  a()\nelif p.lower() == 'openrouter':\n  b()", ("a branch", False)),
    ("a.py", "if e('P') == 'gradient':\n  a()\nelif e('P') in {'openrouter'}:\n  b()", ("a branch", False)),
    ("a.py", "if (p := f()) == 'gradient':\n  a()\nelif (p := f()) == 'openrouter':\n  b()", ("a branch", True)),
    ("a.py", "if p == 'gradient':\n  exit(1)", ("a guard", True)),
    ("a.py", "match p:\n  case 'gradient':\n    raise E\n  case 'openrouter':\n    b()", ("a guard", True)),
    ("a.py", "match p:\n  case 'gradient' if x:\n    a()\n  case 'openrouter':\n    b()", ("a case", False)),
    ("a.py", "if p == 'gradient':\n  a()\nif p == 'openrouter':\n  b()", ("a branch", False)),
    ("a.py", "if p in ('gradient', 'openai'):\n  a()\nelif p == 'openrouter':\n  b()", ("a member", False)),
    ("a.py", "PROVIDERS2 = ['gradient', 'openrouter', x]", ("a member", False)),
    ("a.py", "for p in ['gradient', 'openrouter']: ...", ("a member", False)),
    ("a.py", "x: typing.Literal['gradient', 'openrouter']", ("a member", False)),
    ("a.py", "def f(providers=('gradient', 'openrouter',)): ...", ("a member", False)),
    ("a.py", "parametrize(provider=['openrouter', 'gradient'])", ("a member", False)),
    ("a.py", "X = {P.GRADIENT: 1, P.OPENROUTER: 2}", ("an entry", False)),
    ("a.ts", "let p: 'gradient' | 'openrouter'", ("a member of a list", False)),
    ("a.ts", "const a = { gradient: 1, openrouter: 2 }", ("an entry", False)),
    ("a.ts", "if (p === 'gradient') { process.exit(1) }", ("a guard", True)),
    ("a.ts", "switch (p) { case 'gradient': throw new Error() }", ("a guard", True)),
    ("a.ts", "switch (p) { case 'x': a(); case 'gradient': b(); break; case 'openrouter': c() }", ("a case", True)),
    ("a.ps1", "@('gradient', 'openrouter')", ("a member of a list", False)),
    ("a.sh", '[[ "$P" == gradient ]] && exit 1', ("a guard", True)),
    ("a.yaml", "embedding_provider:\n  enum: [gradient, openai]\n", None),
    ("a.json", '{"providers": {"gradient": 1, "openrouter": 2}}', ("an entry", False)),
    ("a.json", '{"colors": {"gradient": 1, "openrouter": 2}}', ("an entry", True)),
]


@pytest.mark.parametrize(("path", "text", "expected"), MUST, ids=[text for _, text, _ in MUST])
def test_found(path: str, text: str, expected: tuple[str, bool] | None) -> None:
    if expected is not None:
        assert dead(path, text) == [expected]


MUST_NOT = [
    ("a.py", "if p == 'gradient':\n  a()\nelif q == 'openrouter':\n  b()"),
    ("a.py", "if p == 'gradient':\n  a()\nelse:\n  b()"),
    ("a.py", "if p > 'gradient':\n  a()\nelif p == 'openrouter':\n  b()"),
    ("a.py", "if 'gradient' == 'openrouter':\n  a()\nelif f(x)(y) == 1:\n  b()"),
    ("a.py", "if p == 'gra' 'dient':\n  a()\nelif p == 'openrouter':\n  b()"),
    ("a.py", "if p in ():\n  a()\nelif p in [x, y]:\n  b()\nelif a and b:\n  c()"),
    ("a.py", "x = a if p == 'gradient' else b\ny = p == 'gradient' or q == 'openrouter'"),
    ("a.py", "match p:\n  case 'gradient':\n    a()\n  case _:\n    b()"),
    ("a.py", "match p:\n  case X():\n    a()\n  case 'gradient' | 'openai':\n    b()\n  case X() | Y():\n    c()"),
    ("a.py", "run(['gradient', 'openrouter'])\nx = 'gradient', 'openrouter'\nf('gradient', 'openrouter')"),
    ("a.py", "PROVIDERS = ['gradient', 'openai']\nX2 = ['gradient', 'openrouter', x]"),
    ("a.py", "x = {**a, 'gradient': 1}\ny = {a: 1, 'openrouter': 2}"),
    ("a.py", "class A:\n  G = 'gradient'\n  O = 'openrouter'\nclass B(Enum):\n  G = 'gradient'\n  x()"),
    ("a.py", 'f\'{1 if p == "gradient" else 2 if p == "openrouter" else 3}\''),
    ("a.py", "if p == 'gradient':"),
    ("a.ts", "f('gradient', 'openrouter'); const a = ['gradient', 'openai']; const s = { gradient: 1 }"),
    ("a.ts", "switch (p) { case 'gradient': a() } if (p !== 'gradient') {} else if (p === 'openrouter') {}"),
    ("a.ts", "if (p === 'gradient') { a() } else { b() } if (x) {} const y = p === 'gradient' ? 1 : 2"),
    ("a.ts", "if (f('gradient')) {} else if (p === 'openrouter') {} if (p === x) { g('gradient') }"),
    ("a.yaml", "steps:\n  - gradient\n  - other\non: [gradient, main]\n- gradient\n"),
    ("a.yaml", "a:\n  b: 1\n- gradient\n- openrouter\n"),
    ("a.sh", 'if [ "$P" != gradient ]; then exit 1; fi\nif [ "$P" = gradient ]; then echo x; fi'),
    ("a.css", ".gradient { } .openrouter { }"),
    ("a.json", '{"gradient": 1, "other": {"openrouter": 2}}'),
]


@pytest.mark.parametrize(("path", "text"), MUST_NOT, ids=[f"{path}: {text}" for path, text in MUST_NOT])
def test_silent(path: str, text: str) -> None:
    assert dead(path, text) == []


def test_a_guard_that_names_the_slug_is_no_finding_of_its_own() -> None:
    document = Document.read("a.py", b"if p == 'gradient':\n  exit(1)\nif p == P.GRADIENT:\n  exit(1)")
    assert [found.text for found in find(document, VOCABULARY)] == ["GRADIENT"]


def test_nothing_is_dead_without_a_slug() -> None:
    vocabulary = Vocabulary(migration.parse("schema: 1\nname: x\n", "x"))
    assert forms(Document.read("a.py", b"X = {'gradient': 1, 'openrouter': 2}"), vocabulary) == ()
