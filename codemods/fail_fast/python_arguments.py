"""Defaults of parameters, fields, options and readers, and constants that only stood in for a setting.

def ask(prompt, model="literal")      ->  def ask(prompt, model)          where every call passes it
model: str = "literal"                ->  model: str                      where every construction passes it
config("K", default="literal")        ->  config("K")                     decouple & co. complain by themselves
option("--model", default="literal", envvar="K")  ->  option("--model", required=True, envvar="K")
DEFAULT_MODEL = "literal"             ->                                  where nothing uses it any more
"""

from __future__ import annotations

import ast

from codemods.fail_fast import provision, python_uses
from codemods.fail_fast.python_settings import settings_field
from codemods.fail_fast.python_tests import tests_break
from offramp.model import Edit, Fix, Refusal
from offramp.project import Context
from offramp.syntax import python_blocks
from offramp.syntax.python import PythonTree
from scanners.fallbacks import Fallback
from scanners.fallbacks.python_defaults import FIELD_CALLS, called, decorated, string

QUIET_DECORATORS = frozenset({"staticmethod", "classmethod", "abstractmethod", "override", "final", "wraps"})
ANNOTATED = (ast.arg, ast.AnnAssign, ast.FunctionDef, ast.AsyncFunctionDef, ast.Subscript, ast.BinOp)


def parameter(form: Fallback, context: Context, tree: PythonTree) -> Fix | Refusal:
    """A parameter becomes required where every call passes it."""
    default = tree.node_at(*form.value)
    arguments = next(outer for outer in tree.ancestors(default) if isinstance(outer, ast.arguments))
    function, name = tree.parent(arguments), form.setting
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return Refusal(f"whoever calls this lambda may rely on the default of {name}: write a function for it")
    if any(called(d) not in QUIET_DECORATORS for d in function.decorator_list):
        return Refusal(f"what calls {function.name} is not to be seen here: make {name} required where all pass it")
    positional = [*arguments.posonlyargs, *arguments.args]
    index = next((i for i, argument in enumerate(positional) if argument.arg == name), python_uses.WHOLE)
    earlier = len(positional) - len(arguments.defaults)
    if index != python_uses.WHOLE and earlier < index:
        return Refusal(f"the parameters before {name} have defaults: make it a keyword of its own, or reorder them")
    holder = tree.parent(function)
    inside = isinstance(holder, ast.ClassDef)
    target = function.name
    if isinstance(holder, ast.ClassDef) and target == "__init__":
        target = holder.name
    bound = inside and not any(called(d) == "staticmethod" for d in function.decorator_list)
    reason = python_uses.left_out(context, target, name, index - bound, ANNOTATED if target != function.name else ())
    if reason:
        return Refusal(reason)
    end = tree.span(argument_of(arguments, name))[1]
    return Fix(f"{name} must be passed", (Edit(end, _default_end(form, tree, end), ""),))


def _default_end(form: Fallback, tree: PythonTree, start: int) -> int:
    """Where a default ends that begins with the sign behind `start`, the parentheses around it included."""
    end = form.value[1]
    for _ in range(tree.text.count("(", start, form.value[0])):
        end = tree.text.index(")", end) + 1
    return end


def argument_of(arguments: ast.arguments, name: str) -> ast.arg:
    return next(a for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs) if a.arg == name)


def field(form: Fallback, context: Context, tree: PythonTree) -> Fix | Refusal:
    """A field becomes required where every construction passes it."""
    statement = tree.statement_at(form.start, form.end)
    owner = tree.parent(statement) if statement is not None else None
    name = form.setting
    if not isinstance(owner, ast.ClassDef) or statement is None:
        return Refusal(f"whoever leaves {name or 'it'} out relies on the default: make it required where all pass it")
    if any(called(base).endswith("Settings") for base in owner.bases):
        return settings_field(form, context, tree)
    fields = [s for s in owner.body if isinstance(s, ast.AnnAssign)]
    index = python_uses.WHOLE
    passive: tuple[type[ast.AST], ...] = ()
    if decorated(owner):
        index = next((i for i, other in enumerate(fields) if other is statement), index)
        passive = ANNOTATED
        if owner.bases:
            return Refusal(f"{owner.name} builds upon another class: make {name} required where all of them pass it")
        keywords = any("kw_only" in tree.source(decorator) for decorator in owner.decorator_list)
        if not keywords and any(other.value for other in fields[:index]):
            return Refusal(f"the fields before {name} have defaults: make it required together with them")
    if (reason := python_uses.left_out(context, owner.name, name, index, passive)) != "":
        return Refusal(reason)
    return Fix(f"{name} must be passed", (removed_default(form, tree, statement),))


