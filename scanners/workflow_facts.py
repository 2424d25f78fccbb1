"""What the text of a GitHub workflow says about it, as far as one can tell without running it."""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterator

from offramp.document import Unparsable
from offramp.syntax import yaml
from offramp.syntax.nodes import MAPPING, SCALAR, SEQUENCE, Node, NodeTree

SECRET = re.compile(r"\bsecrets\.([A-Za-z_]\w*)")
OWN_PATH = re.compile(
    r"(?<![\w./$}{-])(?:\./)?((?:[\w.-]+/)+[\w.-]+|[\w-]+\.(?:sh|py|js|ts|rb|ps1|tf|sql))(?![\w/*$}{-])"
)
FILE = re.compile(r"\.(?:sh|py|js|ts|rb|ps1|ya?ml|json|toml|tf|txt|sql|cfg|ini|lock)$|(?:^|/)Dockerfile[\w.-]*$")
COMMENTED_JOBS = re.compile(r"^#[ \t]*jobs:", re.MULTILINE)
COMMENTED_ON = re.compile(
    r"^#[ \t]*(?:on:|[ \t]*(?:push|pull_request|schedule|workflow_dispatch|workflow_run|release):)"
)
COMMENT_LINE = re.compile(r"#.*")
PASSIVE = frozenset({"workflow_call"})


@dataclasses.dataclass(frozen=True, slots=True)
class Facts:
    """The facts about one workflow. `header` are the comment lines before its first key."""

    name: str
    header: tuple[str, ...]
    triggers: tuple[str, ...]
    commented_out: bool  # triggers stand there, behind a `#`
    steps: frozenset[str]
    paths: frozenset[str]
    secrets: frozenset[str]
    calls: frozenset[str]  # the workflows of the repository that its jobs call

    @property
    def live(self) -> bool:
        return any(trigger not in PASSIVE for trigger in self.triggers)


@functools.lru_cache(maxsize=512)
def facts(text: str) -> Facts | None:
    """The facts about a workflow, or None for a text that is none: no `jobs`, or another tool's."""
    try:
        tree = yaml.parse(text)
    except (Unparsable, RecursionError):
        return None
    if not tree.leaves:
        return _commented_out(text)
    root = tree.roots[0]
    jobs = root.get("jobs")
    if jobs is None or jobs.kind != MAPPING or len(tree.roots) != 1 or root.get("version", "workflows") is not None:
        return None
    bodies = [job for _, job in jobs.pairs()]
    if not bodies or any(job.get("runs-on") is None and job.get("uses") is None for job in bodies):
        return None
    name = root.get("name")
    runs = [value.value for value in _scalars(jobs, "run")]
    return Facts(
        name=name.value if name is not None else "",
        header=_header(text, root.start),
        triggers=tuple(_triggers(root)),
        commented_out=any(COMMENTED_ON.match(line) for line in _comments(tree)),
        steps=frozenset(_normal(step.value) for key in ("run", "uses") for step in _scalars(jobs, key)),
        paths=frozenset([*_paths(runs), *(d.value.removeprefix("./").rstrip("/") for d in _folders(root))]),
        secrets=frozenset(SECRET.findall(text)) - {"GITHUB_TOKEN"},
        calls=frozenset(u.value.removeprefix("./") for u in _scalars(jobs, "uses") if u.value.startswith("./.github/")),
    )


def _commented_out(text: str) -> Facts | None:
    """The facts about a workflow whose every line is a comment."""
    if not COMMENTED_JOBS.search(text):
        return None
    nothing: frozenset[str] = frozenset()
    return Facts("", _header(text, len(text)), (), True, nothing, nothing, frozenset(SECRET.findall(text)), nothing)


def _header(text: str, end: int) -> tuple[str, ...]:
    return tuple(line.strip() for line in text[:end].splitlines() if line.lstrip().startswith("#"))


def _comments(tree: NodeTree) -> Iterator[str]:
    return (tree.text[start:end] for start, end in tree.comments)


def _triggers(root: Node) -> Iterator[str]:
    on = root.get("on", "true")
    if on is None:
        return
    if on.kind == SCALAR and on.value not in ("", "null", "~"):
        yield on.value
    elif on.kind == SEQUENCE:
        yield from (item.value for item in on.children if item.kind == SCALAR)
    elif on.kind == MAPPING:
        yield from (key.value for key, _ in on.pairs())


def _scalars(node: Node, name: str) -> Iterator[Node]:
    """The scalar values of a key anywhere below a node."""
    stack = [node]
    while stack:
        current = stack.pop()
        stack += [child for child in current.children if child.children]
        if current.kind == MAPPING:
            yield from (value for key, value in current.pairs() if key.value == name and value.kind == SCALAR)


def _folders(root: Node) -> Iterator[Node]:
    return (value for value in _scalars(root, "working-directory") if "$" not in value.value)


def _normal(step: str) -> str:
    """A step without what changes from version to version: white space, action versions."""
    return " ".join(re.sub(r"@[\w.-]+$", "", step).split())


def _paths(runs: list[str]) -> Iterator[str]:
    """Paths of files in scripts that look like the repository's own."""
    for run in runs:
        for line in run.splitlines():
            if "://" not in line:
                yield from (path for path in OWN_PATH.findall(line) if FILE.search(path))
