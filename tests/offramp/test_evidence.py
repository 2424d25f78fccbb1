"""Evidence: what the syntax around a match and the company that it keeps make of it."""

from __future__ import annotations

import pytest

from offramp import evidence, migration, subject, suppression
from offramp.document import Document
from offramp.model import Confidence, Finding, Severity
from offramp.sentences import sentence
from offramp.vocabulary import Vocabulary
from scanners import scan

MIGRATION = migration.parse(
    """
schema: 1
name: x
retire: {provider: gradient, names: [DigitalOcean Gradient AI, Gradient AI, Gradient]}
replace: {provider: openrouter, names: OpenRouter}
env: {GRADIENT_API_KEY: OPENROUTER_API_KEY}
settings: {EMBEDDING_PROVIDER: openai, ROUTE: openrouter}
models: {llama3.3-70b: meta/llama-3.3-70b, small: meta/small}
symbols: {GradientClient: LLMClient}
homonyms: [linear-gradient, gradient descent]
""",
    "x.yaml",
)
VOCABULARY = Vocabulary(
    MIGRATION, {"docs/gradient.yml": "docs/openrouter.yml", "w/gradient-api.ts": "w/openrouter-api.ts"}
)


def found(files: dict[str, str]) -> list[Finding]:
    documents = {path: Document.read(path, text.encode()) for path, text in files.items()}
    findings = [f for document in documents.values() for f in scan(document, VOCABULARY)]
    return list(evidence.ordered(evidence.weigh(documents, findings, VOCABULARY)))


def told(path: str, text: str) -> list[tuple[str, str, str]]:
    return [(f.rule, f.text, f.confidence.name) for f in found({path: text})]


HIGH = [
    ("a.env", "LLM_PROVIDER=gradient", "retired-provider-value", "gradient"),
    ("a.env", "ROUTE=gradient", "retired-provider-value", "gradient"),
    ("a.yaml", "llm:\n  provider: gradient\n", "retired-provider-value", "gradient"),
    ("a.txt", "ask DigitalOcean Gradient AI", "retired-name", "DigitalOcean Gradient AI"),
    ("a.yaml", "title: Gradient AI\n", "retired-name", "Gradient AI"),
    ("a.md", "Ask Gradient AI.\n", "retired-name", "Gradient AI"),
    ("a.py", "# ask Gradient AI\n", "retired-name", "Gradient AI"),
    ("a.env", "GRADIENT_API_KEY=x", "retired-env-var", "GRADIENT_API_KEY"),
    ("a.txt", "model llama3.3-70b", "retired-model", "llama3.3-70b"),
    ("a.md", "see `docs/gradient.yml`\n", "retired-path", "docs/gradient.yml"),
    ("docs/a.md", "see [x](./gradient.yml)\n", "retired-path", "gradient.yml"),
    ("a.md", "see `gradient.yml`\n", "retired-path", "gradient.yml"),
    ("a.md", "see `/app/docs/gradient.yml`, `${ROOT}/gradient.yml`\n", "retired-path", "gradient.yml"),
    ("w/a.ts", "import x from './gradient-api';\n", "retired-path", "gradient-api"),
    ("a.txt", "other\ngradient.yml", "retired-path", "gradient.yml"),
]
NOT_COUNTED = [  # silent, or of low confidence: nothing says that the provider is meant
    ("a.md", "The gradient is steep. Gradient!\n"),
    ("a.txt", "gradient"),
    ("a.txt", "model small"),
    ("a.py", "gradient = 1\n"),
    ("a.py", "x = 'gradient'\n"),
    ("a.css", ".gradient { background: linear-gradient(#000, #fff) }"),
    ("a.yaml", "style: gradient\n"),
    ("a.py", "compute_gradient(loss)\n"),
    ("a.md", "gradient-based methods\n"),
    ("a.md", '<div class="gradient">\n'),
    ("a.md", "see `other/gradient.yml`, `gradient.yml.bak`, `x-gradient.yml`\n"),
    ("a.md", "see `../gradient.yml`\n"),
    ("w/a.ts", "const x = 'gradient-api';\n"),
    ("other/a.ts", "import x from './gradient-api';\n"),
]


@pytest.mark.parametrize(("path", "text", "rule", "word"), HIGH)
def test_high(path: str, text: str, rule: str, word: str) -> None:
    assert (rule, word, "HIGH") in told(path, text)


@pytest.mark.parametrize(("path", "text"), NOT_COUNTED)
def test_not_counted(path: str, text: str) -> None:
    assert [f for f in told(path, text) if f[2] != "LOW"] == []


