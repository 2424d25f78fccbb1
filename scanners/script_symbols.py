"""What a name of a script may become: the part of the codemod `symbols` that knows JavaScript.

import { gradientChat as llmChat } from "./api"   ->  import { llmChat } from "./api"
createThing({ gradientClient })                   ->  createThing({ gradientClient: llmClient })
                                                      where the property belongs to another package
"""

from __future__ import annotations

from offramp.model import Edit, Finding, Fix, Refusal, Role, TermKind
from offramp.project import Context
from offramp.syntax.grammar import Node
from offramp.syntax.javascript import Script
from scanners import javascript_family
from scanners.javascript_family import PROPERTIES, Owner


def answer(finding: Finding, context: Context, tree: Script, group: str) -> Fix | Refusal | None:
    """What becomes of a name that is not, or may not be, the project's own; None where it is."""
    new = finding.term.new
    if finding.place.role not in (Role.CODE, Role.KEY) or new is None or context.document.fault is not None:
        return None
    node = tree.root.at(finding.start, finding.end)
    known = javascript_family.family(context.project, context.document)
    owner = javascript_family.owner_of(tree, node, context.project, context.document.path)
    if owner is not None and _is_mapped(owner, context):
        return None
    if owner is None:
        if node.kind in PROPERTIES and not known.owns(finding.text) and not _is_bound(tree, node):
            why = f"nothing in the project says what {finding.text} is a property of"
            return Refusal(f"{why}: rename it by hand where it is yours, or add it to homonyms:")
        return None
    if not owner.is_property:
        why = f"{finding.text} in {finding.path} belongs to {owner.package}, which is not this project's"
        return Refusal(f"{why}: add the name to homonyms:", group=group if owner.is_passed_on else "")
    if known.owns(finding.text):
        return None
    if node.kind.startswith("shorthand_property_identifier"):
        return Fix(f"{finding.text} → {new}", (Edit(*node.span, f"{finding.text}: {new}"),), group=group)
    why = f"{finding.text} is a property that {owner.package} knows"
    return Refusal(f"{why}: rename it by hand if it is yours, or add it to homonyms:")


def meet(tree: Script, old: str, new: str) -> bool:
    """Whether two names of a script can't become one."""
    return tree.scopes.meet(old, new) or javascript_family.members_meet(tree, old, new)


def said_twice(tree: Script, finding: Finding, new: str) -> tuple[int, int] | None:
    """The whole of `old as new`, where it would say the new name twice."""
    if finding.place.role is not Role.CODE:
        return None
    specifier = tree.root.at(finding.start, finding.end).above("import_specifier", "export_specifier")
    if specifier is None:
        return None
    name, alias = specifier.field("name"), specifier.field("alias")
    if name is None or alias is None:
        return None
    other = alias if name.span == (finding.start, finding.end) else name
    return (name.start, alias.end) if other.text == new else None


def unmapped(finding: Finding, context: Context) -> str | None:
    """A name that is imported from a module of others, is called after the provider, and has no successor."""
    tree = context.document.tree
    statement = tree.root.at(finding.start, finding.end).above("import_statement") if isinstance(tree, Script) else None
    for specifier in statement.find_all("import_specifier") if statement is not None else []:
        name = specifier.field("name")
        for match in context.vocabulary.find(name.text) if name is not None else []:
            mapped = match.reading(TermKind.SYMBOL)
            if (mapped is None or mapped.new is None) and match.reading(TermKind.PROVIDER, TermKind.RESIDUE):
                return match.text
    return None


def _is_mapped(owner: Owner, context: Context) -> bool:
    """Whether the migration says what becomes of a package, so that its names are ours to change."""
    modules = context.migration.modules
    return any(owner.package == name for pair in modules.items() for name in pair if name)


def _is_bound(tree: Script, node: Node) -> bool:
    """Whether a shorthand stands for a binding of the script, which is renamed with it."""
    found = tree.scopes.at(*node.span) if node.kind.startswith("shorthand_property_identifier") else None
    return found is not None and found[0] is not None
