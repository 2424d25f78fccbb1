"""YAML of every kind: workflows and other CI files, compose, Kubernetes, platform and application settings.

    env: {GRADIENT_API_KEY: "${{ secrets.GRADIENT_API_KEY }}"}
    if: vars.LLM_PROVIDER == 'gradient'
    - name: LLM_PROVIDER
      value: gradient

What stands where is for `offramp.syntax.yaml` to say, scripts and heredocs inside `run:` included; so one scanner
serves them all, and settings that one mapping, list or heredoc has twice are found in each.
"""

from __future__ import annotations

from collections.abc import Iterator

from offramp.document import Document
from offramp.model import Finding
from offramp.vocabulary import Vocabulary
from scanners import duplicates, references


def scan(document: Document, vocabulary: Vocabulary) -> Iterator[Finding]:
    yield from references(document, vocabulary)
    yield from duplicates(document, vocabulary)
