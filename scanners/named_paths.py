"""Which paths are named after the provider, and how they are called afterwards.

    scripts/check_gradient.sh     its content speaks of the provider          scripts/check_openrouter.sh
    prompts/gradient/system.txt   a file that speaks of it names this folder  prompts/openrouter/system.txt
    tests/test_gradient_client.py called after a module of the migration      tests/test_llm_client.py

What is generated, vendored, locked or history keeps its name; so do a document about the provider, which has to be
rewritten as a whole, and numbered scripts of a database, whose names are records.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterable, Iterator, Mapping

from offramp import files
from offramp.model import Confidence, Finding, TermKind
from offramp.project import Project
from scanners import deprecated_workflow

RECORDS = re.compile(r"(^|/)(?:alembic/versions|versions|migrations?|migrate|changesets?)/(?:.*/)?[^/]*\d[^/]*$")
SHOWN = re.compile(r"(?i)\.(?:png|jpe?g|gif|svg|ico|webp|avif|pdf|mp4|webm|woff2?|ttf)$")  # what a person looks at
PATH_TOKEN = re.compile(r"[\w./@~-]*")
IN_NAMES = (TermKind.SYMBOL, TermKind.PACKAGE)
NOT_IN_NAMES = (TermKind.ENV, TermKind.URL, TermKind.MODEL)
PART = re.compile(r"\w[\w+@.-]*")


@dataclasses.dataclass
class NamedPaths:
    """The decision, for one scan, which names mean the provider."""

    project: Project
    findings: Iterable[Finding]
    company: set[str] = dataclasses.field(default_factory=set)
    decided: dict[str, bool] = dataclasses.field(default_factory=dict)  # folder → whether it moves
    known_names: dict[str, str | None] = dataclasses.field(default_factory=dict)  # part of a path → its new name

    def moves(self, known: set[str]) -> set[tuple[str, str]]:
        self.company = {f.path for f in self.findings if f.confidence > Confidence.LOW and self._speaks(f.path)}
        slug = self.project.migration.slug.lower()
        carrying = {path for path in self.project.paths if slug and slug in path.lower()} | self.company
        archived = {verdict.path for verdict in deprecated_workflow.verdicts(self.project)}
        candidates = sorted(path for path in carrying - known - archived if not _keeps_its_name(self.project, path))
        proven = {folder for path in candidates if path in self.company for folder in _folders(path)}
        return {(path, new) for path in candidates if (new := self._target(path, proven)) is not None}

    def _speaks(self, path: str) -> bool:
        """Whether the file's evidence is about the provider, not about what else its name can mean."""
        document = self.project.documents.get(path)
        return (
            document is not None
            and document.refusal is None
            and files.kind_of(path) != "style"
            and not self.project.vocabulary.has_homonym(document.text)
        )

    def _target(self, path: str, proven: set[str]) -> str | None:
        *folders, name = path.split("/")
        parts = []
        for index, part in enumerate(folders):
            new = self._new(part)
            folder = "/".join(folders[: index + 1])
            parts.append(new if new is not None and self._folder_moves(folder, proven) else part)
        new = self._new(name)
        shown = SHOWN.search(name) is not None or files.kind_of(name) in ("style", "javascript", "code")
        proved = path in self.company or (new is not None and not shown and self._is_named(path))
        parts.append(new if new is not None and proved else name)
        return None if parts == [*folders, name] else "/".join(parts)

    def _new(self, part: str) -> str | None:
        if part not in self.known_names:
            self.known_names[part] = renamed(self.project, part)
        return self.known_names[part]

    def _folder_moves(self, folder: str, proven: set[str]) -> bool:
        if folder not in self.decided:
            is_slug = folder.rpartition("/")[2].lower() == self.project.migration.slug.lower()
            self.decided[folder] = folder in proven or (is_slug and self._is_named(folder))
        return self.decided[folder]

    def _is_named(self, path: str) -> bool:
        """Whether a file that speaks of the provider names this file, or the folder with the one that holds it."""
        parts = path.split("/")[-2:]
        if "." in parts[-1]:
            return parts[-1] in self.named
        if len(parts) < 2:
            return False
        return any(f"/{parts[0]}/{parts[1]}/" in f"/{token}/" for token in self.tokens) or self._is_joined(*parts)

    def _is_joined(self, parent: str, name: str) -> bool:
        """`"prompts" / "gradient"`, and `f"prompts/{provider}"`, which asks for the folder by the setting's value."""
        value = rf"[\"'`]{re.escape(name)}[\"'`]|\{{[^}}\n]{{0,60}}provider|[\w.]{{0,60}}provider\b"
        joined = re.compile(rf"\b{re.escape(parent)}[\"'`]?\)?\s*[/,+]\s*f?(?:{value})", re.IGNORECASE)
        texts = (self.project.documents[path].text for path in sorted(self.company))
        return any(parent in text and joined.search(text) is not None for text in texts)

    @functools.cached_property
    def named(self) -> set[str]:
        return {token.rpartition("/")[2] for token in self.tokens}

    @functools.cached_property
    def tokens(self) -> set[str]:
        """What looks like a path with the slug in it, in the files that speak of the provider."""
        slug = self.project.vocabulary.slug
        return {token for path in self.company for token in _tokens(self.project.documents[path].text, slug)}


def _tokens(text: str, slug: re.Pattern[str] | None) -> set[str]:
    found = set()
    for matched in slug.finditer(text) if slug else ():
        before = re.search(r"[\w./@~-]*\Z", text[max(0, matched.start() - 200) : matched.start()])
        after = PATH_TOKEN.match(text, matched.end(), matched.end() + 200)
        token = (before[0] if before else "") + matched[0] + (after[0] if after else "")
        found.add(token.rstrip("."))
    return found


def _folders(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _keeps_its_name(project: Project, path: str) -> bool:
    name = path.rpartition("/")[2]
    document = project.documents.get(path)
    return bool(
        files.VENDORED.search(f"/{path}")
        or files.LOCK_FILES.fullmatch(name)
        or files.is_history(path)
        or RECORDS.search(path)
        or (document is not None and document.refusal is not None)
        or project.migration.keeps_path(path)
        or project.migration.keeps(name)
    )


def renamed(project: Project, part: str) -> str | None:
    """A part of a path with the provider's name replaced, or None where there is none in it."""
    for old, module in _last_parts(project.migration.modules).items():
        renamed = re.sub(rf"(?<![A-Za-z0-9]){re.escape(old)}(?![A-Za-z0-9])", module, part)
        if renamed != part:
            return renamed
    result = part
    for match in reversed(project.vocabulary.find(part, paths=False)):
        term = match.reading(*IN_NAMES)
        new = None if term is None else term.new
        if new is None or match.text.lower() == project.migration.slug.lower() or not PART.fullmatch(new):
            new = project.vocabulary.renamed_word(match.text)  # the slug, a word that carries it, a requirement
        if new and new != match.text and match.reading(*NOT_IN_NAMES) is None:
            result = result[: match.start] + new + result[match.end :]
    return None if result == part else result


def _last_parts(modules: Mapping[str, str | None]) -> dict[str, str]:
    """The file names of the modules that are renamed: a test or a fixture is often called after its module."""
    names = {old.rpartition(".")[2]: new.rpartition(".")[2] for old, new in modules.items() if new and "*" not in old}
    return {old: new for old, new in names.items() if old != new}
