"""How generated examples are tried: machines are noisy, so no test is held to a time. What CI must have."""

from __future__ import annotations

import os
import shutil

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_sessionstart() -> None:
    """Where a part of the system is missing a test skips; in CI that is a failure."""
    missing = [tool for tool in ("git", "bash", "make", "node") if shutil.which(tool) is None]
    if missing and os.environ.get("CI") == "true":
        pytest.exit(f"CI lacks {', '.join(missing)}: .ci/run has to install it", returncode=1)
