"""The migration as searchable terms.

`Vocabulary.touches` decides from a file's bytes whether anything in it can match: most files end there, never
decoded, never parsed. `Vocabulary.find` names what matches in a text, whole terms only: `gpt-4o` is not found in
`openai/gpt-4o`, `GRADIENT_API_KEY` not in `MY_GRADIENT_API_KEY_2`. What a match means is for the scanners to say.

Each old env name also yields the spellings in which settings classes, Terraform variables and Kubernetes keys carry
it: `GRADIENT_API_KEY` → `gradient_api_key`, `gradientApiKey`, `gradient-api-key`.
"""

from __future__ import annotations

import bisect
import dataclasses
import functools
import re
from collections.abc import Iterable, Iterator, Mapping

from offramp.alternation import Alternation
from offramp.homonyms import Homonyms
from offramp.migration import Migration, carry, wildcard
from offramp.model import Match, Term, TermKind

# Prefixes that frameworks demand of variables which they hand on; the name after them is the setting.
FRAMEWORK_PREFIXES = (
    *("VITE_", "NEXT_PUBLIC_", "REACT_APP_", "NUXT_PUBLIC_", "NUXT_", "EXPO_PUBLIC_", "GATSBY_", "PUBLIC_"),
    *("VUE_APP_", "NG_APP_", "STORYBOOK_", "SNOWPACK_PUBLIC_", "TF_VAR_", "INPUT_", "ORG_GRADLE_PROJECT_"),
)
# The order in which overlapping readings of one text win: the more specific first.
PRECEDENCE = (
    *(TermKind.PATH, TermKind.URL, TermKind.MODEL, TermKind.ENV, TermKind.MODULE, TermKind.SYMBOL),
    *(TermKind.NAME, TermKind.PACKAGE, TermKind.PROVIDER, TermKind.RESIDUE),
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
REMEMBERED = 3_000  # texts
# The path of a URL whose host is the provider's own; `github.com/old/sdk` says nothing about github.com.
API_ROOT = re.compile(r"(?:/(?:api|rest|inference|v\d+\w*))*/?")
PREFIXED = (TermKind.ENV, TermKind.SYMBOL)
WORD = re.compile(r"[A-Za-z0-9_$-]+")
OR_ELSE = re.compile(r"(\$\{\w+:?)-")
OR_ELSE_BEFORE = re.compile(r"\$\{\w+:?-$")
SCRIPT = re.compile(r"\.(?:[cm]?[jt]sx?)$")
MANY_PATHS = 300  # moves; with more, references are found by whole paths and folders only
LONGEST_WORD = 200  # characters looked at on either side of a slug
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


class Vocabulary:
    """Everything that a migration retires, ready to be found.

    Args:
        migration: what to look for.
        paths: old → new path of the files and folders that the run moves; references to them are found too.
    """

    def __init__(self, migration: Migration, paths: Mapping[str, str] | None = None) -> None:
        self.migration = migration
        self.paths = dict(paths or {})
        self.patterns = [p for kind in PRECEDENCE if (p := _pattern(kind, _terms(migration, kind, self.paths)))]
        self.homonyms = Homonyms(migration)
        self.kept = _kept(migration, self.paths.values())
        self.names = [pattern for pattern in self.patterns if pattern.kind is not TermKind.PATH]
        self.slug = re.compile(re.escape(migration.slug), re.IGNORECASE) if migration.slug else None
        self.successors = frozenset(_successors(migration))
        self._found: dict[tuple[str, bool], list[Match]] = {}
        self._known_settings: dict[str, bool] = {}
        self.marks = frozenset(_ascii_lower(name) for name in (*self.successors, *_new_stems(migration)))

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
        literals = {*self.marks, *(_ascii_lower(literal) for literal in literals)}
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


def spellings(name: str) -> tuple[str, ...]:
    """The other spellings in which a setting's name is carried: snake, camel, kebab.

    >>> spellings("LLM_API_KEY")
    ('llm_api_key', 'llmApiKey', 'llm-api-key')
    """
    lower = name.lower()
    head, *tail = lower.split("_")
    return lower, head + "".join(part[:1].upper() + part[1:] for part in tail), lower.replace("_", "-")


def _terms(migration: Migration, kind: TermKind, paths: Mapping[str, str]) -> Iterator[Term]:
    match kind:
        case TermKind.PATH:
            yield from (Term(kind, old, new, old) for old, new in _module_paths(migration).items())
            yield from path_terms(paths)
        case TermKind.ENV:
            for old, new in {**migration.secrets, **migration.env}.items():
                yield Term(kind, old, new, old, exact="*" not in old)
        case TermKind.MODEL:
            yield from _models(migration)
        case TermKind.URL:
            yield from _urls(migration)
        case TermKind.PACKAGE:
            yield from _packages(migration)
        case TermKind.MODULE:
            for old, new in migration.modules.items():
                yield Term(kind, old, new, old, exact="*" not in old)
        case TermKind.SYMBOL:
            yield from _symbols(migration)
        case TermKind.NAME:
            for name in migration.names:
                yield Term(kind, name, migration.new_name or None, name, exact=" " in name)
        case _:
            return


def _packages(migration: Migration) -> Iterator[Term]:
    for ecosystem, table in migration.packages.items():
        for old, new in table.items():
            yield Term(TermKind.PACKAGE, old, new, old, ecosystem=ecosystem)


def _models(migration: Migration) -> Iterator[Term]:
    for old, new in migration.models.items():
        yield Term(TermKind.MODEL, old, new, old)
        routed = f"{migration.slug}/{old}"  # as routers write it, unless that is how the new provider calls it
        if migration.slug and routed not in migration.models.values():
            yield Term(TermKind.MODEL, routed, new, old)


def _module_paths(migration: Migration) -> dict[str, str | None]:
    """The files of the modules that move: `lib.old_client` → `lib/old_client.py`; only modules with a parent."""
    paths: dict[str, str | None] = {}
    for old, new in migration.modules.items():
        if "." in old and "*" not in old and new:
            paths[old.replace(".", "/") + ".py"] = new.replace(".", "/") + ".py"
            paths[old.replace(".", "/")] = new.replace(".", "/")
    return paths


def path_terms(paths: Mapping[str, str]) -> Iterator[Term]:
    """How the files that move are referred to; `entry` is the old path of the file itself.

    By the whole path and by that of the folder which moves; by what is left of it for a file further down (`exact`
    is False then: see `evidence`), and the way JavaScript imports, without the suffix.
    """
    for old, new in paths.items():
        yield Term(TermKind.PATH, old, new, old)
        folder, target = moved_unit(old, new)
        if folder != old and "/" in folder:
            yield Term(TermKind.PATH, folder, target, old)
    for old, new in paths.items() if len(paths) <= MANY_PATHS else ():
        parts, targets = old.split("/"), new.split("/")
        if len(parts) != len(targets):
            continue  # into another folder: only the whole path says which file is meant
        last = max(index for index, part in enumerate(parts) if part != targets[index])
        for index in range(last + 1):
            form, becomes = "/".join(parts[index:]), "/".join(targets[index:])
            if index and "." in form:
                yield Term(TermKind.PATH, form, becomes, old, exact=False)
            if (suffix := SCRIPT.search(form)) is not None:
                shorter = becomes.removesuffix(suffix[0])
                yield Term(TermKind.PATH, form.removesuffix(suffix[0]), shorter, old, exact=False)


def moved_unit(old: str, new: str) -> tuple[str, str]:
    """What moves as one when a file does: the first folder whose name changes, else the file.

    >>> moved_unit("prompts/gradient/system.txt", "prompts/openrouter/system.txt")
    ('prompts/gradient', 'prompts/openrouter')
    """
    parts, targets = old.split("/"), new.split("/")
    if len(parts) != len(targets):
        return old, new
    first = next((index for index, part in enumerate(parts) if part != targets[index]), len(parts))
    return "/".join(parts[: first + 1]), "/".join(targets[: first + 1])


def _urls(migration: Migration) -> Iterator[Term]:
    hosts: dict[str, Term] = {}
    for old, new in migration.urls.items():
        yield Term(TermKind.URL, old, new, old)
        host, successor = _host(old), _host(new or "")
        if host != old and "*" not in old and API_ROOT.fullmatch(old.rpartition("://")[2].removeprefix(host)):
            hosts.setdefault(host, Term(TermKind.URL, host, successor or None, old, exact=False))
    yield from (term for host, term in hosts.items() if host not in migration.urls)


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0] if "://" in url else url.partition("/")[0]


def _symbols(migration: Migration) -> Iterator[Term]:
    for old, new in migration.symbols.items():
        yield Term(TermKind.SYMBOL, old, new, old, exact="*" not in old)
    for old, new in migration.env.items():
        pairs = list(zip(spellings(old), spellings(new) if new else (None,) * 3, strict=True))
        for spelled_old, spelled_new in pairs[:1] if "*" in old else pairs:
            said = any(wildcard(entry).fullmatch(spelled_old) for entry in migration.symbols)
            if not said and len(spelled_old.strip("*_-")) > 3:
                yield Term(TermKind.SYMBOL, spelled_old, spelled_new, spelled_old, exact=False)


def _pattern(kind: TermKind, terms: Iterable[Term]) -> Pattern | None:
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


def _ascii_lower(text: str) -> str:
    """As `bytes.lower` does it: letters outside ASCII keep their case."""
    return text.encode().lower().decode()


def _kept(migration: Migration, paths: Iterable[str]) -> Alternation:
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
