"""Set provider settings, comparisons and types to the new provider's slug.

    client = connect(provider="gradient")  ->  client = connect(provider="openrouter")

A setting that `settings:` of the migration names gets the value that stands there, because the provider of chat and
that of embeddings need not be replaced by the same one. A value whose place handles the new provider already is left
to dead_branches: renamed, it would stand there twice. A label that a selector asks for stays, too.
"""

from __future__ import annotations

import re

from offramp.evidence import new_provider
from offramp.model import Edit, Finding, Fix, Refusal, Role
from offramp.project import Context
from offramp.syntax import alternatives, yaml_names
from offramp.syntax.nodes import NodeTree
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
    if (reason := _held(finding, context)) is not None:
        return Refusal(f"{finding.text} is {finding.place.syntax}: {reason}")
    if finding.bare and IDENTITY.search(finding.place.key):
        why = f"{finding.place.key} may name an account, a host or the like that is called '{finding.text}' elsewhere"
        return Refusal(f"{why}: change it by hand if it means the provider")
    if finding.place.role is Role.KEY and not finding.place.key and CHART_VALUES.search(finding.path):
        return Refusal(f"'{finding.text}' is a section that charts read: change it together with the chart")
    chosen = new_provider(finding.place.key, context.migration)
    new = chosen if chosen != context.migration.new_slug else finding.term.new
    if not new:
        return Refusal("the migration names no provider that replaces this one: write replace.provider, or remove it")
    text, old = context.document.text, finding.text
    span = alternatives.redundant(text, finding.start, finding.end, lambda name: new if name == old else name)
    if span is not None:
        return Fix(f"{new} is one of the alternatives already", (Edit(*span, ""),))
    return Fix.replace(finding, new)


def _held(finding: Finding, context: Context) -> str | None:
    """Why a label has to stay: a selector asks for it, and most of them can't be changed in place."""
    if finding.place.syntax == yaml_names.SELECTOR:
        return "it can't be changed in place: relabel by hand what it selects, or keep it"
    if finding.place.syntax != yaml_names.LABEL:
        return None
    label, documents = finding.place.key, context.project.documents.items()
    trees = ((path, document.tree) for path, document in documents if document.kind == "yaml")
    chosen = (p for p, tree in trees if isinstance(tree, NodeTree) and yaml_names.selected(tree, label, finding.text))
    where = next(chosen, None)
    return f"a selector of {where} asks for it: relabel both by hand, or keep it" if where is not None else None
