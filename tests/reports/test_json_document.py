"""The findings document: ids that last, rows that hold no secret and no broken text."""

from __future__ import annotations

import json
import os
import pathlib

from hypothesis import given
from hypothesis import strategies as st

from offramp import changes, engine, migration
from offramp.document import Document
from offramp.engine import Outcome
from offramp.model import Confidence, Finding, Fix, Place, Refusal, Role, Severity, Term, TermKind
from offramp.project import open_project
from offramp.verification import prove
from reports import json_document

LOADED = migration.parse("schema: 1\nname: m\nenv: {OLD_KEY: NEW_KEY}\n", "m")


def finding(path: str = "a.env", start: int = 0, text: str = "OLD_KEY") -> Finding:
    term = Term(TermKind.ENV, text, "NEW_KEY", text)
    place = Place(Role.KEY, "a key")
    return Finding(
        *("retired-env-var", path, start, start + len(text), text, term, place),
        confidence=Confidence.HIGH,
        severity=Severity.HIGH,
        message=f"{text} is retired",
    )


def documents(text: str, path: str = "a.env") -> dict[str, Document]:
    return {path: Document.read(path, text.encode("utf-8", "surrogateescape"))}


def ids(text: str) -> list[str]:
    """The ids of all places of OLD_KEY in a text."""
    starts = [index for index in range(len(text)) if text.startswith("OLD_KEY", index)]
    return json_document.fingerprints([finding(start=start) for start in starts], documents(text))


@given(
    st.lists(st.sampled_from(["OLD_KEY=1\n", "  OLD_KEY=2\n", "A=OLD_KEY\n"]), max_size=6),
    st.text("ab \n", max_size=20),
)
def test_ids_last_when_lines_come_and_go(lines: list[str], above: str) -> None:
    text = "".join(lines)
    assert ids(f"{above}\n{text}") == ids(text)
    assert len(set(ids(text))) == len(lines)


def test_ids_tell_rules_paths_and_lines_apart() -> None:
    assert len({*ids("OLD_KEY=1\n"), *ids("OLD_KEY=2\n")}) == 2
    one, two = finding("a.env"), finding("b.env")
    both = documents("OLD_KEY=1\n") | documents("OLD_KEY=1\n", "b.env")
    assert len(set(json_document.fingerprints([one, two], both))) == 2


def test_a_finding_about_a_file_as_such() -> None:
    row = json_document.finding_rows([finding(text="")], {}, [None])[0]
    assert (row["line"], row["column"], row["excerpt"]) == (1, 1, "")
    assert row["fix"] == {"applicability": "none", "description": ""}


def test_answers() -> None:
    rows = json_document.finding_rows(
        [finding()] * 2, documents("OLD_KEY=1"), [Fix("a → b"), Refusal("by hand, see TOKEN=" + "abc123def456")]
    )
    assert rows[0]["fix"] == {"applicability": "safe", "description": "a → b"}
    assert rows[1]["fix"] == {"applicability": "manual", "description": "by hand, see TOKEN=***"}


def test_excerpts_are_short_and_masked() -> None:
    secret = "q7Zk29Lm" + "Pw83xT4v"
    text = f"OLD_KEY={secret} " + "x y " * 2000
    excerpt = str(json_document.finding_rows([finding()], documents(text), [None])[0]["excerpt"])
    assert excerpt.startswith("OLD_KEY=*** x y")
    assert len(excerpt) <= 300


def test_text_that_is_none_is_replaced() -> None:
    name = os.fsdecode(b"caf\xe9")
    row = json_document.finding_rows([finding(name)], documents("OLD_KEY=caf\udce9", name), [None])[0]
    assert (row["path"], row["excerpt"]) == ("caf?", "OLD_KEY=caf?")
    assert json.loads(json_document.dump({"a": "\udce9"})) == {"a": "?"}


def outcome(root: pathlib.Path) -> Outcome:
    (root / "a.env").write_text("OLD_KEY=1\n")
    (root / "yarn.lock").write_text("OLD_KEY\n")
    return engine.run(open_project(root, LOADED))


def one(rows: object) -> dict[str, object]:
    assert isinstance(rows, list)
    assert len(rows) == 1
    return dict(rows[0])


def test_of_a_run(tmp_path: pathlib.Path) -> None:
    result = outcome(tmp_path)
    document = json_document.run_document(
        result, changes.of(result), applied=False, verification=None, evidence=prove(result)
    )
    assert document["balance"] == {"found": 2, "fixed": 1, "refused": 0, "suppressed": 0, "external": 1}
    change, manual = one(document["changes"]), one(document["manual"])
    assert change["codemods"] == ["env_vars"]
    assert change["hunks"] == ["@@ -1 +1 @@\n-OLD_KEY=1\n+NEW_KEY=1\n"]
    assert "lock file" in str(manual["reason"])


def test_errors_are_told_once(tmp_path: pathlib.Path) -> None:
    result = outcome(tmp_path)
    result.after.errors.extend([("x", "why"), ("b", "how"), ("x", "why")])
    document = json_document.run_document(result, [], applied=False, verification=None, evidence=prove(result))
    assert document["errors"] == [{"path": "b", "message": "how"}, {"path": "x", "message": "why"}]
