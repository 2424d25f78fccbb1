"""Code inside scalars, here-documents and arguments is read, changed and checked as its own language."""

from __future__ import annotations

import pytest

from offramp.document import Document
from offramp.model import Edit, Role, apply_edits
from offramp.syntax import env, json, scripts, shell, yaml

# text with «the span», role, key
PLACES = [
    ("run: |\n  tool --provider «gradient»\n", Role.VALUE, "provider"),
    ("run: tool --provider «gradient» && x\n", Role.VALUE, "provider"),
    ("run: 'tool --name ''a'' --provider «gradient»'\n", Role.VALUE, "provider"),
    ('run: "tool --name \\"a\\" --provider «gradient»"\n', Role.VALUE, "provider"),
    ("run: >\n  tool\n  --provider «gradient»\n", Role.VALUE, "provider"),
    ("run: |\n  if [ \"$LLM_PROVIDER\" = «gradient» ]; then\n    x\n  fi\n", Role.VALUE, "LLM_PROVIDER"),
    ("run: |\n  case $LLM_PROVIDER in\n    «gradient») x ;;\n  esac\n", Role.VALUE, "LLM_PROVIDER"),
    ("run: |\n  import lib.«gradient»\nshell: python\n", Role.IMPORT, ""),
    ("run: |\n  import lib.«gradient»\nshell: python {0}\n", Role.IMPORT, ""),
    ("run: |\n  $x = '${{ a.b }}'; f(\"«gradient»\", 1)\nshell: pwsh\n", Role.STRING, ""),
    ("defaults:\n  run:\n    shell: python\nsteps:\n- run: |\n    import lib.«gradient»\n", Role.IMPORT, ""),
    ("runs-on: windows-latest\nsteps:\n- run: |\n    if ($env:LLM_PROVIDER -eq '«gradient»') { x }\n", Role.STRING, "LLM_PROVIDER"),
    ("run: |\n  x = ${{ inputs.x }}\n  import lib.«gradient»\nshell: python\n", Role.IMPORT, ""),
    ("script:\n- tool --provider «gradient» now\n", Role.VALUE, "provider"),
    ("uses: actions/github-script@v7\nwith:\n  script: |\n    const a = {{provider: '«gradient»'}}\n".replace("{{", "{").replace("}}", "}"), Role.VALUE, "provider"),
    ("command: [python, -c, 'import lib.«gradient»']\n", Role.IMPORT, ""),
    ("command: [sh, -c]\nargs: ['tool --provider «gradient» x']\n", Role.VALUE, "provider"),
    ("command: [sh, -c]\nargs:\n- |\n  tool --provider «gradient» x\n", Role.VALUE, "provider"),
    ("healthcheck:\n  test: [CMD-SHELL, 'tool --provider «gradient» x']\n", Role.VALUE, "provider"),
    ("services: {a: {b: 1}}\nx:\n  command: sh -c 'a $$X --provider «gradient»'\n", Role.VALUE, "provider"),
    ("data:\n  settings.json: |\n    {\"provider\": \"«gradient»\"}\n", Role.VALUE, "provider"),
    ("data:\n  app.toml: |\n    provider = \"«gradient»\"\n", Role.VALUE, "provider"),
    ("data:\n  app.ini: |\n    [llm]\n    provider = «gradient»\n", Role.VALUE, "provider"),
    ("data:\n  app.env: |\n    LLM_PROVIDER=«gradient»\n", Role.VALUE, "LLM_PROVIDER"),
    ("data:\n  run.py: |\n    import lib.«gradient»\n", Role.IMPORT, ""),
    ("write_files:\n- path: /etc/app.env\n  content: |\n    LLM_PROVIDER=«gradient»\n", Role.VALUE, "LLM_PROVIDER"),
    ("x: |\n  #!/usr/bin/env python3\n  import lib.«gradient»\n", Role.IMPORT, ""),
    ("x: '{\"provider\": \"«gradient»\"}'\n", Role.VALUE, "provider"),
    ('x: "{\\"provider\\": \\"«gradient»\\"}"\n', Role.VALUE, "provider"),
    ("x: '{\"provider\": \"«gradient»\", \"n\": ${{ inputs.n }}}'\n", Role.VALUE, "provider"),
    ("x: '[not json, «gradient»]'\n", Role.VALUE, "x"),
    ("build-args: |\n  LLM_PROVIDER=«gradient»\n  B=2\n", Role.VALUE, "LLM_PROVIDER"),
    ("shell: bash-«gradient»\n", Role.VALUE, "shell"),
    ("run: |\n  python - <<'EOF'\n  import lib.«gradient»\n  EOF\n", Role.IMPORT, ""),
    ("run: |\n  python3 -c \"import lib.«gradient»\"\n", Role.IMPORT, ""),
    ("run: |\n  cat <<EOF | kubectl apply -f -\n  provider: «gradient»\n  EOF\n", Role.VALUE, "provider"),
    ("run: |\n  export A='{\"provider\": \"«gradient»\"}'\n", Role.VALUE, "provider"),
]  # fmt: skip


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize(("marked", "role", "key"), PLACES, ids=[marked for marked, _, _ in PLACES])
def test_place(marked: str, role: Role, key: str, newline: str) -> None:
    marked = marked.replace("\n", newline)
    start, end = marked.index("«"), marked.index("»") - 1
    text = marked.replace("«", "").replace("»", "")
    place = yaml.parse(text).place(start, end)
    assert (place.role, place.key) == (role, key), place
    assert (place.start, place.end) == (start, end) or place.start <= start < end <= place.end


