"""Set provider settings, comparisons and types to the new provider's slug.

    client = connect(provider="gradient")  ->  client = connect(provider="openrouter")

A setting that `settings:` of the migration names gets the value that stands there, because the provider of chat and
that of embeddings need not be replaced by the same one. A value whose place handles the new provider already is left
to dead_branches: renamed, it would stand there twice.
"""

from __future__ import annotations

import re

from offramp.evidence import new_provider
from offramp.model import Finding, Fix, Refusal, Role
from offramp.project import Context
from scanners import dead_branches

# Settings that name things which are called so elsewhere: an account, a host, a bucket
IDENTITY = re.compile(
    r"(?i:(?:^|[_.-])(?:user|username|login|account|secret|pass|password|bucket|database|db|schema|host|hostname|domain"
    r"|namespace|container|volume|network|image|repository)|[_.-](?:key|id|token))$"
)
CHART_VALUES = re.compile(r"(?:^|[/._-])values[^/]*\.ya?ml$")

RULES = ("retired-provider-value",)
SUBJECT = "Set provider settings to the new provider"


def fix(finding: Finding, context: Context) -> Fix | Refusal | None:
    dead = dead_branches.handled(context.document, finding, context.vocabulary)
    if dead is not None:
        return Refusal(dead.stuck or f"{dead.what} for '{dead.new}' is there already: remove this one")
    if finding.bare and IDENTITY.search(finding.place.key):
        why = f"{finding.place.key} may name an account, a host or the like that is called '{finding.text}' elsewhere"
        return Refusal(f"{why}: change it by hand if it means the provider")
    if finding.place.role is Role.KEY and not finding.place.key and CHART_VALUES.search(finding.path):
        return Refusal(f"'{finding.text}' is a section that charts read: change it together with the chart")
    chosen = new_provider(finding.place.key, context.migration)
    new = chosen if chosen != context.migration.new_slug else finding.term.new
    if not new:
        return Refusal("the migration names no provider that replaces this one: write replace.provider, or remove it")
    return Fix.replace(finding, new)
