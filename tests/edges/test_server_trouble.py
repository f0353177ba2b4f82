"""A service whose server is away says why, and says it once a minute."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from shared.eventstore.connecting import connect, servers_in
from shared.eventstore.port import StoreUnavailable
from shared.runtime.clock import VirtualClock
from shared.web.problems import ServerTrouble
from tests.support.ports import free_port

NOW = datetime(2024, 9, 2, 2, 0, tzinfo=UTC)
FULL = "53100 could not extend file: No space left on device"


def test_a_reason_is_said_once_a_minute_and_another_one_at_once() -> None:
    clock = VirtualClock(NOW)
    trouble = ServerTrouble(clock)
    with capture_logs() as logs:
        for _ in range(3):
            trouble.tell("store_unavailable", StoreUnavailable(FULL))
        trouble.tell("store_unavailable", StoreUnavailable("connection refused"))
        clock.advance(timedelta(seconds=61))
        trouble.tell("store_unavailable", StoreUnavailable("connection refused"))

    assert [line["event"] for line in logs] == ["requests_not_served"] * 3
    assert FULL in logs[0]["fault"]


@pytest.mark.parametrize(
    ("dsn", "servers"),
    [
        ("postgresql://u:p@db/c?x=1", ["postgresql://u:p@db/c?x=1"]),
        ("postgresql:///c?host=/run/pg", ["postgresql:///c?host=/run/pg"]),
        (
            "postgresql://u:p%2C@a:1,b:2/c?target_session_attrs=read-write",
            [
                "postgresql://u:p%2C@a:1/c?target_session_attrs=read-write",
                "postgresql://u:p%2C@b:2/c?target_session_attrs=read-write",
            ],
        ),
    ],
)
def test_each_server_of_an_address_is_tried_by_itself(dsn: str, servers: list[str]) -> None:
    assert servers_in(dsn) == servers


async def test_a_server_that_says_nothing_does_not_take_the_time_of_the_next_one() -> None:
    left = asyncio.Event()

    async def say_nothing(heard: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
        await heard.read()
        out.close()
        await out.wait_closed()
        left.set()

    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as silent:
        first = f"127.0.0.1:{silent.sockets[0].getsockname()[1]}"
        # Who refuses was asked, at least; of the first alone there would be a TimeoutError.
        with pytest.raises(ConnectionRefusedError):
            await connect(f"postgresql://u:p@{first},127.0.0.1:{free_port()}/c", timeout=4)
        await left.wait()
