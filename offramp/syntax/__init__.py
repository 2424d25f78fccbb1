"""One module per format: parse, say what stands where, and splice safely. Nothing here reprints a file.

A module has
    parse(text) -> Tree                         raises document.Unparsable
    WANTS_PATH = True                           parse(text, path), check(before, after, path), fit(text, edits, path):
                                                the path has the language
    check(before, after) -> str | None          why the edit must not be kept (optional)
    data(text) -> object                        the data that a text means, for formats that have data (optional)
    fit(text, edits) -> list[Edit]      the edits with replacements quoted and escaped as their places demand, or
                                        ValueError; an edit within a scalar means its value, not its source (optional)
    provide(text, need) -> Edit | None          supply a name or setting that a fix needs, or ValueError (optional)
    grown(before, after) -> str | None          why more has changed than the settings that were added (optional)
    EDITED_ONLY_WHOLE = True                    a text that does not parse is read line by line, not edited (optional)
    COMMENT = "#"                               how a line comment starts
"""

from __future__ import annotations

import importlib.util
import os


def module_for(path: str, kind: str) -> str:
    """The name of the module that reads this file: as its kind, else by what the kinds have in common."""
    suffix = os.path.splitext(path)[1].lower()
    by_kind = {
        "code": "code",
        "javascript": "javascript",
        "style": "code",
        "terraform": "hcl",
        "package_json": "json",
        "env_file": "env",
        "notebook": "notebook",
        "procfile": "text",
    }
    name = by_kind.get(kind, kind)
    if kind == "ini" and suffix in (".service", ".timer", ".socket"):
        name = "systemd"
    if suffix in (".rst", ".adoc"):
        name = "markdown"
    return name if importlib.util.find_spec(f"offramp.syntax.{name}") else "text"