def test_where_nobody_can_tell_the_language_lines_are_read() -> None:
    text = "strategy:\n  matrix:\n    os: [windows-latest, ubuntu-latest]\nruns-on: ${{ matrix.os }}\nsteps:\n- run: |\n    x=gradient y\n"
    tree = yaml.parse(text)
    leaf = tree.leaf_at(text.index("gradient"))
    assert leaf is not None
    assert scripts.embedded(tree, leaf) is None
    assert tree.place(text.index("gradient"), text.index("gradient") + 8).key == "x"


@pytest.mark.parametrize(
    ("before", "old", "new", "why"),
    [
        ("run: |\n  if a; then\n    b\n  fi\n", "    b\n", "", "block would be empty"),
        ("run: |\n  echo 'a' b\n", "'a'", "'a", "syntax is broken"),
        ("run: |\n  x = [1]\nshell: python\n", "[1]", "[1", "python code in it would not parse"),
        ("run: |\n  import os\n  os.getcwd()\nshell: python\n", "  import os\n", "", "os"),
        ("run: |\n  python - <<E\n  x = [1]\n  E\n", "[1]", "[1", "would not parse"),
        ("run: |\n  python -c 'x = [1]'\n", "[1]", "[1", "would not parse"),
        ("x: '{\"a\": 1}'\n", "1}", "1", "json"),
        ('a.json: |\n  {"a": 1}\n', "1}", "1", "json code in it would not parse"),
    ],
)
def test_what_would_break_the_code_is_refused(before: str, old: str, new: str, why: str) -> None:
    assert yaml.check(before, before) is None
    assert why in str(yaml.check(before, before.replace(old, new)))


def test_an_edit_is_written_as_code_and_as_scalar() -> None:
    text = 'LIMITS: \'{"provider": "gradient"}\'\nrun: |\n  export LLM_PROVIDER=gradient\n'
    start = text.index("gradient")
    edits = yaml.fit(text, [Edit(start, start + 8, "it's")])
    assert apply_edits(text, edits).splitlines()[0] == "LIMITS: '{\"provider\": \"it''s\"}'"


def test_entries_of_scripts() -> None:
    text = 'a:\n  run: |\n    export A_B=1\n    cat > .env <<EOF\n    C_D=2\n    C_D=3\n    EOF\n  x: \'{"e": 1, "e": 2}\'\n'
    entries = [entry for entry in yaml.parse(text).entries() if entry.scope.startswith("script")]
    assert [(entry.key, entry.value) for entry in entries] == [
        ("A_B", "1"),
        ("C_D", "2"),
        ("C_D", "3"),
        ("e", "1"),
        ("e", "2"),
    ]
    assert entries[1].scope == entries[2].scope != entries[0].scope
    for entry in entries[:3]:
        assert entry.outer is not None
        assert text[slice(*entry.outer)].strip().endswith(f"{entry.key}={entry.value}")
        after = apply_edits(text, [Edit(*entry.outer, "")])
        assert yaml.check(text, after) is None, after


