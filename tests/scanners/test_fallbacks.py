"""Which literals stand in for a missing setting, and which defaults are right."""

from __future__ import annotations

import pytest

from offramp import migration
from offramp.document import Document
from offramp.model import Severity
from offramp.vocabulary import Vocabulary
from scanners.fallbacks import find, forms
from tests import cases

VOCABULARY = Vocabulary(migration.load(str(cases.FOLDER / "migration.yaml")))


def shapes(path: str, text: str) -> list[tuple[str, str, str]]:
    found = forms(Document.read(path, text.encode()), VOCABULARY)
    return [(form.shape, form.setting, form.literal) for form in found]


MUST = [
    ("a.py", "from os import *\ngetenv('GRADIENT_MODEL', 'x')", ("lookup", "GRADIENT_MODEL", "x")),
    ("a.py", "import os\nos.getenv('LLM_PROVIDER', 'gradient')", ("lookup", "LLM_PROVIDER", "gradient")),
    ("a.py", "import os as o\no.environ.get('GRADIENT_MODEL', 'x')", ("lookup", "GRADIENT_MODEL", "x")),
    ("a.py", "from os import getenv as g\ng('A', 'qwen/qwen3-32b')", ("lookup", "A", "qwen/qwen3-32b")),
    ("a.py", "import os\nos.getenv('OPENROUTER_MODEL') or 'x'", ("or", "OPENROUTER_MODEL", "x")),
    ("a.py", "import os\nM = 'x'\nos.getenv('OPENROUTER_MODEL') or M", ("or", "OPENROUTER_MODEL", "x")),
    ("a.py", "class S(BaseSettings):\n    openrouter_model: str = 'x'", ("settings field", "openrouter_model", "x")),
    ("a.py", "@attr.s\nclass S:\n    provider: str = 'gradient'", ("field", "provider", "gradient")),
    ("a.py", "class S(Base[int], Model):\n    provider: str = Field('gradient')", ("field", "provider", "gradient")),
    ("a.py", "x.option('-p', '--llm-provider', default='gradient')", ("option", "llm_provider", "gradient")),
    ("a.py", "provider = typer.Option('gradient')", ("option", "provider", "gradient")),
    ("a.py", "def f(*, provider='gradient'): ...", ("parameter", "provider", "gradient")),
    ("a.py", "getattr(o, 'provider', 'gradient')", ("mapping", "provider", "gradient")),
    ("a.py", "c['provider'] or 'gradient'", ("value", "provider", "gradient")),
    ("a.py", "c.get('provider') or 'gradient'", ("value", "provider", "gradient")),
    ("a.py", "DEFAULT_URL: str = 'https://inference.do-ai.run/v1/chat'", None),
    ("a.py", "import os\ndef f():\n k = os.getenv('GRADIENT_MODEL')\n if k is None:\n  return False", None),
    ("a.js", "const a = process.env['GRADIENT_MODEL'] ?? `x`", ("lookup", "GRADIENT_MODEL", "x")),
    ("a.ts", "const a = process.env.GRADIENT_MODEL! || 'x'", ("lookup", "GRADIENT_MODEL", "x")),
    ("a.ps1", '$p = $env:LLM_PROVIDER ?? "gradient"', ("expression", "LLM_PROVIDER", "gradient")),
    ("a.sh", "cat <<'EOF'\n${GRADIENT_MODEL:-x}\nEOF\n", ("quoted", "GRADIENT_MODEL", "x")),
    ("Makefile", "a:\n\techo $${GRADIENT_MODEL:-x}\n", ("escaped", "GRADIENT_MODEL", "x")),
    (
        ".github/workflows/a.yml",
        "a: ${{ inputs.x || vars.GRADIENT_MODEL || 'm' }}",
        ("expression", "GRADIENT_MODEL", "m"),
    ),
    ("a.tf", 'variable "gradient_model" {\n  default = "x"\n}', ("default", "gradient_model", "x")),
]


@pytest.mark.parametrize(("path", "text", "expected"), MUST, ids=[text for _, text, _ in MUST])
def test_found(path: str, text: str, expected: tuple[str, str, str] | None) -> None:
    found = shapes(path, text)
    assert len(found) == 1
    assert expected is None or found == [expected]


