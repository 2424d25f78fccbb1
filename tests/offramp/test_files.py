"""Files: which there are, of which kind, in which encoding, and which are left alone."""

from __future__ import annotations

import os
import pathlib
import subprocess

import pytest

from offramp import files
from offramp.document import Document
from offramp.model import Problem

KINDS = {
    "app.py": "python",
    "stubs/app.pyi": "python",
    "notes.ipynb": "notebook",
    "web/page.tsx": "javascript",
    "web/page.mjs": "javascript",
    "deploy.sh": "shell",
    "Set-Env.ps1": "powershell",
    "start.bat": "batch",
    ".github/workflows/ci.yml": "yaml",
    ".github/workflows/ci.yml.disabled": "yaml",
    "main.tf": "terraform",
    "prod.tfvars": "terraform",
    "terraform.tfvars.example": "terraform",
    "package.json": "package_json",
    "tsconfig.json": "json",
    "pyproject.toml": "toml",
    "setup.cfg": "ini",
    "docs/a.md": "markdown",
    "docs/a.mdx": "markdown",
    "docs/a.rst": "markdown",
    "docs/a.adoc": "markdown",
    "Makefile": "makefile",
    "rules.mk": "makefile",
    "Procfile": "procfile",
    "Dockerfile": "dockerfile",
    "Dockerfile.worker": "dockerfile",
    "worker.Dockerfile": "dockerfile",
    "build/app.dockerfile": "dockerfile",
    ".env": "env_file",
    ".env.example": "env_file",
    "app/env-example": "env_file",
    ".env_sample": "env_file",
    ".env.production.template": "env_file",
    "prod.env": "env_file",
    "config/prod.env.j2": "env_file",
    ".envrc": "env_file",
    "requirements.txt": "requirements",
    "requirements-dev.txt": "requirements",
    "requirements/dev.txt": "requirements",
    "constraints.txt": "requirements",
    "requirements.in": "requirements",
    "App.vue": "code",
    "main.go": "code",
    "card.css": "style",
    # must not
    "environment.py": "python",
    "env.txt": "text",
    "Dockerfile.md": "markdown",
    "my_requirements_notes.md": "markdown",
    "package.json.md": "markdown",
    "README": "text",
    "data.csv": "text",
    ".template": "text",
    "makefile.txt": "text",
}


@pytest.mark.parametrize(("path", "kind"), KINDS.items())
def test_kind_by_name(path: str, kind: str) -> None:
    assert files.kind_of(path) == kind


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"#!/usr/bin/env python3\n", "python"),
        (b"#!/bin/sh\n", "shell"),
        (b"#!/usr/bin/env bash\n", "shell"),
        (b"#!/usr/bin/env node\n", "javascript"),
        (b"#!/usr/bin/fish\n", "text"),
        (b"#!/usr/bin/perl\n# python", "text"),
        (b"python", "text"),
        (b"", "text"),
    ],
)
def test_kind_by_first_line(head: bytes, kind: str) -> None:
    assert files.kind_of("bin/tool", head) == kind


ENCODED = [
    ("plain", b"a\nb\n", "utf-8", b""),
    ("crlf", b"a\r\nb\r\n", "utf-8", b""),
    ("lone cr", b"a\rb", "utf-8", b""),
    ("bom", b"\xef\xbb\xbfa\n", "utf-8", b"\xef\xbb\xbf"),
    ("utf-8", "é ✓ 𝒳\n".encode(), "utf-8", b""),
    ("latin-1 without a word of it", b"caf\xe9\n", "utf-8", b""),
    ("utf-16 le with bom", "aé\n".encode("utf-16-le").join([b"\xff\xfe", b""]), "utf-16-le", b"\xff\xfe"),
    ("utf-16 be with bom", b"\xfe\xff" + "aé\n".encode("utf-16-be"), "utf-16-be", b"\xfe\xff"),
    ("utf-16 le without bom", "abcdefgh\r\n".encode("utf-16-le"), "utf-16-le", b""),
    ("utf-16 be without bom", "abcdefgh\r\n".encode("utf-16-be"), "utf-16-be", b""),
    ("surrogate bytes", b"\xed\xa0\x80 x", "utf-8", b""),
    ("empty", b"", "utf-8", b""),
    ("nul", b"a\0b", "utf-8", b""),
]


