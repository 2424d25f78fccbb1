from __future__ import annotations

import pytest

from offramp.syntax import javascript
from tests.offramp.syntax.places import document, entries, place, told, without

ENV = ("env", "")


@pytest.mark.parametrize(
    ("path", "text", "role", "key"),
    [
        ("a.ts", "process.env.«KEY»", "env", ""),
        ("a.ts", "process.env?.«KEY»", "env", ""),
        ("a.ts", "import.meta.env.VITE_«KEY»", "env", ""),
        ("a.ts", "process.env['«KEY»']", "env", ""),
        ("a.ts", "Deno.env.get('«KEY»')", "env", ""),
        ("a.ts", "vi.stubEnv('«KEY»', 'x')", "env", ""),
        ("a.ts", "if ('«KEY»' in process.env) {}", "env", ""),
        ("a.ts", "const { «KEY», B } = process.env", "env", ""),
        ("a.ts", "const { «KEY»: k = 'x' } = process.env", "env", ""),
        ("a.ts", "const { «KEY» } = settings", "code", ""),
        ("a.ts", "environment.«KEY»", "code", "environment"),
        ("a.ts", "import x from '@s/«p»'", "import", ""),
        ("a.ts", "export * from './«p»'", "import", ""),
        ("a.ts", "const x = require('«p»')", "import", ""),
        ("a.ts", "await import('«p»')", "import", ""),
        ("a.ts", "vi.mock('«p»', () => ({}))", "import", ""),
        ("a.ts", "requires('«p»')", "string", "requires"),
        ("a.ts", "if (provider === '«p»') {}", "string", "provider"),
        ("a.ts", "if ('«p»' !== cfg.provider) {}", "string", "provider"),
        ("a.ts", "switch (cfg.provider) { case '«p»': break }", "string", "provider"),
        ("a.ts", "type Provider = '«p»' | 'x'", "string", "Provider"),
        ("a.ts", "interface A { provider: '«p»' }", "string", "provider"),
        ("a.ts", "function f(provider: string = '«p»') {}", "string", "provider"),
        ("a.ts", "enum Provider { A = '«p»' }", "string", "Provider"),
        ("a.ts", "enum Provider { «p» }", "code", "Provider"),
        ("a.ts", "class A { provider = '«p»' }", "string", "provider"),
        ("a.ts", "const provider = env.X || '«p»'", "string", "provider"),
        ("a.ts", "const provider = ok ? '«p»' : 'x'", "string", "provider"),
        ("a.ts", "const providers = ['«p»', 'x']", "string", "providers"),
        ("a.ts", "['«p»', 'x'].includes(provider)", "string", "provider"),
        ("a.ts", "providers.has('«p»')", "string", "providers"),
        ("a.ts", "providers['«p»']", "string", "providers"),
        ("a.ts", "localStorage.setItem('provider', '«p»')", "string", "provider"),
        ("a.ts", "z.object({ provider: z.enum(['«p»']).default('x') })", "string", "provider"),
        ("a.ts", "const o = { provider: '«p»' }", "value", "provider"),
        ("a.ts", "const providers = { «p»: 1 }", "code", "providers"),
        ("a.ts", "const providers = { '«p»': 1 }", "key", "providers"),
        ("a.ts", "function provider() { return '«p»' }", "string", "provider"),
        ("a.ts", "Provider.«p»", "code", "Provider"),
        ("a.ts", "log(1, '«p»')", "string", ""),
        ("a.ts", "const a = x + '«p»' + y", "string", ""),
        ("a.ts", "// «p»\nx", "comment", ""),
        ("a.ts", "x /* «p» */", "comment", ""),
        ("a.ts", "const r = /«p»/", "string", ""),
        ("a.tsx", "const a = <b>Powered by «p» AI</b>", "prose", ""),
        ("a.tsx", 'const a = <B provider="«p»" />', "value", "provider"),
        ("a.tsx", "const a = <B provider={'«p»'} />", "value", "provider"),
        ("a.tsx", 'const a = <B «p»="x" />', "key", ""),
        ("a.tsx", 'const a = <B className="«p»" />', "value", "className"),
        ("a.jsx", 'const a = <B provider="«p»" />', "value", "provider"),
        ("a.ts", "const a = ((((«p»", "text", ""),
    ],
)
def test_place(path: str, text: str, role: str, key: str) -> None:
    assert told(path, text)[:2] == (role, key)


def test_the_literal_is_the_whole_string() -> None:
    assert told("a.ts", "const a = 'x «p» y'")[2] == "x p y"
    assert told("é.ts", "const é = '𝒳'; const a = `«p»`")[2] == "p"


def test_a_template_with_substitutions_is_built() -> None:
    assert place("a.ts", "const a = `«p»-${x}`")[0].built
    assert place("a.ts", "const a = x + '«p»'")[0].built
    assert not place("a.ts", "const a = `«p»`")[0].built
    assert place("a.ts", "const a = `${f('«p»')}`")[0].built is False


def test_siblings() -> None:
    found = place("a.ts", "f({ provider: 'a', model: '«m»', n: 1 })")[0]
    assert dict(found.siblings) == {"provider": "a", "model": "m", "n": "1"}
    assert dict(place("a.tsx", "const a = <B provider='a' model='«m»' />")[0].siblings)["provider"] == "a"


def test_imports() -> None:
    read = document("a.ts", "import a from 'a'\nconst b = require('b')\nconst c = 'c'\nvi.mock('d')\nf('e')")
    assert isinstance(read.tree, javascript.Script)
    assert [read.text[start:end] for start, end in read.tree.imports()] == ["a", "b", "d"]


@pytest.mark.parametrize(
    ("text", "key", "after"),
    [
        ("a = {\n  A: 1,\n  B: 2, // note\n  C: 3\n};\n", "B", "a = {\n  A: 1,\n  C: 3\n};\n"),
        ("a = {\n  A: 1,\n  C: 3\n};\n", "C", "a = {\n  A: 1,\n};\n"),
        ("a = { A: 1, B: 2 };", "A", "a = { B: 2 };"),
        ("a = { A: 1, B: 2 };", "B", "a = { A: 1 };"),
        ("a = { A: 1 };", "A", "a = {  };"),
        ("a = { 'A': f(1, 2), B };", "A", "a = { B };"),
        ("a = { A: 1, B };", "B", "a = { A: 1 };"),
        ("a = {\r\n  A: 1,\r\n  B: 2,\r\n}", "A", "a = {\r\n  B: 2,\r\n}"),
    ],
)
def test_delete(text: str, key: str, after: str) -> None:
    assert without("a.js", text, key) == after


def test_no_entries_of_what_is_no_object() -> None:
    assert entries("a.ts", "const { A } = x; interface B { c: 1 }; d = { [e]: 1, ...f }") == []


def test_broken_edits_are_seen() -> None:
    assert javascript.check("f(1)", "f(1", "a.ts") == "line 1: the syntax is broken"
    assert javascript.check("f(1", "f(2", "a.ts") is None
    assert javascript.check("if (a) {}", "if (a) {", "a.ts") is not None


@pytest.mark.parametrize("text", ["", "\udce9 = '\udce9'", "\0", "{" * 5000, "a" * 30_000, "/*", "`${`${`", "<a><b"])
def test_garbage(text: str) -> None:
    for path in ("a.ts", "a.tsx", "a.js"):
        tree = document(path, text).tree
        for start in (0, len(text) // 2, len(text)):
            tree.place(start, start)
        tree.entries()
