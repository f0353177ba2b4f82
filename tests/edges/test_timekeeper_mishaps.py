"""Timekeepers and clerks over a store that fails at any moment: each silence ends once."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

import pytest

from services.intake.domain.case.commands import AnyCommand, ReceiveCorrection, RequestCorrection
from services.intake.domain.case.silence import timer
from services.intake.handlers.commands import CASE
from services.intake.handlers.timekeeper import LEASE, Timekeeper
from shared.contracts.envelope import Event
from shared.contracts.intake import ApplicationAccepted, CorrectionExpired
from shared.contracts.rejection import Rejection
from shared.eventstore.deciding import Desk, Occasion, Repetition, handle
from shared.eventstore.memory import MemoryEventStore, MemoryTimers
from shared.eventstore.port import ConcurrencyConflict, History, Receipt, StoreUnavailable
from shared.policy.acceptance import acceptance_terms
from shared.policy.calendar import ZONE, official_calendar
from shared.runtime.clock import VirtualClock
from shared.runtime.ids import SeededIds
from tests.support.intake_cases import ACCEPT, DEFECT, PAPER
from tests.support.simulation.story import RECEIVE

SEEDS = 150
MONDAY = datetime(2024, 9, 2, tzinfo=ZONE)
CASES = ("XC20240902000001", "XC20240902000002", "XC20240902000003")
HALF_A_DAY = timedelta(hours=12)
HALF_DAYS = 40
MISHAP = 0.08
TERMS, CALENDAR = acceptance_terms(), official_calendar()
REQUEST = RequestCorrection(
    at=MONDAY, case_no=CASES[0], answer_by=date(2024, 9, 10), items=(DEFECT,), notice=PAPER
)
ANSWER = ReceiveCorrection(at=MONDAY, case_no=CASES[0], complete=True)


class Peril:
    """What may happen on the way to the store and back."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)  # noqa: S311 - a story, no secret
        self.calm = False

    async def hop(self) -> None:
        for _ in range(self.chance.randrange(3)):
            await asyncio.sleep(0)
        if not self.calm and self.chance.random() < MISHAP:
            raise StoreUnavailable("lost on the way")


class PerilousStore(MemoryEventStore):
    """A store whose answer may be lost before or behind the deed."""

    def __init__(self, peril: Peril) -> None:
        super().__init__()
        self._peril = peril

    async def load(self, stream: str) -> History:
        await self._peril.hop()
        return await super().load(stream)

    async def append(
        self,
        stream: str,
        events: Sequence[Event],
        *,
        expected_version: int,
        receipt: Receipt | None = None,
    ) -> int:
        await self._peril.hop()
        version = await super().append(
            stream, events, expected_version=expected_version, receipt=receipt
        )
        await self._peril.hop()
        return version


class PerilousTimers(MemoryTimers):
    """Timers whose answer may be lost, too."""

    def __init__(self, store: MemoryEventStore, peril: Peril) -> None:
        super().__init__(store)
        self._peril = peril

    async def arm(self, types: Sequence[str], source: str, rows_max: int) -> int:
        await self._peril.hop()
        facts = await super().arm(types, source, rows_max)
        await self._peril.hop()
        return facts

    async def claim(self, now: datetime, until: datetime, streams_max: int) -> Sequence[str]:
        await self._peril.hop()
        streams = await super().claim(now, until, streams_max)
        await self._peril.hop()
        return streams

    async def settle(self, stream: str, until: datetime, next_at: datetime | None) -> None:
        await self._peril.hop()
        await super().settle(stream, until, next_at)
        await self._peril.hop()


class Weeks:
    """Three weeks of one seed."""

    def __init__(self, seed: int) -> None:
        self.peril = Peril(seed)
        self.clock = VirtualClock(MONDAY)
        self.store = PerilousStore(self.peril)
        timers = PerilousTimers(self.store, self.peril)
        self.desk = Desk(self.store, self.clock, SeededIds(seed), "urn:casetrack:610102:intake")
        self.keepers = [Timekeeper(timers, self.desk, CALENDAR, TERMS, "610102") for _ in range(2)]

    async def live(self) -> None:
        wishes = {case: list(self._wishes(case)) for case in CASES}
        for half in range(HALF_DAYS):
            now = self.clock.now().astimezone(ZONE)
            asked = [one for case in CASES for at, one in wishes[case] if at == half]
            await asyncio.gather(
                *(_bearing(keeper.look(now)) for keeper in self.keepers),
                *(_bearing(self._ask(one, now)) for one in asked),
            )
            self.clock.advance(HALF_A_DAY)
        self.peril.calm = True
        for _ in range(3):
            self.clock.advance(LEASE)
            await asyncio.gather(*(keeper.look(self.clock.now()) for keeper in self.keepers))

    def _wishes(self, case_no: str) -> Iterator[tuple[int, AnyCommand]]:
        chance, half = self.peril.chance, 0
        for command in (RECEIVE, REQUEST, ANSWER, ACCEPT):
            if command is RECEIVE or chance.random() < 0.6:
                half += chance.randrange(1, 10)
                yield half, replace(command, case_no=case_no)

    async def _ask(self, command: AnyCommand, now: datetime) -> None:
        key = f"{command.case_no}-{type(command).__name__}"
        occasion = Occasion(at=now, repetition=Repetition("clerk", key, key.encode()))
        stream = f"case-{command.case_no}"
        await handle(CASE, replace(command, at=now), stream, occasion, desk=self.desk)


async def _bearing(deed: Awaitable[object]) -> None:
    with suppress(StoreUnavailable, ConcurrencyConflict, Rejection):
        await deed


@pytest.mark.parametrize("first", range(0, SEEDS, 50))
async def test_whatever_fails_each_silence_ends_once_at_its_instant(first: int) -> None:
    ends: Counter[str] = Counter()
    for seed in range(first, first + 50):
        weeks = Weeks(seed)
        await weeks.live()
        for case in CASES:
            history = (await weeks.store.load(f"case-{case}")).events
            ends.update(_ends(seed, history, weeks.clock.now()))

    assert {*ends} >= {"NORMAL", "DEEMED", "EXPIRED"}


def _ends(seed: int, history: Sequence[Event], now: datetime) -> Iterator[str]:
    """Yield how the case's silence ended, if it did, and see that it did so rightly."""
    state, ends = CASE.initial, 0
    for event in history:
        waiting = timer(state, TERMS, CALENDAR)
        match event.data:
            case ApplicationAccepted(mode=mode):
                ends += 1
                yield mode.value
            case CorrectionExpired():
                ends += 1
                yield "EXPIRED"
            case _:
                pass
        if event.recordedtime != event.time:
            assert waiting, seed
            assert event.time == waiting.command.at, seed
        state = CASE.evolve(state, event.data)
    left = timer(state, TERMS, CALENDAR)
    assert ends <= 1, seed
    assert not state.anomalies, seed
    assert left is None or left.command.at > now, seed
