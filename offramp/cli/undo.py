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
    parser.add_argument("path", metavar="PATH", nargs="?", default=".", help="the folder of the run (default: this one)")
    parser.add_argument("--forget", action="store_true", help="delete the journals instead")


def execute(options: argparse.Namespace) -> int:
    root = tree_root(options.path)
    if options.forget:
        print(f"Forgot {transaction.forget(root)} journals.")
        return 0
    if transaction.recover(root):
        print("An interrupted run was taken back.")
        return 0
    title, paths = transaction.undo(root)
    print(f"Took back '{title}': {len(paths)} files are as they were.")
    return 0
