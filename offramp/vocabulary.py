"""The migration as searchable terms.

`Vocabulary.touches` decides from a file's bytes whether anything in it can match: most files end there, never
decoded, never parsed. `Vocabulary.find` names what matches in a text, whole terms only: `gpt-4o` is not found in
`openai/gpt-4o`, `GRADIENT_API_KEY` not in `MY_GRADIENT_API_KEY_2`. What a match means is for the scanners to say.

Each old env name also yields the spellings in which settings classes, Terraform variables and Kubernetes keys carry
it: `GRADIENT_API_KEY` → `gradient_api_key`, `gradientApiKey`, `gradient-api-key`.
"""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Iterable, Iterator, Mapping

from offramp.homonyms import Homonyms
from offramp.migration import Migration, wildcard
from offramp.model import Match, Term, TermKind
from offramp.patterns import ascii_lower, new_names, pattern_of
from offramp.terms import spellings, terms_of

# The order in which overlapping readings of one text win: the more specific first.
PRECEDENCE = (
    *(TermKind.PATH, TermKind.URL, TermKind.MODEL, TermKind.ENV, TermKind.MODULE, TermKind.SYMBOL),
    *(TermKind.NAME, TermKind.PACKAGE, TermKind.PROVIDER, TermKind.RESIDUE),
)
REMEMBERED = 3_000  # texts
WORD = re.compile(r"[A-Za-z0-9_$-]+")
OR_ELSE = re.compile(r"(\$\{\w+:?)-")
OR_ELSE_BEFORE = re.compile(r"\$\{\w+:?-$")
LONGEST_WORD = 200  # characters looked at on either side of a slug


