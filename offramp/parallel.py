"""Scan a large tree with several processes.

Workers are sent paths and send back findings, never trees. What they find goes into the project as if it had been
scanned here; the result does not depend on their number.
"""

from __future__ import annotations

import os
import pathlib
import signal
from collections.abc import Callable, Sequence

from offramp.migration import Migration
from offramp.model import Finding
from offramp.project import Project

WORTH = 1_500  # files; for fewer, starting processes takes longer than they save
CHUNK = 250
Scan = tuple[list[str], list[tuple[str, list[Finding]]], list[tuple[str, str]]]
_worker: list[Project] = []


def pays(project: Project, paths: int) -> bool:
    return project.jobs != 1 and paths - len(project.scans) - len(project.dull) >= WORTH and (os.cpu_count() or 1) > 1


def scan(project: Project, paths: Sequence[str], progress: Callable[[str, int, int], None]) -> None:
    """Scan the files that are not loaded yet, several at a time."""
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    known = (project.documents, project.dull, project.kept)
    new = [p for p in paths if not any(p in place for place in known) and project.origin(p) == p]
    chunks = [new[start : start + CHUNK] for start in range(0, len(new), CHUNK)]
    settings = (project.root, project.migration, project.planned, project.include)
    workers = max(1, min(project.jobs or min(os.cpu_count() or 1, 8), len(chunks)))
    try:
        with ProcessPoolExecutor(workers, initializer=_start, initargs=settings) as pool:
            try:
                for done, result in enumerate(pool.map(_scan, chunks)):
                    progress("Scanning", done * CHUNK, len(new))
                    _take(project, *result)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    except (BrokenProcessPool, OSError):
        return  # a file killed its worker, or there are no processes to be had: the caller scans what is missing


def _take(
    project: Project, dull: list[str], found: list[tuple[str, list[Finding]]], errors: list[tuple[str, str]]
) -> None:
    """What a worker found out, as if it had been found out here."""
    project.dull.update(dull)
    project.errors.extend(errors)
    for path, findings in found:
        document = project.load(path)
        if document is not None:
            project.scans[path] = (document, findings)


def _start(root: pathlib.Path, migration: Migration, planned: dict[str, str], include: frozenset[str]) -> None:
    from offramp.vocabulary import Vocabulary

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started this one
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    project = Project(root, migration, Vocabulary(migration, planned), set(), include=include, planned=dict(planned))
    _worker[:] = [project]


def _scan(paths: Sequence[str]) -> Scan:
    from scanners import scan_one

    project = _worker[0]
    project.errors.clear()
    found: list[tuple[str, list[Finding]]] = []
    for path in paths:
        document = project.load(path)
        if document is not None:
            found.append((path, scan_one(project, document)))
            del project.documents[path]
            project.scans.pop(path, None)  # it holds the document, and with it the tree
    return [path for path in paths if path in project.dull], found, list(project.errors)
