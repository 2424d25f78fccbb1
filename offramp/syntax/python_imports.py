"""The imports of a Python file: which names they bind to what, and where a new one goes.

import:from openai import OpenAI   ->   a line behind the last import at the top, unless it is there already
helper:def required(name): ...     ->   the function behind the imports, unless one of its name is there
"""

from __future__ import annotations

import ast
import dataclasses
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from offramp.model import Edit
from offramp.syntax import python_entries

if TYPE_CHECKING:
    from offramp.syntax.python import PythonTree

BLOCKS = ("body", "handlers", "orelse", "finalbody", "cases")
BREAK = re.compile(r"\r\n|\r|\n")


@dataclasses.dataclass(frozen=True, slots=True)
class Binding:
    """One name that an import binds: `name` stands for `module`, or for its attribute `symbol`.

    `import lib.client` binds `lib`, yet `module` is 'lib.client'; `aliased` says whether an `as` gave the name.
    `module` of a relative import begins with its dots.
    """

    name: str
    module: str
    symbol: str
    aliased: bool
    statement: ast.Import | ast.ImportFrom
    alias: ast.alias

    @property
    def target(self) -> str:
        if not self.symbol:
            return self.module
        return self.module + self.symbol if self.module.endswith(".") else f"{self.module}.{self.symbol}"


