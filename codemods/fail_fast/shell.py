"""Fallbacks in shell scripts and Procfiles.

${V:-literal}  ->  ${V:?V is not set, add it to .env (see .env.example)}
if [ -z "$V" ]; then V=literal; fi  ->  if [ -z "$V" ]; then : "${V:?V is not set, add it to .env}"; fi
"""

from __future__ import annotations

import os

from codemods.fail_fast import provision
from offramp.model import Edit, Fix, Refusal
from offramp.project import Context
from scanners.fallbacks import Fallback

PROFILES = frozenset({".bashrc", ".profile", ".bash_profile", ".zshrc"})


def answer(form: Fallback, context: Context) -> Fix | Refusal:
    if form.shape in ("quoted", "escaped"):
        return Refusal(f"what reads {form.setting} here is another program that is handed this text: let it fail there")
    if os.path.basename(context.document.path) in PROFILES:
        return Refusal(f"a shell that can't start without {form.setting} locks people out: remove the fallback by hand")
    return required(form, context)


def required(form: Fallback, context: Context) -> Fix | Refusal:
    """The expansion that stops with a message; no colon and no quotes in it, so that it may stand anywhere."""
    name = form.setting
    if isinstance(adds := provision.settle(context, name), Refusal):
        return adds
    message = f":?{name} is not set, add it to {provision.where(context, name)}"
    edit = Edit(form.start, form.value[1], message)
    if form.shape == "guarded":
        edit = Edit(*form.span, f': "${{{name}{message}}}"')
    return Fix(f"{name} must be set", (edit,), settings=(name,), adds=adds)
