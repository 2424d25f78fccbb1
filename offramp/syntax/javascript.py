"""JavaScript and TypeScript, JSX included: what a name or a string means where it stands.

    process.env.GRADIENT_API_KEY          an environment variable
    provider === "gradient"               the value of provider
    { provider: "gradient", model: "x" }  an entry with its siblings
    import X from "@scope/gradient"       a module

The language is told by the path: `.ts` has type assertions that `.tsx` reads as elements.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from offramp.model import Edit, Entry, Place, Role
from offramp.syntax import grammar, javascript_items
from offramp.syntax import javascript_strings as strings
from offramp.syntax import text as plain
from offramp.syntax.grammar import Node
from offramp.syntax.javascript_scopes import Scopes

COMMENT = "//"
WANTS_PATH = True
TYPESCRIPT = (".ts", ".mts", ".cts")
STRINGS = ("string", "template_string")
KEYS = ("pair", "property_signature", "public_field_definition", "field_definition", "enum_assignment", "pair_pattern")
NAMES = frozenset(
    {
        *("identifier", "property_identifier", "private_property_identifier", "shorthand_property_identifier"),
        *("shorthand_property_identifier_pattern", "type_identifier", "statement_identifier", "nested_identifier"),
    }
)
ENVIRONMENT = re.compile(r"(?:\bprocess|\bimport\.meta|\bBun|\bglobalThis\.process|\bwindow\.process)\??\.env$|^env$")
ENV_CALLS = re.compile(r"(?:^|\.)(?:env\.(?:get|set|delete|has)|stubEnv|getenv|getEnv|requireEnv|envVar|mockEnv)$")
LOADERS = re.compile(
    r"^(?:require(?:\.resolve)?|import|(?:jest|vi|vitest)\.(?:do|un|dont)?[Mm]ock|jest\.requireActual)$"
)
LOOKUPS = ("get", "has", "set", "delete", "includes", "indexOf", "startsWith", "endsWith", "equals", "localeCompare")
WORD_BEFORE = re.compile(r":?[\w$./@-]*\Z")
WORD_BEHIND = re.compile(r"[\w./@-]*:?")
LOGICAL = ("||", "??", "&&")
PASSING = frozenset(  # what stands between a literal and the thing that it is the value of, without a name of its own
    {
        *("parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression", "array"),
        *("literal_type", "union_type", "ternary_expression", "type_annotation", "array_type", "tuple_type"),
        *("readonly_type", "spread_element", "jsx_expression", "await_expression", "type_arguments", "type_assertion"),
    }
)


class Script:
    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.root = grammar.root(text, language(path))
        self._beside: dict[tuple[int, int], dict[str, str]] = {}

    def entries(self) -> Sequence[Entry]:
        return self._entries

    @cached_property
    def _entries(self) -> list[Entry]:
        pairs = self.root.find_all("pair") + self.root.find_all("shorthand_property_identifier")
        return [entry for pair in sorted(pairs, key=lambda p: p.start) if (entry := self._entry(pair)) is not None]

    def _entry(self, pair: Node) -> Entry | None:
        mapping, key = pair.parent, pair.field("key") if pair.kind == "pair" else pair
        if mapping is None or mapping.kind != "object" or key is None or key.kind == "computed_property_name":
            return None
        value = pair.field("value") or pair
        spans = (*_inner(key), _literal(value), *_inner(value))
        cut: tuple[int, int] | None
        try:
            cut, stuck = javascript_items.outer(self.text, pair), ""
        except ValueError as error:
            cut, stuck = None, str(error)
        return Entry(f"object {mapping.start}", self.text[slice(*_inner(key))], *spans, cut, stuck)

    @cached_property
    def scopes(self) -> Scopes:
        return Scopes(self.root.raw)

    def imports(self) -> list[tuple[int, int]]:
        """The spans of the modules that are imported, required or mocked."""
        return self._imported

    @cached_property
    def _imported(self) -> list[tuple[int, int]]:
        strings = self.root.find_all("string")
        return [_inner(node) for node in strings if _imports(self._string_at(node))]

    def _string_at(self, node: Node) -> Node:
        """The node as the tree holds it, all of its ancestors known."""
        return _string(self.root.at(node.start, node.end)) or node

    def place(self, start: int, end: int) -> Place:
        node = self.root.at(start, end)
        if (comment := node.above("comment", "hash_bang_line")) is not None:
            return Place(Role.COMMENT, "a comment", start=comment.start, end=comment.end)
        if node.damaged:
            return plain.place(self.text, start, end)
        if (text := node.above("jsx_text")) is not None:
            return Place(Role.PROSE, "text of an element", start=text.start, end=text.end)
        if (string := _string(node)) is not None:
            return self._string(string, start, end)
        if node.kind in NAMES:
            return _name(node)
        if node.kind in ("regex_pattern", "regex"):
            return Place(Role.STRING, "a regular expression", start=node.start, end=node.end, built=True)
        return plain.place(self.text, start, end)

    def _string(self, node: Node, first: int, last: int) -> Place:
        start, end = _inner(node)
        if _imports(node):
            return Place(Role.IMPORT, "a module", "", start, end)
        if _environment(node):
            return Place(Role.ENV, "an environment variable", "", start, end)
        built = _built(node, first, last)
        if node.is_field("key") and node.parent is not None and node.parent.kind in KEYS:
            return Place(Role.KEY, "a key", _holder(node.parent), start, end)
        key = _key(node)
        if key and (pair := _pair(node)) is not None:
            return Place(Role.VALUE, f"the value of {key}", key, start, end, self._siblings(pair), built)
        syntax = f"a string, the value of {key}" if key else "a string"
        return Place(Role.STRING, syntax, key, start, end, built=built)

    def _siblings(self, pair: Node) -> dict[str, str]:
        mapping = pair.parent
        if mapping is None:
            return {}
        if mapping.span not in self._beside:
            self._beside[mapping.span] = _members(mapping)
        return self._beside[mapping.span]


def parse(text: str, path: str = "x.tsx") -> Script:
    return Script(text, path)


def check(before: str, after: str, path: str = "x.tsx") -> str | None:
    old, new = grammar.root(before, language(path)), grammar.root(after, language(path))
    return grammar.worse(lambda: old, lambda: new) or _declared_twice(old, new)


def _declared_twice(old: Node, new: Node) -> str | None:
    """A name that `const`, `let`, `import` or a class declares where another declaration of it stands now, too."""
    if old.text == new.text:
        return None
    known = Counter(binding.name for binding in Scopes(old.raw).bindings if binding.is_doubled)
    found = [binding for binding in Scopes(new.raw).bindings if binding.is_doubled]
    twice = next((b for b in found if Counter(f.name for f in found)[b.name] > known[b.name]), None)
    if twice is None:
        return None
    line = new.source.count("\n", 0, twice.occurrences[-1].start) + 1
    return f"line {line}: {twice.name} would be declared twice"


def fit(text: str, edits: list[Edit], path: str = "x.tsx") -> list[Edit]:
    if strings.is_plain(edits):
        return edits
    return strings.fitted(grammar.root(text, language(path)), edits)


def language(path: str) -> str:
    if path.endswith(TYPESCRIPT):
        return "typescript"
    return "tsx" if path.endswith(".tsx") else "javascript"


def _inner(node: Node) -> tuple[int, int]:
    """The span without the quotes."""
    return (node.start + 1, node.end - 1) if node.kind in STRINGS else node.span


def _literal(node: Node) -> str:
    return node.source[slice(*_inner(node))]


def _string(node: Node) -> Node | None:
    """The string literal that a place is in; not that of a template around a `${substitution}`."""
    for above in node.ancestors():
        if above.kind in STRINGS:
            return above
        if above.kind == "template_substitution" or above.kind.endswith(("statement", "declaration")):
            return None
    return None


def _built(node: Node, start: int, end: int) -> bool:
    """Whether the word at a span goes on in what is put into the template or joined to the literal."""
    first, last = _inner(node)
    edges = {child.span for child in node.children if child.kind == "template_substitution"}
    parent = node.parent
    if parent is not None and parent.kind == "binary_expression" and _operator(parent) == "+":
        edges |= {(first, first), (last, last)}
    before, after = (
        WORD_BEFORE.search(node.source, max(first, start - 200), start),
        WORD_BEHIND.match(node.source, end, last),
    )
    touched = {before.start() if before else start, after.end() if after else end}
    return any(edge in touched for span in edges for edge in span)


def _operator(node: Node) -> str:
    operator = node.field("operator")
    return operator.text if operator is not None else ""


def _imports(node: Node) -> bool:
    if node.is_field("source") or (
        node.parent is not None and node.parent.kind in ("external_module_reference", "module")
    ):
        return True
    call = _call(node)
    return call is not None and LOADERS.match(_function(call)) is not None


def _call(node: Node) -> Node | None:
    """The call of which this is the first argument."""
    arguments = node.parent
    if arguments is None or arguments.kind != "arguments" or arguments.named[:1] == [] or arguments.parent is None:
        return None
    return arguments.parent if arguments.named[0].span == node.span else None


def _function(call: Node) -> str:
    function = call.field("function") or call.field("constructor")
    return re.sub(r"\s|\?", "", function.text) if function is not None else ""


def _environment(node: Node) -> bool:
    """Whether a string is the name of an environment variable by the syntax around it."""
    parent = node.parent
    if parent is None:
        return False
    if parent.kind == "subscript_expression" and node.is_field("index"):
        looked_up = parent.field("object")
        return looked_up is not None and ENVIRONMENT.search(looked_up.text) is not None
    if parent.kind == "binary_expression" and _operator(parent) == "in" and node.is_field("left"):
        right = parent.field("right")
        return right is not None and ENVIRONMENT.search(right.text) is not None
    call = _call(node)
    return call is not None and ENV_CALLS.search(_function(call)) is not None


def _name(node: Node) -> Place:
    """The place of an identifier."""
    role, syntax, key = _meaning(node)
    return Place(role, syntax, key, node.start, node.end)


def _meaning(node: Node) -> tuple[Role, str, str]:
    parent = node.parent
    if parent is None:
        return Role.CODE, "a name", ""
    if parent.kind == "member_expression" and node.is_field("property"):
        looked_up = parent.field("object")
        if looked_up is not None and ENVIRONMENT.search(looked_up.text):
            return Role.ENV, "an environment variable", ""
        return Role.CODE, "an attribute", _last_name(looked_up)
    if parent.kind == "jsx_attribute":
        return Role.KEY, "an attribute of an element", ""
    if _destructured(node):
        return Role.ENV, "an environment variable", ""
    if parent.kind in ("nested_type_identifier", "nested_identifier") and parent.named[0].span != node.span:
        return Role.CODE, "a name", _last_name(parent.named[0])
    if parent.kind in ("enum_body", "enum_assignment") or (parent.kind in KEYS and not node.is_field("value")):
        return Role.CODE, "a key", _holder(parent if parent.kind != "enum_body" else node)
    if node.kind == "shorthand_property_identifier":
        return Role.CODE, "a key", _holder(node)
    return Role.CODE, "an imported name" if node.above("import_statement") else "a name", ""


def _destructured(node: Node) -> bool:
    """Whether the name is taken out of the environment: `const { NAME, OTHER: alias = 1 } = process.env`."""
    if node.kind != "shorthand_property_identifier_pattern" and not (
        node.parent is not None and node.parent.kind == "pair_pattern" and node.is_field("key")
    ):
        return False
    pattern = node.above("object_pattern")
    declared = pattern.parent if pattern is not None else None
    value = (declared.field("value") or declared.field("right")) if declared is not None else None
    return value is not None and ENVIRONMENT.search(value.text) is not None


def _last_name(node: Node | None) -> str:
    """The name by which an expression goes: of `a.b.provider` and of `a["provider"]` it is `provider`."""
    while node is not None:
        if node.kind in NAMES:
            return node.text.lstrip("#")
        if node.kind in STRINGS:
            return _literal(node)
        if node.kind in ("string_fragment", "this", "super"):
            return ""
        step = next(
            (f for f in ("property", "index", "function", "name", "pattern", "left") if node.raw.field(f)), None
        )
        if step is not None:
            node = node.field(step)
        elif node.kind in ("parenthesized_expression", "non_null_expression", "as_expression", "await_expression"):
            node = node.named[0] if node.named else None
        else:
            return ""
    return ""


def _key(node: Node) -> str:
    """The name of what a literal is the value of, is compared with, or is passed as."""
    while (parent := node.parent) is not None:
        kind = parent.kind
        if kind == "binary_expression":
            other = parent.field("right") if node.is_field("left") else parent.field("left")
            if _operator(parent) in LOGICAL:
                node = parent
                continue
            return "" if _operator(parent) == "+" else _last_name(other)
        if kind == "switch_case":
            switch = parent.above("switch_statement")
            return _last_name(switch.field("value")) if switch is not None and node.is_field("value") else ""
        if kind == "jsx_attribute":
            return parent.named[0].text if parent.named else ""
        if kind in ("subscript_expression", "index_type_query", "lookup_type"):
            return _last_name(parent.named[0]) if parent.named and parent.named[0].span != node.span else ""
        if kind == "member_expression" and node.kind == "array":
            return _included(parent)
        if kind == "member_expression" and node.kind == "call_expression" and parent.parent is not None:
            node = parent.parent  # a chain: z.enum([…]).default(…)
            continue
        if kind in ("arguments", "template_string", "member_expression"):
            return _argument(node, parent) if kind == "arguments" else ""
        if kind in KEYS or kind in _NAMED_BY:
            return _named_by(node, parent)
        if kind not in PASSING or (kind == "ternary_expression" and node.is_field("condition")):
            return ""
        node = parent
    return ""


_NAMED_BY = frozenset(
    {
        *("variable_declarator", "assignment_expression", "augmented_assignment_expression", "required_parameter"),
        *("optional_parameter", "assignment_pattern", "object_assignment_pattern", "type_alias_declaration"),
        *("default_type", "return_statement"),
    }
)


def _named_by(node: Node, parent: Node) -> str:
    if parent.kind == "return_statement":
        function = parent.above("function_declaration", "method_definition", "function_expression", "arrow_function")
        return _last_name(function.field("name")) if function is not None else ""
    if node.is_field("name") or node.is_field("key"):
        return ""
    if parent.kind == "enum_assignment":
        return _holder(parent)
    for name in ("key", "name", "pattern", "left"):
        named = parent.field(name)
        if named is not None and named.span != node.span:
            return _last_name(named)
    return ""


def _included(member: Node) -> str:
    """Of `["a", "b"].includes(provider)` it is provider."""
    call = member.parent
    arguments = call.field("arguments") if call is not None else None
    return _last_name(arguments.named[0]) if arguments is not None and arguments.named else ""


def _argument(node: Node, arguments: Node) -> str:
    """The function that takes the literal as its first argument, or the collection that is asked for it."""
    call = arguments.parent
    if call is None or not arguments.named:
        return ""
    function = call.field("function") or call.field("constructor")
    name = _last_name(function)
    if name == "default" and function is not None:  # zod and friends: `provider: z.string().default("x")`
        return _key(call)
    if name in ("enum", "literal", "oneOf") and function is not None:
        return _key(call)
    if arguments.named[0].span != node.span:
        first = arguments.named[0]
        return (
            _literal(first) if first.kind == "string" and name in ("set", "get", "setItem", "stubEnv", "append") else ""
        )
    if name in LOOKUPS and function is not None:
        return _last_name(function.field("object"))
    return name


def _pair(node: Node) -> Node | None:
    """The object's entry of which this literal is the value, defaults and choices included."""
    for above in node.ancestors():
        if above.parent is None or above.kind in ("arguments", "object", "statement_block"):
            return None
        if above.kind in ("pair", "jsx_attribute"):
            return above
    return None


def _members(mapping: Node) -> dict[str, str]:
    """The entries of an object, or the attributes of an element."""
    members: dict[str, str] = {}
    for other in mapping.named:
        key, value = other.field("key"), other.field("value")
        if other.kind == "jsx_attribute" and len(other.named) == 2:
            key, value = other.named
        if key is not None and value is not None:
            members[_literal(key)] = _literal(value)
    return members


def _holder(member: Node) -> str:
    """What an object, enum or type with this member is called."""
    node = member.parent
    while node is not None:
        if node.kind in ("enum_declaration", "interface_declaration", "type_alias_declaration", "class_declaration"):
            return _last_name(node.field("name"))
        if node.kind in KEYS:
            return _last_name(node.field("key") or node.field("name"))
        if node.kind in ("variable_declarator", "assignment_expression"):
            return _last_name(node.field("name") or node.field("left"))
        if node.kind not in (
            "object",
            "enum_body",
            "object_pattern",
            *PASSING,
            "object_type",
            "interface_body",
            "class_body",
        ):
            return ""
        node = node.parent
    return ""
