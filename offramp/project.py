"""The tree as the run sees it: documents in memory, the paths of all files, and what has been moved so far.

Nothing here writes. Codemods read a project through their `Context`; only the engine changes it.
"""

from __future__ import annotations

import bisect
import collections
import dataclasses
import functools
import os
import pathlib
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping

from offramp import files, ignored, subject
from offramp.document import Document
from offramp.migration import Migration
from offramp.model import Finding, Move
from offramp.vocabulary import Vocabulary


class PathIndex:
    """The paths of a tree by folder and without regard to case, so that asking costs the same in a tree of any size."""

    def __init__(self, paths: set[str]) -> None:
        self.paths = paths
        self.folders: collections.Counter[str] = collections.Counter()
        self.folded: dict[str, str] = {}
        self.by_name: dict[str, set[str]] = collections.defaultdict(set)
        self._sorted: list[str] | None = None
        for path in paths:
            self.add(path)

    def add(self, path: str) -> None:
        self.folded[path.casefold()] = path
        self.by_name[path.rpartition("/")[2]].add(path)
        self.folders.update(_folders(path))
        self._sorted = None

    def remove(self, path: str) -> None:
        if self.folded.get(path.casefold()) == path:
            del self.folded[path.casefold()]
        self.by_name[path.rpartition("/")[2]].discard(path)
        self.folders.subtract(_folders(path))
        self._sorted = None

    def below(self, folder: str) -> list[str]:
        if self._sorted is None:
            self._sorted = sorted(self.paths)
        low = bisect.bisect_left(self._sorted, f"{folder}/")
        return self._sorted[low : bisect.bisect_left(self._sorted, f"{folder}0")]  # 0 comes after /


def _folders(path: str) -> Iterator[str]:
    end = path.rfind("/")
    while end > 0:
        yield path[:end]
        end = path.rfind("/", 0, end)