def test_scripts_of_a_package() -> None:
    text = '{"scripts": {"dev": "LLM_PROVIDER=gradient next dev"}}'
    place = json.parse(text).place(text.index("gradient"), text.index("gradient") + 8)
    assert (place.role, place.key) == (Role.VALUE, "LLM_PROVIDER")


@pytest.mark.parametrize(
    "text",
    [
        "cat <<EOF\nhello gradient\nEOF\n",
        "python script.py <<EOF\nimport gradient\nEOF\n",
        "psql <<EOF\nselect 'gradient'\nEOF\n",
        "cat > notes.xyz <<EOF\nimport gradient\nEOF\n",
        "grep -c 'import gradient' x\n",
    ],
)
def test_what_is_no_code_is_none(text: str) -> None:
    place = shell.parse(text).place(text.index("gradient"), text.index("gradient") + 8)
    assert place.role not in (Role.IMPORT, Role.CODE, Role.KEY)


def test_a_whole_document_keeps_its_line_ends() -> None:
    document = Document.read("a.yml", b"run: |\r\n  export A_B=1\r\n  ls\r\n")
    entry = next(entry for entry in document.tree.entries() if entry.key == "A_B")
    assert entry.outer is not None
    assert apply_edits(document.text, [Edit(*entry.outer, "")]) == "run: |\r\n  ls\r\n"


@pytest.mark.parametrize(
    ("path", "marked", "key"),
    [
        (".env", "LIMITS='{\"provider\": \"«gradient»\", \"a\": 1}'\n", "provider"),
        (".env", 'LIMITS="{\\"provider\\": \\"«gradient»\\"}"\n', "provider"),
        (".env", 'LIMITS={"provider": "«gradient»"}\n', "provider"),
        (".env", "LIMITS='{no json: «gradient»}'\n", "LIMITS"),
        ("Dockerfile", "FROM a\nCOPY <<EOF /app/.env\nLLM_PROVIDER=«gradient»\nEOF\nRUN x\n", "LLM_PROVIDER"),
        ("Dockerfile", "FROM a\nCOPY <<EOF /app/x.json\n{\"provider\": \"«gradient»\"}\nEOF\n", "provider"),
        ("Dockerfile", "FROM a\nRUN <<EOF\nexport LLM_PROVIDER=«gradient»\nEOF\n", "LLM_PROVIDER"),
        ("Dockerfile", "FROM a\nRUN python3 <<EOF\nf(provider='«gradient»')\nEOF\n", "provider"),
    ],
)  # fmt: skip
def test_code_in_env_files_and_images(path: str, marked: str, key: str) -> None:
    start, end = marked.index("«"), marked.index("»") - 1
    document = Document.read(path, marked.replace("«", "").replace("»", "").encode())
    place = document.tree.place(start, end)
    assert place.key == key
    assert place.role in (Role.VALUE, Role.STRING)


def test_json_in_an_env_file_is_written_and_checked_as_such() -> None:
    text = 'LIMITS=\'{"provider": "gradient"}\'\n'
    start = text.index("gradient")
    edits = env.fit(text, [Edit(start, start + 8, 'a "b"')])
    assert apply_edits(text, edits) == 'LIMITS=\'{"provider": "a \\"b\\""}\'\n'
    assert env.check(text, text.replace('"}', '"')) == "the value of LIMITS would be no JSON any more"
    assert env.check(text, text.replace("gradient", "x")) is None


def test_a_file_that_nobody_knows_is_no_code() -> None:
    document = Document.read("Dockerfile", b"FROM a\nCOPY <<EOF /app/notes\nimport gradient\nEOF\n")
    assert document.tree.place(37, 45).role is not Role.IMPORT
