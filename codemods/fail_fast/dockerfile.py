"""Fallbacks in images: the values that they carry, the defaults of their arguments, expansions in their commands.

ENV MODEL=literal   ->   nothing, where every place that runs the image sets MODEL
ARG MODEL=literal   ->   ARG MODEL, and below it `RUN test -n "$MODEL" || { echo "MODEL is not set …" >&2; exit 1; }`,
                         where every place that builds the image passes it
"""

from __future__ import annotations

import re

from codemods.fail_fast import places_builds, provision, shell
from codemods.fail_fast.places import TEMPLATE, running
from offramp.model import Edit, Entry, Fix, Refusal
from offramp.project import Context
from offramp.syntax import dockerfile
from offramp.syntax.dockerfile_lines import Instruction
from scanners.fallbacks import Fallback


def answer(form: Fallback, context: Context) -> Fix | Refusal:
    tree = dockerfile.parse(context.document.text)
    instruction = next(one for one in tree.instructions if one.start <= form.start < one.end)
    if form.shape != "image":
        return _expansion(form, context, instruction)
    entry = next(entry for entry in tree.settings_of(instruction) if entry.key_end == form.start)
    if instruction.onbuild:
        return Refusal(f"the images that build upon this one get {form.setting} from it: remove it once they set it")
    if instruction.name == "ARG":
        return _argument(form, context, instruction, entry)
    return _environment(form, context, tree, instruction, entry)


def _expansion(form: Fallback, context: Context, instruction: Instruction) -> Fix | Refusal:
    name = form.setting
    body = context.document.text[instruction.body : instruction.end]
    if instruction.name in ("CMD", "ENTRYPOINT") and not body.startswith("[") and form.shape == "expansion":
        return shell.required(form, context)
    if instruction.name in ("CMD", "ENTRYPOINT", "HEALTHCHECK"):
        return Refusal(f"what reads {name} here is another program that is handed this text: let it fail there")
    return Refusal(
        f"the build falls back to a literal for {name}: take it as an ARG without a default, and let a RUN test it"
    )


def _environment(
    form: Fallback, context: Context, tree: dockerfile.Dockerfile, instruction: Instruction, entry: Entry
) -> Fix | Refusal:
    name = form.setting
    if instruction.stage != tree.instructions[-1].stage:
        return Refusal(f"a stage that others build upon carries a value of {name}: remove it where no stage needs it")
    outside = tree.text[: entry.key_start] + tree.text[entry.value_end :]
    if re.search(rf"\$(?:{name}\b|\{{{name}\b)", outside):
        return Refusal(f"the image carries a value of {name}, and other instructions read it: take it as an ARG first")
    known = frozenset(provision.names(context, name))
    scripts = list(places_builds.runs(context, known, name))
    if not scripts and all(TEMPLATE.search(place.path) for place in running(context, known, name)):
        return Refusal(
            f"the image carries a value of {name}, and what runs the image is not to be seen: remove it once every"
            f" place that runs the image sets {name}"
        )
    if (without := next((place.path for place in scripts if not place.gives), None)) is not None:
        return Refusal(f"the image carries a value of {name}, and {without} runs it without: add -e {name} there first")
    if isinstance(adds := provision.settle(context, name), Refusal):
        return Refusal(f"the image carries a value of {name}; {adds.reason}")
    if entry.outer is None:
        return Refusal(f"the image carries a value of {name}, and {entry.stuck}: remove it by hand")
    return Fix(f"the image carries no value of {name}", (Edit(*entry.outer, ""),), settings=(name,), adds=adds)


def _argument(form: Fallback, context: Context, instruction: Instruction, entry: Entry) -> Fix | Refusal:
    name, path = form.setting, context.document.path
    if not instruction.stage:
        return Refusal(
            f"{name} is an argument in front of the first FROM, where no command can test it: remove its default once"
            " every build passes it"
        )
    builds = list(places_builds.builds(context, frozenset(provision.names(context, name)), name))
    if not builds:
        return Refusal(f"what builds the image is not to be seen: pass {name} to every build, then remove the default")
    missing = list(dict.fromkeys(place.what for place in builds if not place.gives))
    if missing:
        listed = ", ".join(missing[:3]) + (f" and {len(missing) - 3} more" if len(missing) > 3 else "")
        return Refusal(f"{listed} would build the image without {name}: pass it as a build argument there first")
    need = f"test::{name}"
    try:
        wanted = dockerfile.provide(context.document.text, need)
    except ValueError as error:
        return Refusal(f"no command can test {name} in the build, because {error}: remove the default by hand")
    quote = form.value[1] < len(context.document.text) and context.document.text[form.value[1]] in "\"'"
    edit = Edit(entry.key_end, form.value[1] + quote, "")
    return Fix(f"{name} must be passed", (edit,), settings=(name,), adds=((path, need),) if wanted is not None else ())
