"""References to retired modules in Python, resolved through the imports of the file.

    from lib.gradient_client import chat          the module of an import
    from .gradient_client import chat             the same, seen from lib/api.py
    from lib import gradient_client               a module imported by its name, and each use of that name
    import shared.lib.gradient_client as client   the module under another import root

An entry with two segments or more is found behind any prefix, because one folder is often importable under several
roots; a single segment is a distribution and found only at the start of an absolute import.
"""

from __future__ import annotations

import ast
import dataclasses
import functools
import re
import sys
from collections.abc import Iterator

from offramp.document import Document
from offramp.migration import Migration, carry, wildcard
from offramp.model import Finding, Role
from offramp.project import Context, PathIndex
from offramp.syntax.python import PythonTree
from offramp.syntax.python_classes import dotted
from offramp.syntax.python_imports import Binding, absolute, bound_by

MODULE, IMPORTED, USE = "module", "imported name", "use"


@dataclasses.dataclass(frozen=True, slots=True)
class Retired:
    """What of a dotted name is retired: `dotted[start:end]` is the entry's text, `new` what replaces that."""

    entry: str
    start: int
    end: int
    new: str | None
    known: bool = True  # False: only the name of the distribution says so


@dataclasses.dataclass(frozen=True, slots=True)
class Reference:
    """A span that names a retired module.

    `new` None: nothing takes its place. `moves_away`: into another package, so that the last part of a relative
    import can't simply change; `parent` is then what becomes of the package that an absolute import names.
    """

    what: str
    start: int
    end: int
    old: str
    new: str | None
    entry: str
    binding: Binding
    known: bool = True
    moves_away: bool = False
    parent: tuple[int, int, str] | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Modules:
    """The retired modules of a migration: entries with what replaces them, the longest first, and distributions."""

    entries: tuple[tuple[str, str | None], ...]
    packages: tuple[str, ...]

    @classmethod
    def of(cls, migration: Migration) -> Modules:
        entries = sorted(migration.modules.items(), key=lambda pair: len(pair[0]), reverse=True)
        return cls(tuple(entries), tuple(migration.packages.get("pip", {})))

    def may_stand_in(self, text: str) -> bool:
        """Whether the last part of an entry, or the first of a distribution, is in the text at all."""
        words = [max(entry.rpartition(".")[2].split("*"), key=len) for entry, _ in self.entries]
        words += [re.split(r"[-_.]", package.lower())[0] for package in self.packages]
        return any(word in text for word in words)


def resolve(dotted: str, modules: Modules) -> Retired | None:
    """The longest entry of `modules:` that a dotted name begins with, or has behind another import root."""
    for entry, new in modules.entries:
        if "*" in entry:
            prefix = _wild_prefix(entry, dotted)
            if prefix is not None:
                return Retired(entry, 0, len(prefix), carry(entry, new, prefix) if new else None)
        elif f"{dotted}.".startswith(f"{entry}."):
            return Retired(entry, 0, len(entry), new)
        elif "." in entry and (position := f"{dotted}.".find(f".{entry}.")) >= 0:
            return Retired(entry, position + 1, position + 1 + len(entry), new)
    for package in modules.packages:
        for spelled in (package.replace("-", "_").lower(), package.replace("-", ".").lower()):
            if f"{dotted}.".startswith(f"{spelled}."):
                return Retired(spelled, 0, len(spelled), None, known=False)
    return None


def _wild_prefix(entry: str, dotted: str) -> str | None:
    parts = dotted.split(".")
    prefixes = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
    return next((prefix for prefix in prefixes if wildcard(entry).fullmatch(prefix)), None)


@functools.lru_cache(maxsize=256)
def references(document: Document, modules: Modules) -> tuple[Reference, ...]:
    """Every reference to a retired module that the imports of the file prove."""
    tree = document.tree
    if not isinstance(tree, PythonTree) or not modules.may_stand_in(document.text):
        return ()
    imported = [_imported(document, tree, binding, modules) for binding in tree.imports]
    found = [reference for reference in imported if reference is not None]
    uses = [use for reference in found for use in _uses(tree, reference)]
    return (*found, *uses)


def _imported(document: Document, tree: PythonTree, binding: Binding, modules: Modules) -> Reference | None:
    """The reference in an import statement; of `from m import a, b` each name yields the same one for m."""
    relative = binding.module.startswith(".")
    module = absolute(binding.module, document.path)
    if module and (retired := resolve(module, modules)) is not None and (not relative or "." in retired.entry):
        written = binding.module.lstrip(".")
        start = _module_start(tree, binding)
        return _reference(tree, MODULE, binding, module, written, start, retired)
    if not binding.symbol or not module:
        return None
    dotted = f"{module}.{binding.symbol}"
    retired = resolve(dotted, modules)
    if retired is None or retired.end != len(dotted) or "." not in retired.entry or not retired.known:
        return None
    return _reference(tree, IMPORTED, binding, dotted, binding.symbol, tree.span(binding.alias)[0], retired)


