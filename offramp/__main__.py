"""`python -m offramp`, and the entry point of the command `migrate`."""

from __future__ import annotations

import pathlib
import sys


def run() -> int:
    """Run the command with this distribution's own packages in front.

    `scanners`, `codemods` and `reports` are names that a user's project may have as well; started inside such a
    project (`python -m`, PYTHONPATH), ours must win.
    """
    root = str(pathlib.Path(__file__).resolve().parent.parent)
    sys.path[:] = [root, *(entry for entry in sys.path if entry != root)]
    from offramp.cli import main

    return main()


if __name__ == "__main__":
    sys.exit(run())
