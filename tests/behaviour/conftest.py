"""Left out of the everyday tests, because it needs the package registry: `nox -s behaviour` names the folder."""

from __future__ import annotations

import os
import pathlib

import pytest

collect_ignore_glob = [] if os.environ.get("BEHAVIOUR") else ["test_*.py"]


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """Where the interpreters with the apps' requirements are kept between runs."""
    folder = os.environ.get("BEHAVIOUR_CACHE")
    return pathlib.Path(folder) if folder else tmp_path_factory.mktemp("behaviour")
