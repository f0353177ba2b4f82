"""How long a client may keep a server waiting, and that nobody else waits with it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from shared.runtime.clock import VirtualClock
from shared.runtime.ids import SeededIds
from shared.web.app import Web, create_web
from shared.web.gate import AuthSettings, Gate
from shared.web.policies import public
from shared.web.server import serve
from shared.web.wire import Patience
from tests.support.eventually import eventually
from tests.support.ports import free_port

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
SECONDS_MAX = 30.0
BEAT_SECONDS = 0.02
LITTLE = Patience(
    connections_max=20,
    head_seconds=0.3,
    body_seconds=0.3,
    body_bytes_per_second_min=50_000,
    taking_seconds=0.3,
)
"""Where somebody is to lose it: a machine that is slow loses it all the same."""
MUCH = Patience(
    connections_max=LITTLE.connections_max,
    head_seconds=SECONDS_MAX,
    body_seconds=1.0,
    body_bytes_per_second_min=10_000,
    taking_seconds=1.5,
)
"""Where nobody is to lose it, though the machine stand still for a while."""
with_much = pytest.mark.parametrize("bureau", [MUCH], indirect=True)
HEAD = b"POST /length HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
GET = b"GET /healthz HTTP/1.1\r\nhost: x\r\n"
CLOSE = b"connection: close\r\n"

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Bureau:
    """A server in this loop, and ways to be slow with it."""

    port: int
    taken: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the endless answer has come to its end."""

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Connection]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            yield reader, writer
        finally:
            writer.transport.abort()

    async def told(self, *sent: bytes) -> bytes:
        """Return all that comes back until the server hangs up."""
        async with self.connected() as (reader, writer):
            for part in sent:
                writer.write(part)
            return await until_the_end(reader)

    async def told_slowly(self, at_once: bytes, part: bytes) -> bytes:
        """Send *at_once*, then *part* again and again, and return what comes back."""
        async with self.connected() as (reader, writer):
            writer.write(at_once)
            ending = asyncio.ensure_future(until_the_end(reader))
            while not (await asyncio.wait({ending}, timeout=BEAT_SECONDS))[0]:
                writer.write(part)
            return await ending


async def until_the_end(reader: asyncio.StreamReader) -> bytes:
    told = b""
    try:
        async with asyncio.timeout(SECONDS_MAX):
            while more := await reader.read(65536):
                told += more
    except ConnectionError:
        pass
    return told


def routes(bureau: Bureau) -> APIRouter:
    router = APIRouter(dependencies=[public()])

    @router.post("/length")
    async def length(request: Request) -> Response:
        return PlainTextResponse(str(len(await request.body())))

    @router.post("/unread")
    async def unread() -> Response:
        return PlainTextResponse("read nothing")

    @router.get("/waiting")
    async def waiting() -> Response:
        async def first_words() -> AsyncIterator[bytes]:
            yield b"wait"
            await asyncio.sleep(SECONDS_MAX)

        return StreamingResponse(first_words())

    @router.get("/endless")
    async def endless() -> Response:
        async def words() -> AsyncIterator[bytes]:
            try:
                while True:
                    yield b"word" * 16_384
                    await asyncio.sleep(0)
            finally:
                bureau.taken.set()

        return StreamingResponse(words())

    return router


@pytest.fixture(params=[LITTLE])
async def bureau(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bureau]:
    bureau, clock = Bureau(free_port()), VirtualClock(NOON)
    gate = Gate.of(AuthSettings(jwks=str(tmp_path / "jwks.json")), clock)
    web = create_web(
        Web(title="slow", gate=gate, clock=clock, ids=SeededIds(1), routers=[routes(bureau)])
    )
    stopping, serving = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(
            serve(
                web,
                port=bureau.port,
                stopping=stopping,
                serving=serving,
                patience=request.param,
            )
        )
        await serving.wait()
        yield bureau
        stopping.set()


async def test_a_client_that_says_nothing_is_shown_out(bureau: Bureau) -> None:
    assert await bureau.told() == b""


@pytest.mark.parametrize("first", [b"GET /", GET, GET + b"cookie: a"])
async def test_a_head_that_comes_by_letters_is_shown_out(bureau: Bureau, first: bytes) -> None:
    assert await bureau.told_slowly(first, b"a") == b""


async def test_a_later_head_has_no_more_time_than_the_first(bureau: Bureau) -> None:
    told = await bureau.told_slowly(GET + b"\r\nGET /", b"a")

    assert told.count(b"HTTP/1.1") == 1


async def test_a_body_that_comes_by_letters_is_told_so(bureau: Bureau) -> None:
    told = await bureau.told_slowly(HEAD + b"content-length: 900000\r\n\r\n[", b" ")
    head, _, body = told.partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in head.lower()
    assert b"content-type: application/problem+json" in head
    assert json.loads(body)["code"] == "body_late"


