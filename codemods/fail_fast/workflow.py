"""Fallbacks in workflow expressions: `${{ vars.V || 'literal' }}`.

They are a person's task: without the literal the expression is empty, which hides even more.
"""

from __future__ import annotations

from offramp.model import Refusal
from offramp.project import Context
from scanners.fallbacks import Fallback


def answer(form: Fallback, context: Context) -> Refusal:
    name = form.setting
    return Refusal(
        f"without the literal the expression is empty when {name} is not defined, and nothing fails: define {name} for"
        f" the repository, remove the fallback, and begin the job with a step that stops when {name} is empty"
    )
