"""The stub itself: it serves what is expected, over TLS and under any host, and tells each deviation."""

from __future__ import annotations

import pathlib
import sys
from typing import Any

import pytest

from tests.behaviour.scenario import Run, distributions, play
from tests.behaviour.stub import Exchange

APP = """\
import json, urllib.request
request = urllib.request.Request(
    "https://api.example.com/v1/chat",
    data=json.dumps({"model": "m", "messages": [{"role": "user", "content": "é"}], "n": 1}).encode(),
    headers={"Authorization": "Bearer stub-key", "Content-Type": "application/json"},
)
for line in urllib.request.urlopen(request):
    print(line.decode().strip())
"""
GOOD: dict[str, Any] = {
    "request": "POST https://api.example.com/v1/chat",
    "headers": {"authorization": "Bearer stub-key", "api-key": None},
    "body": {"model": "m", "messages": [{"content": "é"}]},
    "without": ("stream",),
    "response": {"json": {"text": "Hello"}},
}


def told(folder: pathlib.Path, *exchanges: dict[str, Any], prints: str = '{"text": "Hello"}\n') -> str:
    (folder / "app.py").write_text(APP, encoding="utf-8")
    run = Run(["python", "app.py"], [Exchange(**exchange) for exchange in exchanges], prints)
    return "\n".join(play(run, folder, pathlib.Path(sys.executable), folder))


def test_what_is_expected_passes(tmp_path: pathlib.Path) -> None:
    assert told(tmp_path, GOOD) == ""


@pytest.mark.parametrize(
    "change, complaint",
    [
        ({"request": "POST https://api.example.org/v1/chat"}, "expected POST https://api.example.org/v1/chat"),
        ({"request": "POST http://api.example.com/v1/chat"}, "got POST https://api.example.com/v1/chat"),
        ({"request": "PUT https://api.example.com/v1/chat"}, "expected PUT"),
        ({"request": "POST https://api.example.com/v2/chat"}, "expected POST https://api.example.com/v2/chat"),
        ({"headers": {"authorization": "Bearer other"}}, "header authorization: expected 'Bearer other'"),
        ({"headers": {"api-key": "stub-key"}}, "header api-key: expected 'stub-key', got None"),
        ({"headers": {"authorization": None}}, "header authorization: expected None"),
        ({"body": {"model": "other"}}, "body.model: expected 'other', got 'm'"),
        ({"body": {"temperature": 0}}, "body.temperature: expected 0, got nothing"),
        ({"body": {"messages": []}}, "body.messages: expected []"),
        ({"body": {"messages": [{"content": "e"}]}}, "body.messages[0].content: expected 'e', got 'é'"),
        ({"without": ("n",)}, "body.n: must not be there"),
        ({"response": {"json": {"text": "Bye"}}}, "it must print"),
        ({"response": {"status": 500}}, "ended with 1"),
    ],
)
def test_a_wrong_expectation_fails(tmp_path: pathlib.Path, change: dict[str, Any], complaint: str) -> None:
    assert complaint in told(tmp_path, {**GOOD, **change})


def test_a_request_too_few_and_one_too_many(tmp_path: pathlib.Path) -> None:
    assert "never asked: POST https://api.example.com/v1/chat" in told(tmp_path, GOOD, GOOD)
    assert "nothing more was expected" in told(tmp_path)


def test_events_are_streamed(tmp_path: pathlib.Path) -> None:
    events = [{"a": 1}, {"event": "end", "data": {"b": 2}}, "[DONE]"]
    prints = 'data: {"a": 1}\n\nevent: end\ndata: {"b": 2}\n\ndata: [DONE]\n\n'
    assert told(tmp_path, {**GOOD, "response": {"events": events}}, prints=prints) == ""


def test_a_response_with_an_unknown_key_is_no_response() -> None:
    with pytest.raises(AssertionError, match="jsn"):
        Exchange("GET https://a", response={"jsn": {}}).answer()


def test_names_of_requirements(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("# none\nOpen_AI[http2]>=1  # the client\n\nhttpx==1 ; python_version > '3'\n", encoding="utf-8")
    assert distributions(file) == {"open-ai", "httpx"}
