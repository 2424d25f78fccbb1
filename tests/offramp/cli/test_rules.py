"""`migrate rules`: the catalogue is the code's."""

from __future__ import annotations

import pytest

from offramp.evidence import SEVERITY
from tests.offramp.cli.shop import Shop


def test_the_catalogue(shop: Shop) -> None:
    told = shop.raw("rules")
    assert told.code == 0
    listed = [line.split()[0] for line in told.out.splitlines() if line and not line.startswith("`")]
    assert listed == list(SEVERITY)


@pytest.mark.parametrize("rule", SEVERITY)
def test_one_rule(shop: Shop, rule: str) -> None:
    told = shop.raw("rules", rule)
    assert told.code == 0
    assert told.out.startswith(f"{rule} ({SEVERITY[rule].name.lower()})")
    assert "->" in told.out, "a before and an after"
    assert f"offramp: ignore[{rule}]" in told.out


def test_no_such_rule(shop: Shop) -> None:
    told = shop.raw("rules", "retired-url-env")
    assert told.code == 2
    assert "there is no rule 'retired-url-env'" in told.err
    assert "Did you mean 'retired-url'?" in told.err or "Did you mean 'retired-env-var'?" in told.err
    assert "`migrate rules` lists them." in shop.raw("rules", "x").err