MUST_NOT = [
    ("a.py", "import os\nos.getenv('GRADIENT_TIMEOUT', 'a while')"),
    ("a.py", "import os\nos.getenv('OPENROUTER_MODEL', '30')"),
    ("a.py", "import os\nos.getenv('OPENROUTER_MODEL', 'true')"),
    ("a.py", "import os\nos.getenv('OPENROUTER_MODEL', './models/x')"),
    ("a.py", "import os\nos.getenv('OPENROUTER_MODEL', '')"),
    ("a.py", "import os\nos.getenv('OPENROUTER_MODEL', other)"),
    ("a.py", "import os\nos.getenv('OPENROUTER_MODEL', 'x', 'y')"),
    ("a.py", "import os\nos.getenv(*names, 'x')"),
    ("a.py", "import os\nos.getenv('STYLE', 'gradient')"),
    ("a.py", "import os\nos.getenv('OTHER', 'x') or 'y'"),
    ("a.py", "import os\nM = 'x'\nM = 'y'\nos.getenv('OPENROUTER_MODEL', M)"),
    ("a.py", 'import os\nf\'{os.getenv("PORT", "80")}\''),
    ("a.py", "def f(a):\n    if not a.b.c:\n        print('x')\n    @f()()\n    def g(): ..."),
    ("a.py", "import os\nos.getenv('X') or os.getenv('X')\nos.getenv('X') or 'y'"),
    ("a.py", "import os\nf = 'qwen/qwen3-32b'\nif not f:\n    f = 'qwen/qwen3-32b'"),
    ("a.py", "import os\nm = os.environ\nif not m:\n    m = 'qwen/qwen3-32b'"),
    ("a.py", "import os\nm = os.getenv('GRADIENT_MODEL')\nif not m:\n    m = f()"),
    ("a.py", "os.getenv('OPENROUTER_MODEL', 'x')"),
    ("a.py", "getenv('OPENROUTER_MODEL', 'x')"),
    ("a.py", "settings.get('style', 'gradient')"),
    ("a.py", "d.get('a')\nd.get(a, b)\nf(default='gradient')\nf('x', default='gradient')"),
    ("a.py", "config('OPENROUTER_MODEL', default='30')"),
    ("a.py", "x.option('--style', default='gradient')\nx.option(default=1)"),
    ("a.py", "class S:\n    provider: str = 'gradient'"),
    ("a.py", "@dataclass\nclass S:\n    a: int = 3\n    b: str\n    style: str = 'gradient'"),
    ("a.py", "DEFAULT_STYLE = 'gradient'\ndef f():\n    DEFAULT_PROVIDER = 'gradient'"),
    ("a.py", "MODEL = 'llama3.3-70b-instruct'"),
    ("a.py", "def f(style='gradient', n=3, *, m=None): ...\nx = a or 'gradient'\ny = a or b"),
    ("a.py", "import os\nk = os.getenv('OTHER')\nif not k:\n    x = 1\nif not k:\n    raise E"),
    ("a.py", "import os\ndef f():\n k = g()\n if not k:\n  return None\n if not j:\n  return 1\n if k > 1:\n  return"),
    ("a.py", "try:\n    x = f()\nexcept E:\n    x = g(y)\n"),
    ("a.py", "try:\n    x = f()\nexcept E:\n    x = 'something'\n    return x\n"),
    ("a.py", "os.getenv('OPENROUTER_MODEL', 'x'"),
    ("tests/a.py", "import os\nos.getenv('OPENROUTER_MODEL', 'x')"),
    ("lib/test_a.py", "import os\nos.getenv('OPENROUTER_MODEL', 'x')"),
    ("docs/conf.py", "import os\nos.getenv('OPENROUTER_MODEL', 'x')"),
    ("a.md", "${OPENROUTER_MODEL:-x}"),
    ("a.sh", "echo ${OPENROUTER_MODEL:-$OTHER} ${OPENROUTER_MODEL:?x} ${OPENROUTER_MODEL:+x} $OPENROUTER_MODEL"),
    ("a.sh", "# ${OPENROUTER_MODEL:-x}"),
    ("a.js", "const a = process.env.OPENROUTER_MODEL ?? other, b = process.env.PORT || '3000'"),
    ("a.js", "const a = process.env.OPENROUTER_MODEL ?? `${x}`, c = 'a' || 'b', d = x && 'gradient'"),
    ("a.js", "const style = theme ?? 'gradient'; function f(style = 'gradient') {} z.default('gradient')"),
    ("a.js", "const { style = 'gradient' } = props; f('gradient'); const provider = 'gradient'; a = 'x'"),
    ("a.js", "const a = process.env.OPENROUTER_MODEL ??"),
    (
        "a.tf",
        'variable "style" {\n  default = "gradient"\n}\nlocals { default = "gradient" }\nvariable "x" { default = 3 }',
    ),
    ("a.tf", 'variable "openrouter_model" {'),
    ("a.ps1", "# $env:LLM_PROVIDER ?? 'gradient'\n$env:STYLE ?? 'gradient'\n[string]$Style = 'gradient'"),
    (".github/workflows/a.yml", "a: ${{ vars.STYLE || 'gradient' }} ${{ vars.OPENROUTER_MODEL }} ${{ a || b }}"),
    ("Dockerfile", "ENV PORT=80 STYLE=gradient OPENROUTER_MODEL=$M"),
    ("Makefile", "STYLE ?= gradient\nOPENROUTER_MODEL ?= $(M)\nOPENROUTER_MODEL = x"),
]


@pytest.mark.parametrize(("path", "text"), MUST_NOT, ids=[f"{path}: {text}" for path, text in MUST_NOT])
def test_silent(path: str, text: str) -> None:
    assert shapes(path, text) == []


def test_a_secret_is_critical_and_its_value_is_not_told() -> None:
    document = Document.read("a.py", b"import os\nos.getenv('OPENROUTER_API_KEY', 'hunter2hunter2')")
    (found,) = find(document, VOCABULARY)
    assert found.severity is Severity.CRITICAL
    assert "hunter2" not in found.message + found.text
