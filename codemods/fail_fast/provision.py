"""Who provides a setting: the proof that removing its fallback breaks nothing, and the file that an error can name.

Every place that runs the code (`places`) must provide the setting, or the same change makes it: a template is given a
line without a value, a compose service one that hands the variable on. Where only a person can do that, the fallback
stays, and the reason names the places. A tree without any such place, a library say, has nothing to be held against.
"""

from __future__ import annotations

import re

from codemods.fail_fast.places import TEMPLATE, Place, running
from codemods.fail_fast.places_commands import WORKFLOW
from codemods.fail_fast.places_compose import COMPOSE
from offramp import files
from offramp.migration import carry
from offramp.model import Refusal
from offramp.patterns import FRAMEWORK_PREFIXES
from offramp.project import Context

__all__ = ["COMPOSE", "WORKFLOW", "is_deleted", "is_known", "names", "settle", "where"]
SAFE = re.compile(r"[\w./@+-]+")  # what can stand in a message of every language without quoting
ENVIRONMENT = "the environment"
Adds = tuple[tuple[str, str], ...]


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


def settle(context: Context, name: str, *others: str) -> Refusal | Adds:
    """What other files must be given so that every place that runs the code provides a setting, or one of several.

    A refusal where only a person can give it to one of them.
    """
    places = _places(context, name, *others)
    if not places and (path := _deployed(context)) is not None:
        return Refusal(
            f"what runs this code is not to be seen, though {path} runs something: set {name} where it runs first"
        )
    missing = [place for place in places if not place.gives]
    adds = []
    stuck: list[tuple[Place, str]] = []
    for place in missing:
        reason = _obstacle(context, place)
        if reason is None:
            adds.append((place.path, place.need))
        else:
            stuck.append((place, reason))
    if not stuck:
        return tuple(adds)
    whats = list(dict.fromkeys(place.what for place, _ in stuck))
    listed = ", ".join(whats[:3]) + (f" and {len(whats) - 3} more" if len(whats) > 3 else "")
    return Refusal(f"without {name} {'runs' if len(whats) == 1 else 'run'} {listed}: {stuck[0][1]}")


def _deployed(context: Context) -> str | None:
    """A file that says how something of this tree is run; a library has none."""
    paths = sorted(context.project.paths)
    templates = (path for path in paths if TEMPLATE.search(path) and files.kind_of(path) == "env_file")
    return next((path for path in paths if COMPOSE.search(path)), None) or next(templates, None)


def _places(context: Context, name: str, *others: str) -> list[Place]:
    known = frozenset(known for one in (name, *others) for known in names(context, one))
    return running(context, known, name)


def _obstacle(context: Context, place: Place) -> str | None:
    """Why the setting can't be added to a place, and what a person has to do."""
    document = context.project.document(place.path)
    if not place.need or document is None:
        return place.advice
    left = document.refusal is not None or document.fault is not None or files.is_history(place.path)
    if left or context.migration.keeps_path(place.path) is not None:
        return place.advice or f"{place.path} is left alone: add it there by hand"
    try:
        wanted = document.syntax.provide(document.text, place.need)
    except ValueError as error:
        return f"{error}, so that it has to be added by hand"
    return None if wanted is not None else f"{place.path} sets it to nothing"


def is_known(context: Context, name: str) -> bool:
    """Whether any place that runs the code provides a setting."""
    return any(place.gives for place in _places(context, name))


def where(context: Context, *settings: str) -> str:
    """The place that an error names: the file in which these settings belong, or the environment."""
    places = {_where(context, setting) for setting in settings}
    return places.pop() if len(places) == 1 else ENVIRONMENT


def _where(context: Context, name: str) -> str:
    path = next((place.path for place in _places(context, name) if place.gives or place.need), "")
    if not SAFE.fullmatch(path):
        return ENVIRONMENT
    if files.kind_of(path) != "env_file":
        return f"{ENVIRONMENT} (see {path})"
    target = TEMPLATE.sub("", path)
    return path if target == path else f"{target} (see {path})"
