"""Fetches the source distributions of sources.txt from the index that pip uses, and unpacks their Python files."""

from __future__ import annotations

import hashlib
import html
import io
import pathlib
import re
import subprocess
import sys
import tarfile
import urllib.parse
import urllib.request

LISTED = pathlib.Path(__file__).with_name("sources.txt")
ACCEPT = {"Accept": "text/html"}


def listed() -> list[str]:
    lines = LISTED.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def fetch(pin: str, cache: pathlib.Path) -> pathlib.Path:
    """The folder with the Python files of `name==version`; fetched where it is not in the cache.

    Raises:
        OSError: the index has no such file, or it is not what the index says.
    """
    folder = cache / pin.replace("==", "-")
    if (folder / ".complete").exists():
        return folder
    address, digest = _file(pin)
    with urllib.request.urlopen(address, timeout=180) as answer:
        content = answer.read()
    if digest and hashlib.sha256(content).hexdigest() != digest:
        raise OSError(f"{address} is not the file that the index lists")
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        for member in archive:
            if member.isfile() and member.name.endswith((".py", ".pyi")):
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


def _index() -> str:
    command = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    asked = subprocess.run(command, check=False, capture_output=True, text=True)
    return asked.stdout.strip() or "https://pypi.org/simple"
