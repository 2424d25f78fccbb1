"""Env files that git ignores: the `.env` of a machine, which a migration must not overlook and no commit can hold.

An ignored folder is looked into two levels deep, `deploy/private/prod.env`; never those that hold what was installed or
built. What is found is read like everything else and left alone, unless `--include-ignored` says otherwise.
"""

from __future__ import annotations

import os
import pathlib
from collections.abc import Iterable, Iterator

from offramp import files

LEFT_ALONE = "git ignores the file, so that no commit can hold the change: --include-ignored rewrites it where it lies"
INSTALLED = frozenset(
    {
        *("node_modules", "bower_components", "vendor", "site-packages", "venv", "env", "virtualenv", "__pycache__"),
        *("dist", "build", "target", "out", "coverage", "htmlcov", "bin", "obj", "logs", "tmp", "data", "Pods"),
    }
)
DEPTH = 2  # folders below one that is ignored
MOST = 500  # entries of an ignored folder that are looked at; more is no folder for settings


def env_files(root: pathlib.Path) -> list[str]:
    """The paths of the env files that git, or without git a `.gitignore`, keeps out of the tree; sorted."""
    command = ["ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory"]
    listed = files.git(root, *command)
    names = [os.fsdecode(name) for name in listed.split(b"\0") if name] if listed is not None else files.kept_out(root)
    return sorted(set(_env_files(root, names)))


def _env_files(root: pathlib.Path, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if name.endswith("/"):
            yield from _inside(root, name.rstrip("/"), DEPTH)
        elif _is_env_file(name) and files.is_regular(root / name):
            yield name


def _inside(root: pathlib.Path, folder: str, depth: int) -> Iterator[str]:
    """The env files of a folder that is ignored as a whole."""
    name = folder.rpartition("/")[2]
    if not depth or name in INSTALLED or (name.startswith(".") and not name.startswith(".env")):
        return
    try:
        entries = sorted(os.listdir(root / folder))[:MOST]
    except OSError:
        return
    for entry in entries:
        path = f"{folder}/{entry}"
        if _is_env_file(path) and files.is_regular(root / path):
            yield path
        elif os.path.isdir(root / path) and not os.path.islink(root / path):
            yield from _inside(root, path, depth - 1)


def _is_env_file(path: str) -> bool:
    return files.kind_of(path) == "env_file"
