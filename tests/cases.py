"""The case files of fixtures/codemods: Markdown that is at once the tests of a codemod and the examples of its page.

    ## change: read in Python

    `app.py`
    ```python
    before
    ```
    becomes
    ```python
    after
    ```

A case is a change, a no-op or a refuse. It may hold several files, each a path in backticks and a fence; a file that
moves has its new path in backticks between `becomes` and the fence; one that goes has the word `nothing` instead of a
fence, and one that is new starts with `nothing`. The path `migration` holds sections that replace those of
migration.yaml. Lines that start with `> ` are parts of the reasons that must be given.
"""

from __future__ import annotations

import dataclasses
import pathlib
import re

FOLDER = pathlib.Path(__file__).parent.parent / "fixtures" / "codemods"
HEADING = re.compile(r"^## (change|no-op|refuse): (.+)$")
PATH = re.compile(r"^`([^`]+)`$")
FENCE = re.compile(r"^(`{3,}|~{3,})")


@dataclasses.dataclass
class CaseFile:
    path: str
    before: str | None = None
    after: str | None = None
    new_path: str | None = None
    changes: bool = False

    @property
    def end_path(self) -> str:
        return self.new_path or self.path

    @property
    def end_text(self) -> str | None:
        return self.after if self.changes else self.before


@dataclasses.dataclass
class Case:
    codemod: str
    kind: str
    title: str
    files: list[CaseFile] = dataclasses.field(default_factory=list)
    migration: str = ""
    reasons: list[str] = dataclasses.field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.codemod}: {self.title}"


def read(path: pathlib.Path) -> list[Case]:
    """The cases of one file, in order."""
    cases: list[Case] = []
    lines = path.read_text(encoding="utf-8").split("\n")
    number = 0
    current: CaseFile | None = None
    expects_after = False
    while number < len(lines):
        line = lines[number]
        if matched := HEADING.match(line):
            cases.append(Case(path.stem, matched[1], matched[2]))
            current, expects_after = None, False
        elif cases and (matched := PATH.match(line)):
            if expects_after and current is not None:
                current.new_path = matched[1]
            else:
                current = CaseFile(matched[1])
                if current.path != "migration":
                    cases[-1].files.append(current)
        elif line == "becomes":
            assert current is not None, f"{path.name}:{number + 1}: 'becomes' without a file"
            current.changes = expects_after = True
        elif line == "nothing":
            assert current is not None
            expects_after = False
        elif cases and (matched := FENCE.match(line)):
            body, number = _fence(lines, number, matched[1])
            assert current is not None, f"{path.name}:{number + 1}: a fence without a file"
            if current.path == "migration":
                cases[-1].migration = body
            elif expects_after:
                current.after, expects_after = body, False
            else:
                current.before = body
        elif cases and line.startswith("> "):
            cases[-1].reasons.append(line[2:])
        number += 1
    return cases


def _fence(lines: list[str], number: int, mark: str) -> tuple[str, int]:
    body = []
    number += 1
    while lines[number] != mark:
        body.append(lines[number])
        number += 1
    return "\n".join(body) + ("\n" if body else ""), number


def all_cases() -> list[Case]:
    return [case for path in sorted(FOLDER.glob("*.md")) for case in read(path)]
