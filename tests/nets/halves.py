"""Half-renamed symbols: a definition that went while a use of it stayed, or a use that changed without its definition.

    def chat(model): …      →  def chat(llm): …
    chat(model="x")            chat(model="x")         halved: no chat of the project takes model any more

    python -m tests.nets.halves BEFORE AFTER           prints path:line and why; exits 1 where there are any

A use is judged only where it had a definition in the project before: then it must have one afterwards, under whatever
name. Uses are told from each other by kind: modules, imported names, dotted strings and chains, attributes, keyword
arguments, fixtures, parametrized arguments, exports, fields of TypedDicts, of formats, members of stubs; plain names
are left to pyflakes. Nothing here is shared with the code that renames.
"""

from __future__ import annotations

import dataclasses
import difflib
import pathlib
import sys
import warnings
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping

from tests.nets import facts, reader
from tests.nets.facts import File, Use

PYTHON = (".py", ".pyi", ".ipynb")
TEXT = (".toml", ".cfg", ".ini", ".yaml", ".yml", "Dockerfile", "Procfile", ".sh")
UNDEFINED = ("UndefinedName", "UndefinedExport", "UndefinedLocal")
_read: dict[tuple[str, str], File | None] = {}


@dataclasses.dataclass(frozen=True, slots=True)
class Half:
    path: str
    line: int
    why: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.why}"


