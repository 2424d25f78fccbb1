"""Fallbacks in env files: expansions in values.

${V:-literal}  ->  ${V:?V is not set, add it to the environment}       in an .envrc, which bash reads
"""

from __future__ import annotations

import os

from codemods.fail_fast import shell
from offramp.model import Fix, Refusal
from offramp.project import Context
from scanners.fallbacks import Fallback


def answer(form: Fallback, context: Context) -> Fix | Refusal:
    name = form.setting
    if os.path.basename(context.document.path).startswith(".envrc") and form.shape == "expansion":
        return shell.required(form, context)
    return Refusal(
        f"the readers of env files take ${{{name}:?…}} differently (python-dotenv hands it on as it is): write the"
        " value that is meant, or let what reads it fail"
    )
