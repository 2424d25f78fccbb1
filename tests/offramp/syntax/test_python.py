"""What stands where in Python source, which entries there are, and what an edit must not break."""

from __future__ import annotations

import ast
import random
import re
import sysconfig
from pathlib import Path

import pytest

from offramp.document import Unparsable
from offramp.model import Role, apply_edits
from offramp.syntax import python
from offramp.syntax.python import PythonTree

STDLIB = Path(sysconfig.get_paths()["stdlib"])


def places(source: str) -> list[tuple[Role, str]]:
    """Role and key at each 'gradient' of a source, whatever its case."""
    tree = python.parse(source)
    spans = [matched.span() for matched in re.finditer("gradient", source, re.IGNORECASE)]
    return [(place.role, place.key) for place in (tree.place(*span) for span in spans)]


@pytest.mark.parametrize(
    ("source", "role", "key"),
    [
        ('provider = "gradient"', Role.STRING, "provider"),
        ('self.provider = x or "gradient"', Role.STRING, "x"),
        ('provider = "gradient" if a else b', Role.STRING, "provider"),
        ('provider: str = "gradient"', Role.STRING, "provider"),
        ('provider: Literal["gradient", "b"]', Role.STRING, "provider"),
        ('Provider = Literal["gradient"]', Role.STRING, "Provider"),
        ('def f(provider: Literal["gradient"]): ...', Role.STRING, "provider"),
        ('PROVIDERS = ("gradient", "b")', Role.STRING, "PROVIDERS"),
        ('model, provider = "m", "gradient"', Role.STRING, "provider"),
        ('a = provider = "gradient"', Role.STRING, "a"),
        ('if (provider := "gradient"): ...', Role.STRING, "provider"),
        ('x["provider"] = "gradient"', Role.STRING, "provider"),
        ('provider == "gradient"', Role.STRING, "provider"),
        ('"gradient" != settings.provider.lower()', Role.STRING, "provider"),
        ('x.provider in {"gradient", "b"}', Role.STRING, "provider"),
        ('"gradient" in providers', Role.STRING, "providers"),
        ('config["provider"] == "gradient"', Role.STRING, "provider"),
        ('config.get("provider") == "gradient"', Role.STRING, "provider"),
        ('os.getenv("LLM_PROVIDER") == "gradient"', Role.STRING, "LLM_PROVIDER"),
        ('provider.value == "gradient"', Role.STRING, "provider"),
        ('match provider:\n case "gradient" | "b": ...', Role.STRING, "provider"),
        ('match x:\n case {"provider": "gradient"}: ...', Role.STRING, "provider"),
        ('match x:\n case Foo(provider="gradient"): ...', Role.STRING, "provider"),
        ('match config["provider"]:\n case ("gradient", _): ...', Role.STRING, "provider"),
        ('Client(provider="gradient")', Role.STRING, "provider"),
        ('def f(provider="gradient"): ...', Role.STRING, "provider"),
        ('def f(a, *, provider="gradient"): ...', Role.STRING, "provider"),
        ('f = lambda provider="gradient": provider', Role.STRING, "provider"),
        ('class A:\n provider: str = Field("gradient", alias="x")', Role.STRING, "provider"),
        ('class A:\n provider = field(default="gradient")', Role.STRING, "provider"),
        ('{"provider": "gradient"}', Role.STRING, "provider"),
        ('x = {Key.PROVIDER: "gradient"}', Role.STRING, "PROVIDER"),
        ('x = {"provider": ["gradient"]}', Role.STRING, "provider"),
        ('PROVIDERS = {"gradient": 1}', Role.KEY, "PROVIDERS"),
        ('PROVIDERS = {"the gradient one": 1}', Role.STRING, "PROVIDERS"),
        ('PROVIDERS["gradient"]', Role.STRING, "PROVIDERS"),
        ('PROVIDERS.get("gradient")', Role.STRING, "PROVIDERS"),
        ('d.get("provider", "gradient")', Role.STRING, "provider"),
        ('getattr(x, "provider", "gradient")', Role.STRING, "provider"),
        ('monkeypatch.setattr(x, "provider", "gradient")', Role.STRING, "provider"),
        ('p.add_argument("-p", "--llm-provider", default="gradient")', Role.STRING, "llm_provider"),
        ('p.add_argument("--provider", choices=["gradient", "b"])', Role.STRING, "provider"),
        ('@click.option("--provider", default="gradient")\ndef f(): ...', Role.STRING, "provider"),
        ('provider: str = typer.Option("gradient", help="x")', Role.STRING, "provider"),
        ('provider.startswith("gradient")', Role.STRING, "provider"),
        ('get_provider("gradient")', Role.STRING, "get_provider"),
        ('self.assertEqual(x.provider, "gradient")', Role.STRING, "provider"),
        ('@pytest.mark.parametrize("provider", ["gradient"])\ndef t(): ...', Role.STRING, "provider"),
        ('@mark.parametrize("a, provider", [(1, "gradient")])\ndef t(): ...', Role.STRING, "provider"),
        ('@mark.parametrize(["a", "provider"], [param(1, "gradient")])\ndef t(): ...', Role.STRING, "provider"),
        ('for provider in ("gradient", "b"): ...', Role.STRING, "provider"),
        ('[p for p, provider in [(1, "gradient")]]', Role.STRING, "provider"),
        ('def provider():\n return "gradient"', Role.STRING, "provider"),
        ('def f() -> "gradient": ...', Role.STRING, "f"),
        ('class Provider(str, Enum):\n A = "gradient"', Role.STRING, "Provider"),
        ("class Provider(Enum):\n GRADIENT = 1", Role.CODE, "Provider"),
        ('class Provider:\n GRADIENT = "x"', Role.CODE, "Provider"),
        ("Provider.GRADIENT", Role.CODE, "Provider"),
        ("settings.Provider.GRADIENT.value", Role.CODE, "Provider"),
        ('os.environ["gradient"]', Role.ENV, ""),
        ('del os.environ["gradient"]', Role.ENV, ""),
        ('os.environ.get("gradient")', Role.ENV, ""),
        ('getenv("gradient", 1)', Role.ENV, ""),
        ('os.getenv("LLM_PROVIDER", "gradient")', Role.STRING, "LLM_PROVIDER"),
        ('os.environ["LLM_PROVIDER"] = "gradient"', Role.STRING, "LLM_PROVIDER"),
        ('monkeypatch.setenv("gradient", "x")', Role.ENV, ""),
        ('monkeypatch.setenv("PROVIDER", "gradient")', Role.STRING, "PROVIDER"),
        ('monkeypatch.setitem(os.environ, "gradient", "x")', Role.ENV, ""),
        ('"gradient" in os.environ', Role.ENV, ""),
        ('patch.dict(os.environ, {"gradient": "x"})', Role.ENV, "dict"),
        ('patch.dict("os.environ", {"gradient": "x"})', Role.ENV, "dict"),
        ('os.environ.update({"gradient": "x"})', Role.ENV, "environ"),
        ('run(c, env={**os.environ, "gradient": "x"})', Role.ENV, ""),
        ('x = os.environ | {"gradient": "x"}', Role.ENV, "x"),
        ('Field(envvar="gradient")', Role.ENV, ""),
        ("import a.gradient.b", Role.IMPORT, ""),
        ("from . gradient import x", Role.IMPORT, ""),
        ("from a.b import gradient", Role.CODE, "a.b"),
        ("from .b import x as gradient", Role.CODE, ""),
        ("f(gradient=1)", Role.CODE, ""),
        ("def f(gradient): ...", Role.CODE, ""),
        ('f"{gradient!r:>3}"', Role.CODE, ""),
        ('f"{gradient=}"', Role.CODE, ""),
        ("f\"{os.environ['gradient']:{w}}\"", Role.ENV, ""),
        ('"""Doc of gradient."""', Role.PROSE, ""),
        ('def f():\n """Doc of gradient."""', Role.PROSE, ""),
        ("x = 1  # gradient", Role.COMMENT, ""),
        ('f("pip install gradient")', Role.PACKAGE, "pip"),
        ('run(["pip", "install", "gradient"])', Role.PACKAGE, "pip"),
        # nothing that would prove a provider
        ('logger.info("the gradient is steep")', Role.STRING, "info"),
        ('x = ("a gradient "\n "of b")', Role.STRING, "x"),
        ("self.provider.gradient", Role.CODE, ""),
        ("providers.gradient", Role.CODE, ""),
        ('assert "gradient"', Role.STRING, ""),
        ('f(**{"a": 1})["x"] + "gradient"', Role.STRING, ""),
        ('"gradient" < 3', Role.STRING, ""),
        ('@mark.parametrize("a,b", ["gradient"])\ndef t(): ...', Role.STRING, ""),
        ('x = a["b"]() or "gradient"', Role.STRING, "b"),
    ],
)
def test_place(source: str, role: Role, key: str) -> None:
    assert places(source)[-1] == (role, key)


