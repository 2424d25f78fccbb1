"""References in Python source.

    from .gradient_client import GradientClient      the module, resolved against the file's own path
    mock.patch("lib.gradient_client.chat")           a string that names it
    os.environ["GRADIENT_API_KEY"]                   an environment variable
    provider == "gradient"                           a provider's slug, because of what it is compared with

What is imported is resolved through the import statements, never guessed from the spelling: an attribute that is
called like a retired module is not one. Names imported from a retired distribution are references by that import.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from offramp.document import Document
from offramp.evidence import finding, judge
from offramp.model import Confidence, Finding, Match, Place, Role, Term, TermKind
from offramp.syntax.python import PythonTree
from offramp.vocabulary import Vocabulary
from scanners import call_shapes, duplicates, python_dynamic, python_modules, references, sdk_calls

MESSAGES = {
    python_modules.MODULE: "{} is imported",
    python_modules.IMPORTED: "the module {} is imported",
    python_modules.USE: "{} is the retired module",
}


def scan(document: Document, vocabulary: Vocabulary) -> Iterator[Finding]:
    tree = document.tree
    if not isinstance(tree, PythonTree):
        yield from references(document, vocabulary)
        return
    modules = {f.start: f for f in _modules(document, vocabulary)}
    yield from modules.values()
    yield from call_shapes.calls(document, vocabulary)
    yield from sdk_calls.calls(document, vocabulary)
    yield from _dynamic(document, tree, vocabulary)
    imported = _from_retired(document, vocabulary)
    taken = sorted((f.start, f.end) for f in modules.values())
    for match in _matches(tree, vocabulary):
        if _overlaps(taken, match):
            continue
        place = tree.place(match.start, match.end)
        if place.role in (Role.CODE, Role.IMPORT):
            match = dataclasses.replace(match, terms=tuple(t for t in match.terms if t.kind is not TermKind.MODULE))
        verdict = judge(document, match, place, vocabulary)
        if verdict is None:
            continue
        if verdict.bare and place.role is Role.CODE and match.text in imported:
            verdict = dataclasses.replace(verdict, bare=False, confidence=Confidence.HIGH)
        yield verdict
    yield from duplicates(document, vocabulary)


def _modules(document: Document, vocabulary: Vocabulary) -> Iterator[Finding]:
    for found in python_modules.references(document, python_modules.Modules.of(vocabulary)):
        is_use = found.what == python_modules.USE
        term = Term(TermKind.MODULE, found.old, found.new, found.entry, exact=found.known)
        place = Place(Role.CODE if is_use else Role.IMPORT, found.what, start=found.start, end=found.end)
        match = Match(found.start, found.end, found.old, (term,))
        rule = "retired-symbol" if is_use else "retired-import"
        message = MESSAGES[found.what].format(found.old)
        yield finding(document, rule, match, term, place, message, bare=not found.known)


def _dynamic(document: Document, tree: PythonTree, vocabulary: Vocabulary) -> Iterator[Finding]:
    for start, end, entry, new in python_dynamic.imports(tree, python_modules.Modules.of(vocabulary)):
        term = Term(TermKind.MODULE, entry, new, entry)
        place = Place(Role.STRING, "the name of a module", start=start, end=end, built=True)
        match = Match(start, end, tree.text[start:end], (term,))
        yield finding(document, "retired-import", match, term, place, f"{entry} may be what is loaded here")


def _from_retired(document: Document, vocabulary: Vocabulary) -> set[str]:
    """The names that imports from a retired module bind, and those that they have there."""
    names: set[str] = set()
    for found in python_modules.references(document, python_modules.Modules.of(vocabulary)):
        if found.what == python_modules.MODULE and found.known and found.binding.symbol:
            names |= {found.binding.name, found.binding.symbol}
    return names


def _matches(tree: PythonTree, vocabulary: Vocabulary) -> Iterator[Match]:
    """The matches of the vocabulary; one that reaches over an operator (`total-gradient_sum`) in its names only."""
    for match in vocabulary.find(tree.text):
        token = tree.tokens.at(match.start) if "-" in match.text else None
        if token is None or token.kind != "name" or match.end <= token.end:
            yield match
            continue
        for name in tree.tokens.all[tree.tokens.index(token.start) : tree.tokens.index(match.end)]:
            for inner in vocabulary.find(tree.text[name.start : name.end]) if name.kind == "name" else ():
                yield dataclasses.replace(inner, start=inner.start + name.start, end=inner.end + name.start)


def _overlaps(taken: list[tuple[int, int]], match: Match) -> bool:
    return any(start < match.end and match.start < end for start, end in taken)
