"""Rename the environment variables of the retired provider, wherever they are read, set, checked or named.

    os.environ["GRADIENT_API_KEY"]  ->  os.environ["OPENROUTER_API_KEY"]

A name is renamed as a whole, prefixes of frameworks (`VITE_`, `NEXT_PUBLIC_`, `TF_VAR_`) kept. A name that is put
together at run time is left to a person. Where a format forbids a key twice and two names become one, the redundant
entry goes at once; different values are left to a person. A statement that would set a variable to itself goes, and so
does one of two alternatives of a pattern. In env templates, compose files and workflows the old name stays beside the
new one as long as calls of an SDK that are left to a person read it.
"""

from __future__ import annotations

import dataclasses
import re

from codemods.env_vars.beside import beside
from codemods.env_vars.images import read_by_an_image
from codemods.merge_duplicates import redundant
from offramp.model import Edit, Entry, Finding, Fix, Refusal, Role, TermKind
from offramp.project import Context
from offramp.syntax import alternatives
from offramp.syntax.javascript import Script

RULES = ("retired-env-var", "retired-secret")
SUBJECT = "Rename the environment variables"
STRICT = ("yaml", "json", "toml", "terraform", "powershell")  # a key that stands twice is an error to what reads them
SCRIPTS = ("shell", "batch", "powershell")
UNPARSABLE = ("toml", "terraform")  # and even for a moment


def fix(finding: Finding, context: Context) -> Fix | Refusal | None:
    if finding.term.new is None:
        return None  # delete_entries answers
    if finding.place.built:
        return Refusal(f"the name {finding.text} is put together at run time: change where its parts come from")
    if (stays := read_by_an_image(finding, context)) is not None:
        return stays
    if (kept := beside(finding, context, finding.term.new, _text)) is not None:
        return kept
    if (itself := _itself(finding, context)) is not None:
        return itself
    span = alternatives.redundant(context.document.text, finding.start, finding.end, lambda n: _text(n, context))
    if span is not None:
        return Fix(f"{finding.term.new} is one of the alternatives already", (Edit(*span, ""),))
    rename = Edit(finding.start, finding.end, finding.term.new)
    group = _namesakes(finding, context) if context.document.kind in STRICT else []
    if len(group) < 2:
        return Fix(f"{finding.text} → {finding.term.new}", (rename,), group=_together(finding, context))
    return _merged(finding, context, group, rename)


def _together(finding: Finding, context: Context) -> str:
    """The group of the names that scripts have for a variable: bindings and properties change everywhere or nowhere."""
    tree = context.document.tree
    if not isinstance(tree, Script):
        return ""
    node = tree.root.at(finding.start, finding.end)
    is_name = finding.place.role in (Role.CODE, Role.KEY) or node.kind == "shorthand_property_identifier_pattern"
    return f"names of {finding.text}" if is_name else ""


def _itself(finding: Finding, context: Context) -> Fix | None:
    """The deletion of a statement that gave one old name the value of another, both of which have one new name."""
    text, kind = context.document.text, context.document.kind
    entries = context.document.tree.entries() if kind in SCRIPTS else ()
    own = next((e for e in entries if e.key_start <= finding.start and finding.end <= e.value_end), None)
    if own is None or own.outer is None or not own.scope.startswith("statement"):
        return None
    key = re.escape(_renamed(own, context).key)
    if not re.fullmatch(rf"\"?(?:%{key}%|!{key}!|\$\{{?(?:env:)?{key}\}}?)\"?", _renamed(own, context).value):
        return None
    head = text[own.outer[0] : own.key_start].strip()
    whole = own.outer[1] == len(text) or text[own.outer[1] - 1] in "\r\n"
    if kind == "shell" and (head or not whole):
        return None  # `export X=$X` hands it on, and so does `X=$X command`
    return Fix(f"{finding.term.new} is not set to itself", (Edit(*own.outer, ""),))


def _merged(finding: Finding, context: Context, group: list[Entry], rename: Edit) -> Fix | Refusal:
    lines = " and ".join(str(context.document.position(entry.key_start)[0]) for entry in group)
    kept, losers = group[0], list[Entry]()
    for entry in group[1:]:
        loser = redundant(*(_renamed(e, context) for e in (kept, entry)))
        if loser is None:
            reason = f"{finding.term.new} would be set with different values in lines {lines}: keep one of them"
            return Refusal(reason)
        kept, gone = (entry, kept) if loser.key_start == kept.key_start else (kept, entry)
        losers.append(gone)
    if context.document.kind not in UNPARSABLE:
        return Fix(f"{finding.text} → {finding.term.new}", (rename,))  # merge_duplicates deletes the others
    stuck = next((entry.stuck for entry in losers if entry.outer is None), None)
    if stuck is not None:
        return Refusal(f"{finding.term.new} would be set in lines {lines}, and {stuck}: keep one of them")
    edits = [Edit(*entry.outer, "") for entry in losers if entry.outer is not None]
    if kept.key_start <= finding.start < kept.key_end:
        edits.append(rename)
    return Fix(f"{finding.term.new} is set once", tuple(edits))


def _namesakes(finding: Finding, context: Context) -> list[Entry]:
    """The entries of one mapping that are called alike once all are renamed, if the finding is the key of one."""
    entries = context.document.tree.entries()
    own = next((e for e in entries if e.key_start <= finding.start and finding.end <= e.key_end), None)
    if own is None:
        return []
    name = _renamed(own, context).key
    return [e for e in entries if e.scope == own.scope and _renamed(e, context).key == name]


def _renamed(entry: Entry, context: Context) -> Entry:
    """The entry as it will be called and what it will refer to."""
    return dataclasses.replace(entry, key=_text(entry.key, context), value=_text(entry.value, context))


def _text(text: str, context: Context) -> str:
    for match in reversed(context.vocabulary.find(text)):
        term = match.reading(TermKind.ENV)
        if term is not None and term.new is not None:
            text = text[: match.start] + term.new + text[match.end :]
    return text
