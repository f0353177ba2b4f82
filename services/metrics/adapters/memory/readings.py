"""What readers ask of the projection in memory."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar

from services.metrics.adapters.memory.tables import MemoryTables
from services.metrics.domain.clocks.alert import STANDING, AlertRecord
from services.metrics.domain.contributions import Place
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.reasons.explanation import Document, Raised
from services.metrics.ports.deadlines import ClockKey
from services.metrics.ports.readings import (
    AlertRead,
    AlertsSought,
    Dimension,
    Parts,
    Readings,
    Section,
    Sought,
    Summed,
)

K = TypeVar("K")

DIMENSIONS: Mapping[Dimension, int] = {"item": 3, "window": 4, "channel": 5}
"""Where each stands in the place of a sum."""


class MemoryReadings(Readings):
    """The tables, as requests read them."""

    def __init__(self, tables: MemoryTables) -> None:
        self._tables = tables

    async def dossier(self, key: str) -> Dossier | None:
        return self._tables.dossiers.get(key)

    async def dossiers(self, sought: Sought) -> Section:
        keys = list(self._below(sought.below))[: sought.rows_max]
        looked_at = [self._tables.dossiers[key] for key in keys]
        last = keys[-1] if len(keys) == sought.rows_max else None
        return Section([one for one in looked_at if _fits(one, sought)], last)

    async def due(self, sought: Sought, between: tuple[datetime, datetime]) -> Section:
        red = {clock.subject for clock in self._tables.running(*between)}
        fitting = [
            dossier
            for key in self._below(sought.below)
            if key in red and _fits(dossier := self._tables.dossiers[key], sought)
        ][: sought.rows_max]
        return Section(fitting, fitting[-1].key if len(fitting) == sought.rows_max else None)

    async def timeline(self, key: str) -> Sequence[str]:
        return [body.decode() for (owner, _), body in self._tables.timeline.items() if owner == key]

    async def parts(self, kpis: Sequence[str], summed: Summed) -> Mapping[str, Parts]:
        return self._grouped(kpis, summed, lambda place: place[0])

    async def days(self, kpi: str, summed: Summed) -> Mapping[date, Parts]:
        by_day = self._grouped([kpi], summed, lambda place: place[2])
        return dict(sorted(by_day.items()))

    async def dimension(self, kpi: str, summed: Summed, by: Dimension) -> Mapping[str, Parts]:
        return self._grouped([kpi], summed, lambda place: str(place[DIMENSIONS[by]]))

    async def alerts(self, sought: AlertsSought) -> Sequence[AlertRead]:
        found = [
            alert
            for alert in self._tables.alerts.values()
            if (alert.raised_at, alert.alert_id) < sought.before
            and alert.state in sought.states
            and sought.level in (None, alert.level)
            and sought.case_no in (None, alert.dossier)
            and sought.sla in (None, alert.sla)
        ]
        found.sort(key=lambda alert: (alert.raised_at, alert.alert_id), reverse=True)
        return [self._read(alert) for alert in found[: sought.rows_max]]

    async def alert(self, alert_id: str) -> tuple[AlertRead, Document] | None:
        alert = self._tables.alerts.get(alert_id)
        return (self._read(alert), self._tables.explanations[alert_id]) if alert else None

    async def standing(self, dossiers: Sequence[str]) -> Sequence[tuple[ClockKey, Raised]]:
        return [
            (
                ClockKey(alert.dossier, alert.sla),
                Raised(alert.level, alert.raised_at, alert.lateness_ms),
            )
            for alert in self._tables.alerts_of(dossiers)
            if alert.state in STANDING
        ]

    def _below(self, key: str) -> Iterator[str]:
        return (one for one in sorted(self._tables.dossiers, reverse=True) if one < key)

    def _read(self, alert: AlertRecord) -> AlertRead:
        return AlertRead(alert, self._tables.dossiers[alert.dossier])

    def _grouped(
        self, kpis: Sequence[str], summed: Summed, key_of: Callable[[Place], K]
    ) -> dict[K, Parts]:
        groups: defaultdict[K, Counter[str]] = defaultdict(Counter)
        for place, number in self._tables.figures.items():
            kpi, part, day, *narrowed = place
            wanted = all(
                asked in (None, found) for asked, found in zip(summed[2:], narrowed, strict=True)
            )
            if kpi in kpis and summed.since <= day <= summed.until and wanted:
                groups[key_of(place)][part] += number
        return {key: dict(parts) for key, parts in groups.items()}


def _fits(dossier: Dossier, sought: Sought) -> bool:
    return dossier.case.phase in sought.phases and sought.source in (None, dossier.source)
