"""What the page of today is made of, read from tables in memory."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date

from services.metrics.adapters.memory.tables import MemoryTables
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.figures import live
from services.metrics.domain.figures.figure import counts
from services.metrics.domain.figures.values import Parts
from services.metrics.domain.recent import RecentFact, newest
from services.metrics.ports.glances import (
    Glance,
    Glances,
    ListLengths,
    Offset,
    Outboxes,
    RebuildProgress,
)
from services.metrics.ports.readings import AlertRead, TodaySpan
from shared.contracts.supervision.words import AlertLevel


class MemoryGlances(Glances):
    """The tables, as the live page reads them."""

    def __init__(self, tables: MemoryTables) -> None:
        self._tables = tables

    async def changes(self) -> int:
        return sum(lane.changes for lane in self._tables.lanes.values())

    async def load(self, span: TodaySpan, parts: Sequence[str], lines: ListLengths) -> Glance:
        tables = self._tables
        dossiers = tables.dossiers
        standing = [alert for alert in tables.alerts.values() if alert.state.stands]
        red = sorted(
            (alert for alert in standing if alert.level is AlertLevel.RED),
            key=lambda alert: (-alert.raised_at.timestamp(), alert.alert_id),
        )
        return Glance(
            changes=await self.changes(),
            open_cases=sum(n for (part, _), n in tables.figures.items() if part == live.Part.OPEN),
            latest=await self.latest(lines.latest_max),
            sums=await self.sums(parts, [span.today]),
            cards=dict(Counter((alert.level, alert.clock) for alert in standing)),
            due_today=len({one.key.dossier for one in tables.running(span.begins, span.ends)}),
            late_next=[
                (key, dossiers[key.dossier])
                for key in tables.late_next(span)[: lines.late_next_max]
            ],
            red=[AlertRead(alert, dossiers[alert.dossier]) for alert in red[: lines.red_max]],
            offsets=await self.offsets(),
            outboxes=await self.outboxes(),
        )

    async def sums(self, parts: Sequence[str], days: Sequence[date]) -> Parts:
        sums = Counter[str]()
        for (part, day), number in self._tables.figures.items():
            if day in days and counts(parts, part):
                sums[part] += number
        return dict(sums)

    async def latest(self, facts_max: int) -> Sequence[tuple[RecentFact, Dossier | None]]:
        facts = newest((lane.recent for lane in self._tables.lanes.values()), facts_max)
        return [(fact, self._tables.dossiers.get(fact.dossier)) for fact in facts]

    async def offsets(self) -> Sequence[Offset]:
        return [offset for _, offset in sorted(self._tables.offsets.items())]

    async def outboxes(self) -> Outboxes:
        return self._tables.outboxes

    async def rebuilding(self) -> RebuildProgress | None:
        return None

    async def listen(self, wake: Callable[[str], None], stopping: asyncio.Event) -> None:
        self._tables.listeners.append(wake)
        try:
            await stopping.wait()
        finally:
            self._tables.listeners.remove(wake)
