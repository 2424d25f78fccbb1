"""One module per kind of change, in the order in which they are applied; each becomes one commit.

A codemod module has
    RULES: tuple[str, ...]                              the rules whose findings it answers
    SUBJECT: str                                        the subject of its commit
    fix(finding, context) -> Fix | Refusal | None       None leaves the finding to a later codemod

Its docstring says what it changes and why, with a before and an after. Its cases are in
fixtures/codemods/<module>.md: they are its tests, and the examples of its page in the documentation.
"""

from __future__ import annotations

PIPELINE: tuple[str, ...] = (
    "archive_workflows",
    "dead_branches",
    "call_shapes",
    "sdk_calls",
    "modules",
    "packages",
    "symbols",
    "provider_values",
    "models",
    "urls",
    "env_vars",
    "delete_entries",
    "merge_duplicates",
    "fail_fast",
    "silent_tests",
    "paths",
    "prose",
)
