"""The words of the project: frozen values that every other module speaks in.

A *match* is text that the vocabulary knows. A scanner turns it into a *finding* when the syntax around it proves
that it refers to the retired provider. A codemod answers a finding with a *fix* or a *refusal*.

Offsets are counted in characters of the document's text, 0-based, end exclusive. Lines and columns, where a person
sees them, are 1-based.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterable, Mapping


class Severity(enum.IntEnum):
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4


class Confidence(enum.IntEnum):
    LOW = 1
    MEDIUM = 2
    HIGH = 3


class Applicability(enum.StrEnum):
    """How far a fix may be trusted, in ruff's sense; MANUAL means that a person has to do it."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    MANUAL = "manual"
    NONE = "none"


class TermKind(enum.StrEnum):
    """The sections of a migration file, as kinds of vocabulary."""

    ENV = "env"
    PROVIDER = "provider"
    MODEL = "model"
    URL = "url"
    PACKAGE = "package"
    MODULE = "module"
    SYMBOL = "symbol"
    NAME = "name"
    PATH = "path"
    RESIDUE = "residue"  # a word that carries the provider's slug and that no section maps


class Role(enum.StrEnum):
    """What stands at a place, as far as the syntax of its file tells."""

    CODE = "code"  # an identifier of a programming language
    IMPORT = "import"  # a module in an import statement
    STRING = "string"  # inside a string literal
    KEY = "key"  # the key of an entry (mapping, env file, table …)
    VALUE = "value"  # the value of an entry
    ENV = "env"  # where the syntax itself says environment variable: $X, process.env.X, os.environ["X"], secrets.X
    PACKAGE = "package"  # a distribution in a manifest or an install command
    RESOURCE = "resource"  # the name of something that exists elsewhere: a program, a service, a volume
    COMMENT = "comment"
    PROSE = "prose"  # documentation: Markdown text, docstrings
    TEXT = "text"  # nothing is known about it


@dataclasses.dataclass(frozen=True, slots=True)
class Term:
    """One old name of the migration. `new` None means delete (env) or no successor (everything else)."""

    kind: TermKind
    old: str
    new: str | None
    entry: str  # the key of the migration file that it comes from, wildcards included
    exact: bool = True  # False where a wildcard or a derived spelling made it
    ecosystem: str = ""  # of a package: pip, npm …


@dataclasses.dataclass(frozen=True, slots=True)
class Match:
    """Text that the vocabulary knows. `terms` holds every reading of exactly this span, likeliest first."""

    start: int
    end: int
    text: str
    terms: tuple[Term, ...]

    def reading(self, *kinds: TermKind) -> Term | None:
        return next((term for kind in kinds for term in self.terms if term.kind is kind), None)


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """What the syntax of a file says about a span.

    `key` is the name that the value belongs to: the setting it is assigned to, compared with or passed as.
    `start` and `end` delimit the whole literal or scalar without its quotes; `siblings` are the other entries of
    the same mapping, call or file, so that a model can be read together with the provider beside it.
    `theirs` is a sentence about a name that others have given and that nothing may change here.
    """

    role: Role
    syntax: str  # a few words for a person: 'value in an env file'
    key: str = ""
    start: int = -1
    end: int = -1
    siblings: Mapping[str, str] = dataclasses.field(default_factory=dict)
    built: bool = False  # put together from parts (f-string, concatenation): the name is not all here
    theirs: str = ""

    def spans(self, start: int, end: int) -> bool:
        """Whether the literal consists of exactly this span."""
        return self.start == start and self.end == end


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """One `key = value` of a format that has such: env file, mapping, table, dict literal, list of `K=V`.

    `outer` is the span that goes when the entry is deleted (line break, comma and indentation as the format
    demands), or None with `stuck` saying why it can't be deleted.
    """

    scope: str  # entries of one mapping share it
    key: str
    key_start: int
    key_end: int
    value: str
    value_start: int
    value_end: int
    outer: tuple[int, int] | None
    stuck: str = ""


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """A reference to what is retired, with the evidence for it."""

    rule: str
    path: str
    start: int
    end: int
    text: str
    term: Term
    place: Place
    confidence: Confidence
    severity: Severity
    message: str
    bare: bool = False  # depends on the company it keeps: see evidence.weigh

    @property
    def key(self) -> tuple[str, str, int, int]:
        """What makes it this finding and no other, as long as the text does not change."""
        return self.rule, self.path, self.start, self.end

    def moved(self, path: str, start: int, end: int) -> Finding:
        return dataclasses.replace(self, path=path, start=start, end=end)


@dataclasses.dataclass(frozen=True, slots=True)
class Edit:
    """Replace text[start:end]. `path` names another document than the finding's own."""

    start: int
    end: int
    replacement: str
    path: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Move:
    old: str
    new: str


@dataclasses.dataclass(frozen=True, slots=True)
class Fix:
    """What a codemod proposes for one finding.

    Fixes of one `group` are applied together or not at all. `needs` are names that `syntax.<format>.provide` knows
    how to supply in the edited document (an import, a helper function). `settings` are the names of settings that
    must be provided wherever the code runs once the fix is in. `adds` are settings that other files are given for it:
    a path and what `syntax.<format>.provide` is to supply there. `creates` are whole files, path and text: new ones,
    or such as the tool keeps itself.
    """

    title: str
    edits: tuple[Edit, ...] = ()
    moves: tuple[Move, ...] = ()
    applicability: Applicability = Applicability.SAFE
    needs: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    adds: tuple[tuple[str, str], ...] = ()
    group: str = ""
    creates: tuple[tuple[str, str], ...] = ()

    @classmethod
    def replace(cls, finding: Finding, replacement: str, title: str = "", group: str = "") -> Fix:
        title = title or f"{finding.text} → {replacement}"
        return cls(title, (Edit(finding.start, finding.end, replacement),), group=group)


@dataclasses.dataclass(frozen=True, slots=True)
class Refusal:
    """Why a finding is left to a person; a whole sentence. `external`: the work lies outside the files.

    `final`: no later codemod is asked about it.
    """

    reason: str
    external: bool = False
    group: str = ""  # a refusal within a group refuses the whole group
    also: tuple[str, ...] = ()  # further groups that it refuses
    final: bool = False


class Problem(Exception):
    """Bad input, told to a person: what is wrong, where, and what to do."""

    def __init__(self, message: str, *, place: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message, self.place, self.hint = message, place, hint

    def __str__(self) -> str:
        head = f"{self.place}: {self.message}" if self.place else self.message
        return f"{head}\n  {self.hint}" if self.hint else head


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Return `text` with the edits spliced in.

    Raises:
        ValueError: two edits overlap, or one lies outside the text.
    """
    parts: list[str] = []
    position = 0
    for edit in sorted(edits, key=lambda e: (e.start, e.end)):
        if not position <= edit.start <= edit.end <= len(text):
            raise ValueError(f"edit {edit.start}-{edit.end} overlaps another or lies outside the text")
        parts += (text[position : edit.start], edit.replacement)
        position = edit.end
    return "".join((*parts, text[position:]))
