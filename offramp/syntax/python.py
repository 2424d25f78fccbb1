"""Python: what stands where, which dict entries there are, and what an edit must not break.

    provider = "gradient"            a string that is the value of provider
    os.environ["GRADIENT_API_KEY"]   an environment variable
    from lib.gradient_client import X    a module in an import statement

Spans come from `ast` and from a lexer of our own: `ast` has no comments and no parts of concatenated strings, and
its positions inside f-strings are wrong before Python 3.12.
"""

from __future__ import annotations

import ast
import bisect
import functools
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from offramp.document import Unparsable
from offramp.model import Edit, Entry, Place, Role
from offramp.syntax import commands, python_check, python_context, python_entries, python_imports, python_requirements
from offramp.syntax.python_classes import Members
from offramp.syntax.python_imports import Binding
from offramp.syntax.python_scopes import Scopes
from offramp.syntax.python_tokens import COMMENT as COMMENT_TOKEN
from offramp.syntax.python_tokens import FIELD, NAME, STRING, TEXT, Token, Tokens

COMMENT = "#"
BREAK = re.compile(r"\r\n|\r|\n")
IGNORED = (ast.expr_context, ast.operator, ast.boolop, ast.unaryop, ast.cmpop)
Span = tuple[int, int]


class PythonTree:
    """A parsed module. All offsets are characters of `text`."""

    def __init__(self, text: str, tree: ast.Module) -> None:
        self.text, self.tree = text, tree
        self._children: dict[ast.AST, tuple[list[int], list[tuple[Span, ast.AST]]]] = {}
        self._columns: dict[int, list[int]] = {}
        self._fields: dict[int, PythonTree | None] = {}
        self.memory: dict[ast.AST, Mapping[str, str]] = {}  # what python_context has worked out
        self._parents: dict[ast.AST, ast.AST] = {}
        self._slots: dict[tuple[ast.AST, str], dict[ast.AST | None, int]] = {}
        self._literals: dict[ast.AST, Sequence[Token]] = {}

    @cached_property
    def tokens(self) -> Tokens:
        return Tokens(self.text)

    @cached_property
    def line_starts(self) -> list[int]:
        return [0, *(matched.end() for matched in BREAK.finditer(self.text))]

    def offset(self, lineno: int, col_utf8: int) -> int:
        """The offset of a position as `ast` gives it: the line 1-based, the column in bytes of UTF-8."""
        start = self.line_starts[lineno - 1]
        end = self.line_starts[lineno] if lineno < len(self.line_starts) else len(self.text)
        if lineno not in self._columns:
            line = self.text[start:end]
            self._columns[lineno] = [] if line.isascii() else _byte_columns(line)
        columns = self._columns[lineno]
        return start + (bisect.bisect_left(columns, col_utf8) if columns else col_utf8)

    def span(self, node: ast.AST) -> Span:
        """Start and end of a node that has a position; a definition begins with its keyword, not its decorators."""
        at = node.lineno, node.col_offset, node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]  # statements and expressions have them
        return self.offset(at[0], at[1]), self.offset(at[2], at[3])

    def source(self, node: ast.AST) -> str:
        start, end = self.span(node)
        return self.text[start:end]

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Every node but contexts and operators, an outer one before those in it."""
        nodes: list[ast.AST] = []
        waiting: list[ast.AST] = [self.tree]
        while waiting:
            node = waiting.pop()
            nodes.append(node)
            children = list(_offspring(node))
            self._parents.update(dict.fromkeys(children, node))
            waiting += reversed(children)
        return nodes

    @cached_property
    def scopes(self) -> Scopes:
        return Scopes(self.tree)

    @cached_property
    def members(self) -> Members:
        return Members(self)

    @property
    def parents(self) -> dict[ast.AST, ast.AST]:
        return self._parents if self.nodes else {}

    @cached_property
    def imports(self) -> list[Binding]:
        """The names that the imports bind, those inside functions included."""
        return list(python_imports.bindings(self.tree))

    def parent(self, node: ast.AST) -> ast.AST | None:
        return self.parents.get(node)

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around a node, innermost first."""
        current = self.parents.get(node)
        while current is not None:
            yield current
            current = self.parents.get(current)

    def slot(self, parent: ast.AST, field: str, child: ast.AST | None) -> int:
        """The index of a node in a list of its parent, or -1 where it is not in it."""
        slots = self._slots.get((parent, field))
        if slots is None:
            values = getattr(parent, field)
            slots = self._slots[parent, field] = {value: index for index, value in enumerate(values)}
        return slots.get(child, -1)

    def in_f_string(self, node: ast.AST) -> bool:
        """Whether a node lies inside an f-string, where positions can't be trusted before Python 3.12."""
        return any(isinstance(outer, ast.JoinedStr) for outer in self.ancestors(node))

    def node_at(self, start: int, end: int) -> ast.AST:
        """The deepest node that covers a span; never one inside an f-string."""
        return self.route(start, end)[-1]

    def route(self, start: int, end: int) -> list[ast.AST]:
        """The nodes that cover a span, from the module to the deepest, without working out those of the whole tree."""
        nodes: list[ast.AST] = [self.tree]
        while not isinstance(nodes[-1], ast.JoinedStr):
            starts, children = self._spans_of(nodes[-1])
            index = bisect.bisect_right(starts, start) - 1
            if index < 0 or children[index][0][1] < end:
                break
            nodes.append(children[index][1])
        return nodes

    def statement_at(self, start: int, end: int) -> ast.stmt | None:
        """The innermost statement that covers a span."""
        node = self.node_at(start, end)
        return next((n for n in (node, *self.ancestors(node)) if isinstance(n, ast.stmt)), None)

    def _spans_of(self, node: ast.AST) -> tuple[list[int], list[tuple[Span, ast.AST]]]:
        known = self._children.get(node)
        if known is None:
            children = [(span, child) for child in _offspring(node) if (span := self._extent(child)) is not None]
            children.sort(key=lambda pair: pair[0])
            known = self._children[node] = [span[0] for span, _ in children], children
        return known

    def _extent(self, node: ast.AST) -> Span | None:
        """The span of a node with its decorators, or of what it holds where it has no position of its own."""
        if not hasattr(node, "lineno"):
            _, children = self._spans_of(node)
            return (children[0][0][0], max(span[1] for span, _ in children)) if children else None
        start, end = self.span(node)
        decorators = getattr(node, "decorator_list", None)
        return (self.span(decorators[0])[0] if decorators else start), end

    def literal(self, node: ast.AST) -> Sequence[Token]:
        """The string tokens of a constant or an f-string: several where literals stand side by side."""
        if node not in self._literals:
            self._literals[node] = self.tokens.strings(*self.span(node))
        return self._literals[node]

    def place(self, start: int, end: int) -> Place:
        token = self.tokens.at(start)
        if token is None:
            return Place(Role.TEXT, "text", start=start, end=end)
        if token.kind == NAME:
            return python_context.name_place(self, token, start, end)
        if token.kind == FIELD:
            return self._in_field(token, start, end)
        if token.kind not in (COMMENT_TOKEN, STRING, TEXT):
            return Place(Role.TEXT, "text", start=start, end=end)
        if (package := commands.package(self.text, start, end)) is not None:
            return package
        if token.kind == STRING and (required := python_requirements.place(self, start, end)) is not None:
            return required
        if token.kind == COMMENT_TOKEN:
            return Place(Role.COMMENT, "a comment", start=start, end=end)
        return python_context.string_place(self, token, start, end)

    @cached_property
    def requirements(self) -> Sequence[python_requirements.Listed]:
        """What a `setup.py` requires."""
        return list(python_requirements.listed(self))

    def _in_field(self, token: Token, start: int, end: int) -> Place:
        """A place inside the braces of an f-string: the expression is parsed by itself."""
        inner = self.field(token)
        if inner is None or end > token.end:
            return Place(Role.CODE, "an expression in an f-string", start=start, end=end)
        shift = token.start - 1
        place = inner.place(start - shift, end - shift)
        return python_context.shifted(place, shift)

    def field(self, token: Token) -> PythonTree | None:
        """The expression of a field in parentheses as a tree of its own, one character behind `token.start`."""
        if token.start not in self._fields:
            source = self.text[token.start : token.end].rstrip()
            source = source.removesuffix("=") if not source.endswith("==") else source
            try:
                self._fields[token.start] = parse(f"({source})")
            except Unparsable:
                self._fields[token.start] = None
        return self._fields[token.start]

    def names(self) -> Iterator[Token]:
        """Every name token, those inside f-strings included."""
        for token in self.tokens.all:
            if token.kind == NAME:
                yield token
            elif token.kind == FIELD and (inner := self.field(token)) is not None:
                shift = token.start - 1
                yield from (t._replace(start=t.start + shift, end=t.end + shift) for t in inner.names())

    def comments(self) -> Iterator[Token]:
        return (token for token in self.tokens.marked if token.kind == COMMENT_TOKEN)

    def entries(self) -> Sequence[Entry]:
        return self._entries

    @cached_property
    def _entries(self) -> Sequence[Entry]:
        return python_entries.entries(self)


