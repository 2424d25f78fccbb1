"""Everything in a repository that is named after a provider, with a proposal for each: the matter of `migrate init`.

A seed migration (the built-in one of the same name where there is one, and the provider's slug) is searched for first.
The files in which it proves the provider are then read for the names that the seed does not know: variables, modules,
classes, functions, model ids, hosts.
"""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Collection, Iterable

from offramp import engine, evidence
from offramp.migration import Migration
from offramp.model import Confidence, Finding, Role, TermKind
from offramp.patterns import FRAMEWORK_PREFIXES
from offramp.project import Project

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
HOST = re.compile(r"https?://([A-Za-z0-9.-]+)")
DEFINITION = re.compile(r"\b(?:class|def|function|const|let|var|interface|type|enum|struct|func)\s+([A-Za-z_]\w*)")
MODEL_KEY = re.compile(r"(?i)model(?!s?_?(?:path|dir|name_prefix|config))")
MODEL_ID = re.compile(r"[A-Za-z0-9][\w.:/-]*\d[\w.:/-]*")


@dataclasses.dataclass(slots=True)
class Item:
    """One name that was found: where, how often, and what is proposed for it (None: a person decides)."""

    old: str
    new: str | None
    count: int = 0
    paths: set[str] = dataclasses.field(default_factory=set)
    note: str = ""
    deleted: bool = False  # known to have no successor: it goes

    def add(self, path: str) -> None:
        self.count += 1
        self.paths.add(path)


@dataclasses.dataclass(slots=True)
class Inventory:
    env: dict[str, Item] = dataclasses.field(default_factory=dict)
    settings: dict[str, Item] = dataclasses.field(default_factory=dict)
    models: dict[str, Item] = dataclasses.field(default_factory=dict)
    urls: dict[str, Item] = dataclasses.field(default_factory=dict)
    packages: dict[str, dict[str, Item]] = dataclasses.field(default_factory=dict)
    modules: dict[str, Item] = dataclasses.field(default_factory=dict)
    symbols: dict[str, Item] = dataclasses.field(default_factory=dict)
    workflows: dict[str, Item] = dataclasses.field(default_factory=dict)
    names: dict[str, Item] = dataclasses.field(default_factory=dict)


def seed(known: Migration | None, slug: str, new_slug: str) -> Migration:
    """The migration that the search starts with: what is known, the slug, and variables that begin with it."""
    base = known or Migration(name=f"{slug}-to-{new_slug}")
    old, new = _upper(slug), _upper(new_slug)
    return dataclasses.replace(
        base,
        slug=slug,
        new_slug=new_slug,
        names=base.names or _names(slug),
        new_name=base.new_name or _title(new_slug),
        env={**base.env, f"{old}_*": base.env.get(f"{old}_*") or f"{new}_*"},
    )


def _names(slug: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((_title(slug), slug.capitalize())))


def _title(slug: str) -> str:
    return " ".join(part.capitalize() for part in re.split(r"[-_]", slug))


def _upper(slug: str) -> str:
    return re.sub(r"\W", "_", slug).upper()


def take(project: Project, progress: engine.Progress = engine.silent) -> Inventory:
    """The inventory of a project that was opened with a seed migration."""
    found = engine.find(project, progress)
    variables = {f.path for f in found if _is_variable(f) and not _has_homonym(project, f.path)}
    paths = variables | {f.path for f in found if f.confidence > Confidence.LOW}
    inventory = Inventory()
    for finding in found:
        known = finding.confidence > Confidence.LOW or (finding.bare and finding.path in variables)
        if known or finding.place.role is Role.PACKAGE:
            _enter(inventory, project, finding)
    _drop_what_is_defined_elsewhere(inventory, project, paths)
    company = sorted(paths)
    _own_modules(inventory, project, company)
    _models(inventory, project, company)
    _hosts(inventory, project, company)
    _drop_what_collides(inventory, project)
    return inventory


def _has_homonym(project: Project, path: str) -> bool:
    document = project.documents.get(path)
    return document is not None and project.vocabulary.has_homonym(document.text)


def _is_variable(found: Finding) -> bool:
    """A variable that is read or set, and that begins with the provider's name: the seed knows no better proof."""
    return found.term.kind is TermKind.ENV and found.place.role in (Role.ENV, Role.KEY)


def _enter(inventory: Inventory, project: Project, found: Finding) -> None:
    term, migration = found.term, project.migration
    match term.kind:
        case TermKind.ENV if found.rule in ("retired-env-var", "retired-secret") and not found.text.endswith("_"):
            name, new = _unprefixed(found.text, term.new)
            _item(inventory.env, name, new, deleted=term.new is None).add(found.path)
        case TermKind.URL:
            _item(inventory.urls, term.entry, migration.urls.get(term.entry)).add(found.path)
        case TermKind.MODEL:
            _item(inventory.models, term.entry, migration.models.get(term.entry)).add(found.path)
        case TermKind.PACKAGE:
            table = inventory.packages.setdefault(term.ecosystem, {})
            _item(table, term.entry, term.new).add(found.path)
        case TermKind.MODULE:
            _item(inventory.modules, term.entry, migration.modules.get(term.entry)).add(found.path)
        case TermKind.NAME:
            _item(inventory.names, term.old, term.new).add(found.path)
        case TermKind.RESIDUE | TermKind.PROVIDER if found.place.role is Role.PACKAGE:
            ecosystem = "npm" if found.path.endswith("package.json") else "pip"
            _item(inventory.packages.setdefault(ecosystem, {}), found.text, None).add(found.path)
        case TermKind.SYMBOL | TermKind.RESIDUE:
            _identifier(inventory, project, found)
        case TermKind.PROVIDER if found.rule == "retired-provider-value" and found.place.key:
            item = _item(inventory.settings, found.place.key, migration.settings.get(found.place.key))
            item.note = f"becomes '{migration.new_slug}' unless you write another value"
            item.add(found.path)
        case _ if found.rule == "deprecated-workflow":
            _item(inventory.workflows, found.path, None).add(found.path)


