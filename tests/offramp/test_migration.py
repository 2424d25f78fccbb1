"""Migration files: what they may say, and what is said to the author of a wrong one."""

from __future__ import annotations

import os
import pathlib
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offramp import migration
from offramp.migration import Migration
from offramp.model import Problem

HEAD = "schema: 1\nname: a-to-b\n"
# (what, text of the file, line told, part of the message, part of the hint)
INVALID: list[tuple[str, str, int, str, str]] = [
    ("empty file", "", 1, "a migration file is a mapping", "schema: 1"),
    ("only comments", "# nothing\n\n# here\n", 1, "is a mapping", "schema: 1"),
    ("only a document start", "---\n", 2, "is a mapping", "schema: 1"),
    ("a list", "- a\n- b\n", 1, "is a mapping", "schema: 1"),
    ("a text", "hello\n", 1, "is a mapping", "schema: 1"),
    ("a number", "42\n", 1, "is a mapping", "schema: 1"),
    ("null", "~\n", 1, "is a mapping", "schema: 1"),
    ("no schema", "name: x\n", 1, "says no schema", "schema: 1"),
    ("another schema", "schema: 2\nname: x\n", 1, "schema 1 only", "update offramp"),
    ("schema in quotes", "schema: '1'\nname: x\n", 1, "schema 1 only", "schema: 1"),
    ("schema is a list", "schema: [1]\nname: x\n", 1, "schema 1 only", "schema: 1"),
    ("no name", "schema: 1\n", 1, "has no name", "name:"),
    ("name is null", "schema: 1\nname:\n", 2, "name must be a text", "quoted"),
    ("name is empty", "schema: 1\nname: ''\n", 2, "name is empty", "one line"),
    ("name is a list", "schema: 1\nname: [a]\n", 2, "name must be a text", "quoted"),
    ("name has blanks", "schema: 1\nname: ' a'\n", 2, "blanks around", "one line"),
    ("name on two lines", 'schema: 1\nname: "a\\nb"\n', 2, "name", "one line"),
    ("unknown key", HEAD + "envs:\n  A: B\n", 3, "there is no key 'envs'", "Did you mean 'env'?"),
    ("unknown key unlike any", HEAD + "zzz: 1\n", 3, "there is no key 'zzz'", "Known: schema, name"),
    ("key is a list", HEAD + "[a]: 1\n", 3, "a key of the migration must be a text", "quoted"),
    ("key is null", HEAD + "~: 1\n", 3, "a key of the migration must be a text", "quoted"),
    ("key twice", HEAD + "env: {}\nurls: {}\nenv: {}\n", 5, "'env' stands twice", "line 3"),
    ("two documents", HEAD + "---\nschema: 1\n", 3, "not valid YAML", "indentation"),
    ("tabs", HEAD + "env:\n\tA: B\n", 4, "not valid YAML", "indentation"),
    ("bad indentation", HEAD + "env:\n  A: B\n C: D\n", 5, "not valid YAML", "indentation"),
    ("unclosed quote", HEAD + "title: 'x\n", 4, "not valid YAML", "quotes"),
    ("unknown anchor", HEAD + "env: *x\n", 3, "not valid YAML", "indentation"),
    ("merge key", HEAD + "env: &e\n  A: B\nsecrets:\n  <<: *e\n", 6, "merge key", "Write the lines out"),
    ("control characters", HEAD + "title: \x01\n", 0, "not valid YAML", ""),
    ("nested too deeply", HEAD + f"title: {'[' * 200}{']' * 200}\n", 0, "nested too deeply", ""),
    ("nested to break the stack", "[" * 300_000 + "]" * 300_000, 0, "nested too deeply", ""),
    # sides
    ("retire is a text", HEAD + "retire: gradient\n", 3, "retire must be a mapping", "retire:"),
    ("retire has a wrong key", HEAD + "retire: {slug: x}\n", 3, "retire has no key 'slug'", "provider"),
    ("slug of two words", HEAD + "retire: {provider: a b}\n", 3, "'a b' is not a provider's slug", "one word"),
    ("new slug of two words", HEAD + "replace: {provider: a b}\n", 3, "not a provider's slug", "one word"),
    ("slug is a list", HEAD + "retire: {provider: [a]}\n", 3, "retire.provider must be a text", "quoted"),
    ("names is a mapping", HEAD + "retire: {names: {a: b}}\n", 3, "names must be a list", "[A, B]"),
    ("an empty name", HEAD + "retire: {names: ['']}\n", 3, "an item of names is empty", "one line"),
    ("a name is a wildcard", HEAD + "retire: {names: ['Grad*']}\n", 3, "'Grad*' in names", "without `*`"),
    (
        "the same provider",
        HEAD + "retire: {provider: A}\nreplace: {provider: a}\n",
        4,
        "'A' would replace it",
        "out of",
    ),
    # mappings
    ("env is a list", HEAD + "env: [A]\n", 3, "env must be a mapping", "env:"),
    ("env is a number", HEAD + "env: 3\n", 3, "env must be a mapping", "env:"),
    ("no replacement", HEAD + "env:\n  A:\n", 4, "'A' in env has no replacement", "`~`"),
    ("no replacement of a setting", HEAD + "settings:\n  A: ~\n", 4, "'A' in settings has no", "Write the new name."),
    ("empty replacement", HEAD + "env:\n  A: ''\n", 4, "the replacement of 'A' is empty", "one line"),
    ("blank replacement", HEAD + "urls:\n  a.com: '  '\n", 4, "the replacement of 'a.com' is empty", "one line"),
    ("replacement is a list", HEAD + "env:\n  A: [B, C]\n", 4, "the replacement of 'A' must be a text", "quoted"),
    ("empty old", HEAD + "env:\n  '': B\n", 4, "a key of env is empty", "one line"),
    ("old twice", HEAD + "env:\n  A: B\n  C: D\n  A: E\n", 6, "'A' stands twice in env", "line 4"),
    ("two stars", HEAD + "env:\n  '*_A_*': B\n", 4, "'*_A_*' is not a usable wildcard", "OLD_*"),
    ("only a star", HEAD + "symbols:\n  '*': B\n", 4, "'*' is not a usable wildcard", "OLD_*"),
    ("star on the right only", HEAD + "env:\n  A: B_*\n", 4, "'B_*' has a `*` that 'A'", "plain name"),
    ("maps to itself", HEAD + "env:\n  A: A\n", 4, "'A' in env maps to itself", "keep"),
    ("a circle", HEAD + "env:\n  A: B\n  B: A\n", 4, "goes round in a circle", "map to each other"),
    ("a chain", HEAD + "env:\n  A: B\n  B: C\n", 4, "'B' is the new name of 'A' and itself retired", "final name"),
    ("a chain by wildcard", HEAD + "env:\n  OLD_*: NEW_*\n  NEW_KEY: X\n  A: OLD_X\n", 6, "itself retired", "final"),
    ("a wildcard into itself", HEAD + "env:\n  A_*: A_B_*\n", 4, "itself retired by 'A_*'", "final"),
    ("a host inside the new URL", HEAD + "urls:\n  a.com: https://a.com/v2\n", 4, "itself retired", "final"),
    ("a prefix of the new URL", HEAD + "urls:\n  https://a.com: https://a.com/v2\n", 4, "itself retired", "final"),
    ("a module into itself", HEAD + "modules:\n  a: a.legacy\n", 4, "itself retired by 'a'", "final"),
    ("a model chain", HEAD + "models:\n  m-1: m-2\n  m-2: m-3\n", 4, "itself retired by 'm-2'", "final"),
    ("no variable's name", HEAD + "env:\n  A: B-C\n", 4, "'B-C' can't replace 'A'", "letters, digits"),
    ("a value as new name", HEAD + "env:\n  A: sk example\n", 4, "can't replace 'A' in env", "letters, digits"),
    ("no name in code", HEAD + "symbols:\n  A: a b\n", 4, "'a b' can't replace 'A'", "a name in code"),
    ("no import path", HEAD + "modules:\n  a.b: c d\n", 4, "'c d' can't replace 'a.b'", "an import path"),
    # packages
    ("unknown ecosystem", HEAD + "packages:\n  cargo: {a: b}\n", 4, "no ecosystem 'cargo'", "`pip:` and `npm:`"),
    ("packages is a list", HEAD + "packages: [a]\n", 3, "packages must be a mapping", "packages:"),
    ("pip is a list", HEAD + "packages:\n  pip: [a]\n", 4, "packages.pip must be a mapping", ""),
    ("one package, two spellings", HEAD + "packages: {pip: {a_b: x, A-B: y}}\n", 3, "'A-B' stands twice", "'a_b'"),
    ("package into itself", HEAD + "packages: {pip: {a: 'a>=2'}}\n", 3, "maps to itself", "keep"),
    ("package chain", HEAD + "packages: {npm: {a: b@^1, b: c}}\n", 3, "itself retired", "final"),
    ("package with two stars", HEAD + "packages: {npm: {'*a*': b}}\n", 3, "not a usable wildcard", "OLD_*"),
    # across
    ("secrets go on where env ends", HEAD + "env: {A: B}\nsecrets: {B: C}\n", 3, "itself retired by 'B'", "final"),
    ("env goes on where secrets end", HEAD + "env: {B: C}\nsecrets: {A: B}\n", 4, "itself retired by 'B'", "final"),
    ("env and symbols differ", HEAD + "env: {A_K: B}\nsymbols: {A_K: C}\n", 4, "differ on 'A_K'", "'B' or 'C'"),
    # rewrites
    ("rewrites is a mapping", HEAD + "rewrites: {a: b}\n", 3, "rewrites must be a list", "- language"),
    ("a rewrite is a text", HEAD + "rewrites: [a]\n", 3, "a rewrite must be a mapping", ""),
    ("wrong key of a rewrite", HEAD + "rewrites: [{lang: python}]\n", 3, "no key 'lang'", "'language'"),
    ("incomplete rewrite", HEAD + "rewrites: [{language: python, match: a}]\n", 3, "has no replace", "replace:"),
    ("empty match", HEAD + "rewrites: [{language: python, match: '', replace: b}]\n", 3, "has no match", "match:"),
    (
        "unknown language",
        HEAD + "rewrites: [{language: pyton, match: a, replace: b}]\n",
        *(3, "there is no language 'pyton'", "'python'"),
    ),
    (
        "wrong key of imports",
        HEAD + "rewrites: [{language: python, match: a, replace: b, imports: {drop: [c]}}]\n",
        *(3, "imports has no key 'drop'", "remove"),
    ),
    # the rest
    ("unknown key of workflows", HEAD + "workflows: {drop: []}\n", 3, "workflows has no key 'drop'", "archive"),
    ("archived and kept", HEAD + "workflows: {archive: [a.yml], keep: [a.yml]}\n", 3, "archives and keeps", "one of"),
    ("keep is a mapping", HEAD + "keep: {a: b}\n", 3, "keep must be a list", "[A, B]"),
    ("keep everything", HEAD + "keep: ['*']\n", 3, "'*' in keep is not a usable", "a part"),
    ("keep nothing", HEAD + "keep: ['']\n", 3, "an item of keep is empty", "one line"),
    ("homonyms: all", HEAD + "homonyms: ['*']\n", 3, "'*' in homonyms", "a part"),
    ("homonyms: none", HEAD + "homonyms: ['']\n", 3, "an item of homonyms is empty", "one line"),
    ("fail_fast is a list", HEAD + "fail_fast: [python]\n", 3, "fail_fast must be a mapping", ""),
    ("wrong key of fail_fast", HEAD + "fail_fast: {python: {function: x}}\n", 3, "no key 'function'", "helper"),
    ("no function", HEAD + "fail_fast: {python: {helper: x}}\n", 3, "'x' names no function", "package.module"),
    ("examples is a text", HEAD + "examples: x\n", 3, "examples must be a list", "before"),
    ("incomplete example", HEAD + "examples: [{path: a, before: b}]\n", 3, "has no after", "after:"),
    ("wrong key of an example", HEAD + "examples: [{file: a}]\n", 3, "an example has no key 'file'", "path"),
    ("example at the root", HEAD + "examples: [{path: /etc/x, before: a, after: b}]\n", 3, "not one of a", "src"),
    ("example outside", HEAD + "examples: [{path: a/../../x, before: a, after: b}]\n", 3, "not one of a", "src"),
    ("example nowhere", HEAD + "examples: [{path: '', before: a, after: b}]\n", 3, "not one of a", "src"),
]


