from __future__ import annotations

import hcl2
import pytest

from offramp.model import Edit, apply_edits
from offramp.syntax import hcl, hcl_places, hcl_strings
from tests.offramp.syntax.places import document, place, told, without


@pytest.mark.parametrize(
    ("text", "role", "key"),
    [
        ('provider = "«p»"', "value", "provider"),
        ('variable "llm_provider" {\n  default = "«p»"\n}', "value", "llm_provider"),
        ('variable "«p»" {\n}', "key", "variable"),
        ('resource "a" "b" {\n  provider = "«p»"\n}', "value", "provider"),
        ('a = {\n  LLM_PROVIDER = "«p»"\n}', "value", "LLM_PROVIDER"),
        ('a = {\n  «P» = "x"\n}', "key", "a"),
        ('a = {\n  "«P»" : "x"\n}', "key", "a"),
        ('x {\n  env {\n    name = "«P»"\n    value = "x"\n  }\n}', "env", ""),
        ('x {\n  env {\n    name = "LLM_PROVIDER"\n    value = "«p»"\n  }\n}', "value", "LLM_PROVIDER"),
        ('a = var.provider == "«p»" ? 1 : 0', "value", "provider"),
        ('a = contains(["«p»"], var.provider)', "value", "a"),
        ("a = var.«p»", "code", ""),
        ('a = "${var.«p»}"', "code", ""),
        ("«p» = 1", "key", ""),
        ("# «p»\na = 1", "comment", ""),
        ("a = 1 // «p»", "comment", ""),
        ("a = <<EOT\nexport «P»=x\nEOT\n", "text", ""),
        ("a = <<EOT\npip install «p»\nEOT\n", "package", "pip"),
        ("a = = «p»", "text", ""),
        ('a = [{ name = "LLM_PROVIDER", value = "«p»" }]', "value", "LLM_PROVIDER"),
        ('environment = [{ name = "«P»", value = "x" }]', "env", ""),
        ('secrets = jsonencode([{ "name" : "«P»", "valueFrom" : x.arn }])', "env", ""),
        ('tags = [{ name = "«P»", value = "x" }]', "value", "name"),
        ('a = "${f("«p»")}"', "value", "a"),
    ],
)
def test_place(text: str, role: str, key: str) -> None:
    assert told("a.tf", text)[:2] == (role, key)


def test_built_and_siblings() -> None:
    assert place("a.tf", 'a = "«p»-${x}"')[0].built
    assert dict(place("a.tf", 'a = {\n  provider = "x"\n  model = "«m»"\n}')[0].siblings)["provider"] == "x"


@pytest.mark.parametrize(
    ("text", "key", "after"),
    [
        ("a = 1\nP = 2 # note\nb = 3\n", "P", "a = 1\nb = 3\n"),
        ('a = 1\nvariable "P" {\n  default = 1\n}\n', "P", "a = 1\n"),
        ("a = {\n  P = 1\n  b = 2\n}\n", "P", "a = {\n  b = 2\n}\n"),
        ("a = {\n  P = 1,\n  b = 2,\n}\n", "P", "a = {\n  b = 2,\n}\n"),
        ("a = { P = 1, b = 2 }\n", "P", "a = { b = 2 }\n"),
        ("x { P = 1 }\n", "P", "x {}\n"),
        ("x { /* why */ P = 1 }\n", "P", None),
        ("x { b = 1\n  P = 1 }\n", "P", None),
        (
            'a = [\n  { name = "P", value = "1" },\n  { name = "Q", value = "1" },\n]\n',
            "P",
            'a = [\n  { name = "Q", value = "1" },\n]\n',
        ),
        (
            'a = jsonencode([{ name = "Q", value = "1" }, { name = "P", valueFrom = x.y }])\n',
            "P",
            'a = jsonencode([{ name = "Q", value = "1" }])\n',
        ),
        ("a = <<-EOT\n  P=1\n  Q=2\nEOT\n", "P", "a = <<-EOT\n  Q=2\nEOT\n"),
        ('a = 1\n\nvariable "P" {}\n\nb = 1\n', "P", "a = 1\n\nb = 1\n"),
        ('variable "P" {}\n\nb = 1\n', "P", "b = 1\n"),
        ("a = { b = 1, P = 2 }\n", "P", "a = { b = 1 }\n"),
        ("P = <<EOT\nx\nEOT\na = 1\n", "P", "a = 1\n"),
    ],
)
def test_delete(text: str, key: str, after: str | None) -> None:
    assert without("a.tf", text, key) == after


