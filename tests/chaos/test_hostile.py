"""A hostile quarter of an hour: whatever comes in at whatever door, nobody is stopped by it."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tests.support.hostile.siege import Siege, besieged

SECONDS = float(os.environ.get("CASETRACK_HOSTILE_SECONDS", "20"))
SEED = os.environ.get("CASETRACK_HOSTILE_SEED", "")
WAVE_SIZE = 40
KILL_SHARE = 0.3


async def outlived(siege: Siege, chance: Random) -> None:
    """Attack for the time that was asked for; after each wave all doors are as they were."""
    ends_at = time.monotonic() + SECONDS
    while time.monotonic() < ends_at:
        await siege.wave(chance, WAVE_SIZE)
        await siege.well_meant()
        assert siege.requests.faults == []
        assert siege.restarts == siege.hits
        await siege.accounted()
        if chance.random() < KILL_SHARE:
            await siege.kill(chance)


@pytest.mark.timeout(600 + 3 * SECONDS)
async def test_nothing_that_comes_in_stops_anybody(
    tmp_path: Path, role_dsn: Callable[[str], str], postgres_dsn: str, bureau_topics: str
) -> None:
    seed = int(SEED or Random().randrange(1_000_000))  # noqa: S311 - printed, to be repeated
    sys.stdout.write(f"CASETRACK_HOSTILE_SEED={seed}\n")

    async with besieged(
        tmp_path / "home", role_dsn=role_dsn, kafka=bureau_topics, superuser_dsn=postgres_dsn
    ) as siege:
        await outlived(siege, Random(seed))  # noqa: S311 - as above
        report = await siege.verified()
        errors = await siege.errors()
        sys.stdout.write(f"waves: {siege.waves}, records: {len(siege.records.sent)}\n")

    assert report.document()["differences"] == []
    assert errors == []
