"""Remove what only the retired provider needed, where the provider that replaces it is handled as well.

    if provider == "gradient":              if provider == "openrouter":
        return GradientClient(key)      ->      return LLMClient(key)
    elif provider == "openrouter":
        return LLMClient(key)

    PROVIDERS = ("gradient", "openrouter")  ->  PROVIDERS = ("openrouter",)

Constants, private functions and imports of the file that nothing else in the repository uses go with it.
"""

from __future__ import annotations

import re

from offramp.model import Edit, Finding, Fix, Refusal
from offramp.project import Context
from offramp.syntax.python import PythonTree
from offramp.syntax.python_orphans import orphans
from scanners.dead_branches import GUARD, KEEP, Dead, forms

RULES = ("dead-provider-branch",)
SUBJECT = "Remove the branches of the retired provider"


def fix(finding: Finding, context: Context) -> Fix | Refusal | None:
    span = finding.start, finding.end
    dead = next((d for d in forms(context.document, context.vocabulary) if (d.start, d.end) == span), None)
    if dead is None:
        return None  # the text has changed since: the next scan says what stands there
    if dead.stuck:
        return Refusal(dead.stuck)
    edits = [Edit(*_with_comment(cut, context), "") for cut in dead.cuts]
    edits += [Edit(offset, offset, text) for offset, text in dead.inserts]
    if dead.member:
        return _member(dead, edits, context)
    tree = context.document.tree
    gone = (
        orphans(tree, _removed(context), lambda name: _exported(name, context)) if isinstance(tree, PythonTree) else []
    )
    group = f"branches of {context.document.path}" if gone else ""
    return Fix(
        f"{dead.what} of '{finding.text}' goes",
        (*edits, *(Edit(*_with_comment(cut, context), "") for cut in gone)),
        group=group,
    )


def _with_comment(cut: tuple[int, int], context: Context) -> tuple[int, int]:
    """A cut of whole lines with the comment lines directly above it that name the retired provider."""
    text, start = context.document.text, cut[0]
    mark = context.document.syntax.COMMENT
    while start and text[start - 1] in "\r\n":
        above = text[:start].splitlines(keepends=True)[-1]
        if not above.lstrip().startswith(mark) or not context.vocabulary.find(above):
            break
        start -= len(above)
    return start, cut[1]


def _removed(context: Context) -> list[tuple[int, int]]:
    """All that goes from the document, whichever finding it answers."""
    dead = forms(context.document, context.vocabulary)
    return [cut for d in dead if not d.stuck for cut in d.cuts]


def _exported(name: str, context: Context) -> bool:
    """Whether another file may take a name from this module: it names both."""
    project, path = context.project, context.document.path
    stem = path.removesuffix(".py").removesuffix("/__init__").rpartition("/")[2]
    others = (p for p in sorted(project.paths) if p != path and p.endswith((".py", ".pyi", ".toml", ".cfg", ".ini")))
    words = [re.compile(rf"\b{re.escape(word)}\b") for word in (stem, name)]
    return any(all(word.search(text) for word in words) for other in others if (text := project.text(other)))


def _member(dead: Dead, edits: list[Edit], context: Context) -> Fix | Refusal:
    """A member of an enum goes; what used it uses the member of the new provider."""
    owner, old, new = dead.member.split(".")
    used = re.compile(rf"(?<![\w.])(?P<owner>(?:\w+\.)*{owner})\s*(?:\.\s*(?P<name>{old})\b|\[(['\"]){old}\3\])")
    for path in sorted(p for p in context.project.paths if p.endswith((".py", ".pyi"))):
        text = context.project.text(path) or ""
        own = context.project.documents.get(path)
        gone = [c for d in forms(own, context.vocabulary) if not d.stuck for c in d.cuts] if own is not None else []
        for matched in used.finditer(text):
            if any(first <= matched.start() < last for first, last in gone):
                continue
            if own is not None and any(
                d.what == GUARD and d.start == matched.start("name") for d in forms(own, context.vocabulary)
            ):
                return Refusal(KEEP)
            if matched["name"] is None or own is None:
                return Refusal(f"{path} uses {owner}.{old} in a way that can't be followed: change it by hand first")
            edits.append(Edit(*matched.span("name"), new, path))
    return Fix(f"{owner}.{old} goes", tuple(edits))
