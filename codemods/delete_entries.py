"""Delete the settings that the migration maps to nothing.

    ENV MODE=live GRADIENT_WORKSPACE_ID=abc  ->  ENV MODE=live
    in `Dockerfile`

An entry goes as its format demands: with its line, its comma, its `env:` when it was the only one. A reference in the
value of such an entry goes with it. Code that reads the setting is left to a person, and while a file reads it, the
file's own entries of it stay. What documentation says about it is left to a person, too.
"""

from __future__ import annotations

import dataclasses

from offramp.model import Edit, Entry, Finding, Fix, Refusal, Role
from offramp.project import Context
from offramp.syntax import env, manifest
from offramp.syntax.nodes import NodeTree, holds_env

RULES = ("retired-env-var", "retired-secret")
SUBJECT = "Delete the settings that have no successor"
SPEECH = (Role.COMMENT, Role.PROSE, Role.TEXT)


def fix(finding: Finding, context: Context) -> Fix | Refusal | None:
    if finding.term.new is not None:
        return None
    name, group = finding.text, f"{context.document.path}: {finding.text}"
    entry = _entry(finding, context)
    entry = entry and _emptied(entry, context)
    if entry is not None and entry.outer is not None:
        return Fix(f"{entry.key} goes", (Edit(*entry.outer, ""),), group=group)
    if entry is not None:
        return Refusal(f"{name} maps to nothing and should go, but {entry.stuck}: remove it by hand", group=group)
    if (item := manifest.item(context.document, finding.start, finding.end)) is not None:
        return Fix(f"{name} is handed on no more", (Edit(*item, ""),), group=group)
    if finding.place.role in SPEECH:
        return Refusal(f"{name} maps to nothing: reword or remove what is said about it")
    return Refusal(f"{name} maps to nothing: remove the code that reads it", group=group)


def _emptied(entry: Entry, context: Context) -> Entry:
    """The entry; where every entry beside it goes too, the `env:` that holds them, as an empty one is not none."""
    tree = context.document.tree
    holder = tree.holder(entry.scope) if isinstance(tree, NodeTree) and entry.outer is not None else None
    if holder is None:
        return entry
    retired = [other.start for other in context.findings if other.rule in RULES and other.term.new is None]
    beside = [other for other in tree.entries() if other.scope == entry.scope]
    goes = all(any(other.key_start <= start < other.key_end for start in retired) for other in beside)
    if goes and not holds_env(holder.key):
        return dataclasses.replace(entry, outer=None, stuck=f"nothing would be left of '{holder.key}'")
    return holder if goes else entry


def _entry(finding: Finding, context: Context) -> Entry | None:
    """The entry that sets what the finding names; one that is commented out counts in an env file."""
    tree = context.document.tree
    entries = [*tree.entries(), *(tree.commented() if isinstance(tree, env.EnvFile) else ())]
    own = [entry for entry in entries if entry.key_start <= finding.start and finding.end <= entry.key_end]
    if own:
        return own[0]
    retired = [other.start for other in context.findings if other.rule in RULES and other.term.new is None]
    for entry in entries:
        holds = entry.value_start <= finding.start and finding.end <= entry.value_end
        if holds and any(entry.key_start <= start < entry.key_end for start in retired):
            return entry
    return None
