"""Whether a new name is free where an old one is an attribute: in its class, in the classes above and below it, and on
the objects that are used with both. Also which references to a name would be left behind when it changes.

class Base: llm_model = 1
class Client(Base): gradient_model = 2      the new name would hide that of Base, in another file perhaps

Two classes that have nothing to do with each other may have members of one name.
"""

from __future__ import annotations

import functools
import re
import weakref

from offramp import files, suppression
from offramp.document import Document
from offramp.model import Role, TermKind
from offramp.project import PathIndex, Project
from offramp.syntax.python import PythonTree
from offramp.syntax.python_classes import Class
from offramp.syntax.python_imports import absolute
from scanners.python_dynamic import attributes

LEAD = re.compile(r"\b(?:def|class)\s+$|\b(?:self|cls|super\(\))\s*\.\s*$")
DEPTH = 8  # re-exports followed
Place = tuple[str, Class]
_MEMORY: weakref.WeakKeyDictionary[PathIndex, Family] = weakref.WeakKeyDictionary()


def family(project: Project, document: Document) -> Family:
    """What the files of a project say together, worked out once for all findings that are answered together.

    A round has a project with an index of its own, and its documents change between two codemods only.
    """
    known = _MEMORY.get(project.index)
    if known is None or known.documents.get(document.path) is not project.documents.get(document.path):
        known = _MEMORY[project.index] = Family(project)
    return known


