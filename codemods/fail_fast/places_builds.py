"""The places that build an image from a Dockerfile, and whether each of them passes it an argument.

compose services that build it (`build.args`), workflows that do (`docker build --build-arg`, `build-push-action`)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from codemods.fail_fast import places_commands, places_compose
from codemods.fail_fast.places import Place
from offramp.project import Context


def builds(context: Context, names: frozenset[str], name: str) -> Iterator[Place]:
    for service in places_compose.all_services(context):
        if service.value("build") is not None and places_compose.runs(context, service):
            what = f"the service {service.name} of {service.path}"
            yield Place(service.path, what, bool(names & places_compose.arguments(service)))
    passed = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, sorted(names)))})(?==|\s|$)", re.MULTILINE)
    for path, job, arguments in places_commands.image_builds(context):
        yield Place(path, f"the job {job} of {path}", passed.search(arguments) is not None)
