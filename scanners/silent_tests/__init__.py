"""Tests that silently stop testing: what they replace, wait for or repeat has gone with the provider.

    mock.patch("lib.client.Gradient")       lib/client.py has no Gradient any more
    mock.patch("lib.llm_client.chat")       app.py has `from lib.llm_client import chat`: its `chat` stays the real one
    skipif(not os.getenv("GRADIENT_ID"))    the migration deletes the setting: the test never runs again
    parametrize("p", ["openrouter", "openrouter"])    the same row twice

Found in test code that has to do with the migration, and only where the project's own text proves it: a name that may
come about at run time (`__getattr__`, star imports, `create=True`, stubs in `sys.modules`) is silent.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

from offramp.document import Document
from offramp.evidence import finding
from offramp.migration import wildcard
from offramp.model import Confidence, Finding, Match, Place, Role, Term, TermKind
from offramp.own_modules import Answer, OwnModules, Surface
from offramp.project import Project
from offramp.syntax.python import PythonTree
from offramp.syntax.python_imports import bound_by
from scanners.silent_tests import reached, rows, skips, targets
from scanners.silent_tests.targets import Target

RULE = "silent-test"
WORDS = re.compile(r"patch|setattr|delattr|\.spy\(|skip|xfail|parametrize")


@dataclasses.dataclass(frozen=True, slots=True)
class Silent:
    """One place where a test stops testing: what is found, why, and what a person is told to do.

    `new` is what provably takes the place of the text, `cut` the span that can go; both may be missing.
    """

    start: int
    end: int
    what: str
    message: str
    advice: str
    sure: bool = True
    new: str | None = None
    cut: tuple[int, int] | None = None


def scan(project: Project) -> Iterator[Finding]:
    """The findings of the rule silent-test in a whole project."""
    own = OwnModules(project)
    for document in _tests(project):
        for silent in read(document, own):
            yield _finding(document, silent)


def read(document: Document, own: OwnModules) -> Iterator[Silent]:
    """What of one test file has stopped testing."""
    tree = document.tree
    if not isinstance(tree, PythonTree):
        return
    for target in targets.targets(document):
        silent = _missing(document, target, own) or _unreached(document, tree, target, own)
        if silent is not None:
            yield silent
    yield from _waiting(tree, own)
    yield from _doubled(tree, own)


def _tests(project: Project) -> Iterator[Document]:
    """The test files that a run has to do with: also those that no longer hold any of the old names."""
    for path in sorted(project.documents.keys() | project.kept.keys()):
        document = project.documents.get(path) or project.kept[path]
        if document.kind != "python" or document.refusal is not None or not OwnModules.is_test(path):
            continue
        if path in project.paths and WORDS.search(document.text):
            project.documents[path] = document
            yield document


def _finding(document: Document, silent: Silent) -> Finding:
    text = document.text[silent.start : silent.end]
    match = Match(silent.start, silent.end, text, ())
    place = Place(Role.STRING, silent.what, start=silent.start, end=silent.end)
    confidence = Confidence.HIGH if silent.sure else Confidence.MEDIUM
    term = Term(TermKind.SYMBOL, text, silent.new, text)
    return finding(document, RULE, match, term, place, silent.message, confidence=confidence)


def _missing(document: Document, target: Target, own: OwnModules) -> Silent | None:
    """A replaced name that is not there."""
    if not concerns(target.dotted, own) or own.look_up(target.dotted) is not Answer.MISSING:
        return None
    if _comes_about(document, target.dotted, own):
        return None
    files, rest = own.module_of(target.dotted)
    lacking = f"{' and '.join(files)} has no {rest[0]}" if files else f"there is no module {_module(target.dotted)}"
    message = f"{target.dotted} is replaced here, and {lacking}"
    new = _swapped(document.text[target.start : target.end], files, rest, own)
    advice = f"{message}: name what the code uses now, or remove the test if that has gone"
    return Silent(target.start, target.end, "a name that a test replaces", message, advice, new=new)


def _module(dotted: str) -> str:
    return dotted.rpartition(".")[0]


def _swapped(text: str, files: list[str], rest: list[str], own: OwnModules) -> str | None:
    """The target with the name whose import a call shape has put in the place of the missing one's."""
    if len(files) != 1 or len(rest) != 1 or not text.endswith(rest[0]):
        return None
    brought = set()
    for rewrite in own.project.migration.rewrites:
        gone = [b for line in rewrite.remove_imports for b in bound_by(line)]
        if [b.name for b in gone] == rest:
            brought |= {(b.name, b.module, b.symbol) for line in rewrite.add_imports for b in bound_by(line)}
    known = own.surface(files[0])
    if len(brought) != 1 or known is None:
        return None
    name, module, symbol = brought.pop()
    return text.removesuffix(rest[0]) + name if known.imports.get(name) == (module, symbol) else None


