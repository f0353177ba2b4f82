"""The bureau's annual plan: each item with its figures since the year began, and their pace."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from msgspec import structs

from services.metrics.domain import plan
from services.metrics.domain.figures import reported
from services.metrics.domain.figures.register import REGISTER
from services.metrics.domain.figures.reported import COUNTED_AS
from services.metrics.domain.plan import GROUPS, PLAN
from services.metrics.domain.subjects.report import HUNDREDTHS, ProgressReport
from services.metrics.handlers.kpis import FigureQuery, Kpis
from services.metrics.handlers.targets import SHOWN_MAX, TargetReadings, TargetsFound
from services.metrics.ports.readings import Behind
from services.metrics.views.kpi import KpiLine
from services.metrics.views.plan import (
    CountedAs,
    PlanFigure,
    PlanItem,
    PlanPage,
    ReportLine,
    TargetLine,
)
from services.metrics.views.view import Both
from shared.contracts.supervision.words import worst_of
from shared.policy.calendar import business_date
from shared.policy.rules import Editions
from shared.runtime.clock import Clock


@dataclass(frozen=True, slots=True)
class ReportsFound:
    """Reports, and the place behind which the next ones begin."""

    items: list[ReportLine]
    following: tuple[date, str] | None


class PlanReadings:
    """Reads the plan's items."""

    def __init__(self, kpis: Kpis, rules: Editions, clock: Clock) -> None:
        self._kpis = kpis
        self._rules = rules
        self._clock = clock
        self._targets = TargetReadings(kpis, rules, clock)

    def within(self, organisations: Collection[str] | None) -> "PlanReadings":
        """Return the same for who sees *organisations* alone, None for every one."""
        return PlanReadings(self._kpis.within(organisations), self._rules, self._clock)

    async def listed(self, asked: FigureQuery) -> PlanPage:
        """Return every item since the year began, up to the last day asked for, else today."""
        since, until = self._days(asked)
        items = await self._told(PLAN, replace(asked, since=since, until=until))
        return PlanPage(items=items, next_cursor=None, since=since, until=until)

    async def one(self, number: int, asked: FigureQuery) -> PlanItem | None:
        """Return the item of that *number*; None where the plan has no such."""
        if not 0 <= number < len(PLAN):
            return None
        since, until = self._days(asked)
        (item,) = await self._told([PLAN[number]], replace(asked, since=since, until=until))
        return item

    async def reported(
        self, asked: FigureQuery, before: tuple[date, str] | None, rows_max: int
    ) -> ReportsFound:
        """
        Return what people have reported, the last day first.

        What was reported against one target on one day is told together, even where
        that is more than *rows_max*.
        """
        found = await self._kpis.behind(reported.FIGURES, asked, before, rows_max)
        last = (found[-1].day, found[-1].dossier.key) if len(found) == rows_max else None
        return ReportsFound([line for one in found for line in _lines(one)], last)

    async def targets(
        self, asked: FigureQuery, before: tuple[date, str] | None, rows_max: int
    ) -> TargetsFound:
        """Return the bureau's own targets of a year, those due last first."""
        return await self._targets.listed(asked, before, rows_max)

    def _days(self, asked: FigureQuery) -> tuple[date, date]:
        until = asked.until or business_date(self._clock.now())
        return date(until.year, 1, 1), until

    async def _told(self, items: Sequence[plan.PlanItem], asked: FigureQuery) -> list[PlanItem]:
        numbers = {item.number for item in items}
        figures = [figure for figure in REGISTER.figures if figure.item in numbers]
        lines = await self._kpis.listed(asked, figures)
        targets = (await self._targets.listed(asked, None, SHOWN_MAX)).items
        return [
            self._item(
                item,
                [line for line in lines if line.item == item.number],
                [target for target in reversed(targets) if target.item == item.number],
            )
            for item in items
        ]

    def _item(
        self, item: plan.PlanItem, lines: Iterable[KpiLine], targets: list[TargetLine]
    ) -> PlanItem:
        figures = [self._paced(line) for line in lines]
        zh, en = GROUPS[item.group]
        return PlanItem(
            item=item.number,
            name=Both(item.zh, item.en),
            group=item.group,
            group_name=Both(zh, en),
            level=worst_of([*(one.level for one in figures), *(one.level for one in targets)]),
            figures=figures,
            targets=targets,
        )

    def _paced(self, line: KpiLine) -> PlanFigure:
        """Return the figure with its pace, if it is a count for the whole year."""
        target, calendar = line.target, self._rules.newest.calendar
        told = structs.asdict(line)
        counted = COUNTED_AS.get(line.kpi_id)
        told["counted_as"] = CountedAs(*counted) if counted else None
        if target is None or not target.yearly or target.at_least is None:
            return PlanFigure(**told, expected=None)
        pace = plan.pace_of(line.value or 0, target.at_least, line.until, calendar)
        told["level"] = worst_of((line.level, pace))
        wanted = plan.expected(target.at_least, line.until, calendar)
        return PlanFigure(**told, expected=round(wanted, 1))


def _lines(behind: Behind) -> Iterator[ReportLine]:
    """Yield the reports of that day: beside a target there may be several."""
    for report in behind.dossier.subjects:
        if isinstance(report, ProgressReport) and report.on == behind.day:
            yield ReportLine(
                report=report.name,
                indicator=report.indicator,
                part=report.part,
                quantity=report.hundredths / HUNDREDTHS,
                on=behind.day,
                org_code=report.org_code,
                target=report.target_id,
            )
