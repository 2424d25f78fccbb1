"""Let a missing setting fail at once, where a literal stood in for it and hid that it was missing.

    os.getenv("OPENROUTER_MODEL", "qwen/qwen3-32b")  ->  require_setting("OPENROUTER_MODEL")
    ${OPENROUTER_MODEL:-qwen/qwen3-32b}  ->  ${OPENROUTER_MODEL:?OPENROUTER_MODEL is not set, add it to .env}

A fallback is removed only where nothing else changes by it, and where every place that runs the code provides the
setting (`places`): env templates, compose services, workflows, image builds, Kubernetes containers, platform files.
Where a template or a compose service does not, the same change adds it (`KEY=`, `KEY: ${KEY}`); where only a person
can, the fallback stays, and the reason names the places. The error names the setting and the file where it belongs.
One module per language; each says which forms it changes, and gives the reason for those that it leaves. In Python:
lookups, chains, readers, parameters, fields, options, constants, `except` clauses, guards and checks of readiness.
"""

from __future__ import annotations

import importlib

from codemods.fail_fast import provision
from offramp.model import Finding, Fix, Refusal
from offramp.project import Context
from scanners.fallbacks import form_of

RULES = ("hardcoded-fallback",)
SUBJECT = "Let missing settings fail instead of falling back"
MODULES = {
    "python": "python",
    "javascript": "javascript",
    "shell": "shell",
    "procfile": "shell",
    "terraform": "terraform",
    "powershell": "powershell",
    "batch": "batch",
    "dockerfile": "dockerfile",
    "env_file": "env_file",
}
SHAPES = {"expression": "workflow", "optional": "kubernetes", "conditional": "makefile"}


def fix(finding: Finding, context: Context) -> Fix | Refusal | None:
    form = form_of(finding, context.document, context.vocabulary)
    if form is None:
        return None  # the text has changed since: the next scan says what stands there
    if form.is_env and provision.is_deleted(context, form.setting):
        reason = (
            f"the migration removes {form.setting} without a successor: remove what reads it, its fallback included"
        )
        return Refusal(reason)
    language = MODULES.get(context.document.kind) or SHAPES.get(form.shape, "settings")
    answer: Fix | Refusal = importlib.import_module(f"codemods.fail_fast.{language}").answer(form, context)
    return answer