def _unreached(document: Document, tree: PythonTree, target: Target, own: OwnModules) -> Silent | None:
    """A name that is replaced where nothing looks it up."""
    files, rest = own.module_of(target.dotted)
    known = own.surface(files[0]) if len(files) == 1 and len(rest) == 1 else None
    if known is None or rest[0] not in known.names or not _is_named_after(target.dotted, rest[0], known, own):
        return None
    users = reached.consumers(target, files[0], known, own)
    if users is None or reached.may_come_later(tree, document.path, target, users, own):
        return None
    code = [path for path in users if not own.is_test(path)]
    module = _module(target.dotted)
    if code:
        bound = f"{' and '.join(code)} imports the name {rest[0]} from there"
        message = f"{target.dotted} is replaced here, but {bound} and keeps the real one"
        instead = code[0].removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        advice = f"{message}: replace it in the module that uses it, {instead}.{rest[0]}"
    else:
        message = f"{target.dotted} is replaced here, and nothing in the project uses the {rest[0]} of {module}"
        advice = f"{message}: replace what the code uses now, or remove the mock"
    return Silent(target.start, target.end, "a name that a test replaces", message, advice, sure=False)


def _is_named_after(dotted: str, name: str, known: Surface, own: OwnModules) -> bool:
    """Whether the replaced name itself belongs to the migration, by its words or by what it is imported from."""
    origin = ".".join(known.imports.get(name, ()))
    if any(own.project.vocabulary.concerns(text) for text in (dotted, origin) if text):
        return True
    return any(new and wildcard(new).fullmatch(name) for new in own.project.migration.symbols.values())


def _waiting(tree: PythonTree, own: OwnModules) -> Iterator[Silent]:
    for found in skips.waits(tree, own):
        pieces = tree.literal(found.node)
        if len(pieces) != 1:
            continue
        what = "package" if found.module else "setting"
        message = f"the test waits for the {what} {found.name}, which the migration removes: it would never run again"
        advice = f"{message}; let it ask for what it needs now, or remove it"
        yield Silent(pieces[0].first, pieces[0].last, f"a {what} that a test waits for", message, advice)


def _doubled(tree: PythonTree, own: OwnModules) -> Iterator[Silent]:
    for span, cut in rows.doubled(tree, own.project.vocabulary):
        message = "the same row stands above: the test runs twice with it, and not for what this row was meant for"
        advice = f"{message}; remove it together with its id"
        yield Silent(*span, "a row of a parametrised test", message, advice, cut=cut)


def concerns(dotted: str, own: OwnModules) -> bool:
    """Whether a dotted name has to do with the migration: by its own words, or by the file that it means."""
    project = own.project
    files, rest = own.module_of(dotted)
    known = any(path in project.documents or path in project.kept for path in files)
    return (bool(rest) and known) or project.vocabulary.concerns(dotted)


def _comes_about(document: Document, dotted: str, own: OwnModules) -> bool:
    """Whether other files may set the name: a stub in `sys.modules`, an assignment to an attribute."""
    name, module = dotted.rpartition(".")[2], dotted.rpartition(".")[0]
    stub = re.compile(rf"""["']{re.escape(module)}["']""")
    sets = re.compile(rf"\.{re.escape(name)}\s*(?::[^=\n]+)?=(?!=)|setattr\([^\n]*[\"']{re.escape(name)}[\"']")
    for path in own.python:
        text = own.project.text(path) or ""
        if ("sys.modules" in text or "ModuleType" in text) and stub.search(text):
            return True
        if path != document.path and name in text and not own.is_test(path) and sets.search(text):
            return True
    return False
