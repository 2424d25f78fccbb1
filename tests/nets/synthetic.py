"""A migration for a tree that has nothing to do with any provider: common names of its own, with new ones."""

from __future__ import annotations

import ast
import pathlib
import re
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence

FEW, MANY = 3, 60  # files that mention a name worth renaming
WORD = re.compile(r"[A-Za-z_]\w*")
HEAD = """schema: 1
name: synthetic
retire: {provider: quuxifrage, names: [Quuxifrage AI]}
replace: {provider: plugh, names: Plugh}
"""


def plan(root: pathlib.Path, paths: Sequence[str]) -> str:
    """The text of a migration that renames a class, a function and a module which several files of a tree use."""
    classes, functions, modules = Counter[str](), Counter[str](), Counter[str]()
    mentions: Counter[str] = Counter()
    for path in paths:
        text = (root / path).read_bytes().decode("utf-8", "replace")
        mentions.update(set(WORD.findall(text)))
        for kind, name in _defined(text):
            (classes if kind == "class" else functions if kind == "function" else modules)[name] += 1
    lines = [HEAD]
    new = [(c, f"Plugh{c}") for c in _best(classes, mentions, r"(?:[A-Z][a-z]+){2,}")]
    new += [(f, f"plugh_{f}") for f in _best(functions, mentions, r"[a-z]+(?:_[a-z]+)+")]
    lines += ["symbols: {" + ", ".join(f"{old}: {name}" for old, name in new) + "}\n"] if new else []
    inner = [m for m, count in modules.most_common() if FEW <= count <= MANY and _file(root, paths, m)]
    lines += [f"modules: {{{m}: {m.rpartition('.')[0]}.plugh_{m.rpartition('.')[2]}}}\n" for m in inner[:1]]
    return "".join(lines)


def short(text: str) -> str:
    return " ".join(text.removeprefix(HEAD).split())


def _best(defined: Counter[str], mentions: Counter[str], shape: str) -> list[str]:
    """The name of a shape that is defined once and mentioned in the most files, without being everywhere."""
    fit = [n for n, count in defined.items() if count == 1 and re.fullmatch(shape, n) and FEW <= mentions[n] <= MANY]
    return sorted(fit, key=lambda name: (-mentions[name], name))[:1]


def _defined(text: str) -> Iterator[tuple[str, str]]:
    """Classes and functions of the module's top level, and the modules of several parts that it imports from."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield "class", node.name
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield "function", node.name
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module and "." in node.module:
            yield "module", node.module


def _file(root: pathlib.Path, paths: Sequence[str], module: str) -> bool:
    return sum(f"/{path}".endswith("/" + module.replace(".", "/") + ".py") for path in paths) == 1
