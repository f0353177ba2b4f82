"""The metrics tables in memory: what PostgreSQL would hold, and how a commit changes it."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from services.metrics.adapters.binary_copy import FactRow
from services.metrics.adapters.projection import ClockRow, FigureRow, StateRow, Stretch
from services.metrics.domain.fold import fold_all
from services.metrics.handlers.reading import entry_of
from services.metrics.handlers.rows import text_of
from tests.support.simulation.life import Violation
from tests.support.simulation.store import SimulatedStore

AT_ONCE = datetime.min.replace(tzinfo=UTC)

ClockKey = tuple[str, str]


@dataclass(slots=True)
class ArmedClock:
    """A row of the clocks: its columns, and what the ticker knows of it."""

    row: ClockRow
    next_at: datetime | None
    alerted: bool = False


@dataclass
class LaneRow:
    """Who folds a partition number."""

    epoch: int = 0
    recent: str = "[]"


@dataclass
class Changes:
    """What one batch will have written when it commits."""

    facts: Sequence[FactRow] = ()
    states: Sequence[StateRow] = ()
    figures: Sequence[FigureRow] = ()
    clocks: Sequence[ClockRow] = ()
    fold_version: int = 0


@dataclass
class Tables:
    """The server: what it holds outlives every process."""

    supervision: SimulatedStore
    timeline: dict[tuple[str, bytes], bytes] = field(default_factory=dict)
    dossiers: dict[str, tuple[int, str]] = field(default_factory=dict)
    figures: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    clocks: dict[ClockKey, ArmedClock] = field(default_factory=dict)
    alerts: dict[str, dict[str, Any]] = field(default_factory=dict)
    offsets: dict[tuple[str, int], int] = field(default_factory=dict)
    lanes: defaultdict[int, LaneRow] = field(default_factory=lambda: defaultdict(LaneRow))
    lane_locks: defaultdict[int, asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock)
    )
    clock_locks: defaultdict[ClockKey, asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock)
    )

    def owned(self, stretch: Stretch, epoch: int) -> bool:
        """Say whether the lane and the offset are as the worker believes."""
        found = self.offsets.get((stretch.topic, stretch.partition))
        return self.lanes[stretch.partition].epoch == epoch and found == stretch.first

    def moving(self, number: int) -> Callable[[], bool]:
        """Return whether anything of the lane was folded since."""
        before = self._folded(number)
        return lambda: self._folded(number) != before

    def overtaking(self, stretch: Stretch, epoch: int, *, halfway: bool) -> Callable[[], bool]:
        """Return whether *stretch* has another claimant by now, with part of the lane folded."""
        topic, number = stretch.topic, stretch.partition
        moved = self.moving(number)
        return lambda: (
            self.lanes[number].epoch != epoch
            and moved() is halfway
            and self.offsets[topic, number] < stretch.following
        )

    def contradicted(self, asked_at: datetime) -> bool:
        """Say whether a clock is to be looked at of which more was said than was true then."""
        return any(
            alert["raised_at"] > asked_at
            and self.clocks[alert["dossier"], alert["sla"]].next_at == AT_ONCE
            for alert in self.alerts.values()
        )

    def _folded(self, number: int) -> list[int]:
        return [offset for (_, partition), offset in self.offsets.items() if partition == number]

    def write(self, changes: Changes) -> None:
        """Apply what a batch changes, offsets apart."""
        self.timeline.update({(fact[0], fact[1]): fact[3] for fact in changes.facts})
        self.dossiers.update(
            {key: (changes.fold_version, state) for key, _, _, state in changes.states}
        )
        for *place, number in changes.figures:
            self.figures[tuple(place)] += number
        for row in changes.clocks:
            self._write_clock(row)
        for key, _, _, state in changes.states:
            self._must_be_folded(key, state)

    def _must_be_folded(self, dossier: str, state: str) -> None:
        """Look at once: what somebody may read now, later facts may cover up."""
        bodies = [body for (key, _), body in self.timeline.items() if key == dossier]
        facts = [entry_of(body) for body in bodies]
        if (folded := text_of(fold_all(dossier, facts))) != state:
            raise Violation("every state is the fold of its facts", state, "promised", folded)

    def due(self, now: datetime, clocks_max: int) -> list[ClockKey]:
        """Return the clocks to look at, those that nobody else has in hand."""
        free = [one for one in self.overdue(now) if not self.clock_locks[one[1]].locked()]
        return [key for _, key in free[:clocks_max]]

    def overdue(self, now: datetime) -> list[tuple[datetime, ClockKey]]:
        """Return every clock that somebody has to look at, longest due first."""
        return sorted(
            (clock.next_at, key)
            for key, clock in self.clocks.items()
            if clock.next_at is not None and clock.next_at <= now
        )

    def say(self, raised: str, closed: Iterable[tuple[str, str, str]], now: datetime) -> None:
        """Raise alerts and close them; one that is known stays as it is."""
        for alert in msgspec.json.decode(raised or "[]"):
            alert["raised_at"] = datetime.fromisoformat(alert["raised_at"])
            if alert["raised_at"] > now:
                raise Violation("an alert before its instant", alert)
            self.alerts.setdefault(alert["alert_id"], {**alert, "state": "RAISED"})
        for alert_id, state, reason in closed:
            self.alerts[alert_id].update(state=state, reason=reason)

    def arm(self, rows: Iterable[tuple[str, str, datetime | None, bool]]) -> None:
        for dossier, sla, next_at, alerted in rows:
            clock = self.clocks[dossier, sla]
            clock.next_at, clock.alerted = next_at, alerted

    def alerts_of(self, dossiers: Iterable[str]) -> list[Mapping[str, Any]]:
        wanted = set(dossiers)
        return [alert for alert in self.alerts.values() if alert["dossier"] in wanted]

    def _write_clock(self, row: ClockRow) -> None:
        dossier, sla, *_, next_at = row
        known = self.clocks.get((dossier, sla))
        alerted = known is not None and known.alerted
        armed_for = self.rearmed(next_at) if alerted else next_at
        self.clocks[dossier, sla] = ArmedClock(row, armed_for, alerted)

    def rearmed(self, _: datetime | None) -> datetime | None:
        """Return when to look at a changed clock of which something was said: at once."""
        return AT_ONCE
