from __future__ import annotations

import pytest

from tests.offramp.syntax.places import document, place, told


@pytest.mark.parametrize(
    ("path", "text", "role", "key"),
    [
        ("a.go", 'package a\nvar p = os.Getenv("«p»")', "env", ""),
        ("a.go", 'package a\nimport "x/«p»"', "import", ""),
        ("a.go", 'package a\nvar c = Config{Provider: "«p»"}', "string", "Provider"),
        ("a.go", 'package a\nfunc f() { if x.Provider == "«p»" {} }', "string", "Provider"),
        ("a.go", 'package a\nfunc f() { switch x.Provider { case "a", "«p»": } }', "string", "Provider"),
        ("a.go", 'package a\nfunc f() { provider := "«p»" }', "string", "provider"),
        ("a.go", "package a\n// «p»\n", "comment", ""),
        ("a.go", 'package a\nvar p = "a «p» b" + x', "string", "p"),
        ("A.java", 'class A { String provider = "«p»"; }', "string", "provider"),
        ("A.java", 'class A { void f() { provider.equals("«p»"); } }', "string", "provider"),
        ("A.java", 'class A { boolean f() { return "«p»".equals(provider); } }', "string", "provider"),
        ("A.java", 'class A { String f() { return System.getenv("«p»"); } }', "env", ""),
        ("A.java", "import com.«p».Client;", "import", ""),
        ("A.java", "class A { Object a = Provider.«P»; }", "code", "Provider"),
        ("a.rb", 'ENV.fetch("«p»", "x")', "env", ""),
        ("a.rb", 'ENV["«p»"]', "env", ""),
        ("a.rb", "f(provider: :«p»)", "string", "provider"),
        ("a.rb", 'case provider\nwhen "«p»" then 1\nend', "string", "provider"),
        ("a.rb", 'require "«p»"', "import", ""),
        ("a.php", '<?php $a = ["provider" => "«p»"];', "string", "provider"),
        ("a.php", '<?php $_ENV["«p»"];', "env", ""),
        ("a.php", "<?php use «P»\\Client;", "import", ""),
        ("a.rs", 'fn f() { let provider: &str = "«p»"; }', "string", "provider"),
        ("a.rs", 'fn f() { std::env::var("«p»"); }', "env", ""),
        ("a.rs", 'fn f() { match provider { "«p»" => 1 } }', "string", "provider"),
        ("a.kt", 'fun f() { when (provider) { "«p»" -> 1 } }', "string", "provider"),
        ("a.cs", 'class A { void F() { G(provider: "«p»"); } }', "string", "provider"),
        ("a.cs", 'class A { void F() { Environment.GetEnvironmentVariable("«p»"); } }', "env", ""),
        ("a.css", ".a { background: «p»(red); }", "value", "background"),
        ("a.css", "/* «p» */ .a {}", "comment", ""),
        ("a.html", '<p class="«p»">x</p>', "string", "class"),
        ("a.html", "<p>by «p» AI</p>", "prose", ""),
        ("a.html", "<script>const provider = '«p»'</script>", "string", "provider"),
        ("a.vue", "<template/><script lang='ts'>const a: string = process.env.«p»</script>", "env", ""),
        ("a.sass", "provider: «p»", "value", "provider"),
        ("a.go", "((((«p»", "text", ""),
    ],
)
def test_place(path: str, text: str, role: str, key: str) -> None:
    assert told(path, text)[:2] == (role, key)


def test_interpolated_strings_are_built() -> None:
    assert place("a.rb", 'x = "«p»-#{y}"')[0].built
    assert not place("a.rb", 'x = "«p»"')[0].built
    assert told("a.rs", 'fn f() { let a = r#"«p»"#; }')[2] == "p"


@pytest.mark.parametrize("path", ["a.go", "a.java", "a.rb", "a.php", "a.rs", "a.kt", "a.cs", "a.html", "a.css", "a.ex"])
@pytest.mark.parametrize("text", ["", "\udce9", "\0\0", '"' * 99, "{" * 3000, "<script>", "/*"])
def test_garbage(path: str, text: str) -> None:
    tree = document(path, text).tree
    tree.place(0, len(text))
    tree.place(len(text), len(text))
