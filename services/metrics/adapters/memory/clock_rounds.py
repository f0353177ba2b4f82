"""The rounds in which clocks are looked for that run and are not armed, in memory."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from services.metrics.adapters.memory.tables import ArmedClock, MemoryTables
from services.metrics.domain.clocks.alert import Alert
from services.metrics.domain.clocks.armed import DeadClock
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.ports.clock_rounds import (
    ArmedRow,
    ClockRounds,
    LookedAt,
    RoundsSoFar,
    RoundStep,
)


class MemoryClockRounds(ClockRounds):
    """The dossiers of tables in memory, which nobody changes between a look and its end."""

    def __init__(self, tables: MemoryTables) -> None:
        self._tables = tables
        self._reached = ""
        self._looked_at = datetime.min.replace(tzinfo=UTC)
        self._rounds = RoundsSoFar(None, 0)

    async def take(
        self, now: datetime, rest: timedelta, dossiers_max: int, edition: int
    ) -> RoundStep | None:
        if now - rest < self._looked_at:
            return None
        self._looked_at = now
        following = sorted(key for key in self._tables.dossiers if key > self._reached)
        found = following[:dossiers_max]
        until = found[-1] if len(found) == dossiers_max else ""
        ours = [key for key in found if self._tables.made_by[key] == edition]
        return RoundStep(self._reached, [self._seen(key) for key in ours], until)

    async def settle(
        self, look: RoundStep, dead: Sequence[DeadClock], now: datetime
    ) -> Sequence[ClockKey]:
        for clock, next_at, alerted in dead:
            row = self._tables.clocks.setdefault(clock.key, ArmedClock(clock, None))
            row.next_at, row.alerted, row.gone = next_at, alerted, False
        if look.after == self._reached:
            self._reached = look.until
            at = self._rounds.went_round_at if look.until else now
            self._rounds = RoundsSoFar(at, self._rounds.found + len(dead))
        return [one.clock.key for one in dead]

    async def rounds(self) -> RoundsSoFar:
        return self._rounds

    def _seen(self, key: str) -> LookedAt:
        tables = self._tables
        said: dict[ClockKey, list[Alert]] = {}
        for one in tables.alerts_of([key]):
            said.setdefault(one.key, []).append(one.alert)
        rows = {
            place: ArmedRow(row.next_at, row.gone)
            for place, row in tables.clocks.items()
            if place.dossier == key
        }
        return LookedAt(tables.dossiers[key], "", rows, said)
