"""A change as a unified diff that `git apply` takes.

Files are compared as bytes, so that line endings and encodings survive. What looks like a live secret is masked: the
lines that hold one can then not be applied, which is the lesser evil.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator

from offramp.journal import FileChange
from offramp.redaction import redact


def unified(changes: Iterable[FileChange]) -> bytes:
    """The diff of all changes, in git's format."""
    return b"".join(b"".join(_one(change)) for change in sorted(changes, key=lambda c: c.path))


def _one(change: FileChange) -> Iterator[bytes]:
    old, new = _name("a/", change.path), _name("b/", change.target)
    yield f"diff --git {old} {new}\n".encode()
    if change.before is None:
        yield b"new file mode 100644\n"
    if change.after is None:
        yield b"deleted file mode 100644\n"
    if change.before is not None and change.target != change.path:
        yield f"rename from {_name('', change.path)}\nrename to {_name('', change.target)}\n".encode()
    before, after = change.before or b"", change.after or b""
    if before == after:
        return
    if b"\0" in before or b"\0" in after:
        yield from _wide(before, after)
        return
    source = "/dev/null" if change.before is None else old
    target = "/dev/null" if change.after is None else new
    yield f"--- {source}\n+++ {target}\n".encode()
    yield from hunks(before.decode("latin-1"), after.decode("latin-1"), "latin-1")


def hunks(before: str, after: str, encoding: str) -> Iterator[bytes]:
    """The hunks of a diff, without file names; lines break at newlines only, as in git."""
    lines = difflib.unified_diff(_lines(before), _lines(after), n=3)
    for number, line in enumerate(lines):
        if number < 2:
            continue  # the file names
        body, newline = (line[:-1], "\n") if line.endswith("\n") else (line, "\n\\ No newline at end of file\n")
        yield (redact(body) + newline).encode(encoding, "surrogateescape")


def _lines(text: str) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _wide(before: bytes, after: bytes) -> Iterator[bytes]:
    """UTF-16 is binary to git: shown decoded, as remarks that `git apply` passes over."""
    yield b"# UTF-16: shown decoded, `git apply` leaves this file as it is\n"
    texts = [content.decode("utf-16-be" if content[:2] == b"\xfe\xff" else "utf-16-le") for content in (before, after)]
    for line in hunks(*texts, encoding="utf-8"):
        yield b"# " + line


def _name(prefix: str, path: str) -> str:
    plain = prefix + path
    if re.search(r'[\x00-\x1f"\\\x7f]', plain) is None:
        return plain
    escaped = "".join(f"\\{ord(c):03o}" if c < " " or c == "\x7f" else f"\\{c}" if c in '"\\' else c for c in plain)
    return f'"{escaped}"'