def test_a_block_that_names_a_variable_goes_whole() -> None:
    text = 'x {\n  env {\n    name  = "P"\n    value = "1"\n  }\n  env {\n    name  = "Q"\n    value = "1"\n  }\n}\n'
    assert without("a.tf", text, "P") == 'x {\n  env {\n    name  = "Q"\n    value = "1"\n  }\n}\n'


def test_check() -> None:
    assert hcl.check('a = "b"\n', 'a = "b\n') is not None
    assert hcl.check('a = "b"\n', 'c = "d"\n') is None
    assert hcl.check('a = "b"\n', "") is None


@pytest.mark.parametrize("text", ["", "{", '"', "a = <<EOT\n", "\udce9", "\0", "a = [" * 2000])
def test_garbage(text: str) -> None:
    tree = document("a.tf", text).tree
    tree.place(0, len(text))
    tree.entries()


@pytest.mark.parametrize(
    ("text", "syntax"),
    [
        ('resource "«x_y»" "n" {}', hcl_places.TYPE),
        ('resource "x_y" "«n»" {}', hcl_places.RESOURCE),
        ('data "x_y" "«n»" {}', "the label of a block"),
        ("a = data.x_y.«n».id", hcl_places.RESOURCE),
        ("a = x_y.«n».id", hcl_places.RESOURCE),
        ("a = «x_y».n.id", hcl_places.TYPE),
        ("a = x_y.n.«id»", "a reference"),
        ("a = var.«n».id", "a reference"),
        ("a = module.«n».id", hcl_places.MODULE),
        ("a = module.n.«id»", "a reference"),
        ("a = [for n in x : «n»]", "a reference"),
        ('module "«n»" {}', hcl_places.MODULE),
        ('provider "«n»" {}', hcl_places.PROVIDER),
        ("provider «n» {}", hcl_places.PROVIDER),
        ("terraform {\n  required_providers {\n    «n» = {}\n  }\n}", hcl_places.PROVIDER),
        ("moved {\n  from = x_y.«n»\n  to = x_y.m\n}", hcl_places.BEFORE),
        ("moved {\n  from = x_y.m\n  to = x_y.«n»\n}", hcl_places.RESOURCE),
        ("«t» {}", "the type of a block"),
    ],
)
def test_what_has_an_address(text: str, syntax: str) -> None:
    assert place("a.tf", text)[0].syntax == syntax


def fitted(text: str, replacement: str) -> str:
    start, end = text.index("«"), text.index("»") - 1
    plain = text.replace("«", "").replace("»", "")
    return apply_edits(plain, hcl.fit(plain, [Edit(start, end, replacement)]))


