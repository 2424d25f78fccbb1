"""To whom a name in Python code belongs that is called like one of ours.

    torch.gradient_step(1)                   torch, which is not this project's
    httpx.Client(gradient_timeout=3)         a parameter of httpx
    def show(t: torch.Tensor): t.gradient_x  an attribute of what torch has

A module is the project's own where the tree has a file or a folder of its name, and where the migration names it.
"""

from __future__ import annotations

import ast
import dataclasses
import functools
import re
import sys

from offramp.model import Finding, Role
from offramp.project import Context, PathIndex
from offramp.syntax.python import PythonTree
from offramp.syntax.python_classes import dotted
from offramp.syntax.python_imports import bound_by
from scanners.python_modules import Modules, resolve


@dataclasses.dataclass(frozen=True, slots=True)
class Outsider:
    """The module of others that a name belongs to; `certain` where it is written as that module's own."""

    module: str
    certain: bool


def foreign(tree: PythonTree, finding: Finding, context: Context) -> Outsider | None:
    """To whom a name in code belongs: imported from a module of others, an attribute or a parameter of what it has."""
    if finding.place.role is not Role.CODE:
        return None
    around, found = (None, *tree.route(finding.start, finding.end))[-2:]
    node: ast.AST | None = found
    if isinstance(node, ast.alias):
        module = around.module or "" if isinstance(around, ast.ImportFrom) and not around.level else ""
        is_name = finding.start < tree.span(node)[0] + len(node.name)
        return Outsider(module, certain=True) if module and is_name and not _is_own(module, context) else None
    certain = isinstance(node, (ast.Name, ast.Attribute))
    holder = node.value if isinstance(node, ast.Attribute) else None
    if isinstance(node, ast.keyword):
        node = around.func if isinstance(around, ast.Call) else None
    elif not certain:
        return None
    while isinstance(node, (ast.Attribute, ast.Call)):
        certain = certain and isinstance(node, ast.Attribute)
        node = node.value if isinstance(node, ast.Attribute) else node.func
    if not isinstance(node, ast.Name):
        return None
    bound = [b for b in tree.imports if b.name == node.id and not (node.id == finding.text and b.aliased)]
    outside = sorted(b.target for b in bound if not b.module.startswith(".") and not _is_own(b.target, context))
    if not bound:
        return _instance(tree, node, finding.text, context) if holder is node else None
    if outside and node.id in tree.scopes.assigned:
        return None
    whole = certain and len(outside) == len(bound)
    return Outsider(outside[0], whole) if outside else None


def _instance(tree: PythonTree, name: ast.Name, attribute: str, context: Context) -> Outsider | None:
    """The module of others whose class a variable is an instance of, by its annotation or by what it is assigned."""
    roots = {b.name for b in tree.imports if not b.module.startswith(".") and not _is_own(b.target, context)}
    beside = "|".join(re.escape(root) for root in sorted(roots))
    if not roots or not re.search(rf"(?m)^(?=.*\b{re.escape(name.id)}\b).*\b(?:{beside})\b", tree.text):
        return None
    owner = tree.scopes.resolve(tree.scopes.home[name], name.id)
    values = [value for scope, value in tree.members.values.get(name.id, ()) if scope is owner]
    modules = [_class_of_others(tree, value, context) for value in values]
    if not all(modules) or tree.members.sets(attribute):
        return None
    return next((Outsider(module, certain=False) for module in modules if module), None)


def _class_of_others(tree: PythonTree, value: ast.AST | None, context: Context) -> str | None:
    """The module of others that has the class which is called, or which is an annotation."""
    written = dotted(value.func if isinstance(value, ast.Call) else value) if value is not None else ""
    root, _, name = written.partition(".")
    targets = [b.target for b in tree.imports if b.name == root and not b.module.startswith(".")]
    last = (name or (targets[0] if targets else "")).rpartition(".")[2]
    outside = last[:1].isupper() and bool(targets) and root not in tree.scopes.assigned
    return targets[0] if outside and not _is_own(targets[0], context) else None


def _is_own(module: str, context: Context) -> bool:
    """Whether a module is the project's own, or one that the migration retires or brings."""
    migration, index = context.migration, context.project.index
    root = module.partition(".")[0]
    brought = [new for new in migration.modules.values() if new]
    brought += [b.module for r in migration.rewrites for line in r.add_imports for b in bound_by(line)]
    if resolve(module, Modules.of(context.vocabulary)) or any(f"{module}.".startswith(f"{new}.") for new in brought):
        return True
    # the standard library has no parameter of that name: `partial(f, gradient_timeout=1)` hands it on to our own
    return root in sys.stdlib_module_names or root in own_roots(index)


@functools.lru_cache(maxsize=4)
def own_roots(index: PathIndex) -> frozenset[str]:
    """The names under which a tree can be imported: its folders, whatever the root, and its top-level modules."""
    folders = {part for folder, count in index.folders.items() if count > 0 for part in folder.split("/")}
    modules = {path.rpartition("/")[2].removesuffix(".py") for path in index.folded.values() if path.endswith(".py")}
    return frozenset(folders | modules)
