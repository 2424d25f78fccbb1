"""Requirements wherever they stand: which text is one, what goes when it is deleted, what stands beside it.

    gradient[x]>=1.0 ; python_version > "3.8"   in requirements, TOML, setup.cfg, YAML lists, setup.py
    "@scope/gradient": "^1.0"                   in package.json, as a key with its version; Poetry has that too
    pip install gradient other                  in a command, a word among words

A codemod asks `required`; only this module knows how each format writes a requirement.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from offramp.document import Document
from offramp.model import Edit, Entry, Place
from offramp.syntax import commands, entries, grammar, ini, python_requirements, requirements, specification, toml
from offramp.syntax.nodes import Node, NodeTree
from offramp.syntax.python import PythonTree
from offramp.syntax.toml_positions import Section

HEAD = re.compile(r"[^;\\\r\n]*?(?=\s+--|\s*(?:;|\\|[\r\n]|\Z)|\s+#)")
FROM_ELSEWHERE = re.compile(r"(?:file|link|git|github|https?|workspace|npm|portal|patch)[:+]")
QUOTED_BY_FIT = ("shell", "powershell", "batch", "makefile")  # kinds whose syntax quotes the words of a command itself
# what an entry of Poetry or Pipenv may say beside its version
VERSIONED = frozenset({"version", "optional", "python", "markers", "platform", "extras"})
ELSEWHERE = "it is installed from a URL, not from the index: replace it by hand"
BY_HAND = "the list that it stands in can't be edited by rule: remove it by hand"


@dataclasses.dataclass(frozen=True, slots=True)
class Required:
    """One requirement, from its name to its version; `beside` are the others of its list, as they are written.

    `outer` goes when it is deleted, or else `stuck` says why it can't be; `fault` says why it can't even be changed.
    `versions` are where the version stands in formats that keep it apart from the name, `extras` what goes with the
    old name. `pinned`: nothing but its own version will do. `path` leads to the list that it is an item of.
    """

    start: int
    end: int
    scope: str = ""  # requirements of one list share it
    beside: tuple[str, ...] = ()
    outer: tuple[int, int] | None = None
    stuck: str = BY_HAND
    versions: tuple[tuple[int, int], ...] = ()
    extras: tuple[tuple[int, int], ...] = ()
    in_command: bool = False
    name_only: bool = False
    pinned: bool = False
    path: str | None = None
    fault: str = ""


def required(document: Document, place: Place) -> Required:
    """The requirement at a place whose role is PACKAGE."""
    tree = document.tree
    if place.syntax == commands.REMOVED:
        return Required(
            place.start, place.end, fault="a command removes the package: delete it once it has done its work"
        )
    if place.syntax == commands.INSTALLED:
        return _in_command(document, place)
    if place.syntax == commands.OF_CONDA:
        told = "it is a package of conda, whose names and versions are its own: see what replaces it there"
        return Required(place.start, place.end, fault=told)
    if place.syntax == requirements.FROM_URL:
        return Required(place.start, place.end, fault=ELSEWHERE)
    if isinstance(tree, NodeTree) and (listed := entries.item(tree, place.start)) is not None:
        return _in_list(document, tree, place, *listed)
    entry = next((e for e in tree.entries() if e.key_start == place.start), None)
    if place.syntax == commands.NAMED:
        return _named(document, place, entry)
    if isinstance(tree, toml.Table) and (item := tree.item_at(place.start)) is not None:
        beside = tuple(document.text[i.start : i.end] for i in tree.items if i.array == item.array and i is not item)
        return _written(document, place, f"array {item.array}", beside, item.outer)
    if isinstance(tree, toml.Table) and entry is None and (section := tree.section_of(place.start)) is not None:
        return _as_table(document, tree, section, place)
    if entry is not None:
        return _as_entry(document, entry)
    if isinstance(tree, requirements.Requirements) and (line := tree.at(place.start)) is not None:
        if requirements.COMPILED.search(document.text[:1500]):
            command = requirements.made_by(document.text)
            made = f" with `{command}`" if command else ""
            told = f"the file is compiled: change its source and compile it again{made}"
            return Required(place.start, place.end, fault=told)
        beside = tuple(document.text[r.name_start : r.stop] for r in tree.lines if r.name and r is not line)
        return _written(document, place, "file", beside, grammar.lines(document.text, line.start, line.end))
    if isinstance(tree, ini.Settings):
        return _in_setting(document, tree, place)
    if isinstance(tree, PythonTree) and (own := python_requirements.at(tree, place.start)) is not None:
        beside = tuple(document.text[slice(*span)] for span in own.beside)
        return _written(document, place, f"list {own.scope}", beside, own.outer)
    return _written(document, place, "", (), None)


def replaced(document: Document, found: Required, new: str, ecosystem: str) -> tuple[Edit, ...]:
    """The edits that put a requirement in the place of another."""
    name, version = specification.split(new, ecosystem)
    if found.versions:
        renamed = Edit(found.start, found.end, name.partition("[")[0])
        versions = (Edit(*span, version or "*") for span in found.versions)
        return renamed, *versions, *(Edit(*span, "") for span in found.extras)
    if found.name_only:
        new = name.partition("[")[0]
    if found.in_command and document.kind not in QUOTED_BY_FIT:
        new = specification.shell_word(document.text, found.start, new)
    return (Edit(found.start, found.end, new),)


def _written(
    document: Document, place: Place, scope: str, beside: tuple[str, ...], outer: tuple[int, int] | None
) -> Required:
    """A requirement as PEP 508 writes it."""
    text = document.text[place.start : place.end]
    head = HEAD.match(text)
    length = head.end() if head else len(text)
    fault, pinned = "", "--hash" in text
    if "@" in text[:length]:
        fault = ELSEWHERE
    elif pinned:
        fault = (
            "its line is pinned by hashes, and those of the successor are not known here: change what the file is "
            "compiled from, then `pip-compile --generate-hashes` or `uv pip compile --generate-hashes`"
        )
    span, pinned = (place.start, place.start + length), pinned and fault != ELSEWHERE
    return Required(*span, scope, beside, outer, "" if outer else BY_HAND, pinned=pinned, fault=fault)


def _named(document: Document, place: Place, entry: Entry | None) -> Required:
    """A name without a version, in a list of names or as the key of what is said about it."""
    if entry is None:
        return Required(place.start, place.end, name_only=True)
    beside = tuple(e.key for e in document.tree.entries() if e.scope == entry.scope and e is not entry)
    return Required(place.start, place.end, entry.scope, beside, entry.outer, entry.stuck, name_only=True)


def _as_entry(document: Document, entry: Entry) -> Required:
    """A requirement as a key with its version; in Poetry's tables the version may be one key of several."""
    all_of_them = document.tree.entries()
    beside = tuple(f"{e.key} {e.value}" for e in all_of_them if e.scope == entry.scope and e is not entry)
    required = Required(entry.key_start, entry.key_end, entry.scope, beside, entry.outer, entry.stuck)
    if entry.value[:1] in ("{", "["):
        inside = [e for e in all_of_them if entry.value_start < e.key_start < entry.value_end]
        return _with_more(required, inside)
    if FROM_ELSEWHERE.match(entry.value):
        return dataclasses.replace(required, fault="its version is a place to get it from: replace it by hand")
    return dataclasses.replace(required, versions=((entry.value_start, entry.value_end),))


