"""Fallbacks in batch files.

if "%V%"=="" set V=literal  ->  if "%V%"=="" (echo V is not set, add it to .env 1>&2 & exit /b 1)
"""

from __future__ import annotations

import re

from codemods.fail_fast import provision
from offramp.model import Edit, Fix, Refusal
from offramp.project import Context
from scanners.fallbacks import Fallback


def answer(form: Fallback, context: Context) -> Fix | Refusal:
    name, text = form.setting, context.document.text
    if isinstance(adds := provision.settle(context, name), Refusal):
        return adds
    where = re.sub(r"[()]", "^\\g<0>", provision.where(context, name))  # a bracket would end the block
    stops = f"echo {name} is not set, add it to {where} 1>&2 & exit /b 1"
    blocked = "(" in text[text.rfind("\n", 0, form.span[0]) + 1 : form.span[0]] or _alone(text, form.span)
    return Fix(
        f"{name} must be set", (Edit(*form.span, stops if blocked else f"({stops})"),), settings=(name,), adds=adds
    )


def _alone(text: str, span: tuple[int, int]) -> bool:
    """Whether a statement has its line for itself, as in a block."""
    return not text[text.rfind("\n", 0, span[0]) + 1 : span[0]].strip()
