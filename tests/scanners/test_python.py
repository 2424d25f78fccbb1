"""References in Python source and notebooks: what is one, what only looks like one, and how sure that is."""

from __future__ import annotations

import json

import pytest

from offramp import migration
from offramp.document import Document
from offramp.evidence import weigh
from offramp.model import Confidence, Finding
from offramp.vocabulary import Vocabulary
from scanners import scan

MIGRATION = """
schema: 1
name: x
retire: {provider: gradient, names: [Gradient AI, Gradient]}
replace: {provider: openrouter, names: OpenRouter}
env: {GRADIENT_API_KEY: OPENROUTER_API_KEY, GRADIENT_MODEL_*: OPENROUTER_MODEL_*}
packages: {pip: {gradient-sdk: openai}}
modules: {lib.gradient_client: lib.llm_client, gradient: sdk, vendor.gradient_*: vendor.llm_*}
symbols: {GradientClient: LLMClient, gradient_*: llm_*}
homonyms: [gradient_accumulation*]
rewrites: [{language: python, match: "Gradient(token=$T)", replace: "OpenAI(api_key=$T)"}]
"""


def findings(source: str, path: str = "app/main.py", text: str = MIGRATION) -> list[Finding]:
    vocabulary = Vocabulary(migration.parse(text, "x.yaml"))
    document = Document.read(path, source.encode())
    return weigh({path: document}, scan(document, vocabulary), vocabulary)


def summary(source: str, path: str = "app/main.py") -> list[tuple[str, str]]:
    found = sorted(findings(source, path), key=lambda f: (f.start, -f.end))
    return [(f.rule.removeprefix("retired-"), f.text) for f in found if f.confidence > Confidence.LOW]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import lib.gradient_client", [("import", "lib.gradient_client")]),
        ("import lib.gradient_client as c\nc.x()", [("import", "lib.gradient_client")]),
        ("import a, lib.gradient_client.sub", [("import", "lib.gradient_client")]),
        ("import shared.lib.gradient_client", [("import", "lib.gradient_client")]),
        ("from lib.gradient_client import (\n  x,\n  y,\n)", [("import", "lib.gradient_client")]),
        ("from lib.gradient_client import *", [("import", "lib.gradient_client")]),
        ("from lib import gradient_client as c", [("import", "gradient_client")]),
        ("from vendor.gradient_http import x", [("import", "vendor.gradient_http")]),
        ("import gradient", [("import", "gradient")]),
        ("import gradient.x as y", [("import", "gradient")]),
        ("from gradient.x import y", [("import", "gradient")]),
        (
            "import lib.gradient_client\nlib.gradient_client.x",
            [("import", "lib.gradient_client"), ("symbol", "lib.gradient_client")],
        ),
        ("import gradient\nf'{gradient.x}'", [("import", "gradient"), ("symbol", "gradient")]),
        (
            "def f():\n  from lib import gradient_client\n  gradient_client.x",
            [("import", "gradient_client"), ("symbol", "gradient_client")],
        ),
        ('patch("lib.gradient_client.x")', [("symbol", "lib.gradient_client")]),
        ('patch("shared.lib.gradient_client.x")', [("symbol", "lib.gradient_client")]),
        ('import_module(f"lib.{x}_client")', [("import", 'f"lib.{x}_client"')]),
        ('import_module("lib." + x)', [("import", '"lib." + x')]),
        ("Gradient(token=1)", [("symbol", "Gradient(token=1)"), ("symbol", "Gradient")]),
        ('os.environ["GRADIENT_API_KEY"]', [("env-var", "GRADIENT_API_KEY")]),
        (
            'GradientClient(os.environ["GRADIENT_MODEL_CHAT"])',
            [("symbol", "GradientClient"), ("env-var", "GRADIENT_MODEL_CHAT")],
        ),
        ('provider == "gradient"', [("provider-value", "gradient")]),
        ("GradientClient()", [("symbol", "GradientClient")]),
        ("GradientClient\nx-gradient_sum-y", [("symbol", "GradientClient"), ("symbol", "gradient_sum")]),
        ('"""Uses Gradient AI."""', [("name", "Gradient AI")]),
        ("import gradient_sdk  # Gradient AI", [("import", "gradient_sdk"), ("name", "Gradient AI")]),
    ],
)
def test_references(source: str, expected: list[tuple[str, str]]) -> None:
    assert summary(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "from other.gradient_client import x",
        "from .gradient import x",
        "from app.gradient import x",
        "import app.gradient",
        "from lib import gradient",
        "import lib.gradient_clients",
        "x.lib.gradient_client.y",
        "import lib\nlib.gradient_client",
        "def f(gradient_norm): return gradient_norm",
        "gradient = 1\nprint(gradient)",
        'x = {"gradient": 1}',
        'print("the gradient is steep")',
        "gradient_accumulation_steps = 1",
        "ingredient = gradients",
        "import_module(x)",
        'import_module("other." + x)',
        "MyGradientClient()",
        "# descend along the gradient",
        "class Gradient: ...",
        'os.environ["GRADIENT_MODEL_CHAT"]',
        "from torch import gradient_sum",
        "import lib . gradient_client",  # not as anybody writes it
    ],
)
def test_silence(source: str) -> None:
    assert summary(source) == []


