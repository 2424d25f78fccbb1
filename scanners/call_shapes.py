"""Calls of the shapes that `rewrites:` of the migration describes, as ast-grep patterns.

    Gradient(access_token=$KEY)    finds    Gradient(access_token=os.environ["GRADIENT_API_KEY"])

A document is parsed for a pattern only when it holds the pattern's first word.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from offramp.document import Document
from offramp.evidence import finding
from offramp.migration import Rewrite
from offramp.model import Finding, Match, Place, Role, Term, TermKind
from offramp.syntax.python import PythonTree
from offramp.syntax.python_imports import bound_by
from offramp.vocabulary import Vocabulary

if TYPE_CHECKING:
    from ast_grep_py import SgNode

SUFFIXES = {".ts": "typescript", ".mts": "typescript", ".cts": "typescript", ".tsx": "tsx", ".jsx": "tsx"}
SIMILAR = {"typescript": ("typescript", "tsx"), "tsx": ("tsx",), "javascript": ("javascript", "typescript", "tsx")}
VARIABLE = re.compile(r"\$\$\$[A-Z_][A-Z0-9_]*|\$[A-Z_][A-Z0-9_]*|\$\$\$")


@dataclasses.dataclass(frozen=True, slots=True)
class Call:
    """One call of a shape: its span, and the spans of what stands for the variables of the pattern."""

    rewrite: Rewrite
    start: int
    end: int
    variables: dict[str, tuple[int, int]]


def calls(document: Document, vocabulary: Vocabulary) -> Iterator[Finding]:
    """A finding for each call of a retired shape."""
    for call in find(document, vocabulary.migration.rewrites):
        term = Term(TermKind.SYMBOL, call.rewrite.match, call.rewrite.replace, call.rewrite.match)
        text = document.text[call.start : call.end]
        place = Place(Role.CODE, "a call", start=call.start, end=call.end)
        message = f"a call of the retired shape {call.rewrite.match}"
        match = Match(call.start, call.end, text, (term,))
        yield finding(document, "retired-symbol", match, term, place, message)


@functools.lru_cache(maxsize=64)
def find(document: Document, rewrites: tuple[Rewrite, ...]) -> tuple[Call, ...]:
    """The calls in a document, by the first rewrite that they match."""
    found: dict[tuple[int, int], Call] = {}
    for rewrite in rewrites:
        language = _language(document)
        if language not in SIMILAR.get(rewrite.language, (rewrite.language,)) or document.fault is not None:
            continue
        word = re.search(r"[A-Za-z_]\w*", VARIABLE.sub(" ", rewrite.match))
        if word is None or not re.search(rf"\b{word[0]}\b", document.text) or _is_another(document, rewrite, word[0]):
            continue
        for node in _nodes(document.text, language, rewrite.match):
            span = node.range().start.index, node.range().end.index
            found.setdefault(span, Call(rewrite, *span, dict(_variables(node, rewrite.match))))
    return tuple(found[span] for span in sorted(found))


def _is_another(document: Document, rewrite: Rewrite, name: str) -> bool:
    """Whether what is called comes from elsewhere than the import that the rewrite takes away."""
    if not isinstance(document.tree, PythonTree):
        return False
    gone = [b for line in rewrite.remove_imports for b in bound_by(line) if b.name == name]
    there = {b.target for b in document.tree.imports if b.name == name}
    return bool(gone) and not any(binding.target in there for binding in gone)


def _language(document: Document) -> str:
    """The name under which ast-grep parses the document; empty where it does not."""
    suffix = "." + document.path.rpartition(".")[2]
    if document.kind == "javascript":
        return SUFFIXES.get(suffix, "javascript")
    return {"python": "python", "shell": "bash", "terraform": "hcl"}.get(document.kind, suffix[1:])


def _nodes(text: str, language: str, pattern: str) -> list[SgNode]:
    from ast_grep_py import SgRoot

    try:
        return SgRoot(text, language).root().find_all(pattern=pattern)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # ast-grep panics, outside of Exception, for a language or a pattern that it does not know
        return []


def _variables(node: SgNode, pattern: str) -> Iterator[tuple[str, tuple[int, int]]]:
    for name in set(VARIABLE.findall(pattern)):
        if name.startswith("$$$"):
            several = node.get_multiple_matches(name[3:]) if name[3:] else []
            if several:
                yield name, (several[0].range().start.index, several[-1].range().end.index)
        elif (single := node.get_match(name[1:])) is not None:
            yield name, (single.range().start.index, single.range().end.index)
