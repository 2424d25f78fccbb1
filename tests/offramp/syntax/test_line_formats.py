"""Formats that are read line by line: INI, requirements, env files, Makefiles, PowerShell, install commands."""

from __future__ import annotations

import pytest

from offramp.syntax import commands, env, ini, makefile, powershell, requirements, specification
from tests.offramp.syntax.places import document, entries, place, told, without


@pytest.mark.parametrize(
    ("path", "text", "role", "key"),
    [
        ("a.ini", "[llm]\nprovider = «p»", "value", "provider"),
        ("a.properties", "llm.provider=«p»", "value", "llm.provider"),
        ("a.ini", "provider: «p»", "value", "provider"),
        ("a.ini", "[env]\n«P» = x", "key", "env"),
        ("a.ini", "[«p»]\na = 1", "key", ""),
        ("a.ini", "; «p»", "comment", ""),
        ("a.ini", "# P=«p»", "value", "P"),
        ("a.service", "[Service]\nEnvironment=«P»=x", "env", ""),
        ("a.service", '[Service]\nEnvironment="LLM_PROVIDER=«p»" B=2', "value", "LLM_PROVIDER"),
        ("a.conf", '[program:a]\nenvironment=A="b",LLM_PROVIDER="«p»"', "value", "LLM_PROVIDER"),
        ("a.service", '[Service]\nEnvironment=A=b \\\n  "LLM_PROVIDER=«p»"', "value", "LLM_PROVIDER"),
        ("a.service", "[Service]\nExecStart=/bin/x --a «p»", "value", "ExecStart"),
        ("setup.cfg", "[options]\ninstall_requires =\n  a\n  «p»>=1", "package", "pip"),
        ("setup.cfg", "[options.extras_require]\nx = «p»", "package", "pip"),
        ("setup.cfg", "[options]\ninstall_requires =\n  x-«p»", "string", ""),
        ("tox.ini", "[testenv]\ndeps =\n  py311: «p»", "package", "pip"),
        ("tox.ini", "[testenv]\ncommands =\n  pip install «p»", "package", "pip"),
        ("tox.ini", "[testenv]\nsetenv =\n  LLM_PROVIDER = «p»", "value", "LLM_PROVIDER"),
        ("tox.ini", "[testenv]\npassenv = «P»", "env", ""),
        ("a.ini", "no entry «p»", "text", ""),
        ("requirements.txt", "«p»", "package", "pip"),
        ("requirements.txt", "«p»[x]>=1 ; a == 'b' # c", "package", "pip"),
        ("requirements.txt", "-r «p».txt", "text", ""),
        ("requirements.txt", "--index-url https://«p».test", "text", ""),
        ("requirements.txt", "git+https://x/«p»", "text", ""),
        ("requirements.txt", "a # via «p»", "comment", ""),
        ("requirements.txt", "# «p»", "comment", ""),
        ("requirements.txt", "«p» is a sentence", "text", ""),
        ("requirements.txt", "./«p»", "text", ""),
        (".env", "«P»=x", "key", ""),
        (".env", "export «P»=x", "key", ""),
        (".env", "LLM_PROVIDER=«p» # c", "value", "LLM_PROVIDER"),
        (".env", 'LLM_PROVIDER="«p»"', "value", "LLM_PROVIDER"),
        (".env", "A=1 # «p»", "comment", ""),
        (".env", "# about «p»", "comment", ""),
        (".env", "# LLM_PROVIDER=«p»", "value", "LLM_PROVIDER"),
        (".env", 'A="x\n«p»\ny"', "value", "A"),
        ("Makefile", "«P» ?= x", "key", ""),
        ("Makefile", "export «P»", "env", ""),
        ("Makefile", "LLM_PROVIDER ?= «p»", "value", "LLM_PROVIDER"),
        ("Makefile", "a:\n\techo $(«P»)", "env", ""),
        ("Makefile", "a:\n\techo $$«P»", "env", ""),
        ("Makefile", "a:\n\t«P»=x run", "env", ""),
        ("Makefile", "a:\n\trun --provider «p»", "value", "provider"),
        ("Makefile", "a:\n\tpip install «p»", "package", "pip"),
        ("Makefile", "# «p»", "comment", ""),
        ("Makefile", "A = 1 # «p»", "comment", ""),
        ("Makefile", "«p»: x", "text", ""),
        ("a.ps1", "$env:«P» = 'x'", "env", ""),
        ("a.ps1", "${env:«P»}", "env", ""),
        ("a.ps1", "Test-Path env:«P»", "env", ""),
        ("a.ps1", "[Environment]::GetEnvironmentVariable('«P»')", "env", ""),
        ("a.ps1", "if ($Provider -eq '«p»') {}", "string", "Provider"),
        ("a.ps1", "if ('«p»' -eq $Provider) {}", "string", "Provider"),
        ("a.ps1", "if ($Provider -in @('a', '«p»')) {}", "string", "Provider"),
        ("a.ps1", "param([ValidateSet('«p»')][string]$Provider)", "string", "Provider"),
        ("a.ps1", "switch ($Provider) {\n  '«p»' { 1 }\n}", "string", "Provider"),
        ("a.ps1", "run -Provider «p»", "value", "Provider"),
        ("a.ps1", "@{\n  «P» = 'x'\n}", "key", ""),
        ("a.ps1", "# «p»", "comment", ""),
        ("a.ps1", "<# «p» #>", "comment", ""),
        ("a.ps1", "pip install «p»", "package", "pip"),
        ("a.ps1", "Write-Host '«p»'", "string", ""),
        ("a.ps1", "[Provider]::«p»", "code", ""),
        ("a.ps1", 'echo "no file at $«p»"', "code", ""),
        ("a.ps1", 'ssh $X "echo $Y; env | grep «P»"', "string", ""),
    ],
)
def test_place(path: str, text: str, role: str, key: str) -> None:
    assert told(path, text)[:2] == (role, key)


