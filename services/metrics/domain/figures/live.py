"""The bureau's own day: what came in, what is open, how long it took (catalogue 5.3)."""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum

from services.metrics.domain.dossier import Dossier
from services.metrics.domain.figures.figure import (
    About,
    Aggregate,
    Figure,
    Line,
    LinesOf,
    Threshold,
    Tile,
    many,
    of_class,
)
from services.metrics.domain.subjects.case import Case
from services.metrics.domain.subjects.hall import Visit
from services.metrics.domain.subjects.terms import Terms
from shared.contracts.moments import FIRST_DAY
from shared.contracts.supervision.words import AlertLevel
from shared.contracts.words import ClockName
from shared.policy.calendar import ZONE, business_date

VISITS_TOLD_MAX = 2
"""More are as bad."""


HUNDRED = 100
HUNDREDTHS_MAX = 999
"""Ten times what was promised; more is as bad."""
MINUTE_SECONDS = 60
MINUTES_MAX = 999
"""So long nobody waits in a day; more is as bad."""


class Part(StrEnum):
    """What is counted of every case, and of every visit to the hall."""

    PHASE = "L01/phase"
    """Cases by the phase that they are in."""
    OPEN = "L01/open"
    RECEIVED = "L03/received"
    """By channel and terminal."""
    HOUR = "L03/hour"
    """Receipts by the hour of the day."""
    ACCEPTED = "L03/accepted"
    """By case type."""
    DECIDED = "L03/decided"
    """By what was decided."""
    CLOSED = "L03/closed"
    """By the visits that the applicant had to make (none, one, two for more), and by result."""
    DAYS = "L04/days"
    """Decided cases by terminal and by the working days since their acceptance."""
    USED = "L04/used"
    """Decided cases by the hundredths of the promised time that were used."""
    LIMITS = "L05/limits"
    """Accepted cases by the days that the law allows and those that were promised."""
    WAITED = "L06/waited"
    """Visits by the minutes that one waited, the last one begun being a whole one."""
    ANOMALIES = "L08/anomalies"
    DOUBTFUL = "L09/doubtful"
    """Dossiers with a fact that contradicts what was known."""


def _of_dossier(dossier: Dossier, _: About) -> Iterator[Line]:
    if not dossier.anomalies:
        return
    latest = dossier.latest
    day = dossier.case.received_on or (latest and max(FIRST_DAY, business_date(latest)))
    if day is not None:
        yield Part.ANOMALIES, day, dossier.anomalies
        yield Part.DOUBTFUL, day, 1


def _of_case(case: Case, about: About) -> Iterator[Line]:
    if case.received_on is not None and case.received_at is not None:
        yield of_class(Part.RECEIVED, f"{case.channel}:{case.terminal}"), case.received_on, 1
        yield of_class(Part.PHASE, case.state), case.received_on, 1
        if case.is_open:
            yield Part.OPEN, case.received_on, 1
        local = case.received_at.astimezone(ZONE)
        yield HOURS[local.hour], local.date(), 1
    if case.terms is not None:
        yield from _acceptance(case, case.terms)
    if case.ending is not None and case.ending.decided:
        yield from _decision(case, case.ending.ended_on, about)
    if case.closed_on is not None:
        visits = min(case.visits or 0, VISITS_TOLD_MAX)
        yield of_class(Part.CLOSED, f"{visits}:{case.result}"), case.closed_on, 1


def _acceptance(case: Case, terms: Terms) -> Iterator[Line]:
    yield of_class(Part.ACCEPTED, case.case_type), terms.effective_on, 1
    # Working days and calendar days do not compare.
    if terms.statutory_unit == terms.committed_unit:
        limits = f"{terms.statutory_limit:03}:{terms.committed_limit:03}"
        yield of_class(Part.LIMITS, limits), terms.effective_on, 1


