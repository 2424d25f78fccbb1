"""From a match to a finding: what the syntax around a match proves, and what the company it keeps adds.

A match is not a finding. `judge` is the chain of positive facts for one match at its place; silence where there is
none. What could as well mean something else (the bare word, a wildcard, a single-word class) is marked `bare`;
`weigh` then looks at the whole repository: beside other evidence of the provider a bare match is medium, else low.
Low confidence is reported on request and never rewritten.
"""

from __future__ import annotations

import dataclasses
import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence

from offramp.document import Document
from offramp.migration import Migration
from offramp.model import Confidence, Finding, Match, Place, Role, Severity, Term, TermKind
from offramp.syntax import commands
from offramp.syntax.python_imports import absolute
from offramp.syntax.specification import normal
from offramp.vocabulary import Vocabulary

SEVERITY: Mapping[str, Severity] = {
    "retired-env-var": Severity.HIGH,
    "retired-provider-value": Severity.HIGH,
    "retired-url": Severity.HIGH,
    "retired-model": Severity.HIGH,
    "retired-import": Severity.HIGH,
    "retired-symbol": Severity.HIGH,
    "retired-package": Severity.HIGH,
    "retired-secret": Severity.HIGH,
    "retired-name": Severity.LOW,
    "retired-path": Severity.MEDIUM,
    "hardcoded-fallback": Severity.HIGH,
    "dead-provider-branch": Severity.MEDIUM,
    "duplicate-setting": Severity.HIGH,
    "deprecated-workflow": Severity.MEDIUM,
    "silent-test": Severity.HIGH,
}
PROVIDER_KEY = re.compile(
    r"(?i)(?:^|[^a-z]|(?<=[a-z])(?=[A-Z]))(?:providers?|vendors?|backends?)(?:$|[^a-z]|(?=[A-Z]))"
)
PROVIDER_WORD = re.compile(r"(?i)provider|vendor|backend")
PRESENTATION = re.compile(r"class|className|classNames|style|fill|stroke|background|variant|effect|colou?r(?:Scheme)?")
LIVE_KINDS = ("env_file", "yaml", "terraform", "dockerfile", "json", "toml", "ini", "properties", "xml")
PATH_BEFORE = re.compile(r"[\w.~@+/${}-]*\Z")
HOSTED = re.compile(r"/(?:blob|raw|tree|edit|src)/")
MADE = re.compile(r"\.[cm]?js$")  # what a script of TypeScript is imported by
SHORTCUT = re.compile(
    r"^[@~#$][\w-]*/(?=[^/]+/)|^[@~#]/|^[$]\w+/"
)  # `@/lib/client`: what bundlers and compilers resolve
SPEECH = (Role.COMMENT, Role.PROSE, Role.TEXT)


def names_provider(key: str, settings: Iterable[str] = ()) -> bool:
    """Whether a setting, parameter or variable of this name holds a provider's slug."""
    return key in settings or PROVIDER_WORD.search(key) is not None


def new_provider(key: str, migration: Migration) -> str:
    """The slug that takes the place of the retired one in a setting, a variable or a type of this name.

    >>> new_provider("EmbeddingProviderName", Migration("x", new_slug="a", settings={"EMBEDDING_PROVIDER": "b"}))
    'b'
    """
    plain = re.sub(r"[^a-z0-9]", "", key.lower())
    chosen = (new for name, new in migration.settings.items() if re.sub(r"[^a-z0-9]", "", name.lower()) in plain)
    return next((new for new in chosen if new), migration.new_slug)


def finding(
    document: Document,
    rule: str,
    match: Match,
    term: Term,
    place: Place,
    message: str,
    *,
    bare: bool = False,
    confidence: Confidence = Confidence.HIGH,
    severity: Severity | None = None,
) -> Finding:
    """A finding at a match, with the severity of its rule."""
    return Finding(
        *(rule, document.path, match.start, match.end, match.text, term, place),
        confidence=Confidence.LOW if bare else confidence,
        severity=severity or SEVERITY[rule],
        message=message,
        bare=bare,
    )


def judge(document: Document, match: Match, place: Place, vocabulary: Vocabulary) -> Finding | None:
    """What a match refers to, by the syntax at its place, or None where nothing says that it is a reference."""
    if place.role not in (Role.CODE, Role.IMPORT) and (word := vocabulary.carried(document.text, match)) is not None:
        return _residue(document, word, word.terms[0], place, vocabulary)
    if place.role is Role.RESOURCE and names_provider(place.key, vocabulary.migration.settings):
        place = dataclasses.replace(place, role=Role.VALUE)  # a label `llm-provider: old` says who provides
    for term in match.terms:
        if place.role is Role.RESOURCE and _only_alike(term):
            message = f"{match.text} is {place.syntax}"
            return finding(document, "retired-symbol", match, term, place, message, bare=True)
        verdict = _VERDICTS[term.kind](document, match, term, place, vocabulary)
        if verdict is not None:
            return verdict
    return None


