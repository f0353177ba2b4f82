"""Whose cases are is noted for all that a fetch brought, not in a transaction for each."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from services.review.consumer import GROUP
from services.review.handlers.cases import CaseRegister
from shared.contracts.registry import Owner, encode
from shared.eventstore.memory import MemoryEventStore
from shared.kafka.consumer import ConsumerLoop, ReadingPlan
from shared.kafka.dead_letters import read_dead_letter
from shared.kafka.memory import MemoryBus
from shared.kafka.port import Handler, Record
from shared.kafka.seal import UNSEALED, Seal
from shared.runtime.clock import SystemClock
from tests.integration.test_adoption import postgres_store, review_over
from tests.support.eventually import eventually
from tests.support.metrics_store import received

CASES = 1_000
TRANSACTIONS = "SELECT count(DISTINCT xid), count(*) FROM review.claims"
BROKEN = b'{"type":"casetrack.intake.application.received.v1","data":{}}'


async def read(bus: MemoryBus, handler: Handler, plan: ReadingPlan, records: int) -> None:
    """Let *handler* have all *records* of intake's topic."""
    stopping = asyncio.Event()
    feed = bus.feed(plan.group, [Owner.INTAKE.topic])
    loop = ConsumerLoop(feed, handler, bus, plan, SystemClock())
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(loop.run(stopping))
        await eventually(lambda: sum(bus.committed(plan.group).values()) == records)
        stopping.set()


def told(body: bytes, key: str) -> Record:
    return Record(Owner.INTAKE.topic, key.encode(), body)


@pytest.mark.parametrize(("at_once", "transactions"), [(True, range(1, 13)), (False, [CASES])])
async def test_a_thousand_receipts_are_noted_in_a_few_transactions(
    role_dsn: Callable[[str], str],
    superuser: asyncpg.Connection,
    tmp_path: Path,
    *,
    at_once: bool,
    transactions: Sequence[int],
) -> None:
    bus = MemoryBus(SystemClock())
    for number in range(CASES):
        await bus.send([told(encode(received(f"XC{number}")), f"XC{number}")])
    async with postgres_store(role_dsn("casetrack_review")) as store:
        ratings = review_over(store, tmp_path).ratings
        plan = replace(GROUP, together=ratings.together) if at_once else GROUP
        await read(bus, ratings.handle, plan, CASES)
    found, noted = await superuser.fetchrow(TRANSACTIONS)

    assert noted == CASES
    assert found in transactions


async def test_a_broken_receipt_stops_no_other(
    role_dsn: Callable[[str], str], tmp_path: Path
) -> None:
    bus = MemoryBus(SystemClock())
    good = [encode(received(case_no)) for case_no in ("XC1", "XC2")]
    await bus.send([told(body, "XC1") for body in (good[0], BROKEN, good[1])])
    async with postgres_store(role_dsn("casetrack_review")) as store:
        ratings = review_over(store, tmp_path).ratings
        await read(bus, ratings.handle, replace(GROUP, together=ratings.together), 3)
        known = [await CaseRegister(store).owners(case_no) for case_no in ("XC1", "XC2")]
    (letter,) = map(read_dead_letter, bus.records(f"dlq.{Owner.INTAKE.topic}"))

    assert all(known)
    assert letter.record.value == BROKEN


async def test_what_does_not_bear_our_seal_is_not_among_them(tmp_path: Path) -> None:
    seal, store, bus = Seal.of(f"2026:{'5e' * 32}"), MemoryEventStore(), MemoryBus(SystemClock())
    ours, forged = (encode(received(case_no)) for case_no in ("XC1", "XC2"))
    sealed = replace(told(ours, "XC1"), headers=(seal.on(Owner.INTAKE.topic).header(ours),))
    await bus.send([sealed, told(forged, "XC2")])
    ratings = review_over(store, tmp_path).ratings
    await read(bus, ratings.handle, replace(GROUP, together=ratings.together, seal=seal), 2)
    (letter,) = map(read_dead_letter, bus.records(f"dlq.{Owner.INTAKE.topic}"))

    assert await CaseRegister(store).owners("XC1")
    assert await CaseRegister(store).owners("XC2") == ()
    assert (letter.record.value, letter.refusal.code) == (forged, UNSEALED)
