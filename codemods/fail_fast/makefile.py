"""Fallbacks in makefiles.

V ?= literal  ->  V ?= $(error V is not set, add it to .env)

Make reads such a value when a recipe uses it, and not before: the targets that need the variable stop with the
message, the others run. Where make would read it earlier (it is exported, tested, or used outside the recipes) every
target would stop, and a person has to decide.
"""

from __future__ import annotations

import re

from codemods.fail_fast import provision
from offramp.model import Edit, Fix, Refusal
from offramp.project import Context
from scanners.fallbacks import Fallback

EXPORTED = re.compile(r"(?m)^[ ]*(?:export[ \t]*(?:#.*)?$|\.EXPORT_ALL_VARIABLES)")


def answer(form: Fallback, context: Context) -> Fix | Refusal:
    name, text = form.setting, context.document.text
    if (reason := _read_early(name, text, form)) is not None:
        return Refusal(
            f"make falls back to a literal for {name}, and {reason}: write `ifndef {name}` with `$(error …)` in the"
            " targets that need it, so that the others still run"
        )
    if isinstance(adds := provision.settle(context, name), Refusal):
        return adds
    stops = f"$(error {name} is not set, add it to {provision.where(context, name)})"
    kept = text[form.value[0] : form.value[1]]
    return Fix(
        f"{name} must be set",
        (Edit(*form.value, stops + kept[len(kept.rstrip()) :]),),
        settings=(name,),
        adds=adds,
    )


def _read_early(name: str, text: str, form: Fallback) -> str | None:
    """Why an error in its value would stop more than the targets that use a variable."""
    if text[form.span[0] : form.value[0]].lstrip().startswith("export") or EXPORTED.search(text):
        return "hands it to every recipe"
    if re.search(rf"(?m)^[ ]*(?:un)?export\b.*\b{name}\b", text):
        return "hands it to every recipe"
    used = re.compile(
        rf"\$[({{]{name}[)}}:]|\$\(call[^)\r\n]*\b{name}\b|\b(?:ifdef|ifndef|origin|flavor)[ \t]+{name}\b"
    )
    uses = list(used.finditer(text))
    lines = [text[text.rfind("\n", 0, use.start()) + 1 : use.start()] for use in uses]
    if not all(line.startswith("\t") for line in lines):
        return "it is read outside the recipes"
    return None if uses else "nothing shows which targets need it"
