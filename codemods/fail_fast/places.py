"""The places that run a piece of code, and whether each of them gives it a setting.

    env templates        of the nearest folder around the code that has any; what stands in config/env, deploy/ … counts
                         as standing above that folder
    compose services     that build from a folder with the code, mount it, or run an image that is built from it
    workflows            whose commands start it, directly or by what they import; or run its image
    images               whose build starts it
    Kubernetes           containers with its image, or in a folder of its own
    platform files       above it, where they list an environment at all

Only such evidence makes a place: a workflow that lints, a service that runs a data base, a manifest of another image
do not run the code and need not know its settings.
"""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Iterator

from offramp import files
from offramp.project import Context

TEMPLATE = re.compile(r"[._-](?:example|template|tmpl|sample|dist)\b")
STALE = re.compile(r"[._](?:bak|backup|old|orig|disabled)$")
REAL = re.compile(r"(?:^|/)\.env(?:\.(?:prod|production|dev|development|staging|local))?$")
PLATFORM = re.compile(r"(?:^|/)(?:render|app|fly|railway)\.(?:ya?ml|toml|json)$")
LISTS_ENVIRONMENT = re.compile(r"(?mi)^[\s\"'-]*\[?(?:env|envs|envVars|environment|env_variables)\b\"?\]?\s*(?::|$)")
# folders that hold the configuration of what stands above them
CONFIGURING = re.compile(r"(?:^|/)(?:config|configs|conf|env|envs|deploy|deployment|docker|infra|ops|\.do)$")


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """Something that runs the code. `need` adds the setting to the file; without it only a person can."""

    path: str
    what: str  # 'the service api of docker-compose.yml'
    gives: bool
    need: str = ""
    advice: str = ""  # what a person has to do where nothing can be added


def area(path: str) -> str:
    """The folder that a configuration file speaks for."""
    folder = os.path.dirname(path)
    while CONFIGURING.search(folder):
        folder = os.path.dirname(folder)
    return folder


def holds(folder: str, path: str) -> bool:
    return not folder or path.startswith(f"{folder}/")


def templates(context: Context, names: frozenset[str], name: str) -> Iterator[Place]:
    """The env templates of the nearest folder around the code; the env files that git has where there is none."""
    here = context.document.path
    found = [p for p in context.project.of_kind("env_file") if not STALE.search(p) and holds(area(p), here)]
    for wanted in (TEMPLATE, REAL):
        paths = [path for path in found if wanted.search(path)]
        if paths:
            nearest = max(len(area(path)) for path in paths)
            for path in (p for p in paths if len(area(p)) == nearest):
                yield env_file(context, path, names, name)
            return


def env_file(context: Context, path: str, names: frozenset[str], name: str) -> Place:
    gives = names_in_env_file(context, path, names)
    if TEMPLATE.search(path):
        return Place(path, path, gives, f"setting::{name}=")
    return Place(path, path, gives, advice=f"add {name} to {path} first")


def names_in_env_file(context: Context, path: str, names: frozenset[str]) -> bool:
    from offramp.syntax import env

    data = env.data(context.project.text(path) or "")
    return any(data.get(known) is not None and (data[known] or TEMPLATE.search(path)) for known in names)


def platforms(context: Context, names: frozenset[str], name: str) -> Iterator[Place]:
    """Files of hosting platforms that list an environment."""
    for path in sorted(context.project.paths):
        if not PLATFORM.search(path) or not holds(area(path), context.document.path):
            continue
        text = context.project.text(path) or ""
        if LISTS_ENVIRONMENT.search(text):
            given = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(names)))})\b")
            lines = (line for line in text.splitlines() if not line.lstrip().startswith(("#", "//")))
            yield Place(path, path, any(map(given.search, lines)), advice=f"add {name} to {path} first")


def running(context: Context, names: frozenset[str], name: str) -> list[Place]:
    """Every place that runs the document, and whether it gives it a setting under one of its names."""
    from codemods.fail_fast import places_commands, places_compose, places_kubernetes

    if context.document.kind == "yaml":  # a compose file: what it interpolates is in the env file beside it
        return list(templates(context, names, name))
    images = places_compose.images(context) | places_commands.images(context)
    return [
        *templates(context, names, name),
        *places_compose.services(context, names, name, images),
        *places_commands.workflows(context, names, name, images),
        *places_commands.builds(context, names, name),
        *places_kubernetes.containers(context, names, name, images),
        *platforms(context, names, name),
    ]


def image_name(written: str) -> str:
    """The name of an image without its registry, owner, tag and digest; empty where it is put together."""
    last = re.sub(r"\$\{\{.*?\}\}|\$\{[^}]*\}|\$\w+", "$", written).rpartition("/")[2].partition("@")[0]
    name = last.partition(":")[0].strip("\"' ")
    return "" if "$" in name else name


def is_kind(path: str, kind: str) -> bool:
    return files.kind_of(path) == kind and not STALE.search(path)