def removed_default(form: Fallback, tree: PythonTree, statement: ast.stmt) -> Edit:
    """The edit that takes the default from a field, of a call that makes the field or of the field itself."""
    value = getattr(statement, "value", None)
    if isinstance(value, ast.Call) and called(value) in FIELD_CALLS:
        return without_argument(tree, value, form.value)
    target = statement.annotation if isinstance(statement, ast.AnnAssign) else statement
    start = tree.span(target)[1]
    return Edit(start, _default_end(form, tree, start), "")


def without_argument(tree: PythonTree, call: ast.Call, value: tuple[int, int]) -> Edit:
    """The edit that takes an argument, found by the span of its value, out of a call."""
    spans = sorted(tree.span(argument) for argument in (*call.args, *call.keywords))
    index = next(i for i, (start, end) in enumerate(spans) if start <= value[0] and value[1] <= end)
    if index:
        return Edit(spans[index - 1][1], spans[index][1], "")
    return Edit(spans[0][0], spans[1][0] if len(spans) > 1 else spans[0][1], "")


def reader(form: Fallback, context: Context, tree: PythonTree) -> Fix | Refusal:
    """`config("K", default="literal")`: without the default the reader complains."""
    name = form.setting
    if isinstance(adds := provision.settle(context, name), Refusal):
        return adds
    call = call_at(form, tree)
    if python_uses.scope_of(tree, call) is tree.tree and (reason := tests_break(name, context)) is not None:
        return Refusal(reason)
    return Fix(f"{name} must be set", (without_argument(tree, call, form.value),), settings=(name,), adds=adds)


def call_at(form: Fallback, tree: PythonTree) -> ast.Call:
    node = tree.node_at(*form.value)
    return next(outer for outer in tree.ancestors(node) if isinstance(outer, ast.Call))


def option(form: Fallback, context: Context, tree: PythonTree) -> Fix | Refusal:
    """An option that an environment variable can set: required, where all that runs the code sets the variable."""
    call = call_at(form, tree)
    given = {keyword.arg: keyword for keyword in call.keywords}
    variable = string(given["envvar"].value) if "envvar" in given else None
    if variable is None or "required" in given or "prompt" in given:
        return Refusal(
            f"the command runs without {form.setting or 'the value'} today: make it required once whoever calls the"
            " command passes it"
        )
    if isinstance(adds := provision.settle(context, variable), Refusal):
        return adds
    if "default" in given and called(call) != "Option":
        edit = Edit(*tree.span(given["default"]), "required=True")
    else:  # typer's
        edit = Edit(*form.value, "...")
    return Fix(f"{variable} must be set", (edit,), settings=(variable,), adds=adds)


def constant(form: Fallback, context: Context, tree: PythonTree) -> Fix | Refusal:
    """A constant goes where nothing uses it any more."""
    statement = tree.statement_at(form.start, form.end)
    use = next(python_uses.uses(context, form.setting), None)
    if use is not None:
        return Refusal(
            f"{form.setting} is a constant that {use.place} uses: where it stands in for a setting, require the setting"
            " instead, then remove it"
        )
    spans = python_blocks.statement(tree, statement) if statement is not None else ()
    if not spans:
        return Refusal(f"nothing uses {form.setting} any more, but it shares its line with something else: remove it")
    return Fix(f"nothing uses {form.setting}", (Edit(*_without_gap(tree, *spans[0]), ""),))


def _without_gap(tree: PythonTree, first: int, end: int) -> tuple[int, int]:
    """Whole lines with the blank lines above them, where those below are left to separate what remains."""
    end = python_blocks.line_end(tree, len(tree.text[:end].rstrip()))
    below = python_blocks.BLANK.match(tree.text, end)
    while below is not None and not (above := python_blocks.line_above(tree, first)).strip() and above:
        first -= len(above)
    return first, end