@pytest.mark.parametrize(("content", "encoding", "bom"), [case[1:] for case in ENCODED], ids=[c[0] for c in ENCODED])
def test_what_is_read_is_written(content: bytes, encoding: str, bom: bytes) -> None:
    source = files.decode("a.txt", content)
    assert (source.encoding, source.bom) == (encoding, bom)
    assert not source.text.startswith("\ufeff")
    assert files.encode(source, source.text) == content


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "é"),
        (b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '\x80'\n", "€"),
        (b"# coding=utf-8\nx = '\xc3\xa9'\n", "é"),
    ],
)
def test_cookies(content: bytes, text: str) -> None:
    source = files.decode("a.py", content)
    assert text in source.text
    assert files.encode(source, source.text) == content


def test_a_cookie_counts_in_the_first_two_lines_of_python_only() -> None:
    assert files.decode("a.py", b"\n\n# coding: latin-1\n\xe9").encoding == "utf-8"
    assert files.decode("a.txt", b"# coding: latin-1\n\xe9").encoding == "utf-8"
    assert files.decode("a.py", b"x = 1  # coding: latin-1\n\xe9").encoding == "utf-8"


@pytest.mark.parametrize("content", [b"# coding: klingon\n", b"# coding: ascii\nx = '\xe9'\n", b"\xff\xfea\0\xd8"])
def test_what_can_not_be_read_says_so(content: bytes) -> None:
    with pytest.raises(files.Unreadable, match=r"unknown|not valid|survive"):
        files.decode("a.py", content)


def test_a_character_that_the_encoding_lacks() -> None:
    source = files.decode("a.py", b"# coding: latin-1\n\xe9")
    with pytest.raises(UnicodeEncodeError):
        files.encode(source, source.text + "✓")


def test_binary() -> None:
    assert files.is_binary(b"\x89PNG\r\n\0\0\0\x0d")
    assert files.is_binary(b"a\0b" * 10)
    assert not files.is_binary("GRADIENT_API_KEY=x\r\n".encode("utf-16"))
    assert not files.is_binary("GRADIENT_API_KEY=x\r\n".encode("utf-16-le"))
    assert not files.is_binary(b"\xff\xfe" + "x".encode("utf-16-le"))
    assert not files.is_binary(b"caf\xe9")


LEFT_ALONE = [
    ("package-lock.json", b"{}", "lock file"),
    ("web/yarn.lock", b"", "lock file"),
    ("uv.lock", b"", "lock file"),
    (".terraform.lock.hcl", b"", "lock file"),
    ("vendor/x/a.py", b"", "vendored"),
    ("web/node_modules/x/a.js", b"", "vendored"),
    ("assets/logo.svg", b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "LFS"),
    ("a.min.js", b"", "minified"),
    ("a.js.map", b"", "minified"),
    ("bundle.js", b"x" * 6000, "minified"),
    ("client.py", b"# Code generated by x. DO NOT EDIT.\n", "generated"),
    ("client.ts", b"// @generated\n", "generated"),
]
EDITED = [
    ("locks.json", b"{}"),
    ("lock.py", b""),
    ("vendors/a.py", b""),
    ("my_vendor.py", b""),
    ("bundle.js", b"x;\n" * 3000),
    ("data.txt", b"x" * 6000),
    ("README.md", b"This file is @generated"),
    ("a.py", b"x" * 3000 + b"\n# DO NOT EDIT\n"),
    ("a.py", b"# please edit this file by hand\n"),
]


@pytest.mark.parametrize(("path", "content", "reason"), LEFT_ALONE)
def test_left_alone(path: str, content: bytes, reason: str) -> None:
    assert reason in (files.left_alone(path, content) or "")


@pytest.mark.parametrize(("path", "content"), EDITED)
def test_not_left_alone(path: str, content: bytes) -> None:
    assert files.left_alone(path, content) is None


@pytest.mark.parametrize(("sort", "path"), [("vendored", "vendor/a.py"), ("minified", "a.min.js")])
def test_included_all_the_same(sort: str, path: str) -> None:
    assert files.left_alone(path, b"", frozenset({sort})) is None
    assert files.left_alone("uv.lock", b"", frozenset({sort})) is not None