@dataclasses.dataclass(slots=True, eq=False)
class Project:
    root: pathlib.Path
    migration: Migration
    vocabulary: Vocabulary
    paths: set[str]  # every file, under its present path
    documents: dict[str, Document] = dataclasses.field(default_factory=dict)  # those that hold anything, by path
    moves: dict[str, str] = dataclasses.field(default_factory=dict)  # path on disk → present path
    errors: list[tuple[str, str]] = dataclasses.field(default_factory=list)  # (path, why it could not be read)
    include: frozenset[str] = frozenset()  # sorts of files left alone that are to be edited all the same
    ignored: frozenset[str] = frozenset()  # env files that git ignores, by their path on disk; they never move
    jobs: int = 0  # processes for the scan; 0: as many as help
    kept: dict[str, Document] = dataclasses.field(default_factory=dict)  # documents of earlier rounds, by path
    planned: dict[str, str] = dataclasses.field(default_factory=dict)  # moves that the scan foresees
    dull: set[str] = dataclasses.field(default_factory=set)  # files in which nothing can match
    scans: dict[str, tuple[Document, list[Finding]]] = dataclasses.field(default_factory=dict)
    texts: dict[str, str | None] = dataclasses.field(default_factory=dict)  # files asked for in between, by origin

    _index: PathIndex | None = dataclasses.field(default=None, init=False, repr=False)
    _origins: dict[str, str] | None = dataclasses.field(default=None, init=False, repr=False)

    @property
    def index(self) -> PathIndex:
        if self._index is None:
            self._index = PathIndex(self.paths)
        return self._index

    def load(self, path: str) -> Document | None:
        """The document of a file if anything in it can match, reading it if need be."""
        if path in self.documents:
            return self.documents[path]
        if path in self.dull:
            return None
        try:
            content = self._content(path)
            if files.is_binary(content) or not self.vocabulary.touches(content):
                self.dull.add(path)
                return None
            document = self._read(path, content)
        except files.Unreadable as error:
            self.errors.append((self.origin(path), str(error)))
            self.dull.add(path)
            return None
        document = dataclasses.replace(document, about=subject.about(document, self.vocabulary))
        was = self.kept.get(path)
        if was is not None and (was.about, was.left_alone, was.kind) == (
            document.about,
            document.left_alone,
            document.kind,
        ):
            document = was  # with all that was parsed of it
        self.documents[path] = document
        return document

    def document(self, path: str) -> Document | None:
        """The document of any file, also of one in which nothing can match, or None where there is none to be read."""
        if path in self.documents or path not in self.paths:
            return self.documents.get(path)
        try:
            return self._read(path, self._content(path))
        except files.Unreadable:
            return None

    def _read(self, path: str, content: bytes) -> Document:
        """The document of a file's bytes.

        Raises:
            files.Unreadable: the bytes are not text.
        """
        document, origin = Document.read(path, content, self.include), self.origin(path)
        private = origin in self.ignored
        left_alone = ignored.LEFT_ALONE if private and "ignored" not in self.include else document.left_alone
        return dataclasses.replace(document, origin=origin, private=private, left_alone=left_alone)

    def text(self, path: str) -> str | None:
        """The present text of any file, or None where there is none that can be read."""
        document = self.documents.get(path) or self.kept.get(path)
        if document is not None:
            return document.text
        if path not in self.paths:
            return None
        origin = self.origin(path)
        if origin not in self.texts:
            try:
                self.texts[origin] = files.decode(path, self._content(path)).text
            except files.Unreadable:
                self.texts[origin] = None
        return self.texts[origin]

    def holding(self, pattern: re.Pattern[bytes], but: frozenset[str]) -> Iterator[Document]:
        """The documents of all files in whose text a pattern occurs, but for those of some kinds."""
        for path in sorted(self.paths):
            if files.kind_of(path) in but and path not in self.documents:
                continue
            try:
                content = self._content(path)
            except files.Unreadable:
                continue
            if files.is_binary(content) or not (pattern.search(content) or pattern.search(content.replace(b"\0", b""))):
                continue
            if (document := self.document(path)) is not None:
                yield document

    def _content(self, path: str) -> bytes:
        """The present bytes of a file.

        Raises:
            files.Unreadable: it can't be read.
        """
        document = self.documents.get(path) or self.kept.get(path)
        return document.encoded() if document is not None else files.read(self.root, self.origin(path))

    def original(self, path: str) -> str | None:
        """The text of a file as it was before the run, or None where it can't be read."""
        try:
            return files.decode(path, files.read(self.root, self.origin(path))).text
        except files.Unreadable:
            return None

    def origin(self, path: str) -> str:
        """Where the file of a present path lies on disk."""
        if self._origins is None:
            self._origins = {new: old for old, new in self.moves.items()}
        return self._origins.get(path, path)

    def move(self, move: Move) -> None:
        """Move a file, or a folder with all that is in it."""
        for path in self.below(move.old):
            if path in self.ignored:
                continue
            new = move.new + path.removeprefix(move.old)
            origin = self.origin(path)
            self.moves[origin] = new
            if self._origins is not None:
                self._origins.pop(path, None)
                self._origins[new] = origin
            self.paths.remove(path)
            self.paths.add(new)
            self.index.remove(path)
            self.index.add(new)
            for documents in (self.documents, self.kept):
                if (document := documents.pop(path, None)) is not None:
                    documents[new] = document.with_path(new)

    def below(self, path: str) -> list[str]:
        """The paths of a folder's files, or of the one file."""
        if path in self.paths:
            return [path]
        return self.index.below(path) if self.index.folders[path] > 0 else []

    def replace(self, path: str, text: str) -> None:
        document = self.document(path)
        if document is not None:
            self.documents[path] = document.with_text(text)

    def create(self, path: str, text: str) -> None:
        """Add a file, or give one that is there another text."""
        if path in self.paths:
            self.replace(path, text)
            return
        source = files.Source(text, "utf-8", b"")
        self.documents[path] = Document(path, files.kind_of(path), source, text, origin=path)
        self.paths.add(path)
        self.index.add(path)

    def plan(self, moves: dict[str, str]) -> None:
        """Look for references to the paths that will move, too."""
        self.planned |= moves
        stems = self.vocabulary.stems
        self.vocabulary = Vocabulary(self.migration, self.planned)
        if set(self.vocabulary.stems) != set(stems):
            self.dull.clear()
        self._forget(moves)

    def _forget(self, moves: Mapping[str, str]) -> None:
        """Drop what was found in texts that may name one of these paths."""
        words = {os.path.splitext(os.path.basename(path))[0].lower() for pair in moves.items() for path in pair}
        words |= {os.path.basename(os.path.dirname(path)).lower() for pair in moves.items() for path in pair}
        words.discard("")
        for path, (document, _) in list(self.scans.items()):
            lowered = document.text.lower()
            if any(word in lowered for word in words):
                del self.scans[path]

    def reopened(self) -> Project:
        """This project as a new run would find it: what was changed is kept, nothing of what was concluded."""
        fresh = self.snapshot()
        fresh.kept |= fresh.documents
        fresh.documents, fresh.planned, fresh.vocabulary = {}, {}, Vocabulary(self.migration)
        fresh.scans = {path: scan for path, scan in self.scans.items() if self.documents.get(path) is scan[0]}
        fresh._forget(self.planned)
        return fresh

    def whole(self) -> Project:
        """This project with the documents of earlier rounds among its documents."""
        self.documents = {**self.kept, **self.documents}
        return self

    def snapshot(self) -> Project:
        """A copy whose changes leave this one as it is."""
        return dataclasses.replace(
            self,
            paths=set(self.paths),
            documents=dict(self.documents),
            moves=dict(self.moves),
            kept=dict(self.kept),
            planned=dict(self.planned),
            dull=set(self.dull),
            scans={},
        )

    def of_kind(self, *kinds: str) -> Iterator[str]:
        """Paths of the files of the tree whose name says that they are of one of these kinds."""
        return (path for path in sorted(self.paths - self.ignored) if files.kind_of(path) in kinds)

    def in_tree(self, path: str) -> bool:
        """Whether a file is there for everybody, and not on this machine alone."""
        return path in self.paths and path not in self.ignored

    def exists(self, path: str) -> bool:
        return path in self.paths or self.index.folders[path] > 0

    def ending(self, path: str) -> list[str]:
        """The files whose path ends with these parts, the nearest to the root first."""
        same = self.index.by_name.get(path.rpartition("/")[2], ())
        found = [other for other in same if other == path or other.endswith(f"/{path}")]
        return sorted(found, key=lambda other: (other.count("/"), other))

    def named(self, written: str, folder: str) -> str | None:
        """The file or folder that a path means, written in a file of this folder, or None where there is none."""
        low = posixpath.normpath(posixpath.join(folder, written))
        return next((path for path in (low, written.strip("/")) if self.exists(path)), None)

    def taken(self, path: str) -> str | None:
        """What stands at a path, or would on a file system that ignores case."""
        return path if self.exists(path) else self.index.folded.get(path.casefold())


