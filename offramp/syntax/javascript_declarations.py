"""What the parts of a script declare, and the names that they look up: the walk behind `javascript_scopes`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offramp.syntax.javascript_names import BOTH, FUNCTIONS, TYPE, VALUE, Binding, Occurrence, Scope

if TYPE_CHECKING:
    from ast_grep_py import SgNode

BLOCKS = frozenset(
    {
        *("statement_block", "for_statement", "for_in_statement", "switch_body", "catch_clause", "class_declaration"),
        *("abstract_class_declaration", "class", "interface_declaration", "type_alias_declaration", "conditional_type"),
        *("enum_body", "index_signature"),
    }
)
NAMED = {  # what declares its name in the scope around it, and as what
    "function_declaration": VALUE,
    "generator_function_declaration": VALUE,
    "function_signature": VALUE,
    "class_declaration": BOTH,
    "abstract_class_declaration": BOTH,
    "interface_declaration": TYPE,
    "type_alias_declaration": TYPE,
    "enum_declaration": BOTH,
    "module": BOTH,
    "internal_module": BOTH,
    "import_alias": BOTH,
}
MODIFIERS = ("accessibility_modifier", "readonly", "override_modifier")
NAMED_INSIDE = {"function_expression": VALUE, "generator_function": VALUE, "class": BOTH}
IDENTIFIERS = ("identifier", "type_identifier")
SHORTHANDS = ("shorthand_property_identifier", "shorthand_property_identifier_pattern")
PATTERNS = ("object_pattern", "array_pattern", "rest_pattern", "pair_pattern", "assignment_pattern")
TYPE_NAMES = ("nested_type_identifier", "nested_identifier")


class Declarations:
    """One walk over a script: every binding with where it is declared, and every reference, not yet resolved."""

    def __init__(self, root: SgNode) -> None:
        self.bindings: list[Binding] = []
        self.references: list[Occurrence] = []
        top = Scope(None, "program")
        self._waiting: list[tuple[SgNode, Scope]] = [(child, top) for child in root.children()]
        while self._waiting:
            node, scope = self._waiting.pop()
            self._visit(node, scope)

    def _visit(self, node: SgNode, scope: Scope) -> None:
        kind = node.kind()
        if kind in IDENTIFIERS or kind in SHORTHANDS:
            self._reference(node, scope, kind)
            return
        inner = scope
        if kind in NAMED and (name := node.field("name")) is not None and name.kind() != "string":
            self._declare(_first(name), scope, NAMED[kind], kind)
        if kind in NAMED_INSIDE and (name := node.field("name")) is not None:
            inner = Scope(inner, "name")  # parameters and variables of a function may have its name
            self._declare(name, inner, NAMED_INSIDE[kind], kind)
        if kind in FUNCTIONS or kind in BLOCKS:
            inner = Scope(inner, kind)
        handler = _HANDLERS.get(kind)
        if handler is not None and handler(self, node, inner):
            return
        skipped = _skipped(node, kind)
        for child in node.children():
            if child.is_named() and _span(child) not in skipped:
                self._waiting.append((child, inner))

    def _reference(self, node: SgNode, scope: Scope, kind: str) -> None:
        meaning = TYPE if kind == "type_identifier" else VALUE
        shape = "shorthand" if kind in SHORTHANDS else ""
        self.references.append(Occurrence(*_span(node), node.text(), scope, meaning, shape))

    def _declare(self, node: SgNode, scope: Scope, meaning: int, what: str, shape: str = "") -> None:
        name = node.text()
        known = scope.names.setdefault(name, [])
        binding = next((b for b in known if b.meaning & meaning or not _apart(b.what, what)), None)
        if binding is None:
            binding = Binding(name, scope, meaning, what)
            known.append(binding)
            self.bindings.append(binding)
        binding.is_merged |= binding.what != what
        binding.declared.append(what)
        binding.meaning |= meaning
        binding.occurrences.append(Occurrence(*_span(node), name, scope, meaning, shape))

    def _pattern(self, node: SgNode, scope: Scope, target: Scope, what: str) -> None:
        """Declare what a pattern binds; defaults and computed keys in it are expressions."""
        kind = node.kind()
        if kind == "identifier":
            self._declare(node, target, VALUE, what)
        elif kind == "shorthand_property_identifier_pattern":
            self._declare(node, target, VALUE, what, "shorthand")
        elif kind in ("assignment_pattern", "object_assignment_pattern"):
            left, right = node.field("left"), node.field("right")
            if left is not None:
                self._pattern(left, scope, target, what)
            if right is not None:
                self._waiting.append((right, scope))
        elif kind == "pair_pattern":
            key, value = node.field("key"), node.field("value")
            if key is not None and key.kind() == "computed_property_name":
                self._waiting.append((key, scope))
            if value is not None:
                self._pattern(value, scope, target, what)
        elif kind in ("object_pattern", "array_pattern", "rest_pattern"):
            for child in node.children():
                if child.is_named():
                    self._pattern(child, scope, target, what)
        else:
            self._waiting.append((node, scope))

    def _declarator(self, node: SgNode, scope: Scope) -> bool:
        """`a = 1` of `var`, which belongs to the function around it, or of `let` and `const`, to the block."""
        parent = node.parent()
        is_var = parent is not None and parent.kind() == "variable_declaration"
        target = next(s for s in scope.outwards() if s.is_function) if is_var else scope
        if (name := node.field("name")) is not None:
            self._pattern(name, scope, target, "variable" if is_var else "constant")
        self._rest(node, scope, "name")
        return True

    def _for_in(self, node: SgNode, scope: Scope) -> bool:
        declared, left = node.field("kind"), node.field("left")
        if declared is None or left is None:
            return False
        outer = next(s for s in scope.outwards() if s.is_function) if declared.text() == "var" else scope
        self._pattern(left, scope, outer, "variable")
        self._rest(node, scope, "left")
        return True

    def _parameter(self, node: SgNode, scope: Scope) -> bool:
        if (pattern := node.field("pattern")) is not None:
            member = any(child.kind() in MODIFIERS for child in node.children())
            self._pattern(pattern, scope, scope, "parameter and member" if member else "parameter")
        self._rest(node, scope, "pattern", "name")
        return True

    def _parameters(self, node: SgNode, scope: Scope) -> bool:
        """The parameters of JavaScript are patterns; those of TypeScript have nodes around theirs."""
        for child in node.children():
            if not child.is_named():
                continue
            if child.kind() in ("required_parameter", "optional_parameter"):
                self._waiting.append((child, scope))
            else:
                self._pattern(child, scope, scope, "parameter")
        return True

    def _arrow(self, node: SgNode, scope: Scope) -> bool:
        parameter = node.field("parameter")
        if parameter is None:
            return False
        self._pattern(parameter, scope, scope, "parameter")
        self._rest(node, scope, "parameter")
        return True

    def _catch(self, node: SgNode, scope: Scope) -> bool:
        parameter = node.field("parameter")
        if parameter is not None:
            self._pattern(parameter, scope, scope, "parameter")
        self._rest(node, scope, "parameter")
        return True

    def _type_name(self, node: SgNode, scope: Scope) -> bool:
        """`<T extends U>`, `{ [K in keyof T]: … }`, `A extends infer U`: the name is the scope's own."""
        name = node.field("name")
        if name is None:
            name = next((child for child in node.children() if child.kind() == "type_identifier"), None)
        if name is not None:
            self._declare(name, _of_types(scope) if node.kind() == "infer_type" else scope, TYPE, "type parameter")
            for child in node.children():
                if child.is_named() and _span(child) != _span(name):
                    self._waiting.append((child, scope))
        return True

    def _imported(self, node: SgNode, scope: Scope) -> bool:
        """`a`, `* as a`, `{ a }`, `{ b as a }` of an import."""
        for child in node.children():
            if child.kind() == "identifier":
                self._declare(child, scope, BOTH, "import")
            elif child.is_named():
                self._waiting.append((child, scope))
        return True

    def _specifier(self, node: SgNode, scope: Scope) -> bool:
        name, alias = node.field("name"), node.field("alias")
        bound = alias or name
        if bound is not None and bound.kind() == "identifier":
            self._declare(bound, scope, BOTH, "import", "" if alias is not None else "import")
        return True

    def _exported(self, node: SgNode, scope: Scope) -> bool:
        """`{ a }` and `{ a as b }` of an export; names of another module where it has a source."""
        statement = next((above for above in node.ancestors() if above.kind() == "export_statement"), None)
        name, alias = node.field("name"), node.field("alias")
        if (statement is None or statement.field("source") is None) and name is not None:
            shape = "" if alias is not None else "export"
            self.references.append(Occurrence(*_span(name), name.text(), scope, BOTH, shape))
        return True

    def _element(self, node: SgNode, scope: Scope) -> bool:
        """The tags in lower case are HTML's."""
        name = node.field("name")
        if name is None or name.kind() != "identifier" or not name.text()[:1].islower():
            return False
        self._rest(node, scope, "name")
        return True

    def _nothing(self, node: SgNode, scope: Scope) -> bool:
        return True

    def _qualified(self, node: SgNode, scope: Scope) -> bool:
        """Of `A.B.C` in a type only A is looked up here."""
        first = _first(node)
        if first.kind() == "identifier":
            self.references.append(Occurrence(*_span(first), first.text(), scope, BOTH))
        return True

    def _rest(self, node: SgNode, scope: Scope, *fields: str) -> None:
        skipped = {_span(found) for name in fields if (found := node.field(name)) is not None}
        for child in node.children():
            if child.is_named() and _span(child) not in skipped:
                self._waiting.append((child, scope))


