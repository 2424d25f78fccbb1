"""Fallbacks in Terraform: the `default` of a variable.

variable "gradient_model" { default = "llama3.3-70b-instruct" }
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from offramp.document import Document
from offramp.syntax.hcl import Configuration
from offramp.vocabulary import Vocabulary
from scanners.fallbacks import Fallback, belongs, is_setting

DEFAULT = re.compile(r"default\s*(?P<sign>=)\s*(?P<value>\"(?P<literal>[^\"\\$%]*)\")")


def read(document: Document, vocabulary: Vocabulary) -> Iterator[Fallback]:
    tree = document.tree
    if not isinstance(tree, Configuration):
        return
    for block in tree.root.find_all("block"):
        words = [child.text.strip('"') for child in block.named if child.kind in ("identifier", "string_lit")]
        if len(words) != 2 or words[0] != "variable":
            continue
        for body in (child for child in block.named if child.kind == "body"):
            for attribute in (child for child in body.named if child.kind == "attribute"):
                matched = DEFAULT.fullmatch(attribute.text)
                if matched is None or not _belongs(words[1], matched["literal"], vocabulary):
                    continue
                sign, value = ((attribute.start + a, attribute.start + b) for a, b in _spans(matched))
                yield Fallback("default", *sign, words[1], matched["literal"], attribute.span, value, False)


def _spans(matched: re.Match[str]) -> tuple[tuple[int, int], tuple[int, int]]:
    return matched.span("sign"), matched.span("value")


def _belongs(name: str, literal: str, vocabulary: Vocabulary) -> bool:
    if belongs(name, literal, vocabulary):
        return True
    return is_setting(f"TF_VAR_{name}", vocabulary) and belongs(f"TF_VAR_{name}", literal, vocabulary)
