"""Whether code that a test runs meets what a mock puts in the place of a name.

    lib/llm_client.py   def chat(): ...
    app.py              from lib.llm_client import chat      app.chat is bound when app is imported
    test_app.py         mock.patch("lib.llm_client.chat")    replaces a name that app does not look up

Anything that may look the name up later makes the mock reached: a use in the module itself, an attribute of that name,
an import inside a function, a string, a reload, an import under the patch.
"""

from __future__ import annotations

import ast
import functools
import re
import warnings
from collections.abc import Iterator

from offramp.own_modules import OwnModules, Surface
from offramp.syntax.python import PythonTree
from offramp.syntax.python_imports import absolute, bindings
from scanners.silent_tests.targets import Target

LATER = re.compile(r"\b(?:reload|import_module|__import__|run_path|run_module|exec_module|import_string)\(")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
Use = tuple[str, str]  # what sort of use, and of which module or name


@functools.lru_cache(maxsize=256)
def uses(text: str, name: str) -> frozenset[Use]:
    """How a text uses a name: ('name', ''), ('attribute', ''), ('string', s), ('import', m), ('local import', m)."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset({("attribute", "")})  # it may do anything
    return frozenset(_uses(tree, name))


def _uses(tree: ast.Module, name: str) -> Iterator[Use]:
    local = {id(n) for n in ast.walk(tree) if isinstance(n, FUNCTIONS) for n in ast.walk(n)}
    exported = {id(n) for s in tree.body if _is_export(s) for n in ast.walk(s)}
    typing = {id(n) for s in ast.walk(tree) if _is_typing(s) for n in ast.walk(s)}
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=found, ctx=ast.Load()) if found == name:
                yield "name", ""
            case ast.Attribute(attr=found) if found == name:
                yield "attribute", ""
            case ast.Constant(value=str(said)) if re.search(rf"(?:^|[.:]){name}$", said) and id(node) not in exported:
                yield "string", said
            case ast.ImportFrom() if id(node) not in typing:
                sort = "local import" if id(node) in local else "import"
                yield from ((sort, b.module) for b in bindings(node) if b.symbol in (name, "*"))


def _is_export(statement: ast.stmt) -> bool:
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets)


def _is_typing(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in (
        getattr(node.test, "id", ""),
        getattr(node.test, "attr", ""),
    )


@functools.lru_cache(maxsize=2048)
def imported_later(text: str) -> frozenset[str]:
    """The last parts of what is imported inside functions."""
    if not re.search(r"^[ \t]+(?:from|import)\s", text, re.MULTILINE):
        return frozenset()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    functions = (node for node in ast.walk(tree) if isinstance(node, FUNCTIONS))
    found = (binding for function in functions for binding in bindings(function))
    return frozenset(part for b in found for part in (b.module.rpartition(".")[2], b.symbol))


def consumers(target: Target, path: str, known: Surface, own: OwnModules) -> list[str] | None:
    """The files with a binding of their own of the name that is replaced in the module at `path`; None where something
    may look it up in that module.
    """
    name = target.dotted.rpartition(".")[2]
    stem = path.removesuffix(".py").removesuffix("/__init__").rpartition("/")[2]
    if known.dynamic or _looked_up(uses(own.project.text(path) or "", name), own=True):
        return None
    found: list[str] = []
    for other in own.python:
        text = own.project.text(other) or ""
        if other == path or name not in text:
            continue
        used = uses(text, name)
        names_it = re.search(rf"\b{re.escape(stem)}\b", text) is not None
        if names_it and _looked_up(used, own=False, strings=not own.is_test(other)):
            return None
        if any(sort == "import" and path in own.files(absolute(module, other)) for sort, module in used):
            found.append(other)
    return found


def _looked_up(used: frozenset[Use], *, own: bool, strings: bool = True) -> bool:
    sorts = {sort for sort, _ in used}
    return bool(sorts & ({"name", "string", "attribute"} if own else {"attribute", "local import"})) or (
        strings and "string" in sorts
    )


def may_come_later(tree: PythonTree, path: str, target: Target, files: list[str], own: OwnModules) -> bool:
    """Whether one of the files may be imported only once the mock is in place, and then find the mock."""
    if LATER.search(tree.text) or any(_has_star(own, path) for path in files):
        return True
    stems = {path.removesuffix(".py").removesuffix("/__init__").rpartition("/")[2] for path in files}
    for other in own.python:
        if not own.is_test(other) and stems & imported_later(own.project.text(other) or ""):
            return True
    return any(_is_own(binding.module, path, own) for node in _under(tree, target) for binding in bindings(node)) or (
        _is_shared(tree, path, target)
        and any(imported_later(own.project.text(p) or "") for p in own.python if p.endswith("conftest.py") or p == path)
    )


def _has_star(own: OwnModules, path: str) -> bool:
    return "import *" in (own.project.text(path) or "")


def _is_own(module: str, path: str, own: OwnModules) -> bool:
    return module.startswith(".") or bool(own.module_of(absolute(module, path))[0])


def _under(tree: PythonTree, target: Target) -> Iterator[ast.AST]:
    """The nodes that run while the mock is in place."""
    around = list(tree.ancestors(target.call))
    outer = next((n for n in around if isinstance(n, ast.With | ast.AsyncWith)), None)
    function = next((n for n in around if isinstance(n, (*FUNCTIONS, ast.ClassDef))), None)
    if outer is not None and any(isinstance(n, ast.withitem) for n in around):
        yield from ast.walk(outer)
    elif function is not None:
        after = (n for n in ast.walk(function) if isinstance(n, ast.Import | ast.ImportFrom))
        decorates = any(target.call in ast.walk(d) for d in getattr(function, "decorator_list", ()))
        yield from (n for n in after if decorates or n.lineno > target.call.lineno)


def _is_shared(tree: PythonTree, path: str, target: Target) -> bool:
    """Whether the mock is put in place by a fixture or a set-up, for tests that stand elsewhere."""
    around = list(tree.ancestors(target.call))
    function = next((n for n in around if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)), None)
    return path.endswith("conftest.py") or function is None or not function.name.startswith("test")