def _with_more(required: Required, inside: Sequence[Entry]) -> Required:
    """A requirement whose version is a key beside others; several of them are versions under different conditions."""
    versions = tuple((e.value_start, e.value_end) for e in inside if e.key == "version")
    scopes = {e.scope for e in inside}
    extras = [e for e in inside if e.key == "extras"]
    whole = {e.key for e in inside} <= VERSIONED and len(versions) == len(scopes) >= 1
    if not whole or any(e.outer is None for e in extras):
        return dataclasses.replace(required, fault="its entry says more than a version: replace it by hand")
    outers = tuple(e.outer for e in extras if e.outer is not None)
    return dataclasses.replace(required, versions=versions, extras=outers)


def _as_table(document: Document, tree: toml.Table, section: Section, place: Place) -> Required:
    """A requirement of Poetry's with a table of its own: the last name of the header is the package's."""
    inside = [e for e in tree.entries() if e.scope == f"table {section.start}"]
    holder = section.parts[:-1]
    beside = [f"{e.key} {e.value}" for e in tree.entries() if tree.paths.get(e.key_start) == ".".join(holder)]
    beside += [s.parts[-1] for s in tree.sections if s.parts[:-1] == holder and s is not section]
    following = next((s.start for s in tree.sections if s.start > section.start), len(document.text))
    outer = (section.start, following)
    required = Required(place.start, place.end, "table " + ".".join(holder), tuple(beside), outer, "")
    return _with_more(required, inside)


