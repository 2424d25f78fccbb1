"""What the tests of a file replace: the targets of `mock.patch` and of pytest's `monkeypatch` and `mocker`.

    mock.patch("lib.client.chat")              the dotted string
    patch.object(client, "chat")               the name, on what the imports say that `client` is
    monkeypatch.setattr("lib.client.URL", x)   the dotted string

`create=True` and `raising=False` say that nothing need be there; such calls are none of ours.
"""

from __future__ import annotations

import ast
import dataclasses
import functools
from collections.abc import Iterator

from offramp.document import Document
from offramp.own_modules import bound
from offramp.syntax.python import PythonTree
from offramp.syntax.python_imports import absolute
from offramp.syntax.python_names import constant

MOCKS = ("unittest.mock", "mock")
MOCKERS = frozenset({"mocker", "class_mocker", "module_mocker", "package_mocker", "session_mocker"})
MONKEYS = frozenset({"monkeypatch", "mp", "monkeypatch_session", "monkeypatch_module"})
OPTIONS = frozenset({"spec", "create", "spec_set", "autospec", "new_callable", "unsafe"})  # of patch.multiple


@dataclasses.dataclass(frozen=True, slots=True)
class Target:
    """One name that a test replaces. `dotted` is whose it is, `start` and `end` the string or keyword that says so."""

    dotted: str
    start: int
    end: int
    call: ast.Call


@functools.lru_cache(maxsize=256)
def targets(document: Document) -> tuple[Target, ...]:
    """The targets in a file whose full names are certain."""
    tree = document.tree
    if not isinstance(tree, PythonTree):
        return ()
    calls = (node for node in tree.nodes if isinstance(node, ast.Call) and not tree.in_f_string(node))
    return tuple(target for call in calls for target in _of(tree, document.path, call))


def _of(tree: PythonTree, path: str, call: ast.Call) -> Iterator[Target]:
    how = _how(tree, call.func)
    if not how or any(isinstance(a, ast.Starred) for a in call.args) or any(k.arg is None for k in call.keywords):
        return
    options = {keyword.arg: keyword.value for keyword in call.keywords}
    if _is(options.get("create"), True) or _is(options.get("raising"), False):
        return
    first = call.args[0] if call.args else options.get("target", options.get("in_dict"))
    second = call.args[1] if len(call.args) > 1 else options.get("attribute", options.get("name"))
    if how in ("patch", "dict") or (how == "setattr" and (len(call.args) + ("value" in options)) == 2):
        yield from _string(tree, first, "", call)
    elif how in ("object", "setattr", "delattr", "spy"):
        owner = resolved(tree, path, first)
        yield from _string(tree, second, owner + ".", call) if owner else ()
        if how == "delattr" and second is None:
            yield from _string(tree, first, "", call)
    elif how == "multiple":
        owner = constant(first) or resolved(tree, path, first)
        for keyword in call.keywords if owner else ():
            if keyword.arg not in (*OPTIONS, "target"):
                start = tree.span(keyword)[0]
                yield Target(f"{owner}.{keyword.arg}", start, start + len(str(keyword.arg)), call)


def _string(tree: PythonTree, node: ast.expr | None, owner: str, call: ast.Call) -> Iterator[Target]:
    name = constant(node)
    pieces = tree.literal(node) if node is not None and name else ()
    if len(pieces) == 1 and tree.text[pieces[0].first : pieces[0].last] == name and (owner or "." in name):
        yield Target(owner + name, pieces[0].first, pieces[0].last, call)


def _is(node: ast.expr | None, value: bool) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _how(tree: PythonTree, func: ast.expr) -> str:
    """patch, object, dict, multiple, setattr, delattr or spy; empty for a call of anything else."""
    chain = _chain(func)
    if not chain or len(chain) > 4:
        return ""
    if chain[0] == "self" and len(chain) > 1:
        chain = chain[1:]
    if chain[0] in MONKEYS and len(chain) == 2:
        return chain[1] if chain[1] in ("setattr", "delattr") else ""
    if chain[0] in MOCKERS:
        verbs = chain[1:]
    else:
        names = {b.target for b in tree.imports if b.name == chain[0]}
        whole = {".".join([name, *chain[1:]]) for name in names}
        verbs = next((w.removeprefix(f"{mock}.").split(".") for w in whole for mock in MOCKS if w.startswith(mock)), [])
        verbs = [] if len(names) != 1 else verbs
    match verbs:
        case ["patch"]:
            return "patch"
        case ["patch", "object" | "dict" | "multiple" as verb] | ["spy" as verb]:
            return verb
        case _:
            return ""


def _chain(node: ast.expr) -> list[str]:
    """The names of `a.b.c`, or nothing for any other expression."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return [node.id, *reversed(names)] if isinstance(node, ast.Name) else []


def resolved(tree: PythonTree, path: str, node: ast.expr | None) -> str:
    """The dotted name of a module, class or function that an expression means by the imports; empty where unsure."""
    chain = _chain(node) if node is not None else []
    if not chain:
        return ""
    found = {(b.module if b.aliased or b.symbol else b.name, b.symbol) for b in tree.imports if b.name == chain[0]}
    if len(found) != 1 or _is_rebound(tree, chain[0]):
        return ""
    module, symbol = found.pop()
    owner = absolute(module, path)
    return ".".join(part for part in (owner, symbol, *chain[1:]) if part) if owner else ""


def _is_rebound(tree: PythonTree, name: str) -> bool:
    """Whether anything but an import binds a name somewhere in the file."""
    others = (node for node in tree.nodes if not isinstance(node, ast.Import | ast.ImportFrom))
    return any(name in (getattr(node, "arg", ""), *bound(node)) for node in others)