def _identifier(inventory: Inventory, project: Project, found: Finding) -> None:
    text = found.text
    if not IDENTIFIER.fullmatch(text) or text.endswith("_") or found.place.role in (Role.IMPORT, Role.PACKAGE):
        return
    new = found.term.new or project.vocabulary.renamed_word(text)
    if text.isupper() and found.place.role in (Role.ENV, Role.KEY):
        _item(inventory.env, text, new).add(found.path)
    elif not _covered(inventory, text):
        item = _item(inventory.symbols, text, new)
        item.add(found.path)
        if found.place.role is Role.RESOURCE:
            item.new, item.note = None, f"{found.place.syntax} in {found.path}: rename it here and where it runs"


def _covered(inventory: Inventory, text: str) -> bool:
    """Whether a name is only another spelling of a variable, which a run derives by itself."""
    return text.upper() in inventory.env


def _item(items: dict[str, Item], old: str, new: str | None, *, deleted: bool = False) -> Item:
    return items.setdefault(old, Item(old, new, deleted=deleted))


def _unprefixed(old: str, new: str | None) -> tuple[str, str | None]:
    """A variable without the prefix that a framework demands: a migration means it with any of them."""
    prefix = next((p for p in FRAMEWORK_PREFIXES if old.startswith(p) and (new is None or new.startswith(p))), "")
    return old.removeprefix(prefix), None if new is None else new.removeprefix(prefix)


def _own_modules(inventory: Inventory, project: Project, company: Iterable[str]) -> None:
    """Python files named after the provider, by the shortest dotted path under which something imports them."""
    texts = {path: document.text for path, document in project.documents.items() if document.kind == "python"}
    for path in company:
        stem, suffix = os.path.splitext(path)
        new_stem = project.vocabulary.renamed_word(os.path.basename(stem))
        if suffix != ".py" or new_stem in (None, os.path.basename(stem)) or os.path.basename(stem).startswith("test_"):
            continue
        parts = stem.split("/")
        for length in range(1, len(parts) + 1):
            dotted, parent = ".".join(parts[-length:]), ".".join(parts[-length:-1])
            users = [p for p, text in texts.items() if _imports(text, dotted, parent, parts[-1])]
            if users:
                item = _item(inventory.modules, dotted, f"{parent}.{new_stem}" if parent else new_stem)
                item.count, item.paths = len(users), set(users)
                break


def _imports(text: str, dotted: str, parent: str, name: str) -> bool:
    if re.search(rf"^\s*(?:import|from)\s+{re.escape(dotted)}\b", text, re.MULTILINE):
        return True
    return bool(parent) and bool(
        re.search(rf"^\s*from\s+{re.escape(parent)}\s+import\s+[^\n]*\b{re.escape(name)}\b", text, re.MULTILINE)
    )


def _models(inventory: Inventory, project: Project, company: Iterable[str]) -> None:
    """Values under a model's key beside the provider, which the seed has no successor for."""
    migration = project.migration
    for path in company:
        document = project.documents.get(path)
        entries = document.tree.entries() if document is not None else ()
        by_scope: dict[str, list[tuple[str, str]]] = {}
        for entry in entries:
            by_scope.setdefault(entry.scope, []).append((entry.key, entry.value.strip("\"'")))
        for pairs in by_scope.values():
            if not any(evidence.names_provider(key) and value == migration.slug for key, value in pairs):
                continue
            for key, value in pairs:
                if MODEL_KEY.search(key) and MODEL_ID.fullmatch(value) and value not in migration.models:
                    _item(inventory.models, value, None).add(path)


def _hosts(inventory: Inventory, project: Project, company: Iterable[str]) -> None:
    """Hosts that carry the provider's name and that the seed does not know."""
    slug = project.migration.slug.lower()
    for path in company:
        document = project.documents.get(path)
        for matched in HOST.finditer(document.text if document is not None else ""):
            host = matched[1].lower()
            known = any(host in url for url in project.migration.urls)
            if slug in re.split(r"[.-]", host) and not known:
                _item(inventory.urls, host, None).add(path)


def _drop_what_is_defined_elsewhere(inventory: Inventory, project: Project, company: Collection[str]) -> None:
    """A class or function that a file without any other sign of the provider defines may mean something else."""
    for path, document in project.documents.items():
        if path in company:
            continue
        for matched in DEFINITION.finditer(document.text):
            item = inventory.symbols.get(matched[1])
            if item is not None:
                item.new, item.note = (
                    None,
                    f"{path} defines it, which holds nothing else of it: write a new name if it is meant",
                )


def _drop_what_collides(inventory: Inventory, project: Project) -> None:
    """A new name that the repository uses already is left to a person."""
    names = {item.new for item in inventory.symbols.values() if item.new}
    if not names:
        return
    expression = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(names)))})(?!\w)")
    taken = {m[0] for document in project.documents.values() for m in expression.finditer(document.text)}
    for item in inventory.symbols.values():
        if item.new in taken:
            item.new, item.note = None, f"{item.new} is already in use here: choose another name"
