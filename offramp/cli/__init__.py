"""The command `migrate`. One module per command, imported when it is called."""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import sys
import traceback
from collections.abc import Sequence

from offramp import __version__
from offramp.model import Problem

# Trees of many files are kept on purpose: looking through them for garbage at the usual rate is a quarter of a run.
GARBAGE = 2_000_000  # objects
COMMANDS = {
    "run": "take a repository off a retired provider: scan, rewrite, verify, report",
    "scan": "report what still refers to it; nothing is written",
    "init": "read a repository and write a migration file for it",
    "undo": "take back the last run, byte for byte",
    "rules": "list the rules, or explain one",
    "test": "run the examples inside a migration file",
}
DESCRIPTION = "Take a codebase off a retired provider in one reviewed change, and prove that nothing is left."
EPILOG = """examples:
  migrate scan gradient-to-openrouter              what is there
  migrate run gradient-to-openrouter --dry-run     the change as a diff
  migrate run gradient-to-openrouter               make it (migrate undo takes it back)
  migrate init --from gradient --to openrouter     a migration file for this repository

exit codes: 0 nothing left to do, 1 findings remain, 2 wrong usage or unusable input,
            3 verification failed and everything was rolled back, 130 interrupted
`migrate COMMAND --help` has the options and examples of a command.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    gc.set_threshold(GARBAGE)
    try:
        options = _parser(arguments).parse_args(arguments)
        module = importlib.import_module(f"offramp.cli.{options.command}")
        code = int(module.execute(options))
        sys.stdout.flush()
        return 0 if options.exit_zero and code == 1 else code
    except Problem as problem:
        print(f"migrate: {problem}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nmigrate: interrupted; nothing is half-written", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader has gone (`migrate … | head`); Python would complain again when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if os.environ.get("OFFRAMP_TRACEBACK"):
            raise
        print(f"migrate: {_mistake(error)}", file=sys.stderr)
        return 2


def _mistake(error: Exception) -> Problem:
    """An error that nobody foresaw, as a sentence; what it says may hold a secret, so its place has to do."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else ""
    hint = "Please report it with the output of the same command under OFFRAMP_TRACEBACK=1 (look through it first)."
    return Problem(f"this is a mistake of offramp: {type(error).__name__}", place=place, hint=hint)


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="migrate", description=DESCRIPTION, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action="version", version=f"offramp {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    asked = next((word for word in arguments if word in COMMANDS), None)
    for name, summary in COMMANDS.items():
        if name == asked:
            module = importlib.import_module(f"offramp.cli.{name}")
            sub = commands.add_parser(
                name,
                help=summary,
                description=module.__doc__,
                formatter_class=argparse.RawDescriptionHelpFormatter,
            )
            module.configure(sub)
            sub.add_argument("--exit-zero", action="store_true", help="exit 0 even where findings remain")
        else:
            commands.add_parser(name, help=summary)
    return parser
