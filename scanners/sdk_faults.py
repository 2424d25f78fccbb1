"""Why the calls of a retired SDK in a file can't be replaced: what of it can't be followed, in the order of the file.

send(model)                 the object is handed on
genai.list_tuned_models()   no shape says what becomes of it
model = pick() or genai.GenerativeModel(NAME)
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from offramp.project import Project
from scanners.sdk_calls import File, mentioned, pattern_of
from scanners.sdk_values import FUNCTIONS


def first(file: File, project: Project) -> str | None:
    """The first fault of a file as a sentence for a person, or None where all can be replaced."""
    found = sorted(_all(file), key=lambda fault: fault[0])
    if found:
        line, _ = file.document.position(found[0][0])
        return f"line {line}: {found[0][1]}"
    return next(_outside(file, project), None)


def _all(file: File) -> Iterator[tuple[int, str]]:
    yield from _shapes(file)
    yield from _uncovered(file)
    yield from _escapes(file)


def _text(file: File, node: ast.AST) -> str:
    text = " ".join(file.tree.text[slice(*file.nodes.span(node))].split())
    return text if len(text) <= 60 else f"{text[:57]}…"


def _shapes(file: File) -> Iterator[tuple[int, str]]:
    for use in file.uses:
        if use.bound.fault:
            yield use.start, f"{use.bound.fault} ({_text(file, use.node)})"
        elif use.shape.replace is None:
            yield use.start, use.shape.refuse


def _consumed(file: File) -> set[ast.AST]:
    covered = {node for use in file.uses for node in (*use.bound.consumed, *pattern_of(use))}
    return covered | {use.bound.variables[name] for use in file.uses for name in use.shape.of}


def _uncovered(file: File) -> Iterator[tuple[int, str]]:
    """Uses of what the SDK's imports bind that no shape covers."""
    consumed = _consumed(file)
    for node in file.nodes.all:
        if not isinstance(node, (ast.Name, ast.Attribute)) or isinstance(file.nodes.parent(node), ast.Attribute):
            continue
        reads = isinstance(node.ctx, ast.Load) and not is_mention(file, node)
        if reads and _is_retired(file, node, consumed):
            yield file.nodes.span(node)[0], f"the migration does not say what becomes of {_text(file, node)}"


def is_mention(file: File, node: ast.AST) -> bool:
    """Whether a name is only asked for being there, as a guarded import makes necessary."""
    match file.nodes.parent(node):
        case ast.Compare(left=left, comparators=[ast.Constant(value=None)]):
            return left is node
        case ast.If(test=test) | ast.IfExp(test=test) | ast.Assert(test=test):
            return test is node
        case ast.UnaryOp(op=ast.Not()):
            return True
    return False


def _is_retired(file: File, node: ast.expr, consumed: set[ast.AST]) -> bool:
    """Whether a dotted name is the SDK's, by its imports, and no shape covers a part of it."""
    names = {f"{file.sdk.modules[0]}.{name}" for name in mentioned(file.sdk)}
    retired, current = False, node
    while isinstance(current, (ast.Attribute, ast.Name)) and current not in consumed:
        meaning = file.named(current)
        retired |= meaning is not None and (file.sdk.whole or meaning in names)
        if isinstance(current, ast.Name):
            return retired
        current = current.value
    return False


def _escapes(file: File) -> Iterator[tuple[int, str]]:
    """Objects that are used in a way that can't be followed."""
    followed = file.followed
    consumed = _consumed(file)
    attributes = {key.name for key, kind in file.kinds.items() if key.attribute and kind in followed}
    functions = {node.name for node in file.functions if isinstance(node, FUNCTIONS)}
    for node in file.nodes.all:
        if not isinstance(node, ast.expr) or node in consumed:
            continue
        if (
            file.kind(node) in followed
            and isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
            and not _held(file, node)
        ):
            yield (
                file.nodes.span(node)[0],
                f"{_text(file, node)} is handed on, and what happens to it there is not seen",
            )
        elif isinstance(node, ast.Attribute) and node.attr in attributes and file.nodes.key(node) is None:
            yield file.nodes.span(node)[0], f"{_text(file, node)} may be what self.{node.attr} is elsewhere in the file"
        elif isinstance(node, ast.Name) and node.id in functions and isinstance(node.ctx, ast.Load):
            parent = file.nodes.parent(node)
            if not (isinstance(parent, ast.Call) and parent.func is node):
                yield file.nodes.span(node)[0], f"{node.id} is handed on without being called"


def _held(file: File, node: ast.expr) -> bool:
    """Whether a followed object stays where it can be followed: assigned to a name of its kind, asked, tested."""
    parent = file.nodes.parent(node)
    match parent:
        case ast.Await() | ast.NamedExpr():
            return True  # judged in its turn
        case ast.Assign(targets=targets):
            return all(_is_kept(file, target) for target in targets)
        case ast.AnnAssign(target=target):
            return _is_kept(file, target)
        case ast.withitem(optional_vars=target):
            return target is None or _is_kept(file, target)
        case ast.For(iter=source) | ast.AsyncFor(iter=source) | ast.comprehension(iter=source):
            return source is node and file.yields(node)
        case ast.Return():
            return file.nodes.scope(node) in file.functions
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test) | ast.Assert(test=test):
            return test is node
        case ast.Compare(comparators=[ast.Constant(value=None)]) | ast.UnaryOp(op=ast.Not()) | ast.Expr():
            return True
    return False


def _is_kept(file: File, target: ast.expr) -> bool:
    key = file.nodes.key(target)
    return key is not None and key in file.kinds


def _outside(file: File, project: Project) -> Iterator[str]:
    """Other files of the project that use the objects of this one."""
    followed = file.followed
    held = [key for key, kind in file.kinds.items() if kind in followed]
    names = {key.name for key in held if key.scope is file.tree.tree}
    names |= {node.name for node, kind in file.functions.items() if kind in followed and isinstance(node, FUNCTIONS)}
    attributes = {key.name for key in held if key.attribute}
    heads = {match[1] for shape in file.sdk.shapes if (match := re.match(r"\$[A-Z_]+\.(\w+)", shape.match))}
    patterns = [*_imports(file, names), *_attributes(attributes, heads)]
    if not patterns:
        return
    pattern = re.compile("|".join(patterns))
    for path in project.of_kind("python", "notebook"):
        if path == file.document.path or (text := project.original(path)) is None:
            continue
        if (found := pattern.search(text)) is not None:
            yield f"{path} uses what this file makes ({' '.join(found[0].split())})"


def _imports(file: File, names: set[str]) -> Iterator[str]:
    stem = re.sub(r"(?:/__init__)?\.py$", "", file.document.path).rpartition("/")[2]
    for name in sorted(names):
        yield rf"\bfrom\s+[\w.]*\b{re.escape(stem)}\s+import\b[^\n]*\b{name}\b"
        yield rf"\b{re.escape(stem)}\.{name}\b"


def _attributes(attributes: set[str], heads: set[str]) -> Iterator[str]:
    if heads:
        yield from (rf"\.{name}\.(?:{'|'.join(sorted(heads))})\b" for name in sorted(attributes))


def keys_in(file: File, scope: ast.AST) -> set[str]:
    """The names that are bound or read in a class as attributes of its objects."""
    keys = (file.nodes.key(node) for node in file.nodes.all if isinstance(node, ast.Attribute))
    return {key.name for key in keys if key is not None and key.scope is scope}
