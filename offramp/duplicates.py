"""Of two values of one setting, the one that says nothing: a placeholder, or the same once more."""

from __future__ import annotations

import re

PLACEHOLDER = re.compile(
    r"""(?:|~|null|none|nil|undefined|todo|tbd|x{2,}|\*+|\.{2,}|-+|<[^>]*>
    |.*(?:change[-_ ]?me|your[-_ ]|place[-_ ]?holder|replace[-_ ]?(?:me|with)|[-_ ]here\b|dummy|fill[-_ ]?in).*)""",
    re.VERBOSE | re.IGNORECASE,
)


def redundant(earlier: str, later: str) -> int | None:
    """0 where the earlier value says nothing that the later does not, 1 where the later does; None where both do."""
    if _bare(earlier) == _bare(later) or PLACEHOLDER.fullmatch(_bare(earlier)):
        return 0
    return 1 if PLACEHOLDER.fullmatch(_bare(later)) else None


def _bare(value: str) -> str:
    """A value without its quotes; `$X`, `${X}` and `${X:-$X}` are one."""
    value = value.strip()
    value = value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value
    value = re.sub(r"\$(\w+)", r"${\1}", value)
    return re.sub(r"\$\{(\w+):?-\$\{\1(?::?-)?\}\}", r"${\1}", value)