def _reference(
    tree: PythonTree, what: str, binding: Binding, dotted: str, written: str, start: int, retired: Retired
) -> Reference | None:
    """The part of what is written (the end of `dotted`) that the entry covers."""
    hidden = len(dotted) - len(written)  # of the dotted name, what a relative import or `from m` leaves unsaid
    first, last = max(retired.start, hidden), retired.end
    old, new, away, parent = dotted[first:last], retired.new, False, None
    if first >= last or tree.text[start + first - hidden : start + last - hidden] != old:
        return None
    if new is not None and first > retired.start:
        unsaid = dotted[retired.start : first]
        away = not new.startswith(unsaid) or (what == IMPORTED and "." in new.removeprefix(unsaid))
        if away and what == IMPORTED and len(binding.statement.names) == 1 and not binding.module.startswith("."):
            package, _, new = new.rpartition(".")
            begins = _module_start(tree, binding)
            parent = (begins + retired.start, begins + len(binding.module), package) if package else None
            away = parent is None
        else:
            new = new.removeprefix(unsaid)
    place = start + first - hidden, start + last - hidden
    return Reference(what, *place, old, new, retired.entry, binding, retired.known, away, parent)


def _module_start(tree: PythonTree, binding: Binding) -> int:
    """Where the module's first name stands in the statement, behind `from` and the dots of a relative import."""
    if isinstance(binding.statement, ast.Import):
        return tree.span(binding.alias)[0]
    index = tree.tokens.index(tree.span(binding.statement)[0] + len("from"))
    while tree.tokens.all[index].kind != "name":
        index += 1
    return tree.tokens.all[index].start


def _uses(tree: PythonTree, found: Reference) -> Iterator[Reference]:
    """Where the name that an import binds is used, if that name changes and means nothing else in the file."""
    binding = found.binding
    if binding.aliased or found.new is None or found.moves_away or not found.known:
        return
    if found.what == IMPORTED:
        old, new = binding.name, found.new
    elif isinstance(binding.statement, ast.Import):
        old, new = found.old, found.new
        if tree.span(binding.alias)[0] != found.start:  # behind a prefix: the chain is written with it
            prefix = tree.text[tree.span(binding.alias)[0] : found.start]
            old, new = prefix + old, prefix + new
    else:
        return
    if old == new or keeps_name(tree, binding, old, new):
        return
    skip = len(old) - len(found.old)
    for start, end in chains(tree, old):
        yield dataclasses.replace(found, what=USE, start=start + skip, end=end)


def keeps_name(tree: PythonTree, binding: Binding, old: str, new: str) -> bool:
    """Whether the name that an import binds must stay in this file: it, or the new one, means something else too."""
    name, becomes = old.partition(".")[0], new.partition(".")[0]
    others = [b for b in tree.imports if b.name == name and b.target != binding.target]
    if "." not in old and others:
        return True
    return name in tree.scopes.assigned or (becomes != name and bool(tree.scopes.users(becomes)))


def chains(tree: PythonTree, dotted: str) -> Iterator[tuple[int, int]]:
    """Where a dotted name is read in code, f-strings included, and the same name as a string in `__all__`."""
    head = dotted.partition(".")[0]
    imports = [tree.span(n) for n in ast.walk(tree.tree) if isinstance(n, (ast.Import, ast.ImportFrom))]
    text = tree.text
    for token in tree.names():
        if text[token.start : token.end] != head or not text.startswith(dotted, token.start):
            continue
        end = token.start + len(dotted)
        follows, before = text[end : end + 1], text[: token.start].rstrip()[-1:] if token.start else ""
        in_import = any(start <= token.start < stop for start, stop in imports)
        if not (
            follows.isidentifier()
            or follows.isdigit()
            or before == "."
            or in_import
            or _is_keyword(tree, token.start, end)
        ):
            yield token.start, end
    yield from _exported(tree, dotted)


def _is_keyword(tree: PythonTree, start: int, end: int) -> bool:
    """Whether a name is that of a keyword argument, which belongs to the function that is called."""
    node = tree.node_at(start, end)
    return isinstance(node, ast.keyword) and tree.span(node)[0] == start


