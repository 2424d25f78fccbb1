from __future__ import annotations

import json
import pathlib

import pytest

from offramp.migration import Migration
from offramp.project import Project, open_project
from scanners import javascript_paths

FILES = {
    "web/tsconfig.json": '{\n  // note\n  "compilerOptions": {"baseUrl": ".", "paths": {"@/*": ["./src/*"], "~api": ["src/api.ts"],},}}',
    "web/src/api.ts": "",
    "web/src/lib/index.tsx": "",
    "web/src/lib/a.test.ts": "",
    "packages/ui/package.json": json.dumps({"name": "@acme/ui", "imports": {"#x": {"default": "./src/x.js"}}}),
    "packages/ui/src/x.ts": "",
    "packages/ui/index.js": "",
    "packages/bad/package.json": "[",
    "other/tool.mjs": "",
}


@pytest.fixture
def project(tmp_path: pathlib.Path) -> Project:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return open_project(tmp_path, Migration("x"), list(FILES))


@pytest.mark.parametrize(
    ("path", "specifier", "file"),
    [
        ("web/src/a.ts", "./api", "web/src/api.ts"),
        ("web/src/a.ts", "./api.js", "web/src/api.ts"),
        ("web/src/lib/a.ts", "..", None),
        ("web/src/lib/a.ts", "../lib", "web/src/lib/index.tsx"),
        ("web/src/lib/a.ts", ".", "web/src/lib/index.tsx"),
        ("web/src/a.ts", "@/lib", "web/src/lib/index.tsx"),
        ("web/src/a.ts", "~api", "web/src/api.ts"),
        ("web/src/a.ts", "src/api", "web/src/api.ts"),
        ("other/a.ts", "src/api", None),
        ("other/a.ts", "@/src/api", "web/src/api.ts"),
        ("packages/ui/src/y.ts", "#x", "packages/ui/src/x.ts"),
        ("web/src/a.ts", "@acme/ui", "packages/ui/index.js"),
        ("web/src/a.ts", "@acme/ui/src/x", "packages/ui/src/x.ts"),
        ("web/src/a.ts", "@acme/ui/x", "packages/ui/src/x.ts"),
        ("web/src/a.ts", "react", None),
    ],
)
def test_resolved(project: Project, path: str, specifier: str, file: str | None) -> None:
    assert javascript_paths.resolved(project, path, specifier) == file


@pytest.mark.parametrize(
    ("path", "specifier", "is_package"),
    [
        ("web/src/a.ts", "react", True),
        ("web/src/a.ts", "node:fs", True),
        ("web/src/a.ts", "@acme/sdk", True),
        ("web/src/a.ts", "@acme/ui/missing", False),
        ("web/src/a.ts", "./missing", False),
        ("web/src/a.ts", "@/missing", False),
        ("web/src/a.ts", "src/api", False),
        ("other/a.ts", "src/api", False),
        ("other/a.ts", "react", True),
    ],
)
def test_packages(project: Project, path: str, specifier: str, *, is_package: bool) -> None:
    assert javascript_paths.is_package(project, path, specifier) is is_package
