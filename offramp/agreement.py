"""Whether the names of settings agree across files after a run: what one file reads, another provides.

    app.py          os.environ["OPENROUTER_API_KEY"]          reads it
    .env.example    OPENROUTER_API_KEY=                       provides it
    compose.yml     OPENROUTER_API_KEY: ${OPENROUTER_API_KEY} hands it on: the caller provides it
    deploy.yml      ${{ secrets.OPENROUTER_API_KEY }}         GitHub provides it, once somebody has created it there

Only the names of the migration are looked at, new ones and old ones that still stand. A disagreement that was there
before under the old name is told as such: the migration has not made it. Tests, documentation and history count for
nothing. What is merely named, by a string or a key whose meaning nobody knows, may be read or provided: it keeps a
finding from being made, and makes none.
"""

from __future__ import annotations

import contextlib
import dataclasses
import enum
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from offramp import files
from offramp.document import Document
from offramp.model import Place, Role

if TYPE_CHECKING:
    from offramp.engine import Outcome
    from offramp.journal import FileChange

PROGRAMS = ("python", "javascript", "code", "notebook")  # kinds whose entries set nothing in an environment
DULL = frozenset({"markdown", "requirements", "style"})  # kinds that neither read nor provide
SECRET, VARIABLE = "a GitHub secret", "a GitHub variable"
TEST = re.compile(
    r"(?:^|/)(?:tests?|__tests__|spec|fixtures|mocks?)/|(?:^|/)(?:test_[^/]*|conftest)\.py$|_test\.|\.(?:test|spec)\."
)
RENAMING = ("retired-env-var", "retired-secret")
TERRAFORM = "TF_VAR_"
ASSIGNED = re.compile(r"[\"'`]?\s*\]?\s*=(?![=>])")
SETTER = re.compile(r"(?:setdefault|putenv|setenv)\(\s*[\"']$", re.IGNORECASE)
LISTED = 3  # places that a sentence names


class Use(enum.StrEnum):
    READ = "reads"
    PROVIDES = "provides"
    HANDS_ON = "hands on"
    ASKS = "asks GitHub for"
    NAMES = "names"


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Site:
    path: str
    line: int
    kind: str = ""  # of what GitHub is asked for


@dataclasses.dataclass(frozen=True, slots=True)
class Disagreement:
    """A setting that is read and provided nowhere, or provided and read nowhere."""

    setting: str
    form: str  # 'not provided' or 'not read'
    message: str
    sites: tuple[Site, ...]
    before: bool  # it was so before the run, under the old name