@pytest.mark.parametrize(
    ("source", "built"),
    [
        ('f"{a}gradient"', True),
        ('f"gradient{a}"', True),
        ('f"{a} gradient {b}"', False),
        ('f"{a}/gradient/{b}"', False),
        ('a + "gradient"', True),
        ('"gradient" + a', True),
        ('a + "x gradient"', False),
        ('"gradient" + a + b', True),
        ('"gradient%s" % a', True),
        ('"gradient %s" % a', False),
        ('"{}gradient".format(a)', True),
        ('"{} gradient".format(a)', False),
        ('x = "gradient" "x"', True),
        ('x = ("gradient "\n "x")', False),
        ('x = "gradient"', False),
        ('a - "gradient"', False),
    ],
)
def test_put_together_from_parts(source: str, built: bool) -> None:
    tree = python.parse(source)
    start = source.index("gradient")
    assert tree.place(start, start + 8).built is built


def test_whole_literals_and_siblings() -> None:
    source = 'f(provider="gradient", model=Model.LLAMA, n=3, url=u)\nx = {"provider": "gradient", "model": "m", **y}'
    tree = python.parse(source)
    call = tree.place(12, 20)
    assert call.spans(12, 20)
    assert dict(call.siblings) == {"model": "LLAMA"}
    start = source.rindex("gradient")
    assert dict(tree.place(start, start + 8).siblings) == {"model": "m"}
    members = 'class A:\n    provider = "gradient"\n    model: str = Field("m")\n    b = 1\n'
    start = members.index("gradient")
    place = python.parse(members).place(start, start + 8)
    assert dict(place.siblings) == {"model": "m"}
    assert "provider" not in place.siblings
    assert len(place.siblings) == 1