@pytest.mark.parametrize(
    ("path", "text", "key", "after"),
    [
        ("a.ini", "[a]\nP = 1\nb = 2\n", "P", "[a]\nb = 2\n"),
        ("a.ini", "[a]\nP = 1\n  more\nb = 2\n", "P", "[a]\nb = 2\n"),
        ("a.ini", "[a]\nb = 2\nP = 1", "P", "[a]\nb = 2"),
        ("a.service", "[Service]\nEnvironment=P=1\nUser=x\n", "P", "[Service]\nUser=x\n"),
        ("a.service", "[Service]\nEnvironment=P=1 Q=2\n", "P", "[Service]\nEnvironment=Q=2\n"),
        ("tox.ini", "[testenv]\nsetenv =\n  A = 1\n  P = 1\n", "P", "[testenv]\nsetenv =\n  A = 1\n"),
        (".env", "A=1\nexport P='x' # note\nB=2\n", "P", "A=1\nB=2\n"),
        (".env", 'A=1\nP="x\ny"\nB=2\n', "P", "A=1\nB=2\n"),
        (".env", "A=1\r\nP=1", "P", "A=1"),
        ("Makefile", "A = 1\nP ?= x \\\n  y\nb:\n", "P", "A = 1\nb:\n"),
        ("a.ps1", "a\n$env:P = 'x'\nb\n", "P", "a\nb\n"),
        ("a.ps1", "$h = @{\n  A = 1\n  P = 'x'\n}\n", "P", "$h = @{\n  A = 1\n}\n"),
    ],
)
def test_delete(path: str, text: str, key: str, after: str | None) -> None:
    assert without(path, text, key) == after


@pytest.mark.parametrize(
    ("path", "text", "keys"),
    [
        (".env", "A=1\n# B=2\nC: 3\nD\n=4\n", ["A", "C"]),
        (".env", "A='x\nB=1\n", ["A", "B"]),
        (".env", "A=1\nA=2\n", ["A", "A"]),
        ("a.ini", "[a]\nb\n# c = 1\n; d = 1\ne = 1\n", ["e"]),
        ("Makefile", "a: b\n\tC=1 run\nD := 1\n", ["D"]),
        ("a.ps1", "# $env:A = 1\n$env:B = 1\n$c = @{\n  D = 1\n  E = @{\n    F = 1\n  }\n}\nG = 1\n", ["B", "D", "F"]),
        ("requirements.txt", "a==1\n", []),
    ],
)
def test_entries(path: str, text: str, keys: list[str]) -> None:
    assert [entry.key for entry in entries(path, text)] == keys


