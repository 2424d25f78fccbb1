"""`migrate run`: what it writes, what it says, and that a failure of any sort leaves the tree as it was."""

from __future__ import annotations

import errno
import json
import os
import pathlib
import signal
import stat
import subprocess
import sys
import time
from typing import Any

import jsonschema
import pytest

from offramp import transaction
from tests.offramp.cli.shop import FILES, Shop, state

ROOT = pathlib.Path(__file__).parents[3]
FINDINGS = jsonschema.Draft202012Validator(json.loads((ROOT / "schemas/findings.schema.json").read_text()))


def test_the_whole_job(shop: Shop) -> None:
    shop.commit_all()
    told = shop.migrate("run")
    assert told.code == 0
    assert told.err == ""
    assert "Nothing is left." in told.out
    assert f"To take it back: migrate undo {shop.root}" in told.out
    after = {path: content for path, (_, content) in shop.state().items() if content is not None}
    assert b"".join(after.values()).lower().count(b"gradient") == 0
    assert after[".env.example"] == (
        b"OPENROUTER_API_KEY=changeme\r\nLLM_PROVIDER=openrouter\r\nOPENROUTER_MODEL=meta-llama/llama-3.3-70b-instruct"
    )
    assert "lib/llm_client.py" in after
    assert after["other.txt"] == FILES["other.txt"]


def test_a_second_run_changes_nothing(shop: Shop) -> None:
    shop.migrate("run")
    stamps = shop.stamps()
    told = shop.migrate("run")
    assert told.code == 0
    assert "0 references" in told.out
    assert "Nothing refers to what is retired." in told.out
    assert {path: at for path, at in shop.stamps().items() if ".offramp" not in path} == {
        path: at for path, at in stamps.items() if ".offramp" not in path
    }


@pytest.mark.parametrize("with_git", [True, False])
def test_undo(shop: Shop, with_git: bool) -> None:
    before = shop.state()
    if with_git:
        shop.commit_all()
    shop.migrate("run")
    told = shop.raw("undo", str(shop.root))
    assert (told.code, told.err) == (0, "")
    assert "Took back 'shop': 4 files are as before." in told.out
    assert shop.state() == before


def test_a_subfolder(shop: Shop) -> None:
    shop.commit_all()
    before = shop.state()
    told = shop.raw("run", str(shop.migration), str(shop.root / "lib"))
    assert told.code == 0
    changed = {path for path, entry in shop.state().items() if before.get(path) != entry}
    assert changed
    assert all(path.startswith("lib") for path in changed)
    assert shop.raw("undo", str(shop.root)).code == 2
    assert shop.raw("undo", str(shop.root / "lib")).code == 0
    assert shop.state() == before


# Wrong usage and unusable input


def refused(shop: Shop, *words: str, code: int = 2) -> str:
    """The complaint, after a check that it is a sentence and that nothing was written."""
    before = shop.state()
    told = shop.raw(*words)
    assert told.code == code, told
    assert told.out == ""
    assert "Traceback" not in told.err
    assert shop.state() == before
    return told.err


def test_no_such_folder(shop: Shop) -> None:
    told = refused(shop, "run", str(shop.migration), str(shop.root / "nowhere"))
    assert "nowhere: no such folder" in told


def test_a_file_for_a_folder(shop: Shop) -> None:
    assert "this is a file, not a folder" in refused(shop, "run", str(shop.migration), str(shop.root / "app.py"))


def test_an_impossible_folder(shop: Shop) -> None:
    assert "the folder can't be opened: File name too long" in refused(shop, "run", str(shop.migration), "x" * 5000)
    assert "the folder can't be opened: embedded null byte" in refused(shop, "run", str(shop.migration), "a\0b")
    (shop.root / "loop").symlink_to("loop")
    told = refused(shop, "run", str(shop.migration), str(shop.root / "loop"))
    assert "the folder can't be opened: Too many levels of symbolic links" in told


