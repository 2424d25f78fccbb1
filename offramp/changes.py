"""From what a run made of the tree in memory to the files that have to be written."""

from __future__ import annotations

from offramp import files
from offramp.engine import Outcome
from offramp.project import Project
from offramp.transaction import FileChange


def between(before: Project, after: Project) -> list[FileChange]:
    """The files that differ, by the path that they have on disk.

    Raises:
        files.Unreadable: a file that only moves can't be read any more.
    """
    changes: list[FileChange] = []
    present = {after.origin(path): path for path in after.paths}
    for origin in sorted(before.paths | present.keys()):
        target = present.get(origin)
        old = _content(before, origin) if origin in before.paths and _concerned(before, after, origin, target) else None
        if origin not in before.paths:
            assert target is not None
            changes.append(FileChange(target, None, after.documents[target].encoded()))
        elif target is None:
            changes.append(FileChange(origin, old, None))
        elif old is not None:
            new = after.documents[target].encoded() if target in after.documents else old
            if new != old or target != origin:
                changes.append(FileChange(origin, old, new, target))
    return changes


def of(outcome: Outcome) -> list[FileChange]:
    return between(outcome.before, outcome.after)


def _concerned(before: Project, after: Project, origin: str, target: str | None) -> bool:
    if target != origin:
        return True
    was, now = before.documents.get(origin), after.documents.get(origin)
    return now is not None and (was is None or was.text != now.text)


def _content(project: Project, origin: str) -> bytes:
    document = project.documents.get(origin)
    return document.encoded() if document is not None else files.read(project.root, origin)