def _only_alike(term: Term) -> bool:
    """Whether nobody has said of this very name what becomes of it."""
    return term.kind in (TermKind.PROVIDER, TermKind.NAME) or (term.kind is TermKind.SYMBOL and not term.exact)


def _env(document: Document, match: Match, term: Term, place: Place, vocabulary: Vocabulary) -> Finding:
    secret = place.role is Role.ENV and "secret" in place.syntax
    if secret and match.text in vocabulary.migration.secrets:  # 'as env unless said otherwise'
        term = dataclasses.replace(term, new=vocabulary.migration.secrets[match.text])
    rule = "retired-secret" if secret else "retired-env-var"
    bare = not term.exact  # other products have variables that begin alike
    return finding(document, rule, match, term, place, f"{match.text} belongs to the retired provider", bare=bare)


def _url(document: Document, match: Match, term: Term, place: Place, _: Vocabulary) -> Finding:
    return finding(document, "retired-url", match, term, place, f"{match.text} is retired")


def _model(document: Document, match: Match, term: Term, place: Place, vocabulary: Vocabulary) -> Finding | None:
    # what is filled in from elsewhere says nothing
    told = {key: value for key, value in place.siblings.items() if "$" not in value}
    beside = [value for key, value in told.items() if names_provider(key, vocabulary.migration.settings)]
    known = (vocabulary.migration.slug, vocabulary.migration.new_slug)
    if beside and not any(value.strip("\"'").lower() in known for value in beside):
        return None  # the model of another provider
    specific = re.search(r"\d", match.text) is not None and re.search(r"[-/:.]", match.text) is not None
    return finding(
        document, "retired-model", match, term, place, f"{match.text} is a model id of it", bare=not specific
    )


def _module(document: Document, match: Match, term: Term, place: Place, _: Vocabulary) -> Finding | None:
    if place.role is Role.IMPORT:
        begins = place.start == match.start and (place.end == match.end or document.text[match.end] == "/")
        if document.kind not in ("python", "notebook") and not begins:
            return None  # `import "./styles/gradient.css"` imports no module of that name
        bare = "." not in term.entry  # `import gradient` may as well be a module of the project's own
        return finding(document, "retired-import", match, term, place, f"{match.text} is imported", bare=bare)
    follows = document.text[match.end : match.end + 2]
    if "." in match.text:
        return finding(document, "retired-symbol", match, term, place, f"the module {match.text} is named")
    if place.role is Role.STRING and re.match(r"\.[A-Za-z_]", follows) and place.start == match.start:
        return finding(document, "retired-symbol", match, term, place, f"{match.text} is named by a string", bare=True)
    return None


def _symbol(document: Document, match: Match, term: Term, place: Place, _: Vocabulary) -> Finding | None:
    if place.role in SPEECH and not is_specific(match.text):
        return None
    in_code = place.role in (Role.CODE, Role.IMPORT) and document.kind not in ("yaml", "json", "package_json")
    if not in_code and match.reading(TermKind.PROVIDER, TermKind.PACKAGE) is not None:
        return None  # a symbol of the provider's very name is one in code only
    bare = not (term.exact and is_specific(match.text))
    return finding(document, "retired-symbol", match, term, place, f"{match.text} is named after it", bare=bare)


def _package(document: Document, match: Match, term: Term, place: Place, vocabulary: Vocabulary) -> Finding | None:
    if place.role is not Role.PACKAGE:
        named = re.search(r"[@/-]", match.text) is not None and place.role not in (Role.CODE, Role.IMPORT, Role.ENV)
        message = f"the package {match.text} is named"
        return finding(document, "retired-package", match, term, place, message) if named else None
    retired = vocabulary.migration.packages.get(commands.ecosystem(document.kind, place), {})
    if normal(match.text) not in {normal(name) for name in retired}:
        return None  # a package of another ecosystem that has the same name
    return finding(document, "retired-package", match, term, place, f"the package {match.text} is required")


def _name(document: Document, match: Match, term: Term, place: Place, _: Vocabulary) -> Finding | None:
    if place.role in (Role.CODE, Role.IMPORT, Role.ENV, Role.PACKAGE):
        return None
    whole = place.role not in SPEECH and place.spans(match.start, match.end)
    if whole and match.reading(TermKind.PROVIDER) is not None:
        return None  # a whole value is the provider's slug, not prose
    return finding(document, "retired-name", match, term, place, f"'{match.text}' is named", bare=not term.exact)


