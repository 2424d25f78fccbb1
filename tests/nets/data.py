"""Whether a run has changed data that are none of its business, and whether every touched file still has its form.

Independent readers make plain leaves of the YAML, JSON, TOML, INI and env files of a tree: `env/PORT = 80`. A leaf may go
or change only where it holds a word of the migration, and a leaf may come only where it does so, too.

    [('services/api/environment/GRADIENT_API_KEY', 'x')]  ->  [('services/api/environment/OPENROUTER_API_KEY', 'x')]
"""

from __future__ import annotations

import configparser
import functools
import io
import json
import re
import shutil
import subprocess
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

import yaml

from offramp import files
from offramp.migration import Migration

Leaf = tuple[str, str]
LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def leaves(path: str, text: str) -> Counter[Leaf] | None:
    """The leaves of a file, or None for one without data.

    Raises:
        ValueError: its reader does not take it.
    """
    reader = reader_of(path)
    return Counter(reader(text)) if reader is not None else None


def reader_of(path: str) -> Callable[[str], Iterable[Leaf]] | None:
    kind, name = files.kind_of(path), path.rpartition("/")[2]
    if re.search(r"\.(ya?ml)$", name):
        return _yaml
    if re.search(r"\.(json|ipynb|webmanifest)$", name):
        return _json
    if name.endswith(".toml"):
        return _toml
    if kind == "env_file":
        return _env
    return _ini if re.search(r"(\.ini|\.cfg)$", name) else None


def _yaml(text: str) -> Iterator[Leaf]:
    try:
        for document in yaml.compose_all(text, Loader=LOADER):
            yield from _of_node(document, "")
    except yaml.YAMLError as error:
        raise ValueError(str(error).splitlines()[0]) from None


def _of_node(node: yaml.Node | None, at: str) -> Iterator[Leaf]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _of_node(value, f"{at}/{key.value if isinstance(key, yaml.ScalarNode) else '?'}")
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _of_node(item, f"{at}[]")
    elif isinstance(node, yaml.ScalarNode):
        yield at, f"{node.value} ({node.tag.rpartition(':')[2]})"


def _json(text: str) -> Iterator[Leaf]:
    yield from _of_value(json.loads(text), "")


def _toml(text: str) -> Iterator[Leaf]:
    yield from _of_value(tomllib.loads(text), "")


def _of_value(value: object, at: str) -> Iterator[Leaf]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _of_value(inner, f"{at}/{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from _of_value(inner, f"{at}[]")
    else:
        yield at, repr(value)


def _env(text: str) -> Iterator[Leaf]:
    import dotenv.parser

    for bound in dotenv.parser.parse_stream(io.StringIO(text)):
        if bound.key is not None:
            yield bound.key, repr(bound.value)


def _ini(text: str) -> Iterator[Leaf]:
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    parser.optionxform = str  # type: ignore[method-assign,assignment]  # as the library documents it
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise ValueError(str(error).splitlines()[0]) from None
    for section in parser.sections():
        for key, value in parser.items(section):
            yield f"{section}/{key}", repr(value)


def faults(
    before: Mapping[str, str],
    after: Mapping[str, str],
    moves: Mapping[str, str],
    plan: Migration,
    settings: Iterable[str] = (),
) -> list[str]:
    """What is wrong with the data and the form of the files that a run has touched: lines for a person.

    Args:
        before: the texts of the tree by path.
        after: those of the result; `moves` maps the new path of a file to the old one.
        settings: those that the run says must be provided; it may have added them.
    """
    told: list[str] = []
    known = words(plan, [*moves, *moves.values(), *settings])
    for path, text in sorted(after.items()):
        old = before.get(moves.get(path, path))
        if old is not None and old != text:
            told += [f"{path}: {why}" for why in _of_file(path, old, text, known)]
    return told


def _of_file(path: str, old: str, new: str, known: re.Pattern[str]) -> Iterator[str]:
    if files.kind_of(path) == "shell" and (why := _shell(old, new)) is not None:
        yield why
    try:
        was = leaves(path, old)
    except ValueError:
        return  # it had no form before
    if was is None:
        return
    try:
        now = leaves(path, new)
    except ValueError as error:
        yield f"it does not parse any more: {error}"
        return
    assert now is not None
    for at, value in was - now:
        if not known.search(f"{at} {value}"):
            yield f"{at} = {value[:80]} has gone, which is not the migration's business"
    for at, value in now - was:
        if not known.search(f"{at} {value}"):
            yield f"{at} = {value[:80]} has come, which is not the migration's business"


@functools.cache
def _bash() -> str | None:
    return shutil.which("bash")


def _shell(old: str, new: str) -> str | None:
    """Whether bash reads a script no more."""
    if _bash() is None or "\r" in new:
        return None
    results = [_bash_takes(text) for text in (old, new)]
    return "bash does not read it any more" if results == [True, False] else None


def _bash_takes(text: str) -> bool:
    command = [_bash() or "bash", "-n"]
    done = subprocess.run(command, input=text.encode("utf-8", "surrogateescape"), capture_output=True, check=False)
    return done.returncode == 0


def words(plan: Migration, more: Iterable[str] = ()) -> re.Pattern[str]:
    """Every word of a migration, old and new; `more` are settings and paths, of which the last part counts."""
    found = {plan.slug, plan.new_slug, *plan.settings, *plan.settings.values()}
    for pairs in (plan.env, plan.models, plan.urls, plan.modules, plan.symbols, plan.secrets):
        found |= {word for pair in pairs.items() for word in pair if word}
    for pairs in plan.packages.values():
        found |= {word for pair in pairs.items() for word in pair if word}
    found |= {name for name in (*plan.names, plan.new_name) if name}
    found |= {name.rpartition("/")[2] for name in more}
    bare = {word.replace("*", "").strip("_-") for word in found if word}
    longest = sorted((re.escape(word) for word in bare if len(word) > 2), key=len, reverse=True)
    return re.compile("|".join(longest), re.IGNORECASE)
