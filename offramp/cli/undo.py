"""Take back the last run in this repository, byte for byte.

Files that have changed since are never overwritten: the command names them and does nothing.

examples:
  migrate undo
  migrate undo path/to/repository
  migrate undo --forget        delete the journals; what was done can no longer be taken back
"""

from __future__ import annotations

import argparse

from offramp import transaction
from offramp.files import tree_root


def configure(parser: argparse.ArgumentParser) -> None:
    which = "the folder of the run (default: this one)"
    parser.add_argument("path", metavar="PATH", nargs="?", default=".", help=which)
    parser.add_argument("--forget", action="store_true", help="delete the journals instead")


def execute(options: argparse.Namespace) -> int:
    root = tree_root(options.path)
    if options.forget:
        count = transaction.forget(root)
        print(f"Forgot {count} journal{'s' * (count != 1)}.")
        return 0
    if transaction.recover(root):
        print("An interrupted run was taken back.")
        return 0
    title, paths = transaction.undo(root)
    what = f"{len(paths)} files are" if len(paths) != 1 else f"{paths[0]} is"
    print(f"Took back '{title}': {what} as before.")
    return 0
