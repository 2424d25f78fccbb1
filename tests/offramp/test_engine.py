"""The engine with codemods made for the occasion: overlaps, groups, trips, spoilt results, circles."""

from __future__ import annotations

import pathlib
import sys
import types
from collections.abc import Callable

import pytest

from offramp import changes, engine, migration
from offramp.engine import Options, Outcome
from offramp.ledger import State
from offramp.model import Applicability, Edit, Finding, Fix, Move, Refusal
from offramp.project import Context, Project, open_project

LOADED = migration.parse(
    "schema: 1\nname: m\nenv: {OLD_KEY: NEW_KEY, OLD_MODEL: NEW_MODEL, NEVER_*: EVER_*}\nkeep: [NEVER_MIND]\n", "m"
)
Answer = Fix | Refusal | None
Codemod = Callable[[Finding, Context], Answer]
Pipeline = Callable[..., tuple[str, ...]]


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch) -> Pipeline:
    """Installs functions as codemods; gives the pipeline of their names."""

    def install(*functions: Codemod, rules: tuple[str, ...] = ("retired-env-var",)) -> tuple[str, ...]:
        names = []
        for number, function in enumerate(functions):
            name = f"made_up_{number}"
            module = types.ModuleType(f"codemods.{name}")
            vars(module).update(RULES=rules, SUBJECT=f"Step {number}", fix=function)
            monkeypatch.setitem(sys.modules, f"codemods.{name}", module)
            names.append(name)
        return tuple(names)

    return install


def tree(root: pathlib.Path, files: dict[str, str]) -> Project:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())
    return open_project(root, LOADED)


def texts(outcome: Outcome) -> dict[str, str]:
    return {path: outcome.after.text(path) or "" for path in sorted(outcome.after.paths)}


def states(outcome: Outcome) -> list[tuple[str, str]]:
    return [(record.first.text, record.state.value) for record in outcome.records]


def reasons(outcome: Outcome) -> list[str]:
    return [record.reason for record in outcome.records if record.reason]


def rename(found: Finding, context: Context) -> Answer:
    return Fix.replace(found, found.term.new or "")


def test_a_plain_run(tmp_path: pathlib.Path, pipeline: Pipeline) -> None:
    project = tree(tmp_path, {"a.env": "OLD_KEY=1\nOLD_MODEL=2\n", "b.txt": "nothing\n"})
    outcome = engine.run(project, Options(pipeline=pipeline(rename)))
    assert texts(outcome) == {"a.env": "NEW_KEY=1\nNEW_MODEL=2\n", "b.txt": "nothing\n"}
    assert outcome.balance.adds_up
    assert outcome.changed
    assert [step.fixes for step in outcome.steps] == [2]
    assert (tmp_path / "a.env").read_text() == "OLD_KEY=1\nOLD_MODEL=2\n", "nothing is written"
    assert project.text("a.env") == "OLD_KEY=1\nOLD_MODEL=2\n", "the project is as it was"


def test_a_codemod_that_trips_is_a_refusal(tmp_path: pathlib.Path, pipeline: Pipeline) -> None:
    def trips(found: Finding, context: Context) -> Answer:
        if found.text == "OLD_KEY":
            raise KeyError("a value that may be secret")
        return rename(found, context)

    project = tree(tmp_path, {"a.env": "OLD_KEY=1\nOLD_MODEL=2\n"})
    names = pipeline(trips)
    outcome = engine.run(project, Options(pipeline=names))
    assert texts(outcome)["a.env"] == "OLD_KEY=1\nNEW_MODEL=2\n"
    assert states(outcome) == [("OLD_KEY", "refused"), ("OLD_MODEL", "fixed")]
    (reason,) = reasons(outcome)
    assert "the codemod made_up_0 failed on it (KeyError)" in reason
    assert "secret" not in reason
    assert outcome.balance.adds_up
    answers = engine.scan(project, Options(pipeline=names)).answers
    assert [type(answer) for answer in answers] == [Refusal, Fix]


def test_only_the_edit_that_spoils_the_file_is_refused(tmp_path: pathlib.Path, pipeline: Pipeline) -> None:
    def spoils_one(found: Finding, context: Context) -> Answer:
        return Fix.replace(found, '"' if found.text == "OLD_MODEL" else "NEW_KEY")

    text = "import os\n" + 'os.environ["OLD_KEY"]\n' * 3 + 'os.environ["OLD_MODEL"]\n' + 'os.environ["OLD_KEY"]\n' * 4
    outcome = engine.run(tree(tmp_path, {"a.py": text}), Options(pipeline=pipeline(spoils_one)))
    assert texts(outcome)["a.py"] == text.replace("OLD_KEY", "NEW_KEY")
    assert outcome.balance.fixed == 7
    assert "the result would not be right: line 5:" in reasons(outcome)[0]
    assert outcome.balance.adds_up