@dataclasses.dataclass(frozen=True)
class Context:
    """What a codemod may look at when it answers a finding."""

    project: Project
    document: Document
    findings: tuple[Finding, ...]  # all open findings of this document

    @property
    def migration(self) -> Migration:
        return self.project.migration

    @property
    def vocabulary(self) -> Vocabulary:
        return self.project.vocabulary

    @functools.cached_property
    def folder(self) -> str:
        return os.path.dirname(self.document.path)


def open_project(
    root: pathlib.Path,
    migration: Migration,
    paths: Iterable[str] | None = None,
    *,
    include: frozenset[str] = frozenset(),
    jobs: int = 0,
) -> Project:
    """A project of the files below `root`, nothing read yet."""
    listed = files.list_files(root) if paths is None else list(paths)
    private = frozenset(ignored.env_files(root) if paths is None else ())
    migration = _without_own_modules(migration, listed)
    everything = {*listed, *private}
    return Project(
        root,
        migration,
        Vocabulary(migration),
        everything,
        include=include,
        ignored=private.difference(listed),
        jobs=jobs,
    )


def _without_own_modules(migration: Migration, paths: Iterable[str]) -> Migration:
    """Leave out SDK modules without a successor whose name the tree has for a module of its own.

    `import gradient` then means that one.
    """
    sdk = {name for name, new in migration.modules.items() if new is None and "." not in name}
    own = {name for path in paths for name in _module_names(path) if name in sdk} if sdk else set()
    modules = {old: new for old, new in migration.modules.items() if old.split(".")[0] not in own}
    return dataclasses.replace(migration, modules=modules) if own else migration


def _module_names(path: str) -> Iterator[str]:
    """The names under which a Python file may be imported as a top-level module or belong to one."""
    *folders, name = path.split("/")
    if name == "__init__.py" and folders:
        yield folders[-1]
    elif name.endswith(".py"):
        yield name.removesuffix(".py")
