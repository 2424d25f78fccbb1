"""The lock files that a change of manifests leaves behind: what refreshes each, and how that went."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from offramp.redaction import redact
from offramp.refresh import Refreshed, State
from reports.console import printable
from reports.json_document import printable as without_surrogates

LAST_WORDS = 12


def rows(refreshed: Sequence[Refreshed]) -> list[dict[str, object]]:
    """As the findings document lists them."""
    return [
        {
            "path": without_surrogates(row.lock.path),
            "manifests": [without_surrogates(path) for path in row.lock.manifests],
            "folder": without_surrogates(row.lock.folder or "."),
            "command": [without_surrogates(word) for word in row.lock.command],
            "state": row.state.value,
            "output": without_surrogates(redact("\n".join(row.output.splitlines()[-LAST_WORDS:]))),
        }
        for row in refreshed
    ]


def text(refreshed: Sequence[Refreshed]) -> str:
    """As a person reads them: a command to copy for each."""
    if not refreshed:
        return ""
    open_ones = all(row.state is State.STALE for row in refreshed)
    lines = ["Lock files to refresh, now that their manifests have changed:" if open_ones else "Lock files:"]
    for row in refreshed:
        lock = row.lock
        command = f"(cd {shlex.quote(lock.folder)} && {lock.told})" if lock.folder else lock.told
        told = "" if row.state is State.STALE else f"  {row.state.value}"
        lines.append(printable(f"  {lock.path}{told}: {command}"))
        lines += [printable(f"      {redact(line)}") for line in row.output.splitlines()[-LAST_WORDS:]]
    if open_ones:
        lines.append("  --refresh-locks runs them as a part of the run.")
    return "\n".join(lines) + "\n"