def test_edits_that_spoil_only_together_are_all_refused(tmp_path: pathlib.Path, pipeline: Pipeline) -> None:
    def delete(found: Finding, context: Context) -> Answer:
        text = context.document.text
        return Fix("x", (Edit(text.rindex("\n", 0, found.start), text.index("\n", found.start), ""),))

    text = 'import os\n\n\ndef check():\n    os.environ["OLD_KEY"]\n    os.environ["OLD_MODEL"]\n'
    outcome = engine.run(tree(tmp_path, {"a.py": text}), Options(pipeline=pipeline(delete)))
    assert texts(outcome)["a.py"] == text
    assert outcome.balance.refused == 2
    assert outcome.balance.adds_up


def test_other_files_are_done_where_one_is_spoilt(tmp_path: pathlib.Path, pipeline: Pipeline) -> None:
    def spoils_python(found: Finding, context: Context) -> Answer:
        return Fix.replace(found, '"' if found.path == "b.py" else "NEW_KEY")

    files = dict.fromkeys(("a.py", "b.py", "c.py"), 'import os\nos.environ["OLD_KEY"]\n')
    outcome = engine.run(tree(tmp_path, files), Options(pipeline=pipeline(spoils_python)))
    assert [path for path, text in texts(outcome).items() if "NEW_KEY" in text] == ["a.py", "c.py"]
    assert outcome.balance.adds_up


def test_a_need_that_no_format_can_meet(tmp_path: pathlib.Path, pipeline: Pipeline) -> None:
    def needs(found: Finding, context: Context) -> Answer:
        return Fix("x", (Edit(found.start, found.end, "NEW_KEY"),), needs=("from x import y",))

    outcome = engine.run(tree(tmp_path, {"a.txt": "$OLD_KEY\n"}), Options(pipeline=pipeline(needs)))
    assert texts(outcome) == {"a.txt": "$OLD_KEY\n"} or outcome.balance.fixed == 1
    assert outcome.balance.adds_up


def test_a_character_that_the_encoding_lacks(tmp_path: pathlib.Path, pipeline: Pipeline) -> None:
    def euro(found: Finding, context: Context) -> Answer:
        return Fix.replace(found, "NEW_€")

    (tmp_path / "a.py").write_bytes(b'# -*- coding: latin-1 -*-\nimport os\nos.environ["OLD_KEY"] # \xe9\n')
    outcome = engine.run(tree(tmp_path, {}), Options(pipeline=pipeline(euro)))
    assert outcome.balance.refused == 1
    assert "has no character for '€'" in reasons(outcome)[0]


def test_overlapping_edits_wait_for_the_next_round(tmp_path: pathlib.Path, pipeline: Pipeline) -> None:
    def whole_line(found: Finding, context: Context) -> Answer:
        if found.text == "OLD_MODEL":
            return Fix.replace(found, "NEW_MODEL")
        end = context.document.text.index("\n", found.start)
        return Fix("the line", (Edit(found.start, end, "NEW_KEY=$OLD_MODEL # done"),))

    outcome = engine.run(tree(tmp_path, {"a.env": "OLD_KEY=$OLD_MODEL\n"}), Options(pipeline=pipeline(whole_line)))
    assert texts(outcome) == {"a.env": "NEW_KEY=$NEW_MODEL # done\n"}
    assert len(outcome.steps) == 2
    assert outcome.balance.adds_up


def test_two_texts_for_one_point_do_not_meet(tmp_path: pathlib.Path, pipeline: Pipeline) -> None:
    def heads(found: Finding, context: Context) -> Answer:
        return Fix("x", (Edit(0, 0, f"# {found.text.lower()}\n"), Edit(found.start, found.end, found.term.new or "")))

    outcome = engine.run(tree(tmp_path, {"a.env": "OLD_KEY=1\nOLD_MODEL=1\n"}), Options(pipeline=pipeline(heads)))
    assert texts(outcome)["a.env"].count("#") == 2
    assert outcome.balance.adds_up


