"""A notebook's code cells as a Python document, so that scanners and codemods for Python serve notebooks too.

The document has the offsets of `Notebook.decoded`; what comes back is put into the file's own offsets and escapes.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable

from offramp.document import Document
from offramp.model import Edit, Finding, Fix, Refusal
from offramp.project import Context
from offramp.syntax.notebook import Notebook

Codemod = Callable[[Finding, Context], Fix | Refusal | None]


@functools.lru_cache(maxsize=32)
def as_python(document: Document) -> Document | None:
    """The code cells of a notebook as one document of the same path; None for what is no notebook."""
    if not isinstance(document.tree, Notebook):
        return None
    return dataclasses.replace(document, kind="python", text=document.tree.tree.text)


def to_file(found: Finding, notebook: Notebook) -> Finding | None:
    """A finding of the Python document as one of the file; None where it reaches over several strings."""
    span = notebook.span(found.start, found.end) if notebook.is_python(found.start) else None
    if span is None:
        return None
    outer = notebook.span(found.place.start, found.place.end) or (-1, -1)
    place = dataclasses.replace(found.place, start=outer[0], end=outer[1])
    return dataclasses.replace(found, start=span[0], end=span[1], place=place)


def answer(codemod: Codemod, finding: Finding, context: Context) -> Fix | Refusal | None:
    """What a codemod for Python answers to a finding, in a notebook too."""
    document, notebook = as_python(context.document), context.document.tree
    if document is None or not isinstance(notebook, Notebook):
        return codemod(finding, context)
    inner = [_to_python(other, notebook) for other in (finding, *context.findings)]
    if inner[0] is None:
        return codemod(finding, context)
    known = tuple(other for other in inner[1:] if other is not None)
    answered = codemod(inner[0], Context(context.project, document, known))
    if not isinstance(answered, Fix):
        return answered
    edits = [notebook.raw_edit(edit) if not edit.path else edit for edit in answered.edits]
    if None in edits:
        return Refusal(
            f"{finding.text} can't be changed line by line in a notebook: change it there by hand", group=answered.group
        )
    return dataclasses.replace(answered, edits=tuple(edit for edit in edits if isinstance(edit, Edit)))


def _to_python(found: Finding, notebook: Notebook) -> Finding | None:
    start, end = notebook.offset(found.start), notebook.offset(found.end)
    if start is None or end is None or not notebook.is_python(start):
        return None
    first, last = notebook.offset(found.place.start), notebook.offset(found.place.end)
    place = dataclasses.replace(found.place, start=-1 if first is None else first, end=-1 if last is None else last)
    return dataclasses.replace(found, start=start, end=end, place=place)