def bindings(tree: ast.AST) -> Iterator[Binding]:
    """The names bound by every import below a node, those inside functions included."""
    for node in statements(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                yield Binding(name, alias.name, "", alias.asname is not None, node, alias)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            for alias in node.names:
                name = alias.asname or alias.name
                yield Binding(name, module, alias.name, alias.asname is not None, node, alias)


def statements(tree: ast.AST) -> Iterator[ast.AST]:
    """A node and the statements in it at any depth, in order; expressions are passed over."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        inner = [getattr(node, field, ()) for field in BLOCKS]
        waiting += reversed([child for block in inner if isinstance(block, list) for child in block])


def bound_by(line: str) -> list[Binding]:
    """The names that one import statement binds; none where it is no Python."""
    try:
        return list(bindings(ast.parse(line)))
    except SyntaxError:
        return []


def absolute(module: str, path: str) -> str:
    """The module that a relative one means in the file at `path`; empty where it leaves the tree.

    >>> absolute("..client", "lib/chat/api.py")
    'lib.client'
    """
    if not module.startswith("."):
        return module
    level = len(module) - len(module.lstrip("."))
    parts = path.replace("\\", "/").split("/")[:-1]
    if level - 1 > len(parts):
        return ""
    base = parts[: len(parts) - (level - 1)] if level > 1 else parts
    return ".".join([*base, module.lstrip(".")] if module.lstrip(".") else base)


def provide(tree: PythonTree, need: str) -> Edit | None:
    kind, _, source = need.partition(":")
    matched = BREAK.search(tree.text)
    newline = matched[0] if matched else "\n"
    source = newline.join(source.strip("\r\n").splitlines())
    if kind == "import":
        return _import(tree, source, newline)
    if kind == "helper":
        return _helper(tree, source, newline)
    return None


def _import(tree: PythonTree, source: str, newline: str) -> Edit | None:
    wanted = [(b.name, b.module, b.symbol) for b in bound_by(source)]
    there = {(b.name, b.module, b.symbol) for statement in _reached(tree.tree) for b in bindings(statement)}
    if all(binding in there for binding in wanted):
        return None
    statement = last_import(tree.tree)
    if statement is None:
        position = first_code(tree)
        body = tree.tree.body
        follows = position < len(tree.text)
        blank = newline if follows and not (body and isinstance(body[0], (ast.Import, ast.ImportFrom))) else ""
        lead = "" if position == 0 or tree.text[position - 1] in "\r\n" else newline
        return Edit(position, position, f"{lead}{source}{newline}{blank}")
    position, broken = line_after(tree, statement)
    after_docstring = not isinstance(statement, (ast.Import, ast.ImportFrom))
    gap = newline if after_docstring or _is_future(statement) else ""
    return Edit(position, position, f"{'' if broken else newline}{gap}{source}{newline if broken else ''}")


def _helper(tree: PythonTree, source: str, newline: str) -> Edit | None:
    wanted = {node.name for node in ast.parse(source).body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    there = {n.name for n in tree.tree.body if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))}
    if wanted <= there:
        return None
    statement = last_import(tree.tree)
    if statement is None:
        position = first_code(tree)
        return Edit(position, position, f"{source}{newline}{newline}{newline}")
    position, broken = line_after(tree, statement)
    lead = newline * 2 if broken else newline * 3
    tail = newline if broken else ""
    return Edit(position, position, f"{lead}{source}{tail}{newline if _code_follows(tree, position) else ''}")


def _code_follows(tree: PythonTree, position: int) -> bool:
    """Whether code stands directly below, without two blank lines before it."""
    following = tree.text[position:]
    blank = len(following) - len(following.lstrip("\r\n \t"))
    return bool(following.strip()) and len(BREAK.findall(following[:blank])) < 2


def last_import(tree: ast.Module) -> ast.stmt | None:
    """The statement behind which a new import goes: the last import of those at the top, else the docstring."""
    last: ast.stmt | None = None
    for index, node in enumerate(tree.body):
        docstring = index == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if docstring or isinstance(node, (ast.Import, ast.ImportFrom)):
            last = node
        elif not _is_preamble(node):
            break
    return last


def _is_preamble(node: ast.stmt) -> bool:
    """What may stand among the imports at the top: guarded imports, `sys.path` calls, dunder names, constants."""
    if isinstance(node, (ast.If, ast.Try)):
        return any(isinstance(inner, (ast.Import, ast.ImportFrom)) for inner in ast.walk(node))
    return isinstance(node, (ast.Expr, ast.Assign, ast.AnnAssign))


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _reached(tree: ast.Module) -> Iterator[ast.stmt]:
    """The statements that bind names of the module when it is loaded: not functions, not `if TYPE_CHECKING`."""
    waiting: list[ast.stmt] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node
        elif isinstance(node, (ast.Try, ast.With)):
            waiting += node.body


def first_code(tree: PythonTree) -> int:
    """Where the first statement begins, the comment directly above it included unless it heads the file."""
    if not tree.tree.body:
        return len(tree.text)
    node = tree.tree.body[0]
    decorators = getattr(node, "decorator_list", None)
    line = (decorators[0] if decorators else node).lineno
    above = line
    lines = tree.line_starts
    while above > 1 and tree.text[lines[above - 2] :].lstrip(" \t").startswith("#"):
        above -= 1
    return lines[line - 1] if above == 1 else lines[above - 1]


def line_after(tree: PythonTree, node: ast.stmt) -> tuple[int, bool]:
    """Where the line behind a statement of the module begins, and whether its last line has a break."""
    end = tree.span(node)[1]
    while True:
        matched = BREAK.search(tree.text, end)
        stop = matched.end() if matched else len(tree.text)
        later = [
            tree.span(other)[1] for other in tree.tree.body if end < tree.span(other)[1] and tree.span(other)[0] < stop
        ]
        if not later:
            return stop, matched is not None
        end = max(later)


def without(tree: PythonTree, binding: Binding) -> tuple[int, int] | None:
    """The span that goes when an import no longer binds a name; None where a block would be left empty."""
    statement = binding.statement
    if len(statement.names) == 1:
        return whole_line(tree, statement)
    start, end = tree.span(binding.alias)
    opening = tree.tokens.all[tree.tokens.index(tree.span(statement.names[0])[0]) - 1]
    if tree.text[opening.start] == "(":
        return python_entries.outer_span(tree, (opening.start, tree.span(statement)[1]), start, end)[0]
    index = statement.names.index(binding.alias)
    if index + 1 < len(statement.names):
        return start, tree.span(statement.names[index + 1])[0]
    return tree.span(statement.names[index - 1])[1], end


def whole_line(tree: PythonTree, statement: ast.stmt) -> tuple[int, int] | None:
    """The line of a statement that stands alone on it, with its break; None where its block would be left empty."""
    parent = tree.parent(statement)
    blocks = (getattr(parent, field, None) for field in ("body", "orelse", "finalbody"))
    block = next((b for b in blocks if isinstance(b, list) and statement in b), [])
    start, end = tree.span(statement)
    line = tree.line_starts[statement.lineno - 1]
    matched = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n|\Z)").match(tree.text, end)
    if tree.text[line:start].strip() or matched is None or (len(block) < 2 and not isinstance(parent, ast.Module)):
        return None
    return line, matched.end()
