"""The calculator: until when, of a limit that somebody names or of an item that somebody files."""

from collections.abc import Collection
from datetime import date, datetime

from services.metrics.domain.figures import live
from services.metrics.domain.figures.dimensions import narrowed_to
from services.metrics.domain.figures.figure import many
from services.metrics.domain.reasons.filing import counted, if_filed
from services.metrics.handlers.narrowing import LAST_OF_ALL, narrowed
from services.metrics.ports.readings import Readings, Summed
from services.metrics.views.explanation import Explanation
from services.metrics.views.filing import FiledItem
from shared.contracts.moments import FIRST_DAY
from shared.contracts.words import LimitUnit
from shared.policy.calendar import business_date
from shared.policy.rules import Editions
from shared.runtime.clock import Clock


class Calculating:
    """Counts under the newest rules."""

    def __init__(self, readings: Readings, rules: Editions, clock: Clock) -> None:
        self._readings = readings
        self._rules = rules
        self._clock = clock

    def within(self, organisations: Collection[str] | None) -> "Calculating":
        """Return the same for who sees *organisations* alone, None for every one."""
        return Calculating(narrowed(self._readings, organisations), self._rules, self._clock)

    def due(self, start: date | None, limit: int, unit: LimitUnit, language: str) -> Explanation:
        """Return when *limit* ends that begins on *start*, else today."""
        since = start or business_date(self._clock.now())
        return counted(self._rules.newest, since, limit, unit, language)

    async def filed(self, item: str, at: datetime | None, language: str) -> FiledItem | None:
        """
        Return until when *item* would be done that is filed *at* an instant, else now.

        Its guide is what was promised when a case of it was accepted last; None where none was.
        """
        accepted = Summed((many(live.Part.ACCEPTED),), FIRST_DAY, date.max, narrowed_to(item=item))
        for behind in await self._readings.behind(accepted, LAST_OF_ALL, 1):
            case = behind.dossier.case
            if case.terms is not None:
                named = (item, case.item_name)
                filed_at = at or self._clock.now()
                return if_filed(filed_at, named, case.terms, self._rules.newest, language)
        return None
