"""References of Kubernetes to a key that need not be there: `optional: true`.

    secretKeyRef: {name: llm, key: api-key, optional: true}  ->  secretKeyRef: {name: llm, key: api-key}

Only where a manifest of the tree holds the key, so that the container goes on starting.
"""

from __future__ import annotations

from codemods.fail_fast import places_kubernetes
from offramp.model import Edit, Fix, Refusal
from offramp.project import Context
from scanners.fallbacks import Fallback


def answer(form: Fallback, context: Context) -> Fix | Refusal:
    entries = context.document.tree.entries()
    entry = next(entry for entry in entries if entry.key_start == form.start)
    beside = {other.key: other.value for other in entries if other.scope == entry.scope}
    store, key = beside.get("name", ""), beside.get("key", "")
    if key not in places_kubernetes.keys_of(context, store):
        return Refusal(
            f"the container starts without {form.setting} where {store or 'its source'} lacks the key {key}:"
            f" see that the key is there, then remove 'optional: true'"
        )
    if entry.outer is None:
        return Refusal(f"'optional: true' hides that {form.setting} is missing, and {entry.stuck}: remove it by hand")
    return Fix(f"{form.setting} must be there", (Edit(*entry.outer, ""),), settings=(form.setting,))
