"""Cards that are told again, cards that went up, and orders: each once, while it lasts."""

import asyncio
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg

from shared.contracts.supervision.facts import AlertEscalated, OrderAnswered, OrderIssued
from shared.contracts.supervision.words import AlertLevel
from tests.support.delivering import (
    BUREAU,
    MONDAY_TEN,
    Telling,
    raised,
    resolved,
    said,
    telling,
)

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WEBHOOK = {"webhook": {"gather_seconds": 0}}


def told(world: Telling, kind: str = "webhook") -> list[dict[str, Any]]:
    return [
        one
        for document in world.vendors[kind].received
        for one in document["data"]["notifications"]
    ]


def ids(world: Telling) -> Counter[str]:
    return Counter(one["id"] for one in told(world))


async def test_what_is_still_late_is_told_again_in_other_words_and_stops(
    pool: asyncpg.Pool, tmp_path: Path
) -> None:
    async with telling(pool, tmp_path, WEBHOOK, repeats_max=3) as world:
        await world.record(raised("1", MONDAY_TEN))
        await world.pass_time(14 * DAY, HOUR)
        again = [one for one in told(world) if one["kind"] == "REPEATED"]

        assert ids(world) == {"1:RAISED": 1, **{f"1:REPEATED:{n}": 1 for n in (1, 2, 3)}}
        assert [one["told"]["overdue_days"] for one in again] == [1, 2, 3]


async def test_what_is_over_is_told_no_more(pool: asyncpg.Pool, tmp_path: Path) -> None:
    async with telling(pool, tmp_path, WEBHOOK, repeats_max=3) as world:
        await world.record(
            raised("1", MONDAY_TEN), raised("2", MONDAY_TEN, level=AlertLevel.YELLOW)
        )
        await world.pass_time(25 * HOUR, HOUR)
        await world.record(resolved("1", world.clock.now()), resolved("2", world.clock.now()))
        await world.pass_time(7 * DAY, HOUR)

        assert ids(world)["1:REPEATED:1"] == 1
        assert "1:REPEATED:2" not in ids(world)
        assert ids(world)["1:RESOLVED"] == 1


async def test_a_courier_that_was_away_tells_once_what_it_has_missed(
    pool: asyncpg.Pool, tmp_path: Path
) -> None:
    async with telling(pool, tmp_path, WEBHOOK, repeats_max=3) as world:
        await world.record(raised("1", MONDAY_TEN))
        await world.pass_time(MINUTE)
        world.clock.advance(8 * DAY)
        await world.pass_time(MINUTE)
        again = [one for one in told(world) if one["kind"] == "REPEATED"]

        assert [(one["id"], one["told"]["overdue_days"]) for one in again] == [("1:REPEATED:1", 6)]


async def test_two_couriers_tell_it_again_once(pool: asyncpg.Pool, tmp_path: Path) -> None:
    async with telling(pool, tmp_path, WEBHOOK, repeats_max=3) as world:
        await world.record(raised("1", MONDAY_TEN))
        await world.pass_time(MINUTE)
        world.clock.advance(DAY)
        now = world.clock.now()
        await asyncio.gather(*(world.courier.look_after(now) for _ in range(3)))
        await world.pass_time(MINUTE)

        assert ids(world)["1:REPEATED:1"] == 1


async def test_a_card_that_went_up_reaches_whoever_stands_there(
    pool: asyncpg.Pool, tmp_path: Path
) -> None:
    channels = {name: {"gather_seconds": 0} for name in ("webhook", "wecom")}
    routes = [
        {"channel": "webhook", "roles": ["SUPERVISOR"]},
        {"channel": "wecom", "roles": ["DEPUTY_DIRECTOR"]},
    ]
    async with telling(pool, tmp_path, channels, routes) as world:
        await world.record(raised("1", MONDAY_TEN))
        for level in (1, 2):
            up = AlertEscalated(alert_id="1", by="supervision", to_level=level)
            await world.record(said(up, f"1:escalated:{level}", "XC1", world.clock.now()))
            await world.pass_time(MINUTE)

        assert ids(world) == {"1:RAISED": 1, "1:ESCALATED:1": 1, "1:ESCALATED:2": 1}
        assert len(world.vendors["wecom"].received) == 1
        assert "已升至第2级" in world.said("wecom")


async def test_an_order_is_told_and_so_is_its_answer(pool: asyncpg.Pool, tmp_path: Path) -> None:
    async with telling(pool, tmp_path, WEBHOOK, repeats_max=3) as world:
        issued = OrderIssued(order_id="DB1", content="请今日说明。", to_org=BUREAU)
        other = OrderIssued(order_id="DB2", content="请今日说明。", to_org=BUREAU)
        await world.record(said(issued, "DB1:issued", "DB1", MONDAY_TEN))
        await world.pass_time(MINUTE)
        answered = OrderAnswered(order_id="DB1", reply="已办结。")
        at_once = OrderAnswered(order_id="DB2", reply="已办结。")
        await world.record(
            said(answered, "DB1:answered", "DB1", world.clock.now()),
            said(other, "DB2:issued", "DB2", world.clock.now()),
            said(at_once, "DB2:answered", "DB2", world.clock.now()),
        )
        await world.pass_time(MINUTE)

        assert ids(world) == {"DB1:ORDERED": 1, "DB1:ANSWERED": 1}
        assert told(world)[0]["told"]["content"] == "请今日说明。"
