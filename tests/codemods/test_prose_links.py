"""The text of a link follows its address, once that has changed."""

from __future__ import annotations

import pathlib

from offramp import engine, migration, project

MIGRATION = """\
schema: 1
name: x
retire: {provider: gradient, names: [Gradient AI]}
replace: {provider: openrouter, names: OpenRouter}
urls: {"https://gradient.example/docs": "https://router.example/docs"}
"""


def outcome(tmp_path: pathlib.Path, text: str) -> str:
    (tmp_path / "m.yaml").write_text(MIGRATION, encoding="utf-8")
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "start.md").write_text(text, encoding="utf-8")
    opened = project.open_project(tree, migration.load(str(tmp_path / "m.yaml")))
    return engine.run(opened, engine.Options()).after.documents["start.md"].text


def test_address_and_text_change_together(tmp_path: pathlib.Path) -> None:
    text = "# Start\n\nSee [the Gradient AI pages](https://gradient.example/docs).\n"
    assert outcome(tmp_path, text) == "# Start\n\nSee [the OpenRouter pages](https://router.example/docs).\n"


def test_or_neither_does(tmp_path: pathlib.Path) -> None:
    text = "# Start\n\nSee [the Gradient AI pages](https://example.org/docs).\n"
    assert outcome(tmp_path, text) == text


def test_a_text_follows_an_address_that_a_symbol_has_changed(tmp_path: pathlib.Path) -> None:
    text = "# Start\n\nSee [the Gradient AI pages](https://example.org/gradient_pages).\n"
    (tmp_path / "m.yaml").write_text(MIGRATION + "symbols: {gradient_pages: llm_pages}\n", encoding="utf-8")
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "start.md").write_text(text, encoding="utf-8")
    opened = project.open_project(tmp_path / "tree", migration.load(str(tmp_path / "m.yaml")))
    after = engine.run(opened, engine.Options()).after.documents["start.md"].text
    assert after == "# Start\n\nSee [the OpenRouter pages](https://example.org/llm_pages).\n"
