"""What only the retired provider needed, where the provider that replaces it is handled as well.

    if provider == "gradient": …        dead: another branch tests for "openrouter"
    {"gradient": A, "openrouter": B}    dead entry
    Literal["gradient", "openrouter"]   dead member

Renaming the value in place would leave a second branch, entry or member for the new provider. Where nothing handles
the new provider there is nothing dead: the value is renamed. A condition that only stops the retired provider is a
guard: it is found, so that nobody turns it against the new one.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib
from collections.abc import Callable, Iterable, Iterator

from offramp.document import Document
from offramp.evidence import finding
from offramp.model import Finding, Match, Place, Role, Term, TermKind
from offramp.vocabulary import Vocabulary

READERS = {
    "python": "python",
    "javascript": "javascript",
    "terraform": "listed",
    "powershell": "listed",
    "json": "listed",
    "toml": "listed",
    "yaml": "listed",
    "shell": "shell",
}
Span = tuple[int, int]
GUARD = "a guard"
KEEP = (
    "this looks like a guard against the retired provider: keep it with `# offramp: ignore[retired-provider-value]`,"
    " or remove it"
)


@dataclasses.dataclass(frozen=True, slots=True)
class Dead:
    """Something that only the retired provider needs.

    `start` and `end` are the slug, or the name that stands for it. `cuts` go, `inserts` are (offset, text) of what
    must come in their place; `stuck` says why a person has to do it. `member` is "Class.NAME" of an enum's member.
    `regions` are what goes as code, where the cuts also change what stays.
    """

    what: str
    start: int
    end: int
    new: str
    cuts: tuple[Span, ...] = ()
    inserts: tuple[tuple[int, str], ...] = ()
    stuck: str = ""
    member: str = ""
    regions: tuple[Span, ...] = ()


def find(document: Document, vocabulary: Vocabulary) -> Iterator[Finding]:
    """The findings of the rule dead-provider-branch in one document."""
    slug = vocabulary.migration.slug
    for dead in forms(document, vocabulary):
        text = document.text[dead.start : dead.end]
        if dead.what == GUARD and text == slug:
            continue  # the value itself is a finding already, and provider_values refuses to turn it round
        match = Match(dead.start, dead.end, text, ())
        term = Term(TermKind.PROVIDER, text, dead.new, slug)
        place = Place(Role.STRING, dead.what, "", dead.start, dead.end)
        yield finding(document, "dead-provider-branch", match, term, place, f"{dead.what} serves '{text}' only")


@functools.lru_cache(maxsize=64)
def forms(document: Document, vocabulary: Vocabulary, enums: frozenset[str] = frozenset()) -> tuple[Dead, ...]:
    """What is dead in a document, in order. `enums` are those of other files that have a member for both providers."""
    migration = vocabulary.migration
    reader = READERS.get(document.kind)
    if reader is None or not migration.slug or not migration.new_slug:
        return ()
    read: Callable[..., Iterable[Dead]] = importlib.import_module(f"scanners.dead_branches.{reader}").read
    found: dict[Span, Dead] = {}
    for dead in read(document, vocabulary, enums) if enums and reader == "python" else read(document, vocabulary):
        found.setdefault((dead.start, dead.end), dead)
    return tuple(found[span] for span in sorted(found))


def handled(document: Document, found: Finding, vocabulary: Vocabulary) -> Dead | None:
    """The dead branch, entry or member that a finding is a part of: it must not be renamed in place."""
    dead = forms(document, vocabulary)
    return next((d for d in dead if d.start <= found.start and found.end <= d.end), None)