@pytest.mark.parametrize(
    ("text", "replacement", "after"),
    [
        ('a = "«b»"\n', 'x "y" \\ ${z} %{if}\n\x00', 'a = "x \\"y\\" \\\\ $${z} %%{if}\\n\\u0000"\n'),
        ('a = "«b»-${c}"\n', "${x}", 'a = "$${x}-${c}"\n'),
        ('a = "b-${var.«c»}"\n', "x", 'a = "b-${var.x}"\n'),
        ('a = "«b-${var.c}»"\n', "x", 'a = "x"\n'),
        ('a = "${f("«b»")}"\n', 'x"', 'a = "${f("x\\"")}"\n'),
        ("a = «1»\n", "x y", 'a = "x y"\n'),
        ("a = «1»\n", "2.5", "a = 2.5\n"),
        ("a = «true»\n", "yes", 'a = "yes"\n'),
        ("a = «var.b»\n", "var.c", "a = var.c\n"),
        ("a = { «b» = 1 }\n", "x/y", 'a = { "x/y" = 1 }\n'),
        ("a = { «b» = 1 }\n", "x", "a = { x = 1 }\n"),
        ('variable «b» {}\n', "x/y", 'variable "x/y" {}\n'),
        ('variable "«b»" {}\n', "x", 'variable "x" {}\n'),
        ("a = <<EOT\n«b»\nEOT\n", 'x "${y}"', 'a = <<EOT\nx "$${y}"\nEOT\n'),
        ("«abc»     = 1\nlonger_x = 2\n", "abcde", "abcde   = 1\nlonger_x = 2\n"),
        ("«abc»  = 1\n", "abcdefgh", "abcdefgh = 1\n"),
        ("«abcde»  = 1\n", "a", "a      = 1\n"),
        ("«abcde» = 1\nfghij = 2\n", "a", "a     = 1\nfghij = 2\n"),
        ("fghij = 2\n«abcde» = 1\n", "a", "fghij = 2\na     = 1\n"),
        ("«abcde» = 1\nf = 2\n", "a", "a = 1\nf = 2\n"),
        ("a_«b»  = 1\n", "c", "a_c  = 1\n"),
        ("«a» = 1\n", "", " = 1\n"),
        ("# «a»\n", '"', '# "\n'),
    ],
)  # fmt: skip
def test_fit(text: str, replacement: str, after: str) -> None:
    assert fitted(text, replacement) == after


