"""Workflows and image builds whose commands start a piece of code.

python scripts/ask.py     python -m app.ask     uvicorn app.main:app     docker run … IMAGE

A command starts the file that it names, and all that this file imports.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from codemods.fail_fast import places_compose
from codemods.fail_fast.places import STALE, Place, image_name, is_kind
from offramp.project import Context, Project
from offramp.syntax import python_imports
from offramp.syntax.nodes import Node, NodeTree
from offramp.syntax.python import PythonTree

WORKFLOW = re.compile(r"(?:^|/)\.github/workflows/[^/]+\.ya?ml$")
STARTED = re.compile(
    r"(?:^|[\s;&|\"'])(?:python[\d.]*|uv run|pipenv run|poetry run)\s+(?:-[A-Za-ln-z]+\s+)*(?:python[\d.]*\s+)?"
    r"(?:-m\s+(?P<module>[\w.]+)|(?P<file>[\w./-]+\.py)\b)"
    r"|\b(?:uvicorn|gunicorn|hypercorn|celery\s+-A|granian|flask\s+--app)\s+(?:-\S+\s+)*(?P<app>[\w.]+)(?::\w+)?"
)
DOCKER_BUILD = re.compile(r"\bdocker\s+(?:buildx\s+)?build\b(?P<rest>(?:\\\r?\n|[^\r\n;&|])*)")
DOCKER_RUN = re.compile(r"\bdocker\s+run\b(?P<rest>(?:\\\r?\n|[^\r\n;&|])*)")
DOCKERFILE = re.compile(r"(?:-f|--file)[ =]+(\S+)")
BUILD_ARGUMENT = re.compile(r"--build-arg[ =]+[\"']?(\w+)")
TAG = re.compile(r"(?:-t|--tag)[ =]+(\S+)")


def workflows(context: Context, names: frozenset[str], name: str, images: frozenset[str]) -> Iterator[Place]:
    """The jobs whose steps start the code or run its image."""
    for path, root, job, node, steps in _jobs(context):
        given = _given(root) | _given(node)
        written = ""
        for step in steps:
            run = step.get("run")
            command = run.value if run is not None else ""
            container = runs_image(command, images)
            if container or any(_reaches(context, entry) for entry in _started(context.project, command)):
                here = container if container else command + written
                known = (given | _given(step)) & names if not container else set()
                if not known and not any(re.search(rf"\b{re.escape(n)}\b\s*(?:=|:|$|\s)", here, re.M) for n in names):
                    yield Place(
                        path, f"the job {job} of {path}", False, advice=f"add {name} to the env of the job first"
                    )
                    break
                yield Place(path, f"the job {job} of {path}", True)
                break
            written += f"\n{command}"


def _jobs(context: Context) -> Iterator[tuple[str, Node, str, Node, list[Node]]]:
    for path in sorted(context.project.paths):
        if not WORKFLOW.search(path) or STALE.search(path):
            continue
        document = context.project.document(path)
        if document is None or document.fault is not None or not isinstance(document.tree, NodeTree):
            continue
        for root in document.tree.roots[:1]:
            jobs = root.get("jobs")
            for key, job in jobs.pairs() if jobs is not None and jobs.kind == "mapping" else ():
                steps = job.get("steps")
                yield path, root, key.value, job, list(steps.children) if steps is not None else []


def _given(node: Node) -> set[str]:
    env = node.get("env")
    return {key.value for key, _ in env.pairs()} if env is not None and env.kind == "mapping" else set()


def runs_image(command: str, images: frozenset[str]) -> str:
    """The `docker run` of one of the images, or nothing."""
    for matched in DOCKER_RUN.finditer(command):
        if any(image_name(word) in images for word in matched["rest"].split()):
            return matched[0]
    return ""


def images(context: Context) -> frozenset[str]:
    """The images that workflows build from the code."""
    tags = {tag for *_, steps in _jobs(context) for step in steps for tags, _ in _built(context, step) for tag in tags}
    return frozenset({image_name(tag) for tag in tags} - {""})


def image_builds(context: Context) -> Iterator[tuple[str, str, str]]:
    """The path and the job of each workflow that builds an image from the code, and the arguments that it passes."""
    for path, _, job, _, steps in _jobs(context):
        yield from ((path, job, passed) for step in steps for _, passed in _built(context, step))


def built_by(context: Context, command: str) -> Iterator[tuple[list[str], str]]:
    """The tags of the images that a command builds from the code, and the arguments that it passes."""
    for matched in DOCKER_BUILD.finditer(command):
        words = matched["rest"].replace("\\", " ").split()
        named = DOCKERFILE.search(matched["rest"])
        if words and places_compose.builds_from(context, _folder(words[-1]), named[1] if named else ""):
            yield TAG.findall(matched["rest"]), "\n".join(BUILD_ARGUMENT.findall(matched["rest"]))


def _built(context: Context, step: Node) -> Iterator[tuple[list[str], str]]:
    """The same of a step."""
    run, given = step.get("run"), step.get("with")
    yield from built_by(context, run.value if run is not None else "")
    tags, where, file, passed = (_text(given, key) for key in ("tags", "context", "file", "build-args"))
    if tags and places_compose.builds_from(context, _folder(where or "."), file):
        yield re.split(r"[\s,]+", tags), passed


def _text(node: Node | None, key: str) -> str:
    found = node.get(key) if node is not None else None
    return found.value if found is not None else ""


def _folder(written: str) -> str:
    path = posixpath.normpath(written)
    return "" if path == "." else path


def builds(context: Context, names: frozenset[str], name: str) -> Iterator[Place]:
    """The images whose build starts the code."""
    for path in sorted(context.project.paths):
        if not is_kind(path, "dockerfile"):
            continue
        text = context.project.text(path) or ""
        commands = re.findall(r"(?mi)^\s*RUN\s+((?:\\\r?\n|[^\r\n])+)", text)
        started = (entry for command in commands for entry in _started(context.project, command))
        if any(_reaches(context, entry) for entry in started):
            given = re.search(
                rf"(?mi)^\s*(?:ENV|ARG)\s.*\b(?:{'|'.join(map(re.escape, sorted(names)))})(?:[= ]|\s*$)", text
            )
            advice = f"give {name} to the build first"
            yield Place(path, f"the build of {path}", given is not None, advice=advice)


def _started(project: Project, command: str) -> Iterator[str]:
    """The files that a command starts."""
    for matched in STARTED.finditer(command):
        written = matched["file"]
        if written is None:
            dotted = (matched["module"] or matched["app"]).replace(".", "/")
            found = [
                p for stem in (dotted, f"{dotted}/__main__", f"{dotted}/__init__") for p in project.ending(f"{stem}.py")
            ]
        else:
            found = project.ending(posixpath.normpath(written))
        yield from found[:1]


def _reaches(context: Context, entry: str) -> bool:
    """Whether a file is the document, or imports it, directly or by others."""
    target, seen, waiting = context.document.path, {entry}, [entry]
    while waiting:
        path = waiting.pop()
        if path == target:
            return True
        following = set(_imported(context.project, path)) - seen
        seen |= following
        waiting += sorted(following)
    return False


def _imported(project: Project, path: str) -> Iterator[str]:
    document = project.document(path)
    tree = document.tree if document is not None else None
    for binding in tree.imports if isinstance(tree, PythonTree) else ():
        module = python_imports.absolute(binding.module, path).replace(".", "/")
        for stem in (f"{module}/{binding.symbol}", module) if binding.symbol else (module,):
            found = [*project.ending(f"{stem}.py"), *project.ending(f"{stem}/__init__.py")] if stem else []
            if found:
                yield found[0]
                break
