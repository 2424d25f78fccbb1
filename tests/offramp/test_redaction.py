"""What must never be shown, and what must stay readable. Secrets are put together here: none stands in the file."""

from __future__ import annotations

import random
import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offramp.redaction import MASK, redact

SIGNS = string.ascii_letters + string.digits


def made(length: int, signs: str = SIGNS, seed: int = 1) -> str:
    dice = random.Random(seed)
    return "aA1" + "".join(dice.choice(signs) for _ in range(length - 3))


HEX = "0123456789abcdef"
SECRETS = [
    ("an env file", "API_KEY={}", made(12)),
    ("in quotes", 'token: "{}"', made(12)),
    ("blanks in quotes", "password = '{}'", "correct horse" + " battery staple"),
    ("a password of words", "DB_PASSWORD={}", "correct-horse" + "-battery"),
    ("only digits", "api_token={}", "12345" + "67890"),
    ("some other key", "ENCRYPTION_KEY={}", "7fk2" + "Lm9pW83x"),
    ("JSON", '{{"client_secret": "{}"}}', made(16)),
    ("JavaScript", "const apiKey = `{}`;", made(16)),
    ("an argument", "Client(api_key='{}')", made(16)),
    ("a subscript", 'config["ACCESS_KEY"] = "{}"', made(16)),
    ("a hash rocket", "'token' => '{}'", made(16)),
    ("Go", 'authToken := "{}"', made(16)),
    ("a number in the name", "OPENAI_API_KEY_2={}", made(16)),
    ("a URL", "postgres://user:{}@db.example.org/x", made(9)),
    ("a URL without a user", "redis://:{}@cache:6379", made(9)),
    ("a header", "Authorization: Bearer {}", "opaque" + "12345678"),
    ("a header in code", '"Authorization": "Basic {}"', "dXNlcjpwYXNzd29yZDEy"),
    ("a key of a well-known shape", "x = '{}'", "sk-" + made(24)),
    ("of several parts", "see {}", "sk-" + "ant-api03-" + made(40, SIGNS + "_-")),
    ("a publishable one", "{}", "pk_live_" + made(24)),
    ("GitHub", "{}", "ghp_" + made(36)),
    ("GitHub, fine-grained", "{}", "github_pat_" + made(40, SIGNS + "_")),
    ("AWS", "id {} here", "AKIA" + "ABCDEFGH12345678"),
    ("Google", "{}", "AIza" + made(35, SIGNS + "_-")),
    ("Slack", "{}", "xoxb-" + "123456789012-" + made(12)),
    ("a web token", "{}", "eyJ" + made(20) + ".eyJ" + made(30) + "." + made(30, SIGNS + "_-")),
    ("SendGrid", "{}", "SG." + made(22, SIGNS + "_-") + "." + made(43, SIGNS + "_-")),
    ("DigitalOcean", "{}", "dop_v1_" + "0123456789abcdef" * 4),
    ("Hugging Face", "{}", "hf_" + made(34)),
    ("GitLab", "{}", "glpat-" + made(20)),
    ("long and random", 'value = "{}"', made(40, SIGNS)),
    ("base64", "data: {}", made(60, SIGNS + "+/") + "=="),
]


@pytest.mark.parametrize(("line", "secret"), [row[1:] for row in SECRETS], ids=[row[0] for row in SECRETS])
def test_masked(line: str, secret: str) -> None:
    shown = redact(line.format(secret))
    assert MASK in shown
    assert secret not in shown
    assert secret[4:-2] not in shown, "not a part of it either"
    before = line.split("{}")[0].replace("{{", "{")
    assert shown.startswith(before), "what stands before it is still readable"


