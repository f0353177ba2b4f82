"""What channels were told is kept for its time and forgotten then, a little at a time."""

from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from services.metrics.domain.deliveries.profile import KEPT_DAYS_MIN, DeliveryProfile
from services.metrics.handlers import courier
from tests.support.delivering import MONDAY_TEN, SECOND, Telling, raised, resolved, telling

WEBHOOK = {"webhook": {"gather_seconds": 0}}
KEPT = timedelta(days=KEPT_DAYS_MIN)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
ROWS = """
SELECT (SELECT count(*) FROM deliveries), (SELECT count(*) FROM notifications)
"""
STANDS = """
INSERT INTO alerts (alert_id, dossier, subject, sla, episode, clock, level, severity, state,
                    raised_at, recorded_at, lateness_ms, due, grounds, explanation)
VALUES ($1, 'XC1', 'XC1', 'SLA-04', 0, 'COMMITTED', 'RED', 1, $2, now(), now(), 0, now(), '', '')
"""


async def rows(pool: asyncpg.Pool) -> tuple[int, int]:
    return tuple(await pool.fetchrow(ROWS))


async def look_after(world: Telling, later: timedelta) -> None:
    world.clock.advance(later)
    await world.courier.look_after(world.clock.now())


async def test_a_receipt_is_kept_for_its_time_and_forgotten_then(
    pool: asyncpg.Pool, tmp_path: Path
) -> None:
    async with telling(pool, tmp_path, WEBHOOK, kept_days=KEPT_DAYS_MIN) as world:
        await world.record(raised("1", MONDAY_TEN))
        await world.pass_time(SECOND, SECOND)
        await world.record(resolved("1", world.clock.now()))
        await world.pass_time(SECOND, SECOND)
        await look_after(world, KEPT - MINUTE)
        kept = await rows(pool)
        await look_after(world, 2 * MINUTE)

        assert kept == (2, 2)
        assert await rows(pool) == (0, 0)


async def test_what_was_told_of_a_card_that_stands_is_kept_until_its_end_is_told(
    pool: asyncpg.Pool, superuser: asyncpg.Connection, tmp_path: Path
) -> None:
    await superuser.execute("SET search_path TO metrics")
    async with telling(pool, tmp_path, WEBHOOK, kept_days=KEPT_DAYS_MIN) as world:
        await world.record(raised("1", MONDAY_TEN))
        await world.pass_time(SECOND, SECOND)
        await superuser.execute(STANDS, "1", "ESCALATED")
        await look_after(world, KEPT + DAY)
        kept = await rows(pool)
        await world.record(resolved("1", world.clock.now()))
        await superuser.execute("UPDATE alerts SET state = 'RESOLVED'")
        await world.pass_time(SECOND, SECOND)
        told = len(world.vendors["webhook"].received)
        await look_after(world, MINUTE)

        assert kept == (1, 1)
        assert told == 2
        assert await rows(pool) == (1, 1)


async def test_what_was_spared_is_forgotten_and_what_waits_is_not(
    pool: asyncpg.Pool, tmp_path: Path
) -> None:
    quiet = {"webhook": {"gather_seconds": 3600}}
    async with telling(pool, tmp_path, quiet, kept_days=KEPT_DAYS_MIN) as world:
        await world.record(raised("1", MONDAY_TEN))
        await world.hear()
        await world.record(resolved("1", MONDAY_TEN))
        await world.hear()
        spared = await rows(pool)
        await look_after(world, KEPT + DAY)
        await world.record(raised("2", world.clock.now()))
        await world.hear()

        assert spared == (0, 1)
        assert await rows(pool) == (0, 1)


async def test_it_is_forgotten_a_little_at_a_time(
    pool: asyncpg.Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "FORGOTTEN_MAX", 2)
    async with telling(pool, tmp_path, WEBHOOK, kept_days=KEPT_DAYS_MIN) as world:
        for number in range(5):
            await world.record(raised(str(number), world.clock.now()))
            await world.pass_time(SECOND, SECOND)
        left = []
        for later in (KEPT + DAY, MINUTE, MINUTE):
            await look_after(world, later)
            left.append((await rows(pool))[0])

        assert left == [3, 1, 0]


def test_a_profile_keeps_its_logs_for_as_long_as_the_law_says() -> None:
    with pytest.raises(ValueError, match="kept_days"):
        DeliveryProfile(kept_days=KEPT_DAYS_MIN - 1)
