"""Half-renamed symbols: a definition that went while a use of it stayed, or a use that changed without its definition.

    def chat(model): …      →  def chat(llm): …
    chat(model="x")            chat(model="x")         halved: no chat of the project takes model any more

    python -m tests.nets.halves BEFORE AFTER           prints path:line and why; exits 1 where there are any

A use is judged only where it had a definition in the project before: then it must have one afterwards, under whatever
name. Uses are told from each other by kind: modules, imported names, dotted strings and chains, attributes, keyword
arguments, fixtures, parametrized arguments, exports, fields of TypedDicts, of formats, members of stubs; plain names
are left to pyflakes. Nothing here is shared with the code that renames.
"""

from __future__ import annotations

import dataclasses
import difflib
import functools
import pathlib
import re
import sys
import warnings
from collections import Counter
from collections.abc import Collection, Mapping

from tests.nets import facts
from tests.nets.definitions import PYTHON, Tree
from tests.nets.facts import Use

TEXT = (".toml", ".cfg", ".ini", ".yaml", ".yml", "Dockerfile", "Procfile", ".sh")
WORD = re.compile(r"[^\W\d]\w*")
UNDEFINED = ("UndefinedName", "UndefinedExport", "UndefinedLocal")


@dataclasses.dataclass(frozen=True, slots=True)
class Half:
    path: str
    line: int
    why: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.why}"


def check(
    before: Mapping[str, str],
    after: Mapping[str, str],
    moves: Mapping[str, str] | None = None,
    brought: Collection[str] = (),
) -> list[Half]:
    """Every half-renamed symbol.

    Args:
        before: path → text of each file of the project.
        after: the same, after the change.
        moves: old path → new path; guessed from the names of the files where it is not given.
        brought: names that the change takes from other packages, so that no definition of them is due here.
    """
    moves = _moves(before, after) if moves is None else moves
    moved = {new: old for old, new in moves.items()}
    words = _changed_words(before, after, moved)
    concerned = {path for path, text in after.items() if before.get(path) != text or not words.isdisjoint(_words(text))}
    was, now = (
        Tree(before, {moved.get(path, path) for path in concerned} | before.keys() - after.keys()),
        Tree(after, concerned),
    )
    halves: list[Half] = []
    for path in sorted(concerned):
        old = moved.get(path, path)
        if path in now.files:
            uses = was.uses(old) if old in was.files else []
            halves += _compare(was, now, old, path, uses, brought)
            if old in before and before[old] != after[path]:
                halves += _names(old, path, before[old], after[path])
        elif old in was.files:
            halves.append(Half(path, 1, "it no longer parses"))
        elif path.endswith(TEXT) and old in before:
            halves += _dotted(was, now, path, before[old], after[path])
    return halves


def _changed_words(before: Mapping[str, str], after: Mapping[str, str], moved: Mapping[str, str]) -> set[str]:
    """The words that some file has more or less of than before: only what has one of them can have been halved."""
    words: set[str] = set()
    for path in (before.keys() | after.keys()) - set(moved.values()):
        old, new = before.get(moved.get(path, path), ""), after.get(path, "")
        if old != new:
            counted = Counter(WORD.findall(old)), Counter(WORD.findall(new))
            words.update(counted[0] - counted[1], counted[1] - counted[0])
        names = set(WORD.findall(path)), set(WORD.findall(moved.get(path, path)))
        words |= names[0] ^ names[1]
        if path not in moved and (path not in before or path not in after):
            words.update(WORD.findall(path.rpartition("/")[2]))
    return words


@functools.lru_cache(maxsize=20_000)
def _words(text: str) -> frozenset[str]:
    return frozenset(WORD.findall(text))


def _compare(was: Tree, now: Tree, old: str, path: str, uses: list[Use], brought: Collection[str]) -> list[Half]:
    halves = []
    for before, after in _paired(uses, now.uses(path)):
        had, has = was.resolves(old, before or after), now.resolves(path, after)
        if had is not True or has is True or set(after.name.split(".")) & set(brought):
            continue
        if before is None and has is None and after.kind in ("module", "imported name", "dotted name"):
            continue  # written anew, and of another package
        renamed = f", which was {before.name}," if before is not None and before.name != after.name else ""
        of = f" of {after.owner}" if after.owner and after.kind in ("keyword", "attribute") else ""
        halves.append(Half(path, after.line, f"the {after.kind} {after.name}{of}{renamed} has no definition any more"))
    return halves


def _paired(before: list[Use], after: list[Use]) -> list[tuple[Use | None, Use]]:
    """Each use of a file with what it was before; None for one that has nothing to stand for."""
    if len(before) == len(after) and all(b.kind == a.kind for b, a in zip(before, after, strict=True)):
        return list(zip(before, after, strict=True))
    keys = [[(u.kind, u.name, u.owner) for u in uses] for uses in (before, after)]
    pairs: list[tuple[Use | None, Use]] = []
    for tag, low, high, start, end in difflib.SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        olds: list[Use | None] = list(before[low:high])
        same = tag in ("equal", "replace") and high - low == end - start
        kinds = same and all(o is not None and o.kind == n.kind for o, n in zip(olds, after[start:end], strict=True))
        pairs += zip(olds if kinds else [None] * (end - start), after[start:end], strict=True)
    return pairs


def _dotted(was: Tree, now: Tree, path: str, before: str, after: str) -> list[Half]:
    gone = [u for u in facts.text_uses(after) if was.has(u.name) is True and now.has(u.name) is not True]
    old, new = facts.text_uses(before), facts.text_uses(after)
    if len(old) == len(new):
        pairs = zip(old, new, strict=True)
        gone += [n for o, n in pairs if o.name != n.name and was.has(o.name) is True and now.has(n.name) is not True]
    return [Half(path, use.line, f"{use.name} has no definition any more") for use in gone]


def _names(old: str, path: str, before: str, after: str) -> list[Half]:
    """Names that pyflakes finds undefined and that were not, doctests included."""
    had, has = undefined(old, before), undefined(path, after)
    gone = sum((Counter(had.keys()) - Counter(has.keys())).values())
    new = sorted(has.keys() - had.keys())
    return [Half(path, has[name], f"the name {name} is not defined") for name in new] if len(new) > gone else []


def undefined(path: str, text: str) -> dict[str, int]:
    """Each undefined name with its line."""
    from pyflakes.checker import Checker

    tree = facts.parsed(path, text)
    if tree is None:
        return {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            checker = Checker(tree, filename=path, withDoctest=True)
    except (RecursionError, SyntaxError, ValueError):
        return {}
    found = [m for m in checker.messages if type(m).__name__ in UNDEFINED]
    return {str(m.message_args[0]): m.lineno for m in reversed(found)}


def _moves(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    """Which file that went is which one that came: the likest text."""
    gone, come = sorted(before.keys() - after.keys()), sorted(after.keys() - before.keys())
    moves: dict[str, str] = {}
    for old in gone:
        rated = [(difflib.SequenceMatcher(None, before[old], after[new]).quick_ratio(), new) for new in come]
        score, new = max(rated, default=(0.0, ""))
        if score > 0.6:
            moves[old] = new
            come.remove(new)
    return moves


def texts(root: pathlib.Path) -> dict[str, str]:
    """The files of a folder that can hold names of Python."""
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8", errors="surrogateescape")
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name.endswith((*PYTHON, *TEXT)) and ".git" not in path.parts
    }


if __name__ == "__main__":
    found = check(*(texts(pathlib.Path(argument)) for argument in sys.argv[1:3]))
    print("\n".join(map(str, found)) or "no halves")
    sys.exit(1 if found else 0)