KEPT = [
    "API_KEY=changeme",
    "API_KEY=<your key here>",
    "API_KEY=your-api-key-here",
    "API_KEY=xxxxxxxxxxxx",
    "API_KEY=replace_me_please",
    "API_KEY=sk-your-key-goes-here-please",
    "api_key: ${API_KEY_OF_THE_APP}",
    "api_key: {{ .Values.apiKey }}",
    "token: ${{ secrets.GITHUB_TOKEN }}",
    'api_key = os.environ["OPENROUTER_API_KEY"]',
    'apiKey: process.env.OPENROUTER_API_KEY || ""',
    "api_key=settings.openrouter_api_key,",
    "api_key=get_secret('name')",
    "API_KEY=$OTHER_API_KEY",
    "API_KEY=OTHER_API_KEY",
    "password: None",
    "secret_name: my-app-production-1",
    "secretName: tls-certificate-2024",
    "secretKeyRef: {name: llm-credentials-v2}",
    "token_url: https://auth.example.org/oauth2/token",
    "password_file = /run/secrets/db-password-1",
    "max_tokens: 100000000",
    "partition_key: created_at_day_2",
    "API_KEY: unit-test-key",
    ': "${API_KEY:?it is missing}"',
    '"*_OLD_API_KEY": "*_NEW_API_KEY"',
    "token = tree.tokens.all[index]",
    "tokens: Mapping[str, str] = {}",
    '"retired-secret": "a secret that a workflow uses",',
    "cache_key: node-modules-v1-linux-20",
    "token_limit = 128000000",
    "tokenizer: bert-base-uncased-v2",
    "author: Jane-Doe-2nd@home",
    "authors = jane.doe-1",
    "tokens_per_minute: 10000000",
    "def rotate_token(old, new):",
    "the access token expires after 3600 seconds",
    "postgres://user:${DB_PASSWORD}@db/x",
    "https://example.org:8443/a/b/c",
    "git@github.com:owner/repository.git",
    "sha256:" + "0123456789abcdef" * 4,
    "commit " + "0123456789abcdef" * 2 + "01234567",
    "integrity: sha512-" + made(86, SIGNS + "+/") + "==",
    "id: 123e4567-e89b-12d3-a456-426614174000",
    "src/components/GradientCard/GradientCardV2Container.tsx",
    "class GradientChatCompletionV2ClientFactory:",
    "meta-llama/Llama-3.3-70B-Instruct-Turbo-Free",
    "sk-learn-compatible-estimator-interface",
    "Bearer tokens are sent in a header",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    "",
]


@pytest.mark.parametrize("line", KEPT)
def test_readable(line: str) -> None:
    assert redact(line) == line


LINES = st.text(max_size=80) | st.lists(
    st.sampled_from(
        ["api_key", "token", "=", ": ", '"', "'", "://", "@", ":", "sk-", "eyJ", ".", MASK, " ", "Bearer ", "example"]
    )
    | st.text(alphabet=SIGNS + "-_/+=", max_size=30),
    max_size=12,
).map("".join)


@given(LINES)
def test_masking_twice_is_masking_once(line: str) -> None:
    once = redact(line)
    assert redact(once) == once


@given(LINES)
def test_it_grows_by_masks_of_short_passwords_only(line: str) -> None:
    assert len(redact(line)) <= len(line) + 2 * line.count("@")


@given(
    st.text(alphabet=SIGNS, min_size=8, max_size=40), st.sampled_from(["API_KEY={}", "password: '{}'", "x_token={}"])
)
def test_a_value_with_letters_and_digits_never_shows(value: str, line: str) -> None:
    value = f"{value[:4]}7z{value[4:]}9"
    if any(word in value.lower() for word in ("test", "your", "xxx", "fake", "todo", "config", "change", "example")):
        return
    assert value not in redact(line.format(value))


SLOW = [
    "a-",
    "a.",
    "a_",
    "sk-",
    "sk-a1",
    "eyJ-",
    "eyJ.",
    "auth",
    "token: ",
    "://",
    "://a:",
    'api_key="',
    "A1b",
    "/a",
    "SG.a",
]
SLOW += ["password", "password='", "bearer ", "secret[", "secret   ", "token'", "x:", "\\", "=", "é"]


@pytest.mark.parametrize("seed", SLOW)
def test_time_grows_with_the_length(seed: str) -> None:
    line = seed * (200_000 // len(seed))
    started = time.process_time()
    redact(line)
    assert time.process_time() - started < 3
