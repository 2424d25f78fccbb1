"""Code inside a document, read by the module of its own language.

    > ```python
    >     key = os.environ["GRADIENT_API_KEY"]
    > ```

The code is laid free of the indentation and the quote marks of its block, and offsets are mapped there and back.
"""

from __future__ import annotations

import bisect
import dataclasses
import importlib
import importlib.util
import re
from collections.abc import Sequence
from functools import cached_property
from types import ModuleType

from offramp.document import Tree, Unparsable
from offramp.syntax import text as plain

LANGUAGES = {
    **dict.fromkeys(("python", "py", "python3", "pycon", "ipython", "ipython3"), "python"),
    **dict.fromkeys(("javascript", "js", "jsx", "mjs", "node", "typescript", "ts", "tsx"), "javascript"),
    **dict.fromkeys(("yaml", "yml"), "yaml"),
    **dict.fromkeys(("env", "dotenv", "envfile", "properties"), "env"),
    **dict.fromkeys(("bash", "sh", "shell", "zsh", "console", "shell-session", "terminal", "prompt"), "shell"),
    **dict.fromkeys(("json", "jsonc", "json5"), "json"),
    **dict.fromkeys(("dockerfile", "docker", "containerfile"), "dockerfile"),
    **dict.fromkeys(("hcl", "terraform", "tf"), "hcl"),
    **dict.fromkeys(("powershell", "ps1", "pwsh", "posh"), "powershell"),
    **dict.fromkeys(("makefile", "make"), "makefile"),
    **dict.fromkeys(("ini", "cfg", "conf", "systemd"), "ini"),
    "toml": "toml",
}
SUFFIX = {"tsx": "tsx", "typescript": "ts", "ts": "ts", "jsx": "jsx"}
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")


@dataclasses.dataclass(frozen=True, slots=True)
class Block:
    """`kind` is code, comment, heading or front matter; `strip` is what precedes each line of indented code."""

    start: int
    end: int
    kind: str
    language: str = ""
    strip: str = ""
    hint: str = ""  # the language as it was written


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    start: int
    end: int  # with its break
    text: str  # without

    @property
    def blank(self) -> bool:
        return not self.text.strip()

    @property
    def indent(self) -> int:
        return len(self.text) - len(self.text.lstrip())


def language_of(info: str) -> tuple[str, str]:
    """(module of offramp.syntax, the language as it was written) of a fence's first line."""
    words = re.findall(r"[\w+#-]+", info.lower())
    word = words[0] if words else ""
    return LANGUAGES.get(word, "text"), word


def lines_of(text: str) -> list[Line]:
    lines = []
    position = 0
    while position < len(text):
        matched = LINE.match(text, position)
        assert matched is not None  # each part of the pattern may be empty
        lines.append(Line(position, matched.end(), matched[0].rstrip("\r\n")))
        position = matched.end()
    return lines


class Embedded:
    """Code inside a document, laid free of its indentation, with the way back to the document's offsets."""

    def __init__(self, text: str, block: Block) -> None:
        self.block = block
        self.code, self._inner, self._outer = _laid_free(text, block)

    @property
    def is_plain_shift(self) -> bool:
        return not self.block.strip

    @cached_property
    def module(self) -> ModuleType:
        known = importlib.util.find_spec(f"offramp.syntax.{self.block.language}") is not None
        return importlib.import_module(f"offramp.syntax.{self.block.language}") if known else plain

    @cached_property
    def _path(self) -> tuple[str, ...]:
        """What a module that wants the path is given: a name with the suffix of the language."""
        return (f"fence.{SUFFIX.get(self.block.hint, 'js')}",) if getattr(self.module, "WANTS_PATH", False) else ()

    @cached_property
    def _parsed(self) -> Tree | None:
        try:
            return self.module.parse(self.code, *self._path)  # type: ignore[no-any-return]  # a Tree by the contract
        except (Unparsable, RecursionError):
            return None

    @property
    def tree(self) -> Tree:
        return self._parsed if self._parsed is not None else plain.parse(self.code)

    def fault_of(self, after: Embedded) -> str | None:
        """Why the code after an edit must not be kept, or None."""
        if self._parsed is None:
            return None
        if after._parsed is None:
            return f"the {self.block.hint or self.block.language} code in the document would not parse any more"
        check = getattr(self.module, "check", None)
        return None if check is None else check(self.code, after.code, *self._path)

    def inner(self, start: int, end: int) -> tuple[int, int] | None:
        """A span of the document as a span of the code, or None where it is not all code."""
        return _mapped(self._outer, self._inner, start, end)

    def outer(self, start: int, end: int) -> tuple[int, int] | None:
        if start < 0 or end > len(self.code):
            return None
        return _mapped(self._inner, self._outer, start, end)


def _laid_free(text: str, block: Block) -> tuple[str, list[int], list[int]]:
    """The code, and where each of its lines starts in it and in the document."""
    parts: list[str] = []
    inner: list[int] = []
    outer: list[int] = []
    length = 0
    for line in lines_of(text[block.start : block.end]):
        whole = text[block.start + line.start : block.start + line.end]
        cut = len(block.strip) if whole.startswith(block.strip) else 0
        inner.append(length)
        outer.append(block.start + line.start + cut)
        parts.append(whole[cut:])
        length += len(whole) - cut
    return "".join(parts), inner, outer


def _mapped(source: Sequence[int], target: Sequence[int], start: int, end: int) -> tuple[int, int] | None:
    first = bisect.bisect_right(source, start) - 1
    last = bisect.bisect_right(source, end) - 1 if end > start else first
    if first < 0 or last < 0:
        return None
    if end == source[last] and last > first:  # the end of a line, not the start of the next
        last -= 1
    return target[first] + start - source[first], target[last] + end - source[last]
