"""Defaults of Terraform variables: the line goes where every plan is given a value.

variable "llm_model" {
  type    = string
  default = "meta-llama/llama-3.3-70b-instruct"       this line goes
}

A module that others call is given its variables by them. A root module is given them by var-files that are always
loaded, or by what runs each plan: `TF_VAR_…`, `-var`, `-var-file`. Where one of these gives nothing, the default stays.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator

from codemods.fail_fast.places import STALE
from codemods.fail_fast.provision import WORKFLOW
from offramp import files
from offramp.model import Edit, Fix, Refusal
from offramp.project import Context
from offramp.syntax import hcl_strings
from offramp.syntax.hcl import Configuration
from scanners.fallbacks import Fallback

RUNS = re.compile(r"\b(?:terraform|tofu|terragrunt)\b[^\n]*\b(?:apply|plan)\b")
LOADED = re.compile(r"(?:^|/)(?:terraform\.tfvars|[^/]+\.auto\.tfvars)(?:\.json)?$")
VAR_FILE = re.compile(r"-var-file[ =]+[\"']?([^\s\"']+)")


def answer(form: Fallback, context: Context) -> Fix | Refusal:
    name = form.setting
    bare = [what for what, gives in _applied(name, context) if not gives]
    if bare:
        listed = ", ".join(bare[:3]) + (f" and {len(bare) - 3} more" if len(bare) > 3 else "")
        verb = "does" if len(bare) == 1 else "do"
        return Refusal(
            f"not every plan is given {name}: {listed} {verb} not set it. Set it there, in terraform.tfvars, or as"
            f" TF_VAR_{name}, then remove the default"
        )
    text = context.document.text
    line_start = max(text.rfind("\n", 0, form.span[0]), text.rfind("\r", 0, form.span[0])) + 1
    matched = re.compile(r"[ \t]*(?:\r\n|\r|\n)").match(text, form.span[1])
    if text[line_start : form.span[0]].strip() or matched is None:
        return Refusal(f"the default of {name} shares its line with something else: remove it by hand")
    return Fix(f"{name} must be given", (Edit(line_start, matched.end(), ""),), settings=(f"TF_VAR_{name}",))


def _applied(name: str, context: Context) -> Iterator[tuple[str, bool]]:
    """Whatever applies the module that declares a variable, and whether it gives it a value."""
    calls = list(_calls(context))
    yield from ((what, name in given) for what, given in calls)
    project = context.project
    loaded = [p for p in sorted(project.paths) if LOADED.search(p) and os.path.dirname(p) == context.folder]
    if any(_assigns(project.text(path), name) for path in loaded):
        yield loaded[0], True
        return
    runs = [path for path in sorted(project.paths) if _may_run(path) and RUNS.search(project.text(path) or "")]
    if not calls or loaded:
        yield from ((path, _gives(context, path, name)) for path in runs)
    if not calls and not runs:
        yield "whoever runs it", False


def _calls(context: Context) -> Iterator[tuple[str, set[str]]]:
    """The blocks of other modules that call this one, with the arguments that they give."""
    for path in context.project.of_kind("terraform"):
        document = context.project.document(path)
        if document is None or "source" not in document.text or not isinstance(document.tree, Configuration):
            continue
        for block in document.tree.root.find_all("block"):
            given = hcl_strings.attributes(block) if block.named[0].text == "module" else {}
            source = given["source"].text.strip('"') if "source" in given else ""
            called = posixpath.normpath(posixpath.join(os.path.dirname(path), source))
            if source.startswith(".") and called == (context.folder or "."):
                label = ".".join(label.text.strip('"') for label in hcl_strings.labels(block))
                yield f"module {label} of {path}", set(given)


def _may_run(path: str) -> bool:
    kind = files.kind_of(path)
    return not STALE.search(path) and (WORKFLOW.search(path) is not None or kind in ("shell", "makefile", "powershell"))


def _gives(context: Context, path: str, name: str) -> bool:
    """Whether what runs a plan sets the variable, by the environment, an option or a file of variables."""
    text = context.project.text(path) or ""
    if re.search(rf"\bTF_VAR_{re.escape(name)}\b\s*[:=]|-var[ =]['\"]?{re.escape(name)}=", text):
        return True
    named = (posixpath.basename(found[1]) for found in VAR_FILE.finditer(text))
    found = [other for file in named for other in context.project.ending(file)]
    return any(_assigns(context.project.text(other), name) for other in found)


def _assigns(text: str | None, name: str) -> bool:
    return re.search(rf'(?m)(?:^[ \t]*|")?{re.escape(name)}(?:"[ \t]*:|[ \t]*=)', text or "") is not None
