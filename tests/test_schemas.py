"""The schemas in schemas/ say what the code does: the loader's idea of a migration file, and the documents we print."""

from __future__ import annotations

import json
import pathlib

import jsonschema
import pytest
import yaml

from offramp import migration
from offramp.migration import KEYS
from tests import cases
from tests.offramp.test_migration import HEAD, INVALID, VALID

ROOT = pathlib.Path(__file__).parent.parent
MIGRATION = jsonschema.Draft202012Validator(json.loads((ROOT / "schemas/migration.schema.json").read_text()))
FILES = [
    *sorted((ROOT / "codemods/migrations").glob("*.yaml")),
    *sorted((ROOT / "fixtures").glob("*.yaml")),
    cases.FOLDER / "migration.yaml",
]
# What a schema for JSON can't say: it sees neither YAML's own faults nor how two entries fit together.
BEYOND = (
    *("not valid YAML", "nested too deeply", "stands twice", "merge key", "maps to itself", "round in a circle"),
    *("itself retired", "has a `*` that", "differ on", "would replace it", "archives and keeps", "in env has no"),
)


def data(text: str) -> object:
    """A migration file as the loader sees it: every scalar a text, but for `~` and the schema's number."""

    class Loader(yaml.SafeLoader):
        pass

    def scalar(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> object:
        plain = node.style is None
        if plain and node.value in ("~", "null", "Null", "NULL", ""):
            return None
        return 1 if plain and node.value == "1" else node.value

    Loader.add_constructor(None, scalar)
    for tag in ("str", "int", "float", "bool", "null", "timestamp"):
        Loader.add_constructor(f"tag:yaml.org,2002:{tag}", scalar)
    return yaml.load(text, Loader)  # a SafeLoader


def complaints(text: str) -> list[str]:
    return [error.message for error in MIGRATION.iter_errors(data(text))]


def test_the_schemas_are_schemas() -> None:
    for path in (ROOT / "schemas").glob("*.json"):
        jsonschema.Draft202012Validator.check_schema(json.loads(path.read_text()))


def test_the_schema_has_the_loaders_keys() -> None:
    assert set(json.loads((ROOT / "schemas/migration.schema.json").read_text())["properties"]) == set(KEYS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_migrations_that_ship_are_valid(path: pathlib.Path) -> None:
    assert complaints(path.read_text(encoding="utf-8")) == []
    migration.load(str(path))


@pytest.mark.parametrize("text", VALID)
def test_what_the_loader_accepts_is_valid(text: str) -> None:
    assert complaints(HEAD + text) == []


@pytest.mark.parametrize("case", [case for case in cases.all_cases() if case.migration], ids=str)
def test_sections_of_cases_are_valid(case: cases.Case) -> None:
    known = (cases.FOLDER / "migration.yaml").read_text(encoding="utf-8")
    sections = {**yaml.safe_load(known), **(yaml.safe_load(case.migration) or {})}
    assert complaints(yaml.safe_dump(sections, sort_keys=False)) == []


EXPRESSIBLE = [row for row in INVALID if not any(reason in row[3] for reason in BEYOND)]


@pytest.mark.parametrize("row", EXPRESSIBLE, ids=[row[0] for row in EXPRESSIBLE])
def test_what_the_loader_refuses_is_invalid(row: tuple[str, str, int, str, str]) -> None:
    try:
        told = complaints(row[1])
    except (yaml.YAMLError, TypeError):
        return  # a key that is a list, and the like
    assert told


def test_most_of_the_table_is_expressible() -> None:
    assert len(EXPRESSIBLE) > len(INVALID) / 2
