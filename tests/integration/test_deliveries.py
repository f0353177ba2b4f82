"""Cards reach people: a channel hears what it is to hear once, and waits for no other one."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from shared.contracts.supervision.words import AlertLevel
from tests.support.delivering import (
    KINDS,
    MONDAY_TEN,
    SECOND,
    SECRETS,
    Telling,
    raised,
    resolved,
    telling,
)

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ALL = {kind: {"gather_seconds": 0} for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_card_is_told_once_and_its_end_through_the_same_channel(
    pool: asyncpg.Pool, tmp_path: Path, kind: str
) -> None:
    async with telling(pool, tmp_path, {kind: {"gather_seconds": 0}}) as world:
        await world.record(raised("1", MONDAY_TEN))
        await world.pass_time(MINUTE)
        once = len(world.vendors[kind].received)
        await world.record(resolved("1", MONDAY_TEN + MINUTE))
        await world.pass_time(MINUTE)

        assert once == 1
        assert len(world.vendors[kind].received) == 2
        assert "XC1" in world.said(kind)
        assert world.vendors[kind].refused == []


async def test_forty_cards_at_one_instant_are_one_message(
    pool: asyncpg.Pool, tmp_path: Path
) -> None:
    async with telling(pool, tmp_path, {"wecom": {}}) as world:
        await world.record(*(raised(str(n), MONDAY_TEN) for n in range(40)))
        await world.pass_time(3 * MINUTE)

        assert len(world.vendors["wecom"].received) == 1
        assert "40" in world.said("wecom")
        assert world.vendors["wecom"].refused == []


async def test_a_card_that_is_over_before_anybody_heard_of_it_rings_nobody_up(
    pool: asyncpg.Pool, tmp_path: Path
) -> None:
    quiet = {"wecom": {"gather_seconds": 0, "quiet": ["09:30", "10:30"]}}
    async with telling(pool, tmp_path, quiet) as world:
        await world.record(raised("1", MONDAY_TEN), raised("2", MONDAY_TEN))
        await world.pass_time(MINUTE)
        await world.record(resolved("1", MONDAY_TEN + MINUTE))
        await world.pass_time(HOUR, MINUTE)

        assert len(world.vendors["wecom"].received) == 1
        assert "XC2" in world.said("wecom")
        assert "XC1" not in world.said("wecom")


async def test_nobody_is_told_of_what_was_long_ago(pool: asyncpg.Pool, tmp_path: Path) -> None:
    async with telling(pool, tmp_path, ALL) as world:
        await world.record(
            raised("1", MONDAY_TEN - 200 * DAY),
            resolved("1", MONDAY_TEN - 199 * DAY),
            raised("2", MONDAY_TEN - 10 * DAY),
            raised("3", MONDAY_TEN - 3 * DAY),
        )
        await world.pass_time(MINUTE)

        assert [len(one.received) for one in world.vendors.values()] == [1, 1, 1, 1]
        assert "XC3" in world.said("feishu")


async def test_a_route_tells_of_its_colour_its_limit_its_people_and_its_organisations(
    pool: asyncpg.Pool, tmp_path: Path
) -> None:
    routes = [
        {"channel": "wecom", "levels": ["RED"], "slas": ["SLA-04"], "roles": ["SUPERVISOR"]},
        {"channel": "webhook", "levels": ["YELLOW"]},
        {"channel": "feishu", "organisations": ["11610102MB1000010N"]},
    ]
    async with telling(pool, tmp_path, ALL, routes) as world:
        await world.record(
            raised("1", MONDAY_TEN),
            raised("2", MONDAY_TEN, level=AlertLevel.YELLOW),
            raised("3", MONDAY_TEN, sla="SLA-01"),
            raised("4", MONDAY_TEN, recipients=["CLERK"]),
        )
        await world.pass_time(MINUTE)

        assert {kind: len(one.received) for kind, one in world.vendors.items()} == {
            "webhook": 1,
            "wecom": 1,
            "dingtalk": 0,
            "feishu": 0,
        }
        assert "XC1" in world.said("wecom")
        assert "XC2" in world.said("webhook")


async def test_working_hours_bring_one_message_in_the_morning(
    pool: asyncpg.Pool, tmp_path: Path
) -> None:
    routes = [{"channel": "wecom", "when": "working_hours"}]
    eve = datetime.fromisoformat("2024-09-30T17:50:00+08:00")
    async with telling(pool, tmp_path, {"wecom": {}}, routes, at=eve) as world:
        await world.record(raised("1", eve))
        await world.pass_time(7 * DAY, 30 * MINUTE)
        await world.record(raised("2", world.clock.now()))
        told_before_the_hall_opened = len(world.vendors["wecom"].received)
        await world.pass_time(DAY, 30 * MINUTE)

        assert told_before_the_hall_opened == 0
        assert len(world.vendors["wecom"].received) == 1
        assert "XC1" in world.said("wecom")
        assert "XC2" in world.said("wecom")


@pytest.mark.parametrize("kind", KINDS)
async def test_who_says_too_many_is_left_alone_and_told_later(
    pool: asyncpg.Pool, tmp_path: Path, kind: str
) -> None:
    async with telling(pool, tmp_path, {kind: {"gather_seconds": 0}}) as world:
        world.vendors[kind].moods = ["429"]
        await world.record(raised("1", MONDAY_TEN))
        await world.pass_time(30 * SECOND)
        meanwhile = world.vendors[kind].asked
        await world.pass_time(2 * MINUTE)

        assert meanwhile == 1
        assert len(world.vendors[kind].received) == 1


async def test_a_robot_is_never_asked_more_than_it_bears(
    pool: asyncpg.Pool, tmp_path: Path
) -> None:
    robots = {kind: {"gather_seconds": 0} for kind in ("wecom", "dingtalk", "feishu")}
    async with telling(pool, tmp_path, robots) as world:
        for number in range(120):
            await world.record(raised(str(number), world.clock.now()))
            await world.pass_time(SECOND, SECOND)
        await world.pass_time(10 * SECOND, SECOND)

        for vendor in world.vendors.values():
            assert vendor.refused == []
        assert all(f"XC{n}" in world.said("feishu") for n in range(120))


async def test_who_hangs_and_who_is_dead_hold_up_nobody_else(
    pool: asyncpg.Pool, tmp_path: Path
) -> None:
    async with telling(pool, tmp_path, ALL) as world:
        world.vendors["wecom"].moods = ["hang"]
        await world.vendors["dingtalk"].close()
        await world.record(raised("1", MONDAY_TEN))
        await world.pass_time(5 * SECOND)
        first = {kind: len(one.received) for kind, one in world.vendors.items()}
        await world.pass_time(HOUR, MINUTE)
        await world.vendors["dingtalk"].open(world.trust)
        await world.pass_time(HOUR, MINUTE)

        assert first == {"webhook": 1, "wecom": 0, "dingtalk": 0, "feishu": 1}
        assert [len(one.received) for one in world.vendors.values()] == [1, 1, 1, 1]


async def test_operations_hear_of_a_dead_channel_once_a_day(
    pool: asyncpg.Pool, tmp_path: Path
) -> None:
    channels = {"wecom": {}, "webhook": {"operations": True}}
    async with telling(pool, tmp_path, channels, [{"channel": "wecom"}]) as world:
        await world.vendors["wecom"].close()
        await world.record(raised("1", MONDAY_TEN))
        await world.pass_time(30 * HOUR, 10 * MINUTE)

        assert world.said("webhook").count('"kind": "CHANNEL_DOWN"') == 2
        assert len(world.vendors["webhook"].received) == 2


async def test_nobody_hears_of_a_channel_that_the_profile_no_longer_has(
    pool: asyncpg.Pool, tmp_path: Path
) -> None:
    async with telling(pool, tmp_path, {"wecom": {"gather_seconds": 0}}) as world:
        await world.vendors["wecom"].close()
        await world.record(raised("1", MONDAY_TEN))
        await world.pass_time(HOUR, MINUTE)
    async with telling(pool, tmp_path, {"webhook": {"operations": True}}) as world:
        await world.pass_time(2 * HOUR, 10 * MINUTE)

        assert world.said("webhook").count("CHANNEL_DOWN") == 0


@pytest.mark.parametrize("mood", ["", "500", "429"])
async def test_no_log_holds_an_address_or_a_secret(
    pool: asyncpg.Pool, tmp_path: Path, capfd: pytest.CaptureFixture[str], mood: str
) -> None:
    async with telling(pool, tmp_path, ALL) as world:
        for vendor in world.vendors.values():
            vendor.moods = [mood]
        await world.record(raised("1", MONDAY_TEN))
        await world.pass_time(SECOND, SECOND)
        logged = "".join(capfd.readouterr())

        assert logged.count("delivery_tried") == 4
        assert not [secret for secret in (*SECRETS.values(), "https://") if secret in logged]


async def test_what_nobody_takes_for_days_is_given_up_and_can_be_tried_again(
    pool: asyncpg.Pool, tmp_path: Path
) -> None:
    async with telling(pool, tmp_path, {"wecom": {"gather_seconds": 0}}) as world:
        await world.vendors["wecom"].close()
        await world.record(raised("1", MONDAY_TEN))
        await world.pass_time(50 * HOUR, HOUR)
        (given_up,) = await world.desk.listed((world.clock.now(), "~"), None, 10)
        await world.vendors["wecom"].open(world.trust)
        await world.desk.retry(given_up.delivery_id, world.clock.now())
        await world.pass_time(MINUTE)

        assert given_up.state == "GIVEN_UP"
        assert given_up.answer == "unreachable"
        assert len(world.vendors["wecom"].received) == 1


async def test_what_a_receiver_does_not_take_holds_up_nothing_behind_it(
    pool: asyncpg.Pool, tmp_path: Path
) -> None:
    async with telling(pool, tmp_path, {"webhook": {}}) as world:
        world.vendors["webhook"].moods = ["422"]
        await world.record(raised("1", MONDAY_TEN))
        await world.pass_time(SECOND, SECOND)
        await world.record(raised("2", MONDAY_TEN), resolved("1", MONDAY_TEN))
        await world.pass_time(2 * SECOND, SECOND)
        second = world.said("webhook")
        await world.pass_time(MINUTE)

        assert "XC2" in second
        assert "XC1" not in second
        assert world.said("webhook").index("1:RAISED") < world.said("webhook").index("1:RESOLVED")


async def test_who_is_gone_is_asked_no_more_until_somebody_tests_it(
    pool: asyncpg.Pool, tmp_path: Path
) -> None:
    async with telling(pool, tmp_path, {"webhook": {}}) as world:
        world.vendors["webhook"].moods = ["410"]
        await world.record(raised("1", MONDAY_TEN))
        await world.pass_time(HOUR, MINUTE)
        asked = world.vendors["webhook"].asked
        await world.desk.test("webhook", "a-test", world.clock.now())
        await world.pass_time(MINUTE)

        assert asked == 1
        assert "TEST" in world.said("webhook")
        assert "XC1" in world.said("webhook")


@pytest.mark.parametrize(
    ("mood", "answer"), [("302", "http_302"), ("chatter", "answer_too_long"), ("500", "http_500")]
)
async def test_no_answer_leads_anywhere_else(
    pool: asyncpg.Pool, tmp_path: Path, mood: str, answer: str
) -> None:
    async with telling(pool, tmp_path, {"webhook": {}}) as world:
        world.vendors["webhook"].moods = [mood]
        await world.record(raised("1", MONDAY_TEN))
        await world.pass_time(SECOND, SECOND)
        (tried,) = await world.desk.listed((world.clock.now(), "~"), None, 10)

        assert (tried.state, tried.answer) == ("WAITING", answer)


async def test_two_couriers_tell_everything_once(pool: asyncpg.Pool, tmp_path: Path) -> None:
    async with telling(pool, tmp_path, ALL) as world:
        await world.record(*(raised(str(n), MONDAY_TEN) for n in range(20)))
        await both(world)

        assert [len(one.received) for one in world.vendors.values()] == [1, 1, 1, 1]


async def both(world: Telling) -> None:
    """Hear and tell twice at the same time, as two processes do."""
    async with asyncio.TaskGroup() as tasks:
        for _ in range(2):
            tasks.create_task(world.hear())
    async with asyncio.TaskGroup() as tasks:
        for _ in range(2):
            tasks.create_task(world.tell())
