"""An `except` that logs and goes on with literals becomes an error that says what could not be loaded, and why.

    except Exception as exc:                      except Exception as exc:
        logger.warning("using the defaults")  ->      raise RuntimeError(
        model = "literal"                                 f"The configuration could not be read from {path}: {exc!r}. "
                                                          …
                                                      ) from exc

What the clause catches stays as it is; a bare `except:` becomes `except Exception`.
"""

from __future__ import annotations

import ast
import re

from offramp.model import Edit, Fix, Refusal
from offramp.project import Context
from offramp.syntax import python_blocks
from offramp.syntax.python import PythonTree
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
    if (gone := _only_here(tree, handler)) is not None:
        return Refusal(f"the import of {gone} would serve nothing any more: raise an error here by hand")
    error = handler.name or _free_name(tree)
    edits = [*_bound(tree, handler, error), _raise(tree, handler, _origin(statement, context), found.names, error)]
    return Fix("what could not be loaded is an error", tuple(edits))


def _bound(tree: PythonTree, handler: ast.ExceptHandler, error: str) -> list[Edit]:
    """Give the exception a name where it has none."""
    if handler.name is not None:
        return []
    if handler.type is None:
        start = tree.span(handler)[0] + len("except")
        return [Edit(start, start, f" Exception as {error}")]
    end = tree.span(handler.type)[1]
    while tree.text[end] != ":":  # behind the parentheses around the type
        end += 1
    end = len(tree.text[:end].rstrip())
    return [Edit(end, end, f" as {error}")]


def _free_name(tree: PythonTree) -> str:
    taken = set(re.findall(r"\w+", tree.text))
    return next(
        name for name in ("error", "problem", "caught", "exception_") if name not in taken or name == "exception_"
    )


def _raise(tree: PythonTree, handler: ast.ExceptHandler, origin: str, names: tuple[str, ...], error: str) -> Edit:
    start, end = tree.span(handler.body[0])[0], tree.span(handler.body[-1])[1]
    column = start - tree.line_starts[handler.body[0].lineno - 1]
    indent = tree.text[start - column : start]
    step = "\t" if indent.endswith("\t") else "    "
    listed = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    lines = [
        "raise RuntimeError(",
        f'{step}f"The configuration could not be read{origin}: {{{error}!r}}. "',
        *([f'{step}"It sets {listed}; nothing stands in for it. "'] if names else []),
        f'{step}"Check: 1. it is there and can be read; 2. it holds every value; 3. restart."',
        f") from {error}",
    ]
    newline = "\r\n" if "\r\n" in tree.text else "\n"
    first = start - column  # comments at the head of the clause are about what goes
    while (above := python_blocks.line_above(tree, first)).lstrip().startswith("#"):
        first -= len(above)
    return Edit(first, end, indent + f"{newline}{indent}".join(lines))


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


def _only_here(tree: PythonTree, handler: ast.ExceptHandler) -> str | None:
    """A name that is imported and used in this clause only."""
    imported = {
        (alias.asname or alias.name).partition(".")[0]
        for statement in tree.tree.body
        if isinstance(statement, (ast.Import, ast.ImportFrom))
        for alias in statement.names
    }
    inside = [n.id for s in handler.body for n in ast.walk(s) if isinstance(n, ast.Name)]
    everywhere = [n.id for n in ast.walk(tree.tree) if isinstance(n, ast.Name)]
    return next((name for name in inside if name in imported and everywhere.count(name) == inside.count(name)), None)