def complaint(text: str, source: str = "m.yaml") -> Problem:
    with pytest.raises(Problem) as raised:
        migration.parse(text, source)
    return raised.value


@pytest.mark.parametrize("row", INVALID, ids=[row[0] for row in INVALID])
def test_refused(row: tuple[str, str, int, str, str]) -> None:
    _, text, line, message, hint = row
    told = complaint(text)
    assert message in told.message
    assert hint in told.hint
    assert told.hint
    assert told.place == (f"m.yaml:{line}" if line else "m.yaml")
    assert "\n" not in told.message


def load(text: str) -> Migration:
    return migration.parse(HEAD + textwrap.dedent(text), "m.yaml")


def test_complete() -> None:
    loaded = load(
        """\
        title: Gradient → OpenRouter
        retire: {provider: gradient, names: [Gradient, DigitalOcean Gradient AI]}
        replace: {provider: openrouter, names: OpenRouter}
        env: {A_*: B_*, OFF: ~, "YES": NO}
        settings: {EMBEDDING_PROVIDER: openai}
        models: {m-1: n-1, m-2: null}
        urls: {https://a.com/v1: https://b.com/api, c.com: ~}
        packages: {pip: {gradient: "openai>=1.0", gone: ~}, npm: }
        modules: {lib.a: lib.b}
        symbols: {AClient: BClient, a_*: b_*}
        secrets: {KEY: OTHER}
        rewrites:
          - {language: python, match: A(), replace: B(), imports: {add: [import b], remove: import a}}
          - {language: TypeScript, match: "new A()", replace: "new B()"}
        workflows: {archive: x.yml, keep: }
        keep: [SAVED_*, "path:docs/*"]
        homonyms: linear-gradient
        fail_fast: {python: {helper: app.env:need}, shell: {helper: ~}}
        examples:
          - {path: a.py, before: "", after: ""}
        """
    )
    assert loaded.names == ("DigitalOcean Gradient AI", "Gradient")
    assert loaded.new_name == "OpenRouter"
    assert loaded.env == {"A_*": "B_*", "OFF": None, "YES": "NO"}
    assert loaded.packages == {"pip": {"gradient": "openai>=1.0", "gone": None}, "npm": {}}
    assert loaded.rewrites[0].add_imports == ("import b",)
    assert loaded.rewrites[0].remove_imports == ("import a",)
    assert loaded.archive == ("x.yml",)
    assert (loaded.keep, loaded.keep_paths) == (("SAVED_*",), ("docs/*",))
    assert loaded.homonyms == ("linear-gradient",)
    assert loaded.fail_fast_helper == {"python": "app.env:need", "shell": None}
    assert loaded.examples[0].line == 22
    assert loaded.keeps("SAVED_X") == "SAVED_*"
    assert loaded.keeps("X") is None
    assert loaded.keeps_path("docs/a/b.md") == "docs/*"
    assert loaded.keeps_path("app.py") is None


