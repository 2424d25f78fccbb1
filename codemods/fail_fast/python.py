"""Fallbacks in Python.

    os.getenv("K", "literal")              ->  require_setting("K")
    url or os.environ.get("K") or "x"      ->  url or require_setting("K")
    os.getenv("K") or os.getenv("K")       ->  os.getenv("K")
    model: str = "literal"                 ->  model: str              of a settings class, which complains by itself
    except Exception as e: model = "x"     ->  except Exception as e: raise RuntimeError(…) from e

`require_setting` is a function of a few lines that the file is given, or the project's own that the migration names.
What runs when a module is imported is changed too: that a settings module can't be imported without its settings is
what fail-fast means. But not where tests import the module and nothing sets the variable for them.
"""

from __future__ import annotations

import ast
import itertools
import re

from codemods.fail_fast import provision, python_except
from codemods.fail_fast.python_helper import HELPER, needs
from offramp.model import Edit, Fix, Refusal
from offramp.project import Context
from offramp.syntax.python import PythonTree
from scanners.fallbacks import EXEMPT, Fallback, is_setting

REASONS = {
    "parameter": "callers may rely on the default of {}: make it required where all of them pass it",
    "field": "whoever leaves {} out relies on the default: make it required where all of them pass it",
    "option": "the command runs without {} today: make it required once whoever calls the command passes it",
    "mapping": "only the owner of the mapping knows whether {} may be missing: raise an error here if it may not",
    "value": "where {} comes from is not to be seen here: let it fail where it is read",
    "constant": "{} is a constant: where it stands in for a setting, require the setting instead, then remove it",
    "setdefault": "{} is set here for everything that runs after it: remove the line once the environment provides it",
    "reader": "remove the default of {}: this reader then complains by itself",
    "guard": "what calls this goes on without {}: raise an error here once no caller relies on getting nothing",
}
TEST_SETUP = re.compile(
    r"(?:^|/)(?:conftest\.py|pytest\.ini|tox\.ini|setup\.cfg|pyproject\.toml|noxfile\.py|\.env\.test)$"
)
EAGER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def answer(form: Fallback, context: Context) -> Fix | Refusal:
    tree = context.document.tree
    assert isinstance(tree, PythonTree)
    if form.shape in REASONS:
        return Refusal(REASONS[form.shape].format(form.setting or "the value"))
    if any(form.span[0] <= comment.start < form.span[1] for comment in tree.comments()) and form.shape != "except":
        return Refusal("a comment stands inside the expression: change it by hand")
    match form.shape:
        case "twice":
            return Fix(f"{form.setting} is asked for once", (Edit(*form.span, ""),))
        case "except":
            return python_except.answer(form, context, tree)
        case "settings field":
            return _field(form, context, tree)
    return _lookup(form, context, tree)


def _lookup(form: Fallback, context: Context, tree: PythonTree) -> Fix | Refusal:
    name = form.setting
    if form.others:
        return Refusal(f"either {name} or {' or '.join(form.others)} may be set: decide which one is required")
    if not name:
        return Refusal("which setting is asked for is decided at run time: require it where its name is known")
    head = tree.node_at(form.start, form.end)
    if (reason := _eager(tree, head)) is not None:
        return Refusal(reason.format(name))
    if isinstance(adds := provision.settle(context, name), Refusal):
        return adds
    if _at_import(tree, head) and (reason := _tests_break(name, context)) is not None:
        return Refusal(reason)
    function, required = needs(context, tree)
    if not required and function == HELPER:
        return Refusal(f"the file has another {HELPER}: rename that, or name the project's own function in fail_fast:")
    call = next(node for node in (head, *tree.ancestors(head)) if isinstance(node, ast.Call))
    key = tree.source(call.args[0])
    title = f"{name} must be set"
    return Fix(title, (Edit(*form.span, f"{function}({key})"),), needs=required, settings=(name,), adds=adds)


def _eager(tree: PythonTree, head: ast.AST) -> str | None:
    """Why a lookup must not raise where it stands: it is made although its result may not be needed."""
    around = [*itertools.takewhile(lambda outer: not isinstance(outer, ast.stmt), tree.ancestors(head))]
    if any(isinstance(outer, ast.keyword) and outer.arg == "default" for outer in around):
        return "the default is read even where the option is given: read {} after the arguments are parsed"
    if any(isinstance(outer, ast.arguments) for outer in around):
        return "the default of a parameter is read even where callers pass one: read {} in the function"
    return None


def _at_import(tree: PythonTree, node: ast.AST) -> bool:
    return not any(isinstance(outer, EAGER) for outer in tree.ancestors(node))


def _tests_break(name: str, context: Context) -> str | None:
    """Why tests would fail: they import the module, and nothing sets the variable for them."""
    project = context.project
    stem = context.document.path.removesuffix(".py").removesuffix("/__init__").rpartition("/")[2]
    tests = [path for path in sorted(project.paths) if path.endswith(".py") and EXEMPT.search(path)]
    imports = re.compile(rf"(?m)^\s*(?:from|import)\b[^\n]*\b{re.escape(stem)}\b")
    importing = [path for path in tests if imports.search(project.text(path) or "")]
    if not importing:
        return None
    setup = {*tests, *(p for p in project.paths if TEST_SETUP.search(p) or provision.WORKFLOW.search(p))}
    named = re.compile("|".join(rf"\b{re.escape(n)}\b" for n in provision.names(context, name)))
    if any(named.search(project.text(path) or "") for path in setup):
        return None
    return f"{importing[0]} imports this module, and nothing sets {name} for the tests: set it there first"


def _field(form: Fallback, context: Context, tree: PythonTree) -> Fix | Refusal:
    """A field of a settings class: without its default, pydantic says at start-up what is missing."""
    field = tree.statement_at(form.start, form.end)
    owner = tree.parent(field) if field is not None else None
    prefix = re.search(r"env_prefix\s*=\s*['\"](\w*)['\"]", tree.source(owner)) if owner is not None else None
    name = (prefix[1] if prefix else "").upper() + form.setting.upper()
    if not is_setting(name, context.vocabulary) and not provision.is_known(context, name):
        return Refusal(REASONS["field"].format(form.setting))
    if isinstance(adds := provision.settle(context, name), Refusal):
        return adds
    if (reason := _tests_break(name, context)) is not None:
        return Refusal(reason)
    start = len(tree.text[: form.start].rstrip())
    return Fix(f"{name} must be set", (Edit(start, form.value[1], ""),), settings=(name,), adds=adds)