@pytest.mark.parametrize(
    ("path", "source", "found"),
    [
        ("lib/api.py", "from .gradient_client import x", True),
        ("lib/api.py", "from . import gradient_client", True),
        ("shared/lib/api.py", "from .gradient_client import x", True),
        ("lib/a/b.py", "from ..gradient_client import x", True),
        ("lib/a/__init__.py", "from ..gradient_client import x", True),
        ("lib/a/b.py", "from .. import gradient_client", True),
        ("lib/a/b.py", "from .gradient_client import x", False),
        ("other/b.py", "from .gradient_client import x", False),
        ("b.py", "from ..gradient_client import x", False),
        ("b.py", "from .lib.gradient_client import x", True),
    ],
)
def test_relative_imports(path: str, source: str, found: bool) -> None:
    assert bool(summary(source, path)) is found


def test_names_from_a_retired_distribution_are_references_by_that_import() -> None:
    source = "from gradient import Gradient\nx = Gradient\n"
    assert [(f.text, f.confidence) for f in findings(source) if f.rule == "retired-symbol"] == [
        ("Gradient", Confidence.HIGH),
        ("Gradient", Confidence.HIGH),
    ]


def test_a_name_that_means_two_things_is_no_use_of_the_module() -> None:
    for other in (
        "def f(gradient_client): ...",
        "gradient_client = 1",
        "for gradient_client in x: ...",
        "llm_client = 2",
    ):
        source = f"from lib import gradient_client\n{other}\ngradient_client.x\n"
        kinds = [f.term.kind.value for f in findings(source)]
        assert kinds.count("module") == 1, other


def test_python_2_is_read_as_plain_text() -> None:
    assert ("env-var", "GRADIENT_API_KEY") in summary('print os.environ["GRADIENT_API_KEY"]')


def test_settings_that_stand_twice() -> None:
    source = 'x = {"OPENROUTER_API_KEY": 1, "OPENROUTER_API_KEY": 2, "a": 1, "a": 2}'
    assert summary(source) == [("duplicate-setting".removeprefix("retired-"), "OPENROUTER_API_KEY")]


def test_notebooks() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["Uses **Gradient AI**."]},
        {"cell_type": "code", "source": ["!pip install gradient-sdk\n", "from lib import gradient_client"]},
        {"cell_type": "code", "source": "gradient_client.x", "outputs": [{"text": ["GRADIENT_API_KEY"]}]},
        {"cell_type": "code", "source": ["x = '''\n", "GRADIENT_API_KEY'''"]},
    ]
    text = json.dumps({"cells": cells, "metadata": {"GRADIENT_API_KEY": 1}})
    found = sorted(findings(text, "notes.ipynb"), key=lambda f: f.start)
    assert [(f.rule.removeprefix("retired-"), text[f.start : f.end]) for f in found] == [
        ("name", "Gradient AI"),
        ("package", "gradient-sdk"),
        ("import", "gradient_client"),
        ("symbol", "gradient_client"),
        ("env-var", "GRADIENT_API_KEY"),
    ]
    assert [f.rule for f in findings("{", "notes.ipynb")] == []
    assert [f.text for f in findings('{"GRADIENT_API_KEY', "notes.ipynb")] == ["GRADIENT_API_KEY"]
