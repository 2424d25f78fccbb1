"""Code inside a shell script: here-documents, arguments of interpreters, JSON in values.

    cat > .env <<EOF                      settings of an env file, each beside the others
    LLM_PROVIDER=gradient
    EOF
    python - <<'EOF' … EOF                Python; also `python -c "…"`, `node -e '…'`
    kubectl apply -f - <<EOF              YAML
    export LIMITS='{"provider": "x"}'     JSON, where it is JSON

What the shell fills in (`$X` in double quotes, or in a here-document without quotes) is masked with as many letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from offramp import files
from offramp.syntax import module_for
from offramp.syntax.embedded import Embedded, Laid
from offramp.syntax.grammar import Node

INTERPRETERS = {
    **dict.fromkeys(("bash", "sh", "zsh", "dash", "ash", "ksh", "ssh"), "shell"),
    **dict.fromkeys(("python", "pypy"), "python"),
    **dict.fromkeys(("pwsh", "powershell"), "powershell"),
    **dict.fromkeys(("node", "deno", "bun"), "javascript"),
}
ENV_TARGET = re.compile(
    r"(?i)(?:^|/|\b)\.?env(?:\.[\w.-]+)?[\"']?$|GITHUB_ENV|\.envrc|environment$|\$\{?ENV_FILE|env_file"
)
LINE = re.compile(r"[^\n]*(?:\n|\Z)")
TARGET = re.compile(
    r"(?<![<&\d])>>?[ \t]*(?P<to>\"[^\"]*\"|'[^']*'|[^\s>|&;<]+)|\btee\b(?:[ \t]+-\S+)*[ \t]+(?P<tee>[^\s|&;<>]+)"
)
COMMAND = re.compile(
    r"(?:^|[\s|;&(!])(?P<name>[\w./-]*?)(?P<version>\d[\d.]*)?(?P<options>(?:[ \t]+-[\w-]*)*)[ \t]*(?=<<|[|;&>\n]|\Z)"
)
REMOTE = re.compile(r"(?:^|[\s|;&(])ssh[ \t][^|;&'\"]*?(?=<<)")
MANIFESTS = re.compile(r"\b(?:kubectl|oc|k3s|microk8s|helm|docker(?:-|[ ])compose)\b[^|;\n]*-f[= ]?-(?=\s)")
SETTINGS = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*(?:[ \t]*(?:export )?[A-Za-z_]\w*=[^\n]*\n(?:[ \t]*(?:#[^\n]*)?\n)*)+")
SHOUTED = re.compile(r"(?m)^[ \t]*(?:export )?[A-Z_][A-Z\d_]*=")
FILLED_IN = re.compile(r"\$\{[^{}\n]*\}|\$\([^()\n]*\)|\$\w+|`[^`\n]*`")
RUNS_NEXT = re.compile(r"-[a-zA-Z]*[ce]|--eval|--command|-Command")
ESCAPED = re.compile(r"\\(?:\r?\n|[\"\\$`])")


def here_document(text: str, body: Node, *, filled_in: bool = False) -> Embedded | None:
    """The code that the body of a here-document is, or None where nobody says what it is.

    `filled_in`: as what reads it gets it, settings too, of which the shell's own part is otherwise kept to be seen.
    """
    head, quoted, tabs = _head(text, body)
    language, path = _language(head, body.text)
    if not language:
        return None
    laid = Laid(text, body.start, body.end)
    position = body.start
    while position < body.end:
        matched = LINE.match(text, position, body.end)
        end = matched.end() if matched else body.end
        start = position
        while tabs and text[start : start + 1] == "\t" and start < end:
            start += 1
        laid.add(start, end)
        position = max(end, position + 1)
    kept = quoted or (language in ("env", "shell") and not filled_in)
    code = laid.code if kept else _masked(laid.code)
    return Embedded(language, laid, code, path, called=language)


def _head(text: str, body: Node) -> tuple[str, bool, bool]:
    """The command that a here-document belongs to, whether its end word is quoted, and whether tabs are dropped."""
    redirect = body.parent
    operator = redirect.text[:40] if redirect is not None else ""
    matched = re.match(r"<<(?P<tabs>-?)[ \t]*(?P<quote>['\"\\]?)", operator)
    start = redirect.start if redirect is not None else body.start
    low = text.rfind("\n", 0, start) + 1
    while low > 1 and text[low - 2] == "\\":
        low = text.rfind("\n", 0, low - 1) + 1
    end = text.find("\n", start)
    head = text[low : end if end >= 0 else len(text)]
    return head, bool(matched and matched["quote"]), bool(matched and matched["tabs"])


def _language(head: str, body: str) -> tuple[str, str]:
    """What a here-document is written in, by the file that it becomes, by who reads it, or by its look."""
    for target in TARGET.finditer(head):
        name = (target["to"] or target["tee"] or "").strip("\"'")
        if ENV_TARGET.search(name):
            return "env", name
        language = module_for(name, files.kind_of(name)) if re.search(r"\.\w+$|file$", name) else "text"
        if language != "text":
            return language, name
    before = head.partition("<<")[0]
    if MANIFESTS.search(head + " "):
        return "yaml", ""
    for reader in COMMAND.finditer(before + "\n" if before.strip() else head):
        language = INTERPRETERS.get(reader["name"].rpartition("/")[2], "")
        if language and reader["name"] != "ssh":
            return language, "x.js" if language == "javascript" else ""
    if REMOTE.search(head):
        return "shell", ""
    written = TARGET.search(head) is not None
    if SETTINGS.fullmatch(body) and (written or len(SHOUTED.findall(body)) > 1):
        return "env", ""
    return "", ""


def argument(text: str, node: Node, start: int, end: int) -> Embedded | None:
    """The code that a quoted word is: what an interpreter is given to run, or JSON."""
    quote = text[start - 1 : start]
    if node.kind not in ("string", "raw_string") or quote not in ("'", '"') or text[end : end + 1] != quote:
        return None
    language = _run_by(node)
    is_json = not language and text[start:end].strip()[:1] in ("{", "[") and ":" in text[start:end]
    if not language and not is_json:
        return None
    laid = Laid(text, start, end)
    position = start
    for matched in ESCAPED.finditer(text, start, end) if quote == '"' else ():
        laid.add(position, matched.start())
        laid.add(*matched.span(), matched[0][1:].strip("\r\n"))
        position = matched.end()
    laid.add(position, end)
    code = _masked(laid.code) if quote == '"' else laid.code
    found = Embedded(language or "json", laid, code, "x.js" if language == "javascript" else "")
    return found if language or found.parsed is not None else None


def _run_by(node: Node) -> str:
    """The language of the interpreter that runs a word: `python3 -c WORD`."""
    command = node.above("command")
    if command is None or node.parent is None or node.parent.span != command.span:
        return ""
    words = [child.text for child in command.named if child.end <= node.start]
    if len(words) < 2 or not RUNS_NEXT.fullmatch(words[-1]):
        return ""
    names = [re.sub(r"[\d.]+$", "", word.rpartition("/")[2]) for word in words[:-1]]
    return next((INTERPRETERS[name] for name in reversed(names) if name in INTERPRETERS and name != "ssh"), "")


def _masked(code: str) -> str:
    return FILLED_IN.sub(lambda matched: "x" * len(matched[0]), code) if "$" in code or "`" in code else code


def all_of(text: str, root: Node) -> Iterator[Embedded]:
    """Every piece of code in a script, in order of its kind."""
    for body in root.find_all("heredoc_body"):
        if (found := here_document(text, body, filled_in=True)) is not None:
            yield found
    if not re.search(r"[ \t](?:-\w*[ce]|--eval|--command|-Command)[ \t]|['\"][{\[]", text):
        return
    for kind in ("raw_string", "string"):
        for node in root.find_all(kind):
            if (found := argument(text, root.at(*node.span), node.start + 1, node.end - 1)) is not None:
                yield found


def fault(before: tuple[str, Node], after: tuple[str, Node]) -> str | None:
    """Why the code in an edited script must not be kept, or None. Where a piece has gone, nobody can tell which."""
    old, new = list(all_of(*before)), list(all_of(*after))
    if len(old) != len(new):
        return None
    pairs = zip(old, new, strict=True)
    return next((reason for a, b in pairs if a.language == b.language and (reason := a.fault_of(b))), None)