async def test_a_body_that_comes_in_chunks_by_letters_is_told_so(bureau: Bureau) -> None:
    told = await bureau.told_slowly(HEAD + b"transfer-encoding: chunked\r\n\r\n", b"1\r\n1\r\n")

    assert told.startswith(b"HTTP/1.1 408 ")


async def test_a_body_that_nobody_wanted_is_not_awaited_either(bureau: Bureau) -> None:
    head = HEAD.replace(b"length ", b"unread ") + b"content-length: 900000\r\n\r\n["

    told = await bureau.told_slowly(head, b" ")

    assert (told.count(b"HTTP/1.1"), told[-12:]) == (1, b"read nothing")


async def test_who_asks_again_and_hangs_up_is_answered_no_further(bureau: Bureau) -> None:
    async with bureau.connected() as (reader, writer):
        writer.write(GET.replace(b"healthz", b"endless") + b"\r\n" + GET + b"\r\n")
        await reader.readuntil(b"word")

    await asyncio.wait_for(bureau.taken.wait(), SECONDS_MAX)


@with_much
async def test_a_steady_body_has_the_time_that_it_needs(bureau: Bureau) -> None:
    parts, part = 110, b"0" * 4_000
    began = asyncio.get_running_loop().time()
    async with bureau.connected() as (reader, writer):
        writer.write(HEAD + CLOSE + b"content-length: %d\r\n\r\n" % (parts * len(part)))
        for _ in range(parts):
            writer.write(part)
            await asyncio.sleep(BEAT_SECONDS)
        told = await until_the_end(reader)

    assert asyncio.get_running_loop().time() - began > 2 * MUCH.body_seconds
    assert told.endswith(b"440000")


async def test_a_client_that_takes_nothing_is_cut_off(bureau: Bureau) -> None:
    async with bureau.connected() as (_, writer):
        writer.write(b"GET /endless HTTP/1.1\r\nhost: x\r\n\r\n")
        async with asyncio.timeout(SECONDS_MAX):
            await bureau.taken.wait()


@with_much
async def test_a_client_that_takes_what_comes_is_left_in_peace(bureau: Bureau) -> None:
    loop = asyncio.get_running_loop()
    async with bureau.connected() as (reader, writer):
        writer.write(b"GET /endless HTTP/1.1\r\nhost: x\r\n\r\n")
        until = loop.time() + 2 * MUCH.taking_seconds
        while loop.time() < until:
            assert await reader.read(65536)

    assert not bureau.taken.is_set()


async def test_an_answer_that_takes_long_is_waited_for(bureau: Bureau) -> None:
    async with bureau.connected() as (reader, writer):
        writer.write(b"GET /waiting HTTP/1.1\r\nhost: x\r\n\r\n")
        await reader.readuntil(b"wait")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.readuntil(b"end"), 2 * LITTLE.head_seconds)


@with_much
async def test_silent_clients_without_number_keep_nobody_waiting(bureau: Bureau) -> None:
    async with AsyncExitStack() as stack:
        silent = [
            await stack.enter_async_context(bureau.connected())
            for _ in range(3 * LITTLE.connections_max)
        ]
        told = await bureau.told(GET + b"connection: close\r\n\r\n")
        (first, _), *_, (last, _) = silent
        await eventually(first.at_eof)
        last_ended = last.at_eof()

    assert told.startswith(b"HTTP/1.1 200 OK")
    assert not last_ended


async def test_whoever_is_being_answered_does_not_give_way(bureau: Bureau) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(LITTLE.connections_max):
            reader, writer = await stack.enter_async_context(bureau.connected())
            writer.write(b"GET /waiting HTTP/1.1\r\nhost: x\r\n\r\n")
            await reader.readuntil(b"wait")
        told = await bureau.told()

    assert told.startswith(b"HTTP/1.1 503 ")
    assert b"retry-after: 1" in told


HONEST = {
    "HTTP/1.0": (b"GET /healthz HTTP/1.0\r\n\r\n", b"200 OK"),
    "HEAD": (b"HEAD /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", b"405"),
    "two at a time": (GET + b"\r\n" + GET + b"connection: close\r\n\r\n", b"200 OK"),
    "an upgrade": (GET + b"connection: upgrade, close\r\nupgrade: websocket\r\n\r\n", b"200 OK"),
}


@with_much
@pytest.mark.parametrize("spelling", HONEST)
async def test_honest_requests_are_answered(bureau: Bureau, spelling: str) -> None:
    request, status = HONEST[spelling]

    assert status in await bureau.told(request)


@with_much
async def test_a_client_that_asks_first_is_told_to_go_on(bureau: Bureau) -> None:
    async with bureau.connected() as (reader, writer):
        writer.write(HEAD + CLOSE + b"expect: 100-continue\r\ncontent-length: 2\r\n\r\n")
        async with asyncio.timeout(SECONDS_MAX):
            await reader.readuntil(b"100 Continue\r\n\r\n")
        writer.write(b"[]")
        told = await until_the_end(reader)

    assert told.startswith(b"HTTP/1.1 200 OK")