def _in_list(document: Document, tree: NodeTree, place: Place, leaf: Node, removal: entries.Removal) -> Required:
    """A requirement that is an item of a list in YAML or JSON."""
    sequence = leaf.parent
    assert sequence is not None  # it is an item
    beside = tuple(item.value for item in sequence.children if item is not leaf and item.kind == "scalar")
    outer, stuck = removal
    if place.syntax == commands.NAMED:
        return Required(place.start, place.end, f"list {sequence.start}", beside, outer, stuck, name_only=True)
    written = _written(document, place, f"list {sequence.start}", beside, outer)
    return dataclasses.replace(written, path=path_of(sequence), stuck=stuck and BY_HAND)


def path_of(node: Node) -> str:
    """The keys and numbers that lead to a node, as `provide` of its format reads them."""
    steps: list[str] = []
    while node.parent is not None:
        key = node.key
        said = str(node.slot) if key is None else re.sub(r"[%/:]", lambda m: f"%{ord(m[0]):02X}", key.value)
        steps.append(said)
        node = node.parent
    return "/".join(reversed(steps))


def _in_setting(document: Document, tree: ini.Settings, place: Place) -> Required:
    """A requirement on a line of an INI value; the only one of a value stays, and so does one beside the key."""
    entry = tree.entry_at(place.start)
    lines = [line.strip() for line in entry.value.splitlines()] if entry is not None else []
    others = tuple(line for line in lines if line and line != document.text[place.start : place.end])
    outer = grammar.line_span(document.text, place.start, place.end)
    alone = entry is None or outer is None or outer[0] <= entry.key_start or not others
    return _written(document, place, f"value {entry.key_start if entry else 0}", others, None if alone else outer)


def _in_command(document: Document, place: Place) -> Required:
    """A word of an install command; deleted, the white space before it goes along, and a line end that it stands on."""
    text = document.text
    quote = text[place.start - 1 : place.start]
    quoted = quote in ("'", '"') and text[place.end : place.end + 1] == quote
    start, end = (place.start - 1, place.end + 1) if quoted else (place.start, place.end)
    command, words = commands.packages(text, place.start)
    beside = tuple(word.strip("\"'") for position, word in words if not start <= position < end)
    gap = re.compile(r"(?:[ \t]|\\[ \t]*\r?\n)+$").search(text, command, start)
    outer = (gap.start(), end) if gap is not None and beside else None
    own = text[place.start : place.end]
    return Required(
        *(place.start, place.end, f"command {command}", beside, outer),
        stuck="" if outer else "the command installs nothing else: remove the command",
        in_command=True,
        fault="its version comes from a variable: replace it by hand" if "$" in own or "{{" in own else "",
    )


def item(document: Document, start: int, end: int) -> tuple[int, int] | None:
    """What goes when the item of a list that consists of this span is deleted, where others remain."""
    found = entries.item(document.tree, start) if isinstance(document.tree, NodeTree) else None
    if found is None or (found[0].first, found[0].last) != (start, end):
        return None
    return found[1][0]
