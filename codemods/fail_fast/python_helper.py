"""The function that reads a required setting: the project's own if the migration names one, else one that the file
is given. The project's own is written where the migration says if it is not there yet.

    require_setting("K")    raises RuntimeError: K is not set. It is read in …. Check: 1. it stands in .env …
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator

from codemods.fail_fast import provision
from offramp.project import Context
from offramp.syntax.python import PythonTree
from scanners.fallbacks import forms
from scanners.fallbacks.python_lookups import Lookups

HELPER = "require_setting"
OWN = "rename that, or name the project's own function in fail_fast:"
SOURCE = '''\
def {function}(name: str) -> str:
    """The value of a setting, or an error that says where it belongs."""
    value = {read}
    if not value:
        raise RuntimeError(
            f"{{name}} is not set. It is read in {{__file__}}. Check: "
            "1. it stands in {where}{or_}; "
            "2. the deployment passes it on; 3. restart."
        )
    return value
'''


@dataclasses.dataclass(frozen=True, slots=True)
class Helper:
    """The function to call, and what has to be there so that it can be called."""

    function: str
    needs: tuple[str, ...] = ()
    adds: tuple[tuple[str, str], ...] = ()
    creates: tuple[tuple[str, str], ...] = ()
    obstacle: str = ""


def helper(context: Context, tree: PythonTree) -> Helper:
    """The function that reads a required setting in a file."""
    own = context.migration.fail_fast_helper.get("python")
    return _own(context, tree, *own.split(":")) if own is not None else _given(context, tree)


def _own(context: Context, tree: PythonTree, module: str, function: str) -> Helper:
    """The project's own function, which is written where the migration says if it is not there yet."""
    stem = module.replace(".", "/")
    ends = (f"{stem}.py", f"{stem}/__init__.py")
    known = [path for path in sorted(context.project.paths) if any(f"/{path}".endswith(f"/{end}") for end in ends)]
    source = _source(context, tree, function, "os.environ.get(name)")
    if not known:
        creates = ((_new_path(context, stem), f"import os\n\n\n{source}"),)
        return Helper(function, (f"import:from {module} import {function}",), creates=creates)
    written = context.project.document(known[0])
    defined = written.tree if written is not None else None
    if not isinstance(defined, PythonTree):
        return Helper(function, obstacle=f"{known[0]} can't be read, so that {function} can't be called from it")
    bound = {name for node in _binding(defined) for name in _names(node)}
    missing = function not in bound and not any(binding.name == function for binding in defined.imports)
    adds = ((known[0], f"helper:{source}"), (known[0], "import:import os")) if missing else ()
    if known[0] == context.document.path:
        return Helper(function, tuple(need for _, need in adds))
    if any(function in _names(node) for node in _binding(tree)):
        return Helper(function, obstacle=f"the file has another {function}: rename that first")
    return Helper(function, (f"import:from {module} import {function}",), adds)


def _binding(tree: PythonTree) -> Iterator[ast.AST]:
    """What binds names: definitions, parameters, assignments."""
    defined = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.arg)
    for node in tree.parents:
        if isinstance(node, defined) or (isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)):
            yield node


def _names(node: ast.AST) -> tuple[str, ...]:
    return tuple(getattr(node, field, "") for field in ("name", "arg", "id"))


def _new_path(context: Context, stem: str) -> str:
    """Where a module belongs that is not there yet: in its package, wherever that is."""
    package, _, _ = stem.rpartition("/")
    folders = {path.rpartition("/")[0] for path in context.project.paths if path.endswith(".py")}
    found = sorted((f for f in folders if package and f"/{f}".endswith(f"/{package}")), key=len)
    return f"{found[0]}/{stem.rpartition('/')[2]}.py" if found else f"{stem}.py"


def _given(context: Context, tree: PythonTree) -> Helper:
    """A function of a few lines that the file is given, unless it has it."""
    there = [node for node in ast.walk(tree.tree) if getattr(node, "name", getattr(node, "id", "")) == HELPER]
    defined = [node for node in there if isinstance(node, ast.FunctionDef)]
    if there and not any("is not set. It is read in" in tree.source(node) for node in defined):
        return Helper(
            HELPER,
            obstacle=f"the file has another {HELPER}: rename that, or name the project's own function in fail_fast:",
        )
    read, imports = _reading(tree)
    return Helper(HELPER, (f"helper:{_source(context, tree, HELPER, read)}", *imports))


def _source(context: Context, tree: PythonTree, function: str, read: str) -> str:
    settings = [form.setting for form in forms(context.document, context.vocabulary) if form.shape in ("lookup", "or")]
    where = provision.where(context, *settings)
    or_ = "" if where.startswith(provision.ENVIRONMENT) else " or in the environment of the service"
    return SOURCE.format(function=function, read=read, where=where, or_=or_)


def _reading(tree: PythonTree) -> tuple[str, tuple[str, ...]]:
    """How the file reads the environment, with the names that it has imported for that."""
    lookups = Lookups(tree)
    if lookups.os:
        name = "os" if "os" in lookups.os else min(lookups.os)
        return f"{name}.environ.get(name)", () if name != "os" else ("import:import os",)
    if lookups.environ:
        return f"{min(lookups.environ)}.get(name)", ()
    return f"{min(lookups.getenv)}(name)", ()
