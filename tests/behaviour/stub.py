"""A provider that is not there: an HTTPS proxy on 127.0.0.1 which plays the servers that an app asks.

    HTTPS_PROXY=http://127.0.0.1:PORT  SSL_CERT_FILE=ca.pem  python app.py

An app's base URLs are written into its code, so the app is left as it is and its connections are taken over: the proxy
answers CONNECT, speaks TLS with a certificate of a throw-away authority for whatever host is asked, holds each request
against what the scenario expects, and gives the canned answer. What nothing expects is answered with 418, which no
client repeats, and is told afterwards.
"""

from __future__ import annotations

import contextlib
import dataclasses
import http.server
import json
import pathlib
import ssl
import threading
import urllib.parse
from collections.abc import Iterator
from typing import Any

import trustme

BUNDLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "AWS_CA_BUNDLE")
PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")


@dataclasses.dataclass(frozen=True)
class Request:
    """What an app sent."""

    method: str
    url: str  # with the scheme and the host that it was meant for
    headers: dict[str, str]  # by lower-case name
    body: Any  # parsed where it is JSON or a form


@dataclasses.dataclass(frozen=True)
class Exchange:
    """A request that the scenario expects, and its answer.

    `headers` and `body` are what must be there; there may be more. A header with the value None must not be there, nor
    the keys `without` of the body.
    """

    request: str  # "POST https://openrouter.ai/api/v1/chat/completions"
    headers: dict[str, str | None] = dataclasses.field(default_factory=dict)
    body: Any = None
    without: tuple[str, ...] = ()
    response: dict[str, Any] = dataclasses.field(default_factory=dict)  # json, events or text; status; headers

    def differences(self, got: Request) -> list[str]:
        """What is not as expected, a line each."""
        told = []
        if self.request != f"{got.method} {got.url}":
            told.append(f"request: expected {self.request}, got {got.method} {got.url}")
        for name, value in self.headers.items():
            if got.headers.get(name.lower()) != value:
                told.append(f"header {name}: expected {value!r}, got {got.headers.get(name.lower())!r}")
        if self.body is not None:
            told += _differences(self.body, got.body, "body")
        told += [
            f"body.{key}: must not be there" for key in self.without if isinstance(got.body, dict) and key in got.body
        ]
        return told

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the canned response."""
        unknown = self.response.keys() - {"status", "headers", "json", "events", "text"}
        assert not unknown, f"a response has no {unknown}"
        status, headers = self.response.get("status", 200), dict(self.response.get("headers", {}))
        if "events" in self.response:
            text = "".join(_event(event) for event in self.response["events"])
            return status, {"content-type": "text/event-stream", **headers}, text.encode()
        if "text" in self.response:
            return status, {"content-type": "text/plain", **headers}, str(self.response["text"]).encode()
        content = json.dumps(self.response.get("json", {})).encode()
        return status, {"content-type": "application/json", **headers}, content


def _event(event: Any) -> str:
    """One server-sent event: a text as it is, `{event: …, data: …}` with its name, anything else as JSON."""
    if isinstance(event, str):
        return f"data: {event}\n\n"
    if isinstance(event, dict) and event.keys() == {"event", "data"}:
        return f"event: {event['event']}\ndata: {json.dumps(event['data'])}\n\n"
    return f"data: {json.dumps(event)}\n\n"


def _differences(expected: Any, got: Any, where: str) -> Iterator[str]:
    """Where what was sent lacks what is expected; keys of a mapping beyond that are no difference."""
    if isinstance(expected, dict) and isinstance(got, dict):
        for key, value in expected.items():
            if key in got:
                yield from _differences(value, got[key], f"{where}.{key}")
            else:
                yield f"{where}.{key}: expected {value!r}, got nothing"
    elif isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        for index, (one, other) in enumerate(zip(expected, got, strict=True)):
            yield from _differences(one, other, f"{where}[{index}]")
    elif expected != got:
        yield f"{where}: expected {expected!r}, got {got!r}"


class Stub:
    """The expected exchanges of one run, met in any order, each once; what went wrong is in `problems`."""

    def __init__(self, exchanges: list[Exchange]) -> None:
        self.open = list(exchanges)
        self.problems: list[str] = []
        self._lock = threading.Lock()

    def respond(self, request: Request) -> tuple[int, dict[str, str], bytes]:
        with self._lock:
            told = [(exchange.differences(request), exchange) for exchange in self.open]
            met = next((exchange for differences, exchange in told if not differences), None)
            if met is not None:
                self.open.remove(met)
                return met.answer()
            closest = min(told, key=lambda pair: len(pair[0]))[0] if told else ["nothing more was expected"]
            problem = f"{request.method} {request.url}: " + "; ".join(closest)
            self.problems.append(problem)
            return 418, {"content-type": "application/json"}, json.dumps({"error": {"message": problem}}).encode()

    def verdict(self) -> list[str]:
        """Everything that was not as the scenario says."""
        return [*self.problems, *(f"never asked: {exchange.request}" for exchange in self.open)]


@contextlib.contextmanager
def serving(stub: Stub, folder: pathlib.Path) -> Iterator[dict[str, str]]:
    """Serve; yields the environment with which an app reaches the stub in place of every other server."""
    authority = trustme.CA()
    bundle = folder / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(stub, authority))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    proxy = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield {**dict.fromkeys(BUNDLES, str(bundle)), **dict.fromkeys(PROXIES, proxy)}
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(stub: Stub, authority: trustme.CA) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        tunnel = ""  # scheme and host of a connection that was taken over

        def do_CONNECT(self) -> None:
            host, _, port = self.path.rpartition(":")
            self.send_response_only(200, "Connection established")
            self.end_headers()
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert(host).configure_cert(context)
            try:
                self.connection = context.wrap_socket(self.connection, server_side=True)
            except (ssl.SSLError, OSError) as error:
                stub.problems.append(f"{host}: the app would not speak TLS with the stub ({error})")
                self.close_connection = True
                return
            self.rfile = self.connection.makefile("rb")
            self.wfile = self.connection.makefile("wb", buffering=0)
            self.tunnel = f"https://{host}" if port == "443" else f"https://{host}:{port}"
            self.close_connection = False

        def answer(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, self.tunnel + self.path, headers, _parsed(self._content(), headers))
            status, answered, content = stub.respond(request)
            self.send_response_only(status)
            for name, value in {**answered, "content-length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

        def _content(self) -> bytes:
            if self.headers.get("transfer-encoding", "").lower() != "chunked":
                return self.rfile.read(int(self.headers.get("content-length") or 0))
            content = b""
            while size := int(self.rfile.readline().partition(b";")[0], 16):
                content += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return content

        def log_message(self, *_: object) -> None:
            """Nothing: what matters is in the verdict."""

    return Handler


def _parsed(content: bytes, headers: dict[str, str]) -> Any:
    kind = headers.get("content-type", "")
    if "json" in kind and content:
        return json.loads(content)
    if "x-www-form-urlencoded" in kind:
        return dict(urllib.parse.parse_qsl(content.decode()))
    return content.decode("utf-8", "replace") or None
