"""The edits that replace every use of an SDK in a file, or why there are none.

    model.generate_content(          client.models.generate_content(
        prompt,                  →       model=model, contents=prompt,
        stream=False,            →   )
    )

Arguments that a call keeps stay where they are, with their layout; only their keywords change.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator

from codemods.sdk_calls import clients, imports
from offramp.migration_sdks import GIVEN, VARIABLE
from offramp.model import Edit, apply_edits
from offramp.project import Project
from scanners import sdk_faults
from scanners.sdk_calls import File, Use, keeps_name, stays
from scanners.sdk_patterns import Argument


@functools.lru_cache(maxsize=16)
def plan(file: File, project: Project) -> tuple[Edit, ...] | str:
    """Every edit of the file, or a sentence that says why it has to be done by hand."""
    if (fault := sdk_faults.first(file, project)) is not None:
        return fault
    given = clients.settle(file, project)
    if isinstance(given, str):
        return given
    writer = Writer(file, given.names)
    found = [*writer.edits(0, len(file.tree.text)), *given.edits]
    brought = imports.replace(file, " ".join(edit.replacement for edit in found))
    if isinstance(brought, str):
        return brought
    found += brought
    lost = next((c for c in file.tree.comments() if _is_lost(file.tree.text[c.start : c.end], c.start, found)), None)
    if lost is not None:
        line, _ = file.document.position(lost.start)
        return f"line {line}: a comment stands where a call changes"
    return tuple(sorted(found, key=lambda edit: (edit.start, edit.end)))


def _is_lost(comment: str, start: int, edits: list[Edit]) -> bool:
    return any(edit.start <= start < edit.end and comment not in edit.replacement for edit in edits)


def _arguments_of(text: str) -> list[str]:
    """The arguments in a piece of a call, one by one; none where another call begins in it and ends behind it."""
    source = f"f({text.strip(', ')})"
    try:
        call = ast.parse(source, mode="eval").body
    except SyntaxError:
        return []
    arguments = [*call.args, *call.keywords] if isinstance(call, ast.Call) else []
    return [ast.get_source_segment(source, node) or "" for node in arguments]


class Writer:
    """Writes the replacements of the uses in a file; one within another's argument is written inside it."""

    def __init__(self, file: File, clients: dict[Use, str]) -> None:
        self.file, self.clients, self.text = file, clients, file.tree.text

    def edits(self, start: int, end: int, but: Use | None = None) -> Iterator[Edit]:
        """The edits of the outermost uses within a span."""
        reached = start
        for use in self.file.uses:
            if use is not but and use.start >= reached and use.end <= end:
                yield from self._use(use)
                reached = use.end

    def source(self, node: ast.AST, use: Use) -> str:
        """The text of an expression with the uses in it replaced."""
        start, end = self.file.nodes.span(node)
        shifted = (Edit(e.start - start, e.end - start, e.replacement) for e in self.edits(start, end, use))
        return apply_edits(self.text[start:end], shifted)

    def _use(self, use: Use) -> Iterator[Edit]:
        replace = use.shape.replace or ""
        if stays(self.file.sdk, use):
            yield from self.edits(use.start, use.end, use)
            return
        if use.bound.call is None or "$$$" not in replace:
            new = self._rendered(replace, use)
            if new != self.text[use.start : use.end]:
                yield Edit(use.start, use.end, new)
            return
        yield from self._call(use, use.bound.call, replace)

    def _rendered(self, template: str, use: Use) -> str:
        def value(name: str) -> str:
            return self.clients[use] if name == GIVEN else self.source(use.bound.variables[name], use)

        return VARIABLE.sub(lambda found: value(found["braced"] or found["one"] or ""), template)

    def _call(self, use: Use, call: ast.Call, replace: str) -> Iterator[Edit]:
        """A call whose arguments stay: what stands before them, they themselves, what stands after them."""
        before, _, after = replace.partition("$$$ARGS")
        head, _, lead = before.rpartition("(")
        tail, _, end = after.partition(")")
        opening, closing = self._parentheses(call)
        if not keeps_name(self.file.sdk, use.shape):
            yield Edit(use.start, opening, self._rendered(head, use))
        lead, tail = self._rendered(lead, use), self._rendered(tail, use)
        if use.bound.rest:
            yield from self._arguments(use, call, lead, tail)
        else:
            yield Edit(opening + 1, closing, (lead + tail.removeprefix(", ")).removesuffix(", "))
        if end or closing + 1 != use.end:
            yield Edit(closing + 1, use.end, self._rendered(end, use))

    def _parentheses(self, call: ast.Call) -> tuple[int, int]:
        """Where the parentheses of a call stand."""
        end = self.file.nodes.span(call)[1] - 1
        position = self.file.nodes.span(call.func)[1]
        tokens = self.file.tree.tokens
        token = tokens.at(position)
        if token is not None and token.kind == "field":  # inside an f-string
            return self.text.index("(", position), end
        index = tokens.index(position)
        while self.text[tokens.all[index].start] != "(":  # the function may stand in parentheses of its own
            index += 1
        return tokens.all[index].start, end

    def _arguments(self, use: Use, call: ast.Call, lead: str, tail: str) -> Iterator[Edit]:
        kept = {argument.node: argument for argument in use.bound.rest}
        arguments = sorted([*call.args, *call.keywords], key=self._start)
        last = max(kept, key=self._start)
        first = min(kept, key=self._start)
        newline = self.file.document.newline
        if (own := self._own_line(first)) is not None:
            lead = "".join(f"{text},{newline}{own[2]}" for text in _arguments_of(lead)) or lead
        lines = {node: line for node in arguments if node not in kept and (line := self._line(node)) is not None}
        for node, following in zip(arguments, [*arguments[1:], None], strict=True):
            if node in kept:
                yield from self._kept(use, kept[node], lead if node is first else "")
            elif node in lines:
                yield Edit(*lines[node], "")
            elif self._start(node) < self._start(last) and following is not None:
                yield Edit(self._start(node), self._start(following), "")
        behind = [node for node in arguments if self._start(node) > self._start(last) and node not in lines]
        end = self._span(last)[1]
        added = _arguments_of(tail)
        if added and not behind and (own := self._own_line(last)) is not None:
            at, comma, indentation = own
            if not comma:
                yield Edit(end, end, ",")
            yield Edit(at, at, "".join(f"{newline}{indentation}{text}," for text in added))
        elif behind or tail:
            yield Edit(end, max((self._span(node)[1] for node in behind), default=end), tail)

    def _own_line(self, node: ast.AST) -> tuple[int, bool, str] | None:
        """Of an argument that has its line for itself: where the line ends, whether it has a comma, its indentation."""
        start, end = self._span(node)
        before = re.search(r"(?:\r\n|\r|\n)([ \t]*)\Z", self.text[:start])
        after = re.compile(r"[ \t]*(,?)[ \t]*(?:#[^\r\n]*)?(?=[\r\n])").match(self.text, end)
        if before is None or after is None:
            return None
        return after.end(), bool(after[1]), before[1]

    def _line(self, node: ast.AST) -> tuple[int, int] | None:
        """The lines that an argument has for itself, with its comma."""
        start, end = self._span(node)
        before = re.search(r"[ \t]*\Z", self.text[:start])
        after = re.compile(r"[ \t]*,[ \t]*(?:\r\n|\r|\n)").match(self.text, end)
        first = before.start() if before else start
        if after is None or first == 0 or self.text[first - 1] not in "\r\n":
            return None
        return first, after.end()

    def _kept(self, use: Use, argument: Argument, lead: str) -> Iterator[Edit]:
        start, end = self._span(argument.node)
        if isinstance(argument.node, ast.keyword):
            name = argument.node.arg or ""
            if argument.keyword is not None or lead:
                yield Edit(start, start + len(name), lead + (argument.keyword or name))
        elif argument.keyword is not None and not argument.keyword.isdigit():
            yield Edit(start, start, f"{lead}{argument.keyword}=")
        elif lead:
            yield Edit(start, start, lead)
        yield from self.edits(start, end, use)

    def _span(self, node: ast.AST) -> tuple[int, int]:
        return self.file.nodes.span(node)

    def _start(self, node: ast.AST) -> int:
        return self._span(node)[0]
