"""Fallbacks in workflow expressions: `${{ vars.V || 'literal' }}`.

    ${{ env.V || 'literal' }}     ->  ${{ env.V }}       where the workflow sets V to a text
    ${{ inputs.V || 'literal' }}  ->  ${{ inputs.V }}    where it is started by hand only, and demands V

Any other is a person's task: without the literal the expression is empty, and an empty text hides even more.
"""

from __future__ import annotations

import re

from offramp.model import Edit, Fix, Refusal
from offramp.project import Context
from offramp.syntax.nodes import MAPPING, Node, NodeTree
from scanners.fallbacks import Fallback

SOURCE = re.compile(r"\b(?P<context>vars|secrets|env|inputs|github\.event\.inputs)\.[\w-]+\s*$")
BEFORE = re.compile(r"[ \t]*$")
REACH = 200


def answer(form: Fallback, context: Context) -> Fix | Refusal:
    text, tree = context.document.text, context.document.tree
    matched = SOURCE.search(text, max(0, form.start - REACH), form.start)
    source = matched["context"].rpartition(".")[2] if matched is not None else ""
    leaf = tree.leaf_at(form.start) if isinstance(tree, NodeTree) else None
    if leaf is None:
        return Refusal(_told(form.setting, source, None))
    given = _is_set(leaf, form.setting) if source == "env" else source == "inputs" and _is_demanded(leaf, form.setting)
    if not given:
        return Refusal(_told(form.setting, source, leaf))
    blank = BEFORE.search(text, 0, form.start)
    start = blank.start() if blank is not None else form.start
    return Fix(f"{form.setting} is always there", (Edit(start, form.value[1] + 1, ""),))


def _told(name: str, source: str, leaf: Node | None) -> str:
    """What a person has to do, by what the value comes from and what gets it."""
    empty = f"without the literal the expression is empty when {name} is not defined, and nothing fails"
    if source == "inputs":
        return f"{empty}: declare the input {name} as required, remove the fallback, and check it in the first step"
    holder = leaf.parent if leaf is not None else None
    step = holder.parent if holder is not None and holder.key is not None and holder.key.value == "env" else None
    define = f"define {name} for the repository" if source != "env" else f"set {name} in the env of the workflow"
    if leaf is not None and leaf.key is not None and step is not None and step.get("run") is not None:
        check = f': "${{{leaf.key.value}:?{name} is not defined}}"'
        return f"{empty}: {define}, remove the fallback, and begin the script of the step with {check}"
    return f"{empty}: {define}, remove the fallback, and begin the job with a step that stops when {name} is empty"


def _is_set(leaf: Node, name: str) -> bool:
    """Whether the workflow, or the job or the step around a leaf, sets a variable to a text of its own."""
    node = leaf.parent
    inside = leaf.parent  # the variables of one `env` do not see each other
    while node is not None:
        env = node.get("env")
        if env is not None and env is not inside and env.kind == MAPPING:
            found = env.get(name.lower())
            if found is not None and found.kind == "scalar" and found.value.strip() and "${{" not in found.value:
                return any(key.value == name for key, _ in env.pairs())
        node = node.parent
    return False


def _is_demanded(leaf: Node, name: str) -> bool:
    """Whether a workflow is started by hand only, and not without an input."""
    root = leaf
    while root.parent is not None:
        root = root.parent
    on = root.get("on", "true")
    triggers = list(on.pairs()) if on is not None and on.kind == MAPPING else []
    if [key.value for key, _ in triggers] != ["workflow_dispatch"]:
        return False
    inputs = triggers[0][1].get("inputs")
    declared = inputs.get(name.lower()) if inputs is not None else None
    required = declared.get("required") if declared is not None else None
    return required is not None and required.value == "true"
