"""Fallbacks in PowerShell.

if (-not $env:V) { $env:V = "literal" }  ->  if (-not $env:V) { throw "V is not set, add it to .env" }
$env:V ?? "literal"  ->  $env:V ?? $(throw "V is not set, add it to .env")
"""

from __future__ import annotations

from codemods.fail_fast import provision
from offramp.model import Edit, Fix, Refusal
from offramp.project import Context
from scanners.fallbacks import Fallback


def answer(form: Fallback, context: Context) -> Fix | Refusal:
    name = form.setting
    if form.shape == "parameter":
        return Refusal(f"whoever calls this without -{name} relies on the default: make the parameter mandatory")
    if isinstance(adds := provision.settle(context, name), Refusal):
        return adds
    quote = context.document.text[form.value[0]]
    thrown = f"throw {quote}{name} is not set, add it to {provision.where(context, name)}{quote}"
    if form.shape == "expression":
        thrown = f"$({thrown})"
    return Fix(f"{name} must be set", (Edit(*form.span, thrown),), settings=(name,), adds=adds)
