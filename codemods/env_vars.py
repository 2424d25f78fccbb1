"""Rename the environment variables of the retired provider, wherever they are read, set, checked or named.

    os.environ["GRADIENT_API_KEY"]  ->  os.environ["OPENROUTER_API_KEY"]

A name is renamed as a whole, prefixes of frameworks (`VITE_`, `NEXT_PUBLIC_`, `TF_VAR_`) kept. A name that is put
together at run time is left to a person.
"""

from __future__ import annotations

from offramp.model import Finding, Fix, Refusal
from offramp.project import Context

RULES = ("retired-env-var", "retired-secret")
SUBJECT = "Rename the environment variables"


def fix(finding: Finding, context: Context) -> Fix | Refusal | None:
    if finding.term.new is None:
        return None  # delete_entries answers
    if finding.place.built:
        return Refusal(f"the name {finding.text} is put together at run time: change where its parts come from")
    return Fix.replace(finding, finding.term.new)
