"""Defaults of Terraform variables: the line goes where every plan is given a value.

variable "llm_model" {
  type    = string
  default = "meta-llama/llama-3.3-70b-instruct"       this line goes
}
"""

from __future__ import annotations

import os
import re

from codemods.fail_fast.provision import WORKFLOW
from offramp.model import Edit, Fix, Refusal
from offramp.project import Context
from scanners.fallbacks import Fallback

RUNS = re.compile(r"\b(?:terraform|tofu)\b[^\n]*\b(?:apply|plan)\b")
LOADED = re.compile(r"(?:^|/)(?:terraform\.tfvars|[^/]+\.auto\.tfvars)$")


def answer(form: Fallback, context: Context) -> Fix | Refusal:
    name = form.setting
    if not _is_given(name, context):
        return Refusal(
            f"not every plan is given {name}: set it in terraform.tfvars or as TF_VAR_{name} in each workflow that"
            " plans or applies, then remove the default"
        )
    text = context.document.text
    line_start = max(text.rfind("\n", 0, form.span[0]), text.rfind("\r", 0, form.span[0])) + 1
    matched = re.compile(r"[ \t]*(?:\r\n|\r|\n)").match(text, form.span[1])
    if text[line_start : form.span[0]].strip() or matched is None:
        return Refusal(f"the default of {name} shares its line with something else: remove it by hand")
    return Fix(f"{name} must be given", (Edit(line_start, matched.end(), ""),), settings=(f"TF_VAR_{name}",))


def _is_given(name: str, context: Context) -> bool:
    """Whether a var-file that is always loaded sets the variable, or else every workflow that plans."""
    assigned = re.compile(rf"(?m)^[ \t]*{re.escape(name)}[ \t]*=")
    project = context.project
    for path in project.paths:
        if (
            LOADED.search(path)
            and os.path.dirname(path) == context.folder
            and assigned.search(project.text(path) or "")
        ):
            return True
    workflows = [project.text(path) or "" for path in sorted(project.paths) if WORKFLOW.search(path)]
    planning = [text for text in workflows if RUNS.search(text)]
    given = re.compile(rf"\bTF_VAR_{re.escape(name)}\b\s*[:=]|-var[ =]['\"]?{re.escape(name)}=")
    return bool(planning) and all(given.search(text) for text in planning)
