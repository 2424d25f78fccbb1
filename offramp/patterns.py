"""The terms of one kind as one regular expression, and the new names in which an old one must not be found.

Whole terms only: what may not stand beside a term is said by its kind. `gpt-4o` is not found in `openai/gpt-4o`,
`GRADIENT_API_KEY` not in `MY_GRADIENT_API_KEY_2`.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping

from offramp.alternation import Alternation
from offramp.migration import Migration, carry, wildcard
from offramp.model import Term, TermKind
from offramp.terms import spellings

# Prefixes that frameworks demand of variables which they hand on; the name after them is the setting.
FRAMEWORK_PREFIXES = (
    *("VITE_", "NEXT_PUBLIC_", "REACT_APP_", "NUXT_PUBLIC_", "NUXT_", "EXPO_PUBLIC_", "GATSBY_", "PUBLIC_"),
    *("VUE_APP_", "NG_APP_", "STORYBOOK_", "SNOWPACK_PUBLIC_", "TF_VAR_", "INPUT_", "ORG_GRADLE_PROJECT_"),
)
# What may not stand directly before and after a term of the kind.
BOUNDARIES: Mapping[TermKind, tuple[str, str]] = {
    TermKind.ENV: (r"(?<![A-Za-z0-9_])", r"(?![A-Za-z0-9_])"),
    # `langchain-gradient` is another name than `gradient`; `--gradient_timeout` is an option called gradient_timeout
    TermKind.SYMBOL: (r"(?<![A-Za-z0-9_])(?<![A-Za-z0-9_]-)", r"(?![A-Za-z0-9_])(?!-[A-Za-z0-9_])"),
    TermKind.MODEL: (r"(?<![A-Za-z0-9._/@-])", r"(?![A-Za-z0-9_/@-]|[.:][A-Za-z0-9])"),
    TermKind.URL: (r"(?<![A-Za-z0-9.@-])", r"(?![A-Za-z0-9-]|\.[A-Za-z0-9])"),
    TermKind.PACKAGE: (r"(?<![A-Za-z0-9._@/-])", r"(?![A-Za-z0-9_/-]|\.[A-Za-z0-9])"),
    # a module of several segments may stand behind another import root: `shared.lib.client` is `lib.client`
    TermKind.MODULE: (r"(?:(?<![A-Za-z0-9_.])|(?<=[A-Za-z0-9_]\.)(?=\w+\.\w))", r"(?![A-Za-z0-9_])"),
    TermKind.NAME: (r"(?<![A-Za-z0-9_/-])", r"(?![A-Za-z0-9_/])"),
    TermKind.PATH: (r"(?<![A-Za-z0-9_-])", r"(?![A-Za-z0-9_-]|\.[A-Za-z0-9])"),
}
WILD = {TermKind.ENV: r"[A-Za-z0-9_]+", TermKind.SYMBOL: r"[A-Za-z0-9_]+", TermKind.MODULE: r"[A-Za-z0-9_.]+"}
PREFIXED = (TermKind.ENV, TermKind.SYMBOL)
# What may stand between the words of a name: blanks, or a line break with the marker of a comment.
JOINT = re.compile(r"[ \t\u00a0]+|[ \t]*(?:\r\n|\r|\n)[ \t]*(?:(?:#+|//+|>|;+|--|(?<=[ \t])\*)[ \t]+)?")


@dataclasses.dataclass(frozen=True, slots=True)
class Pattern:
    """The terms of one kind as one regular expression, with the entries to tell what was found."""

    kind: TermKind
    expression: Alternation
    exact: Mapping[str, Term]
    wild: tuple[Term, ...]
    fold: bool = False  # ignore case

    def term(self, text: str) -> Term | None:
        prefix = next((p for p in FRAMEWORK_PREFIXES if text.startswith(p)), "") if self.prefixed else ""
        term = self._term(text) or (self._term(text.removeprefix(prefix)) if prefix else None)
        if term is None or term.old == text or self.fold:
            return term
        new = None if term.new is None else prefix + term.new
        return dataclasses.replace(term, old=text, new=new)

    @property
    def prefixed(self) -> bool:
        return self.kind in PREFIXED

    def _term(self, text: str) -> Term | None:
        exact = self.exact.get(_key(self.kind, text))
        if exact is not None:
            return exact
        for term in self.wild:
            if wildcard(term.entry).fullmatch(text):
                new = None if term.new is None else carry(term.entry, term.new, text)
                return dataclasses.replace(term, old=text, new=new)
        return None


def pattern_of(kind: TermKind, terms: Iterable[Term]) -> Pattern | None:
    exact: dict[str, Term] = {}
    wild: list[Term] = []
    fold = kind is TermKind.PACKAGE
    for term in terms:
        if "*" in term.old:
            wild.append(term)
        else:
            exact.setdefault(_key(kind, term.old), term)
    if not exact and not wild:
        return None
    alternatives = [(_part_of(kind, old), _literal(kind, old)) for old in sorted(exact, key=len, reverse=True)]
    for term in wild:
        before, after = term.old.split("*")
        part = r"[a-z0-9-]+" if "-" in term.old else WILD.get(kind, r"[A-Za-z0-9._-]+")
        longest = max(before, after, key=len).lower()
        alternatives.append((longest, f"{re.escape(before)}{part}{re.escape(after)}"))
    before, after = BOUNDARIES[kind]
    if kind in PREFIXED:
        before += f"(?:{'|'.join(FRAMEWORK_PREFIXES)})?"
    expression = Alternation(alternatives, before, after, re.IGNORECASE if fold else re.NOFLAG)
    return Pattern(kind, expression, exact, tuple(wild), fold)


def _part_of(kind: TermKind, key: str) -> str:
    """A literal that each match of a term contains; the words of a name may stand on two lines."""
    return max(key.split(" "), key=len).lower() if kind is TermKind.NAME else key.lower()


def _key(kind: TermKind, text: str) -> str:
    """What a term is looked up by. The case of packages and of names of several words does not matter."""
    if kind is TermKind.NAME:
        words = JOINT.sub(" ", text)
        return words.lower() if " " in words else text
    return text.lower() if kind is TermKind.PACKAGE else text


def _literal(kind: TermKind, key: str) -> str:
    if kind is TermKind.NAME and " " in key:
        return "(?i:" + f"(?:{JOINT.pattern})".join(re.escape(word) for word in key.split(" ")) + ")"
    return re.escape(key)


def ascii_lower(text: str) -> str:
    """As `bytes.lower` does it: letters outside ASCII keep their case."""
    return text.encode().lower().decode()


def new_names(migration: Migration, paths: Iterable[str]) -> Alternation:
    """The new names that hold an old one: `Azure OpenAI`, `AZURE_OPENAI_API_KEY`, `openai/gpt-4o`.

    They are no references to what is retired; without them a second run would change them again.
    """
    tables = [migration.env, migration.secrets, migration.urls, migration.models, migration.modules, migration.symbols]
    tables += migration.packages.values()
    old = {name.lower() for table in tables for name in table if "*" not in name}
    old |= {migration.slug.lower(), *(name.lower() for name in migration.names)} - {""}
    new = {migration.new_slug, migration.new_name, *(new for table in tables for new in table.values() if new)}
    slug = migration.new_slug.replace("-", "_")
    new |= {*paths, *(path.rpartition("/")[2] for path in paths)}
    settings = [name for name in (slug, *migration.env.values()) if name]
    new |= {slug, slug.upper(), *(spelled for name in settings for spelled in spellings(name))}
    held = sorted((name for name in new - {""} if any(word in name.lower() for word in old)), key=len, reverse=True)
    wild = [(max(name.split("*"), key=len), name.split("*")) for name in held]
    alternatives = [
        (max(stem.split(" "), key=len).lower(), "[A-Za-z0-9_]+".join(_literal(TermKind.NAME, part) for part in parts))
        for stem, parts in wild
    ]
    return Alternation(alternatives, "(?<![A-Za-z0-9])", "(?![A-Za-z0-9])")