class Vocabulary:
    """Everything that a migration retires, ready to be found.

    Args:
        migration: what to look for.
        paths: old → new path of the files and folders that the run moves; references to them are found too.
    """

    def __init__(self, migration: Migration, paths: Mapping[str, str] | None = None) -> None:
        self.migration = migration
        self.paths = dict(paths or {})
        self.patterns = [p for kind in PRECEDENCE if (p := pattern_of(kind, terms_of(migration, kind, self.paths)))]
        self.homonyms = Homonyms(migration)
        self.kept = new_names(migration, self.paths.values())
        self.names = [pattern for pattern in self.patterns if pattern.kind is not TermKind.PATH]
        self.slug = re.compile(re.escape(migration.slug), re.IGNORECASE) if migration.slug else None
        self.successors = frozenset(_successors(migration))
        self._found: dict[tuple[str, bool], list[Match]] = {}
        self._known_settings: dict[str, bool] = {}
        imported = (module.rpartition(".")[2] for sdk in migration.sdks for module in sdk.modules)
        new = (*self.successors, *_new_stems(migration), *_new_values(migration))
        self.marks = frozenset(ascii_lower(name) for name in (*new, *imported))

    @functools.cached_property
    def stems(self) -> tuple[bytes, ...]:
        """Lower-case literals, one of which every match contains; none contains another."""
        literals = {self.migration.slug}
        for pattern in self.patterns:
            if pattern.kind is TermKind.NAME:  # the words of a name may stand on two lines
                literals |= {max(term.old.split(" "), key=len) for term in pattern.exact.values()}
            else:
                literals |= set(pattern.exact)
            literals |= {max(term.entry.split("*"), key=len) for term in pattern.wild}
            if pattern.kind is TermKind.MODULE:  # `from . import client`
                literals |= {key.rpartition(".")[2] for key in pattern.exact}
        literals = {*self.marks, *(ascii_lower(literal) for literal in literals)}
        kept: list[str] = []
        for literal in sorted(filter(None, literals), key=len):
            if not any(stem in literal for stem in kept):
                kept.append(literal)
        return tuple(stem.encode() for stem in kept)

    @functools.cached_property
    def _automaton(self) -> object:
        import ahocorasick_rs

        wide = [stem.decode().encode("utf-16-le") for stem in self.stems]
        wide += [stem.decode().encode("utf-16-be") for stem in self.stems]
        return ahocorasick_rs.BytesAhoCorasick([*self.stems, *wide])

    @functools.cached_property
    def _literals(self) -> tuple[list[str], object]:
        import ahocorasick_rs

        patterns = (self.kept, *(pattern.expression for pattern in self.patterns))
        literals = sorted({literal for pattern in patterns for literal in pattern.literals} - {""})
        return literals, ahocorasick_rs.AhoCorasick(literals)

    def _present(self, lowered: str) -> set[str]:
        literals, automaton = self._literals
        # bytes that are not UTF-8 ride along as surrogates, which the automaton does not take
        readable = lowered.encode("utf-8", "replace").decode()
        hits = automaton.find_matches_as_indexes(readable, overlapping=True)  # type: ignore[attr-defined]
        return {literals[index] for index in {hit[0] for hit in hits}}

    def touches(self, content: bytes) -> bool:
        """Whether anything in these bytes (any ASCII-compatible encoding, or UTF-16) can match."""
        if not self.stems:
            return False
        return bool(self._automaton.find_matches_as_indexes(content.lower()))  # type: ignore[attr-defined]

    def find(self, text: str, *, paths: bool = True) -> list[Match]:
        """The matches in `text`, in order, none overlapping another; `paths`: those of files that move among them.

        A scan asks several times for the same text, so it is remembered.
        """
        known = self._found.get((text, paths))
        if known is None:
            if len(self._found) > REMEMBERED:
                self._found.clear()
            known = self._found[text, paths] = self._find(text, paths=paths)
        return known

    def _find(self, text: str, *, paths: bool) -> list[Match]:
        whole = text
        if "${" in text:  # the `-` of `${NAME:-literal}` joins no words: it is the shell's and compose's 'or else'
            text = OR_ELSE.sub(r"\1 ", text)
        present = self._present(text.lower())
        others = [*self.homonyms.spans(text), *(matched.span() for matched in self.kept.finditer(text, present))]
        taken = _Spans(others)
        found: dict[tuple[int, int], list[Term]] = {}
        for pattern in self.patterns if paths else self.names:
            for matched in pattern.expression.finditer(text, present):
                span, term = matched.span(), pattern.term(matched[0])
                if pattern.kind is TermKind.PACKAGE and not matched[0].isalnum():
                    # `@scope/old` is a package before `old` in it is a symbol
                    for inner in [s for s in found if span[0] <= s[0] and s[1] <= span[1] and s != span]:
                        taken.remove(inner)
                        del found[inner]
                if term is None or (span not in found and taken.overlap(span) and not _explains(span, term, others)):
                    continue
                found.setdefault(span, []).append(term)
                taken.add(span)
        for span, term in self._slugs(text, taken, found):
            found.setdefault(span, []).append(term)
        return [Match(start, end, whole[start:end], tuple(terms)) for (start, end), terms in sorted(found.items())]

    def _slugs(
        self, text: str, taken: _Spans, found: Mapping[tuple[int, int], list[Term]]
    ) -> Iterator[tuple[tuple[int, int], Term]]:
        """The slug standing alone, and the words that carry it as a part and that nothing else explains."""
        for matched in self.slug.finditer(text) if self.slug else ():
            span = matched.span()
            word = _word_around(text, *span)
            if word == span and (span in found or not taken.overlap(span)):
                new = _like(matched[0], self.migration.new_slug)
                yield span, Term(TermKind.PROVIDER, matched[0], new, self.migration.slug)
            elif not taken.overlap(word) and _is_word_part(text, *span):
                taken.add(word)
                yield word, Term(TermKind.RESIDUE, text[word[0] : word[1]], None, self.migration.slug, exact=False)

    def carried(self, text: str, match: Match) -> Match | None:
        """The word with hyphens in it of which a symbol or package is only a part: outside code it is one word."""
        if match.reading(TermKind.NAME) is not None or match.reading(TermKind.SYMBOL, TermKind.PACKAGE) is None:
            return None
        start, end = _word_around(text, match.start, match.end)
        start = match.start if OR_ELSE_BEFORE.search(text, max(0, match.start - 200), match.start) else start
        word = text[start:end]
        if word.strip("-$") == match.text or "-" not in word or match.text.lower() != self.migration.slug.lower():
            return None
        return Match(start, end, word, (Term(TermKind.RESIDUE, word, None, self.migration.slug, exact=False),))

    def renamed_word(self, word: str) -> str | None:
        """`word` with the slug in it replaced in its letter case, or None where there is no new slug."""
        if self.slug is None or not self.migration.new_slug:
            return None
        new = self.migration.new_slug
        if "_" in word and "-" not in word:
            new = new.replace("-", "_")
        return self.slug.sub(lambda m: _like(m[0], new) or m[0], word)

    def is_setting(self, name: str) -> bool:
        """Whether a name is a setting of the migration, under its old or its new name."""
        known = self._known_settings.get(name)
        if known is None:
            plain, wild = self._settings
            known = self._known_settings[name] = name in plain or any(pattern.fullmatch(name) for pattern in wild)
        return known

    def _setting_names(self) -> set[str]:
        pairs = [*self.migration.env.items(), *self.migration.secrets.items()]
        names = {*self.migration.settings, *(name for pair in pairs for name in pair if name)}
        return names | {spelled for name in names for spelled in spellings(name)[:1]}

    @functools.cached_property
    def _settings(self) -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
        """The plain names, and the patterns of those with a wildcard."""
        names = self._setting_names()
        wild = tuple(wildcard(name) for name in sorted(names) if "*" in name)
        return frozenset(name for name in names if "*" not in name), wild

    def configures(self, text: str) -> bool:
        """Whether a setting, a model, a URL or a slug of the migration stands in a text, by its old or new name.

        Without one there is no setting to be doubled and none to fall back on.
        """
        hits = self._configuring.find_matches_as_indexes(text.lower().encode("utf-8", "replace"))  # type: ignore[attr-defined]
        return bool(hits)

    @functools.cached_property
    def _configuring(self) -> object:
        import ahocorasick_rs

        plain, _ = self._settings
        migration = self.migration
        names = {*plain, migration.slug, migration.new_slug, *migration.settings.values()}
        names |= {max(name.split("*"), key=len) for name in self._setting_names() if "*" in name}
        names |= {name.partition("://")[2] or name for pair in migration.urls.items() for name in pair if name}
        names |= {name for pair in migration.models.items() for name in pair if name}
        literals = {max(name.split("*"), key=len).lower().encode() for name in names if name}
        return ahocorasick_rs.BytesAhoCorasick(sorted(literals))

    def has_homonym(self, text: str) -> bool:
        """Whether the text has words that carry the provider's name and mean something else."""
        return bool(self.homonyms.spans(text))

    def concerns(self, text: str) -> bool:
        """Whether there is anything in the text, old or new, that a scanner could look at."""
        lowered = text.lower()
        return bool(self.find(text)) or any(mark in lowered for mark in self.marks)

    def names_successor(self, text: str) -> bool:
        """Whether the text speaks of what replaces the provider.

        It is company for a bare word too, so that a second scan judges as the first one did.
        """
        return any(word in text for word in self.successors)


