"""What waits for a person, what that person has done, what became of what a publisher told."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

import msgspec
from msgspec.structs import asdict, replace

from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.entry import Entry, entry_of
from services.metrics.domain.picture import clocks_of
from services.metrics.domain.standing import hear
from services.metrics.domain.today import clock_named, stands_alone
from services.metrics.handlers.cases import Cases, summary, told_fact, worst
from services.metrics.handlers.narrowing import narrowed
from services.metrics.handlers.whose import whose
from services.metrics.ports.readings import ClockPlace, ClockRead, ClocksSought, Readings
from services.metrics.views.case import TimelineFact
from services.metrics.views.mine import OwnCase, SentFact, SentOutcome, WorkLine
from services.metrics.views.view import Both
from shared.contracts.handling.course import OPEN, Phase
from shared.contracts.moments import recorded_instant
from shared.contracts.supervision.words import DoubtReason
from shared.contracts.unreadable import Unreadable
from shared.policy.calendar import business_date, local
from shared.policy.limits import Limit
from shared.policy.rules import Editions
from shared.runtime.clock import Clock

FIRST: ClockPlace = (datetime(1970, 1, 1, tzinfo=UTC), ClockKey("", "", "", 0))
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
ENCODE = msgspec.json.Encoder().encode


class Given(msgspec.Struct):
    """What a fact tells of to whom the work is given."""

    assignee: str | None = None


class OwnFact(msgspec.Struct):
    """A fact as far as it says who did what, to whom it was given, and when."""

    type: str
    time: datetime
    data: Given
    actorid: str | None = None
    publisher: str | None = None

    def is_of(self, account: str) -> bool:
        """Say whether *account* did it or was given it; another system's people are others."""
        return self.publisher is None and account in (self.actorid, self.data.assignee)


OWN_FACT = msgspec.json.Decoder(OwnFact)


@dataclass(frozen=True, slots=True)
class OwnQuery:
    """Which of the own cases are asked for."""

    phases: Sequence[Phase] = tuple(OPEN)
    personal: bool = False
    """Only those about which the reader has done something, or was given something to do."""


@dataclass(frozen=True, slots=True)
class WorkFound:
    """A page of what waits, and the place behind which the next one begins."""

    items: list[WorkLine]
    following: ClockPlace | None


@dataclass(frozen=True, slots=True)
class OwnCasesFound:
    """A page of cases, and the key behind which the next one begins."""

    items: list[OwnCase]
    following: str | None


@dataclass(frozen=True, slots=True)
class SentFound:
    """A page of facts, and the key of the case behind which the next one begins."""

    items: list[SentFact]
    following: str | None


