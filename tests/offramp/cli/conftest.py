from __future__ import annotations

import pathlib

import pytest

from tests.offramp.cli.shop import Shop


@pytest.fixture
def shop(tmp_path: pathlib.Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A small repository in the bad state; git knows nobody's settings but its own."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.delenv("OFFRAMP_TRACEBACK", raising=False)
    return Shop(tmp_path / "shop", capsysbinary)
