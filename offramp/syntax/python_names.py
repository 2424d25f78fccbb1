"""What a Python expression is called: the last name in it, whatever wraps it.

    settings.provider        provider
    get_provider().lower()   get_provider
    config["provider"]       provider

Also what reads the environment, in its many spellings.
"""

from __future__ import annotations

import ast

ENV_READERS = frozenset({"get", "pop", "setdefault", "__getitem__"})  # of os.environ
LOOKUPS = frozenset(
    {"get", "pop", "setdefault", "getlist", "getattr", "setattr", "hasattr", "delattr", "setitem", "delitem"}
)
ON_OBJECT = frozenset({"getattr", "setattr", "hasattr", "delattr", "setitem", "delitem"})  # the object comes first


def name_of(node: ast.AST | None) -> str:
    """The last name of an expression: `settings.provider`, `provider()`, `x["provider"]`, `provider.lower()`."""
    while node is not None:
        match node:
            case ast.Name(id=name) | ast.arg(arg=name) | ast.keyword(arg=str(name)):
                return name
            case ast.Attribute(attr="value" | "name", value=inner) if name_of(inner) not in ("self", "cls"):
                node = inner
            case ast.Attribute(attr=name):
                return name
            case ast.Subscript(slice=ast.Constant(value=str(name))):
                return name
            case ast.Call(func=func, args=args) if is_env_read(func) or name_of(func) in LOOKUPS:
                at = 1 if name_of(func) in ON_OBJECT else 0
                return constant(args[at]) if len(args) > at else ""
            case ast.Call(func=ast.Attribute(value=inner, attr=attr), args=args) if is_string_method(attr):
                node = inner
            case ast.Call(func=func):
                node = func
            case ast.Subscript(value=inner) | ast.NamedExpr(target=inner) | ast.Starred(value=inner):
                node = inner
            case ast.Await(value=inner) | ast.FormattedValue(value=inner):
                node = inner
            case ast.BoolOp(values=[inner, *_]):
                node = inner
            case _:
                return ""
    return ""


def is_string_method(name: str) -> bool:
    return name in ("lower", "upper", "strip", "casefold", "lstrip", "rstrip", "title", "keys", "values", "items")


def constant(node: ast.AST | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def is_environ(node: ast.AST | None) -> bool:
    """`os.environ`, `environ`, the string "os.environ"."""
    return name_of(node) in ("environ", "environb") or constant(node) == "os.environ"


def is_env_read(func: ast.AST) -> bool:
    if isinstance(func, ast.Attribute):
        return func.attr in ("getenv", "getenvb") or (is_environ(func.value) and func.attr in ENV_READERS)
    return isinstance(func, ast.Name) and func.id == "getenv"
