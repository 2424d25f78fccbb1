"""Terraform's own parser reads what comes of edits: `python -m tests.nets.consumers_terraform FOLDER…`.

The edits are those of `tests.nets.formats.hcl`; a file that it does not take as it stands is left out.
"""

from __future__ import annotations

import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence

from offramp.document import Document
from offramp.model import apply_edits
from tests.nets.formats import hcl, runner


def rejected(texts: Sequence[str]) -> set[int]:
    """The numbers of the texts that Terraform's own parser does not take."""
    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(texts):
            (pathlib.Path(folder) / f"{number}.tf").write_text(text, encoding="utf-8", newline="")
        command = ["terraform", "fmt", "-no-color", "-list=false", "-write=false", folder]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
    return {int(number) for number in re.findall(r"on \S*?(\d+)\.tf line", done.stderr)}


def main(folders: Sequence[str]) -> int:
    """Edit the files of folders, and let Terraform read what comes of it."""
    if shutil.which("terraform") is None:
        print("there is no terraform here")
        return 2
    before: list[str] = []
    after: list[tuple[int, str, str]] = []
    for path, file in runner.wanted_files("hcl", [pathlib.Path(folder) for folder in folders]):
        document = Document.read(path, file.read_bytes())
        if document.fault is not None or len(document.text) > hcl.LARGEST:
            continue
        try:
            found = list(hcl.cases(document, random.Random(path)))
        except ValueError:
            continue
        before.append(document.text)
        made = (c.edits for c in found if not isinstance(c.edits, str) and runner.judge(hcl, document, c) is None)
        after += [(len(before) - 1, path, apply_edits(document.text, edits)) for edits in made]
    bad = rejected(before)
    worse = [after[n][1] for n in sorted(rejected([text for _, _, text in after])) if after[n][0] not in bad]
    print(f"{len(before)} files, {len(after)} results; {len(bad)} files and {len(worse)} more results are not taken")
    print("\n".join(worse))
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
