r"""Notebooks: the cells' sources, read as Python or Markdown through the JSON strings that hold them.

    "source": ["import os\n", "os.environ['GRADIENT_API_KEY']"]    the key is an environment variable

All sources together are one text, `decoded`, and the code cells one Python module, `module`, of the same length, in
which everything that is no Python (Markdown, `%magic`, `!command`) is masked as comments. So a name that one cell
imports is known in the next. Outputs and metadata are records of what was, and no part of it.
"""

from __future__ import annotations

import bisect
import dataclasses
import json
import re
from collections.abc import Sequence
from functools import cached_property

from offramp.document import Unparsable
from offramp.model import Edit, Entry, Place, Role
from offramp.syntax import json as json_syntax
from offramp.syntax import markdown, python, python_imports
from offramp.syntax import text as plain
from offramp.syntax.nodes import MAPPING, SCALAR, Node, NodeTree

COMMENT = "#"
ESCAPE = re.compile(r"\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\u[\da-fA-F]{4}|\\.", re.DOTALL)
MAGIC = re.compile(r"(?m)^[ \t]*(?:[\w, ]+=[ \t]*)?(?=[%!])|^[ \t]*(?=\?|[\w.]+\?{1,2}[ \t]*$)")
PYTHON_MAGICS = re.compile(r"\s*%%(?:time|timeit|capture|prun|memit|mprun)\b")
CODE, MARKDOWN = "code", "markdown"


@dataclasses.dataclass(frozen=True, slots=True)
class Cell:
    kind: str
    start: int  # in `decoded`
    end: int


@dataclasses.dataclass(frozen=True, slots=True)
class Run:
    """Characters of one string literal that follow each other in both texts; an escape is a run of its own."""

    decoded: int
    raw: int
    length: int  # in `decoded`
    raw_length: int
    literal: int


class Notebook:
    def __init__(self, text: str, tree: NodeTree) -> None:
        self.text = text
        self.runs: list[Run] = []
        self.cells: list[Cell] = []
        self.masked: list[tuple[int, int]] = []  # spans of `decoded` in code cells that are no Python
        self._parts: list[str] = []
        self._length = self._literals = 0
        self.language = _language(tree.roots[0])
        for node in tree.collections:
            kind, source = node.get("cell_type"), node.get("source", "input")
            if node.kind == MAPPING and kind is not None and source is not None:
                self._read(kind.value, source)
        self.decoded = "".join(self._parts)
        self.module = self._masked_module()

    def _read(self, kind: str, source: Node) -> None:
        start = self._length
        for leaf in [source] if source.kind == SCALAR else source.children:
            if leaf.kind == SCALAR and leaf.style == '"':
                self._literal(leaf.first, leaf.last)
                self._literals += 1
        self.cells.append(Cell(kind, start, self._length))
        self._add("\n")

    def _add(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)

    def _literal(self, first: int, last: int) -> None:
        position = first
        for matched in ESCAPE.finditer(self.text, first, last):
            self._run(position, matched.start(), self.text[position : matched.start()])
            self._run(*matched.span(), json.loads(f'"{matched[0]}"'))
            position = matched.end()
        self._run(position, last, self.text[position:last])

    def _run(self, start: int, end: int, meaning: str) -> None:
        self.runs.append(Run(self._length, start, len(meaning), end - start, self._literals))
        self._add(meaning)

    def _masked_module(self) -> str:
        parts = []
        for cell in self.cells:
            source = self.decoded[cell.start : cell.end]
            masked = _module_of(source) if cell.kind == CODE and self.language == "python" else None
            if masked is None:
                parts.append(_commented(source))
                self.masked.append((cell.start, cell.end))
            else:
                text, spans = masked
                parts.append(text)
                self.masked += [(cell.start + a, cell.start + b) for a, b in spans]
        return "".join(f"{part}\n" for part in parts)

    @cached_property
    def tree(self) -> python.PythonTree:
        """The code cells as one module; empty where they are none together (two `from __future__`, say)."""
        try:
            return python.parse(self.module)
        except Unparsable:
            return python.parse("")

    def offset(self, raw: int) -> int | None:
        """The place in `decoded` of an offset of the file, or None where it is in no cell's source."""
        index = bisect.bisect_right(self.runs, raw, key=lambda run: run.raw) - 1
        if index < 0 or raw > self.runs[index].raw + self.runs[index].raw_length:
            return None
        run = self.runs[index]
        return run.decoded + (min(raw - run.raw, run.length) if run.length == run.raw_length else raw > run.raw)

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """The span of the file that holds a span of `decoded`; None where it goes over several strings."""
        first = bisect.bisect_right(self.runs, start, key=lambda run: run.decoded) - 1
        last = bisect.bisect_left(self.runs, end, key=lambda run: run.decoded) - 1 if end > start else first
        if first < 0 or last < 0 or self.runs[first].literal != self.runs[last].literal:
            return None
        one, other = self.runs[first], self.runs[last]
        if start > one.decoded + one.length or end > other.decoded + other.length:
            return None
        begins = one.raw + (start - one.decoded if one.length == one.raw_length else 0)
        if end == start:
            return begins, begins
        return begins, other.raw + (end - other.decoded if other.length == other.raw_length else other.raw_length)

    def cell_at(self, offset: int) -> Cell | None:
        index = bisect.bisect_right(self.cells, offset, key=lambda cell: cell.start) - 1
        return self.cells[index] if index >= 0 and offset <= self.cells[index].end else None

    def is_python(self, offset: int) -> bool:
        cell = self.cell_at(offset)
        is_code = cell is not None and cell.kind == CODE and bool(self.tree.text)
        return is_code and not any(start <= offset < end for start, end in self.masked)

    def place(self, start: int, end: int) -> Place:
        first, last = self.offset(start), self.offset(end)
        cell = self.cell_at(first) if first is not None else None
        if first is None or last is None or cell is None:
            return Place(Role.TEXT, "an output or metadata", start=start, end=end)
        if self.is_python(first):
            found, shift = self.tree.place(first, last), 0
        else:
            source, shift = self.decoded[cell.start : cell.end], cell.start
            if cell.kind == MARKDOWN:
                found = markdown.parse(source).place(first - shift, last - shift)
            else:
                found = plain.place(source, first - shift, last - shift)
        outer = self.span(found.start + shift, found.end + shift)
        begins, ends = outer if outer is not None else (-1, -1)
        return dataclasses.replace(found, start=begins, end=ends)

    def raw_edit(self, edit: Edit) -> Edit | None:
        """An edit of `decoded` as one of the file; None where it goes over several strings."""
        span = self.span(edit.start, edit.end)
        written = json.dumps(edit.replacement, ensure_ascii=False)[1:-1]
        return None if span is None else Edit(*span, written)

    def entries(self) -> Sequence[Entry]:
        return ()


