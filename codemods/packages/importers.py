"""Files that still import a package after all that could be rewritten: as long as there is one, it stays required."""

from __future__ import annotations

import os
import re

from offramp.model import Finding, Role
from offramp.project import Context
from offramp.syntax import commands
from offramp.syntax.python import PythonTree

SPECIFIER = r"(?:\bfrom|\bimport|\b(?:require|import)\s*\()\s*[\"'`]{name}(?:/[^\"'`\r\n]*)?[\"'`]"


def still(finding: Finding, context: Context, ecosystem: str) -> str | None:
    """A file below the manifest that imports the package."""
    folder = os.path.dirname(context.document.path)
    if finding.place.syntax == commands.INSTALLED:
        folder = ""  # an image, a job or a script may install for any part of the tree
    elif os.path.basename(folder) == "requirements":
        folder = os.path.dirname(folder)
    if ecosystem == commands.NPM:
        return _by_a_script(finding.text, context, folder)
    return _by_python(finding.text, context, folder) if ecosystem == commands.PIP else None


def _by_python(name: str, context: Context, folder: str) -> str | None:
    modules = [re.sub(r"[-_.]+", joint, name.lower()) for joint in ("_", ".")]
    if context.project.exists(modules[0]) or context.project.exists(f"{modules[0]}.py"):
        return None  # the project has a module of that name itself
    for path, document in sorted(context.project.documents.items()):
        inside = not folder or path.startswith(f"{folder}/")
        tree = document.tree if document.kind == "python" and inside and document.left_alone is None else None
        for binding in tree.imports if isinstance(tree, PythonTree) else ():
            if any(f"{binding.target.lower()}.".startswith(f"{module}.") for module in modules):
                return path
    return None


def _by_a_script(name: str, context: Context, folder: str) -> str | None:
    specifier = re.compile(SPECIFIER.replace("{name}", re.escape(name)))
    for path, document in sorted(context.project.documents.items()):
        inside = document.kind == "javascript" and (not folder or path.startswith(f"{folder}/"))
        if not inside or document.left_alone is not None or name not in document.text:
            continue
        for matched in specifier.finditer(document.text):
            start = document.text.index(name, matched.start())
            if document.tree.place(start, start + len(name)).role is not Role.COMMENT:
                return path
    return None
