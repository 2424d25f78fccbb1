"""Who provides a setting: the proof that removing its fallback breaks nothing, and the file that an error can name.

Env files and their templates, compose files, workflows, Kubernetes manifests, platform files, service units and
images provide settings. Where the repository has such files and none of them names the setting, its fallback stays.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from offramp import files
from offramp.migration import carry
from offramp.model import Refusal
from offramp.project import Context
from offramp.vocabulary import FRAMEWORK_PREFIXES

TEMPLATE = re.compile(r"[._-](?:example|template|tmpl|sample|dist)\b")
STALE = re.compile(r"[._](?:bak|backup|old|orig|disabled)$")
COMPOSE = re.compile(r"(?:docker-)?compose[\w.-]*\.ya?ml$")
WORKFLOW = re.compile(r"(?:^|/)\.github/workflows/[^/]+\.ya?ml$")
PLATFORM = re.compile(r"(?:^|/)(?:(?:render|app|fly|vercel|netlify)\.(?:ya?ml|toml|json)|[^/]+\.(?:service|tfvars))$")
SAFE = re.compile(r"[\w./@+-]+")  # what can stand in a message of every language without quoting
ENVIRONMENT = "the environment"


def is_deleted(context: Context, name: str) -> bool:
    """Whether the migration removes a setting without a successor."""
    env = context.migration.env
    exact = env.get(name, "")
    if exact != "" or name in env:
        return exact is None
    return any(new is None and carry(old, "", name) is not None for old, new in env.items() if "*" in old)


def names(context: Context, name: str) -> set[str]:
    """A setting under its present name and under those that become it."""
    prefix = next((prefix for prefix in FRAMEWORK_PREFIXES if name.startswith(prefix)), "")
    known = {name}
    for own in {name, name.removeprefix(prefix)}:
        for old, new in context.migration.env.items():
            if new is not None and (back := carry(new, old, own)) is not None and "*" not in back:
                known.add(back if own == name else prefix + back)
    return known


def gap(context: Context, name: str) -> Refusal | None:
    """Why the fallback of a setting must stay: nothing that runs the code provides it."""
    known = provided_by(context, name)
    if known:
        return None
    runners = [path for path in _candidates(context) if _rank(path) < 4]
    if not runners:
        return None  # a library, or a tree without its deployment: there is nothing to hold it against
    return Refusal(f"no place that runs the code provides {name}: add it to {runners[0]} first")


def where(context: Context, *settings: str) -> str:
    """The place that an error names: the file in which these settings belong, or the environment."""
    places = {_place(context, setting) for setting in settings}
    return places.pop() if len(places) == 1 else ENVIRONMENT


def _place(context: Context, name: str) -> str:
    path = next(iter(provided_by(context, name)), "")
    if not SAFE.fullmatch(path):
        return ENVIRONMENT
    if files.kind_of(path) != "env_file":
        return f"{ENVIRONMENT} (see {path})"
    target = TEMPLATE.sub("", path)
    return path if target == path else f"{target} (see {path})"


def provided_by(context: Context, name: str) -> list[str]:
    """The files that provide a setting, the likeliest to be edited by a person first."""
    alternatives = "|".join(re.escape(n) for n in sorted(names(context, name)))
    # a name at the beginning of an entry, not one that is read: `$NAME`, `${NAME}`, `vars.NAME`
    pattern = re.compile(
        rf"(?<![\w.${{%/-])(?:{alternatives})(?:[\"']?\s*(?:=|:(?!-))|[\"']?\s*(?:$|\r)| [^\s=])", re.MULTILINE
    )
    return [path for path in _candidates(context) if any(map(pattern.search, _lines(context, path)))]


def _lines(context: Context, path: str) -> Iterator[str]:
    """The lines of a file that may provide settings: without comments."""
    lines = (context.project.text(path) or "").splitlines()
    image = files.kind_of(path) == "dockerfile"
    for line in lines:
        if not line.lstrip().startswith(("#", "//")) and not (image and not re.match(r"\s*(?:ENV\s|\w+=)", line)):
            yield line


def _candidates(context: Context) -> list[str]:
    """The files that can provide settings, nearest to the document first within each sort."""
    project = context.project
    paths = [path for path in project.paths if _rank(path) < 5 or _is_manifest(context, path)]
    folder = context.folder

    def distance(path: str) -> tuple[int, int, str]:
        return _rank(path), os.path.relpath(os.path.dirname(path) or ".", folder or ".").count("/"), path

    return sorted(paths, key=distance)


def _rank(path: str) -> int:
    if STALE.search(path):
        return 9
    if files.kind_of(path) == "env_file":
        return 0 if TEMPLATE.search(path) else 1
    if COMPOSE.search(path):
        return 2
    if WORKFLOW.search(path):
        return 3
    return 4 if PLATFORM.search(path) or files.kind_of(path) == "dockerfile" else 9


def _is_manifest(context: Context, path: str) -> bool:
    document = context.project.documents.get(path)
    return document is not None and document.kind == "yaml" and re.search(r"(?m)^kind: ", document.text) is not None
