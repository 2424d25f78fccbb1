"""Keep secret values out of everything that is shown.

A value is masked when its name says secret (`API_KEY`, `token`, `password`) and it is neither a placeholder nor a
reference, when it has the shape of a well-known credential, or when it is long and looks random.
"""

from __future__ import annotations

import math
import re
from collections import Counter

MASK = "***"
SECRET_NAME = r"[\w.-]*(?:api[_-]?key|access[_-]?key|secret|token|passw(?:or)?d|credential|private[_-]?key|auth)[\w.-]*"
ASSIGNED = re.compile(
    rf"(?P<head>\b{SECRET_NAME}[\"'`\]]?\s*(?:=>|:=|=|:)\s*)(?P<quote>[\"'`]?)(?P<value>[^\s\"'`,;)}}\]]{{8,}})", re.IGNORECASE
)
SHAPES = re.compile(
    r"\b(?:sk|pk|rk)[-_](?:[a-z0-9]+[-_])*[A-Za-z0-9]{16,}\b|\bgh[pousr]_[A-Za-z0-9]{30,}\b|\bgithub_pat_\w{22,}"
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bAIza[\w-]{30,}|\bxox[abprs]-[\w-]{10,}|\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*"
    r"|\bSG\.[\w-]{16,}\.[\w-]{16,}|\bdo[po]_v1_[a-f0-9]{32,}|\bhf_[A-Za-z0-9]{20,}|\bglpat-[\w-]{16,}"
)
USERINFO = re.compile(r"(?P<head>://[^\s/:@]+:)(?P<value>[^\s/@]+)(?=@)")
LONG = re.compile(r"[A-Za-z0-9+/_=-]{24,}")
PLACEHOLDER = re.compile(
    r"(?i)^[<{\[(%$]|\$\{|\{\{|change|replace|example|placeholder|your|dummy|fake|sample|insert|redacted|to-?do|xxx|\.\.\."
    r"|^test|secrets?\.|vars\.|env[.\[(]|getenv|process\.|config|settings|^none$|^null$|^true$|^false$|^\*+$"
)


def redact(line: str) -> str:
    """`line` with secret values masked.

    >>> redact('API_KEY=q7Zk29LmPw83xT')
    'API_KEY=***'
    """
    line = SHAPES.sub(MASK, line)
    line = USERINFO.sub(lambda m: m["head"] + (m["value"] if PLACEHOLDER.search(m["value"]) else MASK), line)
    line = ASSIGNED.sub(_assigned, line)
    return LONG.sub(lambda m: MASK if _random(m[0]) else m[0], line)


def _assigned(matched: re.Match[str]) -> str:
    value = matched["value"]
    is_name = re.fullmatch(r"[A-Za-z_][A-Za-z_.]*\(?|[A-Z][A-Z0-9_]*|[\w.]+\(.*", value) is not None
    shown = value if is_name or PLACEHOLDER.search(value) else MASK
    return matched["head"] + matched["quote"] + shown


def _random(token: str) -> bool:
    """Whether a token is too mixed to be a name: digits, both cases, and nearly as many signs as it can have."""
    has_all = re.search(r"\d", token) and re.search(r"[a-z]", token) and re.search(r"[A-Z]", token)
    return bool(has_all) and _entropy(token) > 4.0 and not re.search(r"[/_-].*[/_-]", token)


def _entropy(token: str) -> float:
    counts = Counter(token).values()
    return -sum(count / len(token) * math.log2(count / len(token)) for count in counts)
