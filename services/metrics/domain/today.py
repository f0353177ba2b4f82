"""What the page of today says of a clock, a card, a fact, and of the hours of the day."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.instants import cut_off
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.figures import live, register
from services.metrics.domain.figures.figure import many
from services.metrics.domain.figures.values import Parts, Value, valued
from services.metrics.domain.picture import clocks_of
from services.metrics.domain.reasons.days import days
from services.metrics.domain.reasons.sentence import sentence
from services.metrics.domain.recent import RecentFact
from services.metrics.domain.wording import LANGUAGES
from services.metrics.views.today import LateNext, LatestFact
from services.metrics.views.view import Both
from shared.contracts.handling.course import Phase
from shared.contracts.words import ClockName
from shared.policy.calendar import local
from shared.policy.rules import Rules

HOURS = (many(live.Part.HOUR),)
"""What came in hour by hour."""

WEEKS_COMPARED = 4
WORKING_DAYS_AHEAD = 5
"""As far ahead as the widest margin at which a limit can be near."""

ONE_DAY = timedelta(days=1)
MINUTE = 60


def parts_of_the_day() -> list[str]:
    """Return the parts of which the page shows what the day has added."""
    tiles = register.REGISTER.tiles.values()
    return [*HOURS, *(part for figure in tiles for part in figure.parts)]


def values_of_the_day(parts: Parts, day: date) -> dict[str, Value]:
    """Return what *day* has added to each figure that has a tile, by the tile's name."""
    tiles = register.REGISTER.tiles.items()
    return {tile.name: valued(figure, parts, day) for tile, figure in tiles}


def horizon(today: date, rules: Rules) -> datetime:
    """Return the instant up to which a limit counts as one of the next."""
    calendar = rules.calendar
    last = calendar.nth(calendar.before(today.toordinal() + 1) + WORKING_DAYS_AHEAD)
    return cut_off(date.fromordinal(last), rules.policy_on(today).bureau.cut_off)


def day_span(today: date, rules: Rules) -> tuple[datetime, datetime]:
    """Return the cut-off of yesterday and that of *today*: what turns red between is due today."""
    last = rules.policy_on(today).bureau.cut_off
    return cut_off(today - ONE_DAY, last), cut_off(today, last)


def clock_named(dossier: Dossier, key: ClockKey, rules: Rules) -> Clock | None:
    """Return the clock of *dossier* that *key* names, if it has such a one now."""
    return next((clock for clock in clocks_of(dossier, rules) if clock.key == key), None)


def late_next(clock: Clock, dossier: Dossier, now: datetime) -> LateNext:
    """Return one line of what can still be saved."""
    near, due_at = clock.near_at, clock.due_at
    seconds = None if due_at is None else int((due_at - now).total_seconds())
    return LateNext(
        case_no=dossier.key,
        item_code=dossier.case.item_code,
        item_name=dossier.case.item_name,
        clock=clock.name.value,
        sla_id=clock.sla.id,
        due=clock.due,
        days_left=clock.left(now),
        seconds_left=None if seconds is None else seconds - seconds % MINUTE,
        level=clock.warning if near is not None and near <= now else None,
        limit=clock.limit,
        unit=clock.unit.value,
        consumed=clock.consumed(now),
        stopped_days=clock.stood(now),
        provisional=clock.provisional,
        paused=clock.paused,
    )


def sentences(clock: Clock, now: datetime) -> Both:
    """Return in one sentence why *clock* is due when it is, and where it stands."""
    strip = tuple(days(clock, now))
    return Both(*(sentence(clock, strip, now, language) for language in LANGUAGES))


def is_statutory(clock: str) -> bool:
    return clock == ClockName.STATUTORY


def fact_line(fact: RecentFact, dossier: Dossier | None) -> LatestFact:
    """Return one line of the latest facts, with the subject of which it is one."""
    return LatestFact(
        time=local(fact.time),
        type=fact.type,
        case_no=None if dossier is not None and stands_alone(dossier) else fact.dossier,
        item_name=(dossier.case.item_name or None) if dossier else None,
        activity=fact.activity,
    )


def stands_alone(dossier: Dossier) -> bool:
    """Say whether *dossier* is of a matter that belongs to no case, such as an assist task."""
    named = any(subject.name == dossier.key for subject in dossier.subjects)
    return named and dossier.case.phase is Phase.ABSENT


def by_hour(parts: Mapping[str, int], share: int = 1) -> list[float]:
    """Return the figures of the day's hours, divided by *share*."""
    figures = [parts.get(hour, 0) for hour in live.HOURS]
    return [round(figure / share, 2) for figure in figures] if share > 1 else list(figures)


def compared_days(today: date) -> list[date]:
    """Return the same weekday of the last four weeks."""
    return [today - timedelta(weeks=week) for week in range(1, WEEKS_COMPARED + 1)]
