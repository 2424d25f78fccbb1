"""Set provider settings, comparisons and types to the new provider's slug.

    LLM_PROVIDER=gradient  ->  LLM_PROVIDER=openrouter

A setting that `settings:` of the migration names gets the value that stands there, because the provider of chat and
that of embeddings need not be replaced by the same one.
"""

from __future__ import annotations

from offramp.model import Finding, Fix, Refusal
from offramp.project import Context

RULES = ("retired-provider-value",)
SUBJECT = "Set provider settings to the new provider"


def fix(finding: Finding, context: Context) -> Fix | Refusal | None:
    chosen = context.migration.settings.get(finding.place.key)
    new = chosen if chosen is not None else finding.term.new
    if new is None:
        return Refusal("the migration names no provider that replaces this one: write replace.provider, or remove it")
    return Fix.replace(finding, new)