def test_an_edit_that_many_share_is_made_once(tmp_path: pathlib.Path, pipeline: Pipeline) -> None:
    def shared(found: Finding, context: Context) -> Answer:
        return Fix("x", (Edit(0, 0, "# head\n"), Edit(found.start, found.end, found.term.new or "")))

    outcome = engine.run(tree(tmp_path, {"a.env": "A=1\nOLD_KEY=1\nOLD_MODEL=1\n"}), Options(pipeline=pipeline(shared)))
    assert texts(outcome)["a.env"] == "# head\nA=1\nNEW_KEY=1\nNEW_MODEL=1\n"


def test_edits_of_one_fix_that_overlap_are_a_refusal(tmp_path: pathlib.Path, pipeline: Pipeline) -> None:
    def twice(found: Finding, context: Context) -> Answer:
        return Fix("x", (Edit(found.start, found.end, "A"), Edit(found.start, found.end + 1, "B")))

    def outside(found: Finding, context: Context) -> Answer:
        return Fix("x", (Edit(10_000, 10_001, "A"),))

    for function in (twice, outside):
        outcome = engine.run(tree(tmp_path, {"a.env": "OLD_KEY=1\n"}), Options(pipeline=pipeline(function)))
        assert texts(outcome) == {"a.env": "OLD_KEY=1\n"}
        assert "it can't be checked (ValueError)" in reasons(outcome)[0]
        assert outcome.balance.adds_up


def test_many_edits_take_no_time(tmp_path: pathlib.Path, pipeline: Pipeline) -> None:
    outcome = engine.run(tree(tmp_path, {"a.txt": "$OLD_KEY " * 3000}), Options(pipeline=pipeline(rename)))
    assert outcome.balance.fixed == 3000
    assert outcome.seconds < 20


# Groups


def grouped(found: Finding, context: Context) -> Answer:
    if found.path == "b.env":
        return Refusal("not this one", group="g")
    return Fix("x", (Edit(found.start, found.end, "NEW_KEY"),), group="g")


def test_a_refusal_within_a_group_refuses_the_whole_group(tmp_path: pathlib.Path, pipeline: Pipeline) -> None:
    project = tree(tmp_path, {"a.env": "OLD_KEY=1\n", "b.env": "OLD_KEY=1\n", "c.env": "OLD_KEY=1\n"})
    outcome = engine.run(project, Options(pipeline=pipeline(grouped)))
    assert not outcome.changed
    assert set(reasons(outcome)) == {"not this one"}
    assert outcome.balance.refused == 3


def test_a_spoilt_member_takes_its_group_along(tmp_path: pathlib.Path, pipeline: Pipeline) -> None:
    def spoils(found: Finding, context: Context) -> Answer:
        text = '"' if found.path == "b.py" else "NEW_KEY"
        return Fix("x", (Edit(found.start, found.end, text),), group="" if found.path == "c.py" else "g")

    files = dict.fromkeys(("a.py", "b.py", "c.py"), 'import os\nos.environ["OLD_KEY"]\n')
    outcome = engine.run(tree(tmp_path, files), Options(pipeline=pipeline(spoils)))
    assert [path for path, text in texts(outcome).items() if "NEW_KEY" in text] == ["c.py"]
    assert outcome.balance.adds_up


def test_a_member_that_has_to_wait_makes_its_group_wait(tmp_path: pathlib.Path, pipeline: Pipeline) -> None:
    def group(found: Finding, context: Context) -> Answer:
        if found.text == "OLD_MODEL":
            line = context.document.line(1)
            return Fix("x", (Edit(0, len(line), line.replace("OLD_MODEL", "NEW_MODEL")),))
        return Fix("x", (Edit(found.start, found.end, "NEW_KEY"),), group="g")

    files = {"a.env": "A=$OLD_KEY$OLD_MODEL\n", "b.env": "OLD_KEY=1\n"}
    outcome = engine.run(tree(tmp_path, files), Options(pipeline=pipeline(group)))
    assert texts(outcome) == {"a.env": "A=$NEW_KEY$NEW_MODEL\n", "b.env": "NEW_KEY=1\n"}
    assert [step.fixes for step in outcome.steps] == [1, 2]


# Moves and new files


