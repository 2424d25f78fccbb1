"""Units of systemd: read as other settings are, values written as systemd reads them.

Environment=LLM_PROVIDER=gradient "A=b c"     the value of LLM_PROVIDER, one word of several
EnvironmentFile=/etc/app/gradient.env         a path
"""

from __future__ import annotations

from offramp.model import Edit
from offramp.syntax import ini, unit_settings

__all__ = ["COMMENT", "check", "data", "fit", "parse"]
COMMENT, check, data, parse = ini.COMMENT, ini.check, ini.data, ini.parse


def fit(text: str, edits: list[Edit]) -> list[Edit]:
    """The edits; in lines that set variables as systemd demands them.

    Raises:
        ValueError: a value can't be written there.
    """
    return unit_settings.fit(text, parse(text).lines(), edits) if "nvironment" in text else edits
