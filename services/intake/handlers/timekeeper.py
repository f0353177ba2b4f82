"""The timekeeper: gives the commands that the passing of time asks for, once each."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import structlog

from services.intake.domain.case import silence
from services.intake.domain.case.commands import AcceptApplication, ExpireCorrection
from services.intake.domain.case.silence import AnyEnding, Timer
from services.intake.domain.inspection import silence as inspection_silence
from services.intake.domain.inspection.commands import ExpireDefect
from services.intake.handlers.commands import CASE, INSPECTION
from shared.commands.decider import Decider
from shared.commands.deciding import Desk, Occasion, Repetition, handle
from shared.commands.rules_in_force import RulesInForce
from shared.contracts.envelope import Event
from shared.contracts.inspection.facts import InspectionFact
from shared.contracts.rejection import Rejection
from shared.eventstore.port import (
    ConcurrencyConflict,
    HistoryUnreadable,
    StoreRefused,
    StoreUnavailable,
    Timers,
)
from shared.runtime.lifecycle import Watchdog, crash, pause
from shared.runtime.measures import SILENCE_LATENESS_SECONDS
from shared.runtime.wall_guard import WallGuard

log = structlog.get_logger()

TIMEKEEPER = "urn:casetrack:time"
"""No token has this subject: it stands in the receipts in place of a principal."""
ARMING = tuple(fact.TYPE for fact in (*silence.WAITING_SINCE, *inspection_silence.WAITING_SINCE))
ENDS: Mapping[type[Any], tuple[str, Decider[Any, Any]]] = {
    AcceptApplication: ("deemed", CASE),
    ExpireCorrection: ("expired", CASE),
    ExpireDefect: ("defect", INSPECTION),
}
"""What each ending is called in its receipt, and who decides about it."""
FACTS_PER_LOOK_MAX = 5_000
STREAMS_PER_LOOK_MAX = 50
LEASE = timedelta(seconds=60)
"""Many times what a look takes; whoever dies leaves its streams to the others after that."""
NOTICE_AWAITED = timedelta(hours=6)
"""How long to wait for a year's calendar before looking again."""
LEFT = (Rejection, ConcurrencyConflict, StoreRefused, HistoryUnreadable)
"""Somebody was quicker, or the history is out of order: looked at again when the lease is over."""
LOOK_SECONDS = 5.0
UNKNOWN = -1
"""The edition by which we have looked at nothing yet."""
RETRY_SECONDS = 2.0


class Timekeeper:
    """
    Ends silences in our own cases: by acceptance the bureau's, by expiry the applicant's.

    What another system has begun it decides itself, and may tell us late. The
    facts happen at the instant at which they were due, whenever we get to it.
    Any number of timekeepers may run: what one has done the history shows to the others.
    """

    def __init__(
        self,
        timers: Timers,
        desk: Desk,
        rules: RulesInForce,
        district: str,
    ) -> None:
        self._timers = timers
        self._desk = desk
        self._rules = rules
        self._judged_by = UNKNOWN
        self._district = district
        self._guard = WallGuard(desk.clock)
        self.watchdog = Watchdog("intake.timekeeper", desk.clock)

    async def run(self, stopping: asyncio.Event) -> None:
        """Look until *stopping*; a full look is followed by the next one at once."""
        wait = 0.0
        while not await pause(self._desk.clock, wait, stopping):
            try:
                more = await self.look(self._desk.clock.now())
                wait = 0.0 if more else LOOK_SECONDS
            except StoreUnavailable:
                log.warning("timers_postponed")
                wait = RETRY_SECONDS
            # Nor is waiting for the store a reason to end: those who call are told to come back.
            self.watchdog.progressed()

    async def look(self, now: datetime) -> bool:
        """Do what is due by *now*; return whether more may be."""
        facts = await self._timers.arm(ARMING, self._desk.source, FACTS_PER_LOOK_MAX)
        if not self._guard.trusts(now):
            return False
        await self._follow_rules()
        until = now + LEASE
        streams = await self._timers.claim(now, until, STREAMS_PER_LOOK_MAX)
        for stream in streams:
            try:
                await self._look_at(stream, now, until)
            except LEFT as fault:
                log.warning("timer_left", stream=stream, code=fault.code)
        return facts == FACTS_PER_LOOK_MAX or len(streams) == STREAMS_PER_LOOK_MAX

    async def _follow_rules(self) -> None:
        """Look at every silence again where other rules say how long it lasts."""
        judging = self._rules.newest.judging
        if self._judged_by != judging:
            # Also when we begin: whoever was to do it may have been killed.
            await self._timers.arm_all()
            self._judged_by = judging

    async def _look_at(self, stream: str, now: datetime, until: datetime) -> None:
        history = await self._desk.store.load(stream)
        waiting = self._waiting(stream, history.events)
        if waiting is None:
            await self._timers.settle(stream, until, None)
        elif waiting.command.at > now:
            await self._timers.settle(stream, until, waiting.command.at)
        elif waiting.provisional:
            log.warning("timer_awaits_calendar", stream=stream)
            await self._timers.settle(stream, until, now + NOTICE_AWAITED)
        else:
            await self._end(stream, waiting.command)
            crash("timekeeper.decided_before_settled")
            await self._timers.settle(stream, until, None)

    def _waiting(self, stream: str, events: Sequence[Event]) -> Timer | None:
        """Return what the subject of *stream* waits for."""
        kind, _, name = stream.partition("-")
        if kind == InspectionFact.STREAM:
            return inspection_silence.timer(name, INSPECTION.after(events))
        return silence.timer(CASE.after(events), self._rules.newest)

    async def _end(self, stream: str, command: AnyEnding) -> None:
        ending, decider = ENDS[type(command)]
        key = f"{ending}/{stream}/{command.at.isoformat()}"
        occasion = Occasion(
            at=command.at,
            districtcode=self._district,
            repetition=Repetition(TIMEKEEPER, key, sha256(key.encode()).digest()),
        )
        await handle(decider, command, stream, occasion, desk=self._desk)
        lateness = self._desk.clock.now() - command.at
        SILENCE_LATENESS_SECONDS.observe(lateness.total_seconds())
        log.info("silence_ended", stream=stream, ending=ending, at=command.at.isoformat())
