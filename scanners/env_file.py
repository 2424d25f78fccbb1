"""References in env files; where the programs that read such files do not agree about an entry, the finding says so.

LLM_PROVIDER = gradient      python-dotenv reads `gradient`, bash runs a command of that name
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from offramp.document import Document
from offramp.model import Finding
from offramp.syntax import env, env_values
from offramp.vocabulary import Vocabulary
from scanners import duplicates, references


def scan(document: Document, vocabulary: Vocabulary) -> Iterator[Finding]:
    for finding in references(document, vocabulary):
        yield _with_readers(finding, document)
    yield from duplicates(document, vocabulary)


def _with_readers(finding: Finding, document: Document) -> Finding:
    tree = document.tree
    entry = tree.entry_at(finding.start) if isinstance(tree, env.EnvFile) else None
    told = env_values.disagreement(document.text, entry) if entry is not None else ""
    return dataclasses.replace(finding, message=f"{finding.message}; {told}") if told else finding
