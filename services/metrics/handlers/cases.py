"""Cases as readers see them: one by one with history and deadlines, or listed by what they are."""

from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Mapping,
    Sequence,
)
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

import msgspec
from msgspec.structs import asdict, replace

from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.parties import (
    PartyTime,
    case_used_by,
    clock_waits,
    used_by,
)
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.figures.dimensions import dimensions_of
from services.metrics.domain.figures.live import Part
from services.metrics.domain.picture import clocks_of
from services.metrics.domain.reasons.explanation import Raised, explain
from services.metrics.domain.subjects.alert import Card
from services.metrics.domain.subjects.subject import Subject
from services.metrics.domain.today import day_span
from services.metrics.handlers.narrowing import narrowed
from services.metrics.handlers.whose import organisation_name, whose
from services.metrics.ports.readings import Readings, Section, Sought, Summed
from services.metrics.views import explanation
from services.metrics.views.case import (
    CardLine,
    Case,
    CaseLine,
    ClockPage,
    Doubt,
    Elapsed,
    Extended,
    Hold,
    NextDeadline,
    OrganisationLine,
    SubjectLine,
    Terms,
    TimelineFact,
)
from services.metrics.views.view import Both
from shared.contracts.envelope import ATTRIBUTES
from shared.contracts.handling.course import Phase
from shared.contracts.moments import FIRST_DAY, recorded_instant
from shared.contracts.registry import decode, encode
from shared.contracts.supervision.words import WORST_FIRST, AlertLevel, worst_of
from shared.contracts.unreadable import Unreadable
from shared.policy.calendar import WorkCalendar, business_date, local
from shared.policy.parties import bureau_parties
from shared.policy.rules import Editions
from shared.runtime.clock import Clock as RuntimeClock

SECTION_ROWS = 500
"""Subjects that are searched in one query: a hundredth of a second, so that nobody waits."""
SECTIONS_MAX = 20
"""After so many a page ends, full or not, and its cursor says where to go on."""
ACTOR = ("actorid", "actorrole", "actororg")
"""Of another system's people; shown as theirs, so that nobody takes them for ours."""
LAST = "\U0010ffff"
"""Sorts behind every key."""

CASES = tuple(phase for phase in Phase if phase is not Phase.ABSENT)


@dataclass(frozen=True, slots=True)
class CaseQuery:
    """Which cases are asked for; None where it does not matter."""

    phases: tuple[Phase, ...] | None = None
    item: str | None = None
    source: str | None = None
    level: AlertLevel | None = None
    due: date | None = None
    """Those that turn red on this day unless somebody acts: open, and their clock is running."""
    begins: str = ""
    """With what the number begins."""
    about: str = ""
    """What the name or the code of the item has in it, in small letters or large."""
    organisation: str | None = None
    """Empty for those of which no fact has said whose they are."""
    channel: str | None = None

    def fits(self, dossier: Dossier) -> bool:
        """Say whether *dossier* is one of them, by what it says of itself."""
        case = dossier.case
        item = f"{case.item_name} {case.item_code}".casefold()
        return (
            dossier.key.startswith(self.begins)
            and self.item in (None, case.item_code)
            and self.about.casefold() in item
            and self.organisation in (None, dimensions_of(dossier).organisation)
            and self.channel in (None, case.channel)
        )


@dataclass(slots=True)
class CasesFound:
    """A page of cases, and the key behind which the next one begins."""

    items: list[CaseLine]
    following: str | None


Read = Callable[[Sought], Awaitable[Section]]

WorstByClock = Mapping[ClockKey, Raised]
"""The worst alert that stands on each clock."""


