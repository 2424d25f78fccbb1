"""`migrate init`: the file that it writes loads, says what is there, and can be run."""

from __future__ import annotations

import errno
import os
import pathlib

import pytest

from offramp import migration
from tests.offramp.cli.shop import Shop

ROOT = pathlib.Path(__file__).parents[3]


def init(shop: Shop, *words: str, old: str = "gradient", new: str = "openrouter") -> str:
    """What the command writes to the terminal."""
    told = shop.raw("init", "--from", old, "--to", new, str(shop.root), "-o", "-", *words)
    assert (told.code, told.err) == (0, "")
    return told.out


def test_it_holds_what_is_there(shop: Shop) -> None:
    loaded = migration.parse(init(shop), "x")
    assert loaded.env["GRADIENT_API_KEY"] == "OPENROUTER_API_KEY"
    assert "llama3.3-70b-instruct" in loaded.models
    assert "lib.gradient_client" in loaded.modules
    assert "GradientClient" in loaded.symbols
    assert (loaded.slug, loaded.new_slug) == ("gradient", "openrouter")


def test_it_can_be_run(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    before = shop.state()
    monkeypatch.chdir(shop.root.parent)
    told = shop.raw("init", "--from", "gradient", "--to", "openrouter", str(shop.root))
    assert told.code == 0
    assert "Wrote gradient-to-openrouter.yaml:" in told.out
    assert f"Next: migrate run ./gradient-to-openrouter.yaml {shop.root} --dry-run" in told.out
    assert shop.state() == before
    told = shop.raw("run", "./gradient-to-openrouter.yaml", str(shop.root))
    assert told.code in (0, 1), told


@pytest.mark.parametrize("new", ["openrouter", "azure-openai", "groq"])
def test_the_example_repository(shop: Shop, new: str) -> None:
    told = shop.raw("init", "--from", "gradient", "--to", new, str(ROOT / "fixtures/opsdesk"), "-o", "-")
    assert told.code == 0, told.err
    loaded = migration.parse(told.out, "x")
    assert loaded.env
    assert loaded.symbols


@pytest.mark.parametrize(
    ("old", "new"), [("foo", "foo-bar"), ("openai", "azure-openai"), ("yes", "no"), ("a_b", "b_a")]
)
def test_a_provider_that_nobody_knows(shop: Shop, old: str, new: str) -> None:
    name = old.upper().replace("-", "_")
    shop.write("x.py", f'import os\nos.environ["{name}_API_KEY"]\nclass {old.title()}Client: ...\n'.encode())
    shop.write("y.yaml", f"llm:\n  provider: {old}\n  model: big-70b\n  url: https://api.{old}.com/v1\n".encode())
    told = shop.raw("init", "--from", old, "--to", new, str(shop.root), "-o", "-")
    assert told.code == 0, told.err
    migration.parse(told.out, "x")


def test_nothing_of_it_is_there(shop: Shop) -> None:
    text = init(shop, old="sendgrid", new="resend")
    assert migration.parse(text, "x").name == "sendgrid-to-resend"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [("a b", "c", "'a b' is not a provider's slug"), ("a", "1", "'1' is not"), ("Same", "same", "both providers are")],
)
def test_refused(shop: Shop, old: str, new: str, told: str) -> None:
    result = shop.raw("init", "--from", old, "--to", new, str(shop.root))
    assert result.code == 2
    assert told in result.err
    assert result.out == ""


def test_a_file_that_is_there_already(shop: Shop) -> None:
    target = shop.root.parent / "mine.yaml"
    target.write_text("# decisions\n")
    told = shop.raw("init", "--from", "gradient", "--to", "openrouter", str(shop.root), "-o", str(target))
    assert told.code == 2
    assert "mine.yaml: there is already such a file" in told.err
    assert target.read_text() == "# decisions\n"


def test_a_folder_that_is_not_there(shop: Shop) -> None:
    target = shop.root.parent / "no/such.yaml"
    told = shop.raw("init", "--from", "gradient", "--to", "openrouter", str(shop.root), "-o", str(target))
    assert told.code == 2
    assert "there is no such folder" in told.err
    assert shop.raw("init", "--from", "a", "--to", "b", str(shop.root / "nowhere")).code == 2


def test_a_full_disk(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(pathlib.Path, "write_text", full)
    target = shop.root.parent / "x.yaml"
    told = shop.raw("init", "--from", "gradient", "--to", "openrouter", str(shop.root), "-o", str(target))
    assert told.code == 2
    assert "the migration file can't be written: No space left" in told.err


def test_quiet(shop: Shop) -> None:
    target = shop.root.parent / "x.yaml"
    told = shop.raw("init", "--from", "gradient", "--to", "openrouter", str(shop.root), "-o", str(target), "-q")
    assert (told.code, told.out, told.err) == (0, "", "")


def test_jobs(shop: Shop) -> None:
    told = shop.raw("init", "--from", "gradient", "--to", "openrouter", str(shop.root), "-o", "-", "--jobs", "-3")
    assert told.code == 2
    assert "write 0 or more" in told.err


def test_decisions_that_are_open_are_comments(shop: Shop) -> None:
    shop.write("extra.yaml", b"llm:\n  provider: gradient\n  model: secret-llama-99\n")
    shop.write("url.py", b'import os\nos.environ["GRADIENT_API_KEY"]\nURL = "https://cdn.gradient.example/x"\n')
    text = init(shop)
    for old, new in (("secret-llama-99", "meta/llama-99"), ("cdn.gradient.example", "cdn.example")):
        assert old not in str(migration.parse(text, "x"))
        assert f"  # {old}:  # 1 place in 1 file" in text
        text = text.replace(f"  # {old}:", f"  {old}: {new}")  # what a person does
    loaded = migration.parse(text, "x")
    assert loaded.models["secret-llama-99"] == "meta/llama-99"
    assert loaded.urls["cdn.gradient.example"] == "cdn.example"
