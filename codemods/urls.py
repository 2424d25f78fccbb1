"""Point URLs and hosts at the provider that replaces the retired one.

    BASE_URL=https://inference.do-ai.run/v1  ->  BASE_URL=https://openrouter.ai/api/v1

The longest entry that matches is replaced and what follows it is kept. A host whose path the migration does not map
is left to a person: the other side may serve something else there.
"""

from __future__ import annotations

from offramp.model import Finding, Fix, Refusal
from offramp.project import Context

RULES = ("retired-url",)
SUBJECT = "Point URLs at the new provider"


def fix(finding: Finding, context: Context) -> Fix | Refusal | None:
    if finding.term.new is None:
        return Refusal(f"the migration names no successor of {finding.term.old}: add one to urls:, or remove the use")
    follows = context.document.text[finding.end : finding.end + 1]
    if not finding.term.exact and follows == "/":
        reason = f"the migration maps {finding.term.entry}, not this path on {finding.text}: add the URL to urls:"
        return Refusal(reason)
    return Fix.replace(finding, finding.term.new)