@pytest.mark.parametrize(
    ("text", "replacement", "reason"),
    [
        ("«a» = 1\n", "x/y", "name of an argument"),
        ("«a» {}\n", "x/y", "the type or the label"),
        ('a "«b»" {}\n', 'x"', "label of a block"),
        ('a = "«b»{"\n', "$", "before a brace"),
        ('a = "«b»${c}"\n', "$", "before a brace"),
        ('a = "$«b»"\n', "{", "before a brace"),
        ('a = "«b»"\n', "$${x}", "no way to write"),
        ("a = <<EOT\n«b»\nEOT\n", "x\n EOT", "end the heredoc"),
    ],
)
def test_what_can_not_be_written(text: str, replacement: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        fitted(text, replacement)


@pytest.mark.parametrize(
    ("text", "need", "after"),
    [
        ("", "setting::A=x", 'A = "x"\n'),
        ("# c", "setting::A=x", '# c\nA = "x"\n'),
        ("abc = 1\nb   = 2 # c\n", "setting::A=x", 'abc = 1\nb   = 2 # c\nA   = "x"\n'),
        ("a = 1", "setting::A=x", 'a = 1\nA = "x"'),
        ("a = 1\r\n", "setting::A=x", 'a = 1\r\nA = "x"\r\n'),
        ("x {\n  a = 1\n}\n", "setting:x:A=${var.b}", "x {\n  a = 1\n  A = var.b\n}\n"),
        ("x {\n  y {}\n}\n", "setting:x:A=b", 'x {\n  y {}\n  A = "b"\n}\n'),
        ('r "a" "b" {\n  v = {\n    a = 1\n  }\n}\n', "setting:r.a.b/v:A=x",
         'r "a" "b" {\n  v = {\n    a = 1\n    A = "x"\n  }\n}\n'),
        ("v = { a = 1 }\n", "setting:v:A=x", 'v = { a = 1, A = "x" }\n'),
        ('v = {\n  "a" : 1,\n}\n', "setting:v:A=x", 'v = {\n  "a" : 1,\n  "A" : "x",\n}\n'),
        ("v = {\n  b = 1,\n  a = 1\n}\n", "setting:v:A=x", 'v = {\n  b = 1,\n  a = 1,\n  A = "x"\n}\n'),
        ("v = { w = [{ a = 1 }] }\n", "setting:v/w/0:A=x", 'v = { w = [{ a = 1, A = "x" }] }\n'),
        ('v = jsonencode([{ name = "B", value = "y" }])\n', "setting:v:A=x",
         'v = jsonencode([{ name = "B", value = "y" }, { name = "A", value = "x" }])\n'),
        ('v = ["a"]\n', "item:v:b", 'v = ["a", "b"]\n'),
        ('v = [\n  "a"\n]\n', "item:v:b", 'v = [\n  "a",\n  "b"\n]\n'),
        ("a = 1\n", "moved::x_y.a=x_y.b", "a = 1\n\nmoved {\n  from = x_y.a\n  to   = x_y.b\n}\n"),
        ("a = 1", "moved::x.a=x.b", "a = 1\n\nmoved {\n  from = x.a\n  to   = x.b\n}"),
        ("a = 1\n", "setting::a=2", None),
        ("v = { a = 1 }\n", "setting:v:a=2", None),
        ('v = ["a"]\n', "item:v:a", None),
        ('v = [{ name = "A", value = "y" }]\n', "setting:v:A=x", None),
        ("moved {\n  from = x.a\n  to = x.b\n}\n", "moved::x.a=x.b", None),
    ],
)  # fmt: skip
def test_provide(text: str, need: str, after: str | None) -> None:
    edit = hcl.provide(text, need)
    assert (edit and apply_edits(text, [edit])) == after
    if edit is not None and after is not None:
        assert hcl.grown(text, after) is None
        assert hcl.provide(after, need) is None


@pytest.mark.parametrize(
    ("text", "need", "reason"),
    [
        ("a = 1\n", "setting::a/b=1", "name of an argument"),
        ("x {}\n", "setting:x:A=1", "an empty block"),
        ("x { a = 1 }\n", "setting:x:A=1", "share a line"),
        ("x {\n  a = 1 }\n", "setting:x:A=1", "shares its line"),
        ("x {}\nx {}\n", "setting:x:A=1", "several 'x'"),
        ("x {\n  a = 1\n}\n", "setting:y:A=1", "no 'y'"),
        ("x = y\n", "setting:x:A=1", "no block, object or list"),
        ("x = {}\n", "setting:x:A=1", "empty or worked out"),
        ("x = { for a in b : a => 1 }\n", "setting:x:A=1", "no block, object or list"),
        ("x = {\n  a = 1 }\n", "setting:x:A=1", "shares its line"),
        ("x = {\n  b = 1,\n  a = 1 # c\n}\n", "setting:x:A=1", "a comma is needed"),
        ("x = [y]\n", "setting:x:A=1", "no list of names"),
        ("x = []\n", "item:x:A", "an empty one"),
        ("x = [y]\n", "item:x:A", "worked out"),
        ("x = y\n", "item:x:A", "no list"),
    ],
)
def test_what_a_person_has_to_add(text: str, need: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        hcl.provide(text, need)


def test_grown() -> None:
    assert hcl.grown("a = 1\n", "a = [\n") == "line 1: it is not the HCL that the parser knows"
    assert hcl.grown("a = 1\nb = 1\n", "a = 1\n") == "b would be lost"
    assert hcl.grown("a = 1\nb = 1\n", "a = 2\nc = 3\nb = 1\n") == "more would change than what is added"


def test_a_file_that_does_not_parse_is_left_to_a_person() -> None:
    refusal = document("a.tf", 'a = "x"\nb = = 1\n').refusal
    assert refusal is not None
    assert (
        refusal.reason == "the file does not parse (line 2: it is not the HCL that the parser knows): change it by hand"
    )


@pytest.mark.parametrize("value", ["", "a", '"', "\\", "\n\r\t", "${x}", "%{x}", "é😀", "\x00\x1f", "$", "a\\nb"])
def test_what_is_written_is_read_again(value: str) -> None:
    assert hcl_strings.value_of(hcl_strings.escaped(value)) == value
    assert hcl2.loads(f'a = "{hcl_strings.escaped(value)}"\n')["a"] == f'"{hcl_strings.escaped(value)}"'
