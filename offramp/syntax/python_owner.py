"""To what a Python value belongs: the name that it is assigned to, compared with or passed as.

    provider == "gradient"                            provider
    Client(provider="gradient", model="x")            provider, with model beside it
    os.environ.get("LLM_PROVIDER", "gradient")        LLM_PROVIDER
    add_argument("--provider", default="gradient")    provider
    Literal["gradient"], PROVIDERS = ("gradient",)    what is annotated, PROVIDERS

The climb goes from the value outwards until something names it.
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from offramp.model import Role
from offramp.syntax.python_names import LOOKUPS, ON_OBJECT, constant, is_env_read, is_environ, name_of
from offramp.syntax.siblings import Others

if TYPE_CHECKING:
    from offramp.syntax.python import PythonTree

ENV_WRITERS = frozenset({"setenv", "delenv", "putenv", "unsetenv"})
ENV_KEYWORDS = frozenset({"env", "envvar", "env_var", "auto_envvar", "env_name"})
# Methods whose argument is of the same sort as what they are called on
LIKE_RECEIVER = frozenset(
    {"startswith", "endswith", "append", "add", "remove", "discard", "index", "count", "extend", "insert", "union"}
    | {"__eq__", "__contains__", "replace", "removeprefix", "removesuffix", "split", "update"}
)
# Calls that describe a field: the value belongs to what the call is assigned to
FIELD_MAKERS = frozenset({"Field", "field", "Option", "Argument", "Column", "mapped_column", "attrib", "ib", "Body"})
FIELD_MAKERS |= {"Query", "Header", "Form", "CharField", "TextField", "String", "Enum", "NewType", "cast", "Final"}
FIELD_MAKERS |= {"frozenset", "set", "tuple", "list", "sorted", "str", "auto", "Parameter", "default"}
FIELD_KEYWORDS = frozenset(
    {"default", "choices", "const", "value", "default_factory", "examples", "example", "initial"}
)
ASSERTS = frozenset({"assertEqual", "assertNotEqual", "assertIn", "assertNotIn", "assertIs", "assertEquals"})
TRANSPARENT = frozenset({"Literal", "Annotated", "Optional", "Union", "Final", "ClassVar", "Required", "NotRequired"})


@dataclasses.dataclass(frozen=True, slots=True)
class Owner:
    """To what a value belongs."""

    key: str
    role: Role = Role.STRING
    syntax: str = ""
    siblings: Mapping[str, str] = dataclasses.field(default_factory=dict)


NOBODY = Owner("", syntax="a string")
ENVIRONMENT = Owner("", Role.ENV, "an environment variable")


def owner_of(tree: PythonTree, node: ast.AST) -> Owner:
    """To what the value of an expression belongs; climbs until something names it."""
    route: list[int] = []
    child, parent = node, tree.parent(node)
    while parent is not None:
        for answer in (_by_expression, _by_pattern, _by_statement):
            if (found := answer(tree, parent, child, route)) is not None:
                return found
        if isinstance(parent, ast.stmt):
            break
        child, parent = parent, tree.parent(parent)
    return NOBODY


def _by_expression(tree: PythonTree, parent: ast.AST, child: ast.AST, route: list[int]) -> Owner | None:
    """The owner that an expression around the value names; `route` gains the index within a list or tuple."""
    match parent:
        case ast.Compare():
            return _compared(parent, child)
        case ast.Call():
            index = tree.slot(parent, "args", child)
            return None if index < 0 else _passed(tree, parent, index, route)
        case ast.keyword(arg=str(name)):
            return _keyword(tree, parent, name)
        case ast.Dict():
            return _in_dict(tree, parent, child)
        case ast.Subscript(slice=index) if index is child:
            return _subscript(parent)
        case ast.BoolOp(values=values) if values[-1] is child:
            named = next((name for other in values[:-1] if (name := name_of(other))), "")
            return Owner(named, syntax=f"the fallback of {named}") if named else None
        case ast.List() | ast.Tuple() | ast.Set():
            route.append(tree.slot(parent, "elts", child))
        case ast.NamedExpr(target=target):
            return _assigned(tree, target, parent)
    return None


def _by_pattern(tree: PythonTree, parent: ast.AST, child: ast.AST, _: list[int]) -> Owner | None:
    match parent:
        case ast.match_case():
            holder = tree.parent(parent)
            name = name_of(holder.subject) if isinstance(holder, ast.Match) else ""
        case ast.MatchMapping(keys=keys, patterns=patterns) if not any(child is key for key in keys):
            name = next((constant(key) for key, pattern in zip(keys, patterns, strict=True) if pattern is child), "")
        case ast.MatchClass(kwd_attrs=names, kwd_patterns=patterns):
            name = next((attr for attr, pattern in zip(names, patterns, strict=True) if pattern is child), "")
        case _:
            return None
    return Owner(name, syntax=f"compared with {name}" if name else "a pattern")


def _by_statement(tree: PythonTree, parent: ast.AST, child: ast.AST, route: list[int]) -> Owner | None:
    match parent:
        case ast.Assign(targets=targets):
            return _assigned(tree, _target(targets[0], route), parent)
        case ast.AnnAssign(target=target) | ast.AugAssign(target=target):
            return _assigned(tree, target, parent)
        case (
            ast.For(target=target, iter=each)
            | ast.AsyncFor(target=target, iter=each)
            | ast.comprehension(target=target, iter=each)
        ) if each is child:
            return Owner(name_of(_target(target, route[:-1])), syntax="a value of a loop")
        case ast.arguments():
            return _default(parent, child)
        case ast.arg(arg=name):
            return Owner(name, syntax="a type")
        case ast.Return() | ast.FunctionDef() | ast.AsyncFunctionDef():
            around = (parent, *tree.ancestors(parent))
            name = next((n.name for n in around if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))), "")
            return Owner(name, syntax=f"what {name} returns")
    return None


def _target(target: ast.AST, route: Sequence[int]) -> ast.AST:
    """The part of an unpacked target that the element at `route` goes to."""
    for index in reversed(route):
        if not isinstance(target, (ast.Tuple, ast.List)) or index >= len(target.elts):
            break
        target = target.elts[index]
    return target


def _assigned(tree: PythonTree, target: ast.AST, statement: ast.AST) -> Owner:
    if isinstance(target, ast.Subscript) and is_environ(target.value):
        return Owner(constant(target.slice), syntax="the value of an environment variable")
    name = name_of(target)
    around = tree.parent(statement)
    if isinstance(around, ast.ClassDef) and is_enum(around):
        return Owner(around.name, syntax=f"a member of {around.name}")
    siblings = Others(_class_values(tree, around), name) if isinstance(around, ast.ClassDef) else {}
    return Owner(name, syntax=f"the value of {name}" if name else "a string", siblings=siblings)


def is_enum(node: ast.ClassDef) -> bool:
    """Whether the names in a class body are members of an enumeration, by what the class is derived from."""
    return any(name_of(base).endswith(("Enum", "Flag", "Choices")) for base in node.bases)


def _class_values(tree: PythonTree, node: ast.ClassDef) -> Mapping[str, str]:
    if node not in tree.memory:
        pairs = []
        for statement in node.body:
            if isinstance(statement, ast.Assign):
                pairs.append((name_of(statement.targets[0]), shown(statement.value)))
            elif isinstance(statement, ast.AnnAssign):
                pairs.append((name_of(statement.target), shown(statement.value)))
        tree.memory[node] = {name: value for name, value in pairs if name and value}
    return tree.memory[node]


def shown(node: ast.AST | None) -> str:
    """The value of a string constant, or the member's name of `Provider.GRADIENT`; empty where it is not known."""
    if isinstance(node, ast.Attribute) and node.attr.isupper():
        return node.attr
    if isinstance(node, ast.Call) and node.args and name_of(node.func) in FIELD_MAKERS:
        return constant(node.args[0])
    return constant(node)