_HANDLERS = {
    "variable_declarator": Declarations._declarator,
    "for_in_statement": Declarations._for_in,
    "required_parameter": Declarations._parameter,
    "optional_parameter": Declarations._parameter,
    "formal_parameters": Declarations._parameters,
    "arrow_function": Declarations._arrow,
    "catch_clause": Declarations._catch,
    "type_parameter": Declarations._type_name,
    "mapped_type_clause": Declarations._type_name,
    "infer_type": Declarations._type_name,
    "import_clause": Declarations._imported,
    "namespace_import": Declarations._imported,
    "import_require_clause": Declarations._imported,
    "import_specifier": Declarations._specifier,
    "export_specifier": Declarations._exported,
    "namespace_export": Declarations._nothing,
    "meta_property": Declarations._nothing,
    "jsx_opening_element": Declarations._element,
    "jsx_closing_element": Declarations._element,
    "jsx_self_closing_element": Declarations._element,
    "nested_type_identifier": Declarations._qualified,
    "nested_identifier": Declarations._qualified,
}


def _apart(one: str, other: str) -> bool:
    """A type parameter and a parameter of one name are two things; other declarations of one scope are one."""
    return "type parameter" in (one, other)


def _of_types(scope: Scope) -> Scope:
    """The conditional type that an `infer` is in."""
    return next((s for s in scope.outwards() if s.kind == "conditional_type"), scope)


def _first(node: SgNode) -> SgNode:
    """The leftmost name of `A.B.C`."""
    while node.kind() in (*TYPE_NAMES, "member_expression"):
        node = next(child for child in node.children() if child.is_named())
    return node


def _span(node: SgNode) -> tuple[int, int]:
    found = node.range()
    return found.start.index, found.end.index


def _skipped(node: SgNode, kind: str) -> set[tuple[int, int]]:
    """The children of a node that name it, or that are names of nothing that could be looked up."""
    fields = ("name",) if kind in NAMED or kind in NAMED_INSIDE or kind == "index_signature" else ()
    return {_span(found) for field in fields if (found := node.field(field)) is not None}