class Tree:
    """The definitions of a whole project, by name."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.files: dict[str, File] = {}
        self.broken: set[str] = set()
        for path, text in texts.items():
            if path.endswith(PYTHON):
                file = _file(path, text)
                if file is None:
                    self.broken.add(path)
                else:
                    self.files[path] = file
        self.modules: dict[str, set[str]] = defaultdict(set)  # dotted name, under every import root → files
        self.packages: set[str] = set()
        for path in texts:
            if path.endswith((".py", ".pyi")):
                self._module(path)
        self.attributes: set[str] = set().union(*(f.attributes for f in self.files.values()))
        self.module_names: set[str] = set().union(*(f.top for f in self.files.values()))
        self.fixtures = set().union(*(f.fixtures for f in self.files.values()))
        self.items = set().union(*(f.items for f in self.files.values()))
        self.signatures: dict[str, list[tuple[set[str], bool]]] = defaultdict(list)
        self.classes: dict[str, list[facts.Class]] = defaultdict(list)
        for file in self.files.values():
            for name, class_ in file.classes.items():
                self.classes[name].append(class_)
            for name, signatures in file.signatures.items():
                self.signatures[name] += signatures

    def _module(self, path: str) -> None:
        parts = path.rpartition(".")[0].split("/")
        if parts[-1] == "__init__" and len(parts) > 1:
            parts.pop()
        for first in range(len(parts)):
            name = ".".join(parts[first:])
            if first and first == len(parts) - 1 and name in sys.stdlib_module_names:
                continue  # a module deep in the tree that is called as one of Python's own
            self.modules[name].add(path)
            for last in range(first + 1, len(parts)):
                self.packages.add(".".join(parts[first:last]))

    def has(self, dotted: str) -> bool | None:
        """Whether a dotted name means something here; None where its beginning is no module of the project."""
        parts = dotted.split(".")
        for count in range(len(parts), 0, -1):
            name = ".".join(parts[:count])
            if name in self.modules or name in self.packages:
                rest = parts[count:]
                if not rest:
                    return True
                found = [self._member(path, rest, set()) for path in self.modules.get(name, ())]
                return True if True in found else None if None in found else False
        return None

    def _member(self, path: str, rest: list[str], seen: set[str]) -> bool | None:
        file = self.files.get(path)
        if file is None or "__getattr__" in file.top or path in seen:
            return None
        seen.add(path)
        if rest[0] in file.top:
            class_ = file.classes.get(rest[0])
            if len(rest) == 1 or class_ is None or class_.bases or rest[1].startswith("__"):
                return True
            return rest[1] in class_.members
        found: list[bool | None] = []
        for star in file.stars:
            paths = self.modules.get(star, ())
            found += [self._member(p, rest, seen) for p in paths] or [None]
        if rest[0].startswith("__"):
            return True
        return True if True in found else None if None in found else False

    def resolves(self, path: str, use: Use) -> bool | None:
        """Whether a use has its definition in the project; None where nobody can tell."""
        name = use.name
        match use.kind:
            case "module" | "imported name" | "dotted name":
                return self.has(name)
            case "attribute":
                own = [c for c in self.classes.get(use.owner, ()) if name in c.members or c.bases]
                if use.owner and use.owner in self.classes and not own:
                    return False
                return True if name in self.attributes or name in self.module_names else None
            case "keyword":
                return self._accepts(use)
            case "fixture":
                return name in self.fixtures or None
            case "parametrized" | "format field":
                return name in use.owner.split(",")
            case "export":
                file = self.files[path]
                return name in file.top or self._sub(path, name) or (None if file.stars else False)
            case "stub":
                return self._stubbed(path, use)
            case _:
                return name in self.items or None

    def _sub(self, path: str, name: str) -> bool:
        folder = path.rpartition("/")[0]
        return any(f"{folder}/{name}{end}".lstrip("/") in self.files for end in (".py", "/__init__.py", ".pyi"))

    def _accepts(self, use: Use) -> bool | None:
        candidates = self.signatures.get(use.owner, [])
        if any(use.name in names for names, _ in candidates):
            return True
        return None if not candidates or any(is_open for _, is_open in candidates) else False

    def _stubbed(self, path: str, use: Use) -> bool | None:
        beside = self.files.get(path.removesuffix("i"))
        if beside is None:
            return None
        return use.name in (beside.top if not use.owner else beside.exact.get(use.owner, set()))

    def uses(self, path: str) -> list[Use]:
        file = self.files[path]
        if not path.endswith(".pyi"):
            return file.uses
        stubs = [Use("stub", name, 1) for name in sorted(file.top)]
        stubs += [Use("stub", name, 1, owner) for owner, names in sorted(file.exact.items()) for name in sorted(names)]
        return [*file.uses, *stubs]


def _file(path: str, text: str) -> File | None:
    """The facts of a file, kept, since most files are the same before and after."""
    if (path, text) not in _read:
        tree = facts.parsed(path, text)
        _read[path, text] = None if tree is None else reader.read(path, tree)
    return _read[path, text]


def check(
    before: Mapping[str, str],
    after: Mapping[str, str],
    moves: Mapping[str, str] | None = None,
    brought: Collection[str] = (),
) -> list[Half]:
    """Every half-renamed symbol.

    Args:
        before: path → text of each file of the project.
        after: the same, after the change.
        moves: old path → new path; guessed from the names of the files where it is not given.
        brought: names that the change takes from other packages, so that no definition of them is due here.
    """
    moved = {new: old for old, new in (_moves(before, after) if moves is None else moves).items()}
    was, now = Tree(before), Tree(after)
    halves: list[Half] = []
    for path in sorted(after):
        old = moved.get(path, path)
        if path in now.broken and old not in was.broken:
            halves.append(Half(path, 1, "it no longer parses"))
        elif path in now.files:
            uses = was.uses(old) if old in was.files else []
            halves += _compare(was, now, old, path, uses, brought)
            if old in before and before[old] != after[path]:
                halves += _names(old, path, before[old], after[path])
        elif path.endswith(TEXT) and old in before:
            halves += _dotted(was, now, path, before[old], after[path])
    return halves


def _compare(was: Tree, now: Tree, old: str, path: str, uses: list[Use], brought: Collection[str]) -> list[Half]:
    halves = []
    for before, after in _paired(uses, now.uses(path)):
        had, has = was.resolves(old, before or after), now.resolves(path, after)
        if had is not True or has is True or set(after.name.split(".")) & set(brought):
            continue
        if before is None and has is None and after.kind in ("module", "imported name", "dotted name"):
            continue  # written anew, and of another package
        renamed = f", which was {before.name}," if before is not None and before.name != after.name else ""
        of = f" of {after.owner}" if after.owner and after.kind in ("keyword", "attribute") else ""
        halves.append(Half(path, after.line, f"the {after.kind} {after.name}{of}{renamed} has no definition any more"))
    return halves


def _paired(before: list[Use], after: list[Use]) -> list[tuple[Use | None, Use]]:
    """Each use of a file with what it was before; None for one that has nothing to stand for."""
    if len(before) == len(after) and all(b.kind == a.kind for b, a in zip(before, after, strict=True)):
        return list(zip(before, after, strict=True))
    keys = [[(u.kind, u.name, u.owner) for u in uses] for uses in (before, after)]
    pairs: list[tuple[Use | None, Use]] = []
    for tag, low, high, start, end in difflib.SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        olds: list[Use | None] = list(before[low:high])
        same = tag in ("equal", "replace") and high - low == end - start
        kinds = same and all(o is not None and o.kind == n.kind for o, n in zip(olds, after[start:end], strict=True))
        pairs += zip(olds if kinds else [None] * (end - start), after[start:end], strict=True)
    return pairs


def _dotted(was: Tree, now: Tree, path: str, before: str, after: str) -> list[Half]:
    gone = [u for u in facts.text_uses(after) if was.has(u.name) is True and now.has(u.name) is not True]
    old, new = facts.text_uses(before), facts.text_uses(after)
    if len(old) == len(new):
        pairs = zip(old, new, strict=True)
        gone += [n for o, n in pairs if o.name != n.name and was.has(o.name) is True and now.has(n.name) is not True]
    return [Half(path, use.line, f"{use.name} has no definition any more") for use in gone]


def _names(old: str, path: str, before: str, after: str) -> list[Half]:
    """Names that pyflakes finds undefined and that were not, doctests included."""
    had, has = undefined(old, before), undefined(path, after)
    gone = sum((Counter(had.keys()) - Counter(has.keys())).values())
    new = sorted(has.keys() - had.keys())
    return [Half(path, has[name], f"the name {name} is not defined") for name in new] if len(new) > gone else []


def undefined(path: str, text: str) -> dict[str, int]:
    """Each undefined name with its line."""
    from pyflakes.checker import Checker

    tree = facts.parsed(path, text)
    if tree is None:
        return {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            checker = Checker(tree, filename=path, withDoctest=True)
    except (RecursionError, SyntaxError, ValueError):
        return {}
    found = [m for m in checker.messages if type(m).__name__ in UNDEFINED]
    return {str(m.message_args[0]): m.lineno for m in reversed(found)}


def _moves(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    """Which file that went is which one that came: the likest text."""
    gone, come = sorted(before.keys() - after.keys()), sorted(after.keys() - before.keys())
    moves: dict[str, str] = {}
    for old in gone:
        rated = [(difflib.SequenceMatcher(None, before[old], after[new]).quick_ratio(), new) for new in come]
        score, new = max(rated, default=(0.0, ""))
        if score > 0.6:
            moves[old] = new
            come.remove(new)
    return moves


def texts(root: pathlib.Path) -> dict[str, str]:
    """The files of a folder that can hold names of Python."""
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8", errors="surrogateescape")
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name.endswith((*PYTHON, *TEXT)) and ".git" not in path.parts
    }


if __name__ == "__main__":
    found = check(*(texts(pathlib.Path(argument)) for argument in sys.argv[1:3]))
    print("\n".join(map(str, found)) or "no halves")
    sys.exit(1 if found else 0)
