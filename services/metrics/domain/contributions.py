"""What one dossier adds to the figures: every KPI is the sum of these over all dossiers."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from services.metrics.domain.dossier import Dossier
from services.metrics.domain.subjects.alert import Card
from services.metrics.domain.subjects.case import Case
from services.metrics.domain.subjects.committee import Referral
from services.metrics.domain.subjects.inspection import Inspection
from services.metrics.domain.subjects.rectification import Rectification
from services.metrics.domain.subjects.review import Rating
from services.metrics.domain.subjects.subject import Subject
from services.metrics.domain.subjects.task import Task
from shared.contracts.assist.course import TaskState
from shared.contracts.moments import FIRST_DAY
from shared.contracts.rectification.course import RectificationState
from shared.contracts.review.words import ReviewChannel
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
    case = dossier.case
    sums: dict[Place, int] = {}
    for kpi, part, day, number in _entries(dossier, case, dues, calendar):
        place = (kpi, part, day, case.item_code, case.window, case.channel)
        sums[place] = sums.get(place, 0) + number
    return sums


def _entries(dossier: Dossier, case: Case, dues: Dues, calendar: WorkCalendar) -> Iterator[Line]:
    if case.received_on is not None and case.received_at is not None:
        yield from _intake(case, case.received_on, case.received_at)
    if case.terms is not None:
        yield "L03", "accepted", case.terms.effective_on, 1
    if case.ending is not None and case.ending.decided:
        yield from _decision(case, case.ending.ended_on, dues, calendar)
    if case.closed_on is not None:
        yield "L03", "closed", case.closed_on, 1
    for subject in dossier.subjects:
        yield from _subject(subject)
    for card in dossier.cards:
        yield from _card(card)
    day = case.received_on or (dossier.latest and max(FIRST_DAY, business_date(dossier.latest)))
    if dossier.anomalies and day:
        yield "L08", "anomalies", day, dossier.anomalies


def _card(card: Card) -> Iterator[Line]:
    if card.raised_on is not None:
        yield "K12.4", f"{card.level}:{card.basis}:{card.state}", card.raised_on, 1


def _intake(case: Case, day: date, instant: datetime) -> Iterator[Line]:
    yield "L03", "received", day, 1
    yield "L01", case.state, day, 1
    if case.is_open:
        yield "L01", "open", day, 1
    if case.returns:
        yield "K23.5", "returned", day, case.returns
    local = instant.astimezone(ZONE)
    yield "L03", f"hour:{local.hour:02}", local.date(), 1


def _decision(case: Case, day: date, dues: Dues, calendar: WorkCalendar) -> Iterator[Line]:
    yield "L03", "decided", day, 1
    if case.terms is None:
        return
    committed, statutory = dues.get(ClockName.COMMITTED), dues.get(ClockName.STATUTORY)
    if committed is not None:
        yield "K23.2", "on_time" if day <= committed else "late", day, 1
    if statutory is not None and day > statutory:
        yield "K23.2", "late_by_law", day, 1
    lasted = calendar.working_days_between(case.terms.effective_on, day)
    yield "L04", f"days:{min(lasted, DURATION_DAYS_MAX):03}", day, 1
    yield "L04", "days_sum", day, lasted


def _subject(subject: Subject) -> Iterator[Line]:
    opened, done = subject.opened_on, subject.done_on
    match subject:
        case Rating(struck_out=False) if opened is not None:
            level = ReviewChannel.SYSTEM_DEFAULT.value if subject.by_default else subject.level
            yield "K12.3", level, opened, 1
            yield "K12.3", "posted", opened, 1
        case Rectification() if opened is not None:
            yield "K12.1", "opened", opened, 1
            if subject.state == RectificationState.CLOSED and done is not None:
                yield "K12.1", "closed", done, 1
        case Inspection() if done is not None:
            yield "K24.5", "concluded", done, 1
            yield "K24.5", subject.result or "NOT_DONE", done, 1
        case Referral() if opened is not None:
            yield "K10.1", "referred", opened, 1
        case Task() if opened is not None:
            yield "K05.2", "requested", opened, 1
            if subject.state in (TaskState.COMPLETED, TaskState.RATED) and done is not None:
                yield "K05.2", "completed", done, 1
        case _:
            return
