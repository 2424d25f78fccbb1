"""Rename the classes, functions, attributes, parameters and fixtures that are named after the provider.

    client = GradientClient()  ->  client = LLMClient()

A name changes everywhere or nowhere. It stays where the new name would meet another thing of that name, where it
belongs to somebody else's code, and where the migration does not say what it becomes.
"""

from __future__ import annotations

import ast
import re

from codemods.paths import stuck
from offramp import notebooks
from offramp.model import Edit, Finding, Fix, Refusal, Role, TermKind
from offramp.project import Context
from offramp.syntax import hcl_places
from offramp.syntax.hcl import Configuration
from offramp.syntax.javascript import Script
from offramp.syntax.python import PythonTree
from offramp.terms import moved_unit
from scanners import script_symbols, sdk_calls
from scanners.javascript_paths import resolved
from scanners.python_family import family, overrides
from scanners.python_foreign import foreign
from scanners.script_moves import left_behind

RULES = ("retired-symbol",)
VARIABLE = "TF_VAR_"  # how the environment names a variable of Terraform
OPTION = re.compile(r"-var[ =][\"']?$")  # … and the command line
TERRAFORM = (".tf.json", ".tfvars.json", ".tfvars", ".tftpl", ".tpl")
SUBJECT = "Rename the classes, functions and attributes"
# Kinds in which a name that is there twice breaks something; keys of data are merged by merge_duplicates.
CODE = frozenset({"python", "javascript", "code", "terraform", "shell", "powershell", "dockerfile", "makefile"})


def fix(finding: Finding, context: Context) -> Fix | Refusal | None:
    return notebooks.answer(_fix, finding, context)


def _fix(finding: Finding, context: Context) -> Fix | Refusal | None:
    term, group = finding.term, _group(finding, context)
    shapes = {rewrite.match for rewrite in context.migration.rewrites}
    if term.kind is TermKind.MODULE or term.entry in shapes or sdk_calls.is_shape(context.migration, finding):
        return None  # modules, call_shapes and sdk_calls answer
    if finding.place.role is Role.RESOURCE and not (term.kind is TermKind.SYMBOL and term.exact):
        why = f"{finding.text} is {finding.place.syntax}, and what it names is called so elsewhere"
        told = f"{why}: rename both by hand, or leave it"
        return Refusal(told, group=group if term.kind is TermKind.SYMBOL else "")  # an identifier is another thing
    if finding.place.built:
        why = f"the name {finding.text} is put together at run time"
        return Refusal(f"{why}: change where its parts come from", group=group)
    if term.kind is TermKind.RESIDUE:
        why = f"{finding.text} is named after the provider and the migration does not say its new name"
        return Refusal(f"{why}: add it to symbols:, or to homonyms: if it means something else")
    if term.kind is TermKind.PROVIDER:
        why = f"{finding.text} is the provider's name as an identifier"
        return Refusal(f"{why}: add it to symbols: with its new name, or to homonyms: if it means something else")
    if finding.place.role is Role.STRING and sdk_calls.is_argument(context.document, context.migration, finding.text):
        why = f"{finding.text} may be the parameter of a class that stays"
        return Refusal(f"{why}: rename it by hand if it is not, or add it to homonyms:", group=group)
    if term.new is None:
        return Refusal(f"the migration names no successor of {finding.text}: remove its use, or add one to symbols:")
    if (refusal := _foreign(finding, context, group)) is not None:
        return refusal
    tree = context.document.tree
    if isinstance(tree, Script) and (answer := script_symbols.answer(finding, context, tree, group)) is not None:
        return answer
    if finding.place.syntax in (hcl_places.TYPE, hcl_places.PROVIDER):
        why = f"{finding.text} is {finding.place.syntax}, which is not this project's"
        return Refusal(f"{why}: rewrite it by hand, or add it to homonyms:", group=group)
    if context.document.kind in CODE and (reason := _reason(finding, context, term.new)) is not None:
        return Refusal(reason, group=group)
    adds = _moved(finding, context, term.new)
    return Fix(f"{finding.text} → {term.new}", (_edit(finding, context, term.new),), group=group, adds=adds)


def _group(finding: Finding, context: Context) -> str:
    """What changes together: a name of programs, or one of Terraform, which no program shares."""
    name = finding.text.strip("-").replace("-", "_")
    given = OPTION.search(context.document.text[max(0, finding.start - 12) : finding.start]) is not None
    own = given or context.document.kind == "terraform" or finding.path.endswith(TERRAFORM)
    return f"terraform:{name.removeprefix(VARIABLE)}" if own or name.startswith(VARIABLE) else f"symbol:{name}"


def _moved(finding: Finding, context: Context, new: str) -> tuple[tuple[str, str], ...]:
    """The block that tells Terraform that what has another name is the same thing, and not to be made anew."""
    tree = context.document.tree
    lead = hcl_places.lead(tree.root, finding.start, finding.end) if isinstance(tree, Configuration) else ""
    return ((finding.path, f"moved::{lead}.{finding.text}={lead}.{new}"),) if lead else ()


