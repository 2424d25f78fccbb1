"""The documentation says what the code says."""

from __future__ import annotations

import importlib.util
import pathlib
import re
from types import ModuleType

import pytest

from offramp.migration import KEYS

ROOT = pathlib.Path(__file__).parent.parent
DOCS = ROOT / "docs"


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_docs", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_pages_are_up_to_date() -> None:
    """`nox -s docs` writes them; argparse's wording differs a little between versions of Python."""
    for path, text in generator().pages().items():
        written = (DOCS / path).read_text(encoding="utf-8")
        assert re.sub(r"\s+", " ", written) == re.sub(r"\s+", " ", text), path


def test_no_page_of_a_rule_that_is_gone() -> None:
    expected = {path for path in generator().pages() if "/" in path}
    assert {str(p.relative_to(DOCS)) for folder in ("rules", "commands") for p in (DOCS / folder).iterdir()} == expected


def test_every_key_of_a_migration_file_is_documented() -> None:
    text = (DOCS / "migration-files.md").read_text(encoding="utf-8")
    for key in KEYS:
        assert re.search(rf"`{key}`", text), key


@pytest.mark.parametrize("page", sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")]), ids=lambda p: p.name)
def test_links_lead_somewhere(page: pathlib.Path) -> None:
    for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
