"""Replace the packages of the retired provider wherever they are required or installed.

    gradient[foo]==3.1 ; python_version > "3.8"  # note  ->  openai>=1.0 ; python_version > "3.8"  # note
    in `requirements.txt`

A requirement is replaced as a whole: name, extras and version; marker and comment stay. Where the successor stands
in the same list already, the retired one is deleted. Pins with hashes, compiled files and URLs are left to a person.
An import is not renamed because its package is replaced: the other package has another API. `rewrites:` and
`modules:` of the migration say what to do with it.
"""

from __future__ import annotations

from offramp.model import Edit, Finding, Fix, Refusal, Role, TermKind
from offramp.project import Context
from offramp.syntax import commands, manifest, specification
from offramp.syntax.manifest import Required

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
    if found.fault:
        return Refusal(f"{finding.text}: {found.fault}")
    if new is None:
        return _deleted(finding, found, f"{finding.text} goes: nothing replaces it")
    name, version = specification.split(new, ecosystem)
    own = specification.marker(context.document.text[found.start : finding.place.end])
    for other in found.beside:
        if specification.same(other, name) and specification.marker(other) in ("", own):
            if not specification.admits(other, version):
                return Refusal(f"{name} is required beside it in a version below {new}: settle on one version by hand")
            return _deleted(finding, found, f"{finding.text} goes: {name} is required already")
    if _follows_another(finding, context, found, new):
        return _deleted(finding, found, f"{finding.text} goes: {name} replaces another package of the list")
    if found.version is not None and not version and ecosystem == commands.NPM:
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
    table = {old.lower(): new for old, new in context.migration.packages.get(ecosystem, {}).items()}
    return ecosystem, table.get(finding.text.lower())


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
