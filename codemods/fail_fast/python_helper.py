"""The function that reads a required setting: the project's own if the migration names one, else one that the file
is given.

    require_setting("K")    raises RuntimeError: K is not set. It is read in …. Check: 1. it stands in .env …
"""

from __future__ import annotations

import ast

from codemods.fail_fast import provision
from offramp.project import Context
from offramp.syntax.python import PythonTree
from scanners.fallbacks import forms
from scanners.fallbacks.python_lookups import Lookups

HELPER = "require_setting"
SOURCE = '''\
def require_setting(name: str) -> str:
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


def needs(context: Context, tree: PythonTree) -> tuple[str, tuple[str, ...]]:
    """The name of the function to call, and what the file must be given so that it can be called.

    Nothing is needed where the function belongs to the file already, and ("require_setting", ()) says that another
    function of that name is in the way.
    """
    own = context.migration.fail_fast_helper.get("python")
    if own is not None:
        module, _, function = own.partition(":")
        here = context.document.path.endswith(f"{module.replace('.', '/')}.py")
        return function, () if here else (f"import:from {module} import {function}",)
    there = [node for node in ast.walk(tree.tree) if getattr(node, "name", getattr(node, "id", "")) == HELPER]
    defined = [node for node in there if isinstance(node, ast.FunctionDef)]
    if there and not any("is not set. It is read in" in tree.source(node) for node in defined):
        return HELPER, ()
    settings = [form.setting for form in forms(context.document, context.vocabulary) if form.shape in ("lookup", "or")]
    where = provision.where(context, *settings)
    or_ = "" if where.startswith(provision.ENVIRONMENT) else " or in the environment of the service"
    read, imports = _reading(tree)
    return HELPER, (f"helper:{SOURCE.format(read=read, where=where, or_=or_)}", *imports)


def _reading(tree: PythonTree) -> tuple[str, tuple[str, ...]]:
    """How the file reads the environment, with the names that it has imported for that."""
    lookups = Lookups(tree)
    if lookups.os:
        name = "os" if "os" in lookups.os else min(lookups.os)
        return f"{name}.environ.get(name)", () if name != "os" else ("import:import os",)
    if lookups.environ:
        return f"{min(lookups.environ)}.get(name)", ()
    return f"{min(lookups.getenv)}(name)", ()
