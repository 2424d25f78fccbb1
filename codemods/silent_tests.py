"""Mend tests that have stopped testing, where what they need now is certain; the others are told to a person.

    @patch("app.client.Gradient")  ->  @patch("app.client.OpenAI")

A name that a test replaces follows the import that a call shape of the migration has swapped in the module it is
replaced in. Of equal rows of a parametrised test one stays. A mock that no code path reaches, a test that waits for a
setting that is gone, and a name that nothing provides are left with what to do about them.
"""

from __future__ import annotations

from offramp.model import Applicability, Edit, Finding, Fix, Refusal
from offramp.own_modules import OwnModules
from offramp.project import Context
from scanners import silent_tests

RULES = (silent_tests.RULE,)
SUBJECT = "Let the tests test what is there now"
GONE = Refusal("the test has stopped testing what it is named after: look at it")


def fix(finding: Finding, context: Context) -> Fix | Refusal | None:
    own = OwnModules(context.project)
    span = finding.start, finding.end
    silent = next((s for s in silent_tests.read(context.document, own) if (s.start, s.end) == span), None)
    if silent is None:
        return GONE  # edits elsewhere have mended it: the scan of the result no longer finds it
    if silent.cut is not None:
        return Fix("a row that stands there twice goes", (Edit(*silent.cut, ""),))
    if silent.new is not None:
        edit = Edit(*span, silent.new)
        return Fix(f"{finding.text} → {silent.new}", (edit,), applicability=Applicability.UNSAFE)
    return Refusal(silent.advice)
