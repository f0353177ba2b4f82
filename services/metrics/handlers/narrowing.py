"""What one reader sees of the projection: the subjects of some organisations, and their sums."""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Self

from services.metrics.domain import today
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.figures import live
from services.metrics.domain.figures.dimensions import Dimension, dimensions_of
from services.metrics.domain.figures.figure import many
from services.metrics.domain.figures.values import Parts
from services.metrics.domain.last_words import LastWords
from services.metrics.domain.reasons.explanation import Raised
from services.metrics.domain.recent import RecentFact
from services.metrics.ports.glances import (
    Glance,
    Glances,
    ListLengths,
    Offset,
    Outboxes,
    RebuildProgress,
)
from services.metrics.ports.readings import (
    AlertExplained,
    AlertRead,
    AlertsSought,
    Behind,
    CardsCounted,
    ClockRead,
    ClocksSought,
    Pressing,
    PressingSought,
    Readings,
    Section,
    Sought,
    Summed,
    TodaySpan,
)
from shared.commands.access import Reach
from shared.contracts.moments import FIRST_DAY
from shared.contracts.supervision.course import STANDING
from shared.contracts.supervision.words import AlertLevel
from shared.contracts.types import OrgRef
from shared.policy.calendar import local
from shared.policy.organisations import Scope

LOOKED_AT = 500
"""In one query: of many organisations' cards and clocks few are one's."""


LAST_OF_ALL = (date.max, "")
"""Behind every day that is asked for."""
LAST = "\U0010ffff"
"""Sorts behind every key."""
NEWEST = (datetime(9999, 1, 1, tzinfo=UTC), LAST)
"""Before every card, where the newest come first."""


def reached_by(reach: Reach | None) -> Collection[str] | None:
    """Return the organisations that the caller of a command reaches, None for every one."""
    if reach is None:
        return ()
    if (reach.org, reach.scope) == (reach.register.bureau, Scope.BELOW):
        return None
    return reach.register.reached(reach.org, reach.scope)


def own_organisation(reach: Reach | None) -> OrgRef | None:
    """Return for which organisation the caller of a command acts; None where nobody calls."""
    return None if reach is None else reach.register.named(reach.org)


def narrowed(readings: Readings, organisations: Collection[str] | None) -> Readings:
    """
    Return what is seen of *readings* by who sees *organisations*, None for everything.

    Twice: the store looks with these eyes, and what it shows is looked at here.
    """
    seen = readings.within(organisations)
    return seen if organisations is None else OfOrganisations(seen, organisations)


def glances_of(
    glances: Glances, readings: Readings, organisations: Collection[str] | None
) -> Glances:
    """Return what the page of today shows to who sees *organisations*, None for everything."""
    if organisations is None:
        return glances
    return GlancesOfOrganisations(glances, readings, organisations)


class OfOrganisations(Readings):
    """
    What lies beneath, without what is another organisation's, as if it were not there.

    The one place in which readings are narrowed: lists, single subjects, sums,
    what stands behind them, and cards.
    """

    def __init__(self, readings: Readings, organisations: Collection[str]) -> None:
        self._readings = readings
        self._organisations = organisations

    def within(self, organisations: Collection[str] | None) -> Self:
        both = {*self._organisations}.intersection(organisations or self._organisations)
        return type(self)(self._readings.within(both), both)

    async def dossier(self, key: str) -> Dossier | None:
        found = await self._readings.dossier(key)
        return found if found is not None and self._sees(found) else None

    async def dossiers(self, sought: Sought) -> Section:
        return self._section(await self._readings.dossiers(sought))

    async def due(self, sought: Sought, between: tuple[datetime, datetime]) -> Section:
        return self._section(await self._readings.due(sought, between))

    async def timeline(self, key: str) -> Sequence[str]:
        return await self._readings.timeline(key) if await self.dossier(key) else ()

    async def holding(self, dossiers: Sequence[str], word: str) -> Mapping[str, Sequence[str]]:
        # Asked of subjects that were read here.
        return await self._readings.holding(dossiers, word)

    async def parts(self, summed: Summed) -> Parts:
        return await self._readings.parts(self._own(summed))

    async def days(self, summed: Summed) -> Mapping[date, Parts]:
        return await self._readings.days(self._own(summed))

    async def dimension(self, summed: Summed, by: Dimension) -> Mapping[str, Parts]:
        return await self._readings.dimension(self._own(summed), by)

    async def behind(
        self, summed: Summed, before: tuple[date, str], rows_max: int
    ) -> Sequence[Behind]:
        return await self._readings.behind(self._own(summed), before, rows_max)

    async def last_words(self) -> LastWords:
        # Of all organisations alike.
        return {}

    async def running(self, sought: ClocksSought) -> Sequence[ClockRead]:
        seen: list[ClockRead] = []
        wider = sought._replace(rows_max=max(LOOKED_AT, sought.rows_max))
        while len(seen) < sought.rows_max:
            found = await self._readings.running(wider)
            seen += [one for one in found if self._sees(one.dossier)]
            if len(found) < wider.rows_max:
                break
            wider = wider._replace(behind=found[-1].place)
        return seen[: sought.rows_max]

    async def pressing(self, sought: PressingSought) -> Pressing:
        return await self._readings.pressing(
            sought._replace(organisations=sorted(self._organisations))
        )

    async def alerts(self, sought: AlertsSought) -> Sequence[AlertRead]:
        seen: list[AlertRead] = []
        wider = sought._replace(rows_max=max(LOOKED_AT, sought.rows_max))
        while len(seen) < sought.rows_max:
            found = await self._readings.alerts(wider)
            seen += [one for one in found if self._sees(one.dossier)]
            if len(found) < wider.rows_max:
                break
            wider = wider._replace(behind=found[-1].place(wider.order))
        return seen[: sought.rows_max]

    async def cards(self) -> Sequence[CardsCounted]:
        found = await self._readings.cards()
        return [one for one in found if one.organisation in self._organisations]

    async def explained(self, alert_ids: Collection[str]) -> Mapping[str, AlertExplained]:
        found = await self._readings.explained(alert_ids)
        return {name: one for name, one in found.items() if self._sees(one[0].dossier)}

    async def standing(self, dossiers: Sequence[str]) -> Sequence[tuple[ClockKey, Raised]]:
        # Asked of subjects that were read here.
        return await self._readings.standing(dossiers)

    def _sees(self, dossier: Dossier) -> bool:
        return dimensions_of(dossier).organisation in self._organisations

    def _section(self, section: Section) -> Section:
        return Section([one for one in section.dossiers if self._sees(one)], section.last)

    def _own(self, summed: Summed) -> Summed:
        return summed._replace(organisations=sorted(self._organisations))


