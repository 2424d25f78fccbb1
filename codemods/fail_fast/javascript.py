"""Fallbacks in JavaScript and TypeScript.

    process.env.V ?? 'literal'             ->  process.env.V ?? (() => { throw new Error('V is not set, …') })()
    const { V = 'literal' } = process.env  ->  const { V = (() => { throw new Error('V is …') })() } = process.env
    V: z.string().default('literal')       ->  V: z.string()
    if (!process.env.V) console.warn('…')  ->  if (!process.env.V) throw new Error('V is not set, add it to .env')

The member expression stays as it is, because bundlers replace `process.env.NEXT_PUBLIC_V` and `import.meta.env.VITE_V`
as they stand; the type stays `string`. A schema complains by itself about what is missing, and names it.
"""

from __future__ import annotations

import re

from codemods.fail_fast import provision
from offramp.model import Edit, Fix, Refusal
from offramp.project import Context
from offramp.syntax import javascript_items
from offramp.syntax.grammar import Node
from offramp.syntax.javascript import Script
from scanners.fallbacks import Fallback

REASONS = {
    "default": "whoever leaves {} out relies on the default: make it required where all of them pass it",
    "value": "where {} comes from is not to be seen here: let it fail where it is read",
    "assigned": "{} is set here for everything that runs after it: remove the line once the environment provides it",
    "left": "what calls this function may ask whether it got anything: throw an error here if {} has to be set",
}
LENIENT = re.compile(r"\.(?:optional|nullish|nullable|catch|allow|or)\(")
MARKED = re.compile(r"[Jj]oi|[Yy]up")  # in their schemas nothing is required that does not say so


def answer(form: Fallback, context: Context) -> Fix | Refusal:
    name, tree = form.setting, context.document.tree
    if form.shape in REASONS:
        return Refusal(REASONS[form.shape].format(name or "the value"))
    if form.others:
        return Refusal(f"either {name} or {' or '.join(form.others)} may be set: decide which one is required")
    assert isinstance(tree, Script)
    edit = _schema(form, tree) if form.shape.startswith("schema") else _thrown(form, context, tree)
    if isinstance(edit, Refusal):
        return edit
    if isinstance(adds := provision.settle(context, name), Refusal):
        return adds
    return Fix(f"{name} must be set", (edit,), settings=(name,), adds=adds)


def _thrown(form: Fallback, context: Context, tree: Script) -> Edit | Refusal:
    text, name = context.document.text, form.setting
    start, end = form.value
    message = f"{name} is not set, add it to {provision.where(context, name)}"
    if form.shape == "warned":
        quote = '"' if text.count('"', *form.span) > text.count("'", *form.span) else "'"
        thrown = f"throw new Error({quote}{message}{quote});"
        body = tree.root.at(start, end).above("statement_block")
        if body is None or body.span != form.value:
            return Edit(start, end, thrown)
        if any(inner.kind == "comment" for inner in body.named):
            return Refusal(f"a comment stands beside what is logged: throw an error here if {name} has to be set")
        return Edit(body.named[0].start, body.named[-1].end, thrown)
    quote = '"' if text[start] == '"' else "'"
    return Edit(start, end, f"(() => {{ throw new Error({quote}{message}{quote}) }})()")


def _schema(form: Fallback, tree: Script) -> Edit | Refusal:
    """What takes the default out of a schema, so that it demands the setting."""
    call = tree.root.at(*form.span)
    chain, handed = _chain(call), call.field("arguments")
    if form.shape == "schema argument":
        assert handed is not None
        return Edit(*call.span, handed.named[0].text)
    if LENIENT.search(chain.text):
        return Refusal(f"the schema of {form.setting} lets it be missing in another way, too: decide what it demands")
    if form.shape == "schema option":
        return Edit(*javascript_items.outer(tree.text, call), "")
    function = call.field("function")
    schema_of = function.field("object") if function is not None else None
    assert schema_of is not None
    return Edit(schema_of.end, call.end, ".required()" if MARKED.match(chain.text) else "")


def _chain(call: Node) -> Node:
    """The whole chain of calls that a call is a part of."""
    while call.parent is not None and call.parent.kind in ("member_expression", "call_expression"):
        call = call.parent
    return call
