"""Several processes fill a second projection: whoever dies leaves no gap, and nobody behind."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import asyncpg
import psutil
import pytest

from services.metrics.adapters.rebuilding import join_beside
from services.metrics.app.filling import crew
from services.metrics.app.fingerprint import our_fingerprint
from shared.contracts.registry import Owner
from tests.integration.test_rebuild import BEFORE, at_work
from tests.support.eventually import eventually
from tests.support.rebuilding import rebuilt
from tests.support.stepped_bureau import stepped_bureau

LANES = 4
CASES = 40
INTERRUPTED = 130
AT_ONCE_SECONDS_MAX = 20.0
"""Held up as it is here, it would go on for ever."""

HOLD_LANES = "SELECT FROM metrics.rebuild_lanes FOR UPDATE"
COUNT_HELD_UP = """
SELECT count(*)
FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%rebuild_lanes%'
"""
FILLED = "SELECT bool_and(filled) FROM metrics.rebuild_lanes"

RoleDsn = Callable[[str], str]


@pytest.fixture
async def dsn(postgres_dsn: str, role_dsn: RoleDsn) -> AsyncIterator[str]:
    """Give a bureau that other code has folded, with facts for every one of its lanes."""
    async with stepped_bureau(postgres_dsn, BEFORE) as before:
        await at_work(before, CASES)
        await before.projection.begin(Owner.INTAKE.topic, LANES - 1, 0)
        yield role_dsn("casetrack_metrics")


@dataclass
class Command:
    """A rebuild by two processes, held up where each is about to write its first step."""

    process: asyncio.subprocess.Process
    helper: psutil.Process
    go_on: Callable[[], asyncio.Future[None]]

    async def told(self) -> dict[str, object]:
        answer, _ = await self.process.communicate()
        told: dict[str, object] = json.loads(answer)
        return told


@asynccontextmanager
async def held_up(dsn: str, superuser: asyncpg.Connection) -> AsyncIterator[Command]:
    async with join_beside(dsn, our_fingerprint()) as beside:
        await beside.begin()
    holder = await asyncpg.connect(dsn)
    holding = holder.transaction()
    await holding.start()
    await holder.execute(HOLD_LANES)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.command", "rebuild", "--switch", "--processes", "2"),
        "--json",
        env={**os.environ, "CASETRACK_METRICS_DSN": dsn},
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        await eventually(lambda: _held_up(superuser))
        (helper,) = psutil.Process(process.pid).children()
        yield Command(process, helper, lambda: asyncio.ensure_future(holding.rollback()))
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        await holder.close()


async def _held_up(superuser: asyncpg.Connection) -> bool:
    return bool(await superuser.fetchval(COUNT_HELD_UP) == 2)


def gone(process: psutil.Process) -> bool:
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


async def test_two_processes_have_lanes_of_their_own(
    dsn: str, superuser: asyncpg.Connection
) -> None:
    async with held_up(dsn, superuser) as command:
        await command.go_on()
        told = await command.told()

    assert (told["differences"], told["subjects"], told["switched"]) == ([], CASES, True)
    assert gone(command.helper)


async def test_what_a_dead_helper_has_left_its_leader_fills(
    dsn: str, superuser: asyncpg.Connection
) -> None:
    async with held_up(dsn, superuser) as command:
        command.helper.kill()
        await command.go_on()
        told = await command.told()

    assert (told["differences"], told["subjects"], told["switched"]) == ([], CASES, True)


async def test_whoever_is_killed_leaves_no_helper_and_the_next_one_goes_on(
    dsn: str, superuser: asyncpg.Connection
) -> None:
    async with held_up(dsn, superuser) as command:
        command.process.kill()
        await eventually(lambda: gone(command.helper))
        await command.go_on()
        outcome = await rebuilt(dsn)

    assert ([*outcome.differences], outcome.subjects, outcome.switched) == ([], CASES, True)


async def test_an_interruption_is_answered_at_once_and_leaves_no_process(
    dsn: str, superuser: asyncpg.Connection
) -> None:
    async with held_up(dsn, superuser) as command:
        command.process.send_signal(signal.SIGINT)
        status = await asyncio.wait_for(command.process.wait(), AT_ONCE_SECONDS_MAX)

        assert gone(command.helper)
    assert status == INTERRUPTED


async def test_helpers_alone_fill_every_lane(dsn: str, superuser: asyncpg.Connection) -> None:
    async with join_beside(dsn, our_fingerprint()) as beside:
        await beside.begin()
        async with crew(dsn, 2).helpers(1, 2):
            await eventually(lambda: superuser.fetchval(FILLED))
        standing = await beside.standing()

    assert (standing.lanes, standing.subjects) == (LANES, CASES)
    assert standing.facts == standing.facts_expected