def _foreign(finding: Finding, context: Context, group: str) -> Refusal | None:
    """A name that is somebody else's stays; so does ours of that name, unless it is certain that there are two."""
    tree = context.document.tree
    owner = foreign(tree, finding, context) if isinstance(tree, PythonTree) else None
    if owner is None:
        return None
    two = owner.certain and family(context.project, context.document).defines(finding.text)
    whose = f"belongs to {owner.module}, which is not this project's"
    return Refusal(f"{finding.text} in {finding.path} {whose}: add the name to homonyms:", group="" if two else group)


def _edit(finding: Finding, context: Context, new: str) -> Edit:
    """The name; with the alias of an import that would say the new name twice."""
    tree = context.document.tree
    if isinstance(tree, PythonTree) and finding.place.role is Role.CODE:
        node = tree.node_at(finding.start, finding.end)
        if isinstance(node, ast.alias) and node.asname is not None and new in (node.name, node.asname):
            return Edit(*tree.span(node), new)
    if isinstance(tree, Script) and (span := script_symbols.said_twice(tree, finding, new)) is not None:
        return Edit(*span, new)
    return Edit(finding.start, finding.end, new)


def _reason(finding: Finding, context: Context, new: str) -> str | None:
    """Why a name can't change in this file, and so in none."""
    old, path, tree = finding.text, finding.path, context.document.tree
    same = (f for f in context.findings if f.rule == finding.rule and f.term.new == new and f.text != old)
    if (other := next((f.text for f in same if f.term.kind is TermKind.SYMBOL), None)) is not None:
        return f"{old} and {other} would both be called {new} in {path}: give one of them another name in symbols:"
    if finding.place.role is Role.IMPORT:
        return _stays(finding, context, new)
    if isinstance(tree, PythonTree):
        return _in_python(finding, context, tree, new)
    if isinstance(tree, Script) and not context.document.fault:
        return _taken(old, path, new) if new in tree.text and script_symbols.meet(tree, old, new) else None
    return _taken(old, path, new) if _stands(context, new) else None


def _in_python(finding: Finding, context: Context, tree: PythonTree, new: str) -> str | None:
    old, path, known = finding.text, finding.path, family(context.project, context.document)
    if old in known.left_behind:
        return f"{old} has to keep its name: {known.left_behind[old]}"
    if (why := known.known_outside(old, new)) is not None:
        return why
    if new in tree.text and tree.scopes.meet(old, new):
        return _taken(old, path, new)
    if (where := known.meeting(old, new)) is not None:
        return f"{where} has a {new} already: choose another name for {old} in symbols:, or merge the two by hand"
    if (held := overrides(known, tree, path, old)) is not None:
        return f"{old} of {held} takes the place of a method of a base class that is not this project's: keep its name"
    return None


def _taken(old: str, path: str, new: str) -> str:
    return f"{path} has a {new} already: choose another name for {old} in symbols:, or merge the two by hand"


def _stays(finding: Finding, context: Context, new: str) -> str | None:
    """Why a module in an import can't change its name: its file must be the project's own, and move along."""
    old, project = finding.text, context.project
    if isinstance(context.document.tree, Script):
        return _script_stays(finding, context)
    for path, target in project.planned.items():
        both = project.exists(path) and project.exists(target)
        if not both and (old, new) in zip(_parts(path), _parts(target), strict=False):
            here = project.exists(path) and stuck(project, path, target, moved_unit(path, target)[0])
            return f"the file of {old} has to stay: {here}" if here else None
    return f"{old} is a module that {finding.path} imports: add it to modules: with its new name, or to homonyms:"


def _script_stays(finding: Finding, context: Context) -> str:
    """Why a module that a script imports keeps its name, where it is not found as the path of a file that moves."""
    project, text, place = context.project, context.document.text, finding.place
    moved = resolved(project, finding.path, text[place.start : place.end])
    if moved is None or moved not in project.planned:
        return f"{finding.text} is a module that {finding.path} imports: add it to modules: with its new name"
    target = project.planned[moved]
    unit = moved_unit(moved, target)[0]
    return (
        f"the file of {finding.text} has to stay: {stuck(project, moved, target, unit) or left_behind(project, unit)}"
    )


def _parts(path: str) -> list[str]:
    return path.partition(".")[0].split("/")


def _stands(context: Context, name: str) -> bool:
    """Whether a name stands in the code of a file, as an identifier or a key."""
    document = context.document
    spans = (m.span() for m in re.finditer(rf"(?<![\w$-]){re.escape(name)}(?![\w$-])", document.text))
    return any(document.tree.place(*span).role in (Role.CODE, Role.KEY, Role.ENV) for span in spans)
