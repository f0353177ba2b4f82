"""Three tickers that are killed in the middle of it tell every card, and each once."""

import asyncio
import os
import sys
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random

import asyncpg
import pytest

from services.metrics.app.rules import SEARCH_PATH
from shared.eventstore.postgres import open_pool
from shared.kafka.topics import ensure_topics
from shared.runtime.clock import SystemClock
from tests.support.eventually import eventually
from tests.support.old_year import called_for, stories, year
from tests.support.whole_way import WholeWay, recorded, whole_way

CASES = int(os.environ.get("CASETRACK_CHAOS_CASES", "1500"))
KILLS = int(os.environ.get("CASETRACK_CHAOS_KILLS", "5"))
SEED = os.environ.get("CASETRACK_CHAOS_SEED", "")
TICKERS = ("ticker-1", "ticker-2", "ticker-3")
METRICS = {"worker": "worker", **dict.fromkeys(TICKERS, "ticker")}
FOLD_SECONDS = 300.0
BETWEEN_SECONDS_MAX = 0.4
"""So much lies between two kills while cards are being told: they are told within seconds."""

DUE = "SELECT count(*) FROM clocks WHERE next_at <= now()"
LET_COME_AGAIN = "UPDATE clocks SET next_at = '-infinity' WHERE next_at IS NULL OR next_at > now()"
CARDS = "SELECT dossier, sla, level, state FROM alerts"
SAID = """
SELECT type, body::jsonb #>> '{data,alert_id}' AS card
FROM events
WHERE type LIKE 'casetrack.supervision.alert.%'
"""


@pytest.mark.timeout(600 + 60 * KILLS)
async def test_no_card_is_lost_and_none_told_twice(
    tmp_path: Path, role_dsn: Callable[[str], str], no_bureau_topics: str
) -> None:
    seed = int(SEED or Random().randrange(1_000_000))  # noqa: S311 - printed, to be repeated
    sys.stdout.write(f"CASETRACK_CHAOS_SEED={seed}\n")
    chance, facts = Random(seed), [*year(CASES)]  # noqa: S311 - as above
    await ensure_topics(no_bureau_topics)
    async with (
        whole_way(
            tmp_path / "home",
            role_dsn=role_dsn,
            kafka=no_bureau_topics,
            metrics=METRICS,
            owners="intake,supervision",
        ) as running,
        await open_pool(role_dsn("casetrack_metrics"), SEARCH_PATH) as pool,
    ):
        await recorded(role_dsn("casetrack_intake"), facts)
        killed = await killed_amid(pool, running, chance)
        await eventually(nothing_is_due(pool), within=FOLD_SECONDS)
        told = Counter(tuple(row) for row in await pool.fetch(SAID))
        cards = Counter(tuple(row) for row in await pool.fetch(CARDS))
        sys.stdout.write(f"{killed} kills amid {len(told)} facts about cards\n")

    assert killed == KILLS
    assert cards == called_for(stories(CASES), SystemClock().now())
    assert max(told.values()) == 1


async def killed_amid(pool: asyncpg.Pool, running: WholeWay, chance: Random) -> int:
    """Kill one of them again and again while there is something to tell; return how often."""
    killed = 0
    while killed < KILLS:
        await eventually(something_is_due(pool), within=FOLD_SECONDS)
        await asyncio.sleep(chance.uniform(0, BETWEEN_SECONDS_MAX))
        ticker = running.parts[chance.choice(TICKERS)]
        if ticker.alive:
            ticker.kill()
            killed += 1
        if not await pool.fetchval(DUE):
            # All is told: let everything be looked at once more, and nothing be said of it.
            await eventually(partial(let_come_again, pool))
    return killed


async def let_come_again(pool: asyncpg.Pool) -> bool:
    """Say whether it was done: whoever folds just now takes the same rows in another order."""
    try:
        await pool.execute(LET_COME_AGAIN)
    except asyncpg.DeadlockDetectedError:
        return False
    return True


def something_is_due(pool: asyncpg.Pool) -> Callable[[], object]:
    async def seen() -> bool:
        return bool(await pool.fetchval(DUE))

    return seen


def nothing_is_due(pool: asyncpg.Pool) -> Callable[[], object]:
    async def seen() -> bool:
        return not await pool.fetchval(DUE)

    return seen
