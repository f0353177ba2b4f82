"""What one reader sees of the projection: the subjects of some organisations, and their sums."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar

from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.figures.dimensions import Dimension, dimensions_of
from services.metrics.domain.figures.values import Parts
from services.metrics.domain.reasons.explanation import Raised
from services.metrics.ports.readings import (
    AlertRead,
    AlertsSought,
    Behind,
    Readings,
    Section,
    Sought,
    Summed,
)
from services.metrics.views.explanation import Explanation

K = TypeVar("K")

ALERTS_LOOKED_AT = 500
"""In one query: of many organisations' cards few are one's."""


def narrowed(readings: Readings, organisations: Collection[str] | None) -> Readings:
    """Return what is seen of *readings* by who sees *organisations*, None for everything."""
    return readings if organisations is None else OfOrganisations(readings, organisations)


class OfOrganisations(Readings):
    """
    What lies beneath, without what is another organisation's, as if it were not there.

    The one place in which readings are narrowed: lists, single subjects, sums,
    what stands behind them, and cards.
    """

    def __init__(self, readings: Readings, organisations: Collection[str]) -> None:
        self._readings = readings
        self._organisations = organisations

    async def dossier(self, key: str) -> Dossier | None:
        found = await self._readings.dossier(key)
        return found if found is not None and self._sees(found) else None

    async def dossiers(self, sought: Sought) -> Section:
        return self._section(await self._readings.dossiers(sought))

    async def due(self, sought: Sought, between: tuple[datetime, datetime]) -> Section:
        return self._section(await self._readings.due(sought, between))

    async def timeline(self, key: str) -> Sequence[str]:
        return await self._readings.timeline(key) if await self.dossier(key) else ()

    async def parts(self, summed: Summed) -> Parts:
        return _added([await self._readings.parts(one) for one in self._each(summed)])

    async def days(self, summed: Summed) -> Mapping[date, Parts]:
        found = _merged([await self._readings.days(one) for one in self._each(summed)])
        return dict(sorted(found.items()))

    async def dimension(self, summed: Summed, by: Dimension) -> Mapping[str, Parts]:
        return _merged([await self._readings.dimension(one, by) for one in self._each(summed)])

    async def behind(
        self, summed: Summed, before: tuple[date, str], rows_max: int
    ) -> Sequence[Behind]:
        found = [
            behind
            for one in self._each(summed)
            for behind in await self._readings.behind(one, before, rows_max)
        ]
        found.sort(key=lambda one: (one.day, one.dossier.key), reverse=True)
        return found[:rows_max]

    async def alerts(self, sought: AlertsSought) -> Sequence[AlertRead]:
        seen: list[AlertRead] = []
        wider = sought._replace(rows_max=max(ALERTS_LOOKED_AT, sought.rows_max))
        while len(seen) < sought.rows_max:
            found = await self._readings.alerts(wider)
            seen += [one for one in found if self._sees(one.dossier)]
            if len(found) < wider.rows_max:
                break
            last = found[-1].alert
            wider = wider._replace(before=(last.raised_at, last.alert_id))
        return seen[: sought.rows_max]

    async def alert(self, alert_id: str) -> tuple[AlertRead, Explanation] | None:
        found = await self._readings.alert(alert_id)
        return found if found is not None and self._sees(found[0].dossier) else None

    async def standing(self, dossiers: Sequence[str]) -> Sequence[tuple[ClockKey, Raised]]:
        # Asked of subjects that were read here.
        return await self._readings.standing(dossiers)

    def _sees(self, dossier: Dossier) -> bool:
        return dimensions_of(dossier).organisation in self._organisations

    def _section(self, section: Section) -> Section:
        return Section([one for one in section.dossiers if self._sees(one)], section.last)

    def _each(self, summed: Summed) -> Sequence[Summed]:
        """Return *summed* for each organisation that is seen and asked for."""
        asked, *_ = summed.narrowed
        return [
            summed._replace(narrowed=(organisation, *summed.narrowed[1:]))
            for organisation in sorted(self._organisations)
            if asked in (None, organisation)
        ]


def _added(sums: Sequence[Parts]) -> Parts:
    whole = Counter[str]()
    for parts in sums:
        whole.update(parts)
    return dict(whole)


def _merged(sums: Sequence[Mapping[K, Parts]]) -> Mapping[K, Parts]:
    keys = dict.fromkeys(key for one in sums for key in one)
    return {key: _added([one[key] for one in sums if key in one]) for key in keys}
