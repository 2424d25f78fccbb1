"""Do the entries of a migration fit together? A run must come to an end, and a second one must change nothing.

A: B, B: C              'B' is the new name of 'A' and itself retired by 'B'
A: B, B: A              goes round in a circle
env A: B, symbols A: C  differ on 'A'
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from offramp.migration import carry, wildcard

Table = Mapping[str, str | None]
NO_TABLE: Table = {}


class Fault(NamedTuple):
    """A contradiction between two sections, told at an entry of one of them."""

    section: str
    name: str
    message: str
    hint: str


def chain(old: str, new: str | None, table: Table, section: str) -> tuple[str, str] | None:
    """What is wrong with the entry `old: new` of a table, and what to write instead; None where it is right."""
    if new is None or section == "settings":
        return None
    if new == old:
        return f"'{old}' in {section} maps to itself", "Leave the line out, or use `keep:`."
    again = next((other for other in table if _matches_again(other, new, section)), None)
    if again is None:
        return None
    back = table[again]
    if back is not None and carry(again, back, new) == old:
        hint = f"'{old}' and '{new}' map to each other: remove the line that goes backwards."
        return f"{section} goes round in a circle", hint
    message = f"'{new}' is the new name of '{old}' and itself retired by '{again}' in {section}"
    return message, f"A second run would change it again. Map '{old}' to the final name at once."


def across(values: Mapping[str, object]) -> Iterator[Fault]:
    """The contradictions between the sections of a migration."""
    env, secrets, symbols = (_table(values, name) for name in ("env", "secrets", "symbols"))
    for section, table, other in (("secrets", secrets, env), ("env", env, secrets)):
        for old, new in table.items():
            fault = None if old in other else chain(old, new, {**other, old: new}, "env and secrets")
            if fault is not None:
                yield Fault(section, old, *fault)
    for old in sorted(symbols.keys() & env.keys()):
        if symbols[old] != env[old]:
            hint = f"Keep one of the two: it can become '{env[old]}' or '{symbols[old]}', not both."
            yield Fault("symbols", old, f"env and symbols differ on '{old}'", hint)
    slug = str(values.get("slug", ""))
    if slug and slug.lower() == str(values.get("new_slug", "")).lower():
        hint = "Write the provider that takes its place, or leave `provider:` out of both."
        yield Fault("replace", "provider", f"'{slug}' would replace itself", hint)
    for path in sorted(_listed(values, "archive") & _listed(values, "keep_workflows")):
        hint = "Leave it in one of the two lists."
        yield Fault("workflows", "keep", f"workflows archives and keeps '{path}'", hint)


def _table(values: Mapping[str, object], name: str) -> Table:
    table = values.get(name)
    return table if isinstance(table, dict) else NO_TABLE


def _listed(values: Mapping[str, object], name: str) -> set[str]:
    listed = values.get(name)
    return set(listed) if isinstance(listed, tuple) else set()


def distribution(requirement: str, ecosystem: str) -> str:
    """The name in a requirement, as its registry compares names.

    >>> distribution("Old_Client[async]>=1.0", "pip"), distribution("@old/client@^4", "npm")
    ('old-client', '@old/client')
    """
    if ecosystem == "npm":
        return re.sub(r"(?<=.)@.*", "", requirement).lower()
    return re.sub(r"[-_.]+", "-", re.split(r"[\s\[<>=!~;@]", requirement, maxsplit=1)[0]).lower()


def _matches_again(old: str, new: str, section: str) -> bool:
    if section == "modules" and "*" not in old:
        return new == old or new.startswith(f"{old}.")
    if section == "urls":  # prefixes match; a bare host matches inside any URL of it
        return new == old or new.startswith(old.rstrip("/") + "/") or ("://" not in old and f"//{old}" in new)
    return wildcard(old).fullmatch(new.replace("*", "x")) is not None
