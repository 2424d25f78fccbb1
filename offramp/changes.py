"""From what a run made of the tree in memory to the files that have to be written."""

from __future__ import annotations

from collections.abc import Iterator

from offramp import files
from offramp.engine import Outcome
from offramp.journal import FileChange
from offramp.project import Project


def between(before: Project, after: Project) -> list[FileChange]:
    """The files that differ between two states of one tree; `path` is where a file lies in the first of them.

    Raises:
        files.Unreadable: a file that only moves can't be read any more.
    """
    changes: list[FileChange] = []
    for old, new in _differing(before, after):
        was = None if old is None else _content(before, old)
        now = None if new is None else after.documents[new].encoded() if new in after.documents else was
        if was != now or old != new:
            private = before.origin(old or "") in before.ignored
            changes.append(FileChange(old or new or "", was, now, new or "", private))
    return changes


def _differing(before: Project, after: Project) -> Iterator[tuple[str | None, str | None]]:
    """The (old, new) paths of files whose text or place is not the same; nothing is read for it."""
    olds = {before.origin(path): path for path in before.paths}
    news = {after.origin(path): path for path in after.paths}
    for origin in sorted(olds.keys() | news.keys()):
        old, new = olds.get(origin), news.get(origin)
        if old is None or old != new or not _same(before, after, old):
            yield old, new


def of(outcome: Outcome) -> list[FileChange]:
    """The files that a run changed."""
    return between(outcome.before, outcome.after)


def codemods(outcome: Outcome) -> dict[str, list[str]]:
    """Path on disk → the codemods that had a part in its change, in the order in which they came."""
    result: dict[str, list[str]] = {}
    previous = outcome.before
    for step in outcome.steps:
        for old, new in _differing(previous, step.state):
            origin = step.state.origin(new) if new is not None else previous.origin(old or "")
            names = result.setdefault(origin, [])
            if step.codemod not in names:
                names.append(step.codemod)
        previous = step.state
    return result


def _same(before: Project, after: Project, path: str) -> bool:
    was, now = before.documents.get(path), after.documents.get(path)
    return was is now or now is None or (was is not None and was.text == now.text)


def _content(project: Project, path: str) -> bytes:
    document = project.documents.get(path)
    return document.encoded() if document is not None else files.read(project.root, project.origin(path))
