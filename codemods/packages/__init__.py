"""Replace the packages of the retired provider wherever they are required or installed.

    gradient[foo]==3.1 ; python_version > "3.8"  # note  ->  openai>=1.0 ; python_version > "3.8"  # note
    in `requirements.txt`

A requirement is replaced as a whole: name, extras and version; marker and comment stay. Where the successor stands
in the same list already, the retired one is deleted. As long as a Python file imports the retired one, it stays, and
the successor is required beside it. Pins with hashes, compiled files and URLs are left to a person.
An import is not renamed because its package is replaced: the other package has another API. `rewrites:` and
`modules:` of the migration say what to do with it.
"""

from __future__ import annotations

from codemods.packages import importers
from offramp.model import Edit, Finding, Fix, Refusal, Role, TermKind, apply_edits
from offramp.project import Context
from offramp.syntax import commands, manifest, specification
from offramp.syntax.manifest import Required
from offramp.syntax.yaml_places import DEPENDENCIES

RULES = ("retired-package", "retired-import")
SUBJECT = "Replace the packages"
SPEECH = (Role.COMMENT, Role.PROSE, Role.TEXT)


def fix(finding: Finding, context: Context) -> Fix | Refusal | None:
    if finding.term.kind is not TermKind.PACKAGE:
        return None
    if finding.rule == "retired-import":
        return Refusal(
            f"the package that replaces {finding.text} has another API: map the import in modules: or rewrites:"
        )
    if finding.place.role is not Role.PACKAGE:
        return _named(finding)
    ecosystem, new = _successor(finding, context)
    found = manifest.required(context.document, finding.place)
    if (reason := _not_by_rule(finding, context, found)) is not None:
        return Refusal(reason)
    if new is None:
        return _deleted(finding, found, f"{finding.text} goes: nothing replaces it")
    return _replaced(finding, context, found, ecosystem, new)


def _not_by_rule(finding: Finding, context: Context, found: Required) -> str | None:
    """Why a requirement can neither be replaced nor be deleted."""
    if found.fault and not found.pinned:
        return f"{finding.text}: {found.fault}"
    written = context.document.text[found.start : found.end]
    alone = specification.normal(written) == specification.normal(finding.text)
    if (found.versions or found.name_only) and not alone:  # `"other>name": "1"` of overrides
        return f"{finding.text} is a part of '{written}': change it by hand"
    return None


def _replaced(finding: Finding, context: Context, found: Required, ecosystem: str, new: str) -> Fix | Refusal:
    """The successor in the place of a requirement, or beside it, or nothing where it stands already."""
    name, version = specification.split(new, ecosystem)
    if found.name_only and any(specification.same(other, name) for other in found.beside):
        return _deleted(finding, found, f"{finding.text} goes: {name} is named already")
    if (importer := importers.still(finding, context, ecosystem)) is not None:
        return _beside(finding, context, found, new, importer)
    own = specification.marker(context.document.text[found.start : finding.place.end])
    for other in found.beside:
        if specification.same(other, name) and specification.marker(other) in ("", own):
            if not specification.admits(other, version):
                return Refusal(f"{name} is required beside it in a version below {new}: settle on one version by hand")
            return _deleted(finding, found, f"{finding.text} goes: {name} is required already")
    if _follows_another(finding, context, found, new):
        return _deleted(finding, found, f"{finding.text} goes: {name} replaces another package of the list")
    if found.fault:
        return Refusal(f"{finding.text}: {found.fault}")
    if found.versions and not version and ecosystem == commands.NPM:
        return Refusal(f"the migration gives {name} no version: write it as name@range in packages.npm")
    return Fix(f"{finding.text} → {new}", manifest.replaced(context.document, found, new, ecosystem))


def _named(finding: Finding) -> Fix | Refusal:
    """What is said about the package; a value that names it may be a path, a type or a pattern."""
    if finding.place.role not in SPEECH or finding.term.new is None:
        return Refusal(f"the package {finding.text} is named here: see what becomes of it, and change it by hand")
    return Fix.replace(finding, specification.split(finding.term.new, finding.term.ecosystem)[0])


def _successor(finding: Finding, context: Context) -> tuple[str, str | None]:
    """The ecosystem that a finding belongs to, and what the migration puts in its place there."""
    ecosystem = commands.ecosystem(context.document.kind, finding.place)
    table = {specification.normal(old): new for old, new in context.migration.packages.get(ecosystem, {}).items()}
    return ecosystem, table.get(specification.normal(finding.text))


def _beside(finding: Finding, context: Context, found: Required, new: str, importer: str) -> Fix | Refusal:
    """The successor is required as well, and the retired package as long as something imports it."""
    ecosystem = commands.ecosystem(context.document.kind, finding.place)
    name, version = specification.split(new, ecosystem)
    if any(specification.same(other, name) for other in found.beside):
        return Refusal(f"{importer} still imports it: rewrite that file first, then remove {finding.text}")
    title = f"{new} beside {finding.text}, which {importer} still imports"
    if ecosystem == commands.NPM:
        if context.document.kind != "package_json" or not version or finding.place.key not in DEPENDENCIES:
            return Refusal(f"{importer} still imports it: rewrite that file first; until then add {new} beside it")
        return Fix(title, adds=((context.document.path, f"setting:{finding.place.key}:{name}={version}"),))
    if found.path is not None and not found.fault:
        own = context.document.text[found.start : finding.place.end]
        written = new + own[found.end - found.start :]  # its marker
        return Fix(title, adds=((context.document.path, f"item:{found.path}:{written.rstrip()}"),))
    if found.outer is None or found.fault:
        return Refusal(f"{importer} still imports it: rewrite that file first; until then add {new} beside it")
    start, end = found.outer
    edits = manifest.replaced(context.document, found, new, commands.PIP)
    inner = (Edit(e.start - start, e.end - start, e.replacement) for e in edits)
    copy = apply_edits(context.document.text[start:end], inner)
    return Fix(title, (Edit(start, start, copy),))


def _deleted(finding: Finding, found: Required, title: str) -> Fix | Refusal:
    if found.outer is None:
        return Refusal(f"{finding.text} should go: {found.stuck}")
    return Fix(title, (Edit(*found.outer, ""),))


def _follows_another(finding: Finding, context: Context, found: Required, new: str) -> bool:
    """Whether another package of the list, further up, is replaced by the same one."""
    own = specification.marker(context.document.text[found.start : finding.place.end])
    for other in context.findings:
        if other.rule != finding.rule or other.start >= finding.start or _successor(other, context)[1] != new:
            continue
        required = manifest.required(context.document, other.place)
        marker = specification.marker(context.document.text[required.start : other.place.end])
        if required.scope == found.scope and not required.fault and marker in ("", own):
            return True
    return False