def test_a_file_in_the_way_of_a_move(tmp_path: pathlib.Path, pipeline: Pipeline) -> None:
    def move(found: Finding, context: Context) -> Answer:
        return Fix("x", (Edit(found.start, found.end, "NEW_KEY"),), moves=(Move(found.path, "there.env"),))

    outcome = engine.run(tree(tmp_path, {"a.env": "OLD_KEY=1\n", "there.env": ""}), Options(pipeline=pipeline(move)))
    assert texts(outcome) == {"a.env": "OLD_KEY=1\n", "there.env": ""}
    assert "there is already a file there.env" in reasons(outcome)[0]


def test_two_files_for_one_place(tmp_path: pathlib.Path, pipeline: Pipeline) -> None:
    def move(found: Finding, context: Context) -> Answer:
        return Fix("x", (Edit(found.start, found.end, "NEW_KEY"),), moves=(Move(found.path, "there.env"),))

    outcome = engine.run(
        tree(tmp_path, {"a.env": "OLD_KEY=1\n", "b.env": "OLD_KEY=2\n"}), Options(pipeline=pipeline(move))
    )
    assert texts(outcome) == {"b.env": "OLD_KEY=2\n", "there.env": "NEW_KEY=1\n"}
    assert outcome.balance.adds_up
    assert [(c.path, c.target) for c in changes.of(outcome)] == [("a.env", "there.env")]


def test_a_folder_moves_with_all_that_is_in_it(tmp_path: pathlib.Path, pipeline: Pipeline) -> None:
    def move(found: Finding, context: Context) -> Answer:
        edit = Edit(found.start, found.end, found.term.new or "")
        return Fix("x", (edit,), moves=(Move("old", "new/deep"),), settings=("NEW_KEY",))

    files = {"old/a.env": "OLD_KEY=1\n", "old/b/c.txt": "x", "older/d.txt": "y"}
    outcome = engine.run(tree(tmp_path, files), Options(pipeline=pipeline(move)))
    assert texts(outcome) == {"new/deep/a.env": "NEW_KEY=1\n", "new/deep/b/c.txt": "x", "older/d.txt": "y"}
    assert [(c.path, c.target) for c in changes.of(outcome)] == [
        ("old/a.env", "new/deep/a.env"),
        ("old/b/c.txt", "new/deep/b/c.txt"),
    ]
    assert set(outcome.settings) == {"NEW_KEY"}
    assert changes.codemods(outcome) == {"old/a.env": ["made_up_0"], "old/b/c.txt": ["made_up_0"]}


def test_new_files(tmp_path: pathlib.Path, pipeline: Pipeline) -> None:
    def create(found: Finding, context: Context) -> Answer:
        edit = Edit(found.start, found.end, "NEW_KEY")
        return Fix("x", (edit,), creates=(("docs/why.md", "# Why\n"),))

    outcome = engine.run(tree(tmp_path, {"a.env": "OLD_KEY=1\n"}), Options(pipeline=pipeline(create)))
    assert texts(outcome)["docs/why.md"] == "# Why\n"
    new = changes.of(outcome)[1]
    assert (new.path, new.before, new.after) == ("docs/why.md", None, b"# Why\n")


def test_an_edit_of_another_file(tmp_path: pathlib.Path, pipeline: Pipeline) -> None:
    def elsewhere(found: Finding, context: Context) -> Answer:
        return Fix("x", (Edit(found.start, found.end, "NEW_KEY"), Edit(0, 0, "NEW_KEY=\n", path="template.txt")))

    project = tree(tmp_path, {"a.env": "OLD_KEY=1\n", "template.txt": "A=1\n"})
    outcome = engine.run(project, Options(pipeline=pipeline(elsewhere)))
    assert texts(outcome)["template.txt"] == "NEW_KEY=\nA=1\n"


def test_an_edit_of_a_file_that_is_not_there(tmp_path: pathlib.Path, pipeline: Pipeline) -> None:
    def nowhere(found: Finding, context: Context) -> Answer:
        return Fix("x", (Edit(found.start, found.end, "NEW_KEY"), Edit(0, 0, "x", path="nowhere.txt")))

    outcome = engine.run(tree(tmp_path, {"a.env": "OLD_KEY=1\n"}), Options(pipeline=pipeline(nowhere)))
    assert texts(outcome) == {"a.env": "OLD_KEY=1\n"}
    assert "the file can't be read" in reasons(outcome)[0]


# The end of it


