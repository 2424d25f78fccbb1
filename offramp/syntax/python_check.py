"""What an edit of a Python file must not break: it compiles, and no name is undefined or doubled that was not.

    from lib.llm_client import LLMClient
    client = GradientClient()             refused: the name GradientClient would be undefined

Only what the edit adds counts: a file that had undefined names before may keep them, under new names too.
"""

from __future__ import annotations

import ast
import functools
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import TypeAlias

COMPLAINTS = {
    "UndefinedName": "the name {} would be undefined",
    "UndefinedLocal": "the name {} would be used before it is set",
    "UndefinedExport": "__all__ would name {}, which is not defined",
    "RedefinedWhileUnused": "{} would be defined twice",
    "DuplicateArgument": "{} would be a parameter twice",
    "member": "{} would stand twice in one class",
    "key": "{} would stand twice in one call",
}
Fault: TypeAlias = tuple[str, str]


def fault(before: str, after: str) -> str | None:
    """Why `after` must not take the place of `before`, or None."""
    has = _faults(after)
    if has is not None and not has:
        return None  # the usual case, and the text before need not be judged
    had = _faults(before)
    if had is None:
        return None
    if has is None:
        return "it would no longer compile"
    new, gone = has - had, had - has
    for (kind, name), _count in sorted(new.items()):
        if sum(n for (k, _), n in new.items() if k == kind) > sum(n for (k, _), n in gone.items() if k == kind):
            return COMPLAINTS[kind].format(name)
    return None


@functools.lru_cache(maxsize=512)
def _faults(text: str) -> Counter[Fault] | None:
    """What is wrong with a text, each fault by its kind and name; None where it does not compile."""
    from offramp.document import Unparsable
    from offramp.syntax.python import parse

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = parse(text).tree  # which the document behind the text has as well
            compile(text, "text", "exec", dont_inherit=True)
    except RecursionError:
        return Counter()  # too deep to be judged
    except (SyntaxError, ValueError, MemoryError, Unparsable):
        return None
    return Counter([*_undefined(tree), *_doubled(tree)])


def _undefined(tree: ast.Module) -> Iterator[Fault]:
    from pyflakes.checker import Checker

    try:
        messages = Checker(tree, withDoctest=False).messages
    except RecursionError:
        return
    seen: set[Fault] = set()
    for message in messages:
        kind = type(message).__name__
        if kind not in COMPLAINTS or not message.message_args:
            continue
        found = (kind, str(message.message_args[0]))
        if kind == "RedefinedWhileUnused" or found not in seen:
            seen.add(found)
            yield found


def _doubled(tree: ast.Module) -> Iterator[Fault]:
    """Names that one class body sets twice, where the last wins silently and an Enum refuses to load."""
    for node in _classes(tree):
        names: Counter[str] = Counter()
        for statement in node.body:
            targets = statement.targets if isinstance(statement, ast.Assign) else []
            targets = [statement.target] if isinstance(statement, ast.AnnAssign) else targets
            names.update(target.id for target in targets if isinstance(target, ast.Name))
        yield from (("member", f"{node.name}.{name}") for name, count in names.items() if count > 1)


def _classes(tree: ast.Module) -> Iterator[ast.ClassDef]:
    """The classes at any depth; they are statements, so expressions need not be walked."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.ClassDef):
            yield node
        for field in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(node, field, None)
            if isinstance(inner, list):  # the body of a lambda or of a conditional expression is none
                waiting += inner
