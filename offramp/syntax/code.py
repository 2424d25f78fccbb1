"""Programs in the languages that have no module of their own: Go, Java, Ruby, PHP, Rust, Kotlin, C#, CSS, HTML …

    os.Getenv("GRADIENT_API_KEY")     an environment variable
    Config{Provider: "gradient"}      a string, the value of Provider
    use gradient::Client;             a module

The parser says what is a comment, a string, an import or a name; what a string belongs to is told by the text beside
it, which reads alike in all of these languages. Scripts inside HTML, Vue and Svelte are read as JavaScript.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from offramp.document import Tree
from offramp.model import Entry, Place, Role
from offramp.syntax import grammar, javascript
from offramp.syntax import text as plain
from offramp.syntax.grammar import Node

COMMENT = "//"
WANTS_PATH = True
SUFFIXES = {
    "go": ".go",
    "java": ".java",
    "ruby": ".rb",
    "php": ".php",
    "rust": ".rs",
    "kotlin": ".kt .kts",
    "csharp": ".cs",
    "swift": ".swift",
    "scala": ".scala",
    "lua": ".lua",
    "c": ".c",
    "cpp": ".h .cc .cpp .cxx .hpp",
    "elixir": ".ex .exs",
    "dart": ".dart",
    "haskell": ".hs",
    "css": ".css .scss .less",
    "nix": ".nix",
    "solidity": ".sol",
    "html": ".html .htm .vue .svelte",
}
LANGUAGES = {suffix: language for language, suffixes in SUFFIXES.items() for suffix in suffixes.split()}
NAME = re.compile(r"identifier$|^name$|^variable_name$|^constant$|^instance_variable$|^hash_key_symbol$|^alias$|^atom$")
STRING = re.compile(
    r"string|rune_literal|char_literal|character_literal|heredoc|nowdoc|symbol$|^charlist$|^attribute_value$"
)
STRING_PART = re.compile(r"(?:content|fragment|_text|body|escape\w*|str_text|attribute_value)$")
IMPORT = re.compile(r"import|^use_declaration$|namespace_use|using_directive|include|^package_|extern_crate|require")
REQUIRE = re.compile(r"(?:\brequire(?:_relative|_once)?|\binclude(?:_once)?|\bimport|\bload|\buse)\b\s*\(?\s*$")
QUOTES = re.compile(r"[a-zA-Z@$]{0,2}#*(?:\"\"\"|'''|[\"'`:])")
ENVIRONMENT = re.compile(
    r"(?:\b[gG]et_?[eE]nv|\b[sS]et_?[eE]nv|\b[uU]n_?[sS]et_?[eE]nv|\bLookupEnv|\bputenv|\bfetch_env!?|EnvironmentVariable"
    r"|\benv::(?:var|var_os|set_var|remove_var)|\bENV(?:\.(?:fetch|key\?|delete|dig))?|\b_ENV|\b_SERVER|\benv!|\boption_env!"
    r"|\benv|\benvironment|\bEnv\.get)\s*[\[(]\s*$"
)
OPERATOR = r"(?::=|=>|->|===?|!==?|=~|=|:)"
KEY = re.compile(rf"(?P<name>[A-Za-z_]\w*)[\"'`\])?]*\s*{OPERATOR}\s*[&(\[{{]?\s*$")
TYPED = re.compile(r"(?P<name>[A-Za-z_]\w*)\s*:\s*[\w<>&?.\[\]' ]+=\s*$")
COMPARED = re.compile(
    r"(?P<name>[A-Za-z_]\w*)(?:\(\))?\??\.(?:equals|equalsIgnoreCase|Equals|eq|eql\?|include\?|contains)\s*\(\s*$"
)
PASSED = re.compile(r"(?P<name>[A-Za-z_]\w*)\s*[(\[]\s*$")
BEHIND = re.compile(
    r"^\s*(?:===?|!==?|\.(?:equals|equalsIgnoreCase|Equals|eq)\()\s*[$@]?(?:\w+(?:\.|->|::))*(?P<name>[A-Za-z_]\w*)"
)
CASE = re.compile(r"(?:case|arm|when|switch_label|switch_section|switch_entry|in_clause)")
SUBJECT = re.compile(
    r"^\s*(?:switch|match|when|case)\b\s*\(?\s*[$@&]?(?:\w+(?:\(\))?(?:\.|->|::))*(?P<name>[A-Za-z_]\w*)"
)


class Program:
    def __init__(self, text: str, path: str) -> None:
        self.text, self.suffix = text, os.path.splitext(path)[1].lower()
        self.root = grammar.root(text, LANGUAGES[self.suffix])
        self._scripts: dict[int, javascript.Script] = {}

    def entries(self) -> Sequence[Entry]:
        return ()

    def place(self, start: int, end: int) -> Place:
        node = self.root.at(start, end)
        if (comment := next((n for n in node.ancestors() if "comment" in n.kind), None)) is not None:
            return Place(Role.COMMENT, "a comment", start=comment.start, end=comment.end)
        if node.kind == "raw_text" and self._is_script(node):
            return self._in_script(node, start, end)
        if node.damaged:
            return plain.place(self.text, start, end)
        if node.kind in ("text", "inline_html"):
            return Place(Role.PROSE, "text", start=node.start, end=node.end)
        if (attribute := node.above("attribute")) is not None and node.kind == "attribute_value":
            return Place(Role.STRING, "an attribute of an element", attribute.named[0].text, node.start, node.end)
        if (string := _string(node)) is not None:
            return self._string(string, node)
        if NAME.search(node.kind):
            return self._name(node)
        return plain.place(self.text, start, end)

    @staticmethod
    def _is_script(node: Node) -> bool:
        return node.parent is not None and node.parent.kind == "script_element"

    def _in_script(self, node: Node, start: int, end: int) -> Place:
        """A place in a script of a page, by the reading of JavaScript; its offsets are those of the page."""
        if node.start not in self._scripts:
            opening = node.parent.children[0].text if node.parent is not None else ""
            path = "x.ts" if re.search(r"lang=[\"']tsx?[\"']", opening) else "x.js"
            self._scripts[node.start] = javascript.parse(node.text, path)
        place = self._scripts[node.start].place(start - node.start, end - node.start)
        spans = (place.start + node.start, place.end + node.start) if place.start >= 0 else (-1, -1)
        return Place(place.role, place.syntax, place.key, *spans, place.siblings, place.built)

    def _name(self, node: Node) -> Place:
        if _imported(node):
            return Place(Role.IMPORT, "a module", "", node.start, node.end)
        before = self._line_before(node.start)
        owner = re.search(r"([A-Za-z_]\w*)(?:\(\))?\??(?:\.|::|->)$", before)
        return Place(Role.CODE, "a name", owner[1] if owner else "", node.start, node.end)

    def _string(self, node: Node, leaf: Node) -> Place:
        start, end = _inside(node)
        before, after = self._line_before(node.start), self.text[node.end : node.end + 200]
        if _imported(node) or REQUIRE.search(before):
            return Place(Role.IMPORT, "a module", "", start, end)
        if ENVIRONMENT.search(before):
            return Place(Role.ENV, "an environment variable", "", start, end)
        built = leaf.span != node.span and any(_is_code(child) for child in node.named)
        key = _beside(before, after) or _subject(node)
        return Place(Role.STRING, f"a string, the value of {key}" if key else "a string", key, start, end, built=built)

    def _line_before(self, offset: int) -> str:
        # a value may stand on the line below its key
        start = max(self.text.rfind("\n", 0, offset) + 1, offset - 400)
        line = self.text[start:offset]
        if line.strip() or start == 0:
            return line
        return self.text[max(self.text.rfind("\n", 0, start - 1) + 1, start - 400) : offset]


def parse(text: str, path: str = "") -> Tree:
    if os.path.splitext(path)[1].lower() not in LANGUAGES:
        return plain.parse(text)
    return Program(text, path)


def check(before: str, after: str, path: str) -> str | None:
    language = LANGUAGES.get(os.path.splitext(path)[1].lower())
    if language is None:
        return None
    return grammar.worse(lambda: grammar.root(before, language), lambda: grammar.root(after, language))


def _string(node: Node) -> Node | None:
    """The whole literal that a place is in, and not one around the code that it embeds."""
    found = None
    for above in node.ancestors():
        if STRING.search(above.kind) and "interpolat" not in above.kind:
            found = above
        elif found is not None or not STRING_PART.search(above.kind):
            break
    return found


def _is_code(node: Node) -> bool:
    literal = STRING_PART.search(node.kind) or STRING.search(node.kind)
    return literal is None or "interpolation" in node.kind


def _inside(node: Node) -> tuple[int, int]:
    opening = QUOTES.match(node.text)
    if opening is None:
        return node.span
    quote = opening[0].lstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@$#")
    closing = len(quote) + opening[0].count("#") if quote != ":" else 0
    if quote == ":" or not node.text.rstrip("#").endswith(quote) or node.end - closing < node.start + opening.end():
        return node.start + (1 if quote == ":" else 0), node.end
    return node.start + opening.end(), node.end - closing


def _imported(node: Node) -> bool:
    return any(IMPORT.search(above.kind) for above in list(node.ancestors())[1:6])


def _beside(before: str, after: str) -> str:
    """The name that a literal is assigned to, compared with or passed to, told by the text around it."""
    for pattern in (TYPED, KEY, COMPARED):
        if (matched := pattern.search(before)) is not None:
            return matched["name"]
    if (matched := BEHIND.match(after)) is not None:
        return matched["name"]
    matched = PASSED.search(before)
    return matched["name"] if matched else ""


def _subject(node: Node) -> str:
    """What a switch is about, for a literal among its cases."""
    above = list(node.ancestors())[1:7]
    case = next((index for index, n in enumerate(above) if CASE.search(n.kind)), None)
    if case is None:
        return ""
    for candidate in list(node.ancestors())[case + 1 : case + 6]:
        matched = SUBJECT.match(candidate.text[:300])
        if matched is not None and candidate.start + matched.end() <= node.start:
            return matched["name"]
    return ""