VALID = [
    "",
    "env:\n",
    "retire:\nreplace: {}\n",
    "retire: {provider: , names: }\n",
    "env: {A: B, C: B}\n",
    "env: {A: B}\nsecrets: {A: C}\n",
    "env: {A: B}\nsymbols: {A: B}\n",
    "env: {A_*: B_*, A_KEY: C}\n",
    "models: {a: b, c: b}\n",
    "settings: {A: x, B: A}\n",
    "urls: {a.com: https://b.a.company}\n",
    "modules: {a: b, a.c: d, '@old/*': '@new/*'}\n",
    "packages: {pip: {a: b, c: b}, npm: {a: b}}\n",
    "title: 1.0\nenv: {on: off, no: yes}\n",
    "env: &x {A: B}\n",
    "env: !!map {A: B}\n",
    "keep: A\n",
]


@pytest.mark.parametrize("text", VALID)
def test_accepted(text: str) -> None:
    assert load(text).name == "a-to-b"


def test_words_stay_what_they_are() -> None:
    loaded = load("env: {on: off}\nmodels: {1.0: 0x1F, '~': null}\n")
    assert loaded.env == {"on": "off"}
    assert loaded.models == {"1.0": "0x1F", "~": None}


# Files


def test_with_a_byte_order_mark_and_crlf(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + HEAD.replace("\n", "\r\n").encode())
    assert migration.load(str(path)).name == "a-to-b"