@dataclasses.dataclass(frozen=True, slots=True)
class Needed:
    """A secret or variable that has to be created on GitHub before what was renamed can run."""

    name: str
    kind: str  # 'secret' or 'variable'
    replaces: tuple[str, ...]
    sites: tuple[Site, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Agreement:
    """What was compared, and what came of it."""

    settings: tuple[str, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    needed: tuple[Needed, ...] = ()

    @property
    def new(self) -> list[Disagreement]:
        return [found for found in self.disagreements if not found.before]


NOT_COMPARED = Agreement()


class Sites:
    """Where each of some settings is read, provided, handed on or named."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, Use], set[Site]] = {}

    def add(self, name: str, use: Use, site: Site) -> None:
        self._found.setdefault((name, use), set()).add(site)

    def of(self, names: Iterable[str], *uses: Use) -> tuple[Site, ...]:
        return tuple(sorted({site for name in names for use in uses for site in self._found.get((name, use), ())}))


def compare(outcome: Outcome, changes: Sequence[FileChange]) -> Agreement:
    """Hold what is read against what is provided, after a run and before it; the files must still be as they were."""
    olds = _renamed(outcome)
    names = sorted(olds.keys() | {old for olds_of in olds.values() for old in olds_of})
    if not names:
        return Agreement()
    word = re.compile(
        rf"(?<![A-Za-z0-9_])(?:{'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})(?![A-Za-z0-9_])"
    )
    old, new = Sites(), Sites()
    changed = {change.target for change in changes}
    for document in outcome.after.holding(_raw(names), DULL):
        _collect(document, word, (new,) if document.path in changed else (new, old))
    for change in changes:
        if change.before is not None:
            _collect(Document.read(change.path, change.before), word, (old,))
    found = [d for name in names for d in _disagreements(name, olds, old, new)]
    return Agreement(tuple(names), tuple(found), tuple(_needed(names, olds, old, new)))


def _renamed(outcome: Outcome) -> dict[str, set[str]]:
    """The settings of the migration that the tree refers to: each new name with its old ones, each old one alone."""
    names: dict[str, set[str]] = {name: set() for name in outcome.settings if not name.startswith(TERRAFORM)}
    for record in outcome.records:
        first = record.first
        if first.rule in RENAMING or first.text.startswith(TERRAFORM):
            names.setdefault(first.text, set())
            if first.term.new:
                names.setdefault(first.term.new, set()).add(first.text)
    return names


def _raw(names: Iterable[str]) -> re.Pattern[bytes]:
    words = {name.removeprefix(TERRAFORM) for name in names}
    return re.compile(b"|".join(re.escape(word.encode()) for word in sorted(words)))


def _collect(document: Document, word: re.Pattern[str], into: Sequence[Sites]) -> None:
    """Enter what a file does with the settings; one whose reader trips over it must not end the run."""
    path = document.path
    if document.kind in DULL or document.kind == "text" or files.is_history(path):
        return
    if files.left_alone(path, document.encoded()) is not None:
        return
    found: list[tuple[str, Use, Site]] = []
    with contextlib.suppress(RecursionError, ValueError, LookupError, AttributeError, TypeError):
        found += _uses(document, word)
        found += _variables(document, word) if document.kind == "terraform" else ()
    for name, use, site in found:
        for sites in into:
            sites.add(name, use, site)


def _uses(document: Document, word: re.Pattern[str]) -> Iterator[tuple[str, Use, Site]]:
    entries = {e.key_start: e for e in document.tree.entries()} if document.kind not in PROGRAMS else {}
    for matched in word.finditer(document.text):
        place = document.tree.place(*matched.span())
        entry = entries.get(matched.start())
        value = entry.value if entry is not None and entry.key == matched[0] else None
        use = _use(document, matched, place, value)
        if use is not None:
            kind = place.syntax.rpartition(" ")[2] if use is Use.ASKS else ""
            yield matched[0], use, Site(document.path, document.position(matched.start())[0], kind)


def _use(document: Document, matched: re.Match[str], place: Place, value: str | None) -> Use | None:
    """What a file does with the setting that it names there."""
    if place.role in (Role.COMMENT, Role.PROSE, Role.TEXT) or place.syntax.startswith("a comment"):
        return None
    if TEST.search(document.path):
        return Use.NAMES
    if place.syntax in (SECRET, VARIABLE):
        return Use.ASKS
    if value is not None and not (place.role is Role.KEY and place.key == "secrets"):
        return Use.HANDS_ON if _hands_on(document, matched[0], value) else Use.PROVIDES
    if place.role is not Role.ENV:
        return Use.NAMES if _is_setting(document, place) else None
    if "handed on" in place.syntax:
        return Use.HANDS_ON
    before, after = document.text[max(0, matched.start() - 30) : matched.start()], document.text[matched.end() :][:20]
    if document.kind in PROGRAMS and (ASSIGNED.match(after) or SETTER.search(before)):
        return Use.PROVIDES
    return Use.READ


def _is_setting(document: Document, place: Place) -> bool:
    """Whether a name may be read or provided there; a commented-out setting is neither."""
    return document.kind != "env_file" or place.role is Role.VALUE


def _hands_on(document: Document, name: str, value: str) -> bool:
    """Whether an entry only passes a variable on that the caller has."""
    if re.search(rf"\$\{{?{re.escape(name)}(?![A-Za-z0-9_])", value):
        return True
    return document.kind == "dockerfile" and not value


def _variables(document: Document, word: re.Pattern[str]) -> Iterator[tuple[str, Use, Site]]:
    """`variable "x"` reads TF_VAR_x."""
    for matched in re.finditer(r'(?m)^variable[ \t]+"?(\w+)"?', document.text):
        if word.fullmatch(name := TERRAFORM + matched[1]):
            yield name, Use.READ, Site(document.path, document.position(matched.start())[0])


def _disagreements(name: str, olds: Mapping[str, set[str]], old: Sites, new: Sites) -> Iterator[Disagreement]:
    reads, provides = new.of([name], Use.READ), new.of([name], Use.PROVIDES)
    family = {name, *olds.get(name, ())}
    if reads and not provides and not new.of([name], Use.NAMES):
        before = bool(old.of(family, Use.READ)) and not old.of(family, Use.PROVIDES)
        message = f"{name} is read in {_listed(reads)} and provided nowhere"
        beside = _beside(name, olds, new, Use.PROVIDES, "is in")
        yield Disagreement(name, "not provided", message + beside, reads, before)
    if provides and not new.of([name], Use.READ, Use.NAMES, Use.HANDS_ON):
        before = not old.of(family, Use.READ, Use.NAMES, Use.HANDS_ON)
        message = f"{name} is provided in {_listed(provides)} and read nowhere"
        beside = _beside(name, olds, new, Use.READ, "is read in")
        yield Disagreement(name, "not read", message + beside, provides, before)


def _beside(name: str, olds: Mapping[str, set[str]], new: Sites, use: Use, told: str) -> str:
    """The other end of it, which bears a name that this one replaces, or that replaces this one."""
    replaced = sorted(olds.get(name, ()))
    for other in (*replaced, *sorted(new_name for new_name, its in olds.items() if name in its)):
        if sites := new.of([other], use):
            which = "which it replaces" if other in replaced else "which replaces it"
            return f"; {other}, {which}, {told} {_listed(sites)}"
    return ""


def _listed(sites: Sequence[Site]) -> str:
    told = ", ".join(f"{site.path}:{site.line}" for site in sites[:LISTED])
    return told + (f" and {len(sites) - LISTED} more" if len(sites) > LISTED else "")


def _needed(names: Sequence[str], olds: Mapping[str, set[str]], old: Sites, new: Sites) -> Iterator[Needed]:
    """What workflows ask GitHub for now, and did not before under this name."""
    for name in names:
        asked = new.of([name], Use.ASKS)
        there = {site.kind for site in old.of([name], Use.ASKS)}
        replaced = tuple(sorted(other for other in olds.get(name, ()) if old.of([other], Use.ASKS)))
        for kind in sorted({site.kind for site in asked} - there):
            yield Needed(name, kind, replaced, tuple(site for site in asked if site.kind == kind))
