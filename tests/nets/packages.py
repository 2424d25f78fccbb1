"""Fetches pinned packages from their registries and unpacks them: `name==version` of PyPI, `npm:name@version` of npm."""

from __future__ import annotations

import hashlib
import html
import io
import json
import pathlib
import re
import subprocess
import sys
import tarfile
import urllib.parse
import urllib.request
from collections.abc import Callable

LISTED = pathlib.Path(__file__).with_name("sources.txt")
ACCEPT = {"Accept": "text/html"}
NPM = "https://registry.npmjs.org"
LARGEST = 2_000_000  # bytes of a file that is unpacked


def listed(path: pathlib.Path = LISTED) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def is_python(path: str) -> bool:
    return path.endswith((".py", ".pyi"))


def fetch(pin: str, cache: pathlib.Path, wanted: Callable[[str], bool] = is_python) -> pathlib.Path:
    """The folder with those files of a package that are wanted; fetched where it is not in the cache.

    Raises:
        OSError: the index has no such file, or it is not what the index says.
    """
    folder = cache / re.sub(r"^npm:|[/@]|==", lambda found: {"==": "-", "npm:": "npm-"}.get(found[0], "-"), pin)
    if (folder / ".complete").exists():
        return folder
    address, digest = _npm(pin.removeprefix("npm:")) if pin.startswith("npm:") else _file(pin)
    with urllib.request.urlopen(address, timeout=180) as answer:
        content = answer.read()
    if digest and hashlib.sha256(content).hexdigest() != digest:
        raise OSError(f"{address} is not the file that the index lists")
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        for member in archive:
            if member.isfile() and member.size <= LARGEST and wanted(member.name):
                archive.extract(member, folder, filter="data")
    (folder / ".complete").touch()
    return folder


def _file(pin: str) -> tuple[str, str]:
    """Address and digest of the source distribution, as the page of the project in the index tells them."""
    name, _, version = pin.partition("==")
    page = f"{_index().rstrip('/')}/{name}/"
    with urllib.request.urlopen(urllib.request.Request(page, headers=ACCEPT), timeout=60) as answer:
        links = re.findall(r'href="([^"#]+)(?:#sha256=(\w+))?', answer.read().decode())
    for link, digest in links:
        if link.endswith(f"-{version}.tar.gz"):
            return urllib.parse.urljoin(page, html.unescape(link)), digest
    raise OSError(f"{page} has no source distribution of {pin}")


def _npm(pin: str) -> tuple[str, str]:
    """Address of a package's archive, as the registry tells it; its digests there are of another sort."""
    name, _, version = pin.rpartition("@")
    with urllib.request.urlopen(f"{NPM}/{urllib.parse.quote(name, safe='@')}/{version}", timeout=60) as answer:
        return str(json.load(answer)["dist"]["tarball"]), ""


def _index() -> str:
    command = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    asked = subprocess.run(command, check=False, capture_output=True, text=True)
    return asked.stdout.strip() or "https://pypi.org/simple"