def _provider(document: Document, match: Match, term: Term, place: Place, vocabulary: Vocabulary) -> Finding | None:
    settings = vocabulary.migration.settings
    if PRESENTATION.fullmatch(place.key) or place.syntax == "an attribute of an element":
        return None  # how something looks, not who provides it
    whole = place.role in (Role.KEY, Role.CODE) or place.spans(match.start, match.end)
    written = place.role in (Role.VALUE, Role.STRING, Role.KEY, Role.CODE)
    if written and whole and place.key and names_provider(place.key, settings):
        live = document.kind in LIVE_KINDS and place.role is Role.VALUE
        severity = Severity.CRITICAL if live else Severity.HIGH
        message = f"{place.key} is '{match.text}'"
        return finding(document, "retired-provider-value", match, term, place, message, severity=severity)
    # the scanners of Python know where an import leads; of a script inside something else nobody else speaks
    imported = place.role is Role.IMPORT and document.kind not in ("python", "notebook", "javascript")
    if place.role is Role.CODE or (imported and place.spans(match.start, match.end)):
        return finding(document, "retired-symbol", match, term, place, f"{match.text} is named after it", bare=True)
    if place.role in (Role.VALUE, Role.STRING, Role.KEY) and whole:
        message = f"'{match.text}' stands as a value"
        return finding(document, "retired-provider-value", match, term, place, message, bare=True)
    if place.role in (Role.IMPORT, Role.ENV, Role.PACKAGE):
        return None
    bare = not (place.role is Role.PROSE and whole and names_provider(place.key, settings))
    return finding(document, "retired-name", match, term, place, f"'{match.text}' is named", bare=bare)


def _residue(document: Document, match: Match, term: Term, place: Place, _: Vocabulary) -> Finding:
    rule = "retired-name" if place.role in SPEECH and "-" in match.text else "retired-symbol"
    return finding(document, rule, match, term, place, f"{match.text} is named after it", bare=True)


def _path(document: Document, match: Match, term: Term, place: Place, vocabulary: Vocabulary) -> Finding | None:
    term = _of_the_file_beside(document, match, term, vocabulary)
    if not term.exact and not _is_the_file(document, match, term, vocabulary):
        return None
    return finding(document, "retired-path", match, term, place, f"{match.text} moves")


def _of_the_file_beside(document: Document, match: Match, term: Term, vocabulary: Vocabulary) -> Term:
    """The term of the very file that a path leads to from the document, where several files are called alike."""
    written = _written(document, match)
    if term.exact or written == term.entry or (new := vocabulary.paths.get(written)) is None:
        return term
    parts = match.text.count("/") + 1
    return dataclasses.replace(term, entry=written, new="/".join(new.split("/")[-parts:]))


def _written(document: Document, match: Match) -> str:
    """The path that stands around a match, seen from the folder of the document."""
    led = PATH_BEFORE.search(document.text[max(0, match.start - 200) : match.start])
    return posixpath.normpath(posixpath.join(posixpath.dirname(document.path), (led[0] if led else "") + match.text))


def _is_the_file(document: Document, match: Match, term: Term, vocabulary: Vocabulary) -> bool:
    """Whether the last parts of a path mean the file that moves, by the folder of the document or by what precedes."""
    led = PATH_BEFORE.search(document.text[max(0, match.start - 200) : match.start])
    before = led[0] if led else ""
    whole = term.entry.endswith(match.text)
    if not whole and "/" not in before + match.text:
        return False  # a bare word
    if before.startswith("//"):  # an address
        entry = term.entry if whole else posixpath.splitext(term.entry)[0]
        last = "/".join(entry.split("/")[-2:])
        return HOSTED.search(before) is not None or ("/" in last and f"{before}{match.text}".endswith(f"/{last}"))
    written = _written(document, match)
    text = match.text if whole else MADE.sub("", match.text)
    stem = MADE.sub("", written)
    starts = (f"{stem}.", f"{stem}/index.")
    loose = not whole or (stem != written and _is_script(document))
    if written in vocabulary.paths or (loose and any(path.startswith(starts) for path in vocabulary.paths)):
        return True
    if text.startswith("."):
        return False  # another folder of that name
    steps = before.replace("../", "").replace("./", "")
    if not steps:
        return "../" not in before and (whole or "/" in match.text)
    entry = term.entry if whole else posixpath.splitext(term.entry)[0]
    entry = entry.removesuffix("/index") if not whole and f"/{text}".endswith(f"/{_folder_of(entry)}") else entry
    written = SHORTCUT.sub("", steps + text) if _is_script(document) else steps + text
    return before.startswith(("/", "~")) or before.endswith("}/") or f"/{entry}".endswith(f"/{written}")


def _is_script(document: Document) -> bool:
    return document.kind == "javascript" or document.path.endswith((".vue", ".svelte"))


def _folder_of(entry: str) -> str:
    return entry.removesuffix("/index").rpartition("/")[2]


