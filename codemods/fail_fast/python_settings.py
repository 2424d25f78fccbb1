"""Fields of settings classes: without a default, pydantic says at start-up what is missing.

    openrouter_model: str = "literal"                                  ->  openrouter_model: str
    model: str = Field("literal", validation_alias="OPENROUTER_MODEL") ->  model: str = Field(validation_alias=…)

The variable is the one that pydantic reads: an alias as it stands, else the field's name behind `env_prefix`.
"""

from __future__ import annotations

import ast

from codemods.fail_fast import provision
from codemods.fail_fast.python_tests import tests_break
from offramp.model import Fix, Refusal
from offramp.project import Context
from offramp.syntax.python import PythonTree
from scanners.fallbacks import Fallback, is_setting
from scanners.fallbacks.python_defaults import called, string

ALIASES = ("validation_alias", "alias", "env")


def settings_field(form: Fallback, context: Context, tree: PythonTree) -> Fix | Refusal:
    from codemods.fail_fast.python_arguments import removed_default

    field = tree.statement_at(form.start, form.end)
    owner = tree.parent(field) if field is not None else None
    assert field is not None
    assert isinstance(owner, ast.ClassDef)
    names = variables(owner, field, form.setting)
    if not names:
        return Refusal(f"which variable sets {form.setting} is not to be seen here: remove its default by hand")
    name, *others = names
    if not any(is_setting(n, context.vocabulary) or provision.is_known(context, n) for n in names):
        return Refusal(f"whoever leaves {form.setting} out relies on the default: make it required where all pass it")
    if isinstance(adds := provision.settle(context, name, *others), Refusal):
        return adds
    if (reason := tests_break(name, context)) is not None:
        return Refusal(reason)
    return Fix(f"{name} must be set", (removed_default(form, tree, field),), settings=(name,), adds=adds)


def variables(owner: ast.ClassDef, field: ast.stmt, name: str) -> list[str]:
    """The environment variables that a field is read from; none where that is not to be seen."""
    value = getattr(field, "value", None)
    for keyword in value.keywords if isinstance(value, ast.Call) else ():
        if keyword.arg in ALIASES:
            listed = keyword.value.args if isinstance(keyword.value, ast.Call) else getattr(keyword.value, "elts", None)
            texts = [string(node) for node in (listed if listed is not None else [keyword.value])]
            return [text for text in texts if text] if all(texts) else []
    prefix = _prefix(owner)
    return [] if prefix is None else [(prefix + name).upper()]


def _prefix(owner: ast.ClassDef) -> str | None:
    """The `env_prefix` of a class; None where another class of the project may set it, or it is computed."""
    values = [keyword.value for keyword in owner.keywords if keyword.arg == "env_prefix"]
    for statement in owner.body:
        if isinstance(statement, ast.ClassDef):
            inner = [s for s in statement.body if isinstance(s, ast.Assign)]
            values += [s.value for s in inner if any(called(t) == "env_prefix" for t in s.targets)]
        for node in ast.walk(statement) if isinstance(statement, (ast.Assign, ast.AnnAssign)) else ():
            match node:
                case ast.keyword(arg="env_prefix", value=value):
                    values.append(value)
                case ast.Dict(keys=keys, values=given):
                    values += [v for k, v in zip(keys, given, strict=True) if string(k) == "env_prefix"]
    if values:
        return string(values[-1])
    return "" if any(called(base) == "BaseSettings" for base in owner.bases) else None
