"""One file: its text, its kind, and its tree, parsed once and shared by every scanner and codemod."""

from __future__ import annotations

import bisect
import dataclasses
import functools
import importlib
import re
from collections.abc import Sequence
from types import ModuleType
from typing import Protocol

from offramp import files, shelf
from offramp.model import Entry, Place, Refusal

LINE_BREAK = re.compile(r"\r\n|\r|\n")
TREES = shelf.Shelf()


class Tree(Protocol):
    """What every module of `offramp.syntax` makes of a text with its `parse(text)`."""

    def place(self, start: int, end: int) -> Place:
        """What stands at this span."""

    def entries(self) -> Sequence[Entry]:
        """The `key = value` entries of the text, in order; empty for formats that have none."""


class Unparsable(Exception):
    """The text is not what its kind promises; says why, with the line."""


@dataclasses.dataclass(frozen=True, eq=False)
class Document:
    """A file's text with everything needed to write it back as it was.

    `syntax` names the module of `offramp.syntax` that reads it; `path` may differ from `origin`, where it was read,
    once a codemod has moved it.
    """

    path: str
    kind: str
    source: files.Source
    text: str
    left_alone: str | None = None
    origin: str = ""
    about: str | None = None  # why it has to be rewritten as a whole: see `subject`
    private: bool = False  # an env file of this machine: no value in it is ever shown

    @classmethod
    def read(cls, path: str, content: bytes, include: frozenset[str] = frozenset()) -> Document:
        """The document of a file's bytes; `include` names sorts of files that are edited although they are left
        alone by default.

        Raises:
            files.Unreadable: the bytes are not text.
        """
        source = files.decode(path, content)
        kind = files.kind_of(path, content[:200])
        return cls(path, kind, source, source.text, files.left_alone(path, content, include), path)

    def with_text(self, text: str) -> Document:
        return dataclasses.replace(self, text=text)

    def with_path(self, path: str) -> Document:
        return dataclasses.replace(self, path=path)

    @property
    def refusal(self) -> Refusal | None:
        """Why nothing in it is edited, or None."""
        if self.left_alone is not None:
            return Refusal(self.left_alone, external=True)
        if self.fault is not None and getattr(self.syntax, "EDITED_ONLY_WHOLE", False):
            return Refusal(f"the file does not parse ({self.fault}): change it by hand")
        return None if self.about is None else Refusal(self.about)

    def encoded(self) -> bytes:
        return files.encode(self.source, self.text)

    @functools.cached_property
    def newline(self) -> str:
        matched = LINE_BREAK.search(self.text)
        return matched[0] if matched else "\n"

    @functools.cached_property
    def line_starts(self) -> list[int]:
        return [0, *(matched.end() for matched in LINE_BREAK.finditer(self.text))]

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both 1-based, columns in characters."""
        line = bisect.bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line (1-based) without its break."""
        start = self.line_starts[number - 1]
        end = self.line_starts[number] if number < len(self.line_starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    @functools.cached_property
    def syntax(self) -> ModuleType:
        """The module of `offramp.syntax` that reads this kind, or the one for plain text."""
        from offramp.syntax import module_for

        return importlib.import_module(f"offramp.syntax.{module_for(self.path, self.kind)}")

    @functools.cached_property
    def _parsed(self) -> Tree | Unparsable:
        TREES.add(self)
        try:
            if getattr(self.syntax, "WANTS_PATH", False):
                return self.syntax.parse(self.text, self.path)  # type: ignore[no-any-return]  # a Tree, as below
            return self.syntax.parse(self.text)  # type: ignore[no-any-return]  # a Tree by the contract above
        except Unparsable as error:
            return error
        except RecursionError:
            return Unparsable("it is nested too deeply")

    @property
    def is_original(self) -> bool:
        """Whether its text is still that of the file."""
        return self.text is self.source.text

    def drop_tree(self) -> None:
        """Give back the memory of what was parsed; it is parsed again where it is asked for."""
        TREES.remove(self)
        for name in ("_parsed", "plain", "line_starts"):
            self.__dict__.pop(name, None)

    @property
    def fault(self) -> str | None:
        """Why the text can't be parsed, or None."""
        return str(self._parsed) if isinstance(self._parsed, Unparsable) else None

    @property
    def tree(self) -> Tree:
        """The parsed text; of a text that does not parse, the reading as plain text."""
        if isinstance(self._parsed, Unparsable):
            return self.plain
        return self._parsed

    @functools.cached_property
    def plain(self) -> Tree:
        from offramp.syntax import text

        return text.parse(self.text)
