"""A migration as terms: every old name in every spelling in which it stands in files, with what replaces it.

GRADIENT_API_KEY: OPENROUTER_API_KEY    ->  that variable, and gradient_api_key, gradientApiKey, gradient-api-key
https://inference.do-ai.run/v1: …       ->  that URL, and its host
lib.gradient_client: lib.llm_client     ->  that module, and the paths lib/gradient_client(.py)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from offramp.migration import Migration, wildcard
from offramp.model import Term, TermKind

# The path of a URL whose host is the provider's own; `github.com/old/sdk` says nothing about github.com.
API_ROOT = re.compile(r"(?:/(?:api|rest|inference|v\d+\w*))*/?")
SCRIPT = re.compile(r"\.(?:[cm]?[jt]sx?)$")
INDEX = re.compile(r"/index\.(?:[cm]?[jt]sx?)$")
MADE = {".ts": ".js", ".tsx": ".js", ".mts": ".mjs", ".cts": ".cjs"}  # what a script is imported by, once it is made
MANY_PATHS = 300  # moves; with more, references are found by whole paths and folders only


def terms_of(migration: Migration, kind: TermKind, paths: Mapping[str, str]) -> Iterator[Term]:
    match kind:
        case TermKind.PATH:
            yield from (Term(kind, old, new, old) for old, new in _module_paths(migration).items())
            yield from path_terms(paths)
        case TermKind.ENV:
            for old, new in {**migration.secrets, **migration.env}.items():
                yield Term(kind, old, new, old, exact="*" not in old)
        case TermKind.MODEL:
            yield from _models(migration)
        case TermKind.URL:
            yield from _urls(migration)
        case TermKind.PACKAGE:
            yield from _packages(migration)
        case TermKind.MODULE:
            for old, new in migration.modules.items():
                yield Term(kind, old, new, old, exact="*" not in old)
        case TermKind.SYMBOL:
            yield from _symbols(migration)
        case TermKind.NAME:
            for name in migration.names:
                yield Term(kind, name, migration.new_name or None, name, exact=" " in name)
        case _:
            return


def _packages(migration: Migration) -> Iterator[Term]:
    """Every package; to pip `-`, `_` and `.` in a name are alike, and people write the first two."""
    for ecosystem, table in migration.packages.items():
        for old, new in table.items():
            yield Term(TermKind.PACKAGE, old, new, old, ecosystem=ecosystem)
        for old, new in table.items() if ecosystem == "pip" else ():
            for spelled in (re.sub(r"[-_.]+", joint, old) for joint in "-_"):
                if spelled not in table:
                    yield Term(TermKind.PACKAGE, spelled, new, old, exact=False, ecosystem=ecosystem)


def _models(migration: Migration) -> Iterator[Term]:
    for old, new in migration.models.items():
        yield Term(TermKind.MODEL, old, new, old)
        routed = f"{migration.slug}/{old}"  # as routers write it, unless that is how the new provider calls it
        if migration.slug and routed not in migration.models.values():
            yield Term(TermKind.MODEL, routed, new, old)


def _module_paths(migration: Migration) -> dict[str, str | None]:
    """The files of the modules that move: `lib.old_client` → `lib/old_client.py`; only modules with a parent."""
    paths: dict[str, str | None] = {}
    for old, new in migration.modules.items():
        if "." in old and "*" not in old and new:
            paths[old.replace(".", "/") + ".py"] = new.replace(".", "/") + ".py"
            paths[old.replace(".", "/")] = new.replace(".", "/")
    return paths


def path_terms(paths: Mapping[str, str]) -> Iterator[Term]:
    """How the files that move are referred to; `entry` is the old path of the file itself.

    By the whole path and by that of the folder which moves; by what is left of it for a file further down (`exact`
    is False then: see `evidence`), and the way JavaScript imports, without the suffix.
    """
    for old, new in paths.items():
        yield Term(TermKind.PATH, old, new, old)
        folder, target = moved_unit(old, new)
        if folder != old and "/" in folder:
            yield Term(TermKind.PATH, folder, target, old)
    for old, new in paths.items() if len(paths) <= MANY_PATHS else ():
        parts, targets = old.split("/"), new.split("/")
        if len(parts) != len(targets):
            continue  # into another folder: only the whole path says which file is meant
        last = max(index for index, part in enumerate(parts) if part != targets[index])
        for index in range(last + 1):
            form, becomes = "/".join(parts[index:]), "/".join(targets[index:])
            if index and "." in form:
                yield Term(TermKind.PATH, form, becomes, old, exact=False)
            if (suffix := SCRIPT.search(form)) is not None:
                shorter = becomes.removesuffix(suffix[0])
                yield Term(TermKind.PATH, form.removesuffix(suffix[0]), shorter, old, exact=False)
                if (made := MADE.get(suffix[0])) is not None:
                    bare = form.removesuffix(suffix[0])
                    yield Term(TermKind.PATH, bare + made, shorter + made, old, exact=False)
        if INDEX.search(old):
            yield from _folder_terms(old, new)


def _folder_terms(old: str, new: str) -> Iterator[Term]:
    """How scripts import the index of a folder: by the folder, of which a bare word says nothing."""
    parts, targets = INDEX.sub("", old).split("/"), INDEX.sub("", new).split("/")
    for index in range(len(parts) - 1):
        yield Term(TermKind.PATH, "/".join(parts[index:]), "/".join(targets[index:]), old, exact=False)
    for step in ("./", "../"):
        yield Term(TermKind.PATH, step + parts[-1], step + targets[-1], old, exact=False)


def moved_unit(old: str, new: str) -> tuple[str, str]:
    """What moves as one when a file does: the first folder whose name changes, else the file.

    >>> moved_unit("prompts/gradient/system.txt", "prompts/openrouter/system.txt")
    ('prompts/gradient', 'prompts/openrouter')
    """
    parts, targets = old.split("/"), new.split("/")
    if len(parts) != len(targets):
        return old, new
    first = next((index for index, part in enumerate(parts) if part != targets[index]), len(parts))
    return "/".join(parts[: first + 1]), "/".join(targets[: first + 1])


def _urls(migration: Migration) -> Iterator[Term]:
    hosts: dict[str, Term] = {}
    for old, new in migration.urls.items():
        yield Term(TermKind.URL, old, new, old)
        host, successor = _host(old), _host(new or "")
        if host != old and "*" not in old and API_ROOT.fullmatch(old.rpartition("://")[2].removeprefix(host)):
            hosts.setdefault(host, Term(TermKind.URL, host, successor or None, old, exact=False))
    yield from (term for host, term in hosts.items() if host not in migration.urls)


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0] if "://" in url else url.partition("/")[0]


def _symbols(migration: Migration) -> Iterator[Term]:
    for old, new in migration.symbols.items():
        yield Term(TermKind.SYMBOL, old, new, old, exact="*" not in old)
    for old, new in migration.env.items():
        pairs = list(zip(spellings(old), spellings(new) if new else (None,) * 3, strict=True))
        for spelled_old, spelled_new in pairs[:1] if "*" in old else pairs:
            said = any(wildcard(entry).fullmatch(spelled_old) for entry in migration.symbols)
            if not said and len(spelled_old.strip("*_-")) > 3:
                yield Term(TermKind.SYMBOL, spelled_old, spelled_new, spelled_old, exact=False)


def spellings(name: str) -> tuple[str, ...]:
    """The other spellings in which a setting's name is carried: snake, camel, kebab.

    >>> spellings("LLM_API_KEY")
    ('llm_api_key', 'llmApiKey', 'llm-api-key')
    """
    lower = name.lower()
    head, *tail = lower.split("_")
    return lower, head + "".join(part[:1].upper() + part[1:] for part in tail), lower.replace("_", "-")