def test_company_makes_a_bare_word_count() -> None:
    text = "Set GRADIENT_API_KEY. Ask Gradient.\n"
    assert ("retired-name", "Gradient", "MEDIUM") in told("a.md", text)
    assert ("retired-name", "Gradient", "LOW") in told("a.md", text + "Uses gradient descent.\n")
    assert ("retired-name", "Gradient", "MEDIUM") in told(
        "a.md", text.replace("GRADIENT_API_KEY", "OPENROUTER_API_KEY")
    )


def test_a_word_that_carries_the_name() -> None:
    text = "# GRADIENT_API_KEY is of gradient-worker\n"
    assert ("retired-name", "gradient-worker", "MEDIUM") in told("a.py", text)


def test_the_model_of_another_provider() -> None:
    assert told("a.yaml", "provider: acme\nmodel: llama3.3-70b\n") == []
    assert [f[1] for f in told("a.yaml", "provider: openrouter\nmodel: llama3.3-70b\n")] == ["llama3.3-70b"]


def test_live_configuration_is_critical() -> None:
    assert [f.severity for f in found({"a.env": "LLM_PROVIDER=gradient"})] == [Severity.CRITICAL]


@pytest.mark.parametrize(
    "key", ["provider", "LLM_PROVIDER", "providerName", "aiProviders", "vendor", "ROUTE", "backend"]
)
def test_names_provider(key: str) -> None:
    assert evidence.names_provider(key, MIGRATION.settings)


@pytest.mark.parametrize("key", ["", "model", "style", "name", "route", "PROVED"])
def test_names_no_provider(key: str) -> None:
    assert not evidence.names_provider(key, MIGRATION.settings)


@pytest.mark.parametrize(
    ("name", "specific"),
    [("GradientClient", True), ("gradient_chat", True), ("Gradient", False), ("gradient", False), ("GRADIENT", False)],
)
def test_specific(name: str, specific: bool) -> None:
    assert evidence.is_specific(name) is specific


ABOUT = [
    ("docs/start.md", "# Setting up Gradient AI\n\nText.\n"),
    ("docs/start.md", "# From Gradient AI to OpenRouter\n\nText.\n"),
    ("docs/start.rst", "Gradient AI\n===========\n\nText.\n"),
    ("docs/gradient-setup.md", "# Setup\n\nSet `GRADIENT_API_KEY`.\n"),
    ("docs/start.md", "# Start\n\nGradient AI is.\n\nGradient has.\n\nGradient can.\n\nText.\n"),
    ("docs/start.md", "# Start\n\n## Gradient\n\n## Gradient keys\n\n## Gradient limits\n\nx\n\ny\n"),
    ("README.md", "# Gradient AI kit\n\nGradient AI is.\n\nText.\n"),
]
NOT_ABOUT = [
    ("docs/start.md", "# Start\n\nGradient AI answers.\n\nText.\n\nText.\n"),
    ("docs/start.md", "# Start\n\n## GRADIENT_API_KEY\n\nText.\n"),
    ("docs/gradient-noise.md", "# Noise\n\nThe slope.\n"),
    ("docs/gradient-colours.md", "# Colours\n\nGRADIENT_API_KEY, linear-gradient\n"),
    ("docs/gradient.md", "# Gradient\n\nUse gradient descent.\n"),
    ("README.md", "# Triage with Gradient AI\n\n" + "Text.\n\n" * 20),
    ("README.md", "# Triage\n\nGradient AI answers.\n\nText.\n"),
    ("docs/start.md", "# Start\n\n```\nGradient AI\n\nGradient AI\n\nGradient AI\n```\n"),
    ("gradient.py", "# Gradient AI\n"),
    ("docs/start.md", ""),
]


@pytest.mark.parametrize(("path", "text"), ABOUT)
def test_about_the_provider(path: str, text: str) -> None:
    assert subject.about(Document.read(path, text.encode()), VOCABULARY) == subject.REASON


@pytest.mark.parametrize(("path", "text"), NOT_ABOUT)
def test_not_about_the_provider(path: str, text: str) -> None:
    assert subject.about(Document.read(path, text.encode()), VOCABULARY) is None


SUPPRESSED = [
    ("x = 1  # offramp: ignore", "no reason given"),
    ("x = 1  # offramp: ignore[retired-name]", "no reason given"),
    ("x = 1  # offramp: ignore[retired-url, retired-name]: kept for the guard", "kept for the guard"),
    ("# offramp: ignore the guard\nx = 1", "the guard"),
    ("<!-- offramp: ignore the guard -->\nx = 1", "the guard"),
    ("/* offramp: ignore[retired-name] the guard */\nx = 1", "the guard"),
    ("-- offramp:ignore the guard\nx = 1", "the guard"),
    ("REM offramp: ignore the guard\r\nx = 1", "the guard"),
]
NOT_SUPPRESSED = [
    "x = 1  # offramp: ignore[retired-url]",
    "# offramp: ignore[retired-url]\nx = 1",
    "y = 2  # offramp: ignore\nx = 1",
    "# offramp: ignore\n\nx = 1",
    "x = 1\n# offramp: ignore",
    "x = 1  # ignore",
    "x = 1  # noqa",
]


