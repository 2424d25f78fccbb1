"""List the rules, or explain one: what it finds, what its fix does, with a before and an after.

examples:
  migrate rules
  migrate rules hardcoded-fallback
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import inspect

from codemods import PIPELINE
from offramp.evidence import SEVERITY
from offramp.model import Problem


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rule", metavar="RULE", nargs="?", help="the rule to explain")


def execute(options: argparse.Namespace) -> int:
    modules = {name: importlib.import_module(f"codemods.{name}") for name in PIPELINE}
    if options.rule is None:
        width = max(map(len, SEVERITY))
        for rule, severity in SEVERITY.items():
            print(f"{rule:<{width}}  {severity.name.lower():<8}  {DESCRIPTIONS[rule]}")
        print("\n`migrate rules RULE` explains one.")
        return 0
    if options.rule not in SEVERITY:
        close = difflib.get_close_matches(options.rule, SEVERITY, n=1)
        hint = f"Did you mean '{close[0]}'?" if close else "`migrate rules` lists them."
        raise Problem(f"there is no rule '{options.rule}'", hint=hint)
    print(f"{options.rule} ({SEVERITY[options.rule].name.lower()})\n\n{DESCRIPTIONS[options.rule]}")
    for name, module in modules.items():
        if options.rule in module.RULES:
            print(f"\n── {name} ──\n{inspect.cleandoc(module.__doc__ or '')}")
    print(f"\nTo leave one alone: offramp: ignore[{options.rule}] REASON, in a comment on its line or the line before.")
    return 0


DESCRIPTIONS = {
    "retired-env-var": "an environment variable of the retired provider, wherever it is read, set or named",
    "retired-provider-value": "the provider's slug as the value of a provider setting, in a comparison or a type",
    "retired-url": "a host or URL of the provider",
    "retired-model": "a model id of the provider",
    "retired-import": "an import of its SDK or of the project's own module for it",
    "retired-symbol": "a class, function, attribute, parameter or fixture named after it, also inside strings",
    "retired-package": "its distribution in a manifest or an install command",
    "retired-secret": "a secret of it that a workflow uses",
    "retired-name": "its name in documentation, comments and messages",
    "retired-path": "a file or folder named after it, and references to that path",
    "hardcoded-fallback": "a literal that stands in silently when a setting is missing",
    "dead-provider-branch": "a branch that only the retired provider takes, beside one for its replacement",
    "duplicate-setting": "a setting that stands twice in one mapping: the last one wins silently",
    "deprecated-workflow": "a workflow that no longer can or should run",
    "silent-test": "a test that stops testing: its mock, its condition or its data have gone with the provider",
}
