"""What one dossier adds to the figures: every KPI is the sum of these over all dossiers."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from services.metrics.domain.dossier import OPEN, Dossier, Matter
from services.metrics.domain.matter_fold import UPHELD
from shared.contracts.moments import FIRST_DAY
from shared.contracts.words import ClockName
from shared.policy.calendar import ZONE, WorkCalendar, business_date

Place = tuple[str, str, date, str, str, str]
"""KPI, part, business day, item, window, channel."""

Contributions = Mapping[Place, int]
Dues = Mapping[ClockName, date | None]
"""The due day by clock; None where a pause holds it open."""

Line = tuple[str, str, date, int]
"""KPI, part, business day, number."""

DURATION_DAYS_MAX = 120
"""The last class of the histogram takes whatever lasted longer."""


def contributions(dossier: Dossier, dues: Dues, calendar: WorkCalendar) -> Contributions:
    """
    Return what *dossier* adds, a number for each place; a place that it leaves alone is missing.

    Nothing here asks what day it is: what changes with the passing of time
    comes as a fact, like everything else.
    """
    item, window, channel = dossier.item_code, dossier.window, dossier.channel
    sums: dict[Place, int] = {}
    for kpi, part, day, number in _entries(dossier, dues, calendar):
        place = (kpi, part, day, item, window, channel)
        sums[place] = sums.get(place, 0) + number
    return sums


def _entries(dossier: Dossier, dues: Dues, calendar: WorkCalendar) -> Iterator[Line]:
    if dossier.received_on is not None and dossier.received_at is not None:
        yield from _intake(dossier, dossier.received_on, dossier.received_at)
    if dossier.terms is not None:
        yield "L03", "accepted", dossier.terms.effective_on, 1
    if dossier.ending is not None and dossier.ending.decided:
        yield from _decision(dossier, dossier.ending.ended_on, dues, calendar)
    if dossier.closed_on is not None:
        yield "L03", "closed", dossier.closed_on, 1
    for matter in dossier.matters:
        yield from _matter(matter)
    for card in dossier.cards:
        yield "K12.4", f"{card.level}:{card.basis}:{card.state}", card.raised_on, 1
    day = dossier.received_on or (dossier.latest and max(FIRST_DAY, business_date(dossier.latest)))
    if dossier.anomalies and day:
        yield "L08", "anomalies", day, dossier.anomalies


def _intake(dossier: Dossier, day: date, instant: datetime) -> Iterator[Line]:
    yield "L03", "received", day, 1
    yield "L01", dossier.phase.value, day, 1
    if dossier.phase in OPEN:
        yield "L01", "open", day, 1
    if dossier.returns:
        yield "K23.5", "returned", day, dossier.returns
    local = instant.astimezone(ZONE)
    yield "L03", f"hour:{local.hour:02}", local.date(), 1


def _decision(dossier: Dossier, day: date, dues: Dues, calendar: WorkCalendar) -> Iterator[Line]:
    yield "L03", "decided", day, 1
    if dossier.terms is None:
        return
    committed, statutory = dues.get(ClockName.COMMITTED), dues.get(ClockName.STATUTORY)
    if committed is not None:
        yield "K23.2", "on_time" if day <= committed else "late", day, 1
    if statutory is not None and day > statutory:
        yield "K23.2", "late_by_law", day, 1
    lasted = calendar.working_days_between(dossier.terms.effective_on, day)
    yield "L04", f"days:{min(lasted, DURATION_DAYS_MAX):03}", day, 1
    yield "L04", "days_sum", day, lasted


def _matter(matter: Matter) -> Iterator[Line]:
    opened, done = matter.opened_on, matter.done_on
    match matter.kind:
        case "rating" if opened is not None and matter.outcome != UPHELD:
            yield "K12.3", matter.outcome, opened, 1
            yield "K12.3", "posted", opened, 1
        case "rectification" if opened is not None:
            yield "K12.1", "opened", opened, 1
            if matter.state == "CLOSED" and done is not None:
                yield "K12.1", "closed", done, 1
        case "inspection" if done is not None:
            yield "K24.5", "concluded", done, 1
            yield "K24.5", matter.outcome or "NOT_DONE", done, 1
        case "referral" if opened is not None:
            yield "K10.1", "referred", opened, 1
        case "assist" if opened is not None:
            yield "K05.2", "requested", opened, 1
            if matter.state in ("COMPLETED", "RATED") and done is not None:
                yield "K05.2", "completed", done, 1
        case _:
            return
