"""Read the section `sdks:` of a migration file: shapes of calls that are followed through the names of a file.

    - {modules: [cohere], name: cohere, imports: [from openai import OpenAI], shapes: [{match: …, replace: …}]}

A pattern that is no Python expression, or a replacement with a variable that nothing binds, is told with its line.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from offramp.migration import Sdk, Shape

if TYPE_CHECKING:
    import yaml

    from offramp.migration_file import _Reader

SDK_KEYS = ("modules", "name", "imports", "whole", "shapes", "default")
TEXTS = ("match", "replace", "refuse", "makes", "yields", "gives")
TABLES = ("arguments", "of", "where")
WHERE = ("text", "list", "mapping", "empty", "plain", "given")
VARIABLE = re.compile(r"\$\$\$(?P<several>[A-Z_]+)|\$\{(?P<braced>[A-Z_]+)\}|\$(?P<one>[A-Z_]+)")
GIVEN = "CLIENT"  # the variable for what a shape with `gives:` hands to the others


def read(reader: _Reader, node: yaml.Node) -> dict[str, object]:
    return {"sdks": tuple(_sdk(reader, item) for item in reader.items(node, "sdks"))}


def _sdk(reader: _Reader, node: yaml.Node) -> Sdk:
    values = reader.fields(node, "an SDK", SDK_KEYS)
    for name in ("modules", "name", "shapes"):
        if name not in values:
            raise reader.problem(node, f"this SDK has no {name}", f"Write `{name}: …`.")
    shapes = tuple(_shape(reader, item) for item in reader.items(values["shapes"], "shapes"))
    kinds = {*WHERE, *(shape.makes for shape in shapes)}
    for shape, item in zip(shapes, values["shapes"].value, strict=True):
        if unknown := [value for value in shape.where.values() if value not in kinds]:
            hint = f"Known: {', '.join(WHERE)}, and what a shape of this SDK `makes:`."
            raise reader.problem(item, f"'{unknown[0]}' is nothing that `where:` knows", hint)
    whole = "whole" not in values or reader.text(values["whole"], "whole") != "false"
    return Sdk(
        modules=reader.texts(values["modules"], "modules"),
        name=reader.text(values["name"], "name"),
        imports=reader.texts(values["imports"], "imports") if "imports" in values else (),
        shapes=shapes,
        whole=whole,
        default=reader.text(values["default"], "default") if "default" in values else "",
    )


def _shape(reader: _Reader, node: yaml.Node) -> Shape:
    values = reader.fields(node, "a shape", (*TEXTS, *TABLES))
    texts = {name: reader.text(values[name], name) for name in TEXTS if name in values}
    tables = {name: _table(reader, values[name], name) for name in TABLES if name in values}
    if "match" not in texts or ("replace" in texts) == ("refuse" in texts):
        hint = "Write `match:` with `replace:`, or with `refuse:` and the reason."
        raise reader.problem(node, "a shape has a pattern, and a replacement or a reason to refuse", hint)
    shape = Shape(**{"replace": None, **texts}, **tables)  # type: ignore[arg-type]  # fields of Shape by name
    if (fault := _fault(shape)) is not None:
        raise reader.problem(node, *fault)
    return shape


def _table(reader: _Reader, node: yaml.Node, what: str) -> dict[str, str | None]:
    """A mapping of texts; a `$` before a variable of `of` and `where` is left out."""
    table: dict[str, str | None] = {}
    for name, _, value in reader.pairs(node, what):
        none = what == "arguments" and reader.is_null(value)
        table[name if what == "arguments" else name.removeprefix("$")] = None if none else reader.text(value, what)
    return table


def _fault(shape: Shape) -> tuple[str, str] | None:
    """What is wrong with a shape, and what to write instead."""
    plain = VARIABLE.sub(lambda found: f"*{found['several']}" if found["several"] else "x", shape.match)
    try:
        ast.parse(plain, mode="eval")
    except SyntaxError:
        return f"'{shape.match}' is no Python expression", "Write the call with $VARIABLES, and $$$ARGS for the rest."
    bound = variables(shape.match) | {new[1:] for new in shape.arguments.values() if new and new.startswith("$")}
    if missing := sorted(variables(shape.replace or "") - bound - {GIVEN}):
        return f"nothing in '{shape.match}' binds ${missing[0]}", "Name it in `match:` or in `arguments:`."
    return None


def variables(template: str) -> set[str]:
    """The variables of a pattern or of a replacement.

    >>> sorted(variables("$M.create(model=${M}, $$$ARGS)"))
    ['ARGS', 'M']
    """
    return {found["several"] or found["braced"] or found["one"] for found in VARIABLE.finditer(template)}
