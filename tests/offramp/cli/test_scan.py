"""`migrate scan`: findings only, in text and JSON, and nothing written."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys

import jsonschema
import pytest

from tests.offramp.cli.shop import Shop

ROOT = pathlib.Path(__file__).parents[3]
FINDINGS = jsonschema.Draft202012Validator(json.loads((ROOT / "schemas/findings.schema.json").read_text()))


def test_text(shop: Shop) -> None:
    before, stamps = shop.state(), shop.stamps()
    told = shop.migrate("scan")
    assert told.code == 1
    assert told.err == ""
    assert "\x1b" not in told.out
    assert "app.py:5:19  high  retired-env-var" in told.out
    assert "fix: GRADIENT_API_KEY → OPENROUTER_API_KEY" in told.out
    assert f"Next: migrate run {shop.migration} {shop.root} --dry-run" in told.out
    assert shop.state() == before
    assert shop.stamps() == stamps


def test_nothing_found(shop: Shop) -> None:
    for path in ("app.py", "lib/gradient_client.py", ".env.example", "config.yaml"):
        (shop.root / path).unlink()
    told = shop.migrate("scan")
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith("Nothing found: 2 files")
    assert "…" not in told.out


def test_an_empty_folder_and_an_empty_repository(shop: Shop) -> None:
    for path in shop.root.rglob("*"):
        if path.is_file():
            path.unlink()
    assert shop.migrate("scan").code == 0
    shop.git("init", "-q")
    assert shop.migrate("scan").code == 0


def test_json(shop: Shop) -> None:
    told = shop.migrate("scan", "--format", "json")
    assert told.code == 1
    document = json.loads(told.out)
    FINDINGS.validate(document)
    rows = document["findings"]
    assert rows == sorted(
        rows, key=lambda row: (row["path"], row["line"], row["column"], row["end_column"], row["rule"])
    )
    assert sum(document["summary"]["by_rule"].values()) == len(rows)
    assert len({row["id"] for row in rows}) == len(rows)
    assert document["summary"]["files_scanned"] == 6
    row = next(row for row in rows if row["rule"] == "retired-env-var" and row["path"] == "app.py")
    assert (row["line"], row["column"], row["end_column"]) == (5, 19, 35)
    assert row["fix"] == {"applicability": "safe", "description": "GRADIENT_API_KEY → OPENROUTER_API_KEY"}


def test_same_order_every_time(shop: Shop) -> None:
    first = json.loads(shop.migrate("scan", "--format", "json").out)["findings"]
    assert json.loads(shop.migrate("scan", "--format", "json").out)["findings"] == first


def test_ids_survive_lines_above(shop: Shop) -> None:
    def ids() -> set[str]:
        return {row["id"] for row in json.loads(shop.migrate("scan", "--format", "json").out)["findings"]}

    before = ids()
    for path in ("app.py", ".env.example"):
        content = (shop.root / path).read_bytes()
        shop.write(path, b"# one more\n\n# and one more\n" + content)
    assert ids() == before


def test_all_adds_low_confidence(shop: Shop) -> None:
    shop.write("maths.py", b"gradient = 1\n")
    low = json.loads(shop.migrate("scan", "--format", "json", "--all").out)["findings"]
    some = json.loads(shop.migrate("scan", "--format", "json").out)["findings"]
    assert {row["confidence"] for row in low} > {row["confidence"] for row in some}
    assert all(row["fix"]["applicability"] == "none" for row in low if row["confidence"] == "low")


def test_output(shop: Shop) -> None:
    target = shop.root.parent / "out.json"
    told = shop.migrate("scan", "--format", "json", "-o", str(target))
    assert (told.code, told.out, told.err) == (1, "", "")
    FINDINGS.validate(json.loads(target.read_text()))


def test_output_on_a_full_disk(shop: Shop) -> None:
    if not pathlib.Path("/dev/full").exists():
        pytest.skip("no /dev/full")
    told = shop.migrate("scan", "-o", "/dev/full")
    assert told.code == 2
    assert "/dev/full: the result can't be written: No space left on device" in told.err


def test_exit_zero(shop: Shop) -> None:
    assert shop.migrate("scan", "--exit-zero").code == 0


def test_quiet(shop: Shop) -> None:
    told = shop.migrate("scan", "-q")
    assert "app.py" not in told.out
    assert "findings in 4 files" in told.out


def test_suppressed(shop: Shop) -> None:
    shop.write("kept.py", b'import os\nos.environ["GRADIENT_API_KEY"]  # offramp: ignore[retired-env-var] the guard\n')
    told = shop.migrate("scan", "-v")
    assert "1 reference left on purpose (-v lists them)." in told.out
    assert "kept.py:2:13  retired-env-var  suppressed: the guard" in told.out


def test_secrets_are_masked(shop: Shop) -> None:
    secret = "q7Zk29Lm" + "Pw83xT4v"
    shop.write(".env", f"GRADIENT_API_KEY={secret}\n".encode())
    for words in ([], ["--format", "json"]):
        told = shop.migrate("scan", *words)
        assert secret not in told.out
        assert "GRADIENT_API_KEY=***" in told.out


def test_names_and_lines_can_not_steer_the_terminal(shop: Shop) -> None:
    shop.write("a\x1b[31m\n.env", b"GRADIENT_API_KEY=\x1b]0;title\x07 x\n")
    told = shop.migrate("scan")
    assert "\x1b" not in told.out
    assert "\x07" not in told.out
    assert "a\\x1b[31m\\n.env:1:1" in told.out


def test_undecodable_names(shop: Shop) -> None:
    shop.write(os.fsdecode(b"caf\xe9.env"), b"GRADIENT_API_KEY=caf\xe9\n")
    for words in ([], ["--format", "json"]):
        told = shop.migrate("scan", *words)
        assert told.code == 1
        assert "caf?.env" in told.out


def test_progress_on_a_terminal_only(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    from offramp.cli import options

    monkeypatch.setattr(options, "LONG_WORK", 1)
    assert shop.migrate("scan").err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    told = shop.migrate("scan")
    assert "Scanning" in told.err
    assert "Scanning" not in told.out
    assert shop.migrate("scan", "-q").err == ""


def command(shop: Shop, pipe: str) -> subprocess.CompletedProcess[str]:
    line = f"'{sys.executable}' -m offramp scan '{shop.migration}' '{shop.root}' {pipe}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(line, shell=True, capture_output=True, text=True, env=environment, check=False)


def test_a_reader_that_goes_away(shop: Shop) -> None:
    shop.write("many.env", b"".join(b"A%d=$GRADIENT_API_KEY # %s\n" % (n, b"x y " * 50) for n in range(200)))
    done = command(shop, "--format json | head -1")
    assert done.stdout == "{\n"
    assert done.stderr == ""


def test_a_terminal_without_the_signs(shop: Shop) -> None:
    os.environ["PYTHONIOENCODING"] = "ascii"
    try:
        done = command(shop, "")
    finally:
        del os.environ["PYTHONIOENCODING"]
    assert done.returncode == 1
    assert done.stderr == ""


def test_wrong_words(shop: Shop) -> None:
    for words, told in (
        ([], "COMMAND"),
        (["scna"], "invalid choice: 'scna'"),
        (["scan"], "MIGRATION"),
        (["scan", "x", "y", "z"], "unrecognized arguments: z"),
        (["scan", "x", "--format", "xml"], "invalid choice: 'xml'"),
    ):
        result = shop.raw(*words)
        assert result.code == 2
        assert told in result.err
        assert result.out == ""


def test_version_and_help(shop: Shop) -> None:
    assert shop.raw("--version").out.startswith("offramp ")
    assert "exit codes:" in shop.raw("--help").out
    for name in ("run", "scan", "init", "undo", "rules", "test"):
        told = shop.raw(name, "--help")
        assert told.code == 0
        assert "examples:" in told.out
