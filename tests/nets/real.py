"""A migration of a whole real tree, judged: `python -m tests.nets.real MIGRATION TREE…` (nox -s real -- MIGRATION TREE…).

Per tree one line of figures (files changed, fixed, refused, new undefined names, syntax errors of ast and of libcst,
halves, data changed that are not the migration's, files that a second run would change), and below it every fault with path and line. Exits 1 where there are any.
The tree itself is only read.
"""

from __future__ import annotations

import ast
import dataclasses
import os
import pathlib
import re
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterable, Sequence

from offramp import engine, migration
from offramp.migration import Migration
from offramp.project import Project, open_project
from tests.nets import data, halves


@dataclasses.dataclass(slots=True)
class Verdict:
    """What a run did to a tree, and what is wrong with it; each fault is a line for a person."""

    changed: int = 0
    fixed: int = 0
    refused: int = 0
    undefined: list[str] = dataclasses.field(default_factory=list)
    syntax: list[str] = dataclasses.field(default_factory=list)
    halved: list[str] = dataclasses.field(default_factory=list)
    data: list[str] = dataclasses.field(default_factory=list)
    second: list[str] = dataclasses.field(default_factory=list)
    errors: list[str] = dataclasses.field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        return [*self.undefined, *self.syntax, *self.halved, *self.data, *self.second, *self.errors]

    def __str__(self) -> str:
        return (
            f"{self.changed} files changed, {self.fixed} fixed, {self.refused} refused; {len(self.undefined)} new "
            f"undefined names, {len(self.syntax)} syntax errors, {len(self.halved)} halves, {len(self.data)} faults "
            f"in data, {len(self.second)} files that a second run changes, {len(self.errors)} errors"
        )


def judge(root: pathlib.Path, plan: Migration, listed: Iterable[str] | None = None) -> Verdict:
    """Migrate the files of a folder in memory, and once more in a copy that holds the result."""
    project = open_project(root, plan, listed)
    outcome = engine.run(project)
    verdict = Verdict()
    states = [record.state.value for record in outcome.records]
    verdict.fixed, verdict.refused = states.count("fixed"), states.count("refused") + states.count("external")
    if not outcome.balance.adds_up:
        verdict.errors.append(f"the balance does not add up: {outcome.balance}")
    verdict.errors += [f"{r.now.path}: {r.reason}" for r in outcome.records if "please report it" in r.reason]
    before, after = texts(project), texts(outcome.after)
    documents = {path: document.text for path, document in outcome.after.documents.items()}
    originals = {path: document.text for path, document in outcome.before.documents.items()}
    origins = {path: origin(outcome.after, path) for path in documents}
    verdict.changed = sum(originals.get(origins[path]) != text for path, text in documents.items())
    verdict.data = data.faults(originals, documents, origins, plan, outcome.settings)
    for half in halves.check(before, after, outcome.after.moves, brought(plan)):
        (verdict.undefined if half.why.startswith("the name ") else verdict.halved).append(str(half))
    for path in sorted(after):
        old = before.get(origin(outcome.after, path))
        if old is not None and old != after[path] and path.endswith((".py", ".pyi")):
            verdict.syntax += [f"{path}: {why}" for why in unparsable(old, after[path])]
    if outcome.changed:
        verdict.second += again(outcome.after, plan)
    return verdict


def texts(project: Project) -> dict[str, str]:
    """The Python and the files that name Python of a project as it is in memory."""
    wanted = (path for path in sorted(project.paths) if path.endswith((*halves.PYTHON, *halves.TEXT)))
    found = ((path, project.text(path)) for path in wanted)
    return {path: text for path, text in found if text is not None}


def origin(project: Project, path: str) -> str:
    return project.origin(path)


def brought(plan: Migration) -> set[str]:
    """The names that come with the new packages: they have no definition in the tree."""
    written = [rewrite.replace for rewrite in plan.rewrites]
    written += [line for rewrite in plan.rewrites for line in rewrite.add_imports]
    written += [new for new in plan.modules.values() if new]
    return {name for text in written for name in re.findall(r"[A-Za-z_]\w*", text)}


def unparsable(before: str, after: str) -> list[str]:
    """Which of the two parsers reads the text no more."""
    import libcst

    faults = []
    for name, parse, error in (
        ("ast", ast.parse, SyntaxError),
        ("libcst", libcst.parse_module, libcst.ParserSyntaxError),
    ):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if _parses(parse, error, before) and not _parses(parse, error, after):
                faults.append(f"{name} does not parse it any more")
    return faults


def _parses(parse: object, error: type[Exception], text: str) -> bool:
    assert callable(parse)
    try:
        parse(text)
    except (error, ValueError, RecursionError, MemoryError):
        return False
    return True


def again(project: Project, plan: Migration) -> list[str]:
    """The files that a second run changes."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for path in project.paths:
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            document = project.documents.get(path)
            if document is not None:
                target.write_bytes(document.encoded())
            else:
                shutil.copyfile(project.root / project.origin(path), target)
        outcome = engine.run(open_project(root, plan, sorted(project.paths)))
        old = {path: document.text for path, document in outcome.before.documents.items()}
        new = outcome.after.documents
        changed = [path for path, text in old.items() if path in new and new[path].text != text]
        return [f"{path}: a second run changes it" for path in [*changed, *outcome.after.moves]]


def main(arguments: Sequence[str]) -> int:
    plan = migration.load(arguments[0])
    faults: list[str] = []
    for tree in arguments[1:]:
        verdict = judge(pathlib.Path(tree).resolve(), plan)
        print(f"{os.path.basename(tree.rstrip('/'))} × {plan.name}: {verdict}", flush=True)
        for fault in verdict.faults:
            print(f"    {fault}")
        faults += verdict.faults
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
