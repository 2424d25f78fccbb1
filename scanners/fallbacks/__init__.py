"""Hard-coded fallbacks: literals that stand in for a setting which is missing, and so hide that it is missing.

    os.getenv("GRADIENT_MODEL", "llama3.3-70b-instruct")       the service runs, on a model nobody chose
    ${LLM_PROVIDER:-gradient}                                  the same in a shell

Only fallbacks whose setting or whose literal belongs to the migration, by its old or its new name. Silent are the
defaults that are right: timeouts, ports, log levels, switches, numbers, paths, the empty string; and tests, examples
and documentation. What a language has of them is read by one module each, as `Fallback`s; `codemods.fail_fast` asks
the same modules what stands at a finding.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib
import re
from collections.abc import Callable, Iterable, Iterator

from offramp.document import Document
from offramp.evidence import finding, names_provider
from offramp.model import Finding, Match, Place, Role, Severity, Term, TermKind
from offramp.patterns import FRAMEWORK_PREFIXES
from offramp.vocabulary import Vocabulary

LANGUAGES = {
    "python": ("python",),
    "javascript": ("javascript",),
    "shell": ("shell",),
    "procfile": ("shell",),
    "env_file": ("shell",),
    "ini": ("shell",),
    "makefile": ("shell", "makefile"),
    "dockerfile": ("shell", "dockerfile"),
    "yaml": ("shell", "workflow", "kubernetes"),
    "terraform": ("terraform",),
    "powershell": ("powershell",),
    "batch": ("batch",),
}
EXEMPT = re.compile(
    r"(?:^|/)(?:tests?|__tests__|specs?|testing|e2e|examples?|samples?|docs?|documentation)/"
    r"|(?:^|/)(?:test_[^/]*|[^/]*_test|conftest)\.pyi?$|\.(?:test|spec|stories)\.[cm]?[jt]sx?$"
)
TUNABLE = re.compile(r"(?i)(?:^|_)(?:TIMEOUT|LOG_?LEVEL|PORT|RETR(?:Y|IES))(?:_[A-Z]+)?$")
LEGITIMATE = re.compile(
    r"(?i)\s*|[-+]?[\d_.,:]+\s?[a-z%]{0,3}|true|false|yes|no|on|off|enabled|disabled|none|null"
    r"|trace|debug|info|warn(?:ing)?|error|critical|localhost|utf-?8|(?:\.{1,2}|~|[a-z]:)?[/\\]\S*"
)
SECRET = re.compile(r"(?i)(?:key|token|secret|password|passwd|credentials?)$")


@dataclasses.dataclass(frozen=True, slots=True)
class Fallback:
    """One literal that stands in for something.

    `start` and `end` mark it with a part that stays as it is when the name and the literal are replaced; `span` is
    the whole expression, `value` the literal with its quotes. `shape` tells the forms of a language apart.
    """

    shape: str
    start: int
    end: int
    setting: str  # the environment variable, or the name of the parameter, field or key; may be empty
    literal: str
    span: tuple[int, int]
    value: tuple[int, int]
    is_env: bool = True  # whether `setting` is an environment variable
    others: tuple[str, ...] = ()  # further settings that are asked before the literal


def find(document: Document, vocabulary: Vocabulary) -> Iterator[Finding]:
    """The findings of the rule hardcoded-fallback in one document."""
    for form in forms(document, vocabulary):
        text = form.setting or form.literal
        match = Match(form.start, form.end, text, ())
        kind = TermKind.ENV if form.is_env else TermKind.MODEL
        place = Place(Role.VALUE, "a fallback", form.setting, *form.value)
        secret = form.is_env and SECRET.search(form.setting) is not None
        told = f"a literal stands in for {text}" if form.setting else "a literal stands in for what is missing"
        told = told if form.shape != "optional" else f"{text} need not be there"
        yield finding(
            *(document, "hardcoded-fallback", match, Term(kind, text, text, text), place),
            f"{told}: a missing setting stays hidden",
            severity=Severity.CRITICAL if secret else None,
        )


@functools.lru_cache(maxsize=64)
def forms(document: Document, vocabulary: Vocabulary) -> tuple[Fallback, ...]:
    """The fallbacks of a document that belong to the migration, in order."""
    if EXEMPT.search(document.path) or document.kind not in LANGUAGES:
        return ()
    found: dict[tuple[int, int], Fallback] = {}
    for language in LANGUAGES[document.kind]:
        read: Callable[[Document, Vocabulary], Iterable[Fallback]]
        read = importlib.import_module(f"scanners.fallbacks.{language}").read
        for form in read(document, vocabulary):
            found.setdefault((form.start, form.end), form)
    return tuple(found[span] for span in sorted(found))


def form_of(found: Finding, document: Document, vocabulary: Vocabulary) -> Fallback | None:
    """The fallback that a finding is about."""
    span = found.start, found.end
    return next((form for form in forms(document, vocabulary) if (form.start, form.end) == span), None)


def belongs(setting: str, literal: str, vocabulary: Vocabulary) -> bool:
    """Whether a literal that stands in for a setting is the migration's business."""
    if LEGITIMATE.fullmatch(literal) or TUNABLE.search(setting):
        return False
    return is_setting(setting, vocabulary) or is_known(literal, setting, vocabulary)


def is_setting(name: str, vocabulary: Vocabulary) -> bool:
    """Whether a name is a setting of the migration, with or without the prefix that a framework demands."""
    prefix = next((prefix for prefix in FRAMEWORK_PREFIXES if name.startswith(prefix)), "")
    return bool(name) and any(vocabulary.is_setting(n) for n in (name, name.removeprefix(prefix)))


def is_known(literal: str, key: str, vocabulary: Vocabulary) -> bool:
    """Whether a literal is a model, a URL or, where `key` names a provider, a provider of the migration."""
    migration = vocabulary.migration
    if literal in _models(vocabulary):
        return True
    if any(literal == url or literal.startswith(url.rstrip("/") + "/") for url in _urls(vocabulary)):
        return True
    slugs = {migration.slug, migration.new_slug, *migration.settings.values()} - {"", None}
    return literal.lower() in slugs and names_provider(key, migration.settings)


@functools.lru_cache(maxsize=8)
def _models(vocabulary: Vocabulary) -> frozenset[str]:
    models = vocabulary.migration.models
    old = {spelled for name in models for spelled in (name, f"{vocabulary.migration.slug}/{name}")}
    return frozenset(old | {new for new in models.values() if new})


@functools.lru_cache(maxsize=8)
def _urls(vocabulary: Vocabulary) -> frozenset[str]:
    urls = {url for pair in vocabulary.migration.urls.items() for url in pair if url}
    return frozenset(urls | {f"https://{url}" for url in urls if "://" not in url})
