"""Code inside a document, read by the module of its own language.

    > ```python
    >     key = os.environ["GRADIENT_API_KEY"]
    > ```

The code is laid free of the indentation and the quote marks of its block. Of a session at a prompt only what was typed
is code; what was answered is read as plain lines.

    $ export LLM_PROVIDER=gradient        code
    >>> import gradient                   code
    <module 'gradient'>                   not code
"""

from __future__ import annotations

import dataclasses
import re

from offramp.syntax.embedded import Embedded, Laid

LANGUAGES = {
    **dict.fromkeys(("python", "py", "python3", "pycon", "ipython", "ipython3"), "python"),
    **dict.fromkeys(("javascript", "js", "jsx", "mjs", "node", "typescript", "ts", "tsx"), "javascript"),
    **dict.fromkeys(("yaml", "yml"), "yaml"),
    **dict.fromkeys(("env", "dotenv", "envfile", "properties"), "env"),
    **dict.fromkeys(("bash", "sh", "shell", "zsh", "console", "shell-session", "terminal", "prompt"), "shell"),
    **dict.fromkeys(("json", "jsonc", "json5"), "json"),
    **dict.fromkeys(("dockerfile", "docker", "containerfile"), "dockerfile"),
    **dict.fromkeys(("hcl", "terraform", "tf"), "hcl"),
    **dict.fromkeys(("powershell", "ps1", "pwsh", "posh"), "powershell"),
    **dict.fromkeys(("makefile", "make"), "makefile"),
    **dict.fromkeys(("ini", "cfg", "conf", "systemd"), "ini"),
    "toml": "toml",
}
SUFFIX = {"tsx": "tsx", "typescript": "ts", "ts": "ts", "jsx": "jsx"}
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
HEREDOC = re.compile(r"(?<!<)<<-?[ \t]*['\"]?(\w+)['\"]?")

# What a person types at: `$ `, `user@host:~/x$ `, `% `, `PS C:\\> `; `# ` of the root only where no `$ ` is used
PROMPT = re.compile(
    r"(?:\([\w.-]+\)[ \t]*)?(?:[\w.-]+@[\w.-]+[:\s][^\s$#%>]*)?[$%][ \t]+(?=\S)|PS(?:[ \t][^>\r\n]*)?>[ \t]+(?=\S)"
)
GOES_ON = re.compile(r"[\\`^][ \t]*$")
TYPED = re.compile(r"(?:>>>|\.\.\.)(?:[ \t]|$)")
AT_PROMPT = ("shell", "powershell", "text")


@dataclasses.dataclass(frozen=True, slots=True)
class Block:
    """`kind` is code, comment, heading or front matter; `strip` is what precedes each line of indented code."""

    start: int
    end: int
    kind: str
    language: str = ""
    strip: str = ""
    hint: str = ""  # the language as it was written
    fence: bool = False  # between lines of ticks or tildes


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    start: int
    end: int  # with its break
    text: str  # without

    @property
    def content_end(self) -> int:
        return self.start + len(self.text)

    @property
    def blank(self) -> bool:
        return not self.text.strip()

    @property
    def indent(self) -> int:
        return len(self.text) - len(self.text.lstrip())


def language_of(info: str) -> tuple[str, str]:
    """(module of offramp.syntax, the language as it was written) of a fence's first line."""
    words = re.findall(r"[\w+#-]+", info.lower())
    word = words[0] if words else ""
    return LANGUAGES.get(word, "text"), word


def lines_of(text: str) -> list[Line]:
    lines = []
    position = 0
    while position < len(text):
        matched = LINE.match(text, position)
        assert matched is not None  # each part of the pattern may be empty
        lines.append(Line(position, matched.end(), matched[0].rstrip("\r\n")))
        position = matched.end()
    return lines


def embedded(text: str, block: Block) -> Embedded:
    """The code of a block."""
    lines = [
        Line(block.start + line.start, block.start + line.end, line.text)
        for line in lines_of(text[block.start : block.end])
    ]
    contents = [(line.start + _cut(line.text, block.strip), line) for line in lines]
    language, laid = block.language, Laid(text, block.start, block.end)
    if any(TYPED.match(text, start) for start, _ in contents) and language in ("python", "text"):
        language = "python"
        _typed_python(laid, contents)
    elif language in AT_PROMPT and any(PROMPT.match(text, start) for start, _ in contents):
        language = "powershell" if language == "powershell" else "shell"
        _typed_commands(laid, contents)
    else:
        for start, line in contents:
            laid.add(start, line.end)
    path = f"fence.{SUFFIX.get(block.hint, 'js')}"
    return Embedded(language, laid, path=path, called=block.hint or language)


def _cut(line: str, strip: str) -> int:
    """How much of a line comes before its code: what all lines have in common, or less on a line without code."""
    if line.startswith(strip):
        return len(strip)
    if not line.strip(" \t>") and ">" in strip:
        return len(line)
    same = 0
    while same < min(len(line), len(strip)) and line[same] == strip[same]:
        same += 1
    return same


def _typed_python(laid: Laid, contents: list[tuple[int, Line]]) -> None:
    """What stands behind `>>>` and `...`."""
    for start, line in contents:
        if (matched := TYPED.match(laid.text, start, line.start + len(line.text))) is not None:
            laid.add(matched.end(), line.end)


def _typed_commands(laid: Laid, contents: list[tuple[int, Line]]) -> None:
    """What stands behind a prompt, with the lines on which a command goes on, and its here-documents."""
    closing = ""
    goes_on = False
    for start, line in contents:
        content_end = line.start + len(line.text)
        if goes_on or closing:
            laid.add(start, line.end)
        elif (matched := PROMPT.match(laid.text, start, content_end)) is not None:
            laid.add(matched.end(), line.end)
        else:
            continue
        code = laid.text[start:content_end]
        if closing:
            closing = "" if code.strip() == closing else closing
        elif (heredoc := HEREDOC.search(code)) is not None:
            closing = heredoc[1]
        goes_on = GOES_ON.search(code) is not None
