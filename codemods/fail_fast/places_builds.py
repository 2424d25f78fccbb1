"""The places that build an image from a Dockerfile, and the scripts that run it; whether each gives it a setting.

compose services that build it (`build.args`), workflows, scripts and makefiles that do (`docker build --build-arg`,
`build-push-action`); of those that run it scripts and makefiles (`docker run -e`), as `places` looks at all others
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from codemods.fail_fast import places_commands, places_compose
from codemods.fail_fast.places import Place, image_name
from offramp.project import Context

SCRIPTS = ("shell", "makefile")


def builds(context: Context, names: frozenset[str], name: str) -> Iterator[Place]:
    for service in places_compose.all_services(context):
        if service.value("build") is not None and places_compose.runs(context, service):
            what = f"the service {service.name} of {service.path}"
            yield Place(service.path, what, bool(names & places_compose.arguments(service)))
    passed = re.compile(rf"^\s*[\"']?(?:{'|'.join(map(re.escape, sorted(names)))})(?==|[\"']?\s*$)", re.MULTILINE)
    for path, job, arguments in places_commands.image_builds(context):
        yield Place(path, f"the job {job} of {path}", passed.search(arguments) is not None)
    for path, text in _scripts(context):
        for _, arguments in places_commands.built_by(context, text):
            yield Place(path, path, passed.search(arguments) is not None)


def runs(context: Context, names: frozenset[str], name: str) -> Iterator[Place]:
    """The scripts and makefiles that run the image."""
    scripts = list(_scripts(context))
    tags = {tag for _, text in scripts for tags, _ in places_commands.built_by(context, text) for tag in tags}
    images = places_compose.images(context) | places_commands.images(context) | {image_name(tag) for tag in tags}
    given = re.compile(rf"(?:-e|--env)[ =]+[\"']?(?:{'|'.join(map(re.escape, sorted(names)))})\b")
    for path, text in scripts:
        command = places_commands.runs_image(text, frozenset(images - {""}))
        if command:
            yield Place(path, path, given.search(command) is not None)


def _scripts(context: Context) -> Iterator[tuple[str, str]]:
    for path in context.project.of_kind(*SCRIPTS):
        text = context.project.text(path) or ""
        if "docker" in text:
            yield path, re.sub(r"\$\((\w+)\)", r"${\1}", text)
