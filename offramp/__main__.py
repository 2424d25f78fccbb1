"""`python -m offramp`, and the entry point of the command `migrate`."""

from __future__ import annotations

import io
import pathlib
import signal
import sys


def run() -> int:
    """Run the command with this distribution's own packages in front.

    `scanners`, `codemods` and `reports` are names that a user's project may have as well; started inside such a
    project (`python -m`, PYTHONPATH), ours must win.
    """
    root = str(pathlib.Path(__file__).resolve().parent.parent)
    sys.path[:] = [root, *(entry for entry in sys.path if entry != root)]
    for stream in (sys.stdout, sys.stderr):  # a terminal that lacks a sign must not end the run
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    signal.signal(signal.SIGTERM, _end)
    from offramp.cli import main

    return main()


def _end(number: int, frame: object) -> None:
    """Asked to end, as by a cancelled CI job: the same as Ctrl-C, so that a run takes back what it has begun."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(run())
