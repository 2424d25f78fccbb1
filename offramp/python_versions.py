"""The lowest Python that a project declares for a file, by the manifests in its folder and those above it.

requires-python = ">=3.9"            pyproject.toml
python_requires = >=3.8              setup.cfg, setup.py
target-version = "py310"             ruff, black
3.11.4                               .python-version
"""

from __future__ import annotations

import ast
import functools
import re
import sys
import warnings
from collections.abc import Iterable, Iterator

from offramp.document import Document
from offramp.project import Project

Version = tuple[int, int]
DECLARING = ("pyproject.toml", "setup.cfg", "setup.py", ".python-version", "runtime.txt", "Pipfile", "ruff.toml")
REQUIRES = re.compile(r"(?m)(?:requires-python|python_requires|^python(?:_version)?)\s*=\s*[\"']?\s*([^\"'\n#]+)")
BOUND = re.compile(r"(?:>=|~=|\^|~|==|=|^)\s*(3)\.(\d+)")
TARGET = re.compile(r"target[-_]version\s*=\s*\[?\s*((?:[\"']py3\d+[\"'],?\s*)+)")
CLASSIFIER = re.compile(r"Programming Language :: Python :: (3)\.(\d+)\b")
# what may be syntax that an older Python lacks
RECENT = re.compile(
    r":=|\b(?:match|case|type|async|with|except)\b|,\s*/|\*\w+\]|^\s*@|\d_\d|[fF][rR]?[\"']", re.MULTILINE
)
FIRST = (3, 5)  # before that `ast` knows no difference


def lowest(project: Project, path: str) -> Version | None:
    """The lowest version that the nearest folder with a declaration names, or None where nothing is declared."""
    folder = path
    while True:
        folder = folder.rpartition("/")[0]
        prefix = f"{folder}/" if folder else ""
        found = [version for name in DECLARING for version in _declared(name, project.text(prefix + name) or "")]
        if found:
            return max(min(found), FIRST)
        if not folder:
            return None


def older(project: Project, path: str) -> Version | None:
    """The lowest declared version where it is older than the one that runs, so that `ast` has to be asked for it."""
    version = lowest(project, path)
    return version if version is not None and version < sys.version_info[:2] else None


@functools.lru_cache(maxsize=256)
def _declared(name: str, text: str) -> tuple[Version, ...]:
    return tuple(_versions(name, text))


def _versions(name: str, text: str) -> Iterator[Version]:
    if name in (".python-version", "runtime.txt"):
        yield from ((3, int(minor)) for minor in re.findall(r"(?m)^\s*(?:python-|pypy)?3\.(\d+)", text))
        return
    for written in REQUIRES.findall(text):
        yield from ((int(major), int(minor)) for major, minor in BOUND.findall(written.strip()))
    for listed in TARGET.findall(text):
        yield from ((3, int(minor)) for minor in re.findall(r"py3(\d+)", listed))
    yield from ((int(major), int(minor)) for major, minor in CLASSIFIER.findall(text))


def fault(project: Project, document: Document, text: str, added: Iterable[str]) -> str | None:
    """Why a text must not take the place of a Python document's: what is added to it is too new for the project."""
    if document.kind != "python" or not any(map(RECENT.search, added)):
        return None
    version = older(project, document.path)
    return None if version is None else newer(document.text, text, version)


def newer(before: str, after: str, version: Version) -> str | None:
    """Why a text is none of an older Python's although the text before it was."""
    reason = _refused(after, version)
    if reason is None or _refused(before, version) is not None:
        return None
    return f"{reason}, and the project declares Python {version[0]}.{version[1]}"


def _refused(text: str, version: Version) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text, feature_version=version)
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    except (ValueError, RecursionError, MemoryError):
        return None
    return None