class Cases:
    """Reads cases under the newest rules."""

    def __init__(self, readings: Readings, rules: Editions, clock: RuntimeClock) -> None:
        self._readings = readings
        self._rules = rules
        self._clock = clock

    def within(self, organisations: Collection[str] | None) -> "Cases":
        """Return the same for who sees *organisations* alone, None for every one."""
        return Cases(narrowed(self._readings, organisations), self._rules, self._clock)

    async def one(self, case_no: str) -> Case | None:
        """Return a case with all that is known of it."""
        dossier = await self._readings.dossier(case_no)
        if dossier is None:
            return None
        standing = await self._standing([case_no])
        return _whole(self._summary(dossier, standing), dossier)

    async def clocks(self, case_no: str, language: str) -> ClockPage | None:
        """Return the deadlines of a case with their reasons, and who used up its time."""
        dossier = await self._readings.dossier(case_no)
        if dossier is None:
            return None
        standing = await self._standing([case_no])
        rules, now, parties = self._rules.newest, self._clock.now(), bureau_parties()
        explained = [
            replace(
                explain(clock, now, standing.get(clock.key), language),
                used=_shown(used_by(clock, clock_waits(clock, dossier, parties), now)),
            )
            for clock in sorted(clocks_of(dossier, rules), key=is_over)
        ]
        return ClockPage(explained, None, _elapsed(dossier, business_date(now), rules.calendar))

    async def timeline(self, case_no: str) -> list[TimelineFact] | None:
        """Return the facts of a case, oldest first, with what is held against each."""
        dossier = await self._readings.dossier(case_no)
        if dossier is None:
            return None
        bodies = await self._readings.timeline(case_no)
        calendar = self._rules.newest.calendar
        told = sorted(
            (told_fact(body, dossier, calendar) for body in bodies), key=lambda told: told[0]
        )
        return [fact for _, fact in told]

    async def listed(self, wanted: CaseQuery, below: str | None, rows_max: int) -> CasesFound:
        """Return cases in descending order of their numbers."""
        # What is another organisation's is not gone through, but skipped where it lies.
        whose_own = self.within([wanted.organisation]) if wanted.organisation else self
        highest = f"{wanted.begins}{LAST}"
        items: list[CaseLine] = []
        below = min(below or highest, highest)
        async for section in whose_own._sought(wanted, below):  # noqa: SLF001 - of its own kind
            fitting = [one for one in section.dossiers if wanted.fits(one)]
            standing = await self._standing([one.key for one in fitting])
            for dossier in fitting:
                line = self._summary(dossier, standing)
                if wanted.level in (None, line.level):
                    items.append(line)
                if len(items) == rows_max:
                    return CasesFound(items, dossier.key)
            below = section.last
            if below is not None and below < wanted.begins:
                return CasesFound(items, None)
        return CasesFound(items, below)

    async def by_organisation(self) -> list[OrganisationLine]:
        """Return how many cases are open in each organisation, the most first."""
        still_open = Summed((Part.OPEN,), FIRST_DAY, date.max)
        by_code = await self._readings.dimension(still_open, "organisation")
        counted = {code: parts[Part.OPEN] for code, parts in by_code.items()}
        most_first = sorted(counted.items(), key=lambda one: (-one[1], one[0]))
        return [OrganisationLine(code, organisation_name(code), n) for code, n in most_first]

    def every(
        self, below: str | None, phases: Sequence[Phase], source: str | None = None
    ) -> AsyncIterator[Section]:
        """Yield the subjects in *phases* section by section, as many as one request may search."""
        return self._sections(self._readings.dossiers, below, phases, source)

    def _sought(self, wanted: CaseQuery, below: str | None) -> AsyncIterator[Section]:
        if wanted.due is None:
            phases = CASES if wanted.phases is None else wanted.phases
            return self.every(below, phases, wanted.source)
        read = partial(self._readings.due, between=day_span(wanted.due, self._rules.newest))
        phases = tuple(Phase) if wanted.phases is None else wanted.phases
        return self._sections(read, below, phases, wanted.source)

    async def _sections(
        self, read: Read, below: str | None, phases: Sequence[Phase], source: str | None
    ) -> AsyncIterator[Section]:
        key: str | None = below or LAST
        for _ in range(SECTIONS_MAX):
            if key is None:
                return
            section = await read(Sought(key, phases, source, SECTION_ROWS))
            key = section.last
            yield section

    async def _standing(self, keys: Sequence[str]) -> WorstByClock:
        return worst(await self._readings.standing(keys)) if keys else {}

    def _summary(self, dossier: Dossier, standing: WorstByClock) -> CaseLine:
        clocks = clocks_of(dossier, self._rules.newest)
        return summary(dossier, clocks, standing, self._clock.now())


def _elapsed(dossier: Dossier, today: date, calendar: WorkCalendar) -> Elapsed | None:
    """Return how long the case of *dossier* took, or has taken by *today*."""
    case = dossier.case
    if case.received_on is None:
        return None
    until = case.ending.ended_on if case.ending else today
    return Elapsed(
        since=case.received_on,
        until=until,
        ended=case.ending is not None,
        elapsed=calendar.working_days_between(case.received_on, until),
        used=_shown(case_used_by(dossier, bureau_parties(), calendar, until)),
    )


def _shown(used: Iterable[PartyTime]) -> tuple[explanation.PartyTime, ...]:
    return tuple(explanation.PartyTime(*one) for one in used)


def is_over(clock: Clock) -> bool:
    """Say whether *clock* has stopped for good: what still runs is told first."""
    return clock.ending is not None


def worst(standing: Iterable[tuple[ClockKey, Raised]]) -> WorstByClock:
    """Return the alert that counts for each clock: the worst."""
    return dict(sorted(standing, key=lambda one: -WORST_FIRST.index(one[1].level)))


