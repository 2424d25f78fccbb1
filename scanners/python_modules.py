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
from collections.abc import Iterator

from offramp.document import Document
from offramp.migration import carry, wildcard
from offramp.syntax.python import PythonTree
from offramp.syntax.python_imports import Binding, absolute
from offramp.syntax.python_scopes import Scope
from offramp.syntax.python_tokens import STRING
from offramp.vocabulary import Vocabulary

MODULE, IMPORTED, USE = "module", "imported name", "use"


@dataclasses.dataclass(frozen=True, slots=True)
class Retired:
    """What of a dotted name is retired: `dotted[start:end]` is the entry's text, `new` what replaces that."""

    entry: str
    start: int
    end: int
    new: str | None
    known: bool = True  # False: only the name of the distribution says so
    inner: bool = False  # named from a folder inside the package, which is an import root as well

    @property
    def root(self) -> bool:
        """Whether the name is found at the start of an absolute import only."""
        return self.inner or "." not in self.entry


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
    inner: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Modules:
    """The retired modules of a migration: entries with what replaces them, the longest first, and distributions.

    `inner`: how the files of the project's own modules can be imported from folders inside their packages.
    """

    entries: tuple[tuple[str, str | None], ...]
    packages: tuple[str, ...]
    inner: tuple[tuple[str, str, str], ...] = ()

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> Modules:
        migration = vocabulary.migration
        entries = sorted(migration.modules.items(), key=lambda pair: len(pair[0]), reverse=True)
        own = [(old, new) for old, new in entries if new and "." in old and "*" not in old and _moves(old, vocabulary)]
        inner = tuple((suffix, becomes, old) for old, new in own for suffix, becomes in _suffixes(old, new or ""))
        return cls(tuple(entries), tuple(migration.packages.get("pip", {})), inner)

    def may_stand_in(self, text: str) -> bool:
        """Whether the last part of an entry, or the first of a distribution, is in the text at all."""
        words = [max(entry.rpartition(".")[2].split("*"), key=len) for entry, _ in self.entries]
        words += [re.split(r"[-_.]", package.lower())[0] for package in self.packages]
        return any(word in text for word in words)


def _moves(entry: str, vocabulary: Vocabulary) -> bool:
    """Whether the run moves a file of the module."""
    inner = f"/{entry.replace('.', '/')}"
    return any(f"{inner}." in f"/{path}" or f"{inner}/" in f"/{path}" for path in vocabulary.paths)


def _suffixes(old: str, new: str) -> Iterator[tuple[str, str]]:
    """`client_a` → `client_b` of lib.client_a → lib.client_b; to nothing where the packages differ."""
    head, _, rest = old.partition(".")
    while rest:
        yield rest, new.removeprefix(f"{head}.") if new.startswith(f"{head}.") else ""
        part, _, rest = rest.partition(".")
        head = f"{head}.{part}"


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
    for suffix, new, entry in modules.inner:
        if f"{dotted}.".startswith(f"{suffix}."):
            return Retired(entry, 0, len(suffix), new, inner=True)  # "": it goes where this root does not reach
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
    uses = [use for reference in found for use in (*_uses(tree, reference), *_in_strings(tree, reference))]
    return (*found, *uses, *_through_packages(document, tree, modules))


