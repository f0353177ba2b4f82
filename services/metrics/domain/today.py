"""What the page of today says of a clock, a card, a fact, and of the hours of the day."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from services.metrics.domain.clocks.clock import Clock, cut_off
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.figures import live, register
from services.metrics.domain.figures.figure import many
from services.metrics.domain.figures.values import Parts, valued
from services.metrics.domain.picture import clocks_of
from services.metrics.domain.reasons.days import days
from services.metrics.domain.reasons.explanation import Document
from services.metrics.domain.reasons.sentence import sentence
from services.metrics.domain.recent import RecentFact
from services.metrics.domain.wording import LANGUAGES
from shared.contracts.handling.course import Phase
from shared.contracts.moments import instant_of
from shared.contracts.supervision.words import AlertLevel
from shared.contracts.words import ClockName
from shared.policy.calendar import business_date, spelled
from shared.policy.counting import counted, ruler
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


def tiles(parts: Parts) -> dict[str, float]:
    """Return the day's figures by the names of their tiles."""
    return {
        name: valued(figure, parts).number or 0 for name, figure in register.REGISTER.tiles.items()
    }


def horizon(today: date, rules: Rules) -> datetime:
    """Return the instant up to which a limit counts as one of the next."""
    calendar = rules.calendar
    last = calendar.nth(calendar.before(today.toordinal() + 1) + WORKING_DAYS_AHEAD)
    return cut_off(date.fromordinal(last), rules.policy_on(today))


def day_span(today: date, rules: Rules) -> tuple[datetime, datetime]:
    """Return the cut-off of yesterday and that of *today*: what turns red between is due today."""
    policy = rules.policy_on(today)
    return cut_off(today - ONE_DAY, policy), cut_off(today, policy)


def clock_of(dossier: Dossier, sla_id: str, rules: Rules) -> Clock | None:
    """Return the clock of *dossier* that *sla_id* names, if it has such a one now."""
    return next((clock for clock in clocks_of(dossier, rules) if clock.sla.id == sla_id), None)


def late_next(clock: Clock, dossier: Dossier, now: datetime) -> Document:
    """Return one line of what can still be saved."""
    today, near, red_at = business_date(now), clock.yellow_from, clock.red_at
    seconds = None if red_at is None else int((red_at - now).total_seconds())
    return {
        "case_no": dossier.key,
        "item_code": dossier.case.item_code,
        "item_name": dossier.case.item_name,
        "clock": clock.name.value,
        "sla_id": clock.sla.id,
        "due": clock.due.isoformat() if clock.due else None,
        "days_left": clock.days_left(today),
        # By the minute: to the second the line would change all the time.
        "seconds_left": None if seconds is None else seconds - seconds % MINUTE,
        "level": AlertLevel.YELLOW.value if near is not None and near <= today else None,
        "limit": clock.limit,
        "unit": clock.unit.value,
        "consumed": clock.consumed(today),
        "stopped_days": _stopped_days(clock, today),
        "provisional": clock.provisional,
        "paused": clock.paused,
    }


def _stopped_days(clock: Clock, today: date) -> int:
    """Return how many days would have counted by *today*, had nothing stopped the clock."""
    if not clock.stops:
        return 0
    until = min(today, clock.due or today)
    measure = ruler(clock.calendar, clock.unit)
    return counted(measure, clock.started_on, until) - clock.consumed(until)


def sentences(clock: Clock, today: date) -> dict[str, str]:
    """Return in one sentence why *clock* is due when it is, and where it stands."""
    strip = tuple(days(clock, today))
    return {language: sentence(clock, strip, today, language) for language in LANGUAGES}


def is_statutory(clock: str) -> bool:
    return clock == ClockName.STATUTORY


def fact_line(fact: RecentFact, dossier: Dossier | None) -> Document:
    """Return one line of the latest facts, with the subject of which it is one."""
    time, kind, subject, activity = fact
    return {
        "time": spelled(instant_of(time)),
        "type": kind,
        "case_no": None if dossier is not None and stands_alone(dossier) else subject,
        "item_name": (dossier.case.item_name or None) if dossier else None,
        "activity": activity,
    }


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
