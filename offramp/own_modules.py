"""The project's own Python modules: which file a dotted name means, and what that file provides.

    lib.client.chat     `chat` of lib/client.py, or of shared/lib/client.py under another import root

One folder is often importable under several roots, so a name may mean several files; it is missing only when none of
them provides it. What can't be read off the text (`__getattr__`, star imports, `globals()`) makes the answer UNKNOWN.
"""

from __future__ import annotations

import ast
import builtins
import dataclasses
import enum
import functools
import re
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence

from offramp.project import Project
from offramp.syntax.python_imports import absolute, bindings

TESTS = re.compile(r"(?:^|/)(?:tests?|testing|specs?|e2e)/|(?:^|/)(?:test_[^/]*|[^/]*_tests?|tests|conftest)\.pyi?$")
DYNAMIC = re.compile(r"\b(?:globals|locals|vars|setattr|exec|eval)\(|sys\.modules|__getattr__|__dict__")
DEEPEST = 6  # imports that are followed from one module to the next
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Answer(enum.Enum):
    FOUND = "found"
    MISSING = "missing"
    UNKNOWN = "unknown"  # the text does not tell
    FOREIGN = "foreign"  # not a module of the project


@dataclasses.dataclass(frozen=True, slots=True)
class Surface:
    """What a module binds when it is loaded: all names, those from imports with their (module, symbol), its classes."""

    names: frozenset[str]
    imports: Mapping[str, tuple[str, str]]
    classes: Mapping[str, ast.ClassDef]
    stored: frozenset[str]  # attributes that something in it sets
    dynamic: bool


@functools.lru_cache(maxsize=2048)
def surface(text: str) -> Surface | None:
    """What a text provides as a module, or None where it does not parse."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    names: set[str] = set()
    imports: dict[str, tuple[str, str]] = {}
    classes: dict[str, ast.ClassDef] = {}
    star = False
    for node in _loaded(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for binding in bindings(node):
                star |= binding.symbol == "*"
                module = binding.module if binding.symbol or binding.aliased else binding.name
                imports[binding.name] = (module, binding.symbol)
        elif isinstance(node, ast.ClassDef):
            classes[node.name] = node
        names |= set(bound(node))
    names |= {name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names}
    attributes = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    stored = frozenset(node.attr for node in attributes if isinstance(node.ctx, ast.Store))
    return Surface(frozenset(names), imports, classes, stored, star or DYNAMIC.search(text) is not None)


def _loaded(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes that bind names in a module or class itself: nothing inside functions, classes or comprehensions."""
    waiting: list[ast.AST] = list(ast.iter_child_nodes(tree))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, SCOPES):
            waiting += ast.iter_child_nodes(node)


def bound(node: ast.AST) -> Iterator[str]:
    """The names that one node binds."""
    match node:
        case ast.Name(id=name, ctx=ast.Store()):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import() | ast.ImportFrom():
            yield from (binding.name for binding in bindings(node))
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield name
        case ast.MatchMapping(rest=str(name)):
            yield name


