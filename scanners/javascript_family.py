"""What the scripts of a project say together about a name: whose it is, and whether it meets another one.

import { GradientClient } from "other-sdk"      the name is that of somebody else's package
createThing({ gradientClient })                 the property is, where nothing of the project declares or reads it
class A { llmChat() {} gradientChat() {} }      the new name is there already
"""

from __future__ import annotations

import dataclasses
import functools
import re
import weakref
from collections.abc import Callable

from offramp.document import Document
from offramp.project import PathIndex, Project
from offramp.syntax.grammar import Node
from offramp.syntax.javascript import Script
from offramp.syntax.javascript_names import Binding
from scanners.javascript_paths import is_package

DECLARED = (  # what gives a property its name
    *("public_field_definition", "field_definition", "method_definition", "property_signature", "method_signature"),
    *("abstract_method_signature", "enum_assignment", "enum_body"),
)
LISTS = ("object", "object_pattern", "class_body", "interface_body", "object_type", "enum_body")
PROPERTIES = (
    *("property_identifier", "private_property_identifier", "shorthand_property_identifier"),
    "shorthand_property_identifier_pattern",
)
_MEMORY: weakref.WeakKeyDictionary[PathIndex, Family] = weakref.WeakKeyDictionary()


def family(project: Project, document: Document) -> Family:
    """What the scripts of a project say together, worked out once for findings that are answered together."""
    known = _MEMORY.get(project.index)
    if known is None or known.documents.get(document.path) is not project.documents.get(document.path):
        known = _MEMORY[project.index] = Family(project)
    return known


@dataclasses.dataclass(frozen=True, slots=True)
class Owner:
    """The package that a name belongs to; or only the property, in which the name beside it may be ours.

    `is_passed_on`: the project exports the name again, so that other files take it for the project's.
    """

    package: str
    is_property: bool = False
    is_passed_on: bool = False


class Family:
    def __init__(self, project: Project) -> None:
        self.project = project
        self.documents = {**project.kept, **project.documents}
        self.owns = functools.cache(self._owns)

    def _owns(self, name: str) -> bool:
        """Whether a property of this name is the project's: declared, or both written and read in it."""
        word = re.compile(rf"(?<![\w$]){re.escape(name)}(?![\w$])")
        written = read = False
        for _, document in sorted(self.documents.items()):
            if name not in document.text:
                continue
            tree = document.tree
            if not isinstance(tree, Script):
                if document.kind not in ("markdown", "text"):
                    return True  # a field of a service in another language, a key of data
                continue
            for matched in word.finditer(document.text):
                node = tree.root.at(*matched.span())
                if _is_declared(node) or _is_exported(tree, node):
                    return True
                owner = owner_of(tree, node, self.project, document.path) if node.kind in PROPERTIES else None
                is_written = node.kind in PROPERTIES and node.above(*LISTS, "member_expression") is not None
                in_object = is_written and _listed(node) == "object"
                if in_object and owner is None:
                    return True
                written |= in_object
                read |= is_written and not in_object and owner is None
        return written and read


def owner_of(tree: Script, node: Node, project: Project, path: str) -> Owner | None:
    """The package of somebody else that a name comes from, or whose function is handed the property."""
    package = functools.partial(_package, tree, project, path)
    if (exported := node.above("export_specifier")) is not None:
        found = _of_export(exported, package)
        return Owner(found, is_passed_on=True) if found and is_package(project, path, found) else None
    specifier = node.above("import_specifier", "import_clause")
    if specifier is not None:
        source = _source(node)
        name = specifier.field("name")
        foreign = source is not None and is_package(project, path, source)
        is_theirs = specifier.kind == "import_clause" or (name is not None and name.span == node.span)
        return Owner(source or "") if foreign and is_theirs else None
    if node.kind in ("identifier", "type_identifier"):
        found = package(node)
        return Owner(found) if found else None
    parent = node.parent
    if parent is not None and parent.kind in ("member_expression", "nested_type_identifier") and parent.named:
        found = package(_root(parent))
        return Owner(found) if found else None
    listed = _listed(node)
    if listed == "object":
        call = _taking(node)
        root = _root(call) if call is not None else None
        found = package(root) if root is not None else ""
        return Owner(found, is_property=True) if found else None
    if listed == "object_pattern" and (value := _taken_apart(node)) is not None:
        found = package(_root(value))
        return Owner(found, is_property=True) if found else None
    return None


def _of_export(specifier: Node, package: Callable[[Node | None], str]) -> str:
    statement = specifier.above("export_statement")
    source = statement.field("source") if statement is not None else None
    return source.text[1:-1] if source is not None else package(specifier.field("name"))