class Family:
    def __init__(self, project: Project) -> None:
        self.project = project
        self.documents = {**project.kept, **project.documents}  # those of which nothing is left to find, too
        self._read: dict[str, PythonTree | None] = {}
        self._above: dict[Class, list[Place]] = {}
        self.meeting = functools.cache(self._meeting)
        self.known_outside = functools.cache(self._known_outside)
        self.holders = functools.cache(self._holders)
        self.defines = functools.cache(self._defines)
        self.mentioning = functools.cache(self._mentioning)

    def tree(self, path: str) -> PythonTree | None:
        """The tree of a Python file, whether anything of the migration is in it or not."""
        if path not in self._read:
            document = self.project.document(path)
            tree = document.tree if document is not None and document.kind == "python" else None
            self._read[path] = tree if isinstance(tree, PythonTree) else None
        return self._read[path]

    def _mentioning(self, name: str) -> list[tuple[str, PythonTree]]:
        """The Python files of the run that have the name in them."""
        there = [p for p, d in sorted(self.documents.items()) if d.kind == "python" and name in d.text]
        return [(path, tree) for path in there if (tree := self.tree(path)) is not None]

    def _holders(self, name: str) -> list[Place]:
        """The classes that have a member of the name."""
        trees = [(path, tree) for path, tree in self.mentioning(name) if _may_be_member(tree.text, name)]
        return [(path, held) for path, tree in trees for held in tree.members.classes if name in held.members]

    def _defines(self, name: str) -> bool:
        """Whether the project itself gives the name to something."""
        return bool(self.holders(name)) or any(name in tree.scopes.assigned for _, tree in self.mentioning(name))

    def _known_outside(self, old: str, new: str) -> str | None:
        """Why a name can't change in the code alone: something outside of it knows the name, or puts it together."""
        shapes = ((p, s) for p, s in self.put_together if s.fullmatch(old) and not s.fullmatch(new))
        if (where := next((path for path, _ in shapes), None)) is not None:
            return f"{where} puts together a name at run time that may be {old}: change where its parts come from"
        for path, held in self.holders(old):
            if old in held.columns:
                why = f"{old} of {held.name} in {path} is a column of a database"
                return f"{why}: rename it with a migration of the database"
            if old in held.settings and self._reads_another(old, new):
                why = f"{old} of {held.name} in {path} is read from the environment variable of its name"
                return f"{why}, which would have to become {new.upper()}: say so in env:, or change symbols:"
        option = f"--{old.replace('_', '-')}"
        declared = (path for path, tree in self.mentioning(option) if tree.members.declares_option(option))
        path = next(declared, "") if "_" in old else ""
        if path and not any(m.reading(TermKind.SYMBOL) for m in self.project.vocabulary.find(option)):
            return f"{old} is what {path} makes of {option}: add {option[2:]} to symbols: with its new name, too"
        return None

    def _reads_another(self, old: str, new: str) -> bool:
        """Whether a settings class would read another environment variable than the migration gives it."""
        found = self.project.vocabulary.find(old.upper())
        term = found[0].reading(TermKind.ENV) if found else None
        return term is None or term.new != new.upper()

    def _meeting(self, old: str, new: str) -> str | None:
        """Where an attribute called `old` would meet another one when it is called `new`: what, and in which file."""
        holders = self.holders(old)
        for path, held in holders:
            for above, other in [(path, held), *self.above(path, held)]:
                if new in other.members:
                    return f"{other.name} in {above}"
        known = {held for _, held in holders}
        for path, tree in self.mentioning(new):
            for held in tree.members.classes if known else ():
                line = [(path, held), *self.above(path, held)]
                if any(c in known for _, c in line) and any(new in c.members for _, c in line):
                    return f"{held.name} in {path}"
        return self._one_object(old, new, sure=bool(holders))

    def _one_object(self, old: str, new: str, *, sure: bool) -> str | None:
        """An object that is used with both names; `sure`: the project has the class that is meant by the old one."""
        olds = [u for _, t in self.mentioning(old) for u in t.members.uses(old)] if self.mentioning(new) else []
        objects = {use.object for use in olds}
        called = set() if sure else {use.called for use in olds if use.called}
        for path, tree in self.mentioning(new) if olds else ():
            for use in tree.members.uses(new):
                if use.object in objects or use.called in called:
                    return f"{use.called or 'an object or a call'} in {path}"
        return None

    def above(self, path: str, held: Class) -> list[Place]:
        """The classes of the project that a class is derived from."""
        if held not in self._above:
            found: dict[Class, Place] = {}
            waiting = [(path, base) for base in held.bases]
            while waiting and len(found) < 100:
                place = self.find(*waiting.pop())
                if place is not None and place[1] not in found and place[1] is not held:
                    found[place[1]] = place
                    waiting += [(place[0], base) for base in place[1].bases]
            self._above[held] = list(found.values())
        return self._above[held]

    def find(self, path: str, name: str, depth: int = DEPTH) -> Place | None:
        """The class that a name means in a file, imports and re-exports followed."""
        tree = self.tree(path)
        if tree is None or not name or not depth:
            return None
        own = next((c for c in tree.members.classes if c.name == name), None)
        if own is not None:
            return path, own
        head, _, rest = name.partition(".")
        for binding in tree.imports:
            if binding.name != head:
                continue
            target = absolute(binding.module, path)
            if binding.symbol and not rest:
                place = self._in_module(path, target, binding.symbol, depth)
            else:
                whole = f"{target}.{binding.symbol}" if binding.symbol else target
                inner, _, last = rest.rpartition(".")
                inner = "" if not binding.symbol and not binding.aliased else inner
                place = self._in_module(path, f"{whole}.{inner}" if inner else whole, last, depth)
            if place is not None:
                return place
        return None

    def _in_module(self, path: str, module: str, name: str, depth: int) -> Place | None:
        found = self.file_of(path, module)
        return None if found is None else self.find(found, name, depth - 1)

    def file_of(self, path: str, module: str) -> str | None:
        """The file of a module as the file at `path` would import it: from its own folder or one above, or from src."""
        parts, inner = path.split("/")[:-1], module.replace(".", "/")
        roots = ["/".join([*parts[:count], ""]) for count in range(len(parts), -1, -1)]
        roots += [f"{root}src/" for root in roots]
        candidates = (f"{root}{inner}{end}" for root in roots for end in (".py", "/__init__.py"))
        return next((path for path in candidates if path in self.project.paths), None)

    @functools.cached_property
    def put_together(self) -> list[tuple[str, re.Pattern[str]]]:
        """The patterns of the names that are looked up by parts, and where."""
        return [(path, re.compile(s)) for path, tree in self.mentioning("") for s in sorted(attributes(tree))]

    @functools.cached_property
    def left_behind(self) -> dict[str, str]:
        """The names that stay somewhere in code, with the place and the reason."""
        stays: dict[str, str] = {}
        for path, (document, findings) in sorted(self.project.scans.items()):
            if self.documents.get(path) is not document or files.VENDORED.search(f"/{path}"):
                continue
            named = [f for f in findings if f.term.kind is TermKind.SYMBOL and f.place.role in (Role.CODE, Role.IMPORT)]
            if document.refusal is not None and not files.is_history(path):
                stays |= {f.text: f"{path} has it, too, and {document.refusal.reason}" for f in named}
            elif named and re.search(r"offramp:\s*ignore", document.text):
                inline = ((f, suppression.inline(document, f)) for f in named)
                stays |= {
                    f.text: f"{path} has it on a line that someone has asked to leave" for f, reason in inline if reason
                }
        return stays


def _may_be_member(text: str, name: str) -> bool:
    """Whether a name can be that of a member, by what stands around it on its line."""
    if "__slots__" in text:
        return True
    for matched in re.finditer(rf"\b{re.escape(name)}\b", text):
        line, end = text.rfind("\n", 0, matched.start()) + 1, text.find("\n", matched.end())
        lead, rest = text[line : matched.start()], text[matched.end() : len(text) if end < 0 else end]
        if LEAD.search(lead) or (lead[:1].isspace() and ("=" in rest or ":" in rest)):
            return True
    return False


def overrides(family: Family, tree: PythonTree, path: str, name: str) -> str | None:
    """The class whose method of this name takes the place of one that is not the project's, as `super()` shows."""
    calling = tree.members.calls_super(name) if f"super().{name}" in tree.text else ()
    held = [c for c in tree.members.classes if c.name in calling] if calling else []
    return next((c.name for c in held if not any(name in a.members for _, a in family.above(path, c))), None)
