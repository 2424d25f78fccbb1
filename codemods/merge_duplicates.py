"""Merge a setting of the migration that one mapping holds twice, as happens when two old names have one new name.

    OPENROUTER_API_KEY=changeme
    OPENROUTER_API_KEY=changeme  ->  (once)

The last one wins wherever settings are read, so the one above goes; unless the one below is empty or a placeholder
and the one above is not. Two different values are left to a person. No message ever holds a value.
"""

from __future__ import annotations

from offramp import duplicates
from offramp.model import Edit, Entry, Finding, Fix, Refusal
from offramp.project import Context

RULES = ("duplicate-setting",)
SUBJECT = "Merge duplicate settings"


def fix(finding: Finding, context: Context) -> Fix | Refusal | None:
    entries = context.document.tree.entries()
    own = next((entry for entry in entries if entry.key_start == finding.start), None)
    if own is None:
        return None
    later = [e for e in entries if (e.scope, e.key) == (own.scope, own.key) and e.key_start > own.key_start]
    if not later:
        return None
    loser = redundant(own, later[-1])
    lines = ", ".join(str(context.document.position(entry.key_start)[0]) for entry in (own, *later))
    if loser is None:
        return Refusal(f"{own.key} is set with different values in lines {lines}: keep one of them")
    if loser.outer is None:
        return Refusal(
            f"{own.key} is set in lines {lines}, and one can't be deleted because {loser.stuck}: keep one of them"
        )
    return Fix(f"{own.key} is set once", (Edit(*loser.outer, ""),))


def redundant(earlier: Entry, later: Entry) -> Entry | None:
    """Which of two entries of one name says nothing that the other does not, or None where both say something."""
    loser = duplicates.redundant(earlier.value, later.value)
    return None if loser is None else (earlier, later)[loser]