def test_offsets_are_characters() -> None:
    source = "é = '𝒳'; x = settings.provider == 'gradient'  # ✓\n\fy = b'\\x00'\r\n\tz = 1"
    source = source.replace("\tz", "z")
    tree = python.parse(source)
    name = next(n for n in ast.walk(tree.tree) if isinstance(n, ast.Attribute))
    assert tree.source(name) == "settings.provider"
    assert [tree.source(n) for n in ast.walk(tree.tree) if isinstance(n, ast.Name)] == ["é", "x", "y", "z", "settings"]


def test_decorators_belong_to_their_definition() -> None:
    tree = python.parse('@register("gradient")\ndef f(): ...\n')
    assert isinstance(tree.node_at(11, 19), ast.Constant)
    assert isinstance(tree.statement_at(11, 19), ast.FunctionDef)


@pytest.mark.parametrize(
    "source",
    [
        "print 'x'",
        "x = (",
        "\0",
        "x = '\udce9'",
        "x = " + "-" * 100_000 + "1",
        "x = " + "(" * 500,
        "# -*- coding: nope\nx =",
        "\tx\n y",
    ],
)
def test_what_is_no_python_is_unparsable(source: str) -> None:
    with pytest.raises(Unparsable, match=r"^line \d+: "):
        python.parse(source)


def test_garbage_raises_nothing_else() -> None:
    chance = random.Random(7)
    words = [
        '"',
        "'",
        '"""',
        "f'",
        "{",
        "}",
        "(",
        ")",
        "\\",
        "\n",
        "\r\n",
        "#",
        "x",
        "=",
        ":",
        "é",
        "\t",
        "\0",
        "import",
    ]
    for _ in range(3000):
        text = "".join(chance.choice(words) for _ in range(chance.randrange(20)))
        try:
            tree = python.parse(text)
        except Unparsable:
            continue
        for position in range(len(text)):
            tree.place(position, position + 1)
        tree.entries()


