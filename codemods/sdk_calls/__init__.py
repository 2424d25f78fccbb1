"""Replace the calls of a retired SDK by those of its successor, as `sdks:` of the migration describes.

    model = genai.GenerativeModel("gemini-2.5-pro")  ->  model = "gemini-2.5-pro"
    model.generate_content(question)  ->  client.models.generate_content(model=model, contents=question)

All calls of a file change, with its imports, or none: where an object is handed on, an argument has no successor, or
the client can't be seen from a call, the file is left to a person with that reason, and its keys, models and URLs with
it: the old client would send the new key.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from codemods.fail_fast import provision
from codemods.sdk_calls import edits
from offramp import notebooks
from offramp.document import Document
from offramp.model import Edit, Finding, Fix, Refusal, Role, TermKind
from offramp.project import Context, Project
from scanners import sdk_calls
from scanners.sdk_calls import stays

TOGETHER = ("retired-env-var", "retired-model", "retired-url", "hardcoded-fallback")  # they change with the calls
READ = re.compile(r"""os\.environ\[["'](\w+)["']\]""")
RULES = ("retired-symbol", *TOGETHER)
SUBJECT = "Replace the calls of the retired SDK"


def fix(finding: Finding, context: Context) -> Fix | Refusal | None:
    return notebooks.answer(_fix, finding, context)


def _fix(finding: Finding, context: Context) -> Fix | Refusal | None:
    if finding.rule in TOGETHER:
        return _left_with(finding, context)
    for sdk in context.migration.sdks:
        if finding.term.entry not in {shape.match for shape in sdk.shapes}:
            continue
        file = sdk_calls.follow(context.document, sdk)
        if file is None or not any((use.start, use.end) == (finding.start, finding.end) for use in file.uses):
            continue
        group = f"sdk:{sdk.name}:{context.document.path}"
        plan = edits.plan(file, context.project)
        if isinstance(plan, str):
            told = f"{plan}: rewrite the calls of {sdk.modules[0]} in this file by hand, with the import"
            return Refusal(told, group=group)
        settings = _settings(plan)
        adds = tuple(add for name in settings for add in _adds(context, name))
        title = f"{finding.term.entry} → {finding.term.new}"
        return Fix(title, tuple(plan), group=group, settings=settings, adds=adds)
    return None


def _settings(plan: tuple[Edit, ...]) -> tuple[str, ...]:
    """What the new calls read."""
    found = {match[1] for edit in plan for match in READ.finditer(edit.replacement)}
    return tuple(sorted(found))


def _adds(context: Context, name: str) -> tuple[tuple[str, str], ...]:
    """The places that can be given a setting; where only a person can, the report names it."""
    adds = provision.settle(context, name)
    return () if isinstance(adds, Refusal) else adds


def _left_with(finding: Finding, context: Context) -> Refusal | None:
    """Leave what the old calls need where they are left: a name in code is renamed in all files or none, though."""
    spelled = finding.term.kind is TermKind.ENV and not finding.text.isupper()
    if spelled or finding.place.role in (Role.COMMENT, Role.PROSE):
        return None
    known = left(context.document, context.project)
    if known is None:
        return None
    module, why = known
    return Refusal(
        f"the calls of {module} in this file are left to you, and {finding.text} with them ({why})", final=True
    )


@functools.lru_cache(maxsize=512)
def left(document: Document, project: Project) -> tuple[str, str] | None:
    """The SDK whose calls in a file are left to a person, and why."""
    for sdk in project.migration.sdks:
        file = sdk_calls.follow(document, sdk)
        if file is None or all(stays(sdk, use) for use in file.uses):
            continue
        plan = edits.plan(file, project)
        if isinstance(plan, str):
            return sdk.modules[0], plan
    return None


def readers(name: str, project: Project) -> Iterator[str]:
    """The files that go on reading a setting, because the calls of an SDK in them are left to a person."""
    for path, document in sorted(project.documents.items()):
        if document.kind in ("python", "notebook") and name in document.text and left(document, project) is not None:
            yield path