def _compared(node: ast.Compare, child: ast.AST) -> Owner:
    operands: list[ast.expr] = [node.left, *node.comparators]
    index = next((i for i, operand in enumerate(operands) if operand is child), 0)
    nearest = operands[index - 1] if index else operands[1]
    if is_environ(nearest):
        return ENVIRONMENT
    name = name_of(nearest)
    return Owner(name, syntax=f"compared with {name}" if name else "a comparison")


def _keyword(tree: PythonTree, node: ast.keyword, name: str) -> Owner | None:
    call = tree.parent(node)
    if not isinstance(call, ast.Call):
        return Owner(name, syntax=f"passed as {name}")
    if name in ENV_KEYWORDS:
        return ENVIRONMENT
    if name in FIELD_KEYWORDS:
        option = _option(call)
        return Owner(option, syntax=f"the default of {option}") if option else None
    return Owner(name, syntax=f"passed as {name}", siblings=_keywords(call, name))


def _option(call: ast.Call) -> str:
    """The name of the command-line option that a call declares."""
    names = [name for argument in call.args if (name := constant(argument))]
    if not names or not (name_of(call.func) in ("add_argument", "option", "argument") or names[0].startswith("-")):
        return ""
    return max(names, key=len).split("/")[0].strip().lstrip("-").replace("-", "_")


def _keywords(call: ast.Call, without: str = "") -> dict[str, str]:
    return {k.arg: value for k in call.keywords if k.arg and k.arg != without and (value := shown(k.value))}


