"""References in JavaScript and TypeScript: as in any code, and the npm packages that are imported.

import { Gradient } from "@digitalocean/gradient"    the package is retired, so the import is
import x from "@digitalocean/gradient/client"        a part of it, too
import x from "./gradient"                           a file of the project: no package
"""

from __future__ import annotations

from collections.abc import Iterator

from offramp.document import Document
from offramp.evidence import finding
from offramp.model import Finding, Match, Place, Role, Term, TermKind
from offramp.syntax import commands, javascript
from offramp.vocabulary import Vocabulary
from scanners import call_shapes, duplicates, references


def scan(document: Document, vocabulary: Vocabulary) -> Iterator[Finding]:
    yield from references(document, vocabulary)
    yield from _imports(document, vocabulary)
    yield from call_shapes.calls(document, vocabulary)
    yield from duplicates(document, vocabulary)


def _imports(document: Document, vocabulary: Vocabulary) -> Iterator[Finding]:
    packages = vocabulary.migration.packages.get(commands.NPM, {})
    tree = document.tree
    if not isinstance(tree, javascript.Script) or not any(name in document.text for name in packages):
        return
    for start, end in tree.imports():
        specifier = document.text[start:end]
        name = next((n for n in packages if specifier == n or specifier.startswith(f"{n}/")), None)
        if name is None or name in vocabulary.migration.modules:
            continue  # `modules:` says what becomes of it
        match = Match(start, start + len(name), name, ())
        term = Term(TermKind.PACKAGE, name, packages[name], name, ecosystem=commands.NPM)
        place = Place(Role.IMPORT, "a module", "", start, end)
        yield finding(document, "retired-import", match, term, place, f"the package {name} is imported")