def summary(
    dossier: Dossier, clocks: Sequence[Clock], standing: WorstByClock, now: datetime
) -> CaseLine:
    """Return a case in one line of a list, as it stands *now*."""
    raised = (standing.get(clock.key) for clock in clocks)
    levels = {one.level for one in raised if one is not None}
    case = dossier.case
    org_code, org_name = whose(dossier)
    return CaseLine(
        case_no=dossier.key,
        phase=case.phase,
        open=case.is_open,
        item_code=case.item_code or None,
        item_name=case.item_name or None,
        source=dossier.source,
        window=case.window or None,
        channel=case.channel or None,
        received_at=local(case.received_at) if case.received_at else None,
        due={clock.name.value: clock.due for clock in clocks},
        deadline=_next(clocks, now),
        paused=any(clock.paused for clock in clocks),
        level=worst_of(levels),
        facts=dossier.facts,
        anomalies=dossier.anomalies,
        org_code=org_code,
        org_name=org_name,
    )


def _next(clocks: Iterable[Clock], now: datetime) -> NextDeadline | None:
    """Return the deadline that comes first; what stands still has none, and is told last."""
    waiting = [clock for clock in clocks if not is_over(clock)]
    if not waiting:
        return None
    first = min(waiting, key=lambda clock: (clock.due_at is None, clock.due_at or now))
    return NextDeadline(
        sla_id=first.sla.id,
        name=Both(*first.sla.name.values()),
        clock=first.name.value,
        due=first.due,
        due_at=local(first.due_at) if first.due_at else None,
        remaining=first.remaining(now),
        unit=first.unit.value,
        paused=first.paused,
        provisional=first.provisional,
    )


def _whole(line: CaseLine, dossier: Dossier) -> Case:
    case = dossier.case
    return Case(
        **asdict(line),
        received_on=case.received_on,
        accepted_on=case.terms.effective_on if case.terms else None,
        ended_on=case.ending.ended_on if case.ending else None,
        decision=case.decision or None,
        closed_on=case.closed_on,
        delivered_on=case.delivered_on,
        terms=Terms(**asdict(case.terms)) if case.terms else None,
        holds=tuple(Hold(**asdict(hold)) for hold in case.holds),
        extensions=tuple(Extended(**asdict(one)) for one in case.extensions),
        corrections=case.corrections,
        returns=case.returns,
        subjects=tuple(_subject(one) for one in dossier.subjects if one is not case),
        cards=tuple(_card(one) for one in dossier.cards),
        anomalous=dossier.anomalous,
        doubts=tuple(
            Doubt(one.id, one.source, one.publisher or None, one.why) for one in dossier.doubts
        ),
    )


def _subject(subject: Subject) -> SubjectLine:
    return SubjectLine(
        subject.COURSE.subject, subject.name, subject.state, subject.opened_on, subject.done_on
    )


def _card(card: Card) -> CardLine:
    return CardLine(card.name, card.level, card.basis, card.state, card.raised_on)


def told_fact(body: str, dossier: Dossier, calendar: WorkCalendar) -> tuple[Any, TimelineFact]:
    """Return a fact as readers are told it, behind its place in the order of business time."""
    try:
        event = decode(body.encode())
        order, said = event.order, msgspec.json.decode(encode(event))
    except Unreadable:
        # A newer producer's type: kept, and shown by its time and its attributes alone.
        said = msgspec.json.decode(body)
        said = {name: value for name, value in said.items() if name in ATTRIBUTES}
        order = (recorded_instant(said["time"]), 0, str(said["id"]))
    more = {"late_days": _late_days(said, calendar), **_objection(said, dossier)}
    if publisher := said.get("publisher"):
        more |= {name: f"{publisher}/{said[name]}" for name in ACTOR if name in said}
    return order, msgspec.convert(said | more, TimelineFact)


def _objection(said: Mapping[str, Any], dossier: Dossier) -> Mapping[str, Any]:
    """Return what is held against the fact, as a code."""
    for doubt in dossier.doubts:
        if (doubt.source, doubt.id) == (said["source"], said["id"]):
            return {"doubt": doubt.why, "anomaly": doubt.why.lower()}
    return {"anomaly": "contradicts" if said["id"] in dossier.contradicting else None}


def _late_days(said: Mapping[str, Any], calendar: WorkCalendar) -> int | None:
    if "recordedtime" not in said:
        return None
    happened, learned = (
        business_date(recorded_instant(said[name])) for name in ("time", "recordedtime")
    )
    return calendar.working_days_between(happened, learned) or None
