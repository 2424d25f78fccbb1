"""Where the object stands that the new calls are made on, when the old SDK had a global setting in its place.

    genai.configure(api_key=KEY)      →    client = genai.Client(api_key=KEY)
    model.generate_content("Hello")   →    client.models.generate_content(model=model, contents="Hello")

It is a name of the module, of the function, or an attribute of the class, whichever every call that needs it can see.
"""

from __future__ import annotations

import ast
import dataclasses
import re

from offramp.migration_sdks import GIVEN, variables
from offramp.model import Edit
from offramp.project import Project
from offramp.syntax.python_imports import last_import, line_after
from scanners import sdk_faults
from scanners.sdk_calls import File, Use
from scanners.sdk_values import FUNCTIONS


@dataclasses.dataclass(frozen=True)
class Given:
    """How each use writes the client, and the assignments that make it."""

    names: dict[Use, str]
    edits: tuple[Edit, ...] = ()


def settle(file: File, project: Project) -> Given | str:
    """The client for each use that needs one, or why a person has to see to it."""
    givers = [use for use in file.uses if use.shape.gives]
    users = [use for use in file.uses if GIVEN in variables(use.shape.replace or "")]
    if not users and not givers:
        return Given({})
    what = (givers or users)[0].shape
    wanted = what.gives or next(shape.gives for shape in file.sdk.shapes if shape.gives)
    owners = [owner for use in givers if (owner := _class(file, use)) is not None]
    taken = file.nodes.known().union(*(sdk_faults.keys_in(file, owner) for owner in owners))
    name = next((n for n in (wanted, f"{file.sdk.name}_{wanted}") if n not in taken), None)
    if name is None:
        return f"{wanted} means something else in this file"
    if not givers:
        return _default(file, project, name, users)
    if (fault := next((f for use in givers if (f := _misplaced(file, use, users)) is not None), None)) is not None:
        return fault
    return _seen(file, givers, users, name)


def _misplaced(file: File, giver: Use, users: list[Use]) -> str | None:
    """Why a statement that makes the client can't: its value is used, or it runs under a condition."""
    line, _ = file.document.position(giver.start)
    statement = file.nodes.parent(giver.node)
    if not isinstance(statement, ast.Expr):
        return f"line {line}: {giver.shape.match} is part of an expression"
    if isinstance(file.nodes.scope(giver.node), ast.ClassDef):
        return f"line {line}: {giver.shape.match} stands in the body of a class"
    conditions = [n for n in file.nodes.ancestors(statement) if isinstance(n, (ast.If, ast.While, ast.For))]
    conditions = [n for n in conditions if file.nodes.scope(n) is file.nodes.scope(giver.node)]
    for condition in conditions:
        if any(condition not in file.nodes.ancestors(use.node) for use in users):
            return f"line {line}: the client would be made under a condition, and calls outside of it need it"
    return None


def _seen(file: File, givers: list[Use], users: list[Use], name: str) -> Given | str:
    """Give each use the nearest client: of its function, of its class, of the module."""
    names: dict[Use, str] = {}
    of_class: set[Use] = set()
    for use in users:
        around = list(file.nodes.ancestors(use.node))
        local = next((g for g in givers if file.nodes.scope(g.node) in around and _is_function(file, g)), None)
        method = next((g for g in givers if _class(file, g) is not None and _class(file, g) in around), None)
        if local is not None and method is None:
            names[use] = name
        elif method is not None and (parameter := _self(file, use)) is not None:
            names[use] = f"{parameter}.{name}"
            of_class.add(method)
        elif any(isinstance(file.nodes.scope(g.node), ast.Module) for g in givers):
            names[use] = name
        else:
            line, _ = file.document.position(use.start)
            return f"line {line}: no client is made where this call can see it"
    edits = []
    for giver in givers:
        prefix = f"{_self(file, giver)}." if giver in of_class else ""
        edits.append(Edit(giver.start, giver.start, f"{prefix}{name} = "))
    return Given(names, tuple(edits))


def _is_function(file: File, use: Use) -> bool:
    return isinstance(file.nodes.scope(use.node), FUNCTIONS)


def _class(file: File, use: Use) -> ast.ClassDef | None:
    """The class of whose methods a use stands in one."""
    function = file.nodes.scope(use.node)
    owner = file.nodes.parent(function)
    if not isinstance(function, FUNCTIONS) or not isinstance(owner, ast.ClassDef) or function.decorator_list:
        return None
    return owner if _first(function) else None


def _first(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str | None:
    parameters = [*function.args.posonlyargs, *function.args.args]
    return parameters[0].arg if parameters else None


def _self(file: File, use: Use) -> str | None:
    """The name of the object in the method that a use stands in, functions in it included."""
    for outer in file.nodes.ancestors(use.node):
        if isinstance(outer, FUNCTIONS) and isinstance(file.nodes.parent(outer), ast.ClassDef):
            static = any(isinstance(d, ast.Name) for d in outer.decorator_list)
            return None if static else _first(outer)
    return None


def _default(file: File, project: Project, name: str, users: list[Use]) -> Given | str:
    """A client of the module that finds its settings by itself, as the old SDK did where nothing sets it up."""
    shape = next(shape for shape in file.sdk.shapes if shape.gives)
    old, new = (re.escape(re.sub(r"\(.*", "", text or "")) for text in (shape.match.rpartition(".")[2], shape.replace))
    modules = "|".join(re.escape(module) for module in file.sdk.modules)
    pattern = re.compile(rf"(?s)(?:{modules}).*\b{old}\s*\(|\b{new}\s*\([^)]")  # the latter: made by a run before
    statement = last_import(file.tree.tree)
    others = ((path, project.original(path) or "") for path in project.of_kind("python", "notebook"))
    made = next((path for path, text in others if pattern.search(text)), None)
    if made is not None:
        return f"{shape.match} is called in {made}: hand the client that is made there to the calls of this file"
    if not file.sdk.default or statement is None:
        return f"nothing in this file calls {shape.match}"
    position, broken = line_after(file.tree, statement)
    newline = file.document.newline
    line = f"{'' if broken else newline}{newline}{name} = {file.sdk.default}{newline if broken else ''}"
    return Given(dict.fromkeys(users, name), (Edit(position, position, line),))