HISTORY = [
    "CHANGELOG.md",
    "CHANGELOG-2.x.md",
    "LICENSE-MIT",
    "CHANGELOG.de.md",
    "docs/changelog.rst",
    "CHANGES",
    "HISTORY.md",
    "NEWS.txt",
    "LICENSE",
    "licence.txt",
    "NOTICE",
    "docs/release-notes.md",
    "RELEASE_NOTES.md",
    "archive/x.md",
    "docs/archived/a/b.py",
    "_deprecated/ci.yml",
    "attic/a.py",
    "newsfragments/12.bugfix",
    "docs/adr/0003-choose.md",
    "docs/decisions/12.md",
    "reports/2024-06-01.md",
    "2024-06-01-outage.md",
]
NOT_HISTORY = [
    "docs/changes_api.md",
    "history.py.md2",
    "src/history.py",
    "CHANGES.py",
    "authors.json",
    "history.sql",
    "license.ts",
    "changes-api.yaml",
    "src/history/page.tsx",
    "licenses.py",
    "archiver/a.py",
    "archive.py",
    "docs/release.md",
    "notes/2024.md",
    "docs/decisions/README.md",
    "adr.md",
    "reports/20.md",
    "releases.py",
    "src/news.tsx",
]


@pytest.mark.parametrize("path", HISTORY)
def test_history(path: str) -> None:
    assert files.is_history(path)


@pytest.mark.parametrize("path", NOT_HISTORY)
def test_not_history(path: str) -> None:
    assert not files.is_history(path)


def fill(root: pathlib.Path) -> None:
    for path in ("a.py", "sub/b.py", "sub/ignored.log", "build/out.py", "keep/build/in.py", "sub/only/c.py", ".env"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("x\n")
    (root / ".gitignore").write_text("*.log\n/build/\n.env\n")
    (root / "sub/.gitignore").write_text("only/\n!ignored.log\n")
    (root / "link.py").symlink_to("a.py")
    (root / "loop").symlink_to(".")


def test_walk_is_what_git_lists(tmp_path: pathlib.Path) -> None:
    fill(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    walked = files.list_files(tmp_path)
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    listed = files.list_files(tmp_path)
    assert walked == listed
    assert listed == [".gitignore", "a.py", "keep/build/in.py", "sub/.gitignore", "sub/b.py", "sub/ignored.log"]


def test_git_lists_what_is_tracked_although_ignored(tmp_path: pathlib.Path) -> None:
    fill(tmp_path)
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    subprocess.run(["git", "-C", tmp_path, "add", "-f", "build/out.py", "a.py"], check=True)
    (tmp_path / "a.py").unlink()
    listed = files.list_files(tmp_path)
    assert "build/out.py" in listed
    assert "a.py" not in listed


def test_a_folder_inside_a_repository(tmp_path: pathlib.Path) -> None:
    fill(tmp_path)
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    assert files.list_files(tmp_path / "sub") == [".gitignore", "b.py", "ignored.log"]


def test_names_that_are_no_text(tmp_path: pathlib.Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    name = os.fsdecode(b"caf\xe9 \n x.txt")
    (tmp_path / name).write_text("x")
    assert files.list_files(tmp_path) == [name]
    assert files.read(tmp_path, name) == b"x"


def test_links_are_not_read(tmp_path: pathlib.Path) -> None:
    fill(tmp_path)
    with pytest.raises(files.Unreadable):
        files.read(tmp_path, "link.py")
    with pytest.raises(files.Unreadable):
        files.read(tmp_path, "sub")
    with pytest.raises(files.Unreadable):
        files.read(tmp_path, "gone.py")


def test_too_large(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_BYTES", 10)
    (tmp_path / "a").write_bytes(b"x" * 11)
    with pytest.raises(files.Unreadable, match="too large"):
        files.read(tmp_path, "a")


def test_a_pipe_does_not_hang(tmp_path: pathlib.Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(files.Unreadable):
        files.read(tmp_path, "pipe")


def test_tree_root(tmp_path: pathlib.Path) -> None:
    (tmp_path / "a").write_text("")
    assert files.tree_root(str(tmp_path)) == tmp_path.resolve()
    with pytest.raises(Problem, match="no such folder"):
        files.tree_root(str(tmp_path / "b"))
    with pytest.raises(Problem, match="a file, not a folder"):
        files.tree_root(str(tmp_path / "a"))


@pytest.mark.parametrize(
    ("content", "newline"), [(b"a\r\nb\n", "\r\n"), (b"a\nb\r\n", "\n"), (b"a\rb", "\r"), (b"a", "\n")]
)
def test_newline_of_a_document(content: bytes, newline: str) -> None:
    assert Document.read("a.txt", content).newline == newline


def test_positions_count_characters() -> None:
    document = Document.read("a.txt", "é✓\r\n𝒳x\n".encode())
    assert document.position(document.text.index("x")) == (2, 2)
    assert document.line(2) == "𝒳x"