def _package(tree: Script, project: Project, path: str, node: Node | None) -> str:
    """The package of others that a name at the head of an expression is imported from."""
    found = tree.scopes.at(*node.span) if node is not None else None
    binding = found[0] if found is not None else None
    source = _imported_from(tree, binding) if binding is not None else None
    return source if source is not None and is_package(project, path, source) else ""


def _imported_from(tree: Script, binding: Binding) -> str | None:
    first = binding.occurrences[0]
    node = tree.root.at(first.start, first.end)
    if binding.what == "import":
        if (specifier := node.above("import_specifier")) is not None and (alias := specifier.field("alias")):
            return None if alias.span == node.span and _is_default(specifier) else _source(node)
        return _source(node)
    declared = node.above("variable_declarator")
    value = declared.field("value") if declared is not None else None
    if value is None:
        return None
    required = re.fullmatch(r"(?:await\s+import|require)\(\s*(['\"`])([^'\"`$]+)\1\s*\)", value.text)
    return required[2] if required is not None else None


def _is_default(specifier: Node) -> bool:
    name = specifier.field("name")
    return name is not None and name.text == "default"


def _source(node: Node) -> str | None:
    statement = node.above("import_statement")
    if statement is None:
        return None
    strings = statement.find_all("string")
    return strings[-1].text[1:-1] if strings else None


def _is_declared(node: Node) -> bool:
    parent = node.parent
    if node.kind not in PROPERTIES or parent is None:
        return False
    if parent.kind in DECLARED and (parent.kind == "enum_body" or node.is_field("name")):
        return True
    return parent.kind in ("field_definition", "public_field_definition") and not node.is_field("value")


def _is_exported(tree: Script, node: Node) -> bool:
    """Whether the name is exported here, so that it is a member of the module."""
    if node.kind not in ("identifier", "type_identifier"):
        return False
    statement = node.above("export_statement")
    if statement is None:
        return False
    found = tree.scopes.at(*node.span)
    binding = found[0] if found is not None else None
    return binding is not None and binding.scope.parent is None


def _listed(node: Node) -> str:
    """The kind of the list that a property stands in as a key."""
    parent = node.parent
    if parent is None:
        return ""
    if node.kind.startswith("shorthand_property_identifier"):
        pattern = node.above("object", "object_pattern")
        return pattern.kind if pattern is not None else ""
    if parent.kind in ("pair", "pair_pattern") and node.is_field("key") and parent.parent is not None:
        return parent.parent.kind
    return ""


def _taking(node: Node) -> Node | None:
    """The function that is handed the object of a key, objects around it included."""
    for above in node.ancestors():
        if above.kind == "arguments":
            call = above.parent
            return (call.field("function") or call.field("constructor")) if call is not None else None
        if above.kind not in (*PROPERTIES, "pair", "object", "array", "as_expression", "satisfies_expression"):
            return None
    return None


def _taken_apart(node: Node) -> Node | None:
    """What a pattern takes its parts from."""
    declared = node.above("variable_declarator", "assignment_expression")
    return (declared.field("value") or declared.field("right")) if declared is not None else None


def _root(node: Node | None) -> Node | None:
    """The name at the head of `a.b.c(d).e`."""
    while node is not None and node.kind not in ("identifier", "type_identifier"):
        steps = ("object", "function", "constructor", "module")
        inner = next((field for step in steps if (field := node.field(step)) is not None), None)
        if inner is None and node.kind in ("await_expression", "parenthesized_expression", "non_null_expression"):
            inner = node.named[0] if node.named else None
        node = inner
    return node


def members_meet(tree: Script, old: str, new: str) -> bool:
    """Whether one object, class, type or element of a script has members of both names, or is asked for both."""
    return bool(_holders(tree, old) & _holders(tree, new))


def _holders(tree: Script, name: str) -> set[tuple[str, object]]:
    held: set[tuple[str, object]] = set()
    for matched in re.finditer(rf"(?<![\w$]){re.escape(name)}(?![\w$])", tree.text):
        node = tree.root.at(*matched.span())
        parent = node.parent
        if parent is None:
            continue
        if parent.kind == "member_expression" and node.is_field("property"):
            looked_up = parent.field("object")
            text = looked_up.text if looked_up is not None else ""
            body = node.above("class_body") if text == "this" else None
            held.add(("class_body", body.span) if body is not None else ("of", text))
        elif parent.kind == "jsx_attribute":
            held.add(("element", parent.parent.span if parent.parent is not None else ()))
        elif node.kind in (*PROPERTIES, "string_fragment") and (around := node.above(*LISTS)) is not None:
            is_key = parent.parent is not None and around.span in (parent.span, parent.parent.span)
            if is_key or (parent.kind == "string" and parent.is_field("key")):
                held.add((around.kind, around.span))
    return held
