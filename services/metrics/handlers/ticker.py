"""The ticker: looks at what is due, says what has become true, and arms the next deadline."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import assert_never

import structlog

from services.metrics.domain.clocks.alert import (
    Alert,
    AlertRecord,
    Ruling,
    by_name,
    next_at,
    reconcile,
    said_of,
    withdraw,
)
from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.reason import Grounds
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.picture import every_clock
from services.metrics.domain.reasons.explanation import Raised, explain
from services.metrics.domain.rules.turns import RuleTurn, why_gone, why_raised
from services.metrics.ports.deadlines import Armed, Closed, Deadlines, Explained, Sweep
from services.metrics.ports.projection import ProjectionOutdated
from shared.contracts.envelope import Event
from shared.contracts.supervision.course import AlertState
from shared.contracts.supervision.facts import (
    AlertEscalated,
    AlertRaised,
    AlertResolved,
    AlertRevoked,
)
from shared.eventstore.port import StoreUnavailable
from shared.policy.rules import Editions, Rules
from shared.runtime.clock import Clock as RuntimeClock
from shared.runtime.lifecycle import Watchdog, pause
from shared.runtime.measures import ALERTS_RAISED, TIMER_LATENESS_SECONDS
from shared.runtime.wall_guard import WallGuard

log = structlog.get_logger()

CLOCKS_MIN, CLOCKS_MAX = 100, 500
"""So many clocks a sweep takes. Each alert locks its stream, of which a server has room for some
thousand."""
SWEEP_SECONDS = 0.25
"""Relays wait for the oldest transaction that runs: a sweep that takes longer is too large."""
LOOK_SECONDS_MIN, LOOK_SECONDS_MAX = 0.05, 0.25
"""Until the next clock is due; for what waits for its lane the looks become fewer."""
HELPING_SECONDS = 2.0
"""So often a second sweep of the same process looks whether the first one is up to it alone."""
PRESSED_SECONDS = 0.5
"""So long a fact may wait for Kafka before the second sweep leaves the machine to whoever sends."""
RETRY_SECONDS = 2.0
EVER = datetime.min.replace(tzinfo=UTC)


class SweepSize:
    """How many clocks a sweep takes: as many as it manages in its time."""

    def __init__(self) -> None:
        self.clocks = CLOCKS_MAX // 2

    def took(self, clocks: int, seconds: float) -> None:
        """Learn from a sweep of so many clocks."""
        if seconds > SWEEP_SECONDS:
            self.clocks = max(CLOCKS_MIN, self.clocks // 2)
        elif clocks >= self.clocks:
            self.clocks = min(CLOCKS_MAX, self.clocks * 2)


class LookWait:
    """How long nobody need look."""

    def __init__(self) -> None:
        self._held_up = LOOK_SECONDS_MIN

    def after(self, clocks: int, left: float | None) -> float:
        """Return the seconds after a sweep of so many *clocks*; the next is due in *left*."""
        if clocks >= CLOCKS_MIN:
            return 0.0
        if clocks or left is None or left > 0:
            self._held_up = LOOK_SECONDS_MIN
        if left is None or left > 0:
            return min(LOOK_SECONDS_MAX, max(LOOK_SECONDS_MIN, left or LOOK_SECONDS_MAX))
        wait, self._held_up = self._held_up, min(LOOK_SECONDS_MAX, 2 * self._held_up)
        return wait


class Ticker:
    """Raises, resolves and revokes alerts by the newest rules; *source* says that it was us."""

    def __init__(
        self, deadlines: Deadlines, rules: Rules, clock: RuntimeClock, source: str
    ) -> None:
        self._deadlines = deadlines
        self._editions = Editions(rules)
        self._clock = clock
        self._source = source
        self._guard = WallGuard(clock)
        self._size = SweepSize()
        self.watchdog = Watchdog("metrics.ticker", clock)

    @property
    def editions(self) -> Editions:
        """The rules by which it judges."""
        return self._editions

    async def run(self, stopping: asyncio.Event) -> None:
        """
        Sweep until *stopping*, or until other code has made the projection.

        A sweep that found much is followed by the next one at once.
        """
        wait = LookWait()

        async def look() -> float:
            swept = await self.handle(self._clock.now())
            if swept >= CLOCKS_MIN:
                return wait.after(swept, None)
            coming = await self._deadlines.coming()
            if coming is None:
                return wait.after(swept, None)
            return wait.after(swept, (coming - self._clock.now()).total_seconds())

        await self._repeated(look, stopping)

    async def help(self, stopping: asyncio.Event) -> None:
        """
        Sweep beside `run`: while the store writes for one, the other one reasons.

        Not while facts wait for Kafka: who sends them would wait for the machine.
        """

        async def look() -> float:
            if await self._deadlines.pressed_seconds() > PRESSED_SECONDS:
                return HELPING_SECONDS
            swept = await self.handle(self._clock.now())
            return 0.0 if swept >= CLOCKS_MIN else HELPING_SECONDS

        await self._repeated(look, stopping)

    async def _repeated(
        self, look: Callable[[], Awaitable[float]], stopping: asyncio.Event
    ) -> None:
        """Look until *stopping*, each time after so many seconds as the look before has said."""
        wait = 0.0
        while not await pause(self._clock, wait, stopping):
            try:
                wait = await look()
            except ProjectionOutdated as fault:
                log.warning("projection_made_otherwise", projection=fault.stored)
                return
            except StoreUnavailable:
                log.warning("sweep_postponed")
                self._size.took(0, RETRY_SECONDS)
                wait = RETRY_SECONDS
                continue
            self.watchdog.progressed()

    async def handle(self, now: datetime) -> int:
        """
        Say everything that became true by *now*, and return how many clocks were due.

        The facts, the alerts and the next deadlines are one transaction: a
        ticker that is killed has said all of it or nothing.
        """
        if not self._guard.trusts(now):
            return 0
        known, began = self._editions.newest, self._clock.monotonic()
        async with self._deadlines.claim(now, self._size.clocks, known.judging) as sweep:
            if sweep.edition > known.edition:
                # What these clocks call for is being judged anew.
                self._editions.learn(await sweep.rule_changes(known.edition))
                return 0
            if sweep.due:
                # Asked again behind the locks: who waited for them must not judge by an older
                # time than whoever had them before, or it would withdraw what that one said.
                await self._sweep(sweep, max(now, self._clock.now()))
        self._size.took(len(sweep.due), self._clock.monotonic() - began)
        return len(sweep.due)

    async def _sweep(self, sweep: Sweep, now: datetime) -> None:
        dossiers = await sweep.dossiers()
        clocks = {
            clock.key: clock
            for dossier in dossiers.values()
            for clock in every_clock(dossier, self._editions.newest)
        }
        said = await sweep.alerts()
        cards = by_name(said)
        found = [
            _find(key, clocks.get(key), said.get(key, ()), cards, min(now, complete_to))
            for key, complete_to in sweep.due
        ]
        turns = await self._turns(sweep, found)
        findings = [_explained(one, dossiers[one.armed.clock.dossier], turns) for one in found]
        rulings = [(finding, one) for finding in findings for one in finding.rulings]
        await sweep.record(
            [self._event(ruling, finding.armed.clock.dossier, now) for finding, ruling in rulings],
            [
                _raised(finding.clock, one.at, one.fact, now)
                for finding, one in rulings
                if isinstance(one.fact, AlertRaised) and finding.clock is not None
            ],
            [_closed(one.fact) for _, one in rulings if not isinstance(one.fact, AlertRaised)],
        )
        await sweep.arm([finding.armed for finding in findings])
        for _, one in rulings:
            _measure(one, now)
        if rulings:
            log.info("alerts_ruled", clocks=len(findings), facts=len(rulings))

    async def _turns(self, sweep: Sweep, found: "Iterable[Finding]") -> list[RuleTurn]:
        """Return the editions, the newest first, that may have brought about what was *found*."""
        turns: list[RuleTurn] = []
        since = min((one.since for one in found if one.rulings), default=None)
        rules = self._editions.newest
        while since is not None and rules.judging:
            published_at = await sweep.published_at(rules.judging)
            if published_at < since:
                break
            before = self._editions.at(rules.judging - 1)
            turns.append(RuleTurn(published_at, before, self._editions.at(rules.judging)))
            rules = before
        return turns

    def _event(self, ruling: Ruling, dossier: str, now: datetime) -> Event:
        return Event.of(
            ruling.fact,
            id=ruling.event_id,
            source=self._source,
            time=ruling.at,
            recordedtime=now,
            partitionkey=dossier,
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """What is to be said of one due run, and how it is armed then; a gone one has no clock."""

    clock: Clock | None
    rulings: tuple[Ruling, ...]
    armed: Armed

    @property
    def since(self) -> datetime:
        """What was published before has nothing to do with it."""
        return EVER if self.clock is None else min(ruling.at for ruling in self.rulings)


def _explained(finding: Finding, dossier: Dossier, turns: Sequence[RuleTurn]) -> Finding:
    """Return *finding* with the edition of the rules as the reason of what it brought about."""
    key = finding.armed.clock
    if not turns or not finding.rulings:
        return finding
    if finding.clock is None:
        reason = why_gone(key, dossier, turns)
        rulings = [one.because(reason) for one in finding.rulings]
    else:
        rulings = [
            one.because(why_raised(key, one.fact.level, one.at, dossier, turns))
            if isinstance(one.fact, AlertRaised)
            else one
            for one in finding.rulings
        ]
    return replace(finding, rulings=tuple(rulings))


def _find(
    key: ClockKey,
    clock: Clock | None,
    said: Sequence[Alert],
    cards: Mapping[str, Alert],
    by: datetime,
) -> Finding:
    """Judge by what was true *by* then: nothing later is known for sure."""
    if clock is None:
        return Finding(None, tuple(withdraw(said, by)), Armed(key, None, bool(said)))
    known = tuple(said_of(clock, {key: said}, cards))
    rulings = tuple(reconcile(clock, known, by))
    after = said_after(known, rulings)
    alerted = bool(after) and not clock.sla.escalates
    return Finding(clock, rulings, Armed(key, next_at(clock, after, by), alerted))


def _measure(ruling: Ruling, now: datetime) -> None:
    if isinstance(ruling.fact, AlertRaised):
        fact = ruling.fact
        ALERTS_RAISED.labels(sla=fact.sla_id or "", severity=fact.severity).inc()
        TIMER_LATENESS_SECONDS.observe((now - ruling.at).total_seconds())


def said_after(known: tuple[Alert, ...], rulings: Iterable[Ruling]) -> tuple[Alert, ...]:
    """Return the alerts of a clock once *rulings* are recorded."""
    alerts = {alert.alert_id: alert for alert in known}
    for ruling in rulings:
        match ruling.fact:
            case AlertRaised() as fact:
                alerts[fact.alert_id] = Alert(
                    fact.alert_id, fact.level, ruling.at, AlertState.RAISED, _grounds(fact)
                )
            case AlertEscalated() as fact:
                level = fact.to_level or 0
                alerts[fact.alert_id] = replace(
                    alerts[fact.alert_id], state=AlertState.ESCALATED, escalated=level
                )
            case AlertResolved() as fact:
                alerts[fact.alert_id] = _turned(alerts[fact.alert_id], AlertState.RESOLVED)
            case AlertRevoked() as fact:
                alerts[fact.alert_id] = _turned(alerts[fact.alert_id], AlertState.REVOKED)
    return tuple(alerts.values())


def _turned(alert: Alert, state: AlertState) -> Alert:
    return replace(alert, state=state)


def _grounds(fact: AlertRaised) -> Grounds:
    return Grounds(tuple(fact.causes or ()), fact.policy_version or "", fact.calendar_version or "")


def _raised(clock: Clock, at: datetime, fact: AlertRaised, now: datetime) -> Explained:
    lateness_ms = round((now - at).total_seconds() * 1000)
    alert = AlertRecord(
        alert_id=fact.alert_id,
        key=clock.key,
        clock=clock.name.value,
        level=fact.level,
        severity=fact.severity,
        raised_at=at,
        recorded_at=now,
        lateness_ms=lateness_ms,
        due=fact.due,
        grounds=_grounds(fact),
        reason=fact.reason or "",
    )
    return Explained(alert, explain(clock, at, Raised(fact.level, at, lateness_ms)))


def _closed(fact: AlertEscalated | AlertResolved | AlertRevoked) -> Closed:
    match fact:
        case AlertEscalated():
            return Closed(fact.alert_id, AlertState.ESCALATED, "", fact.to_level or 0)
        case AlertResolved():
            return Closed(fact.alert_id, AlertState.RESOLVED, fact.note or "")
        case AlertRevoked():
            return Closed(fact.alert_id, AlertState.REVOKED, fact.reason)
        case _:
            assert_never(fact)
