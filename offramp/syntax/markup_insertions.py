"""Where a setting goes that a document is given: into a fence of settings, as the fence's language has it.

```env
LLM_PROVIDER=openrouter
OPENROUTER_API_KEY=your-key-here        added
```
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from offramp.model import Edit

if TYPE_CHECKING:
    from offramp.syntax.markdown import Markup

BREAK = re.compile(r"\r\n|\r|\n")


def setting(markup: Markup, need: str) -> Edit | None:
    """The edit that supplies `setting:fence LINE/PATH:KEY=VALUE`, or None where the fence has the key.

    Raises:
        ValueError: it can't be written there; the message says why.
    """
    kind, path, assignment = need.split(":", 2)
    fence, _, holder = path.partition("/")
    line = int(fence.removeprefix("fence "))
    block = next((b for b in markup.blocks if b.fence and _line(markup.text, b.start) == line), None)
    inside = markup.embedded(block) if block is not None else None
    if block is None or inside is None or inside.parsed is None or not hasattr(inside.module, "provide"):
        raise ValueError(f"the code on line {line} holds no settings that one could be added to")
    edit = inside.module.provide(inside.code, f"{kind}:{holder}:{assignment}")
    if edit is None:
        return None
    newline = matched[0] if (matched := BREAK.search(markup.text)) else "\n"
    written = BREAK.sub(newline, edit.replacement)
    span = inside.outer(edit.start, edit.end)
    if span is None:
        raise ValueError(f"the code on line {line} can't be taken apart there")
    at_line = edit.start == 0 or inside.code[edit.start - 1] in "\r\n"
    if edit.start == edit.end == len(inside.code) and at_line:
        return Edit(
            block.end, block.end, block.strip + BREAK.sub(rf"\g<0>{block.strip}", written.rstrip("\r\n")) + newline
        )
    return Edit(*span, BREAK.sub(rf"\g<0>{block.strip}", written))


def _line(text: str, offset: int) -> int:
    return len(BREAK.findall(text, 0, offset)) + 1
