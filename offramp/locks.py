"""Which lock files a change of manifests leaves behind, and the command that refreshes each of them.

    pyproject.toml changed, uv.lock beside it         uv lock
    packages/a/package.json changed, pnpm-lock.yaml   pnpm install --lockfile-only
    in a folder above names packages/a                (in that folder)
    requirements.in changed, requirements.txt says    pip-compile requirements.in
    in its header what made it

A lock file is never edited by hand: what it pins was solved by its package manager.
"""

from __future__ import annotations

import dataclasses
import posixpath
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence

from offramp import changes
from offramp.engine import Outcome
from offramp.project import Project
from offramp.syntax import requirements

Command = tuple[str, ...]
BY_MANIFEST: Mapping[str, Mapping[str, Command]] = {
    "pyproject.toml": {
        "uv.lock": ("uv", "lock"),
        "poetry.lock": ("poetry", "lock"),
        "pdm.lock": ("pdm", "lock", "--update-reuse"),
        "pixi.lock": ("pixi", "lock"),
    },
    "pixi.toml": {"pixi.lock": ("pixi", "lock")},
    "Pipfile": {"Pipfile.lock": ("pipenv", "lock")},
    "package.json": {
        "package-lock.json": ("npm", "install", "--package-lock-only"),
        "npm-shrinkwrap.json": ("npm", "install", "--package-lock-only"),
        "pnpm-lock.yaml": ("pnpm", "install", "--lockfile-only"),
        "yarn.lock": ("yarn", "install", "--ignore-scripts"),
        "bun.lock": ("bun", "install", "--lockfile-only"),
        "bun.lockb": ("bun", "install", "--lockfile-only"),
    },
}
BERRY = ("yarn", "install", "--mode=update-lockfile")  # from its second version on yarn can leave node_modules alone
CONDA = re.compile(r"environment[\w.-]*\.ya?ml")
INCLUDED = re.compile(r"(?m)^[ \t]*(?:-[rc][ \t]*|--(?:requirement|constraint)[ =])(?P<path>[^\s#]+)")
COMPILERS: Sequence[Command] = (("pip-compile",), ("uv", "pip", "compile"))
SOURCES = ("requirements.in", "pyproject.toml", "setup.cfg", "setup.py")


@dataclasses.dataclass(frozen=True, slots=True)
class Lock:
    """A lock file, the changed manifests that it solves, and the command that refreshes it in a folder ("": the root).

    `known` is False where the command is one of the project's own, which is told and never run.
    """

    path: str
    manifests: tuple[str, ...]
    folder: str
    command: Command
    known: bool = True

    @property
    def told(self) -> str:
        return shlex.join(self.command)


def stale(outcome: Outcome) -> list[Lock]:
    """The lock files that a run leaves behind, those first that others are made from."""
    by_codemod = changes.codemods(outcome)
    changed = [outcome.after.moves.get(path, path) for path, names in by_codemod.items() if "packages" in names]
    return of(outcome.after, sorted(changed))


def of(project: Project, manifests: Sequence[str]) -> list[Lock]:
    """The lock files of manifests that have changed."""
    found: dict[str, Lock] = {}
    for manifest in manifests:
        for lock in _beside(project, manifest):
            known = found.get(lock.path)
            listed = (*known.manifests, manifest) if known else (manifest,)
            found[lock.path] = dataclasses.replace(lock, manifests=listed)
    return [*found.values(), *_compiled(project, manifests)]


def _beside(project: Project, manifest: str) -> Iterator[Lock]:
    """In the folder of a manifest; or in the nearest one above whose lock file names that folder."""
    own, _, name = manifest.rpartition("/")
    if CONDA.fullmatch(name) and (lock := posixpath.join(own, "conda-lock.yml")) in project.paths:
        yield Lock(lock, (manifest,), own, ("conda-lock", "lock", "-f", name, "--lockfile", "conda-lock.yml"))
    known, folder = BY_MANIFEST.get(name, {}), own
    while known:
        there = [lock for lock in known if posixpath.join(folder, lock) in project.paths]
        for lock in there:
            path = posixpath.join(folder, lock)
            text = project.text(path) or ""
            if folder == own or _names(text, posixpath.relpath(own, folder or ".")):
                berry = lock == "yarn.lock" and "__metadata:" in text
                yield Lock(path, (manifest,), folder, BERRY if berry else known[lock])
        if there or not folder:
            return
        folder = folder.rpartition("/")[0]


def _names(text: str, folder: str) -> bool:
    return re.search(rf"[\s\"':]{re.escape(folder)}[\s\"':,]", text) is not None


def _compiled(project: Project, manifests: Iterable[str]) -> Iterator[Lock]:
    """The requirements that were compiled from others that have changed, and from those, and so on."""
    changed = set(manifests)
    if not changed:
        return
    waiting = {path: text for path in project.of_kind("requirements") if (text := project.text(path)) is not None}
    while True:
        made = [lock for path, text in waiting.items() if (lock := _made_of(project, path, text, changed)) is not None]
        including = [path for path, text in waiting.items() if path not in changed and _includes(path, text, changed)]
        yield from made
        reached = {*(lock.path for lock in made), *including}
        if not reached - changed:
            return
        changed |= reached
        for lock in made:
            del waiting[lock.path]


def _includes(path: str, text: str, changed: set[str]) -> bool:
    folder = posixpath.dirname(path)
    return any(posixpath.normpath(posixpath.join(folder, m["path"])) in changed for m in INCLUDED.finditer(text))


def _made_of(project: Project, path: str, text: str, changed: set[str]) -> Lock | None:
    """The lock that a compiled file is, where one of its sources has changed."""
    told = requirements.made_by(text)
    if told is None:
        return None
    try:
        command = tuple(shlex.split(told))
    except ValueError:
        return None
    head = next((head for head in COMPILERS if command[: len(head)] == head), command[:1])
    words = [word for word in command[len(head) :] if not word.startswith("-")]
    for folder in _upwards(posixpath.dirname(path)):
        if not words:  # what pip-compile reads when it is told nothing
            words = [posixpath.splitext(posixpath.basename(path))[0] + ".in", *SOURCES]
        named = (posixpath.normpath(posixpath.join(folder, word)) for word in words)
        if used := tuple(name for name in named if name in changed and name != path):
            return Lock(path, used, folder, command, head in COMPILERS)
    return None


def _upwards(folder: str) -> Iterator[str]:
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
    yield ""