def test_a_built_in_one_by_its_name() -> None:
    for name in migration.built_in():
        assert migration.load(name).name == name


def refused(name: str) -> str:
    with pytest.raises(Problem) as raised:
        migration.load(name)
    assert raised.value.hint
    assert "\n" not in raised.value.message
    return str(raised.value)


def test_no_such_migration() -> None:
    told = refused("gradient-to-openruoter")
    assert "there is no migration called 'gradient-to-openruoter'" in told
    assert "Did you mean 'gradient-to-openrouter'?" in told
    assert "Did you mean" not in refused("zzz")


def test_no_such_file() -> None:
    assert "no/such.yaml: no such migration file" in refused("no/such.yaml")


@pytest.mark.parametrize("name", ["a" * 300, "a" * 300 + ".yaml", "a\0b.yaml", ""])
def test_impossible_names(name: str) -> None:
    assert "migration" in refused(name)


def test_a_folder(tmp_path: pathlib.Path) -> None:
    assert "can't be read: Is a directory" in refused(str(tmp_path))


def test_a_name_prefers_the_file_of_this_folder(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine").write_text(HEAD)
    (tmp_path / "a-folder").mkdir()
    monkeypatch.chdir(tmp_path)
    assert migration.load("mine").name == "a-to-b"
    assert "no migration called 'a-folder'" in refused("a-folder")


def test_not_text(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_bytes(b"schema: 1\nname: \xff\n")
    assert "m.yaml:2: this is not UTF-8 text" in refused(str(path))
    path.write_bytes(b"\x7fELF\0\0\0")
    assert "not valid YAML" in refused(str(path))


def test_a_huge_file_is_not_read(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "m.yaml"
    with open(path, "wb") as stream:
        os.truncate(stream.fileno(), 5 * 2**30)
    assert "too large for a migration file" in refused(str(path))


def test_unreadable(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", denied)
    assert "can't be read: Permission denied" in refused(str(tmp_path / "m.yaml"))


@given(st.text(max_size=60) | st.text(alphabet=" -:{}[]&*!|>'\"%@`#,?~\n\tab1<", max_size=40))
def test_whatever_it_holds_it_is_a_sentence(text: str) -> None:
    for content in (text, HEAD + text, HEAD + f"env:\n  {text}"):
        try:
            migration.parse(content, "m.yaml")
        except Problem as told:
            assert told.hint  # noqa: PT017  # it may as well be valid


# Wildcards

CARRIED = [
    ("A_*", "B_*", "A_X", "B_X"),
    ("A_*", "B", "A_X", "B"),
    ("*_a", "*_b", "x_a", "x_b"),
    ("A", "B", "A", "B"),
    ("A", "B", "AA", None),
    ("A_*", "B_*", "A", None),
    ("a.b*", "c*", "axb1", None),
    ("A_*", "B_*", "A_X\nY", "B_X\nY"),
    ("A_*", "B_*", "A_*", "B_*"),
]


@pytest.mark.parametrize(("old", "new", "text", "wanted"), CARRIED)
def test_carry(old: str, new: str, text: str, wanted: str | None) -> None:
    assert migration.carry(old, new, text) == wanted