def _passed(tree: PythonTree, call: ast.Call, index: int, route: Sequence[int]) -> Owner | None:
    """What a positional argument belongs to; None to climb on."""
    name = "" if isinstance(call.func, ast.Call) else name_of(call.func)
    receiver = call.func.value if isinstance(call.func, ast.Attribute) else None
    if is_env_read(call.func) or name in ENV_WRITERS:
        key = constant(call.args[0])
        return Owner(key, syntax=f"the value of {key}") if index else ENVIRONMENT
    if name in LOOKUPS:
        return _looked_up(call, index, receiver)
    if name == "parametrize":
        return _parametrized(call, index, route)
    if name == "param":
        outer = next((n for n in tree.ancestors(call) if isinstance(n, ast.Call)), call)
        return _parametrized(outer, 1, (index, 0))
    if name in ASSERTS and index < 2 and len(call.args) > 1:
        return Owner(name_of(call.args[1 - index]), syntax="compared by a test")
    if name in FIELD_MAKERS and not _option(call):
        return None
    if receiver is not None and name in LIKE_RECEIVER:
        return Owner(name_of(receiver), syntax=f"compared with {name_of(receiver)}")
    return Owner(name, syntax=f"passed to {name}", siblings=_keywords(call))


def _looked_up(call: ast.Call, index: int, receiver: ast.AST | None) -> Owner:
    """An argument of `x.get(key, default)`, `getattr(x, key, default)` and the like."""
    at = 1 if name_of(call.func) in ON_OBJECT else 0
    if index == at:
        holder = call.args[0] if at else receiver
        return ENVIRONMENT if is_environ(holder) else Owner(name_of(holder), syntax=f"a key of {name_of(holder)}")
    key = constant(call.args[at]) if index > at else ""
    return Owner(key, syntax=f"the default of {key}" if key else "a string")


def _parametrized(call: ast.Call, index: int, route: Sequence[int]) -> Owner:
    """`parametrize("provider, style", [("gradient", 1)])`: the name at the same position."""
    if index != 1 or not call.args:
        return NOBODY
    names = _parameter_names(call.args[0])
    at = 0 if len(names) == 1 else (route[-2] if len(route) > 1 else -1)
    return Owner(names[at], syntax="a value of a test's parameter") if 0 <= at < len(names) else NOBODY


def _parameter_names(node: ast.AST) -> list[str]:
    if isinstance(node, (ast.Tuple, ast.List)):
        return [constant(element) for element in node.elts]
    return [name.strip() for name in constant(node).split(",")]


def _in_dict(tree: PythonTree, node: ast.Dict, child: ast.AST) -> Owner:
    holder = owner_of(tree, node)
    if tree.slot(node, "keys", child) >= 0:
        role = Role.ENV if _is_env_dict(tree, node, holder) else Role.KEY
        return Owner(holder.key, role, "a key of a dict")
    if node not in tree.memory:
        pairs = [(_key(k), shown(v)) for k, v in zip(node.keys, node.values, strict=True)]
        tree.memory[node] = {k: v for k, v in pairs if k and v}
    name = _key(node.keys[tree.slot(node, "values", child)])
    siblings = Others(tree.memory[node], name)
    return Owner(name or holder.key, syntax=f"the value of {name}" if name else "a string", siblings=siblings)


def _key(node: ast.AST | None) -> str:
    return constant(node) or name_of(node)


def _is_env_dict(tree: PythonTree, node: ast.Dict, holder: Owner) -> bool:
    """Whether the keys of a dict are environment variables: merged with os.environ, or passed as `env`."""
    if holder.role is Role.ENV or holder.key in ("env", "environ", "environment"):
        return True
    parent = tree.parent(node)
    merged = node.values if tree.slot(node, "keys", None) >= 0 else []
    beside: Iterable[ast.AST | None] = [v for k, v in zip(node.keys, merged, strict=False) if k is None]
    if isinstance(parent, ast.Call):
        beside = [*beside, *(argument for argument in parent.args if argument is not node)]
        beside = [*beside, parent.func.value] if isinstance(parent.func, ast.Attribute) else beside
    elif isinstance(parent, ast.BinOp):
        beside = [*beside, parent.left, parent.right]
    return any(is_environ(other) for other in beside)


def _subscript(node: ast.Subscript) -> Owner | None:
    name = name_of(node.value)
    if is_environ(node.value):
        return ENVIRONMENT
    if name in TRANSPARENT:
        return None  # climb on to what is annotated
    return Owner(name, syntax=f"a key of {name}" if name else "a key")


def _default(node: ast.arguments, child: ast.AST) -> Owner:
    positional = [*node.posonlyargs, *node.args]
    pairs = list(zip(positional[len(positional) - len(node.defaults) :], node.defaults, strict=True))
    pairs += [(a, d) for a, d in zip(node.kwonlyargs, node.kw_defaults, strict=True) if d is not None]
    name = next((a.arg for a, d in pairs if d is child), "")
    siblings = {a.arg: value for a, d in pairs if a.arg != name and (value := shown(d))}
    return Owner(name, syntax=f"the default of {name}", siblings=siblings)