class OwnModules:
    """The modules of one state of a project."""

    def __init__(self, project: Project) -> None:
        self.project = project

    @staticmethod
    def is_test(path: str) -> bool:
        return TESTS.search(path) is not None

    @functools.cached_property
    def python(self) -> list[str]:
        return sorted(path for path in self.project.paths if path.endswith((".py", ".pyi")))

    @functools.cached_property
    def _by_name(self) -> dict[str, list[str]]:
        """The last part of a module's name → the files that may be it, without their suffixes."""
        result: dict[str, list[str]] = {}
        for path in self.python:
            stem = path.rpartition(".")[0].removesuffix("/__init__")
            result.setdefault(stem.rpartition("/")[2], []).append(path)
        return result

    @functools.cached_property
    def _folders(self) -> dict[str, list[str]]:
        result: dict[str, list[str]] = {}
        folders = {folder for path in self.python for folder in _above(path)}
        for folder in sorted(folders):
            result.setdefault(folder.rpartition("/")[2], []).append(folder)
        return result

    def files(self, dotted: str) -> list[str]:
        """The files that a dotted name may mean as a module, whatever the import root."""
        stem = "/" + dotted.replace(".", "/")
        ends = tuple(stem + end for end in (".py", ".pyi", "/__init__.py", "/__init__.pyi"))
        return [path for path in self._by_name.get(dotted.rpartition(".")[2], ()) if f"/{path}".endswith(ends)]

    def folders(self, dotted: str) -> list[str]:
        """The folders with Python files that a dotted name may mean as a package."""
        stem = "/" + dotted.replace(".", "/")
        return [path for path in self._folders.get(dotted.rpartition(".")[2], ()) if f"/{path}".endswith(stem)]

    def is_foreign(self, head: str) -> bool:
        """Whether the first part of a dotted name is a module of others: the standard library's, or one of an SDK."""
        if head in sys.stdlib_module_names:
            return True
        migration = self.project.migration
        if head in {name.replace("-", "_").lower() for name in migration.packages.get("pip", {})}:
            return not self._at_root(head)
        named = [name for pair in migration.modules.items() for name in pair if name and name.split(".")[0] == head]
        return bool(named) and not any(self.files(name) for name in named) and not self._at_root(head)

    def _at_root(self, head: str) -> bool:
        return any(path in ("", "src") for path in (f[: -len(head)].rstrip("/") for f in self.folders(head))) or (
            f"{head}.py" in self.project.paths
        )

    def module_of(self, dotted: str) -> tuple[list[str], list[str]]:
        """The files of the longest part of a dotted name that is a module, and what of the name is left behind it."""
        parts = dotted.split(".")
        for count in range(len(parts), 0, -1):
            if files := self.files(".".join(parts[:count])):
                return files, parts[count:]
        return [], parts

    def look_up(self, dotted: str, depth: int = DEEPEST) -> Answer:
        """Whether the project provides what a dotted name means at run time."""
        if depth == 0 or not all(part.isidentifier() for part in dotted.split(".")):
            return Answer.UNKNOWN
        files, rest = self.module_of(dotted)
        if self.is_foreign(dotted.partition(".")[0]):
            return Answer.FOREIGN
        if not files:
            return self._in_folders(dotted)
        if not rest:
            return Answer.FOUND
        answers = {self._attribute(path, rest, depth) for path in files}
        return next((a for a in (Answer.FOUND, Answer.UNKNOWN, Answer.FOREIGN) if a in answers), Answer.MISSING)

    def _in_folders(self, dotted: str) -> Answer:
        """The same for packages without an `__init__.py`: no module of the project begins with the name."""
        parts = dotted.split(".")
        if len(parts) < 3 or not (folders := self.folders(parts[0])):
            return Answer.FOREIGN
        holds_modules = any(path.rpartition("/")[0] in folders for path in self.python)
        return Answer.MISSING if holds_modules and not self.folders(".".join(parts[:2])) else Answer.UNKNOWN

    def _attribute(self, path: str, rest: Sequence[str], depth: int) -> Answer:
        known = self.surface(path)
        name = rest[0]
        if known is None or path.endswith(".pyi"):
            return Answer.UNKNOWN
        if name not in known.names:
            return self._absent(path, name, known)
        if len(rest) == 1:
            return Answer.FOUND
        if name in known.classes:
            return _member(known, known.classes[name], rest[1:])
        if name not in known.imports:
            return Answer.UNKNOWN  # an instance, say
        target = self.target(path, *known.imports[name])
        answer = self.look_up(".".join([target, *rest[1:]]), depth - 1) if target else Answer.UNKNOWN
        return Answer.UNKNOWN if answer is Answer.FOREIGN else answer

    def _absent(self, path: str, name: str, known: Surface) -> Answer:
        """Whether a name that a module does not bind is there all the same."""
        if hasattr(builtins, name) or name.startswith("__"):
            return Answer.FOUND
        if known.dynamic:
            return Answer.UNKNOWN
        package = path.rpartition("/")[0] if path.endswith("/__init__.py") else None
        beside = f"{package}/{name}"
        if package is not None and any(p.startswith((f"{beside}.", f"{beside}/")) for p in self.project.paths):
            return Answer.FOUND
        return Answer.MISSING

    def surface(self, path: str) -> Surface | None:
        text = self.project.text(path)
        return None if text is None else surface(text)

    def target(self, path: str, module: str, symbol: str) -> str:
        """The dotted name that an import of the file at `path` means; empty where it leaves the tree."""
        resolved = absolute(module, path)
        return ".".join(part for part in (resolved, symbol) if part) if resolved or not module else ""


def _member(known: Surface, owner: ast.ClassDef, rest: Sequence[str], depth: int = DEEPEST) -> Answer:
    """Whether a class provides an attribute, as far as the bases that its module has show it."""
    if len(rest) > 1 or depth == 0:
        return Answer.UNKNOWN
    name = rest[0]
    if name in known.stored or name.startswith("__") or any(name in bound(node) for node in _loaded(owner)):
        return Answer.FOUND
    if owner.keywords or known.dynamic or any(not _is_plain(decorator) for decorator in owner.decorator_list):
        return Answer.UNKNOWN
    for base in owner.bases:
        if not isinstance(base, ast.Name) or base.id not in {*known.classes, "object"}:
            return Answer.UNKNOWN
        answer = _member(known, known.classes[base.id], rest, depth - 1) if base.id != "object" else Answer.MISSING
        if answer is not Answer.MISSING:
            return answer
    return Answer.MISSING


def _is_plain(decorator: ast.expr) -> bool:
    node = decorator.func if isinstance(decorator, ast.Call) else decorator
    return getattr(node, "id", getattr(node, "attr", "")) in ("dataclass", "final", "total_ordering")


def _above(path: str) -> Iterator[str]:
    parts = path.split("/")[:-1]
    for count in range(1, len(parts) + 1):
        yield "/".join(parts[:count])
