"""Statements that notice a missing setting and go on: they raise an error instead.

    if not key:                              if not key:
        logger.warning("no key")      ->         raise RuntimeError(f"OPENROUTER_API_KEY is not set. …")
        return None

A function that returns nothing may do so on purpose: it raises only where no caller asks whether it did. A check of
readiness that passes without the setting fails.
"""

from __future__ import annotations

import ast

from codemods.fail_fast import provision, python_uses
from codemods.fail_fast.python_except import imports_that_go, replaced_body
from codemods.fail_fast.python_tests import tests_break
from offramp.model import Edit, Fix, Refusal
from offramp.project import Context
from offramp.syntax.python import PythonTree
from scanners.fallbacks import Fallback


def answer(form: Fallback, context: Context, tree: PythonTree) -> Fix | Refusal:
    node = tree.statement_at(form.start, form.end)
    assert isinstance(node, ast.If)
    name = form.setting
    if (reason := _obstacle(form, context, tree, node)) is not None:
        return Refusal(reason)
    if isinstance(adds := provision.settle(context, name), Refusal):
        return adds
    if (reason := tests_break(name, context)) is not None:
        return Refusal(reason)
    title = f"{name} must be set"
    last = node.body[-1]
    if isinstance(last, ast.Return) and isinstance(last.value, ast.Constant) and last.value.value is True:
        return Fix(title, (Edit(*tree.span(last.value), "False"),), settings=(name,), adds=adds)
    cuts = imports_that_go(context, tree, node.body)
    if isinstance(cuts, Refusal):
        return cuts
    edits = (replaced_body(tree, node.body, _error(context, name)), *cuts)
    return Fix(title, edits, settings=(name,), adds=adds)


def _error(context: Context, name: str) -> list[str]:
    where = provision.where(context, name)
    or_ = "" if where.startswith(provision.ENVIRONMENT) else " or in the environment of the service"
    return [
        f'f"{name} is not set. It is read in {{__file__}}. Check: "',
        f'"1. it stands in {where}{or_}; "',
        '"2. the deployment passes it on; 3. restart."',
    ]


def _obstacle(form: Fallback, context: Context, tree: PythonTree, node: ast.If) -> str | None:
    """Why the code may go on without the setting."""
    function = python_uses.scope_of(tree, node)
    if form.shape == "guard":
        assert isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        if function.decorator_list:
            return f"what calls {function.name} is not to be seen here: raise an error once it does not go on"
        return python_uses.going_on(context, function.name) or None
    if form.shape == "warned":
        tested = next(n for n in ast.walk(node.test) if isinstance(n, (ast.Name, ast.Attribute)))
        return _tested_elsewhere(context, tree, node, tested, function)
    return None


def _tested_elsewhere(
    context: Context, tree: PythonTree, node: ast.If, tested: ast.Name | ast.Attribute, function: ast.AST
) -> str | None:
    name = tested.id if isinstance(tested, ast.Name) else tested.attr
    inside = set(ast.walk(node.test))
    if isinstance(tested, ast.Name) and function is not tree.tree and name in python_uses.bound_in(function):
        others = (n for n in ast.walk(function) if isinstance(n, ast.Name) and n.id == name)
        uses = [python_uses.Use(context.document.path, tree, n) for n in others if isinstance(n.ctx, ast.Load)]
    else:
        found = python_uses.uses(context, name)
        uses = [use for use in found if isinstance(use.node, (type(tested), ast.Module))]
    for use in uses:
        if use.node not in inside and (use.tree.text == "" or python_uses.is_tested(use.tree, use.node)):
            return f"{use.place} asks whether {name} is there, so that it may be missing: raise an error by hand"
    return None