_VERDICTS = {
    TermKind.ENV: _env,
    TermKind.URL: _url,
    TermKind.MODEL: _model,
    TermKind.MODULE: _module,
    TermKind.SYMBOL: _symbol,
    TermKind.PACKAGE: _package,
    TermKind.NAME: _name,
    TermKind.PROVIDER: _provider,
    TermKind.RESIDUE: _residue,
    TermKind.PATH: _path,
}


def is_specific(name: str) -> bool:
    """Whether a name has two parts or more: `GradientClient`, `gradient_chat`; not `Gradient`."""
    return len(re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)) > 1


def weigh(documents: Mapping[str, Document], findings: Iterable[Finding], vocabulary: Vocabulary) -> list[Finding]:
    """Settle the confidence of the bare findings from the company that they keep.

    Args:
        documents: by path, every document that has a finding.
        findings: those of all of them.
    Returns:
        The same findings, bare ones with medium confidence where the file holds other evidence of the provider
        (prose: and no homonym), or where the same name does so in another file; an import also where a manifest
        requires its package.
    """
    findings = list(findings)
    company = {f.path for f in findings if not f.bare and f.term.kind is not TermKind.PATH}
    company |= {path for path, document in documents.items() if vocabulary.names_successor(document.text)}
    replaced = _replaced(documents, findings)
    company |= {f.path for f in findings if f.term.kind is TermKind.ENV and f.term.new in replaced}
    names = [f for f in findings if _is_identifier(f) and is_specific(f.text)]
    anchored = {_shared(f) for f in names if f.path in company}
    # a test, say, of a file that has company
    kin = {f.path for f in findings if _shared(f) in anchored and _is_identifier(f)}
    anchored |= {_shared(f) for f in names if f.path in kin}  # a name changes everywhere or nowhere
    terraform = {path for path, document in documents.items() if document.kind == "terraform"}
    declared = {_shared(f) for f in findings if f.path in terraform & company and _is_identifier(f)}
    linked = _linked([f for f in findings if f.bare and f.term.kind is TermKind.SYMBOL], company)
    required = {_module_name(f.term.entry) for f in findings if f.rule == "retired-package" and not f.bare}
    homonyms = {path for path, document in documents.items() if vocabulary.has_homonym(document.text)}

    def settled(f: Finding) -> Finding:
        if not f.bare:
            return f
        speaks = f.rule == "retired-name" or f.term.kind is TermKind.RESIDUE
        known = f.path in company or (_is_identifier(f) and (_shared(f) in anchored or f.path in kin))
        known |= f.path in terraform and _is_identifier(f) and _shared(f) in declared  # var.x is the x of another file
        known |= (f.path, f.text) in linked and f.place.role in (Role.CODE, Role.IMPORT)
        known |= f.rule == "retired-import" and _module_name(f.term.entry) in required
        if known and not (speaks and f.path in homonyms):
            return dataclasses.replace(f, confidence=Confidence.MEDIUM)
        return f

    return [settled(f) for f in findings]


def _replaced(documents: Mapping[str, Document], findings: Iterable[Finding]) -> set[str]:
    """The new names of variables that stand somewhere already: an env file that a run could not reach has the old."""
    bare = {f.term.new for f in findings if f.bare and f.term.kind is TermKind.ENV and f.term.new}
    texts = [document.text for document in documents.values()] if bare else []
    words = {new: re.compile(rf"(?<!\w){re.escape(new)}(?!\w)") for new in bare}
    return {new for new, word in words.items() if any(new in text and word.search(text) for text in texts)}


def _linked(findings: Sequence[Finding], company: set[str]) -> set[tuple[str, str]]:
    """The names, by file, that are imported from a file which has company, or from one that imports them from there."""
    imported = [f for f in findings if f.place.syntax.startswith("a name imported from ")]
    homes = {(f.path, f.text) for f in findings if f.path in company} if imported else set()
    while True:
        modules = {(text, "/" + re.sub(r"(/__init__)?\.pyi?$", "", path)) for path, text in homes}
        linked = {
            (f.path, f.text)
            for f in imported
            if any(text == f.text and path.endswith(f"/{_as_path(f)}") for text, path in modules)
        }
        if linked <= homes:
            return homes
        homes |= linked


def _as_path(imported: Finding) -> str:
    return absolute(imported.place.key, imported.path).replace(".", "/")


def _module_name(name: str) -> str:
    return name.lower().replace("-", "_")


def _is_identifier(found: Finding) -> bool:
    return found.term.kind in (TermKind.SYMBOL, TermKind.ENV)


def _shared(found: Finding) -> str:
    """The name by which a finding is one with others: the environment's TF_VAR_x is Terraform's x."""
    return found.text.removeprefix("TF_VAR_")


def ordered(findings: Iterable[Finding]) -> Sequence[Finding]:
    return sorted(findings, key=lambda f: (f.path, f.start, f.end, f.rule))
