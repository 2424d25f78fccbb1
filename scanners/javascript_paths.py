"""Which file of the project an import of a script means.

    ./client  ../lib/client.js  .            by the folder of the script; `.js` can be `.ts`, a folder its index
    @/lib/client                             by `paths` and `baseUrl` of the nearest tsconfig.json or jsconfig.json
    #lib/client  @acme/shared/client         by `imports` and `name` of a package.json of the tree

What is none of these is a package of somebody else.
"""

from __future__ import annotations

import dataclasses
import json
import posixpath
import re
import weakref
from collections.abc import Iterator, Mapping

from offramp.project import PathIndex, Project

SUFFIXES = (".ts", ".tsx", ".mts", ".cts", ".d.ts", ".js", ".jsx", ".mjs", ".cjs", ".json", ".vue", ".svelte")
INSTEAD = {".js": (".ts", ".tsx", ".jsx"), ".mjs": (".mts",), ".cjs": (".cts",), ".jsx": (".tsx",)}
SCRIPT = re.compile(r"\.(?:d\.)?[cm]?[jt]sx?$")
OWN = re.compile(r"[./]|[@~#$]/|[#$]|~[^/]|\w:[\\/]|node:")  # no package of a registry is called so
CONFIG = re.compile(r"(?:^|/)(?:tsconfig|jsconfig)(?:\.\w+)?\.json$")
COMMENT = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\r\n]*|/\*.*?\*/', re.DOTALL)
_MEMORY: weakref.WeakKeyDictionary[PathIndex, Aliases] = weakref.WeakKeyDictionary()


@dataclasses.dataclass(frozen=True, slots=True)
class Alias:
    folder: str  # of the file that says so; it holds for what is below
    pattern: str  # with one `*` at most
    target: str  # a path of the project, `*` for what the pattern left open


class Aliases:
    """What the configuration files of a tree say about names of modules."""

    def __init__(self, project: Project) -> None:
        self.found: list[Alias] = []
        for path in sorted(project.paths):
            if path.endswith("package.json"):
                self.found += _of_package(path, _json(project, path))
            elif CONFIG.search(path):
                self.found += _of_compiler(path, _json(project, path))
        self.found.sort(key=lambda alias: (-len(alias.folder), -len(alias.pattern.partition("*")[0])))

    def meanings(self, path: str, specifier: str) -> Iterator[str]:
        for alias in self.found:
            head, star, tail = alias.pattern.partition("*")
            fits = specifier.startswith(head) and specifier.endswith(tail) if star else specifier == head
            if fits and f"{path}/".startswith(f"{alias.folder}/" if alias.folder else ""):
                middle = specifier[len(head) : len(specifier) - len(tail)] if star else ""
                yield posixpath.normpath(alias.target.replace("*", middle))


def aliases(project: Project) -> Aliases:
    """Those of a project, worked out once: the files that say so do not change but for their path."""
    known = _MEMORY.get(project.index)
    if known is None:
        known = _MEMORY[project.index] = Aliases(project)
    return known


def resolved(project: Project, path: str, specifier: str) -> str | None:
    """The file of the project that a script means by a specifier, or None."""
    if specifier.startswith("."):
        return file_of(project, posixpath.normpath(posixpath.join(posixpath.dirname(path), specifier)))
    for meaning in aliases(project).meanings(path, specifier):
        if (found := file_of(project, meaning)) is not None:
            return found
    if specifier.startswith(("@/", "~/")):  # where a bundler's configuration says what it means
        written = specifier[2:]
        found_by_name = {f for s in ("", *SUFFIXES) for f in project.ending(f"{written}{s}")}
        return found_by_name.pop() if len(found_by_name) == 1 else None
    return None


def file_of(project: Project, written: str) -> str | None:
    """The file that a path without a suffix, with that of what is made of it, or of a folder means."""
    if written in project.paths:
        return written
    suffix = posixpath.splitext(written)[1]
    stem = written.removesuffix(suffix)
    forms = [f"{stem}{other}" for other in INSTEAD.get(suffix, ())]
    forms += [f"{written}{other}" for other in SUFFIXES]
    forms += [posixpath.join(written, f"index{other}").removeprefix("./") for other in SUFFIXES]
    return next((form for form in forms if form in project.paths), None)


def is_package(project: Project, path: str, specifier: str) -> bool:
    """Whether a specifier means a package that is not the project's."""
    if OWN.match(specifier) and not specifier.startswith("node:"):
        return False
    if any(True for _ in aliases(project).meanings(path, specifier)):
        return resolved(project, path, specifier) is None and not _is_workspace(project, specifier)
    return not any(project.ending(f"{specifier}{suffix}") for suffix in SUFFIXES)


def _is_workspace(project: Project, specifier: str) -> bool:
    names = [a.pattern for a in aliases(project).found if not a.folder and "*" not in a.pattern]
    return any(specifier == name or specifier.startswith(f"{name}/") for name in names)


def _of_package(path: str, data: Mapping[str, object]) -> Iterator[Alias]:
    folder = posixpath.dirname(path)
    name, own = data.get("name"), data.get("imports")
    if isinstance(name, str) and name:
        yield Alias("", name, folder or ".")
        yield Alias("", f"{name}/*", posixpath.join(folder, "*"))
        yield Alias("", f"{name}/*", posixpath.join(folder, "src", "*"))
    for pattern, target in own.items() if isinstance(own, dict) else ():
        while isinstance(target, dict):
            target = next(iter(target.values()), None)
        if isinstance(target, str):
            yield Alias(folder, pattern, posixpath.join(folder, target))


def _of_compiler(path: str, data: Mapping[str, object]) -> Iterator[Alias]:
    folder, options = posixpath.dirname(path), data.get("compilerOptions")
    if not isinstance(options, dict):
        return
    base = options.get("baseUrl")
    root = posixpath.join(folder, base) if isinstance(base, str) else folder
    paths = options.get("paths")
    for pattern, targets in paths.items() if isinstance(paths, dict) else ():
        for target in targets if isinstance(targets, list) else ():
            if isinstance(target, str):
                yield Alias(folder, pattern, posixpath.join(root, target))
    if isinstance(base, str):
        yield Alias(folder, "*", posixpath.join(root, "*"))


def _json(project: Project, path: str) -> Mapping[str, object]:
    """The data of a file of configuration, comments and trailing commas allowed; nothing where it can't be read."""
    text = COMMENT.sub(lambda found: found[1] or "", project.text(path) or "")
    try:
        data = json.loads(re.sub(r",(?=\s*[}\]])", "", text))
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}
