"""A migration: what is retired, and what replaces it. `migration_file` reads and checks the file that says so."""

from __future__ import annotations

import dataclasses
import difflib
import fnmatch
import functools
import importlib.resources
import os
import re
from collections.abc import Mapping

from offramp.model import Problem

MAX_BYTES = 2_000_000
MAPPINGS = ("env", "settings", "models", "urls", "modules", "symbols", "secrets")
KEYS = (
    *("schema", "name", "title", "retire", "replace", *MAPPINGS, "packages", "rewrites", "sdks", "workflows"),
    *("keep", "homonyms", "fail_fast", "examples"),
)


@dataclasses.dataclass(frozen=True, slots=True)
class Rewrite:
    """A call shape: an ast-grep pattern, what replaces it, and the imports that it brings or makes unused."""

    language: str
    match: str
    replace: str
    add_imports: tuple[str, ...] = ()
    remove_imports: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A call of an SDK, or another use of what it hands out, and what replaces it.

    `arguments`: what may stand for `$$$…` of the pattern: a keyword, or the number of an argument without one → the
    new keyword, `$VARIABLE` for one that `replace` puts elsewhere, None for one that goes. `of`: variable → the kind
    of object that must be proved to stand there; `makes` and `yields`: the kind of the value, and of what it yields.
    `where`: variable → what has to be visible of its value. `gives`: the name that the new value is bound to.
    """

    match: str
    replace: str | None
    refuse: str = ""  # in place of a replacement: why there is none
    arguments: Mapping[str, str | None] = dataclasses.field(default_factory=dict)
    of: Mapping[str, str] = dataclasses.field(default_factory=dict)
    where: Mapping[str, str] = dataclasses.field(default_factory=dict)
    makes: str = ""
    yields: str = ""
    gives: str = ""


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Sdk:
    """A Python SDK whose calls are replaced, all of a file or none.

    `whole`: every use of its modules in a file must have a shape; else only of the names that the shapes mention.
    """

    modules: tuple[str, ...]
    name: str  # what the patterns call it
    imports: tuple[str, ...]
    shapes: tuple[Shape, ...]
    whole: bool = True
    default: str = ""  # what `gives:` would bind where no file of the project says more


@dataclasses.dataclass(frozen=True, slots=True)
class Example:
    path: str
    before: str
    after: str
    line: int


@dataclasses.dataclass(frozen=True, slots=True)
class Migration:
    """What a migration file says. Mappings are old → new; None means delete or no successor."""

    name: str
    title: str = ""
    slug: str = ""  # retire.provider
    names: tuple[str, ...] = ()  # retire.names, longest first
    new_slug: str = ""
    new_name: str = ""
    env: Mapping[str, str | None] = dataclasses.field(default_factory=dict)
    settings: Mapping[str, str | None] = dataclasses.field(default_factory=dict)
    models: Mapping[str, str | None] = dataclasses.field(default_factory=dict)
    urls: Mapping[str, str | None] = dataclasses.field(default_factory=dict)
    packages: Mapping[str, Mapping[str, str | None]] = dataclasses.field(default_factory=dict)
    modules: Mapping[str, str | None] = dataclasses.field(default_factory=dict)
    symbols: Mapping[str, str | None] = dataclasses.field(default_factory=dict)
    secrets: Mapping[str, str | None] = dataclasses.field(default_factory=dict)
    rewrites: tuple[Rewrite, ...] = ()
    sdks: tuple[Sdk, ...] = ()
    archive: tuple[str, ...] = ()
    keep_workflows: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    keep_paths: tuple[str, ...] = ()
    homonyms: tuple[str, ...] = ()
    fail_fast_helper: Mapping[str, str | None] = dataclasses.field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    def keeps(self, text: str) -> str | None:
        """The entry of `keep:` that protects this text, if any."""
        return next((entry for entry in self.keep if wildcard(entry).fullmatch(text)), None)

    def keeps_path(self, path: str) -> str | None:
        return next((entry for entry in self.keep_paths if fnmatch.fnmatchcase(path, entry)), None)


@functools.cache
def wildcard(entry: str) -> re.Pattern[str]:
    """The pattern of an entry with at most one `*`; its group is what the `*` stands for."""
    return re.compile("(.*)".join(re.escape(part) for part in entry.split("*", 1)), re.DOTALL)


def carry(old: str, new: str, text: str) -> str | None:
    """What `text` becomes by the entry `old: new`, or None where `old` does not match it.

    >>> carry("GRADIENT_*", "OPENROUTER_*", "GRADIENT_MODEL")
    'OPENROUTER_MODEL'
    """
    matched = wildcard(old).fullmatch(text)
    if matched is None:
        return None
    return new.replace("*", matched[1], 1) if "*" in old else new


def built_in() -> dict[str, str]:
    """The built-in migrations: name → text of the file."""
    folder = importlib.resources.files("codemods") / "migrations"
    files = (entry for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    return {entry.name.removesuffix(".yaml"): entry.read_text(encoding="utf-8") for entry in files}


def load(name_or_path: str) -> Migration:
    """Load a built-in migration by its name, or a migration file by its path.

    Raises:
        Problem: there is no such migration, or the file can't be used; names the line and what to write.
    """
    if re.fullmatch(r"[a-z0-9][a-z0-9-]*", name_or_path) and not os.path.isfile(name_or_path):
        known = built_in()
        if name_or_path not in known:
            close = difflib.get_close_matches(name_or_path, known, n=1)
            hint = f"Did you mean '{close[0]}'? " if close else ""
            hint += f"Built in: {', '.join(sorted(known))}. For a file of your own, give its path (./NAME.yaml)."
            raise Problem(f"there is no migration called '{name_or_path}'", hint=hint)
        return parse(known[name_or_path], f"{name_or_path}.yaml")
    try:
        with open(name_or_path, "rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        hint = "Give the name of a built-in migration or the path of a file; `migrate init` writes one."
        raise Problem("no such migration file", place=name_or_path, hint=hint) from None
    except (OSError, ValueError) as error:
        told = error.strerror if isinstance(error, OSError) else str(error)
        hint = "Give the path of a YAML file, or the name of a built-in migration."
        raise Problem(f"the migration file can't be read: {told}", place=name_or_path, hint=hint) from None
    return parse(_text(content, name_or_path), name_or_path)


def _text(content: bytes, source: str) -> str:
    if len(content) > MAX_BYTES:
        hint = f"A migration file has {MAX_BYTES // 1_000_000} MB at most; is it the right file?"
        raise Problem("this is too large for a migration file", place=source, hint=hint)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        hint = "Save the file as UTF-8; is it the right file?"
        raise Problem("this is not UTF-8 text", place=f"{source}:{line}", hint=hint) from None


def parse(text: str, source: str) -> Migration:
    """Read a migration from the text of its file; `source` names it in error messages.

    Raises:
        Problem: as for `load`.
    """
    from offramp import migration_file

    return migration_file.parse(text, source)
