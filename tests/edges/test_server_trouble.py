"""A service whose server is away says why, and says it once a minute."""

from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from shared.eventstore.connecting import servers_in
from shared.eventstore.port import StoreUnavailable
from shared.runtime.clock import VirtualClock
from shared.web.problems import ServerTrouble

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
