"""References in notebooks: code cells as Python, Markdown cells as prose, magics and commands as plain text.

    "%pip install gradient\\n"                          a package
    "from lib.gradient_client import GradientClient"    a module, known in all cells that follow

Outputs are left alone: they are records of what a cell once printed, and running it again replaces them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from offramp import notebooks
from offramp.document import Document
from offramp.evidence import judge
from offramp.model import Finding
from offramp.syntax.notebook import Notebook
from offramp.vocabulary import Vocabulary
from scanners import python, references


def scan(document: Document, vocabulary: Vocabulary) -> Iterator[Finding]:
    notebook, code = document.tree, notebooks.as_python(document)
    if code is None or not isinstance(notebook, Notebook):
        yield from references(document, vocabulary)
        return
    for found in python.scan(code, vocabulary):
        if (outer := notebooks.to_file(found, notebook)) is not None:
            yield outer
    for match in vocabulary.find(notebook.decoded):
        span = None if notebook.is_python(match.start) else notebook.span(match.start, match.end)
        if span is None:
            continue
        match = dataclasses.replace(match, start=span[0], end=span[1])
        verdict = judge(document, match, notebook.place(*span), vocabulary)
        if verdict is not None:
            yield verdict
