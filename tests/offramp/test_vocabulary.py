"""What the vocabulary finds in a text, and what it must not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offramp import migration
from offramp.terms import moved_unit, path_terms, spellings
from offramp.vocabulary import Vocabulary

GRADIENT = """
retire: {provider: gradient, names: [DigitalOcean Gradient AI, Gradient AI, Gradient]}
replace: {provider: openrouter, names: OpenRouter}
env: {GRADIENT_API_KEY: OPENROUTER_API_KEY, GRADIENT_WS: ~, GRADIENT_GENAI_*: OPENROUTER_GENAI_*}
urls: {"https://inference.do-ai.run/v1": "https://openrouter.ai/api/v1"}
models: {llama3.3-70b: meta/llama-3.3-70b}
packages: {pip: {gradient-sdk: openai}}
modules: {lib.old_client: lib.llm_client}
symbols: {GradientClient: LLMClient, "*_by_gradient": "*_by_llm"}
homonyms: [linear-gradient, gradient descent, "bg-gradient-*"]
"""
AZURE = """
retire: {provider: openai, names: [Open AI, OpenAI]}
replace: {provider: azure-openai, names: Azure OpenAI}
env: {OPENAI_API_KEY: AZURE_OPENAI_API_KEY, OPENAI_*: AZURE_OPENAI_*}
models: {gpt-4o: openai/gpt-4o}
symbols: {OpenAI: AzureOpenAI}
"""


def vocabulary(sections: str, paths: dict[str, str] | None = None) -> Vocabulary:
    return Vocabulary(migration.parse(f"schema: 1\nname: x\n{sections}", "x.yaml"), paths)


V = vocabulary(GRADIENT)
A = vocabulary(AZURE)

# text → [(what is found, kind of the likeliest reading, its new name)]
FOUND = [
    ("GRADIENT_API_KEY", [("GRADIENT_API_KEY", "env", "OPENROUTER_API_KEY")]),
    ("${GRADIENT_API_KEY:-x}", [("GRADIENT_API_KEY", "env", "OPENROUTER_API_KEY")]),
    ("VITE_GRADIENT_API_KEY", [("VITE_GRADIENT_API_KEY", "env", "VITE_OPENROUTER_API_KEY")]),
    ("GRADIENT_WS", [("GRADIENT_WS", "env", None)]),
    ("GRADIENT_GENAI_X2", [("GRADIENT_GENAI_X2", "env", "OPENROUTER_GENAI_X2")]),
    ("gradient_api_key", [("gradient_api_key", "symbol", "openrouter_api_key")]),
    ("gradientApiKey", [("gradientApiKey", "symbol", "openrouterApiKey")]),
    ("gradient-api-key", [("gradient-api-key", "symbol", "openrouter-api-key")]),
    ("https://inference.do-ai.run/v1/chat", [("https://inference.do-ai.run/v1", "url", "https://openrouter.ai/api/v1")]),
    ("host: inference.do-ai.run:443", [("inference.do-ai.run", "url", "openrouter.ai")]),
    ("'llama3.3-70b'", [("llama3.3-70b", "model", "meta/llama-3.3-70b")]),
    ("gradient/llama3.3-70b", [("gradient/llama3.3-70b", "model", "meta/llama-3.3-70b")]),
    ("lib/old_client.py", [("lib/old_client.py", "path", "lib/llm_client.py")]),
    ("from lib.old_client import x", [("lib.old_client", "module", "lib.llm_client")]),
    ("shared.lib.old_client", [("lib.old_client", "module", "lib.llm_client")]),
    ("asked_by_gradient", [("asked_by_gradient", "symbol", "asked_by_llm")]),
    ("DigitalOcean Gradient AI", [("DigitalOcean Gradient AI", "name", "OpenRouter")]),
    ("digitalocean gradient ai", [("digitalocean gradient ai", "name", "OpenRouter")]),
    ("DigitalOcean\n// Gradient AI", [("DigitalOcean\n// Gradient AI", "name", "OpenRouter")]),
    ("DigitalOcean\r\n  Gradient AI", [("DigitalOcean\r\n  Gradient AI", "name", "OpenRouter")]),
    ("Gradient's", [("Gradient", "name", "OpenRouter")]),
    ("gradient", [("gradient", "provider", "openrouter")]),
    ("GRADIENT", [("GRADIENT", "provider", "OPENROUTER")]),
    ("gradient_url useGradient gradient-worker", [
        ("gradient_url", "residue", None), ("useGradient", "residue", None), ("gradient-worker", "residue", None)]),
    ("gradient\ngradient", [("gradient", "provider", "openrouter"), ("gradient", "provider", "openrouter")]),
    ("gradient-sdk==1", [("gradient-sdk", "package", "openai")]),
]  # fmt: skip
SILENT = [
    "MY_GRADIENT_API_KEY_2", "GRADIENT_API_KEYS", "xGRADIENT_WS", "gradients", "Gradients", "ingredient", "Gradiented",
    "linear-gradient(#000, #fff)", "repeating: linear-gradient", "Gradient Descent", "gradient\n descent", "bg-gradient-to-r",
    "llama3.3-70b-instruct", "x/llama3.3-70b", "llama3.3-70b:free", "my.inference.do-ai.run", "inference.do-ai.run.example",
    "x@inference.do-ai.run", "old_client", "lib.old_clients", "mylib.old_client", "openrouter", "OPENROUTER_API_KEY", "",
]  # fmt: skip
RESIDUES = {"xGRADIENT_WS", "MY_GRADIENT_API_KEY_2", "GRADIENT_API_KEYS"}  # carry the slug all the same
AZURE_FOUND = [
    ("OPENAI_API_KEY", [("OPENAI_API_KEY", "env", "AZURE_OPENAI_API_KEY")]),
    ("gpt-4o", [("gpt-4o", "model", "openai/gpt-4o")]),
    ("OpenAI(", [("OpenAI", "symbol", "AzureOpenAI")]),
    ("azure, OpenAI", [("OpenAI", "symbol", "AzureOpenAI")]),
    ("openai-worker", [("openai-worker", "residue", None)]),
]
AZURE_SILENT = [
    "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT", "azure_openai_api_key", "azureOpenaiApiKey", "azure-openai",
    "azure_openai_client", "openai/gpt-4o", "Azure OpenAI", "Azure  OpenAI", "azure\nOpenAI", "AzureOpenAI(", "azure-openai-worker",
]  # fmt: skip


def readings(found: Vocabulary, text: str) -> list[tuple[str, str, str | None]]:
    return [(match.text, match.terms[0].kind.value, match.terms[0].new) for match in found.find(text)]


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_found(text: str, expected: list[tuple[str, str, str | None]]) -> None:
    assert readings(V, text) == expected
    assert not expected or V.touches(text.encode())


@pytest.mark.parametrize("text", SILENT)
def test_silent(text: str) -> None:
    assert [found for found in readings(V, text) if found[1] != "residue"] == []
    assert text in RESIDUES or readings(V, text) == []


@pytest.mark.parametrize(("text", "expected"), AZURE_FOUND)
def test_found_where_the_new_name_holds_the_old(text: str, expected: list[tuple[str, str, str | None]]) -> None:
    assert readings(A, text) == expected


@pytest.mark.parametrize("text", AZURE_SILENT)
def test_new_names_are_no_references(text: str) -> None:
    assert readings(A, text) == []


@pytest.mark.parametrize("sections", [GRADIENT, AZURE], ids=["gradient", "azure"])
def test_what_is_replaced_is_not_found_again(sections: str) -> None:
    found = vocabulary(sections)
    terms = [term for pattern in found.patterns for term in pattern.exact.values() if term.new]
    assert terms
    for term in terms:
        assert readings(found, f" {term.new} ") == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-16", "latin-1", "cp1252"])
@pytest.mark.parametrize("text", ["GRADIENT_API_KEY", "x Gradient y", "HTTPS://INFERENCE.DO-AI.RUN", "llama3.3-70B"])
def test_touches_in_any_encoding(text: str, encoding: str) -> None:
    assert V.touches(f"é {text}\r\n".encode(encoding))


@pytest.mark.parametrize("content", [b"", b"nothing", b"grad ient", "grad".encode("utf-16"), b"\x89PNG\0\0"])
def test_touches_not(content: bytes) -> None:
    assert not V.touches(content)


def test_letters_outside_ascii() -> None:
    found = vocabulary("retire: {names: [Ölprovider Ärger]}\nreplace: {names: X}\n")
    assert found.touches("Ölprovider Ärger".encode())
    assert readings(found, "Ölprovider Ärger") == [("Ölprovider Ärger", "name", "X")]


def test_an_empty_vocabulary_finds_nothing() -> None:
    found = vocabulary("")
    assert not found.touches(b"anything")
    assert found.find("anything") == []
    assert found.renamed_word("x") is None


@pytest.mark.parametrize(
    ("word", "new"),
    [
        ("gradient-rules", "openrouter-rules"),
        ("useGradient", "useOpenrouter"),
        ("GRADIENT2", "OPENROUTER2"),
        ("x", "x"),
    ],
)
def test_renamed_word(word: str, new: str) -> None:
    assert V.renamed_word(word) == new


def test_renamed_word_keeps_to_its_separators() -> None:
    assert A.renamed_word("openai_client") == "azure_openai_client"
    assert A.renamed_word("openai-client") == "azure-openai-client"


def test_spellings() -> None:
    assert spellings("A_B_C") == ("a_b_c", "aBC", "a-b-c")


@pytest.mark.parametrize(
    ("old", "new", "unit"),
    [
        ("a/x.py", "a/y.py", ("a/x.py", "a/y.py")),
        ("p/x/s.txt", "p/y/s.txt", ("p/x", "p/y")),
        ("x/x.txt", "y/y.txt", ("x", "y")),
        ("a/x.yml", "a/_deprecated/x.yml", ("a/x.yml", "a/_deprecated/x.yml")),
    ],
)
def test_moved_unit(old: str, new: str, unit: tuple[str, str]) -> None:
    assert moved_unit(old, new) == unit


def test_how_a_moved_file_is_referred_to() -> None:
    terms = {
        (term.old, term.new, term.exact) for term in path_terms({"w/old/c.ts": "w/new/c.ts", "a/b.yml": "a/x/b.yml"})
    }
    assert terms == {
        ("w/old/c.ts", "w/new/c.ts", True),
        ("w/old", "w/new", True),
        ("w/old/c", "w/new/c", False),
        ("w/old/c.js", "w/new/c.js", False),  # as TypeScript calls what it makes of it
        ("old/c.ts", "new/c.ts", False),
        ("old/c", "new/c", False),
        ("old/c.js", "new/c.js", False),
        ("a/b.yml", "a/x/b.yml", True),
    }


def test_paths_come_first_and_can_be_left_out() -> None:
    found = vocabulary(GRADIENT, {"docs/gradient.yml": "docs/openrouter.yml"})
    assert readings(found, "docs/gradient.yml")[0][1] == "path"
    assert readings(found, "gradient.yml")[0][1] == "path"
    assert [match.terms[0].kind.value for match in found.find("docs/gradient.yml", paths=False)] == ["provider"]
    assert readings(found, "docs/openrouter.yml") == []


WORDS = st.sampled_from(
    ["gradient", "Gradient", "_", "-", " ", "GRADIENT_API_KEY", "descent", "AI", "/", ".", "\n", "x", "é", "1"]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=30).map("".join))
def test_matches_do_not_overlap(text: str) -> None:
    last = 0
    for match in V.find(text):
        assert last <= match.start < match.end <= len(text)
        assert match.text == text[match.start : match.end]
        assert match.terms
        last = match.end
    assert not V.find(text) or V.touches(text.encode())


def test_one_long_word() -> None:
    assert len(V.find("gradient" * 50_000)) < 10
