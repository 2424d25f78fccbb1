"""Whether every script that imports a file can follow when it moves.

import { ask } from "../lib/gradient-api"     follows, as does what is mocked, required or exported from there
import { ask } from "@api"                    means the file by a name that does not change: the configuration would
"""

from __future__ import annotations

import posixpath
import re
import weakref

from offramp.document import Document
from offramp.project import PathIndex, Project
from offramp.syntax.javascript import Script
from scanners import scan_one
from scanners.javascript_paths import SCRIPT, resolved

COMPONENTS = (".vue", ".svelte")
IMPORTED = re.compile(r"\b(?:from|import|require)\s*\(?\s*['\"]([^'\"\r\n]+)['\"]")
_READERS: weakref.WeakKeyDictionary[PathIndex, dict[str, list[str]]] = weakref.WeakKeyDictionary()


def left_behind(project: Project, unit: str) -> str | None:
    """Why a file or folder has to stay: a script that imports it in a way that nothing would change."""
    moving = {path for path in project.below(unit) if SCRIPT.search(path) and path in project.planned}
    for moved in sorted(moving):
        if moved.count("/") == project.planned[moved].count("/"):
            head, target = posixpath.dirname(moved), posixpath.dirname(project.planned[moved])
            if head != target and posixpath.dirname(head) != posixpath.dirname(target) and unit == moved:
                return f"{moved} would get into another folder, and what it imports would not: move it by hand"
    stems = {_stem(path) for path in moving}
    for path in sorted(path for stem in stems for path in _readers(project).get(stem, ())):
        if (why := _stays(project, path, moving, stems)) is not None:
            return why
    return None


def _stays(project: Project, path: str, moving: set[str], stems: set[str]) -> str | None:
    document = project.load(path) or project.document(path)
    if document is None:
        return None
    for start, end in _imports(document):
        specifier = document.text[start:end]
        if path in moving and specifier.startswith("."):
            continue  # it goes along
        if resolved(project, path, specifier) not in moving or not any(stem in specifier for stem in stems):
            continue
        found = scan_one(project, document) if path in project.documents else []
        if document.refusal is not None:
            return f"{path} imports it as {specifier}, and can't change: {document.refusal.reason}"
        if not any(f.rule == "retired-path" and start <= f.start < end for f in found):
            return f"{path} imports it as {specifier}: change that, then rename the file"
    return None


def _imports(document: Document) -> list[tuple[int, int]]:
    """The spans of what is imported; in a component of Vue or Svelte, by the words before it."""
    if isinstance(document.tree, Script):
        return document.tree.imports()
    return [found.span(1) for found in IMPORTED.finditer(document.text)]


def _readers(project: Project) -> dict[str, list[str]]:
    """The scripts of a project by the last parts of what they import."""
    known = _READERS.get(project.index)
    if known is None:
        known = _READERS[project.index] = {}
        for path in project.paths:
            if not (SCRIPT.search(path) or path.endswith(COMPONENTS)) or path.endswith(".min.js"):
                continue
            text = project.text(path) or ""
            for stem in set(re.findall(r"[/'\"`]([\w.@~-]+?)(?:/index)?(?:\.[cm]?[jt]sx?)?['\"`]", text)):
                known.setdefault(stem, []).append(path)
    return known


def _stem(path: str) -> str:
    name = SCRIPT.sub("", path)
    return posixpath.basename(name.removesuffix("/index"))