def at_x(text: str) -> tuple[Document, Finding]:
    document = Document.read("a.txt", text.encode())
    sample = found({"a.txt": "Gradient AI"})[0]
    return document, sample.moved("a.txt", text.index("x = 1"), text.index("x = 1") + 1)


@pytest.mark.parametrize(("text", "reason"), SUPPRESSED)
def test_suppressed(text: str, reason: str) -> None:
    assert suppression.inline(*at_x(text)) == f"suppressed: {reason}"


@pytest.mark.parametrize("text", NOT_SUPPRESSED)
def test_not_suppressed(text: str) -> None:
    assert suppression.inline(*at_x(text)) is None


SENTENCES = [
    ("a.md", "One. The «X» key\nis long. Two.", " The ", " key is long."),
    ("a.md", "# One\nThe «X» key\n- is long.", "The ", " key"),
    ("a.md", "- One\n- The «X» key, e.g. this. Two", "- The ", " key, e.g. this."),
    ("a.md", "| a | «X» | b. c |\n| d |", "| a | ", " | b. c |"),
    ("a.md", "> The\n> «X» key\n\nTwo", "The ", " key"),
    ("a.py", "x = 1\n# The\n# «X» key\ny = 2\n", "The ", " key"),
    ("a.py", "x = 1  # the «X» key\n# Two\n", "the ", " key"),
    ("a.js", "// One\nx(); // the «X» key\n", "// the ", " key"),
]


@pytest.mark.parametrize(("path", "marked", "before", "after"), SENTENCES)
def test_sentences(path: str, marked: str, before: str, after: str) -> None:
    start = marked.index("«")
    document = Document.read(path, marked.replace("«", "").replace("»", "").encode())
    said = sentence(document, document.tree.place(start, start + 1), start, start + 1)
    assert (said.before, said.after) == (before, after)


@pytest.mark.parametrize(
    ("text", "was", "change"),
    [
        ("Until 2024 «X» answered", True, False),
        ("Since March 2025 we run «X»", True, False),
        ("We no longer call «X»", True, False),
        ("Three (3 years ago) «X»", True, False),
        ("Use it instead of «X»", False, True),
        ("We replaced «X» with y", False, True),
        ("«X» has been deprecated", False, True),
        ("«X» was our first", False, True),
        ("moved from the old «X»", False, True),
        ("Replace KEY by your «X» key", False, False),
        ("Replace the «X» key", False, False),
        ("raised when «X» was slow", False, True),
        ("The «X» answer was empty", False, False),
        ("«X» takes 2000 tokens", False, False),
        ("port 2024 of «X»", False, False),
        ("Remove stale answers of «X»", False, False),
        ("Move the key to «X»", False, True),
    ],
)
def test_what_sentences_tell(text: str, was: bool, change: bool) -> None:
    start = text.index("«")
    document = Document.read("a.md", text.replace("«", "").replace("»", "").encode())
    said = sentence(document, document.tree.place(start, start + 1), start, start + 1)
    assert (said.tells_what_was, said.tells_of_change) == (was, change)


def test_low_confidence_is_never_of_another_kind() -> None:
    assert all(
        not f.bare or f.confidence is not Confidence.HIGH
        for f in found({"a.md": "Gradient GRADIENT_API_KEY gradient\n"})
    )


WILD = migration.parse(
    "schema: 1\nname: x\nretire: {provider: resend}\nreplace: {provider: postmark}\nenv: {RESEND_*: POSTMARK_*}\n",
    "x.yaml",
)


def test_an_env_file_that_a_run_did_not_reach_has_the_old_name_of_what_stands_elsewhere() -> None:
    vocabulary = Vocabulary(WILD)
    files = {"server/.env": "RESEND_API_KEY=x\nTRANSPORT=resend\nRESEND_OTHER=x\n", "b/.env": "RESEND_BIN=x\n"}
    files["app.ts"] = "const key = process.env.POSTMARK_API_KEY;\n"
    documents = {path: Document.read(path, text.encode()) for path, text in files.items()}
    findings = [f for document in documents.values() for f in scan(document, vocabulary)]
    settled = {f.text: f.confidence for f in evidence.weigh(documents, findings, vocabulary)}
    medium, low = Confidence.MEDIUM, Confidence.LOW
    assert settled == {"RESEND_API_KEY": medium, "resend": medium, "RESEND_OTHER": medium, "RESEND_BIN": low}