def test_a_reader_that_goes_away(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    from offramp.cli import options

    def gone(*_: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(options, "write", gone)
    monkeypatch.setattr(os, "dup2", lambda *_: None)
    monkeypatch.setattr("sys.stdout.fileno", lambda: 1)
    told = shop.migrate("run", "--dry-run")
    assert (told.code, told.out, told.err) == (1, "", "")


def test_no_such_migration(shop: Shop) -> None:
    assert "no migration called 'nope'" in refused(shop, "run", "nope", str(shop.root))


def test_unknown_rule(shop: Shop) -> None:
    told = refused(shop, "run", str(shop.migration), str(shop.root), "--select", "retired-env")
    assert "there is no rule 'retired-env'" in told
    assert "Did you mean 'retired-env-var'?" in told


@pytest.mark.parametrize("jobs", ["x", "-1", "", "1.5"])
def test_wrong_number_of_processes(shop: Shop, jobs: str) -> None:
    told = refused(shop, "run", str(shop.migration), str(shop.root), f"--jobs={jobs}")
    assert "write 0 or more" in told


def test_what_excludes_each_other(shop: Shop) -> None:
    shop.commit_all()
    told = refused(shop, "run", str(shop.migration), str(shop.root), "--dry-run", "--commit")
    assert "--dry-run and --commit exclude each other" in told
    told = refused(shop, "run", str(shop.migration), str(shop.root), "--branch", "x")
    assert "--branch: --branch names the branch that --commit makes" in told


def test_dirty_tree(shop: Shop) -> None:
    shop.commit_all()
    for number in range(5):
        shop.write(f"n{number}.txt", b"1")
    shop.git("add", "-A")
    told = refused(shop, "run", str(shop.migration), str(shop.root))
    assert "there are uncommitted changes: n0.txt, n1.txt, n2.txt and 2 more" in told
    assert "--allow-dirty" in told
    assert shop.migrate("run", "--dry-run").code == 0
    assert shop.migrate("run", "--allow-dirty").code == 0


def test_untracked_files_are_no_dirt_and_are_changed(shop: Shop) -> None:
    shop.commit_all()
    shop.write(".env", b"GRADIENT_API_KEY=changeme\n")
    assert shop.migrate("run").code == 0
    assert (shop.root / ".env").read_bytes() == b"OPENROUTER_API_KEY=changeme\n"


@pytest.mark.parametrize("output", [".", "no/such/folder/x.txt"])
def test_a_result_that_can_not_be_written_is_known_before(shop: Shop, output: str) -> None:
    told = refused(shop, "run", str(shop.migration), str(shop.root), "-o", str(shop.root / output))
    assert "the result can't be written" in told


def test_a_result_that_may_not_be_written(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    told = refused(shop, "run", str(shop.migration), str(shop.root), "-o", str(shop.root / "r.txt"))
    assert "permission denied" in told


def test_a_full_disk(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    told = refused(shop, "run", str(shop.migration), str(shop.root))
    assert "No space left on device" in told
    assert "Nothing was changed" in told


def test_a_file_that_changes_between_scan_and_write(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    real = transaction.apply

    def late(root: pathlib.Path, *rest: Any) -> Any:
        (root / "app.py").write_bytes(b"somebody was faster\n")
        return real(root, *rest)

    monkeypatch.setattr(transaction, "apply", late)
    told = shop.migrate("run")
    assert told.code == 2
    assert "app.py: the file changed while the run was on" in told.err
    monkeypatch.undo()
    assert {path: content for path, (_, content) in shop.state().items() if content is not None} == {
        **FILES,
        "app.py": b"somebody was faster\n",
    }


def test_a_file_that_vanishes_during_the_run(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    from offramp import changes, files

    def gone(_: object) -> None:
        raise files.Unreadable("the file can't be read: No such file or directory")

    monkeypatch.setattr(changes, "of", gone)
    assert "a file changed while the run was on" in refused(shop, "run", str(shop.migration), str(shop.root))


def test_a_mistake_of_ours_is_a_sentence(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    from offramp import engine

    def broken(*_: object) -> None:
        raise ZeroDivisionError("a value that may be secret")

    monkeypatch.setattr(engine, "run", broken)
    told = refused(shop, "run", str(shop.migration), str(shop.root))
    assert "this is a mistake of offramp: ZeroDivisionError" in told
    assert "test_run.py:" in told
    assert "secret" not in told
    monkeypatch.setenv("OFFRAMP_TRACEBACK", "1")
    with pytest.raises(ZeroDivisionError):
        shop.migrate("run")


def test_a_balance_that_does_not_add_up_writes_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    from offramp.ledger import Balance

    monkeypatch.setattr(Balance, "adds_up", False)
    assert "does not add up" in refused(shop, "run", str(shop.migration), str(shop.root))


def test_another_run_is_on(shop: Shop) -> None:
    from offramp import journal

    with journal.lock(journal.folder_of(shop.root)):
        told = shop.migrate("run")
    assert told.code == 2
    assert "another run is working on this tree" in told.err
    assert set(shop.state()) == {*FILES, "lib"}


def test_interrupted(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    from offramp import engine

    def ctrl_c(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(engine, "run", ctrl_c)
    assert "interrupted; nothing is half-written" in refused(shop, "run", str(shop.migration), str(shop.root), code=130)


def test_interrupted_while_writing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    real, seen = os.replace, []

    def replace(source: Any, target: Any) -> None:
        seen.append(target)
        if len(seen) == 5:
            raise KeyboardInterrupt
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    refused(shop, "run", str(shop.migration), str(shop.root), code=130)
    assert len(seen) > 5


@pytest.mark.parametrize("command", ["run", "scan"])
def test_the_next_command_takes_back_what_was_cut_off(
    shop: Shop, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = shop.state()
    process = os.fork()
    if process == 0:  # pragma: no cover  # in a process of its own
        real, seen = os.replace, []

        def replace(source: Any, target: Any) -> None:
            seen.append(target)
            if len(seen) == 5:
                os._exit(9)
            real(source, target)

        os.replace = replace  # type: ignore[assignment]  # narrower than the real one
        shop.migrate("run")
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 9
    assert {p: e for p, e in shop.state().items() if ".offramp" not in p} != before
    told = shop.migrate(command, *(["--dry-run"] if command == "run" else []))
    assert "an earlier run was interrupted; it was taken back first" in told.err
    assert shop.state() == before


KILLED = "import sys; from offramp.cli import main; sys.exit(main(sys.argv[1:]))"


def test_killed_at_any_moment(shop: Shop) -> None:
    """Real processes, killed at moments that chance picks; the longest wait is found first."""
    before = shop.state()
    command = [sys.executable, "-c", KILLED, "run", str(shop.migration), str(shop.root)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    started = time.perf_counter()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    whole = time.perf_counter() - started
    shop.raw("undo", str(shop.root))
    assert shop.state() == before
    for share in (0.6, 0.8, 0.9, 0.97):
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            try:
                process.wait(whole * share)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
        transaction.recover(shop.root)
        if list(shop.root.glob(".offramp/*.json")):
            transaction.undo(shop.root)
        assert {p: e for p, e in shop.state().items() if ".offramp" not in p} == before


def test_sigterm_takes_back_what_has_begun(shop: Shop) -> None:
    """A cancelled CI job gets SIGTERM: sent here in the middle of the writing."""
    before = shop.state()
    code = (
        "import os, signal, sys\n"
        "real, seen = os.replace, []\n"
        "def replace(source, target):\n"
        "    seen.append(target)\n"
        "    if len(seen) == 4: os.kill(os.getpid(), signal.SIGTERM)\n"
        "    real(source, target)\n"
        "os.replace = replace\n"
        f"sys.argv = ['migrate', 'run', {str(shop.migration)!r}, {str(shop.root)!r}]\n"
        "from offramp.__main__ import run\n"
        "sys.exit(run())\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 130, done
    assert "Traceback" not in done.stderr
    assert shop.state() == before


# Files that can't be read


def test_what_can_not_be_read_is_a_row_and_the_rest_is_done(shop: Shop) -> None:
    shop.write("cut.txt", b"\xff\xfe" + "GRADIENT_API_KEY".encode("utf-16-le") + b"\0")
    shop.write("cookie.py", b"# -*- coding: nonsense -*-\nGRADIENT_API_KEY = 1\n")
    shop.write("wrong.py", b"# -*- coding: utf-8 -*-\nGRADIENT_API_KEY = '\xff'\n")
    with open(shop.root / "huge.json", "wb") as stream:
        os.truncate(stream.fileno(), 200_000_000)
    before = shop.state()
    started = time.perf_counter()
    told = shop.migrate("run", "--format", "json")
    assert time.perf_counter() - started < 20
    assert told.code == 0
    document = json.loads(told.out)
    errors = {row["path"]: row["message"] for row in document["errors"]}
    assert len(document["errors"]) == len(errors)
    assert set(errors) == {"cut.txt", "cookie.py", "wrong.py", "huge.json"}
    assert "too large" in errors["huge.json"]
    assert "'nonsense'" in errors["cookie.py"]
    for path in errors:
        assert shop.state()[path] == before[path]
    assert (shop.root / "lib/llm_client.py").exists()


def test_what_is_no_regular_file_is_passed_over(shop: Shop) -> None:
    os.mkfifo(shop.root / "pipe")
    (shop.root / "loop").symlink_to("loop")
    (shop.root / "around").symlink_to(shop.root)
    outside = shop.root.parent / "outside"
    outside.mkdir()
    (outside / "x.py").write_bytes(b"GRADIENT_API_KEY\n")
    (shop.root / "linked").symlink_to(outside)
    (shop.root / "linked.py").symlink_to(outside / "x.py")
    assert shop.migrate("run").code == 0
    assert (outside / "x.py").read_bytes() == b"GRADIENT_API_KEY\n"
    assert (shop.root / "linked.py").is_symlink()
    assert stat.S_ISFIFO((shop.root / "pipe").stat().st_mode)


@pytest.mark.parametrize("with_git", [True, False])
def test_unreadable(shop: Shop, monkeypatch: pytest.MonkeyPatch, with_git: bool) -> None:
    if with_git:
        shop.commit_all()
    real = os.open

    def denied(path: Any, *rest: Any, **named: Any) -> int:
        if str(path).endswith("config.yaml"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return real(path, *rest, **named)

    monkeypatch.setattr(os, "open", denied)
    told = shop.migrate("run")
    assert "not read  config.yaml: the file can't be read: Permission denied" in told.out
    assert (shop.root / "config.yaml").read_bytes() == FILES["config.yaml"]
    assert (shop.root / "lib/llm_client.py").exists()


def test_what_does_not_parse_is_left_and_the_rest_is_done(shop: Shop) -> None:
    shop.write("broken.yaml", b"a: [GRADIENT_API_KEY\nb: }\n")
    shop.write("broken.py", b'def f(:\n    x = os.environ["GRADIENT_API_KEY"]\n')
    told = shop.migrate("run")
    assert told.code in (0, 1)
    assert (shop.root / "lib/llm_client.py").exists()


# --dry-run


def test_dry_run_writes_nothing(shop: Shop) -> None:
    shop.commit_all()
    before, stamps = shop.state(), shop.stamps()
    told = shop.migrate("run", "--dry-run")
    assert told.code == 0
    assert told.out.startswith("diff --git a/")
    assert "4 files would change" in told.err
    assert f"Next: migrate run {shop.migration} {shop.root} makes the change" in told.err
    assert shop.state() == before
    assert shop.stamps() == stamps


DIFFICULT: dict[str, bytes] = {
    "with blank.py": b'import os\nos.environ["GRADIENT_API_KEY"]\n',
    'quo"te.py': b'import os\nos.environ["GRADIENT_API_KEY"]',
    "back\\slash.py": b'import os\nos.environ["GRADIENT_API_KEY"]\n',
    "tab\there.py": b'import os\nos.environ["GRADIENT_API_KEY"]\n',
    "ümläut/日本.py": 'import os\n# é\nos.environ["GRADIENT_API_KEY"]\n'.encode(),
    "latin.py": b'# -*- coding: latin-1 -*-\nimport os\n# caf\xe9\nos.environ["GRADIENT_API_KEY"]\n',
    "undeclared.env": b"# caf\xe9\nGRADIENT_API_KEY=x\n",
    "crlf.env": b"A=1\r\nGRADIENT_API_KEY=x\r\nB=2\r\n",
    "bom.env": b"\xef\xbb\xbfGRADIENT_API_KEY=x\n",
    "cr.env": b"A=1\nGRADIENT_API_KEY=x\x0b\x0c\nB=2\n",
    "long.py": b"import os\n" + b"x = 1\n" * 50 + b'os.environ["GRADIENT_API_KEY"]\n' * 2 + b"y = 2\n" * 50,
    "-dash.env": b"GRADIENT_API_KEY=x\n",
}


def test_the_diff_of_a_dry_run_is_what_a_run_writes(shop: Shop) -> None:
    for path, content in DIFFICULT.items():
        shop.write(path, content)
    os.chmod(shop.root / "app.py", 0o755)
    shop.commit_all()
    before = shop.state()
    patch = shop.root.parent / "change.diff"
    told = shop.migrate("run", "--dry-run", "-o", str(patch))
    assert told.out == ""
    assert shop.state() == before
    subprocess.run(["git", "-C", str(shop.root), "apply", "--whitespace=nowarn", str(patch)], check=True)
    applied = shop.state()
    assert applied != before
    shop.git("checkout", "-q", ".")
    shop.git("clean", "-qfd")
    assert shop.state() == before
    shop.migrate("run")
    assert shop.state() == applied
    for path, content in DIFFICULT.items():
        assert applied[path][1] == content.replace(b"GRADIENT_API_KEY", b"OPENROUTER_API_KEY"), path


# --format json, -o, -q, -v, colour


def test_json(shop: Shop) -> None:
    shop.commit_all()
    told = shop.migrate("run", "--dry-run", "--format", "json")
    document = json.loads(told.out)
    FINDINGS.validate(document)
    assert told.err == ""
    assert document["applied"] is False
    verification = document["verification"]
    assert (verification["command"], verification["passed"], verification["output"]) == (None, None, "")
    proofs = verification["evidence"]["files"]
    assert proofs
    assert {(row["parses"], row["names"], row["imports"]) for row in proofs} == {("passed",) * 3}
    assert verification["evidence"]["tests"]["state"] == "not run"
    moved = [change for change in document["changes"] if change["path"] != change["new_path"]]
    assert [(c["path"], c["new_path"]) for c in moved] == [("lib/gradient_client.py", "lib/llm_client.py")]
    assert all(change["codemods"] and change["hunks"] for change in document["changes"])
    balance = document["balance"]
    assert balance["found"] == sum(balance[key] for key in ("fixed", "refused", "suppressed", "external"))
    assert len(document["findings"]) == balance["found"]
    told = shop.migrate("run", "--format", "json", "-o", str(shop.root.parent / "out.json"))
    assert told.out == ""
    document = json.loads((shop.root.parent / "out.json").read_text())
    FINDINGS.validate(document)
    assert document["applied"] is True


def test_json_with_names_that_are_no_text(shop: Shop) -> None:
    shop.write(os.fsdecode(b"caf\xe9.py"), b'import os\nKEY = os.getenv("GRADIENT_API_KEY", "x")\n')
    for words in (["--format", "json"], ["--dry-run"]):
        told = shop.migrate("run", *words)
        assert told.code in (0, 1)
    FINDINGS.validate(json.loads(shop.migrate("run", "--format", "json").out))


def test_quiet_and_verbose(shop: Shop) -> None:
    shop.write("kept.py", b'import os\nos.environ["GRADIENT_API_KEY"]  # offramp: ignore the guard\n')
    quiet = shop.migrate("run", "--dry-run", "-q").err
    assert "references =" in quiet
    assert "app.py" not in quiet
    verbose = shop.migrate("run", "--dry-run", "-v").err
    assert "Left on purpose:" in verbose
    assert "the guard" in verbose


class Terminal:
    """A standard stream that claims to be a terminal."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def isatty(self) -> bool:
        return True

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@pytest.mark.parametrize("off", ["", "--no-color", "NO_COLOR", "TERM"])
def test_colour_on_a_terminal_only_where_it_is_wanted(shop: Shop, off: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(sys, "stdout", Terminal(sys.stdout))
    if off in ("NO_COLOR", "TERM"):
        monkeypatch.setenv(off, "dumb")
    told = shop.migrate("run", *([off] if off.startswith("--") else []))
    assert ("\x1b[" in told.out) == (not off)


def test_no_colour_in_a_file_or_a_pipe(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in shop.migrate("run", "--dry-run").err
    monkeypatch.setattr(sys, "stdout", Terminal(sys.stdout))
    shop.migrate("run", "-o", str(shop.root.parent / "report.txt"))
    assert b"\x1b" not in (shop.root.parent / "report.txt").read_bytes()


# Which findings


def test_select_and_ignore(shop: Shop) -> None:
    only = shop.migrate("run", "--dry-run", "--select", "retired-url, retired-model", "--format", "json")
    assert {row["rule"] for row in json.loads(only.out)["findings"]} == {"retired-url", "retired-model"}
    without = shop.migrate("run", "--dry-run", "--ignore", "retired-url", "--format", "json")
    rules = {row["rule"] for row in json.loads(without.out)["findings"]}
    assert "retired-url" not in rules
    assert "retired-env-var" in rules


def test_no_fail_fast(shop: Shop) -> None:
    shop.write("late.py", b'import os\n\nMODEL = os.environ.get("GRADIENT_MODEL", "llama3.3-70b-instruct")\n')
    assert shop.migrate("run", "--no-fail-fast").code == 0
    text = (shop.root / "late.py").read_text()
    assert 'os.environ.get("OPENROUTER_MODEL", "meta-llama/llama-3.3-70b-instruct")' in text


def test_exit_codes(shop: Shop) -> None:
    shop.write("kept.py", b'import os\nname = "x"\nos.environ[name + f"{name}_GRADIENT_MODEL"]\n')
    shop.write("package-lock.json", b'{"url": "https://inference.do-ai.run/v1/x"}\n')
    assert shop.migrate("run", "--dry-run").code == 1
    assert shop.migrate("run", "--dry-run", "--exit-zero").code == 0
    told = shop.migrate("run")
    assert told.code == 1
    assert "left for a person" in told.out
    assert "package-lock.json:1:" in told.out


# --verify


def test_verify_passes(shop: Shop) -> None:
    told = shop.migrate("run", "--verify", "echo checked; test -d lib")
    assert told.code == 0
    assert "Verified: `echo checked; test -d lib` passes" in told.out


def test_verify_fails_before(shop: Shop) -> None:
    told = refused(shop, "run", str(shop.migration), str(shop.root), "--verify", "echo broken; exit 1")
    assert "`echo broken; exit 1` fails before the run" in told
    assert "broken" in told
    refused(shop, "run", str(shop.migration), str(shop.root), "--verify", "false")


def test_verify_newly_fails(shop: Shop) -> None:
    before = shop.state()
    told = shop.migrate("run", "--verify", "echo last words; test -f lib/gradient_client.py")
    assert told.code == 3
    assert "Nothing was kept." in told.out
    assert "newly fails: everything was rolled back." in told.out
    assert "last words" in told.out
    assert shop.state() == before
    assert shop.raw("undo", str(shop.root)).code == 2


def test_verify_in_json(shop: Shop) -> None:
    told = shop.migrate("run", "--verify", "test -f lib/gradient_client.py", "--format", "json")
    assert told.code == 3
    document = json.loads(told.out)
    FINDINGS.validate(document)
    assert document["verification"]["passed"] is False
    assert document["applied"] is False


def test_verify_that_changes_the_files_itself(shop: Shop) -> None:
    told = shop.migrate("run", "--verify", "test -f lib/gradient_client.py || { echo x >> app.py; exit 1; }")
    assert told.code == 2
    assert "the verification failed, and its command has changed files itself" in told.err
    assert "app.py" in told.err
    assert "migrate undo" in told.err


def test_verify_that_is_interrupted(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    from offramp.cli import run

    before, real, calls = shop.state(), run._verify, []

    def second(*arguments: Any) -> Any:
        calls.append(arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(run, "_verify", second)
    assert shop.migrate("run", "--verify", "true").code == 130
    assert shop.state() == before


def test_verify_when_nothing_has_to_change(shop: Shop) -> None:
    shop.migrate("run")
    told = shop.migrate("run", "--verify", "true")
    assert told.code == 0
    flaky = shop.migrate("run", "--verify", "test ! -f ran-once && touch ran-once")
    assert flaky.code == 3


def test_a_secret_in_the_words_of_verify_is_masked(shop: Shop) -> None:
    secret = "q7Zk29Lm" + "Pw83xT4v"
    told = shop.migrate("run", "--verify", f"echo API_KEY={secret}; test -f lib/gradient_client.py")
    assert secret not in told.out.replace(f"`echo API_KEY={secret}", "")


# --jobs


def test_the_number_of_processes_does_not_matter(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    from offramp import parallel

    monkeypatch.setattr(parallel, "WORTH", 1)
    monkeypatch.setattr(parallel, "CHUNK", 2)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    for number in range(20):
        shop.write(f"n{number}.env", b"GRADIENT_API_KEY=x\n" * (number % 3))
    shop.write("cookie.py", b"# -*- coding: nonsense -*-\nGRADIENT_API_KEY = 1\n")
    told = [shop.migrate("run", "--dry-run", "--jobs", jobs, "--format", "json") for jobs in ("1", "2")]
    one, two = (json.loads(each.out) for each in told)
    for document in (one, two):
        document["summary"].pop("elapsed_seconds")
    assert one == two
    assert one["errors"]


# --commit


def branch_state(shop: Shop, branch: str, folder: pathlib.Path) -> dict[str, tuple[int, bytes | None]]:
    shop.git("clone", "-q", "-b", branch, str(shop.root), str(folder))
    return state(folder)


def test_commit(shop: Shop) -> None:
    shop.write("run.sh", b"#!/bin/sh\necho $GRADIENT_API_KEY\n")
    os.chmod(shop.root / "run.sh", 0o755)
    shop.commit_all()
    shop.write("staged.txt", b"staged GRADIENT_API_KEY\n")
    shop.git("add", "staged.txt")
    shop.write("app.py", b"not committed\n")
    before, status, head = shop.state(), shop.git("status", "--porcelain"), shop.git("rev-parse", "HEAD")
    told = shop.migrate("run", "--commit", "--allow-dirty")
    assert told.code == 0, told
    assert "Branch offramp/shop with" in told.out
    assert "To take it back" not in told.out
    assert (shop.state(), shop.git("status", "--porcelain"), shop.git("rev-parse", "HEAD")) == (before, status, head)
    assert shop.git("worktree", "list").count("\n") == 1
    assert not (shop.root / ".git/worktrees").exists()
    log = shop.git("log", "--format=%s", "main..offramp/shop").splitlines()
    assert len(log) == len(set(log)) > 3
    assert shop.git("branch", "--show-current").strip() == "main"
    bodies = shop.git("log", "--format=%b", "main..offramp/shop")
    assert "by `migrate run shop`" in bodies
    tip = branch_state(shop, "offramp/shop", shop.root.parent / "tip")
    shop.git("reset", "-q", "--hard")
    shop.migrate("run")
    assert shop.state() == tip


def test_commit_of_a_subfolder_with_a_name_of_its_own(shop: Shop) -> None:
    shop.write("sub folder/é/app.py", FILES["app.py"].replace(b"lib.", b"other."))
    shop.commit_all()
    told = shop.raw("run", str(shop.migration), str(shop.root / "sub folder"), "--commit", "--branch", "chore/x")
    assert told.code in (0, 1), told
    changed = shop.git("diff", "--name-only", "-z", "main", "chore/x").rstrip("\0").split("\0")
    assert changed == ["sub folder/é/app.py"]


def test_commit_executes_nothing_of_the_repository(shop: Shop) -> None:
    shop.commit_all()
    mark = shop.root.parent / "executed"
    for hook in (
        "pre-commit",
        "post-checkout",
        "prepare-commit-msg",
        "commit-msg",
        "post-commit",
        "reference-transaction",
    ):
        path = shop.root / ".git/hooks" / hook
        path.write_text(f"#!/bin/sh\ntouch '{mark}'\nexit 1\n")
        path.chmod(0o755)
    shop.git("config", "core.fsmonitor", f"touch '{mark}'")
    assert shop.migrate("run", "--commit").code == 0
    assert not mark.exists()


def test_commit_from_inside_a_hook(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.commit_all()
    monkeypatch.setenv("GIT_INDEX_FILE", str(shop.root / ".git/index"))
    before = (shop.root / ".git/index").read_bytes()
    assert shop.migrate("run", "--commit").code == 0
    assert (shop.root / ".git/index").read_bytes() == before


def test_commit_in_json(shop: Shop) -> None:
    shop.commit_all()
    told = shop.migrate("run", "--commit", "--format", "json")
    document = json.loads(told.out)
    FINDINGS.validate(document)
    assert document["applied"] is True


def test_commit_with_nothing_to_do(shop: Shop) -> None:
    shop.migrate("run")
    transaction.forget(shop.root)
    shop.commit_all()
    told = shop.migrate("run", "--commit")
    assert told.code == 0
    assert "Nothing to commit: no branch was made." in told.out
    assert shop.git("branch", "--list", "offramp/*") == ""


def commit_refused(shop: Shop, *words: str) -> str:
    told = refused(shop, "run", str(shop.migration), str(shop.root), "--commit", *words)
    if (shop.root / ".git").exists():
        assert shop.git("worktree", "list").count("\n") <= 1
    return told


def test_commit_without_git(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "this is not a git repository" in commit_refused(shop)
    monkeypatch.setenv("PATH", "")
    assert "there is no git on this machine" in commit_refused(shop)


def test_commit_without_a_commit(shop: Shop) -> None:
    shop.git("init", "-q")
    assert "the repository has no commit yet" in commit_refused(shop)


def test_commit_without_an_author(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.commit_all()
    shop.git("config", "--unset", "user.email")
    shop.git("config", "user.useConfigOnly", "true")
    monkeypatch.delenv("EMAIL", raising=False)
    assert "git does not know who commits" in commit_refused(shop)


def test_commit_on_a_branch_that_exists(shop: Shop) -> None:
    shop.commit_all()
    shop.git("branch", "offramp/shop")
    told = commit_refused(shop)
    assert "there is already a branch offramp/shop" in told
    assert "--branch" in told


@pytest.mark.parametrize("name", ["a b", "-x", "a..b", "x.lock", "", "é~"])
def test_commit_on_an_impossible_branch(shop: Shop, name: str) -> None:
    shop.commit_all()
    if name:
        assert "can't be the name of a branch" in commit_refused(shop, f"--branch={name}")
    else:
        assert shop.migrate("run", "--commit", "--branch=").code == 0


def test_commit_where_a_branch_is_in_the_way(shop: Shop) -> None:
    shop.commit_all()
    shop.git("branch", "offramp")
    assert "git branch failed" in commit_refused(shop)


def test_commit_of_a_folder_that_is_not_committed(shop: Shop) -> None:
    shop.commit_all()
    shop.write("new/app.py", b"GRADIENT_API_KEY\n")
    told = refused(shop, "run", str(shop.migration), str(shop.root / "new"), "--commit")
    assert "the last commit has no such folder" in told


def test_commit_with_a_name_that_is_no_branch(shop: Shop) -> None:
    shop.commit_all()
    shop.migration.write_text(shop.migration.read_text().replace("name: shop", "name: 'off: the old one!'"))
    assert shop.migrate("run", "--commit").code == 0
    assert shop.git("branch", "--list", "offramp/*").strip() == "offramp/off-the-old-one"


def test_commit_verified(shop: Shop) -> None:
    shop.commit_all()
    told = shop.migrate("run", "--commit", "--verify", "test -f lib/gradient_client.py")
    assert told.code == 3
    assert "newly fails: no branch was made." in told.out
    assert shop.git("branch", "--list", "offramp/*") == ""
    assert "fails before the run" in commit_refused(shop, "--verify", "false")
    assert shop.migrate("run", "--commit", "--verify", "true").code == 0
    assert shop.git("branch", "--list", "offramp/*").strip() == "offramp/shop"