def _decision(case: Case, day: date, about: About) -> Iterator[Line]:
    yield of_class(Part.DECIDED, case.decision), day, 1
    if case.terms is not None:
        lasted = about.calendar.working_days_between(case.terms.effective_on, day)
        yield of_class(Part.DAYS, f"{case.terminal}:{lasted:03}"), day, 1
    clock = about.clock(ClockName.COMMITTED)
    if clock is not None and clock.ending is not None and clock.limit:
        consumed = clock.consumed(clock.ending.ended_at)
        used = min(-(-HUNDRED * consumed // clock.limit), HUNDREDTHS_MAX)
        yield of_class(Part.USED, f"{used:03}"), day, 1


def _of_visit(visit: Visit, _: About) -> Iterator[Line]:
    if visit.visited_on is not None:
        minutes = min(-(-visit.waiting_seconds // MINUTE_SECONDS), MINUTES_MAX)
        yield of_class(Part.WAITED, f"{minutes:03}"), visit.visited_on, 1


HOURS = tuple(of_class(Part.HOUR, f"{hour:02}") for hour in range(24))
"""The parts of the day's hours."""

LINES: Mapping[type, LinesOf] = {Dossier: _of_dossier, Case: _of_case, Visit: _of_visit}

FIGURES = (
    Figure(
        id="L01",
        item=None,
        zh="在办件数",
        en="Cases open now",
        unit="case",
        formula="Σ open",
        numerator=(Part.OPEN,),
        shown=(many(Part.PHASE),),
        gauge=True,
    ),
    Figure(
        id="L03.received",
        item=None,
        zh="收件数",
        en="Applications received",
        unit="case",
        formula="Σ received",
        numerator=(many(Part.RECEIVED),),
        shown=(many(Part.HOUR),),
        tile=Tile("received_today", "今日收件", "Received today"),
    ),
    Figure(
        id="L03.accepted",
        item=None,
        zh="受理数",
        en="Applications accepted",
        unit="case",
        formula="Σ accepted",
        numerator=(many(Part.ACCEPTED),),
        tile=Tile("accepted_today", "今日受理", "Accepted today"),
    ),
    Figure(
        id="L03.decided",
        item=None,
        zh="决定数",
        en="Decisions made",
        unit="case",
        formula="Σ decided",
        numerator=(many(Part.DECIDED),),
        tile=Tile("decided_today", "今日决定", "Decided today"),
    ),
    Figure(
        id="L03.closed",
        item=None,
        zh="办结数",
        en="Cases closed",
        unit="case",
        formula="Σ closed",
        numerator=(many(Part.CLOSED),),
        tile=Tile("closed_today", "今日办结", "Closed today"),
    ),
    Figure(
        id="L03",
        item=None,
        zh="办结率",
        en="Closing rate",
        unit="ratio",
        formula="closed / accepted",
        numerator=(many(Part.CLOSED),),
        denominator=(many(Part.ACCEPTED),),
        measure=Aggregate.RATE,
    ),
    Figure(
        id="L04",
        item=None,
        zh="办理时长",
        en="Duration from acceptance to decision",
        unit="working day",
        formula="Σ working days / decided cases; quantiles from the same histogram",
        numerator=(many(Part.DAYS),),
        measure=Aggregate.MEAN,
    ),
    Figure(
        id="L04.share",
        item=None,
        zh="承诺时限使用率",
        en="Share of the promised time that is used",
        unit="percent",
        formula="ninetieth percentile of days used / days promised, of decided cases",
        numerator=(many(Part.USED),),
        measure=Aggregate.NINETIETH,
        alerts=(Threshold(level=AlertLevel.YELLOW, above=80),),
    ),
    Figure(
        id="L05",
        item=None,
        zh="时限压缩率",
        en="Compression of limits",
        unit="ratio",
        formula="1 − days committed / days that the law allows, of accepted cases",
        numerator=(many(Part.LIMITS),),
        measure=Aggregate.SHORTENED,
    ),
    Figure(
        id="L06",
        item=None,
        zh="大厅等候时长",
        en="Waiting time at the hall",
        unit="minute",
        formula="ninetieth percentile of the minutes that a visit waited, each begun one counted",
        numerator=(many(Part.WAITED),),
        measure=Aggregate.NINETIETH,
        alerts=(Threshold(level=AlertLevel.YELLOW, above=30),),
    ),
    Figure(
        id="L08",
        item=None,
        zh="异常事实数",
        en="Facts that contradict their subject",
        unit="fact",
        formula="Σ anomalies",
        numerator=(Part.ANOMALIES,),
    ),
    Figure(
        id="L09",
        item=None,
        zh="数据存疑率",
        en="Dossiers in doubt",
        unit="ratio",
        formula="dossiers with a fact that contradicts them / cases received",
        numerator=(Part.DOUBTFUL,),
        denominator=(many(Part.RECEIVED),),
        measure=Aggregate.RATE,
        alerts=(Threshold(level=AlertLevel.YELLOW, above=0.001),),
    ),
)
