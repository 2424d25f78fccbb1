"""A small repository in the bad state, and the command line run on it."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import stat
import subprocess

import pytest

from offramp.cli import main

MIGRATION = """\
schema: 1
name: shop
retire: {provider: gradient, names: [Gradient AI, Gradient]}
replace: {provider: openrouter, names: OpenRouter}
env:
  GRADIENT_API_KEY: OPENROUTER_API_KEY
  GRADIENT_MODEL: OPENROUTER_MODEL
models: {llama3.3-70b-instruct: meta-llama/llama-3.3-70b-instruct}
urls: {https://inference.do-ai.run/v1: https://openrouter.ai/api/v1}
modules: {lib.gradient_client: lib.llm_client}
symbols: {GradientClient: LLMClient}
"""
FILES: dict[str, bytes] = {
    "app.py": b'import os\n\nfrom lib.gradient_client import GradientClient\n\nKEY = os.environ["GRADIENT_API_KEY"]\n'
    b"client = GradientClient(KEY)\n",
    "lib/__init__.py": b"",
    "lib/gradient_client.py": b'URL = "https://inference.do-ai.run/v1"\n\n\nclass GradientClient:\n'
    b"    def __init__(self, key: str) -> None:\n        self.key = key\n",
    ".env.example": b"GRADIENT_API_KEY=changeme\r\nLLM_PROVIDER=gradient\r\nGRADIENT_MODEL=llama3.3-70b-instruct",
    "config.yaml": b"llm:\n  provider: gradient\n  model: llama3.3-70b-instruct  # the one of Gradient AI\n",
    "other.txt": b"nothing in here\n",
}
IDENTITY = ("-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main")


@dataclasses.dataclass(frozen=True)
class Told:
    code: int
    out: str
    err: str


class Shop:
    """The repository at `root`; `run` is the command `migrate` inside it."""

    def __init__(self, root: pathlib.Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
        self.root, self.capture = root, capsysbinary
        for path, content in FILES.items():
            self.write(path, content)
        self.migration = root.parent / "shop.yaml"
        self.migration.write_text(MIGRATION)

    def write(self, path: str, content: bytes) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    def raw(self, *words: str) -> Told:
        """The command with just these words."""
        try:
            code = main(words)
        except SystemExit as ended:  # argparse
            code = int(ended.code or 0)
        out, err = self.capture.readouterr()
        return Told(code, out.decode(), err.decode())

    def migrate(self, command: str, *words: str) -> Told:
        """`migrate COMMAND MIGRATION . WORDS`."""
        return self.raw(command, str(self.migration), str(self.root), *words)

    def git(self, *arguments: str) -> str:
        command = ["git", "-C", str(self.root), *IDENTITY, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def commit_all(self) -> Shop:
        self.git("init", "-q")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "before")
        self.git("config", "user.name", "T")
        self.git("config", "user.email", "t@example.org")
        return self

    def state(self) -> dict[str, tuple[int, bytes | None]]:
        return state(self.root)

    def stamps(self) -> dict[str, int]:
        """When each file was last written."""
        return {str(path): path.stat().st_mtime_ns for path in sorted(self.root.rglob("*")) if path.is_file()}


def state(root: pathlib.Path) -> dict[str, tuple[int, bytes | None]]:
    """Every file and folder with its mode and bytes; git's own aside."""
    result = {}
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name != ".git"]
        for name in (*folders, *names):
            path = pathlib.Path(folder, name)
            mode = path.lstat().st_mode
            content = path.read_bytes() if stat.S_ISREG(mode) else None
            result[path.relative_to(root).as_posix()] = (stat.S_IMODE(mode), content)
    return result
