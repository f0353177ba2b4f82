"""Whatever bytes come in, the answer is one of ours: no request is a fault of the service."""

import asyncio
import base64
import json
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from starlette.types import Message

from tests.support.doors import Door, opened

ANSWER_SECONDS_MAX = 20
PAGE = "/"
"""Where nobody has built the page, words of its own say so."""
EXAMPLES = int(os.environ.get("CASETRACK_FUZZ_EXAMPLES", "300"))

SEGMENTS = ["%00", "%ff", "..", "%2e%2e", "%2F", "", "%ED%A0%80", "%F0%9F%98%80", "%", "a" * 3000]
TEXTS = ["", "0", "-1", "1e400", "0001-01-01", "9999-12-31", "\0", "\ud800", "NaN", "9" * 400]
HEADERS = [
    b"last-event-id",
    b"idempotency-key",
    b"traceparent",
    b"accept-language",
    b"cookie",
    b"origin",
    b"authorization",
    b"content-type",
    b"content-length",
    b"casetrack-window",
    b"ce-type",
    b"host",
]
METHODS = ["GET", "POST", "DELETE", "PUT", "HEAD", "OPTIONS", "PURGE"]

# What the server's parser lets through: everything but the ends of lines and NUL.
values = st.binary(max_size=80).map(lambda raw: raw.translate(None, b"\r\n\0"))
segments = st.sampled_from(SEGMENTS) | st.binary(max_size=20).map(quote)
texts = st.sampled_from(TEXTS) | st.text(max_size=20)
names = texts | st.just("note")
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=5,
)
written = documents.map(json.dumps).map(str.encode)
packed = (written | st.binary(max_size=60)).map(base64.urlsafe_b64encode).map(bytes.decode)


class Request(NamedTuple):
    """One request as bytes, but for what any client says by itself."""

    method: str
    address: str
    query: bytes
    head: dict[bytes, bytes]
    body: bytes


@pytest.fixture(params=["metrics", "intake"])
async def door(
    request: pytest.FixtureRequest, role_dsn: Callable[[str], str], tmp_path: Path
) -> AsyncIterator[Door]:
    async with opened(request.param, role_dsn, tmp_path) as one:
        yield one


async def test_no_bytes_are_a_fault_of_the_service(door: Door) -> None:
    loop, token = asyncio.get_running_loop(), door.token()["authorization"].encode()

    @seed(1)
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(requests(door.open.app.openapi()))
    def ask(one: Request) -> None:
        asked = asyncio.run_coroutine_threadsafe(told(door, one, token), loop)
        status, answer = asked.result(ANSWER_SECONDS_MAX)
        if unquote(one.address) != PAGE:
            assert status < 500, answer
            assert status < 400 or one.method == "HEAD" or json.loads(answer)["status"] == status

    await asyncio.to_thread(ask)

    assert door.open.undocumented() == set()


@st.composite
def requests(draw: st.DrawFn, document: dict[str, Any]) -> Request:
    path = draw(st.sampled_from(sorted(document["paths"])))
    operations = document["paths"][path]
    method = draw(st.sampled_from([*map(str.upper, operations), *METHODS]))
    return Request(
        method,
        draw(addressed(path)),
        draw(asked(operations.get(method.lower(), {}))),
        draw(st.dictionaries(st.sampled_from(HEADERS), values, max_size=4)),
        draw(written | st.binary(max_size=60)),
    )


def addressed(path: str) -> st.SearchStrategy[str]:
    """Return addresses like *path*, with anything in the place of what varies, or in any place."""
    parts = path.split("/")[1:]
    likely = [segments if part.startswith("{") else st.just(part) for part in parts]
    anything = st.lists(segments, max_size=4)
    return (st.tuples(*likely).map(list) | anything).map(lambda told: "/" + "/".join(told))


def asked(operation: dict[str, Any]) -> st.SearchStrategy[bytes]:
    """Return queries of an operation's parameters, and of some that it does not know."""
    names = [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"]
    texts_or_cursors = packed | texts.map(lambda text: quote(text, errors="surrogatepass"))
    pairs = st.tuples(st.sampled_from([*names, "since"]), texts_or_cursors | st.binary().map(quote))
    return st.lists(pairs, max_size=2).map(
        lambda told: "&".join(f"{name}={value}" for name, value in told).encode()
    )


async def told(door: Door, one: Request, token: bytes) -> tuple[int, bytes]:
    """Return status and body of the answer to one request, as the server would hand it over."""
    head = {b"authorization": token, b"content-type": b"application/json", **one.head}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": one.method,
        "scheme": "http",
        "path": unquote(one.address),
        "raw_path": one.address.encode(),
        "query_string": one.query,
        "root_path": "",
        "headers": list(head.items()),
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    coming: list[Message] = [{"type": "http.request", "body": one.body, "more_body": False}]
    status, answer = 0, bytearray()

    async def receive() -> Message:
        return coming.pop() if coming else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        nonlocal status
        status = message.get("status", status)
        answer.extend(message.get("body", b""))

    await door.open(scope, receive, send)
    return status, bytes(answer)