def _exported(tree: PythonTree, name: str) -> Iterator[tuple[int, int]]:
    for statement in tree.tree.body:
        target = statement.targets[0] if isinstance(statement, ast.Assign) else None
        if isinstance(target, ast.Name) and target.id == "__all__":
            for node in ast.walk(statement):
                if isinstance(node, ast.Constant) and node.value == name and len(tree.literal(node)) == 1:
                    token = tree.literal(node)[0]
                    yield token.first, token.last


@dataclasses.dataclass(frozen=True, slots=True)
class Outsider:
    """The module of others that a name belongs to; `certain` where it is written as that module's own."""

    module: str
    certain: bool


def foreign(tree: PythonTree, finding: Finding, context: Context) -> Outsider | None:
    """To whom a name in code belongs: imported from a module of others, an attribute or a parameter of what it has."""
    if finding.place.role is not Role.CODE:
        return None
    node: ast.AST | None = tree.node_at(finding.start, finding.end)
    if isinstance(node, ast.alias):
        statement = tree.parent(node)
        module = statement.module or "" if isinstance(statement, ast.ImportFrom) and not statement.level else ""
        is_name = finding.start < tree.span(node)[0] + len(node.name)
        return Outsider(module, certain=True) if module and is_name and not _is_own(module, context) else None
    certain = isinstance(node, (ast.Name, ast.Attribute))
    if isinstance(node, ast.keyword):
        call = tree.parent(node)
        node = call.func if isinstance(call, ast.Call) else None
    elif not certain:
        return None
    while isinstance(node, (ast.Attribute, ast.Call)):
        certain = certain and isinstance(node, ast.Attribute)
        node = node.value if isinstance(node, ast.Attribute) else node.func
    if not isinstance(node, ast.Name):
        return None
    bound = [b for b in tree.imports if b.name == node.id and not (node.id == finding.text and b.aliased)]
    outside = sorted(b.target for b in bound if not b.module.startswith(".") and not _is_own(b.target, context))
    if not bound:
        return _instance(tree, node, finding.text, context)
    if outside and node.id in tree.scopes.assigned:
        return None
    whole = certain and len(outside) == len(bound)
    return Outsider(outside[0], whole) if outside else None


def _instance(tree: PythonTree, name: ast.Name, attribute: str, context: Context) -> Outsider | None:
    """The module of others whose class a variable is an instance of, by its annotation or by what it is assigned."""
    holder = tree.parent(name)
    if not isinstance(holder, ast.Attribute) or holder.attr != attribute or name not in tree.scopes.home:
        return None
    owner = tree.scopes.resolve(tree.scopes.home[name], name.id)
    values = [value for scope, value in tree.members.values.get(name.id, ()) if scope is owner]
    modules = [_class_of_others(tree, value, context) for value in values]
    if not all(modules) or tree.members.sets(attribute):
        return None
    return next((Outsider(module, certain=False) for module in modules if module), None)


def _class_of_others(tree: PythonTree, value: ast.AST | None, context: Context) -> str | None:
    """The module of others that has the class which is called, or which is an annotation."""
    written = dotted(value.func if isinstance(value, ast.Call) else value) if value is not None else ""
    root, _, name = written.partition(".")
    targets = [b.target for b in tree.imports if b.name == root and not b.module.startswith(".")]
    last = (name or (targets[0] if targets else "")).rpartition(".")[2]
    outside = last[:1].isupper() and bool(targets) and root not in tree.scopes.assigned
    return targets[0] if outside and not _is_own(targets[0], context) else None


def _is_own(module: str, context: Context) -> bool:
    """Whether a module is the project's own, or one that the migration retires or brings."""
    migration, index = context.migration, context.project.index
    root = module.partition(".")[0]
    brought = [new for new in migration.modules.values() if new]
    brought += [b.module for r in migration.rewrites for line in r.add_imports for b in bound_by(line)]
    if resolve(module, Modules.of(migration)) or any(f"{module}.".startswith(f"{new}.") for new in brought):
        return True
    # the standard library has no parameter of that name: `partial(f, gradient_timeout=1)` hands it on to our own
    return root in sys.stdlib_module_names or root in own_roots(index)


@functools.lru_cache(maxsize=4)
def own_roots(index: PathIndex) -> frozenset[str]:
    """The names under which a tree can be imported: its folders, whatever the root, and its top-level modules."""
    folders = {part for folder, count in index.folders.items() if count > 0 for part in folder.split("/")}
    modules = {path.rpartition("/")[2].removesuffix(".py") for path in index.folded.values() if path.endswith(".py")}
    return frozenset(folders | modules)