class GlancesOfOrganisations(Glances):
    """
    What lies beneath, as the page of today shows it to who sees some *organisations* alone.

    Drawn from the readings that are narrowed, one after another: what is folded
    meanwhile is a change, and looked at again. It has no line of its own to listen on.
    """

    def __init__(
        self, glances: Glances, readings: Readings, organisations: Collection[str]
    ) -> None:
        self._glances = glances
        self._readings = narrowed(readings, organisations)
        self._organisations = organisations
        self._latest: dict[RecentFact, Dossier] = {}

    async def changes(self) -> int:
        return await self._glances.changes()

    async def load(self, span: TodaySpan, parts: Sequence[str], lines: ListLengths) -> Glance:
        changes = await self.changes()
        pressing = await self._readings.pressing(PressingSought(span, lines.late_next_max))
        every = Summed((live.Part.OPEN,), FIRST_DAY, date.max)
        return Glance(
            changes=changes,
            open_cases=(await self._readings.parts(every)).get(live.Part.OPEN, 0),
            latest=await self.latest(lines.latest_max),
            sums=await self.sums(parts, [span.today]),
            cards=pressing.cards,
            due_today=pressing.due_today,
            late_next=pressing.late_next,
            red=await self._readings.alerts(
                AlertsSought(NEWEST, STANDING, AlertLevel.RED, None, None, lines.red_max)
            ),
            offsets=await self.offsets(),
            outboxes=await self.outboxes(),
            rebuilding=await self.rebuilding(),
        )

    async def sums(self, parts: Sequence[str], days: Sequence[date]) -> Parts:
        found = [await self._readings.parts(Summed(parts, day, day)) for day in days]
        if set(today.HOURS) & set(parts):
            found += [await self._hours(day) for day in days]
        return _added(found)

    async def _hours(self, day: date) -> Parts:
        """Return what came in hour by hour, of whom it came: nobody stands behind an hour."""
        hours, before = Counter[str](), LAST_OF_ALL
        received = Summed((many(live.Part.RECEIVED),), day, day)
        while found := await self._readings.behind(received, before, LOOKED_AT):
            instants = (one.dossier.case.received_at for one in found)
            hours.update(live.HOURS[local(at).hour] for at in instants if at is not None)
            before = (found[-1].day, found[-1].dossier.key)
        return hours

    async def latest(self, facts_max: int) -> Sequence[tuple[RecentFact, Dossier | None]]:
        # Of the last facts of all few are one's: what was seen before stays, until newer comes.
        found = await self._glances.latest(facts_max)
        own = {fact: of for fact, of in found if of is not None and self._sees(of)}
        known = own | self._latest | own
        newest = sorted(known.items(), key=lambda one: one[0].time, reverse=True)
        self._latest = dict(newest[:facts_max])
        return list(self._latest.items())

    async def offsets(self) -> Sequence[Offset]:
        return await self._glances.offsets()

    async def outboxes(self) -> Outboxes:
        return await self._glances.outboxes()

    async def rebuilding(self) -> RebuildProgress | None:
        return await self._glances.rebuilding()

    async def listen(self, wake: Callable[[str], None], stopping: asyncio.Event) -> None:  # noqa: ARG002
        await stopping.wait()

    def _sees(self, dossier: Dossier) -> bool:
        return dimensions_of(dossier).organisation in self._organisations


def _added(sums: Sequence[Parts]) -> Parts:
    whole = Counter[str]()
    for parts in sums:
        whole.update(parts)
    return dict(whole)