def parse(text: str) -> Notebook:
    """Read a notebook.

    Raises:
        Unparsable: it is not JSON, or has no cells.
    """
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unparsable(f"line {getattr(error, 'lineno', 1)}: {error}") from None
    tree = json_syntax.parse(text)
    if tree.roots[0].get("cells", "worksheets") is None:
        raise Unparsable("line 1: it has no cells")
    return Notebook(text, tree)


def check(before: str, after: str) -> str | None:
    """Why an edited notebook must not be kept: more than its sources has changed, or its code would not be right."""
    try:
        if _without_sources(before) != _without_sources(after):
            return "more than the source of a cell would change"
    except ValueError as error:
        return f"it would be no notebook any more: {error}"
    return python.check(parse(before).module, parse(after).module)


def _without_sources(text: str) -> object:
    def emptied(mapping: dict[str, object]) -> dict[str, object]:
        if "cell_type" not in mapping:
            return mapping
        return {key: value for key, value in mapping.items() if key not in ("source", "input")}

    return json.loads(text, object_hook=emptied)


def provide(text: str, need: str) -> Edit | None:
    """Supply what a fix needs: a line behind the imports, written into the cell that they are in."""
    notebook = parse(text)
    wanted = python_imports.provide(notebook.tree, need)
    if wanted is None:
        return None
    position, source = wanted.start, wanted.replacement
    if position and notebook.module[position - 1] == "\n":
        position, source = position - 1, "\n" + source.rstrip("\n")
    cell = notebook.cell_at(position)
    is_code = cell is not None and cell.kind == CODE
    return notebook.raw_edit(Edit(position, position, source)) if is_code else None


def _language(root: Node) -> str:
    metadata = root.get("metadata")
    for holder, name in (("language_info", "name"), ("kernelspec", "language")):
        described = metadata.get(holder) if metadata is not None else None
        value = described.get(name) if described is not None else None
        if value is not None:
            return "python" if "python" in value.value.lower() else value.value
    return "python"


def _module_of(source: str) -> tuple[str, list[tuple[int, int]]] | None:
    """A cell with its magics masked, and where they are; None where the rest is no Python."""
    if source.lstrip().startswith("%%") and not PYTHON_MAGICS.match(source):
        return None
    parts, spans = list(source), []
    for matched in MAGIC.finditer(source):
        start, end = matched.end(), _line_end(source, matched.end())
        parts[start:end] = ("0#" + source[start + 2 : end])[: end - start]
        spans.append((start, end))
    masked = "".join(parts)
    try:
        python.parse(masked)
    except Unparsable:
        return None
    return masked, spans


def _line_end(source: str, position: int) -> int:
    end = source.find("\n", position)
    return len(source) if end < 0 else end


def _commented(source: str) -> str:
    """The text as comments, of the same length."""
    return re.sub(r"(?m)^[^\r\n]", "#", source.replace("\r", "\n"))
