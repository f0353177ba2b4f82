"""The bureau's own targets: set, set anew, and read with what was reported against them."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.metrics.domain.figures import targets
from services.metrics.domain.plan import expected_by, level_of
from services.metrics.domain.subjects.report import HUNDREDTHS
from services.metrics.domain.subjects.target import OwnTarget
from services.metrics.domain.targets.commands import SetTarget
from services.metrics.domain.targets.decide import DECIDER
from services.metrics.handlers.kpis import FigureQuery, Kpis
from services.metrics.handlers.narrowing import own_organisation, reached_by
from services.metrics.ports.readings import Behind
from services.metrics.ports.supervision import Supervision
from services.metrics.views.plan import TargetLine
from shared.commands.deciding import Answer, Desk, Occasion, handle
from shared.commands.numbers import number_of
from shared.contracts.plan.course import TARGET
from shared.policy.calendar import business_date
from shared.policy.rules import Editions
from shared.runtime.clock import Clock

SHOWN_MAX = 500
"""So many targets of one year stand with the items of the plan, those that are due last."""


@dataclass(frozen=True, slots=True)
class TargetsFound:
    """Targets, and the place behind which the next ones begin."""

    items: list[TargetLine]
    following: tuple[date, str] | None


class TargetReadings:
    """Reads the targets of a year, but none that is given up."""

    def __init__(self, kpis: Kpis, rules: Editions, clock: Clock) -> None:
        self._kpis = kpis
        self._rules = rules
        self._clock = clock

    async def listed(
        self, asked: FigureQuery, before: tuple[date, str] | None, rows_max: int
    ) -> TargetsFound:
        """Return what is due in the year of the last day asked for, as of then, the last first."""
        until = asked.until or business_date(self._clock.now())
        year = replace(asked, since=date(until.year, 1, 1), until=date(until.year, 12, 31))
        found = await self._kpis.behind(targets.FIGURES, year, before, rows_max)
        last = (found[-1].day, found[-1].dossier.key) if len(found) == rows_max else None
        return TargetsFound([self._line(one, until) for one in found], last)

    def _line(self, behind: Behind, until: date) -> TargetLine:
        subjects = behind.dossier.subjects
        (target,) = (one for one in subjects if isinstance(one, OwnTarget))
        value, due = target.hundredths / HUNDREDTHS, behind.day
        reported = target.reported(subjects, until) / HUNDREDTHS
        calendar = self._rules.newest.calendar
        wanted = expected_by(value, target.opened_on or due, due, until, calendar)
        reached_on = target.reached_on(subjects)
        return TargetLine(
            target=target.name,
            item=target.plan_item,
            name=target.title,
            unit=target.unit,
            value=value,
            due=due,
            reported=reported,
            expected=wanted,
            reached_on=reached_on if reached_on and reached_on <= until else None,
            level=level_of(reported, value, wanted),
            org_code=target.org_code,
        )


@dataclass(frozen=True, slots=True)
class Targeting:
    """Metrics' side of the commands on targets; what it answers is durable."""

    supervision: Supervision
    desk: Desk

    async def take(self, command: type[Any], words: dict[str, Any], occasion: Occasion) -> Answer:
        """
        Apply *command*; a new target has a number of our own.

        One that names no organisation is that of whoever sets it.
        """
        if command is SetTarget:
            words = words | {
                "target_id": number_of(TARGET, None, self.desk.ids.new),
                "org": words["org"] or own_organisation(occasion.reach),
            }
        asked = command(**words, at=occasion.at)
        seen = self.supervision.within(reached_by(occasion.reach))
        stream = TARGET.stream_of(asked.target_id)
        return await handle(DECIDER, asked, stream, occasion, desk=replace(self.desk, store=seen))
