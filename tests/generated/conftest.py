"""Adds up what the generated programs showed, over all workers, in one table."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, figures in report.user_properties:
                if name == "generated":
                    counted = counts[report.nodeid.partition("::")[0]]
                    counted.update(figures)
                    counted[outcome] += 1
    for path, counted in counts.items():
        terminalreporter.write_line(f"{path}: " + ", ".join(f"{n} {name}" for name, n in counted.items()))
