"""Remove what only the retired provider needed, where the provider that replaces it is handled as well.

    if provider == "gradient":              if provider == "openrouter":
        return GradientClient(key)      ->      return LLMClient(key)
    elif provider == "openrouter":
        return LLMClient(key)

    PROVIDERS = ("gradient", "openrouter")  ->  PROVIDERS = ("openrouter",)

Constants, private functions and imports of the file that nothing else in the repository uses go with it.

A branch, entry, member or row is removed where the same place answers for the successor: another question about the
same subject in the same function (for `self.x`: class; for a global: module), a case of the same `match`, a key of
the same mapping, a member of the same list, type or enum, a row of the same table. Everywhere else the value is
renamed where it stands, because the successor is to inherit what is written there.

What stays, with the reason: a guard that only stops the retired provider; a branch that sets a name, an attribute or
a variable of the process which something else needs; a condition that does something itself; a question whose answer
is stored or returned instead of choosing a branch.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from offramp.model import Edit, Finding, Fix, Refusal
from offramp.project import Context
from offramp.syntax import javascript_orphans
from offramp.syntax.javascript import Script
from offramp.syntax.python import PythonTree
from offramp.syntax.python_orphans import bound, orphans
from scanners.dead_branches import GUARD, Dead, forms

RULES = ("dead-provider-branch",)
SUBJECT = "Remove the branches of the retired provider"
READ = (".py", ".pyi", ".toml", ".cfg", ".ini", ".ipynb", ".yml", ".yaml", ".json", ".sh", "Dockerfile", "Procfile")
Span = tuple[int, int]


def fix(finding: Finding, context: Context) -> Fix | Refusal | None:
    span = finding.start, finding.end
    every = forms(context.document, context.vocabulary)
    dead = next((d for d in every if (d.start, d.end) == span), None)
    if dead is None:
        return None  # the text has changed since: the next scan says what stands there
    if dead.stuck:
        return Refusal(dead.stuck)
    tree = context.document.tree
    if isinstance(tree, PythonTree):
        taken = next((n for n in bound(tree, dead.regions) if _exported(n, context)), None)
        if taken is not None:
            return Refusal(f"another file takes {taken} from here, and only this branch sets it: change that first")
    if dead.member:
        return _member(dead, context)
    mine, others = _edits(context, every, dead)
    group = f"branches of {context.document.path}" if others else ""
    return Fix(f"{dead.what} of '{finding.text}' goes", tuple(mine), group=group)


def _edits(context: Context, every: Iterable[Dead], dead: Dead) -> tuple[list[Edit], bool]:
    """What goes with a dead branch, and whether it goes with all others of the document."""
    removed = [d for d in every if not d.stuck]
    tree = context.document.tree
    regions = [span for d in removed for span in d.regions or d.cuts]
    gone = orphans(tree, regions, lambda name: _exported(name, context)) if isinstance(tree, PythonTree) else []
    gone += javascript_orphans.orphans(tree, regions) if isinstance(tree, Script) and regions else []
    chosen = removed if gone else _cluster(dead, removed)
    cuts = [_with_comment(cut, context) for d in chosen for cut in d.cuts]
    cuts += [_with_comment(cut, context) for cut in gone]
    merged = _merged(cuts)
    inserts = {insert for d in chosen for insert in d.inserts}
    kept = (i for i in sorted(inserts) if not any(first < i[0] < last for first, last in merged))
    return [Edit(*cut, "") for cut in merged] + [Edit(at, at, text) for at, text in kept], bool(gone)


def _cluster(dead: Dead, removed: Iterable[Dead]) -> list[Dead]:
    """Those whose cuts meet those of one, directly or through others: they go together, as one cut."""
    cluster, waiting = [dead], [d for d in removed if d is not dead]
    grown = True
    while grown:
        meeting = [d for d in waiting if any(_meet(d, other) for other in cluster)]
        cluster += meeting
        waiting = [d for d in waiting if d not in meeting]
        grown = bool(meeting)
    return cluster


def _meet(one: Dead, other: Dead) -> bool:
    return any(a < d and c < b for a, b in one.cuts for c, d in other.cuts)


def _merged(cuts: Iterable[Span]) -> list[Span]:
    """The cuts without those inside others; two that overlap are one."""
    merged: list[Span] = []
    for start, end in sorted(set(cuts)):
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _with_comment(cut: Span, context: Context) -> Span:
    """A cut of whole lines with the comment lines directly above it that are about the retired provider alone."""
    text, start = context.document.text, cut[0]
    mark = context.document.syntax.COMMENT
    while start and text[start - 1] in "\r\n" and text[cut[0] : cut[1]].strip():
        above = text[:start].splitlines(keepends=True)[-1]
        known = context.vocabulary.find(above) and not context.vocabulary.names_successor(above)
        if not above.lstrip().startswith(mark) or not known:
            break
        start -= len(above)
    return start, cut[1]


def _exported(name: str, context: Context) -> bool:
    """Whether another file may take a name from this module: it names both."""
    project, path = context.project, context.document.path
    stem = path.removesuffix(".py").removesuffix("/__init__").rpartition("/")[2]
    others = (p for p in sorted(project.paths) if p != path and p.endswith(READ))
    words = [re.compile(rf"\b{re.escape(word)}\b") for word in (stem, name)]
    return any(all(word.search(text) for word in words) for other in others if (text := project.text(other)))


def _member(dead: Dead, context: Context) -> Fix | Refusal:
    """A member of an enum goes; branches that asked for it go, and what else used it uses that of the new provider."""
    owner, old, new = dead.member.split(".")
    used = re.compile(rf"(?<![\w.])(?P<owner>(?:\w+\.)*{owner})\s*(?:\.\s*(?P<name>{old})\b|\[(['\"]){old}\3\])")
    edits: list[Edit] = []
    for path in sorted(p for p in context.project.paths if p.endswith((".py", ".pyi", ".ipynb"))):
        text = context.project.text(path) or ""
        matches = list(used.finditer(text))
        if not matches and path != context.document.path:
            continue
        document = context.project.load(path)
        every = forms(document, context.vocabulary, frozenset({owner})) if document is not None else ()
        beside = Context(context.project, document or context.document, ())
        gone: set[Edit] = set()
        for d in every:
            named = any(d.start == matched.start("name") for matched in matches)
            if named and d.stuck:
                return Refusal(d.stuck if d.what == GUARD else f"{path} asks for {owner}.{old}: {d.stuck}")
            if (named or d.member == dead.member) and not d.stuck:
                gone |= set(_edits(beside, every, d)[0])
        for matched in matches:
            if any(edit.start <= matched.start() < edit.end for edit in gone):
                continue
            if matched["name"] is None or document is None or path.endswith(".ipynb"):
                return Refusal(f"{path} uses {owner}.{old} in a way that can't be followed: change it by hand first")
            gone.add(Edit(*matched.span("name"), new))
        where = "" if path == context.document.path else path
        edits += [Edit(e.start, e.end, e.replacement, where) for e in sorted(gone, key=lambda e: (e.start, e.end))]
    return Fix(f"{owner}.{old} goes", tuple(edits))
