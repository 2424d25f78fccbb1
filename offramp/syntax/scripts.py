"""Scalars of YAML and JSON that are code: which language they are in, and the code as its interpreter gets it.

    run: |                                    shell, or what `shell:` and `defaults:` say
    args: ["-c", "import lib.x_client"]       the language of the command before it
    settings.json: |                          a file of that name: ConfigMap, `write_files`
    LIMITS: '{"provider": "gradient"}'        JSON, where it is JSON
    build-args: |                             settings, where all its lines are such

What is no code, or is written in a way that can't be followed back, is read line by line by `scalars`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from offramp import files
from offramp.model import Edit, Entry, Place, Role
from offramp.syntax import module_for, scalar_code
from offramp.syntax.embedded import Embedded
from offramp.syntax.nodes import BLOCK_SCALARS, SCALAR, SEQUENCE, Node, key_of

if TYPE_CHECKING:
    from offramp.syntax.nodes import NodeTree

INTERPRETERS = {
    **dict.fromkeys(("bash", "sh", "zsh", "dash", "ash", "ksh"), "shell"),
    **dict.fromkeys(("python", "python3", "python2"), "python"),
    **dict.fromkeys(("pwsh", "powershell"), "powershell"),
    **dict.fromkeys(("node", "deno", "bun", "tsx"), "javascript"),
    **dict.fromkeys(("cmd", "perl", "ruby", "php", "psql"), "text"),
}
# Keys whose scalars, or lists of scalars, a shell reads: CI services, task runners, platforms, Ansible, cloud-init
SCRIPTS = frozenset(
    {
        *("run", "script", "bash", "sh", "shell", "cmd", "cmds", "command", "commands", "entrypoint", "inlinescript"),
        *("beforescript", "afterscript", "beforeinstall", "install", "afterinstall", "aftersuccess", "beforedeploy"),
        *("runcmd", "bootcmd", "raw", "ansible.builtin.shell", "ansible.builtin.command", "init", "before", "prebuild"),
        *("buildcommand", "startcommand", "runcommand", "predeploycommand", "installcommand", "initialdeployhook"),
        *("oncreatecommand", "updatecontentcommand", "postcreatecommand", "poststartcommand", "postattachcommand"),
        *("releasecommand", "testcommand", "deploycommand", "ignorecommand", "devcommand", "entry", "healthcheckcmd"),
    }
)
LISTED = frozenset({"script", "cmds", "commands", "runcmd", "bootcmd", "beforescript", "afterscript", "install", "run"})
POWERSHELLS = ("pwsh", "powershell")
NAMED_BY = ("path", "dest", "target", "filename", "file", "name")  # the keys beside `content:` that tell the file
SUFFIX = re.compile(r"\.[a-z]\w*$|(?:^|[./-])(?:env|Dockerfile|Procfile|Makefile)$")
SHEBANG = re.compile(r"#![^\r\n]*?(\w+)[ \t]*(?:-\w+[ \t]*)*(?:[\r\n]|\Z)")
SETTINGS = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*(?:[ \t]*[A-Za-z_][\w.]*=[^\n]*(?:\n[ \t]*(?:#[^\n]*)?)*)+")
SET = re.compile(r"(?m)(?:^|(?<=[\s;&|(\"'`]))[A-Za-z_]\w*=")
RUNS_NEXT = re.compile(r"-[a-zA-Z]*[ce]|--command|--eval|-Command|/[cC]")
EXTENSION = {"python": "x.py", "javascript": "x.js"}


def at(tree: NodeTree, leaf: Node, start: int, end: int) -> Place | None:
    """What the code in a scalar says about a span; None where the scalar is no code, or the code says nothing."""
    found = embedded(tree, leaf)
    place = found.place(start, end) if found is not None else None
    return None if place is None or place.role is Role.TEXT else place


def entries(tree: NodeTree) -> Iterator[Entry]:
    """The settings in code inside scalars: each script, and each file that it writes, holds its own."""
    for leaf in tree.leaves:
        if not _may_hold_settings(leaf):
            continue
        found = embedded(tree, leaf)
        for entry in found.entries(f"script {leaf.start}") if found is not None else ():
            outer = entry.outer
            if (
                outer is not None
                and not tree.text[leaf.first : outer[0]].strip() + tree.text[outer[1] : leaf.last].strip()
            ):
                yield _stuck(entry, "nothing would be left of what holds it")
            else:
                yield entry


def _may_hold_settings(leaf: Node) -> bool:
    if leaf.style in BLOCK_SCALARS:
        return SET.search(leaf.value) is not None or bool(_file_name(leaf))
    return leaf.value[:1] == "{" and '"' in leaf.value


def _stuck(entry: Entry, why: str) -> Entry:
    span = (entry.key_start, entry.key_end), (entry.value_start, entry.value_end)
    return Entry(entry.scope, entry.key, *span[0], entry.value, *span[1], None, why)


def fault(before: NodeTree, after: NodeTree) -> str | None:
    """Why the code in the scalars of an edited text must not be kept, or None."""
    known = Counter(leaf.value for leaf in before.leaves)
    changed = [leaf for leaf in after.leaves if not known[leaf.value] and leaf.kind == SCALAR and not leaf.is_key]
    if not changed:
        return None
    kept = {leaf.value for leaf in after.leaves}
    gone: dict[tuple[str, ...], list[Node]] = {}
    for leaf in before.leaves:
        if leaf.value not in kept and leaf.kind == SCALAR and not leaf.is_key:
            gone.setdefault(_path(leaf), []).append(leaf)
    for leaf in changed:
        old = next(iter(gone.get(_path(leaf), ())), None)
        was = embedded(before, old) if old is not None else None
        now = embedded(after, leaf)
        if old is not None:
            gone[_path(leaf)].remove(old)
        if was is None or was.parsed is None or was.language == "text":
            continue
        if now is None or now.language != was.language:
            if was.language in ("json", "env"):  # known by its look alone
                return f"the {was.called} code in a value would not be {was.called} any more"
            continue
        if (reason := was.fault_of(now)) is not None:
            return reason
    return None


def fit(tree: NodeTree, edits: Sequence[Edit]) -> list[Edit]:
    """Edits written as the code that they lie in demands; the scalar's own style is still to be seen to.

    Raises:
        ValueError: a text can't be written where it should.
    """
    fitted: list[Edit] = []
    inside: dict[int, tuple[Embedded, list[Edit]]] = {}
    for edit in edits:
        leaf = tree.leaf_at(edit.start)
        whole = leaf is None or leaf.is_key or (edit.start <= leaf.first and edit.end >= leaf.last)
        found = embedded(tree, leaf) if leaf is not None and not whole and edit.end <= leaf.last else None
        if found is None or leaf is None:
            fitted.append(edit)
        else:
            inside.setdefault(leaf.start, (found, []))[1].append(edit)
    for found, own in inside.values():
        fitted += found.fit(own)
    return sorted(fitted, key=lambda edit: (edit.start, edit.end))


def embedded(tree: NodeTree, leaf: Node) -> Embedded | None:
    """The code that a scalar is, or None where it is none."""
    if leaf not in tree.files:
        tree.files[leaf] = _read(tree, leaf)
    return tree.files[leaf]


def _read(tree: NodeTree, leaf: Node) -> Embedded | None:
    if leaf.kind != SCALAR or leaf.is_key or not leaf.value.strip():
        return None
    language, path = _language(leaf)
    if not language:
        return None
    laid = scalar_code.laid(tree.text, leaf, dollars=_is_compose(leaf))
    if laid is None:
        return None
    found = Embedded(language, laid, scalar_code.masked(laid.code), path or EXTENSION.get(language, ""))
    is_data = language in ("json", "env") and not path
    return None if is_data and found.parsed is None else found


def _language(leaf: Node) -> tuple[str, str]:
    """The module of offramp.syntax that reads a scalar, and the path of the file that it is; empty where none does."""
    block = leaf.style in BLOCK_SCALARS
    if block and (name := _file_name(leaf)):
        known = module_for(name, files.kind_of(name))
        if known != "text":
            return known, name
    if block and (shebang := SHEBANG.match(leaf.value)) is not None:
        return INTERPRETERS.get(shebang[1], ""), ""
    if (language := _of_script(leaf)) is not None:
        return language, ""
    if leaf.value.strip()[:1] in ("{", "[") and _is_json(leaf.value):
        return "json", ""
    if block and SETTINGS.fullmatch(leaf.value):
        return "env", ""
    return "", ""


def _file_name(leaf: Node) -> str:
    """What the file that a block scalar holds is called: by its key, or by what stands beside `content:`."""
    key = leaf.key
    if key is None or leaf.parent is None:
        return ""
    if SUFFIX.search(key.value):
        return key.value
    if key.value in ("content", "contents", "data"):
        named = leaf.parent.get(*NAMED_BY)
        outer = leaf.parent.key
        known = named.value if named is not None else outer.value if outer is not None else ""
        return known if SUFFIX.search(known) else ""
    return ""


def _of_script(leaf: Node) -> str | None:
    """The language of a command or a script; None where the scalar is neither, empty where nobody can tell."""
    listed = leaf.parent is not None and leaf.parent.kind == SEQUENCE
    if listed and (language := _of_argument(leaf)) is not None:
        return language
    key = _plain(key_of(leaf))
    holder = leaf.parent.key if leaf.parent is not None and not listed else None
    if holder is not None and holder.value == "scripts" and leaf.style == '"':
        return "shell"
    if key in POWERSHELLS and leaf.style in BLOCK_SCALARS:
        return "powershell"
    if key == "test" and not listed and holder is not None and holder.value == "healthcheck":
        return "shell"
    if key not in SCRIPTS or (listed and key not in LISTED):
        return None
    if key in ("shell", "before", "init", "install", "raw", "entry") and not re.search(r"\s", leaf.value.strip()):
        return None  # `shell: bash` is a name
    if key in ("run", "command", "script"):
        return _of_step(leaf)
    return "shell"


def _plain(key: str) -> str:
    return key.replace("_", "").replace("-", "").lower()


def _of_argument(leaf: Node) -> str | None:
    """The language of an item behind `-c`, `-e` or CMD-SHELL, in its list or in the `command:` before `args:`."""
    sequence = leaf.parent
    if sequence is None:
        return None
    words = [item.value for item in sequence.children[: leaf.slot]]
    if not words and key_of(leaf) == "args" and sequence.parent is not None:
        command = sequence.parent.get("command")
        words = [item.value for item in command.children] if command is not None else []
    if words == ["CMD-SHELL"]:
        return "shell"
    if len(words) < 2 or not RUNS_NEXT.fullmatch(words[-1]):
        return None
    names = [re.sub(r"\.exe$|[\d.]+$", "", word.rpartition("/")[2].lower()) for word in words[:-1]]
    return next((INTERPRETERS[name] for name in reversed(names) if name in INTERPRETERS), None)


def _of_step(leaf: Node) -> str:
    """The language of a step's script: as `shell:` says, `defaults:`, the action that runs it, or the machine."""
    mapping = leaf.parent
    while mapping is not None and mapping.kind == SEQUENCE:
        mapping = mapping.parent
    if mapping is None:
        return "shell"
    action = mapping.parent.get("uses") if mapping.parent is not None and mapping.key is not None else None
    if action is not None and "github-script" in action.value:
        return "javascript"
    own = mapping.get("shell")
    if own is not None:
        return _of_shell(own.value)
    holder: Node | None = mapping
    while holder is not None:
        defaults = holder.get("defaults")
        run = defaults.get("run") if defaults is not None else None
        if run is not None and (shell := run.get("shell")) is not None:
            return _of_shell(shell.value)
        if (machine := holder.get("runs-on")) is not None:
            if "windows" in machine.value.lower():
                return "powershell"
            strategy = holder.get("strategy")
            if "${{" in machine.value and strategy is not None and _speaks_of_windows(strategy):
                return ""
        holder = holder.parent
    return "shell"


def _of_shell(command: str) -> str:
    """
    >>> _of_shell("bash -l {0}"), _of_shell("python"), _of_shell("brainf {0}")
    ('shell', 'python', '')
    """
    words = [word.rpartition("/")[2].removesuffix(".exe") for word in re.split(r"[\s\\]+", command.strip())]
    known = next((INTERPRETERS[word] for word in words if word in INTERPRETERS), None)
    return known if known is not None else "shell" if re.search(r"(?:bash|\.sh)\b", command) else ""


def _speaks_of_windows(node: Node) -> bool:
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if "windows" in node.value.lower():
            return True
        waiting += node.children
    return False


def _is_json(value: str) -> bool:
    try:
        return isinstance(json.loads(scalar_code.masked(value, '"')), (dict, list))
    except (ValueError, RecursionError):
        return False


def _is_compose(leaf: Node) -> bool:
    node = leaf
    while node.parent is not None:
        node = node.parent
    return node.get("services") is not None


def _path(leaf: Node) -> tuple[str, ...]:
    """The keys that lead to a scalar."""
    steps: list[str] = []
    node: Node | None = leaf
    while node is not None:
        if node.key is not None:
            steps.append(node.key.value)
        node = node.parent
    return tuple(steps)