@pytest.mark.parametrize("name", ["typing.py", "dataclasses.py", "argparse.py", "test/test_fstring.py", "ast.py"])
def test_the_lexer_agrees_with_the_parser(name: str) -> None:
    path = STDLIB / name
    if not path.exists():
        pytest.skip("the standard library comes without its tests here")
    tree = python.parse(path.read_text(encoding="utf-8"))
    for node in tree.nodes:
        if isinstance(node, ast.Name) and not tree.in_f_string(node):
            start, end = tree.span(node)
            token = tree.tokens.at(start)
            assert token is not None
            assert (token.start, token.end) == (start, end)
            assert tree.node_at(start, end) is node
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and not tree.in_f_string(node):
            assert "".join(ast.literal_eval(tree.text[t.start : t.end]) for t in tree.literal(node)) == node.value


def test_names_inside_f_strings() -> None:
    source = "f'{a.b!r:>{c}} {{d}} \\N{EM DASH} {e=} {f(\"x\")} {g != h}' rf'\\{i}'"
    tree = python.parse(source)
    assert [source[t.start : t.end] for t in tree.names()] == ["a", "b", "c", "e", "f", "g", "h", "i"]


@pytest.mark.parametrize(
    ("source", "key", "result"),
    [
        ('x = {"a": 1, "b": 2}', "a", 'x = {"b": 2}'),
        ('x = {"a": 1, "b": 2}', "b", 'x = {"a": 1}'),
        ('x = {"a": 1}', "a", "x = {}"),
        ('x = {"a": 1,}', "a", "x = {}"),
        ('x = {\n    "a": 1,  # one\n    "b": 2,\n}', "a", 'x = {\n    "b": 2,\n}'),
        ('x = {\n    "a": 1,\n    "b": 2\n}', "b", 'x = {\n    "a": 1,\n}'),
        ('x = {\n    "a": (\n        1\n    ),\n    "b": 2,\n}', "a", 'x = {\n    "b": 2,\n}'),
        ('x = {"a": 1,\n     "b": 2}', "a", 'x = {\n     "b": 2}'),
        ('x = {"a": 1, "b": 2,\n     "c": 3}', "b", 'x = {"a": 1,\n     "c": 3}'),
        ('x = {"a": 1,\n     "b": 2}', "b", 'x = {"a": 1}'),
        ('x = {"é": "ü", ("a"): "v", "b": 2}', "a", 'x = {"é": "ü", "b": 2}'),
    ],
)
def test_deleting_an_entry(source: str, key: str, result: str) -> None:
    for newline in ("\n", "\r\n"):
        text = source.replace("\n", newline)
        entry = next(entry for entry in python.parse(text).entries() if entry.key == key)
        assert entry.outer is not None
        assert text[: entry.outer[0]] + text[entry.outer[1] :] == result.replace("\n", newline)


def test_entries_that_are_none() -> None:
    source = 'dict(a=1); {b: 1, f"c": 2, "d" "e": 3, 4: 5, **g}; f"{ {\'h\': 1} }"; x[{"i": "j"}.get("k")]'
    entries = python.parse(source).entries()
    assert [(entry.key, entry.value) for entry in entries] == [("i", "j")]
    stuck = python.parse('x = {"a": 1,  # note\n "b": 2}').entries()[0]
    assert stuck.outer is None
    assert stuck.stuck


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ("a = 1\nprint(a)", "b = 1\nprint(a)", "the name a would be undefined"),
        ("def f(a, b): ...", "def f(a, a): ...", "no longer compile"),
        ("f(a=1, b=2)\nfrom x import f", "f(a=1, a=2)\nfrom x import f", "no longer compile"),
        ("class A:\n x = 1\n y = 2", "class A:\n x = 1\n x = 2", "A.x would stand twice"),
        ("def a(): ...\ndef b(): ...", "def a(): ...\ndef a(): ...", "a would be defined twice"),
        ("from x import a\n__all__ = ['a']", "from x import a\n__all__ = ['b']", "__all__ would name b"),
        ("x = 1", "x = ", "no longer compile"),
        ("def f():\n return 1", "return 1", "no longer compile"),
        # not the edit's fault
        ("print(a)", "print(b)", None),
        ("print(a); b = 1", "print(a); c = 1", None),
        ("from x import *\nprint(a)", "from x import *\nprint(b)", None),
        ("print 'a'", "print 'b'", None),
        ("class A:\n x = 1\n x = 2", "class A:\n y = 1\n y = 2", None),
        ("from x import f\nf(a=1)", "from x import f\nf(b=1)", None),
    ],
)
def test_check(before: str, after: str, complaint: str | None) -> None:
    reason = python.check(before, after)
    assert reason is None if complaint is None else reason is not None and complaint in reason


