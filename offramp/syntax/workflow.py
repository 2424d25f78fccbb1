"""GitHub workflows and actions: the names in them that somebody else has given.

- uses: acme/ask@v1
with: {gradient-api-key: x}                what acme calls its input; that of `./ask` is the project's own
run: echo ${{ steps.ask.outputs.gradient }}  and what it calls its outputs
environment: gradient                        set up on GitHub, as the labels of runners are
"""

from __future__ import annotations

import re

from offramp.syntax.nodes import MAPPING, SEQUENCE, Node, key_of

OUTPUT = re.compile(r"\b(?P<context>steps|needs|jobs)\.(?P<id>[\w-]+)\.outputs(?:\.|\[['\"])$")
HANDED = ("with", "secrets")
REACH = 200  # characters before a name; no expression goes on for longer


def is_workflow(root: Node) -> bool:
    """Whether a document is a workflow: jobs that run somewhere, or call another."""
    jobs = root.get("jobs")
    if jobs is None or jobs.kind != MAPPING or root.get("on", "true") is None:
        return False
    return any(job.get("runs-on", "uses") is not None for _, job in jobs.pairs())


def is_action(root: Node) -> bool:
    runs = root.get("runs")
    return runs is not None and runs.get("using") is not None


def theirs(text: str, root: Node, leaf: Node, start: int) -> str:
    """Why the name at a place of a workflow or an action is not the project's, or nothing."""
    holder = leaf.parent
    if leaf.is_key and holder is not None and holder.key is not None and holder.key.value in HANDED:
        called = _elsewhere(holder.parent)
        return f"it is {called} that calls its input so: see what it takes for the new provider" if called else ""
    matched = OUTPUT.search(text, max(leaf.first, start - REACH), start)
    if matched is not None:
        called = _elsewhere(_maker(root, leaf, matched))
        return f"it is {called} that calls its output so: see what it gives for the new provider" if called else ""
    if not leaf.is_key and "${{" not in leaf.value and _is_set_up(leaf):
        return "environments and runners are set up outside of the repository: rename it there first, then here"
    return ""


def _elsewhere(step: Node | None) -> str:
    """The action or workflow of another repository that a step or a job uses, or nothing."""
    uses = step.get("uses") if step is not None else None
    return "" if uses is None or uses.value.startswith(("./", "../")) else uses.value


def _maker(root: Node, leaf: Node, matched: re.Match[str]) -> Node | None:
    """The step or the job that an output belongs to."""
    if matched["context"] != "steps":
        jobs = root.get("jobs")
        return jobs.get(matched["id"].lower()) if jobs is not None else None
    node: Node | None = leaf
    while node is not None:
        listed = node.get("steps")
        if listed is not None and listed.kind == SEQUENCE:
            named = ((step, step.get("id")) for step in listed.children)
            return next((step for step, name in named if name is not None and name.value == matched["id"]), None)
        node = node.parent
    return None


def _is_set_up(leaf: Node) -> bool:
    """Whether a value names an environment of GitHub, or the runner of a job."""
    key, holder = key_of(leaf), leaf.key
    if key == "runs-on":
        return True
    if key == "name" and holder is not None and leaf.parent is not None:
        key = key_of(leaf.parent)
    return key == "environment" and _depth(leaf) <= 4


def _depth(leaf: Node) -> int:
    """How many collections hold a leaf: three, or four, where it says something about a job."""
    node, depth = leaf.parent, 0
    while node is not None:
        node, depth = node.parent, depth + 1
    return depth
