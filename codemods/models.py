"""Replace model ids by the ids under which the new provider serves the same models.

    model="llama3.3-70b-instruct"  ->  model="meta-llama/llama-3.3-70b-instruct"

Only ids that the migration maps; any other is left to a person and never guessed.
"""

from __future__ import annotations

from offramp.model import Finding, Fix, Refusal
from offramp.project import Context

RULES = ("retired-model",)
SUBJECT = "Replace the model ids"


def fix(finding: Finding, context: Context) -> Fix | Refusal | None:
    if finding.term.new is None:
        reason = f"the migration names no successor of the model {finding.text}: choose one and add it to models:"
        return Refusal(reason)
    return Fix.replace(finding, finding.term.new)
