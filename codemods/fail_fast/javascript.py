"""Fallbacks in JavaScript and TypeScript.

    process.env.V ?? 'literal'  ->  process.env.V ?? (() => { throw new Error('V is not set, add it to .env') })()

The member expression stays as it is, because bundlers replace `process.env.NEXT_PUBLIC_V` and `import.meta.env.VITE_V`
as they stand; the type stays `string`.
"""

from __future__ import annotations

from codemods.fail_fast import provision
from offramp.model import Edit, Fix, Refusal
from offramp.project import Context
from scanners.fallbacks import Fallback

REASONS = {
    "destructured": "the default stands in a pattern: read {} in a statement of its own that throws when it is missing",
    "default": "whoever leaves {} out relies on the default: make it required where all of them pass it",
    "value": "where {} comes from is not to be seen here: let it fail where it is read",
}


def answer(form: Fallback, context: Context) -> Fix | Refusal:
    name = form.setting
    if form.shape in REASONS:
        return Refusal(REASONS[form.shape].format(name or "the value"))
    if form.others:
        return Refusal(f"either {name} or {' or '.join(form.others)} may be set: decide which one is required")
    if isinstance(adds := provision.settle(context, name), Refusal):
        return adds
    text = context.document.text
    quote = '"' if text[form.value[0]] == '"' else "'"
    message = f"{name} is not set, add it to {provision.where(context, name)}"
    thrown = f"(() => {{ throw new Error({quote}{message}{quote}) }})()"
    return Fix(f"{name} must be set", (Edit(*form.value, thrown),), settings=(name,), adds=adds)
