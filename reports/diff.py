"""A change as a unified diff that `git apply` takes.

Files are compared as bytes, so that line endings and encodings survive. What looks like a live secret is masked, and
every value of an env file that git ignores: the lines that hold one can then not be applied, which is the lesser evil.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence

from offramp import splices
from offramp.journal import FileChange
from offramp.redaction import names_only, redact

AROUND = 3  # lines of context
NO_NEWLINE = b"\n\\ No newline at end of file\n"


def unified(changes: Iterable[FileChange]) -> bytes:
    """The diff of all changes, in git's format."""
    changed = (change for change in changes if change.before != change.after or change.target != change.path)
    return b"".join(b"".join(_one(change)) for change in sorted(changed, key=lambda c: c.path))


def texts(change: FileChange) -> list[str]:
    """The hunks of one file, for people and programs that read text."""
    before, after = change.before or b"", change.after or b""
    if b"\0" in before or b"\0" in after:
        before, after = _narrow(before), _narrow(after)
    return [hunk.decode("utf-8", "replace") for hunk in hunks(before, after, private=change.private)]


def _one(change: FileChange) -> Iterator[bytes]:
    before, after = change.before or b"", change.after or b""
    wide = before != after and (b"\0" in before or b"\0" in after)
    if wide:
        yield from _remarks(before, after, private=change.private)
        if change.private or not _is_public(before, after):
            after = before  # the binary patch would give a secret away; a move can still be applied
    old, new = _name("a/", change.path), _name("b/", change.target)
    if before == after and change.target == change.path and change.before is not None:
        return
    yield b"diff --git %s %s\n" % (old, new)
    if change.before is None:
        yield b"new file mode 100644\n"
    if change.after is None:
        yield b"deleted file mode 100644\n"
    if change.before is not None and change.target != change.path:
        yield b"rename from %s\nrename to %s\n" % (_name("", change.path), _name("", change.target))
    if before == after:
        return
    if wide:
        yield from _binary(before, after)
        return
    source = b"/dev/null" if change.before is None else _ended(old)
    target = b"/dev/null" if change.after is None else _ended(new)
    yield b"--- %s\n+++ %s\n" % (source, target)
    yield from hunks(before, after, private=change.private)


def hunks(before: bytes, after: bytes, *, private: bool = False) -> Iterator[bytes]:
    """The hunks of a diff, without file names; lines break at newlines only, as in git."""
    old, new = _lines(before), _lines(after)
    shown = names_only if private else redact
    for group in _groups(splices.blocks(old, new)):
        (start, _, new_start, _), (_, stop, _, new_stop) = group[0], group[-1]
        head = min(AROUND, start)
        tail = min(AROUND, len(old) - stop)
        ranges = _range(start - head, stop + tail), _range(new_start - head, new_stop + tail)
        parts = [b"@@ -%s +%s @@\n" % ranges]
        position = start - head
        for a, b, c, d in group:
            parts += [_line(b" ", line, shown) for line in old[position:a]]
            parts += [_line(b"-", line, shown) for line in old[a:b]]
            parts += [_line(b"+", line, shown) for line in new[c:d]]
            position = b
        parts += [_line(b" ", line, shown) for line in old[position : stop + tail]]
        yield b"".join(parts)


def _groups(blocks: Sequence[splices.Block]) -> Iterator[list[splices.Block]]:
    """Blocks that stand so near that their context meets."""
    group: list[splices.Block] = []
    for block in blocks:
        if group and block[0] - group[-1][1] > 2 * AROUND:
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _range(start: int, stop: int) -> bytes:
    length = stop - start
    first = start + 1 if length else start  # an empty range begins at the line just before it
    return b"%d" % first if length == 1 else b"%d,%d" % (first, length)


def _line(mark: bytes, line: bytes, shown: Callable[[str], str]) -> bytes:
    body, end = (line[:-1], b"\n") if line.endswith(b"\n") else (line, NO_NEWLINE)
    return mark + shown(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape") + end


def _lines(content: bytes) -> list[bytes]:
    return re.findall(rb"[^\n]*\n|[^\n]+", content)


def _remarks(before: bytes, after: bytes, *, private: bool) -> Iterator[bytes]:
    """UTF-16 is binary to git; a person reads it here, and `git apply` passes over it."""
    yield b"# UTF-16, decoded:\n"
    for hunk in hunks(_narrow(before), _narrow(after), private=private):
        yield b"".join(b"# %s\n" % line for line in hunk.removesuffix(b"\n").split(b"\n"))


def _is_public(*contents: bytes) -> bool:
    """Whether no line holds what looks like a secret."""
    lines = (line.decode("utf-8", "replace") for content in contents for line in _lines(_narrow(content)))
    return all(redact(line) == line for line in lines)


def _binary(before: bytes, after: bytes) -> Iterator[bytes]:
    """Git's binary patch: both contents whole, so that it can be taken back as well."""
    yield b"index %s..%s 100644\nGIT binary patch\n" % (_blob(before), _blob(after))
    for content in (after, before):
        yield b"literal %d\n" % len(content)
        packed = zlib.compress(content)
        for start in range(0, len(packed), 52):
            part = packed[start : start + 52]
            length = len(part) + (ord("A") - 1 if len(part) <= 26 else ord("a") - 27)
            yield b"%c%s\n" % (length, base64.b85encode(part, pad=True))
        yield b"\n"


def _blob(content: bytes) -> bytes:
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest().encode()


def _narrow(content: bytes) -> bytes:
    encoding = "utf-16-be" if content[:2] == b"\xfe\xff" or content[:1] == b"\0" else "utf-16-le"
    return content.decode(encoding, "replace").encode("utf-8", "replace")


def _ended(name: bytes) -> bytes:
    """A name in a `---` line; one with blanks ends in a tab, so that no reader takes its end for a date."""
    return name + b"\t" if b" " in name else name


def _name(prefix: str, path: str) -> bytes:
    """A path as git writes it: in quotes, with octal escapes, where it holds anything unusual."""
    plain = os.fsencode(prefix + path)
    if re.search(rb'[\x00-\x1f"\\\x7f-\xff]', plain) is None:
        return plain
    return b'"' + re.sub(rb'[\x00-\x1f"\\\x7f-\xff]', lambda m: b"\\%03o" % m[0][0], plain) + b'"'
