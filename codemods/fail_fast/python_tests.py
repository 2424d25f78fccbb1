"""Whether the project's tests would fail because nothing sets a variable for them."""

from __future__ import annotations

import re

from codemods.fail_fast import provision
from offramp.project import Context
from scanners.fallbacks import EXEMPT

TEST_SETUP = re.compile(
    r"(?:^|/)(?:conftest\.py|pytest\.ini|tox\.ini|setup\.cfg|pyproject\.toml|noxfile\.py|\.env\.test)$"
)


def tests_break(name: str, context: Context) -> str | None:
    """Why tests would fail: they import the module, and nothing sets the variable for them."""
    project = context.project
    stem = context.document.path.removesuffix(".py").removesuffix("/__init__").rpartition("/")[2]
    tests = [path for path in sorted(project.paths) if path.endswith(".py") and EXEMPT.search(path)]
    imports = re.compile(rf"(?m)^\s*(?:from|import)\b[^\n]*\b{re.escape(stem)}\b")
    importing = [path for path in tests if imports.search(project.text(path) or "")]
    if not importing:
        return None
    setup = {*tests, *(p for p in project.paths if TEST_SETUP.search(p) or provision.WORKFLOW.search(p))}
    named = re.compile("|".join(rf"\b{re.escape(n)}\b" for n in provision.names(context, name)))
    if any(named.search(project.text(path) or "") for path in setup):
        return None
    return f"{importing[0]} imports this module, and nothing sets {name} for the tests: set it there first"
