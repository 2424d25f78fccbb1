"""An `except` that puts literals in the place of what could not be loaded: it raises an error that says so, and why.

    except Exception as exc:                      except (OSError, ValueError) as exc:
        logger.warning("using the defaults")  ->      raise RuntimeError(
        model = "literal"                                 f"The configuration could not be read from {path}: {exc!r}. "
                                                          …
                                                      ) from exc

`except Exception` becomes what the block can raise where `python_raises` knows that of every call in it; otherwise what
the clause catches stays as it is, and a bare `except:` becomes `except Exception`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from codemods.fail_fast.python_raises import narrowed
from offramp.model import Edit, Fix, Refusal
from offramp.project import Context
from offramp.syntax import python_blocks, python_imports
from offramp.syntax.python import PythonTree
from offramp.syntax.python_imports import Binding
from scanners.fallbacks import Fallback
from scanners.fallbacks.python_statements import swallowing

FILE = re.compile(r"[\w./-]+\.(?:ya?ml|json|toml|ini|cfg|env)\b")
READERS = frozenset({"read_text", "read_bytes", "open"})


def answer(form: Fallback, context: Context, tree: PythonTree) -> Fix | Refusal:
    node = tree.node_at(form.start, form.end)
    handler = (
        node
        if isinstance(node, ast.ExceptHandler)
        else next(outer for outer in tree.ancestors(node) if isinstance(outer, ast.ExceptHandler))
    )
    statement = tree.parent(handler)
    found = swallowing(handler, context.vocabulary)
    assert isinstance(statement, ast.Try)
    assert found is not None
    loaded = {
        n.id for s in statement.body for n in ast.walk(s) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    if not set(found.names) <= loaded:
        return Refusal("the clause also sets what the code above it does not: decide what is to happen without it")
    if tree.line_starts[handler.lineno - 1] == tree.line_starts[handler.body[0].lineno - 1]:
        return Refusal("the clause stands in one line: write it as a block, or raise an error by hand")
    cuts = imports_that_go(context, tree, handler.body)
    if isinstance(cuts, Refusal):
        return cuts
    error = handler.name or _free_name(tree)
    lines = _told(_origin(statement, context), found.names, error)
    edits = [
        *_caught(tree, statement, handler, error),
        replaced_body(tree, handler.body, lines, f" from {error}"),
        *cuts,
    ]
    return Fix("what could not be loaded is an error", tuple(edits))


def _caught(tree: PythonTree, statement: ast.Try, handler: ast.ExceptHandler, error: str) -> list[Edit]:
    """Give the exception a name where it has none, and say what can be raised where that is known."""
    kinds = narrowed(tree, statement, handler)
    start = tree.span(handler)[0] + len("except")
    if handler.type is None:
        return [Edit(start, start, f" {kinds or 'Exception'} as {error}")]
    edits = [Edit(*tree.span(handler.type), kinds)] if kinds else []
    if handler.name is None:
        end = tree.span(handler.type)[1]
        while tree.text[end] != ":":  # behind the parentheses around the type
            end += 1
        end = len(tree.text[:end].rstrip())
        if edits and end == edits[0].end:
            return [Edit(edits[0].start, end, f"{kinds} as {error}")]
        edits.append(Edit(end, end, f" as {error}"))
    return edits


def _free_name(tree: PythonTree) -> str:
    taken = set(re.findall(r"\w+", tree.text))
    return next(
        name for name in ("error", "problem", "caught", "exception_") if name not in taken or name == "exception_"
    )


def _told(origin: str, names: tuple[str, ...], error: str) -> list[str]:
    listed = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return [
        f'f"The configuration could not be read{origin}: {{{error}!r}}. "',
        *([f'"It sets {listed}; nothing stands in for it. "'] if names else []),
        '"Check: 1. it is there and can be read; 2. it holds every value; 3. restart."',
    ]


def replaced_body(tree: PythonTree, body: Sequence[ast.stmt], lines: Sequence[str], cause: str = "") -> Edit:
    """The edit that makes a block raise a RuntimeError instead, its message given as literals."""
    start, end = tree.span(body[0])[0], tree.span(body[-1])[1]
    first = python_blocks.line_start(tree, start)
    indent = tree.text[first:start]
    if indent.strip():  # a block in the line of its head
        return Edit(start, end, f"raise RuntimeError({' '.join(lines)}){cause}")
    step = "\t" if indent.endswith("\t") else "    "
    written = ["raise RuntimeError(", *(step + line for line in lines), f"){cause}"]
    newline = "\r\n" if "\r\n" in tree.text else "\n"
    while (above := python_blocks.line_above(tree, first)).lstrip().startswith("#"):
        first -= len(above)  # comments at the head of the block are about what goes
    return Edit(first, end, indent + f"{newline}{indent}".join(written))


def _origin(statement: ast.Try, context: Context) -> str:
    """What the block reads, for the message; nothing where that is not certain.

    An expression that still means the same in the clause, or the only file of the repository that the block names.
    """
    inside = [node for s in statement.body for node in ast.walk(s)]
    stored = {n.id for n in inside if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    read: set[str] = set()
    named: set[str] = set()
    for node in inside:
        match node:
            case ast.Call(func=ast.Name(id="open"), args=[ast.Name() | ast.Attribute() as path, *_]):
                read.add(_dotted(path, stored))
            case ast.Call(func=ast.Attribute(value=ast.Name() | ast.Attribute() as path, attr=attr)) if attr in READERS:
                read.add(_dotted(path, stored))
            case ast.Constant(value=str() as text):
                named |= {word for word in FILE.findall(text) if word in context.project.paths}
    if len(read) == 1 and "" not in read:
        return f" from {{{read.pop()}}}"
    return f" from {named.pop()}" if len(named) == 1 and not read else ""


def _dotted(node: ast.expr, stored: set[str]) -> str:
    match node:
        case ast.Name(id=name):
            return "" if name in stored else name
        case ast.Attribute(value=inner, attr=attr):
            base = _dotted(inner, stored)
            return f"{base}.{attr}" if base else ""
    return ""


def imports_that_go(context: Context, tree: PythonTree, body: Sequence[ast.stmt]) -> list[Edit] | Refusal:
    """The imports that served only a block that goes, as edits."""
    edits = []
    stem = context.document.path.removesuffix(".py").rpartition("/")[2]
    for binding in only_here(tree, body):
        span = python_imports.without(tree, binding)
        patched = f"{stem}.{binding.name}"
        if span is None or any(
            patched in (context.project.text(path) or "") for path in context.project.paths if path.endswith(".py")
        ):
            return Refusal(f"the import of {binding.name} would serve nothing any more: raise an error here by hand")
        edits.append(Edit(*span, ""))
    return edits


def only_here(tree: PythonTree, body: Sequence[ast.stmt]) -> list[Binding]:
    """The imports of the module whose names are used in these statements only."""
    inside = [n.id for s in body for n in ast.walk(s) if isinstance(n, ast.Name)]
    everywhere = [n.id for n in tree.parents if isinstance(n, ast.Name)]
    imported = [
        b for s in tree.tree.body if isinstance(s, (ast.Import, ast.ImportFrom)) for b in python_imports.bindings(s)
    ]
    return [b for b in imported if b.name in inside and everywhere.count(b.name) == inside.count(b.name)]
