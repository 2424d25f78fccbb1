"""Keep secret values out of everything that is shown.

A value is masked when its name says secret (`API_KEY`, `token`, `password`) and it is neither a placeholder nor a
reference, when it has the shape of a well-known credential, or when it is long and looks random. Hashes, ids and
paths are none of these. Time grows with the length of a line, whatever it holds; every pattern starts at a fixed word.
"""

from __future__ import annotations

import itertools
import re

MASK = "***"
SECRET_NAME = (
    r"(?:api[_-]?key|access[_-]?key|secret|token|passw(?:or)?d|pwd|passphrase|credential|private[_-]?key|auth)"
    # what belongs to a secret without being one: its name, place, size, age; and words that only begin like it
    r"(?!s?[_-]?(?:name|ref|url|uri|host|endpoint|path|file|dir|limit|count|type|manager|length|ttl|expir|field|header)"
    r"|i[sz]|s?_?per_|ors?\b)"
    r"[\w.-]{0,40}"
)
ASSIGNED = re.compile(
    rf"(?P<head>{SECRET_NAME}[\"'`\]]{{0,2}}\s{{0,9}}(?:=>|:=|=|:)\s{{0,9}})"
    r"(?:(?P<quote>[\"'`])(?P<quoted>[^\"'`]{8,})(?=(?P=quote))|(?P<open>[\"'`]?)(?P<value>[^\s\"'`,;)}\]]{8,}))",
    re.IGNORECASE,
)
KEYED = re.compile(  # any other key: when its value goes to and fro between letters and digits
    r"(?P<head>[_-]key[\"'`\]]{0,2}\s{0,9}(?:=>|:=|=|:)\s{0,9}[\"'`]?)(?P<value>[\w+/=-]{12,})", re.IGNORECASE
)
BEARER = re.compile(r"(?P<head>\b(?:bearer|basic) {1,3})(?P<value>[\w.~+/=-]{8,})", re.IGNORECASE)
SHAPES = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:sk|pk|rk)[-_][A-Za-z0-9_-]{16,}|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{22,}"
    r"|(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])|AIza[\w-]{30,}|xox[abprs]-[\w-]{10,}|do[po]_v1_[a-f0-9]{32,}"
    r"|hf_[A-Za-z0-9]{20,}|glpat-[\w-]{16,})"
    r"|(?<![\w.-])(?:eyJ[\w-]{10,}\.[\w.-]{10,}|SG\.[\w-]{16,}\.[\w-]{16,})"
)
USERINFO = re.compile(r"(?P<head>://[^\s/:@]*:)(?P<value>[^\s/@]+)(?=@)")
SETTING = re.compile(r"(?P<head>[\s#]*(?:export\s+)?[A-Za-z_][\w.-]*\s*(?:=|:\s)\s*)(?P<value>.*)", re.DOTALL)
LONG = re.compile(r"[A-Za-z0-9+/_-]{20,}={0,2}")
PLACEHOLDER = re.compile(
    r"(?i)^[<{\[(%$]|\$\{|\{\{|change|replace|example|placeholder|your|dummy|fake|sample|insert|redacted|to-?do|xxx|\.\.\."
    r"|(?:^|[-_])tests?(?:$|[-_ ])|^\*_|^\?[\w .,$-]*$"
    r"|secrets?\.|vars\.|env[.\[(]|getenv|process\.|config|settings|^none$|^null$|^true$|^false$|\*\*\*"
)
REFERENCE = re.compile(
    r"[A-Za-z_][A-Za-z_.]*[(\[]?|[A-Z][A-Z0-9_]*|[\w.]+[(\[].*|(?:~|\.{0,2})/[\w./-]*|[a-z][a-z0-9+]*://.*"
)


def names_only(line: str) -> str:
    """A line of an env file without its value, whatever it is; of a line that sets nothing, nothing but comments.

    >>> names_only('export LLM_PROVIDER=x # note')
    'export LLM_PROVIDER=***'
    """
    setting = SETTING.match(line)
    if setting is not None:
        return setting["head"] + (MASK if setting["value"].strip() else "")
    return redact(line) if re.match(r"\s*(?:#|$)", line) else MASK


def redact(line: str) -> str:
    """`line` with secret values masked.

    >>> redact('API_KEY=q7Zk29LmPw83xT')
    'API_KEY=***'
    """
    line = SHAPES.sub(lambda m: MASK if _is_key(m[0]) else m[0], line)
    line = USERINFO.sub(_masked, line)
    line = BEARER.sub(lambda m: _masked(m) if re.search(r"\d", m["value"]) else m[0], line)
    line = ASSIGNED.sub(_assigned, line)
    line = KEYED.sub(lambda m: _masked(m) if re.search(r"\d[^\d/_-]*[A-Za-z][^\d/_-]*\d", m["value"]) else m[0], line)
    return LONG.sub(lambda m: MASK if _random(m[0]) else m[0], line)


def _masked(matched: re.Match[str]) -> str:
    return matched["head"] + (matched["value"] if PLACEHOLDER.search(matched["value"]) else MASK)


def _assigned(matched: re.Match[str]) -> str:
    value = matched["quoted"] or matched["value"]
    named = REFERENCE.fullmatch(value) is not None and "@" not in value
    head = matched["head"].lower()
    number = value.isdecimal() and "tokens" in head
    prose = " " in value and not re.search("pass|pwd", head)
    shown = value if named or number or prose or PLACEHOLDER.search(value) else MASK
    return matched["head"] + (matched["quote"] or matched["open"] or "") + shown


def _is_key(text: str) -> bool:
    """Whether what begins like a key goes on like one: `sk-…` with a digit in it, and no placeholder."""
    return not text.startswith(("sk", "pk", "rk")) or (bool(re.search(r"\d", text)) and not PLACEHOLDER.search(text))


def _random(token: str) -> bool:
    """Whether a token is too mixed to be words: signs of three sorts that change at every second step or so."""
    if re.match(r"sha\d{3}-", token):
        return False  # the digest of a lock file
    longest = max(re.split(r"[/_=-]", token), key=len)
    sorts = [1 if sign.isdigit() else 2 if sign.islower() else 3 for sign in longest]
    changes = sum(one != other for one, other in itertools.pairwise(sorts))
    return len(longest) >= 16 and len(set(sorts)) == 3 and changes > 0.38 * len(longest)