def _imported(document: Document, tree: PythonTree, binding: Binding, modules: Modules) -> Reference | None:
    """The reference in an import statement; of `from m import a, b` each name yields the same one for m."""
    relative = binding.module.startswith(".")
    module = absolute(binding.module, document.path)
    if module and (retired := resolve(module, modules)) is not None and not (relative and retired.root):
        written = binding.module.lstrip(".")
        start = _module_start(tree, binding)
        return _reference(tree, MODULE, binding, module, written, start, retired)
    if not binding.symbol or not module:
        return None
    dotted = f"{module}.{binding.symbol}"
    retired = resolve(dotted, modules)
    if retired is None or retired.end != len(dotted) or not retired.known:
        return None
    if retired.root and (relative or not retired.inner):
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
    if new is not None and (first > retired.start or not new):
        unsaid = dotted[retired.start : first]
        away = not new or not new.startswith(unsaid) or (what == IMPORTED and "." in new.removeprefix(unsaid))
        if away and what == IMPORTED and len(binding.statement.names) == 1 and not binding.module.startswith("."):
            package, _, new = new.rpartition(".")
            begins = _module_start(tree, binding)
            parent = (begins + retired.start, begins + len(binding.module), package) if package else None
            away = parent is None
        else:
            new = new.removeprefix(unsaid)
    place = start + first - hidden, start + last - hidden
    return Reference(what, *place, old, new, retired.entry, binding, retired.known, away, parent, retired.inner)


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
    skip, owner = len(old) - len(found.old), owner_of(tree, binding)
    for start, end in chains(tree, old):
        if not tree.scopes.belongs(tree.node_at(start, start + len(binding.name)), binding.name, owner):
            continue
        yield dataclasses.replace(found, what=USE, start=start + skip, end=end)


def _in_strings(tree: PythonTree, found: Reference) -> Iterator[Reference]:
    """Strings that name a module as the file imports it: `mock.patch("client_a.chat")` where lib is an import root."""
    if not found.inner or found.what != MODULE:
        return
    named = re.compile(rf"{re.escape(found.old)}(?=[.:]\w|$)")
    for token in tree.tokens.marked:
        matched = named.match(tree.text, token.first, token.last) if token.kind == STRING else None
        if matched is not None and (matched.end() == token.last or tree.text[matched.end()] in ".:"):
            yield dataclasses.replace(found, what=USE, start=token.first, end=matched.end())


def _through_packages(document: Document, tree: PythonTree, modules: Modules) -> Iterator[Reference]:
    """`lib.client_a.chat()` behind `import lib`: a module of the tree by way of the package that has it."""
    own = {entry for _, _, entry in modules.inner}
    entries = [(entry, new) for entry, new in modules.entries if entry in own and entry.rpartition(".")[2] in tree.text]
    for binding in tree.imports if entries else ():
        package = absolute(binding.target, document.path)
        for entry, new in entries:
            head, _, last = entry.rpartition(".")
            if not f".{package}".endswith(f".{head}"):
                continue
            written = binding.name if binding.aliased or binding.symbol else binding.module
            away = (new or "").rpartition(".")[0] != head
            owner, becomes = owner_of(tree, binding), (new or "").rpartition(".")[2]
            for start, end in chains(tree, f"{written}.{last}"):
                if tree.text[start:end] != last and tree.scopes.belongs(
                    tree.node_at(start, start + len(binding.name)), binding.name, owner
                ):
                    place = end - len(last), end
                    yield Reference(USE, *place, last, becomes or None, entry, binding, moves_away=away)


def keeps_name(tree: PythonTree, binding: Binding, old: str, new: str) -> bool:
    """Whether the name that an import binds must stay in this file: it, or the new one, means something else too."""
    name, becomes = old.partition(".")[0], new.partition(".")[0]
    owner = owner_of(tree, binding)
    others = (b for b in tree.imports if b.name == name and b.target != binding.target)
    if "." not in old and any(owner_of(tree, other) is owner for other in others):
        return True
    return tree.scopes.assigns(owner, name) or (becomes != name and bool(tree.scopes.users(becomes)))


def owner_of(tree: PythonTree, binding: Binding) -> Scope:
    """The scope that the name of an import belongs to."""
    return tree.scopes.resolve(tree.scopes.home[binding.statement], binding.name)


def chains(tree: PythonTree, dotted: str) -> Iterator[tuple[int, int]]:
    """Where a dotted name is read in code, f-strings included, and the same name as a string in `__all__`."""
    head = dotted.partition(".")[0]
    imports = [tree.span(statement) for statement in {b.statement: None for b in tree.imports}]
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
