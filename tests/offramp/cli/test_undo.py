"""`migrate undo`."""

from __future__ import annotations

from tests.offramp.cli.shop import Shop


def undo(shop: Shop, *words: str) -> tuple[int, str, str]:
    told = shop.raw("undo", str(shop.root), *words)
    return told.code, told.out, told.err


def test_nothing_to_undo(shop: Shop) -> None:
    code, out, err = undo(shop)
    assert (code, out) == (2, "")
    assert "there is no run to undo" in err
    assert not (shop.root / ".offramp").exists()


def test_twice(shop: Shop) -> None:
    shop.migrate("run")
    assert undo(shop)[0] == 0
    assert undo(shop)[0] == 2


def test_changed_since(shop: Shop) -> None:
    shop.migrate("run")
    shop.write("app.py", b"mine\n")
    after = shop.state()
    code, out, err = undo(shop)
    assert (code, out) == (2, "")
    assert "changed since the run: app.py" in err
    assert shop.state() == after


def test_one_file(shop: Shop) -> None:
    for path in ("app.py", "lib/gradient_client.py", ".env.example"):
        (shop.root / path).unlink()
    shop.migrate("run")
    assert "config.yaml is as before." in undo(shop)[1]


def test_what_was_cut_off(shop: Shop) -> None:
    before = shop.state()
    shop.migrate("run")
    done = next(shop.root.glob(".offramp/*.json"))
    done.rename(done.with_suffix(".applying"))
    assert undo(shop) == (0, "An interrupted run was taken back.\n", "")
    assert shop.state() == before


def test_forget(shop: Shop) -> None:
    shop.migrate("run")
    assert undo(shop, "--forget") == (0, "Forgot 1 journal.\n", "")
    assert undo(shop, "--forget") == (0, "Forgot 0 journals.\n", "")
    assert undo(shop)[0] == 2


def test_no_such_folder(shop: Shop) -> None:
    told = shop.raw("undo", str(shop.root / "nowhere"))
    assert told.code == 2
    assert "no such folder" in told.err