def _successors(migration: Migration) -> Iterator[str]:
    for mapping in (migration.env, migration.urls, migration.modules):
        for new in mapping.values():
            if new and "*" not in new and len(new) > 7:
                yield new


def _new_stems(migration: Migration) -> Iterator[str]:
    """What the new names of wildcards begin or end with: `OPENROUTER_` of `OPENROUTER_*`."""
    for new in migration.env.values():
        if new and "*" in new and len(stem := max(new.split("*"), key=len)) > 5:
            yield stem


def _new_values(migration: Migration) -> Iterator[str]:
    """New models and the new provider: a fallback on them is this migration's business too."""
    for new in (*migration.models.values(), migration.new_slug):
        if new and "*" not in new and len(new) > 3:
            yield new


class _Spans:
    """Spans that do not overlap, kept sorted."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self.spans = sorted(spans)

    def overlap(self, span: tuple[int, int]) -> bool:
        index = bisect.bisect_left(self.spans, (span[1], 0))
        return index > 0 and self.spans[index - 1][1] > span[0]

    def add(self, span: tuple[int, int]) -> None:
        bisect.insort(self.spans, span)

    def remove(self, span: tuple[int, int]) -> None:
        self.spans = [other for other in self.spans if other != span]


def _explains(span: tuple[int, int], term: Term, homonyms: list[tuple[int, int]]) -> bool:
    """Whether an exact term is longer than the homonyms inside it, and so says what they mean here."""
    inside = [other for other in homonyms if other[0] < span[1] and span[0] < other[1]]
    return term.exact and bool(inside) and all(span[0] <= o[0] and o[1] <= span[1] and o != span for o in inside)


def _word_around(text: str, start: int, end: int) -> tuple[int, int]:
    """The word that holds a span, as far as it is a word that a person could have written."""
    low = max(0, start - LONGEST_WORD)
    before = re.search(r"[A-Za-z0-9_$-]*\Z", text[low:start])
    after = WORD.match(text, end, end + LONGEST_WORD)
    return low + before.start() if before else start, after.end() if after else end


def _is_word_part(text: str, start: int, end: int) -> bool:
    """Whether the slug is a part of its own in `text`: bounded by case, digits or punctuation, not by letters.

    `useGradient`, `gradient_url` and `GRADIENT2` have it; `gradients`, `ingredient` and `Gradiented` do not.
    """
    before, after = text[start - 1 : start], text[end : end + 1]
    begins = not before.isalpha() or (before.islower() and text[start].isupper())
    ends = not after.isalpha() or (after.isupper() and text[end - 1].islower())
    return begins and ends


def _like(sample: str, word: str) -> str | None:
    """`word` in the letter case of `sample`."""
    if not word:
        return None
    if sample.isupper():
        return word.upper()
    return word[:1].upper() + word[1:] if sample[:1].isupper() else word
