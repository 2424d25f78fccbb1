"""What others make of the YAML that a run rewrites: `python -m tests.nets.consumers_yaml MIGRATION TREE…`.

check-jsonschema validates workflows, actions, compose, GitLab, CircleCI, Azure and Dependabot files by the schemas
that it ships; zizmor audits workflows and actions, offline. Each is asked about every such file before and after the
migration: whatever it has to say more often afterwards is a fault. Files that the migration leaves alone are counted.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from offramp import engine, migration
from offramp.project import Project, open_project

SCHEMAS: Mapping[str, re.Pattern[str]] = {
    "vendor.github-workflows": re.compile(r"(?:^|/)\.github/workflows/[^/]+\.ya?ml$"),
    "vendor.github-actions": re.compile(r"(?:^|/)action\.ya?ml$"),
    "vendor.compose-spec": re.compile(r"(?:^|/)(?:docker-)?compose[\w.-]*\.ya?ml$"),
    "vendor.gitlab-ci": re.compile(r"(?:^|/)\.gitlab-ci\.ya?ml$"),
    "vendor.circle-ci": re.compile(r"(?:^|/)\.circleci/config\.ya?ml$"),
    "vendor.azure-pipelines": re.compile(r"(?:^|/)azure-pipelines[\w.-]*\.ya?ml$"),
    "vendor.dependabot": re.compile(r"(?:^|/)\.github/dependabot\.ya?ml$"),
    "vendor.renovate": re.compile(r"(?:^|/)\.?renovate\.json5?$"),
}
AUDITED = ("vendor.github-workflows", "vendor.github-actions")
Found = Counter[tuple[str, str]]  # (path, what is wrong) → how often
Consumer = Callable[[pathlib.Path, Sequence[str]], Found]


@dataclasses.dataclass(slots=True)
class Verdict:
    """What came of one tree: files of each schema, those that changed, and what is wrong only afterwards."""

    files: Counter[str] = dataclasses.field(default_factory=Counter)
    changed: Counter[str] = dataclasses.field(default_factory=Counter)
    known: int = 0  # what was wrong before
    faults: list[str] = dataclasses.field(default_factory=list)


def schema_of(path: str) -> str | None:
    return next((schema for schema, pattern in SCHEMAS.items() if pattern.search(path)), None)


def judge(root: pathlib.Path, plan: migration.Migration) -> Verdict:
    """Migrate a tree in memory, and ask about every file that has changed, before and after."""
    outcome = engine.run(open_project(root, plan))
    verdict = Verdict(Counter(filter(None, map(schema_of, outcome.before.paths))))
    pairs = dict(_changed(outcome.before, outcome.after))
    verdict.changed.update(filter(None, map(schema_of, pairs)))
    for schema in verdict.changed:
        paths = [path for path in pairs if schema_of(path) == schema]
        consumers = [validator(schema), audited] if schema in AUDITED else [validator(schema)]
        for consumer in consumers:
            before, after = (_told({path: pairs[path][side] for path in paths}, consumer) for side in (0, 1))
            verdict.known += before.total()
            verdict.faults += [f"{path}: {what}" for path, what in (after - before).elements()]
    return verdict


def _changed(before: Project, after: Project) -> Iterable[tuple[str, tuple[str, str]]]:
    """Old path → the text before and after, of files that have a schema and are still there."""
    for path, document in before.documents.items():
        new = after.documents.get(after.moves.get(path, path))
        if schema_of(path) is not None and new is not None and new.text != document.text:
            yield path, (document.text, new.text)


def _told(texts: Mapping[str, str], consumer: Consumer) -> Found:
    with tempfile.TemporaryDirectory() as folder:
        for path, text in texts.items():
            target = pathlib.Path(folder, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", errors="surrogateescape", newline="")
        return consumer(pathlib.Path(folder), sorted(texts))


def validator(schema: str) -> Consumer:
    """check-jsonschema with a schema that it ships; the messages without the names that a migration changes."""

    def validated(folder: pathlib.Path, paths: Sequence[str]) -> Found:
        command = [_tool("check-jsonschema"), "--builtin-schema", schema, "--output-format", "json", *paths]
        said = json.loads(_run(command, folder))
        found: Found = Counter()
        for error in said.get("errors", ()):
            found[error["filename"], f"{schema}: {re.sub(r'[^.]*$', '', error['path'])} is not valid"] += 1
        for error in said.get("parse_errors", ()):
            found[error["filename"], f"{schema}: it does not parse"] += 1
        return found

    return validated


def audited(folder: pathlib.Path, paths: Sequence[str]) -> Found:
    """zizmor, without network."""
    command = [_tool("zizmor"), "--offline", "--no-progress", "--no-exit-codes", "--format", "json", *paths]
    found: Found = Counter()
    for finding in json.loads(_run(command, folder) or "[]"):
        where = next(iter(finding["locations"]), None)
        path = where["symbolic"]["key"]["Local"]["verbatim_path"] if where is not None else ""
        found[path, f"zizmor: {finding['ident']} ({finding['determinations']['severity']})"] += 1
    return found


def _tool(name: str) -> str:
    return shutil.which(name, path=str(pathlib.Path(sys.executable).parent)) or shutil.which(name) or name


def _run(command: Sequence[str], folder: pathlib.Path) -> str:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=600).stdout


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("migration")
    parser.add_argument("trees", nargs="+", type=pathlib.Path)
    options = parser.parse_args(arguments)
    plan, faults = migration.load(options.migration), 0
    total = Verdict()
    for root in options.trees:
        verdict = judge(root.resolve(), plan)
        counts = ", ".join(f"{verdict.changed[schema]}/{count} {schema}" for schema, count in verdict.files.items())
        print(f"{root.name}: {counts or 'no such file'}; {verdict.known} known before, {len(verdict.faults)} new")
        print("".join(f"  {fault}\n" for fault in sorted(verdict.faults)), end="", flush=True)
        faults += len(verdict.faults)
        total.files += verdict.files
        total.changed += verdict.changed
    print(f"changed {total.changed.total()} of {total.files.total()} files, {faults} new complaints")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
