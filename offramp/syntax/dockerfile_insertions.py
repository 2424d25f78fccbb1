"""Instructions that a Dockerfile is given, in its last stage.

setting:ENV:KEY=VALUE    ENV KEY=VALUE     below the settings that follow the FROM
setting:ARG:KEY          ARG KEY           at the same place
test::KEY                RUN test -n "$KEY" || { echo "KEY is not set …" >&2; exit 1; }     below its ARG
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from offramp.model import Edit
from offramp.syntax import dockerfile_values
from offramp.syntax.dockerfile_lines import Instruction

if TYPE_CHECKING:
    from offramp.syntax.dockerfile import Dockerfile

BREAK = re.compile(r"\r\n|\r|\n")
TEST = re.compile(r'RUN test -n "\$(\w+)" \|\| \{ echo "\1 is not set, pass it with --build-arg ')
AT_THE_TOP = ("FROM", "ARG", "ENV", "LABEL")


def provide(tree: Dockerfile, need: str) -> Edit | None:
    kind, holder, assignment = need.split(":", 2)
    if kind == "test":
        return _test(tree, assignment)
    key, sign, value = assignment.partition("=")
    name = holder or "ENV"
    stage = _last_stage(tree)
    own = {entry.key for one in stage if one.name == name for entry in tree.settings_of(one)}
    if key in own:
        return None
    behind = stage[0]
    for one in stage:
        if one.name not in AT_THE_TOP or one.onbuild:
            break
        behind = one
    written = dockerfile_values.written(key, value, "", tree.escape) if sign else ""
    return _line(tree, behind, f"{name} {key}{sign}{written}")


def _last_stage(tree: Dockerfile) -> list[Instruction]:
    last = tree.instructions[-1].stage if tree.instructions else 0
    if not last:
        raise ValueError("the Dockerfile has no FROM")
    return [one for one in tree.instructions if one.stage == last]


def _test(tree: Dockerfile, key: str) -> Edit | None:
    """The command that stops a build without the argument; None where one does already."""
    test = f'RUN test -n "${key}" || {{ echo "{key} is not set, pass it with --build-arg {key}=..." >&2; exit 1; }}'
    if re.search(rf"\btest -n \"\$\{{?{key}\}}?\"|\$\{{{key}:\?", tree.text):
        return None
    args = [one for one in tree.instructions if one.name == "ARG" and not one.onbuild]
    own = [one for one in args if one.stage and any(entry.key == key for entry in tree.settings_of(one))]
    if not own:
        raise ValueError(f"no stage of the Dockerfile takes {key} as an argument")
    stage = [one for one in tree.instructions if one.stage == own[0].stage]
    image = re.match(r"\S*", tree.text[stage[0].body : stage[0].end])
    if image is not None and image[0] == "scratch":
        raise ValueError("the stage builds upon `scratch`, where no command runs")
    if tree.escape != "\\" or any(one.name == "SHELL" for one in tree.instructions):
        raise ValueError("another shell than sh runs the commands of the Dockerfile")
    return _line(tree, own[0], test)


def _line(tree: Dockerfile, behind: Instruction, written: str) -> Edit:
    matched = BREAK.search(tree.text)
    newline = matched[0] if matched else "\n"
    if tree.text[behind.start : behind.end].endswith(("\r", "\n")):
        return Edit(behind.end, behind.end, written + newline)
    return Edit(behind.end, behind.end, newline + written)
