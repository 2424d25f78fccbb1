"""Requirements of pip: packages are replaced, deleted and required beside others; pip's own line reader, and
`packaging` for each requirement, say what must come of it."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping

from packaging.requirements import InvalidRequirement, Requirement
from pip._internal.req import req_file

from offramp import files
from offramp.document import Document
from offramp.model import Edit, Role
from offramp.syntax import manifest, specification
from offramp.syntax import requirements as lines
from tests.nets.formats import Case, wishes

SOURCES = ("ansible==9.13.0", "jsonschema==4.25.1", "pdm==2.25.9", "pip==25.2")
MINIMUM: Mapping[str, int] = {"files": 100, "set": 200, "delete": 150}
NEW = ("plugh>=1.0", "plugh[xyzzy]~=2.1,!=2.1.3", "Plugh_SDK", "plugh==1.*")


def wanted(path: str) -> bool:
    return files.kind_of(path) == "requirements"


def consumed(text: str, path: str) -> object:
    """The logical lines that pip sees; requirements taken apart, options as they stand."""
    found: list[object] = []
    for _, line in req_file.preprocess(text.removeprefix("\ufeff")):
        said, _, options = re.sub(r"\s+--", " \0--", line).partition("\0")
        try:
            required = Requirement(said.strip())
        except InvalidRequirement:
            if re.match(r"[A-Za-z][\w.-]*\s*(?:$|[<>=!~\[;])", said):
                raise ValueError(f"no requirement: {line[:80]}") from None
            found.append(line.strip())
            continue
        marker = str(required.marker or "")
        found.append((required.name, sorted(required.extras), str(required.specifier), required.url, marker, options))
    return found


def cases(document: Document, chance: random.Random) -> Iterator[Case]:
    tree = document.tree
    if not isinstance(tree, lines.Requirements):
        return
    named = [line for line in tree.lines if line.name]
    for line in chance.sample(named, min(4, len(named))):
        place = tree.place(line.name_start, line.name_start + len(line.name))
        assert place.role is Role.PACKAGE, line
        found = manifest.required(document, place)
        if found.fault:
            yield Case("set", found.fault, None, (0, 0))
            continue
        span, others = wishes.lines(document, line.start, line.stop), _data(document, line)
        new = chance.choice(NEW)
        edits = wishes.written(document, list(manifest.replaced(document, found, new, "pip")))
        yield Case("set", edits, _replaced(document, line, new), span)
        edits = wishes.written(document, [Edit(*found.outer, "")]) if found.outer else found.stuck
        first = span[0] - (document.text.find("\n", line.stop) < 0)
        yield Case("delete", edits, others, (first, span[1]))


def _data(document: Document, line: lines.Requirement) -> object:
    return consumed(document.text[: line.start] + document.text[line.end :], document.path)


def _replaced(document: Document, line: lines.Requirement, new: str) -> object:
    """The data with another requirement in the place of a line, its marker and options kept."""
    rest = document.text[line.name_start : line.stop]
    marker = f" ; {rest.partition(';')[2]}" if ";" in rest else ""
    options = re.search(r"(?:\s|\\)--.*", rest, re.DOTALL)
    kept = marker or (options[0] if options else "")
    written = f"{new}{kept}\n"
    assert specification.split(new, "pip")[0]
    return consumed(document.text[: line.start] + written + document.text[line.end :], document.path)