@functools.lru_cache(maxsize=16)
def parse(text: str) -> PythonTree:
    """Parse a module.

    Raises:
        Unparsable: it is not Python 3, or nested too deeply.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return PythonTree(text, ast.parse(text))
    except SyntaxError as error:
        raise Unparsable(f"line {error.lineno or 1}: {error.msg}") from None
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise Unparsable(f"line {line}: it is not valid UTF-8 and declares no other encoding") from None
    except (RecursionError, MemoryError):
        raise Unparsable("line 1: it is nested too deeply") from None
    except ValueError as error:
        raise Unparsable(f"line 1: {error}") from None


def check(before: str, after: str) -> str | None:
    """Why an edit must not be kept: it no longer compiles, or names are undefined or doubled that were not."""
    return python_check.fault(before, after)


def grown(before: str, after: str) -> str | None:
    """Whether a module that was given a function is still right."""
    return python_check.fault(before, after)


def provide(text: str, need: str) -> Edit | None:
    """Supply `import:STATEMENT` or `helper:SOURCE of a function`, or None where the text has it."""
    return python_imports.provide(parse(text), need)


def _offspring(node: ast.AST) -> Iterator[ast.AST]:
    for field in node._fields:
        value = getattr(node, field, None)
        if isinstance(value, list):
            yield from (item for item in value if isinstance(item, ast.AST) and not isinstance(item, IGNORED))
        elif isinstance(value, ast.AST) and not isinstance(value, IGNORED):
            yield value


def _byte_columns(line: str) -> list[int]:
    """For each character of a line the column, in bytes of UTF-8, at which it begins; and that of the end."""
    columns, column = [], 0
    for character in line:
        columns.append(column)
        code = ord(character)
        column += 1 if code < 0x80 else 2 if code < 0x800 else 3 if code < 0x10000 else 4
    return [*columns, column]