def test_commented_settings_of_an_env_file() -> None:
    tree = document(".env", "# A=1\n#B=2\n# see C\nD=1\n").tree
    assert isinstance(tree, env.EnvFile)
    assert [entry.key for entry in tree.commented()] == ["A", "B"]
    assert env.data("A=1\n# A=2\nA=3\n") == {"A": "3"}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("pip install p", ["p"]),
        ("python -m pip install -U 'p[x]>=1,<2' q", ["p[x]>=1,<2"]),
        ("pip install \\\n  # note\n  p==1 \\\n  q", ["p==1"]),
        ("pip install `\r\n  p", ["p"]),
        ("uv add p; uv pip install p", ["p", "p"]),
        ("uv run --with p run.py", ["p"]),
        ("poetry add p@^1", ["p@^1"]),
        ("npm i -g p@^1 && echo p", ["p@^1"]),
        ("npx p", ["p"]),
        ('["pip", "install", "p"]', ["p"]),
        ("pip install -r p", []),
        ("pip install -e p", []),
        ("pip install ./p https://p git+p", []),
        ("pip install a # p", []),
        ("pip install a | grep p", []),
        ("pip install a\np", []),
        ("pip show p", []),
        ("npm run install p", []),
        ("zip install p", []),
    ],
)
def test_install_commands(text: str, named: list[str]) -> None:
    found = [commands.package(text, i, i + 1) for i, c in enumerate(text) if c == "p"]
    spans = [
        (one.start, one.end) for one in found if one is not None and text[one.start - 1 : one.start] not in tuple("ai.")
    ]
    assert [text[start:end] for start, end in spans] == named


@pytest.mark.parametrize(
    ("existing", "version", "enough"),
    [
        ("openai", ">=1.0", True),
        ("openai>=0.5", ">=1.0", True),
        ("openai==1.0", ">=1.0", True),
        ("openai==1.4.2", ">=1.0", True),
        ("openai~=1.3", ">=1.0", True),
        ("openai<3,>=1", ">=2", True),
        ("openai ^4.20.0", "^4.0.0", True),
        ("openai!=1.0", ">=1.0", True),
        ("openai; python_version < '3'", ">=9", True),
        ("openai>=1", "", True),
        ("openai==0.28", ">=1.0", False),
        ("openai<1", ">=1.0", False),
        ("openai<=0.9", ">=1.0", False),
        ("openai~=0.28", ">=1.0", False),
        ("openai ^3.0", "^4.0.0", False),
        ("openai 3.0", "^4.0.0", False),
    ],
)
def test_admits(existing: str, version: str, enough: bool) -> None:
    assert specification.admits(existing, version) is enough


def test_specifications() -> None:
    assert specification.split("openai[x]>=1.0", "pip") == ("openai[x]", ">=1.0")
    assert specification.split("openai", "pip") == ("openai", "")
    assert specification.split("@scope/x@^1", "npm") == ("@scope/x", "^1")
    assert specification.split("@scope/x", "npm") == ("@scope/x", "")
    assert specification.same("Open_AI >= 1", "open-ai")
    assert not specification.same("openai-agents", "openai")


CHECKS = [
    (env, "A=1\n", "B=1\n", "A=1\nB=1\n"),
    (ini, "[a]\nb=1\n", "[a]\nc=1\n", "[a]\nb=1\nc=1\n"),
    (requirements, "a\n", "b\na\n", "a\na\n"),
    (requirements, "a\n", "a\na; python_version < '3'\n", "a==1\na==2\n"),
    (makefile, "A = 1\n", "B = 1\n", "A = 1\nB = 1\n"),
    (powershell, "f(1)\n", "f(2)\n", "f(1\n"),
]


@pytest.mark.parametrize(("module", "text", "fine", "wrong"), CHECKS)
def test_check(module: object, text: str, fine: str, wrong: str) -> None:
    check = module.check  # type: ignore[attr-defined]  # each of these modules has one
    assert check(text, fine) is None
    assert check(text, wrong) is not None


def test_requirements_of_several_lines() -> None:
    found, read = place("requirements.txt", "«p»==1 \\\n  --hash=sha256:a\nq\n")
    assert read.text[found.start : found.end] == "p==1 \\\n  --hash=sha256:a"


PATHS = ["a.ini", "requirements.txt", ".env", "Makefile", "a.ps1", "a.cfg", "a.txt"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "text", ["", "\r", "\n\n", "=", "\udce9=\0", "a=\\", '"' * 999, "@{" * 500, "[" * 99, "'\n" * 500]
)
def test_garbage(path: str, text: str) -> None:
    tree = document(path, text).tree
    for start in (0, len(text) // 2, len(text)):
        tree.place(start, len(text))
    tree.entries()


def test_a_name_in_a_string_that_is_put_together() -> None:
    assert place("a.ps1", 'echo "${x}«P»"')[0].built
    assert place("a.ps1", 'echo "«P»$x"')[0].built
    assert not place("a.ps1", 'echo "$x: «P» is missing"')[0].built