def test_two_codemods_that_undo_each_other_come_to_an_end(tmp_path: pathlib.Path, pipeline: Pipeline) -> None:
    def there(found: Finding, context: Context) -> Answer:
        return Fix.replace(found, "OLD_MODEL") if found.text == "OLD_KEY" else None

    def back(found: Finding, context: Context) -> Answer:
        return Fix.replace(found, "OLD_KEY") if found.text == "OLD_MODEL" else None

    outcome = engine.run(tree(tmp_path, {"a.env": "OLD_KEY=1\n"}), Options(pipeline=pipeline(there, back)))
    assert len(outcome.steps) == 2 * engine.MAX_ROUNDS
    assert texts(outcome) == {"a.env": "OLD_KEY=1\n"}
    assert outcome.balance.adds_up
    assert outcome.records[-1].state is State.REFUSED
    assert changes.of(outcome) == []


def test_what_nobody_answers_is_refused_with_a_reason(tmp_path: pathlib.Path, pipeline: Pipeline) -> None:
    def silent(found: Finding, context: Context) -> Answer:
        return None

    project = tree(tmp_path, {"a.env": "OLD_KEY=1\n"})
    outcome = engine.run(project, Options(pipeline=pipeline(silent)))
    assert reasons(outcome) == [engine.UNKNOWN.reason]
    assert engine.scan(project, Options(pipeline=pipeline(silent))).answers == [engine.UNKNOWN]


def test_a_later_codemod_may_fix_what_an_earlier_one_refused(tmp_path: pathlib.Path, pipeline: Pipeline) -> None:
    def refuses(found: Finding, context: Context) -> Answer:
        return Refusal("not mine")

    outcome = engine.run(tree(tmp_path, {"a.env": "OLD_KEY=1\n"}), Options(pipeline=pipeline(refuses, rename)))
    assert texts(outcome) == {"a.env": "NEW_KEY=1\n"}
    assert outcome.balance.fixed == 1


def test_suppressed_kept_and_left_alone(tmp_path: pathlib.Path, pipeline: Pipeline) -> None:
    files = {
        "a.env": "OLD_KEY=1 # offramp: ignore the guard\nNEVER_MIND=1\nNEVER_AGAIN=2\n",
        "CHANGELOG.md": "- `OLD_KEY` is new\n",
        "yarn.lock": "OLD_KEY\n",
    }
    project = tree(tmp_path, files)
    names = pipeline(rename)
    outcome = engine.run(project, Options(pipeline=names))
    assert texts(outcome) == {**files, "a.env": files["a.env"].replace("NEVER_AGAIN", "EVER_AGAIN")}
    balance = outcome.balance
    assert balance.adds_up
    assert balance.external == 1
    assert balance.suppressed >= 2
    result = engine.scan(project, Options(pipeline=names))
    assert any("suppressed: the guard" in reason for _, reason in result.suppressed)
    assert any(isinstance(answer, Refusal) and answer.external for answer in result.answers)


def test_progress_is_told(tmp_path: pathlib.Path, pipeline: Pipeline) -> None:
    told: list[str] = []
    project = tree(tmp_path, {"a.env": "OLD_KEY=1\n"})
    engine.run(project, Options(pipeline=pipeline(rename)), lambda stage, done, total: told.append(stage))
    assert set(told) == {"Scanning", "Rewriting"}


def test_options() -> None:
    assert Options().wants("retired-url")
    assert not Options(ignore=frozenset({"retired-url"})).wants("retired-url")
    assert not Options(select=frozenset({"retired-url"})).wants("retired-model")
    assert not Options(fail_fast=False).wants("hardcoded-fallback")


def test_low_confidence_is_reported_on_request_and_never_answered(tmp_path: pathlib.Path, pipeline: Pipeline) -> None:
    project = tree(tmp_path, {"notes.txt": "NEVER_AGAIN\n"})
    names = pipeline(rename)
    assert engine.scan(project, Options(pipeline=names)).findings == []
    result = engine.scan(project, Options(pipeline=names), low=True)
    assert [f.text for f in result.findings] == ["NEVER_AGAIN"]
    assert result.answers == [None]


def test_unsafe_fixes_are_applied_and_marked(tmp_path: pathlib.Path, pipeline: Pipeline) -> None:
    def unsafe(found: Finding, context: Context) -> Answer:
        return Fix("x", (Edit(found.start, found.end, "NEW_KEY"),), applicability=Applicability.UNSAFE)

    outcome = engine.run(tree(tmp_path, {"a.env": "OLD_KEY=1\n"}), Options(pipeline=pipeline(unsafe)))
    assert outcome.balance.fixed == 1
