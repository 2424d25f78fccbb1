"""`migrate test`: the examples inside a migration file."""

from __future__ import annotations

import pytest

from offramp import migration
from tests.offramp.cli.shop import MIGRATION, Shop

GOOD = """
examples:
  - {path: app.py, before: 'os.environ["GRADIENT_API_KEY"]', after: 'os.environ["OPENROUTER_API_KEY"]'}
  - {path: lib/gradient_client.py, before: "class GradientClient: ...", after: "class LLMClient: ..."}
  - {path: a/b/config.yaml, before: "provider: gradient", after: "provider: openrouter"}
"""


def test_good_ones(shop: Shop) -> None:
    shop.migration.write_text(MIGRATION + GOOD)
    told = shop.raw("test", str(shop.migration))
    assert told == type(told)(0, "3 passed, 0 failed\n", "")


def test_a_bad_one(shop: Shop) -> None:
    shop.migration.write_text(MIGRATION + GOOD + "  - {path: x.env, before: GRADIENT_API_KEY=x, after: OTHER=x}\n")
    told = shop.raw("test", str(shop.migration))
    assert told.code == 1
    line = (MIGRATION + GOOD).count("\n") + 1
    assert f"{shop.migration}:{line}: x.env does not become its `after`" in told.out
    assert "-OTHER=x" in told.out
    assert "+OPENROUTER_API_KEY=x" in told.out
    assert "3 passed, 1 failed" in told.out


def test_none(shop: Shop) -> None:
    told = shop.raw("test", str(shop.migration))
    assert (told.code, told.out) == (2, "")
    assert "the migration has no examples" in told.err


def test_no_example_leaves_its_folder(shop: Shop) -> None:
    target = shop.root.parent / "out.txt"
    shop.migration.write_text(f"{MIGRATION}examples: [{{path: '{target}', before: a, after: b}}]\n")
    assert shop.raw("test", str(shop.migration)).code == 2
    assert not target.exists()


@pytest.mark.parametrize("name", sorted(migration.built_in()))
def test_built_in_ones(shop: Shop, name: str) -> None:
    told = shop.raw("test", name)
    assert told.code == 0, told.out