@pytest.mark.parametrize(
    ("source", "need", "result"),
    [
        ("x = 1\n", "import:import os", "import os\n\nx = 1\n"),
        ("import sys\nx = 1\n", "import:import os", "import sys\nimport os\nx = 1\n"),
        ("import sys", "import:import os", "import sys\nimport os"),
        ('"""Doc."""\nx = 1\n', "import:import os", '"""Doc."""\n\nimport os\nx = 1\n'),
        ('"""Doc."""\n\nx = 1\n', "import:import os", '"""Doc."""\n\nimport os\n\nx = 1\n'),
        (
            "from __future__ import annotations\n\nx = 1\n",
            "import:import os",
            "from __future__ import annotations\n\nimport os\n\nx = 1\n",
        ),
        (
            "#!/usr/bin/python\n# licence\n\nx = 1\n",
            "import:import os",
            "#!/usr/bin/python\n# licence\n\nimport os\n\nx = 1\n",
        ),
        ("# é\nx = 1\n", "import:import os", "# é\nimport os\n\nx = 1\n"),
        ("import a; x = '''\n'''\ny = 1\n", "import:import os", "import a; x = '''\n'''\nimport os\ny = 1\n"),
        (
            "import a\nif a:\n    import b\nimport c\n\ndef f(): ...\n",
            "import:import os",
            "import a\nif a:\n    import b\nimport c\nimport os\n\ndef f(): ...\n",
        ),
        ("def f():\n    import os\n", "import:import os", "import os\n\ndef f():\n    import os\n"),
        ("", "import:import os", "import os\n"),
        ("import os\n", "import:import os", None),
        ("import os.path\n", "import:import os", "import os.path\nimport os\n"),
        ("try:\n    import os\nexcept ImportError: ...\n", "import:import os", None),
        ("from openai import OpenAI, X\n", "import:from openai import OpenAI", None),
        (
            "import a\n\n\nx = 1\n",
            "helper:def h():\n    return 1\n",
            "import a\n\n\ndef h():\n    return 1\n\n\nx = 1\n",
        ),
        ("import a\nx = 1\n", "helper:def h():\n    return 1\n", "import a\n\n\ndef h():\n    return 1\n\nx = 1\n"),
        ("def h(): ...\n", "helper:def h():\n    return 1\n", None),
        ("x = 1\n", "helper:def h():\n    return 1\n", "def h():\n    return 1\n\n\nx = 1\n"),
        ("x = 1\n", "nothing:known", None),
    ],
)
def test_provide(source: str, need: str, result: str | None) -> None:
    for newline in ("\n", "\r\n"):
        text = source.replace("\n", newline)
        edit = python.provide(text, need)
        if result is None:
            assert edit is None
            continue
        assert edit is not None
        done = apply_edits(text, [edit])
        assert done == (result if newline not in text else result.replace("\n", newline))
        assert python.provide(done, need) is None


def test_large_inputs_take_no_square() -> None:
    source = "x = {\n" + "".join(f'    "gradient{i}": "gradient",\n' for i in range(3000)) + "}\n"
    tree = python.parse(source)
    for token in tree.tokens.all:
        tree.place(token.start, token.end)
    assert isinstance(tree, PythonTree)
    assert len(tree.entries()) == 3000