class Mine:
    """Reads what is one's own under the newest rules."""

    def __init__(self, readings: Readings, rules: Editions, clock: Clock) -> None:
        self._readings = readings
        self._rules = rules
        self._clock = clock

    def within(self, organisations: Collection[str] | None) -> "Mine":
        """Return the same for who sees *organisations* alone, None for every one."""
        return Mine(narrowed(self._readings, organisations), self._rules, self._clock)

    async def work(
        self, hears: Callable[[str], bool], behind: ClockPlace | None, rows_max: int
    ) -> WorkFound:
        """Return the running limits of which somebody is told who *hears* by that name."""
        policy = self._rules.newest.policy_on(business_date(self._clock.now()))
        slas = [limit.id for limit in policy.limits if _is_told(limit, hears)]
        sought = ClocksSought(behind or FIRST, NEVER, rows_max, slas)
        found = await self._readings.running(sought)
        lines = [line for one in found if (line := self._line(one)) is not None]
        return WorkFound(lines, found[-1].place if len(found) == rows_max else None)

    def _line(self, read: ClockRead) -> WorkLine | None:
        clock = clock_named(read.dossier, read.key, self._rules.newest)
        if clock is None:
            return None
        now, dossier = self._clock.now(), read.dossier
        state = next((one.state for one in dossier.subjects if one.name == read.key.subject), "")
        near = read.near_at is not None and read.near_at <= now
        org_code, org_name = whose(dossier)
        return WorkLine(
            case_no=None if stands_alone(dossier) else dossier.key,
            number=dossier.key,
            item_name=dossier.case.item_name or None,
            subject=clock.sla.subject,
            name=read.key.subject,
            state=state,
            sla_id=clock.sla.id,
            limit_name=Both(*clock.sla.name.values()),
            clock=clock.name.value,
            due=clock.due,
            due_at=local(read.due_at),
            days_left=clock.left(now),
            remaining=clock.remaining(now),
            unit=clock.unit.value,
            level=clock.sla.late if read.due_at <= now else clock.warning if near else None,
            provisional=clock.provisional,
            org_code=org_code,
            org_name=org_name,
        )

    async def cases(
        self, account: str, wanted: OwnQuery, below: str | None, rows_max: int
    ) -> OwnCasesFound:
        """Return cases, the greatest number first, each with the last deed of *account*."""
        items: list[OwnCase] = []
        async for section in self._cases.every(below, wanted.phases):
            dossiers = section.dossiers
            if not wanted.personal:
                dossiers = dossiers[: rows_max - len(items)]
            for own in await self._own(dossiers, account):
                if own.acted_at is not None or not wanted.personal:
                    items.append(own)
                if len(items) == rows_max:
                    return OwnCasesFound(items, own.case_no)
            below = section.last
        return OwnCasesFound(items, below)

    @property
    def _cases(self) -> Cases:
        return Cases(self._readings, self._rules, self._clock)

    async def _own(self, dossiers: Sequence[Dossier], account: str) -> Sequence[OwnCase]:
        keys = [one.key for one in dossiers]
        if not keys:
            return ()
        # As it is written in a fact.
        word = ENCODE(account)[1:-1].decode()
        deeds = await self._readings.holding(keys, word)
        standing = worst(await self._readings.standing(keys))
        now = self._clock.now()
        return [
            OwnCase(
                **asdict(summary(one, clocks_of(one, self._rules.newest), standing, now)),
                **_last(deeds.get(one.key, ()), account),
            )
            for one in dossiers
        ]

    async def sent(
        self, publisher: str, case_no: str | None, below: str | None, rows_max: int
    ) -> SentFound:
        """
        Return what *publisher* told, of one case or of all in descending order of their numbers.

        A case is told whole, so that a page may have more lines than were asked for.
        """
        if case_no is not None:
            found = await self._readings.dossier(case_no)
            told = await self._told([found], publisher) if found else {}
            return SentFound(told.get(case_no, []), None)
        items: list[SentFact] = []
        async for section in self._cases.every(below, tuple(Phase)):
            for some in batched(section.dossiers, rows_max):
                told = await self._told(some, publisher)
                for dossier in some:
                    items += told.get(dossier.key, [])
                    if len(items) >= rows_max:
                        return SentFound(items, dossier.key)
            below = section.last
        return SentFound(items, below)

    async def _told(
        self, dossiers: Sequence[Dossier], publisher: str
    ) -> Mapping[str, list[SentFact]]:
        """Return what *publisher* told of each of *dossiers*, in the order in which it came."""
        found = await self._readings.holding([one.key for one in dossiers], publisher)
        calendar, told = self._rules.newest.calendar, dict[str, list[SentFact]]()
        for dossier in dossiers:
            own = [body for body in found.get(dossier.key, ()) if _is_of(body, publisher)]
            whole = await self._with_all_doubts(dossier) if own else dossier
            facts = [told_fact(body, whole, calendar)[1] for body in own]
            told[dossier.key] = [_sent(fact) for fact in sorted(facts, key=_came)]
        return told

    async def _with_all_doubts(self, dossier: Dossier) -> Dossier:
        """Return *dossier* with every doubt by name; it keeps the first ones alone."""
        if dossier.doubted <= len(dossier.doubts):
            return dossier
        entries = list[Entry]()
        for body in await self._readings.timeline(dossier.key):
            with suppress(Unreadable):
                entries.append(entry_of(body.encode()))
        return replace(dossier, doubts=hear(entries).doubts)


def _is_told(limit: Limit, hears: Callable[[str], bool]) -> bool:
    return any(hears(who) for level in limit.recipients.values() for who in level)


def _last(bodies: Iterable[str], account: str) -> dict[str, Any]:
    """Return when *account* did something last or was given it to do, and what."""
    deeds = [OWN_FACT.decode(body) for body in bodies]
    own = (one for one in deeds if one.is_of(account))
    last = max(own, key=attrgetter("time"), default=None)
    return {
        "acted_at": None if last is None else local(last.time),
        "acted": None if last is None else last.type,
    }


def _is_of(body: str, publisher: str) -> bool:
    return OWN_FACT.decode(body).publisher == publisher


def _came(fact: TimelineFact) -> tuple[datetime, str]:
    return recorded_instant(fact.recordedtime or fact.time), fact.id


def _sent(fact: TimelineFact) -> SentFact:
    return SentFact(**asdict(fact), outcome=_outcome(fact))


def _outcome(fact: TimelineFact) -> SentOutcome:
    match fact.doubt:
        case None:
            return "COUNTED" if fact.anomaly is None else "CONTRADICTS"
        case DoubtReason.REJECTED:
            return "REJECTED"
        case _:
            return "DOUBTED"


def batched(dossiers: Sequence[Dossier], size: int) -> Iterator[Sequence[Dossier]]:
    """Yield *dossiers*, *size* at a time."""
    for first in range(0, len(dossiers), size):
        yield dossiers[first : first + size]
