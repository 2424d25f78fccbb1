"""The README.md of a folder of archived workflows: what lies there, why, and how to bring it back."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from typing import Protocol

BANNER = """\
# Deprecated workflows

> **Nothing here runs.** GitHub reads workflows directly in `.github/workflows` only, never in a folder below it.
> The files are kept as they were, for their history; do not edit them. To use one again, move it back and bring it
> up to date first.
"""


class Archived(Protocol):
    """A workflow that has been moved here, and why."""

    @property
    def path(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def signals(self) -> tuple[str, ...]: ...
    @property
    def replaced_by(self) -> str: ...
    @property
    def target(self) -> str: ...


def readme(archived: Sequence[Archived]) -> str:
    """The whole file."""
    return BANNER + sections(archived)


def sections(archived: Sequence[Archived]) -> str:
    """What is added to the file for workflows that join those already there."""
    return "".join(_section(workflow) for workflow in archived)


def heading(workflow: Archived) -> str:
    return f"## {posixpath.basename(workflow.path)}"


def _section(workflow: Archived) -> str:
    title = f" ('{workflow.name}')" if workflow.name else ""
    instead = f"`{workflow.replaced_by}`" if workflow.replaced_by else "nothing that is known; ask who used it"
    evidence = "".join(f"  - {_sentence(signal)}\n" for signal in workflow.signals)
    return (
        f"\n{heading(workflow)}\n\n"
        f"- **Status**: archived{title}; was `{workflow.path}`\n"
        f"- **Reason**: it no longer can or should run\n"
        f"- **Evidence**:\n{evidence}"
        f"- **Replaced by**: {instead}\n"
        f"- **Restore**: `git mv {workflow.target} {workflow.path}`\n"
        f"- **History**: `git log --follow -- {workflow.target}`\n"
    )


def _sentence(signal: str) -> str:
    return signal[:1].upper() + signal[1:]
