"""Rename the files and folders that are named after the provider, with every reference to their paths.

    COPY prompts/gradient /app/prompts/gradient  ->  COPY prompts/openrouter /app/prompts/openrouter

A file and what refers to it change together or not at all. Files that other code loads by their name are left to a
person, because that code would have to change, too; the modules of the migration have a codemod of their own.
"""

from __future__ import annotations

import posixpath
import re

from offramp import files, suppression
from offramp.model import Applicability, Finding, Fix, Move, Refusal, Role, Term, TermKind
from offramp.project import Context, Project
from offramp.terms import moved_unit
from scanners.script_moves import left_behind as scripts_left_behind
from scanners.tree import module_of

RULES = ("retired-path",)
SUBJECT = "Rename the files and folders that are named after the provider"
MANY = 200  # files: a folder this large is the project's own, not a corner of it
TEST = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*_test|conftest)\.py$")
READS_CODE = ("python", "notebook", "toml", "ini", "yaml", "shell", "makefile", "procfile", "dockerfile", "json")


def fix(finding: Finding, context: Context) -> Fix | Refusal | None:
    project = context.project
    old = finding.term.entry
    new = project.planned.get(old)
    if finding.term.kind is not TermKind.PATH or new is None or finding.term.new is None or module_of(project, old):
        return None  # the modules codemod answers
    if "://" in (led := _led_by(finding, context)):
        return Refusal(f"{led}{finding.text} is an address: change it once the file is where it says")
    if finding.place.role is Role.RESOURCE and (refusal := _foreign(finding, context)) is not None:
        return refusal
    if not project.exists(old):
        return Fix.replace(finding, finding.term.new)  # it has moved already
    unit = moved_unit(old, new)[0]
    group = f"path {unit}"
    if finding.end and not finding.term.exact and (others := _same_name(project, finding, led)):
        meant = sorted({old, *others})
        groups = tuple(
            f"path {moved_unit(path, project.planned[path])[0]}" for path in meant if path in project.planned
        )
        return Refusal(f"{finding.text} can mean {' and '.join(meant)}: say which one is meant", also=groups)
    if (reason := _reason(project, old, new, unit)) is not None:
        return Refusal(reason, group=group)
    if finding.end == 0:
        return Fix(f"{old} → {new}", moves=(Move(old, new),), applicability=Applicability.SAFE, group=group)
    return Fix.replace(finding, finding.term.new, group=group)


def _led_by(finding: Finding, context: Context) -> str:
    """What stands before a path in the same word."""
    line = context.document.text[max(0, finding.start - 200) : finding.start]
    return re.split(r"[\s\"'`(<\[]", line)[-1]


def _foreign(finding: Finding, context: Context) -> Refusal | None:
    """Why a path in an image of others stays: nothing here says to its programs where the file is."""
    text, place = context.document.text, finding.place
    target = text[text.rfind(":", place.start, finding.start) + 1 or place.start : place.end].partition(":")[0]
    others = (document for path, document in context.project.documents.items() if path != finding.path)
    if any(target in document.text for document in others):
        return None
    return Refusal(
        f"{finding.text} stays in {target}: a program of the image, which is not built here, may look for it"
    )


def _reason(project: Project, old: str, new: str, unit: str) -> str | None:
    """Why the file, or the folder that it moves with, has to stay."""
    if (reason := stuck(project, old, new, unit)) is not None:
        return reason
    if (importer := _importer(project, unit)) is not None:
        return f"{importer} imports {unit}: add it to modules: of the migration, so that imports and file move together"
    return scripts_left_behind(project, unit)


def stuck(project: Project, old: str, new: str, unit: str) -> str | None:
    """Why a file has to stay even when all that imports it is changed before."""
    if old.count("/") != new.count("/"):  # into an archive, which is another codemod's work
        return f"{old} stays where it is for now: see what is said about the workflow itself"
    for path in project.below(unit):
        planned = project.planned.get(path, path)
        document = project.documents.get(path)
        if document is not None and document.refusal is not None:
            return f"{path} can't move along: {document.refusal.reason}"
        if (taken := project.taken(planned)) is not None and taken != path:
            return f"{planned} can't be had, {taken} is there already: compare the two and move {path} by hand"
        if (why := _kept(project, path)) is not None:
            return f"{path} stays: {why}"
    if unit != old and len(project.below(unit)) > MANY:
        return f"the folder {unit} holds more than {MANY} files: rename it by hand"
    if files.kind_of(old) == "code":
        return f"{old} is source code that other code loads by its name: rename it with the tools of its language"
    return None


def _kept(project: Project, path: str) -> str | None:
    """The comment in a file's first line that asks to leave it, or the entry of `keep:`."""
    if (entry := project.migration.keeps_path(path)) is not None:
        return f"kept by {entry} in the migration"
    document = project.documents.get(path)
    head = suppression.COMMENT.search(document.line(1)) if document is not None else None
    return None if head is None or (head["rules"] and "retired-path" not in head["rules"]) else head[0]


def _same_name(project: Project, finding: Finding, led: str) -> list[str]:
    """Other files that the last parts of a path could mean, where not all of them move alike.

    Nothing where the folder of the document decides.
    """
    written = posixpath.normpath(posixpath.join(posixpath.dirname(finding.path), led + finding.text))
    if f"{finding.term.entry}.".startswith(f"{written}."):
        return []
    alike = [path for path in project.paths if f"/{path}".endswith(f"/{finding.text}")]
    if all(_moves_alike(project, path, finding.term) for path in alike):
        return []
    return [path for path in alike if path != finding.term.entry]


def _moves_alike(project: Project, path: str, term: Term) -> bool:
    """Whether a file moves, and to such a name that a reference to it becomes the same."""
    new = project.planned.get(path)
    if new is None or not f"/{new}".endswith(f"/{term.new}"):
        return False
    return stuck(project, path, new, moved_unit(path, new)[0]) is None


def _importer(project: Project, unit: str) -> str | None:
    """A file that loads a Python file or a package by its name."""
    name = re.sub(r"\.pyi?$", "", unit.rpartition("/")[2])
    is_python = unit.endswith((".py", ".pyi")) or any(path.endswith(".py") for path in project.below(unit))
    if TEST.search(unit) or not is_python:
        return None
    word = re.escape(name)
    imported = rf"^[ \t>.]*(?:from|import)\b[^\r\n#]*(?<!\w){word}\b"
    dotted = rf"(?<![\w/.-])(?:\w+\.)*{word}[.:](?!pyi?\b)[A-Za-z_]|\w\.{word}\b"
    pattern = re.compile(f"{imported}|{dotted}", re.MULTILINE)
    for path, document in sorted(project.documents.items()):
        outside = document.kind in READS_CODE and path != unit and not path.startswith(f"{unit}/")
        if outside and name in document.text and pattern.search(document.text):
            return path
    return None
