from __future__ import annotations

import re

import pytest

from offramp.model import Edit, apply_edits
from offramp.syntax import javascript


def renamed(text: str, new: str = "new") -> str:
    """The text with the binding of the marked name, and no other of that name, called otherwise."""
    marked = re.search(r"«([\w$]+)»", text)
    assert marked is not None
    plain = text.replace("«", "").replace("»", "")
    found = javascript.parse(plain, "a.tsx").scopes.at(marked.start(), marked.start() + len(marked[1]))
    assert found is not None
    binding = found[0]
    assert binding is not None
    return apply_edits(plain, [Edit(o.start, o.end, o.renamed(new)) for o in binding.occurrences])


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("const «a» = 1; f(a, x.a, { a, b: a })", "const new = 1; f(new, x.a, { a: new, b: new })"),
        ("const «a» = 1; function f(a) { return a }", "const new = 1; function f(a) { return a }"),
        ("const a = 1; function f(«a») { return a }", "const a = 1; function f(new) { return new }"),
        ("function «a»() { if (x) { var b = a } b }", "function new() { if (x) { var b = new } b }"),
        ("b; { var «b» = 1 } function f() { b }", "new; { var new = 1 } function f() { new }"),
        ("{ let «b» = 1 } b", "{ let new = 1 } b"),
        ("for (const «b» of b2) b; b", "for (const new of b2) new; b"),
        ("for (b of «b») ; var b", "for (new of new) ; var new"),
        ("const { «a», b: c = a, ...d } = x; a", "const { a: new, b: c = new, ...d } = x; new"),
        ("let a; ({ «a», b: [a] } = x)", "let new; ({ a: new, b: [new] } = x)"),
        ("import { «a», b as c } from 'x'; a", "import { a as new, b as c } from 'x'; new"),
        ("import { a as «b» } from 'x'; b; export { b }", "import { a as new } from 'x'; new; export { new as b }"),
        ("import «a», * as b from 'x'; <a.C />; <a />", "import new, * as b from 'x'; <new.C />; <a />"),
        ("import «A» from 'x'; <A></A>; let b: A.B<A>", "import new from 'x'; <new></new>; let b: new.B<new>"),
        ("import «a» = require('x'); a.b", "import new = require('x'); new.b"),
        (
            "const «a» = 1; export { a as b }; export { a } from 'x'",
            "const new = 1; export { new as b }; export { a } from 'x'",
        ),
        ("class «A» { a: A; static A = new A() }", "class new { a: new; static A = new new() }"),
        ("const b = class «A» { c = A }; A", "const b = class new { c = new }; A"),
        ("const b = function «a»() { a() }; a()", "const b = function new() { new() }; a()"),
        ("type A<«T»> = T | B<T>; let c: T", "type A<new> = new | B<new>; let c: T"),
        ("type A<B> = B extends C<infer «D»> ? D : D", "type A<B> = B extends C<infer new> ? new : new"),
        ("type A = { [«K» in B]: C[K] }; type D = K", "type A = { [new in B]: C[new] }; type D = K"),
        ("enum «A» { B } A.B; type C = typeof A", "enum new { B } new.B; type C = typeof new"),
        ("namespace «N» { export const a = 1 } N.a", "namespace new { export const a = 1 } new.a"),
        ("function f(«a»: b): a is c { return a }", "function f(new: b): new is c { return new }"),
        ("try {} catch («a») { a } a", "try {} catch (new) { new } a"),
        ("const f = «a» => { a }; a", "const f = new => { new }; a"),
        ("interface «A» { b: A } const B: A = x as A", "interface new { b: new } const B: new = x as new"),
        ("function f(A: A2) { let b: A } type «A» = 1", "function f(A: A2) { let b: new } type new = 1"),
        ("a: for (;;) { let «a» = 1; break a }", "a: for (;;) { let new = 1; break a }"),
    ],
)
def test_rename(text: str, after: str) -> None:
    assert renamed(text) == after


@pytest.mark.parametrize(
    ("text", "meets"),
    [
        ("const old = 1; const a = { new: old }; a.new", False),
        ("const old = 1; const young = 2", True),
        ("const old = 1; function f() { const young = 2 }", False),
        ("const old = 1; function f() { const young = 2; old }", True),
        ("function f() { const old = 1 } const young = 2", False),
        ("function f() { const old = 1; young } const young = 2", True),
        ("function f() { const old = 1; young }", True),
        ("old; function f() { const young = 1 }", False),
        ("function f(young) { old }", True),
        ("function f(old) { function g(old) { old } }", False),
        ("import { old } from 'x'; import young from 'y'", True),
        ("type old = 1; function f(young) { let a: old }", True),
    ],
)
def test_meet(text: str, *, meets: bool) -> None:
    assert javascript.parse(text.replace("new", "young"), "a.ts").scopes.meet("old", "young") is meets


def test_what_is_declared_nowhere_is_free() -> None:
    scopes = javascript.parse("a(b)", "a.ts").scopes
    assert [o.name for o in scopes.free] == ["b", "a"]
    assert scopes.at(0, 1) == (None, scopes.free[1])
    assert scopes.at(1, 2) is None


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("const { a, b } = x", "const { a, a } = x", "line 1: a would be declared twice"),
        ("let a\nlet b", "let a\nlet a", "line 2: a would be declared twice"),
        ("import { a } from 'x'; class B {}", "import { a } from 'x'; class a {}", "line 1: a would be declared twice"),
        ("var a; var b", "var a; var a", None),
        ("let a; let a; let b", "let a; let a; let c", None),
        ("let a; { let b }", "let a; { let a }", None),
        ("const a = 1; type b = 1", "const a = 1; type a = 1", None),
        ("function a(); function b() {}", "function a(); function a() {}", None),
        ("const f = (a, b) => { a }", "const f = (a, a) => { a }", "would be declared twice"),
    ],
)
def test_a_name_is_declared_once(before: str, after: str, fault: str | None) -> None:
    found = javascript.check(before, after, "a.ts")
    assert found is None if fault is None else found is not None and fault in found
