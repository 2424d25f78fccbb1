"""The definitions of a whole project, by name, and whether a use of a name finds one there."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Collection, Mapping

from tests.nets import facts, reader
from tests.nets.facts import File, Use

PYTHON = (".py", ".pyi", ".ipynb")
_read: dict[tuple[str, str], File | None] = {}


class Tree:
    """The definitions of a whole project, by name."""

    def __init__(self, texts: Mapping[str, str], concerned: Collection[str]) -> None:
        self.texts = texts
        self.files = {path: file for path in concerned if (file := self.file(path)) is not None}
        self.modules: dict[str, set[str]] = defaultdict(set)  # dotted name, under every import root → files
        self.packages: set[str] = set()
        for path in texts:
            if path.endswith((".py", ".pyi")):
                self._module(path)
        self.attributes: set[str] = set().union(*(f.attributes for f in self.files.values()))
        self.module_names: set[str] = set().union(*(f.top for f in self.files.values()))
        self.fixtures: set[str] = set().union(*(f.fixtures for f in self.files.values()))
        self.items: set[str] = set().union(*(f.items for f in self.files.values()))
        self.signatures: dict[str, list[tuple[set[str], bool]]] = defaultdict(list)
        self.classes: dict[str, list[facts.Class]] = defaultdict(list)
        for file in self.files.values():
            for name, class_ in file.classes.items():
                self.classes[name].append(class_)
            for name, signatures in file.signatures.items():
                self.signatures[name] += signatures

    def file(self, path: str) -> File | None:
        """The facts of a file, kept, since most files are the same before and after."""
        text = self.texts.get(path)
        if text is None or not path.endswith(PYTHON):
            return None
        if (path, text) not in _read:
            tree = facts.parsed(path, text)
            _read[path, text] = None if tree is None else reader.read(path, tree)
        return _read[path, text]

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
        file = self.file(path)
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
        return any(f"{folder}/{name}{end}".lstrip("/") in self.texts for end in (".py", "/__init__.py", ".pyi"))

    def _accepts(self, use: Use) -> bool | None:
        candidates = self.signatures.get(use.owner, [])
        if any(use.name in names for names, _ in candidates):
            return True
        return None if not candidates or any(is_open for _, is_open in candidates) else False

    def _stubbed(self, path: str, use: Use) -> bool | None:
        beside = self.file(path.removesuffix("i"))
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
