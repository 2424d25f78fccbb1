"""Fallbacks in Python.

    os.getenv("K", "literal")              ->  require_setting("K")
    url or os.environ.get("K") or "x"      ->  url or require_setting("K")
    os.getenv("K") or os.getenv("K")       ->  os.getenv("K")

Blocks are changed by `python_except` and `python_guards`, declarations by `python_arguments` and `python_settings`.

`require_setting` is a function of a few lines that the file is given, or the project's own that the migration names.
What runs when a module is imported is changed too: that a settings module can't be imported without its settings is
what fail-fast means. But not where tests import the module and nothing sets the variable for them.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable

from codemods.fail_fast import provision, python_arguments, python_except, python_guards
from codemods.fail_fast.python_helper import helper
from codemods.fail_fast.python_tests import tests_break
from offramp.model import Edit, Fix, Refusal
from offramp.project import Context
from offramp.syntax import python_blocks
from offramp.syntax.python import PythonTree
from scanners.fallbacks import Fallback
from scanners.fallbacks.python_defaults import called

REASONS = {
    "mapping": "only the owner of the mapping knows whether {} may be missing: raise an error here if it may not",
    "value": "where {} comes from is not to be seen here: let it fail where it is read",
    "setdefault": "{} is set here for everything that runs after it: remove the line once the environment provides it",
    "other reader": "remove the default of {} if this reader then complains by itself",
    "f-string": "{} is read inside an f-string: read it in a statement of its own that fails when it is missing",
}
FORMS: dict[str, Callable[[Fallback, Context, PythonTree], Fix | Refusal]] = {
    "except": python_except.answer,
    "guard": python_guards.answer,
    "warned": python_guards.answer,
    "ready": python_guards.answer,
    "parameter": python_arguments.parameter,
    "field": python_arguments.field,
    "settings field": python_arguments.field,
    "option": python_arguments.option,
    "reader": python_arguments.reader,
    "constant": python_arguments.constant,
}
BLOCKS = ("except", "guard", "warned", "ready", "constant", "assigned")
EAGER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def answer(form: Fallback, context: Context) -> Fix | Refusal:
    tree = context.document.tree
    assert isinstance(tree, PythonTree)
    if form.shape in REASONS:
        return Refusal(REASONS[form.shape].format(form.setting or "the value"))
    commented = any(form.span[0] <= comment.start < form.span[1] for comment in tree.comments())
    if commented and form.shape not in BLOCKS:
        return Refusal("a comment stands inside the expression: change it by hand")
    if form.shape == "twice":
        return Fix(f"{form.setting} is asked for once", (Edit(*form.span, ""),))
    return FORMS.get(form.shape, _lookup)(form, context, tree)


def _lookup(form: Fallback, context: Context, tree: PythonTree) -> Fix | Refusal:
    name = form.setting
    if not name:
        return Refusal("which setting is asked for is decided at run time: require it where its name is known")
    head = tree.node_at(*(form.span if form.shape == "assigned" else (form.start, form.end)))
    if (reason := _eager(tree, head)) is not None:
        return Refusal(reason.format(name))
    if isinstance(adds := provision.settle(context, name, *form.others), Refusal):
        return adds
    if _at_import(tree, head) and (reason := tests_break(name, context)) is not None:
        return Refusal(reason)
    needed = helper(context, tree)
    if needed.obstacle:
        return Refusal(needed.obstacle)
    cuts = _instead(form, context, tree) if form.shape == "assigned" else []
    if isinstance(cuts, Refusal):
        return cuts
    call = next(node for node in (head, *tree.ancestors(head)) if isinstance(node, ast.Call))
    key = tree.source(call.args[0])
    title = f"{name} must be set"
    return Fix(
        title,
        (Edit(*form.span, f"{needed.function}({key})"), *cuts),
        needs=needed.needs,
        settings=(name,),
        adds=(*adds, *needed.adds),
        creates=needed.creates,
    )


def _instead(form: Fallback, context: Context, tree: PythonTree) -> list[Edit] | Refusal:
    """The statement below a lookup that puts a literal in its place, as edits that take it out."""
    statement = tree.statement_at(form.start, form.end)
    assert isinstance(statement, ast.If)
    spans = python_blocks.statement(tree, statement)
    cuts = python_except.imports_that_go(context, tree, statement.body)
    return cuts if isinstance(cuts, Refusal) else [*(Edit(*span, "") for span in spans), *cuts]


def _eager(tree: PythonTree, head: ast.AST) -> str | None:
    """Why a lookup must not raise where it stands: it is made although its result may not be needed."""
    around = [*itertools.takewhile(lambda outer: not isinstance(outer, ast.stmt), tree.ancestors(head))]
    if any(isinstance(outer, ast.keyword) and outer.arg == "default" for outer in around):
        return "the default is read even where the option is given: read {} after the arguments are parsed"
    inside = head
    for outer in around:
        if isinstance(outer, ast.Call) and inside in outer.args[1:] and called(outer.func) in ("get", "getenv", "pop"):
            return "the default is read even where what is asked for first is there: read {} with `or` behind it"
        inside = outer
    if any(isinstance(outer, ast.arguments) for outer in around):
        return "the default of a parameter is read even where callers pass one: read {} in the function"
    return None


def _at_import(tree: PythonTree, node: ast.AST) -> bool:
    return not any(isinstance(outer, EAGER) for outer in tree.ancestors(node))
