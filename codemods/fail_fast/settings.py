"""Fallbacks in the files that configure: compose and other YAML, INI.

${V:-literal}  ->  ${V:?V is not set, add it to .env}       in a compose file for production only
"""

from __future__ import annotations

import os
import re

from codemods.fail_fast import provision, shell
from offramp.model import Fix, Refusal
from offramp.project import Context
from scanners.fallbacks import Fallback

PRODUCTION = re.compile(r"(?:^|[._-])prod(?:uction)?(?:[._-]|$)")


def answer(form: Fallback, context: Context) -> Fix | Refusal:
    name, path = form.setting, context.document.path
    if context.document.kind == "yaml" and provision.COMPOSE.search(path):
        if PRODUCTION.search(os.path.basename(path)) and form.shape == "expansion":
            return shell.required(form, context)
        return Refusal(
            f"compose reads the whole file whichever service is started: with ${{{name}:?…}} no service starts without"
            f" {name}; do it here if that is meant, as in the file for production"
        )
    return Refusal(f"the value of {name} is written into another file here: let what reads it there fail instead")
