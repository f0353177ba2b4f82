"""What a server makes of requests that do not end, and of those that are no HTTP."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.types import Receive, Scope, Send

from shared.web.server import serve
from shared.web.wire import HEAD_BYTES_MAX
from tests.support.ports import free_port

SECONDS_MAX = 30
HIDDEN = b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
"""A request that a proxy in front of us might take for another's body."""
TWO_LENGTHS = {
    "a length and chunks": "content-length: 5\r\ntransfer-encoding: chunked\r\n",
    "chunks and a length": "transfer-encoding: chunked\r\ncontent-length: 5\r\n",
    "two lengths": f"content-length: 5\r\ncontent-length: {5 + len(HIDDEN)}\r\n",
    "chunks that are not the last coding": "transfer-encoding: chunked, identity\r\n",
    "a length with a sign": "content-length: +5\r\n",
    "a blank before the colon": "content-length : 5\r\n",
}


async def echo_length(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the length of the body."""
    if scope["type"] != "http":
        return
    length, more = 0, True
    while more:
        message = await receive()
        length, more = length + len(message.get("body", b"")), message.get("more_body", False)
    body = str(length).encode()
    head = {"status": 200, "headers": [(b"content-length", str(len(body)).encode())]}
    await send({"type": "http.response.start", **head})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
async def port() -> AsyncIterator[int]:
    free = free_port()
    stopping, serving = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(serve(echo_length, port=free, stopping=stopping, serving=serving))
        await serving.wait()
        yield free
        stopping.set()


async def answer(port: int, *sent: bytes) -> bytes:
    """Return all that comes back until the server hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for part in sent:
            writer.write(part)
            await writer.drain()
        return await asyncio.wait_for(reader.read(), SECONDS_MAX)
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def test_a_head_that_does_not_end_is_cut_off(port: int) -> None:
    endless = [b"GET / HTTP/1.1\r\nhost: x\r\nx: ", *[b"a" * 8192] * (HEAD_BYTES_MAX // 4096)]

    assert await answer(port, *endless) == b""


async def test_a_body_may_be_larger_than_a_head(port: int) -> None:
    body = b"b" * (4 * HEAD_BYTES_MAX)
    head = f"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"

    told = await answer(port, head.encode(), body)

    assert told.endswith(str(len(body)).encode())


async def test_two_requests_on_one_connection_have_a_head_each(port: int) -> None:
    padding = "a" * (HEAD_BYTES_MAX - 1024)
    first = f"GET / HTTP/1.1\r\nhost: x\r\nx: {padding}\r\n\r\n"
    last = f"GET / HTTP/1.1\r\nhost: x\r\nx: {padding}\r\nconnection: close\r\n\r\n"

    told = await answer(port, first.encode(), last.encode())

    assert told.count(b"200 OK") == 2


async def test_what_is_no_http_is_told_so(port: int) -> None:
    assert b"400 Bad Request" in await answer(port, b"\x16\x03\x01\x02\x00\r\n\r\n")


@pytest.mark.parametrize("lengths", TWO_LENGTHS)
async def test_a_request_of_two_lengths_hides_no_other(port: int, lengths: str) -> None:
    head = f"POST / HTTP/1.1\r\nhost: x\r\n{TWO_LENGTHS[lengths]}\r\n"

    told = await answer(port, head.encode(), b"0\r\n\r\n", HIDDEN)

    assert told.count(b"HTTP/1.1") <= 1
    assert b"200 OK" not in told
