"""The figures of a case log, as process-mining publishes them: counts, durations, who was open."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from math import fsum
from typing import Any

DIGITS = 4
WEEK = 7
WORKDAYS = 5
DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class LogFact:
    """One fact of a case, as far as the figures go."""

    at: datetime
    sequence: int
    activity: str


@dataclass(frozen=True, slots=True)
class CaseOfLog:
    """One case: its events in the order of the log, and what its attributes said."""

    events: tuple[LogFact, ...]
    started_at: datetime | None = None
    ended_at: datetime | None = None
    deadline_at: datetime | None = None

    @property
    def activities(self) -> tuple[str, ...]:
        return tuple(event.activity for event in self.events)

    @property
    def first_at(self) -> datetime:
        return min(event.at for event in self.events)

    @property
    def last_at(self) -> datetime:
        return max(event.at for event in self.events)

    def is_open(self, instant: datetime) -> bool:
        """Say whether the case had begun and not ended at *instant*."""
        return (self.started_at or self.first_at) <= instant and (
            self.ended_at is None or self.ended_at > instant
        )

    def is_overdue(self, instant: datetime) -> bool:
        return self.is_open(instant) and self.deadline_at is not None and self.deadline_at < instant


@dataclass(frozen=True, slots=True)
class LogQuestion:
    """What the reader wants to know: whose calendar, which instants, how the log spells."""

    zone: tzinfo
    instants: Mapping[str, datetime]
    started: str = "startdate"
    ended: str = "enddate"

    def day(self, instant: datetime) -> date:
        return instant.astimezone(self.zone).date()


def log_figures(cases: Sequence[CaseOfLog], asked: LogQuestion) -> dict[str, Any]:
    """Return the figures of *cases* under the keys that are promised for them."""
    figures = _counts(cases, asked)
    if any(case.started_at is not None for case in cases):
        figures |= _from_start_to_end(cases, asked)
    if any(case.deadline_at is not None for case in cases):
        figures |= _against_deadlines(cases, asked)
    return figures


def _counts(cases: Sequence[CaseOfLog], asked: LogQuestion) -> dict[str, Any]:
    events = [event for case in cases for event in case.events]
    activities = Counter(event.activity for event in events)
    busy = Counter(asked.day(event.at) for event in events)
    most = max(busy.values(), default=0)
    lengths = [len(case.events) for case in cases]
    return {
        "cases": len(cases),
        "events": len(events),
        "activities": len(activities),
        "variants": len({case.activities for case in cases}),
        "first_event": _spelled(min((event.at for event in events), default=None), asked),
        "last_event": _spelled(max((event.at for event in events), default=None), asked),
        "events_per_activity": dict(
            sorted(activities.items(), key=lambda pair: (-pair[1], pair[0]))
        ),
        "events_per_case": distribution(lengths),
        "single_event_cases": lengths.count(1),
        "throughput_first_to_last_event_days": distribution(
            [_days(case.first_at, case.last_at) for case in cases]
        ),
        "open_at": _at_each(asked, cases, CaseOfLog.is_open),
        "events_per_day": {
            "max": most,
            "dates": sorted(day.isoformat() for day, count in busy.items() if count == most),
        },
    }


def _from_start_to_end(cases: Sequence[CaseOfLog], asked: LogQuestion) -> dict[str, Any]:
    spans = [
        (case.started_at, case.ended_at)
        for case in cases
        if case.started_at is not None and case.ended_at is not None
    ]
    dates = [(asked.day(start), asked.day(end)) for start, end in spans]
    months = Counter(
        f"{asked.day(case.started_at):%Y-%m}" for case in cases if case.started_at is not None
    )
    ended = sum(case.ended_at is not None for case in cases)
    span = f"throughput_{asked.started}_to_{asked.ended}"
    return {
        f"{span}_days": distribution([_days(start, end) for start, end in spans]),
        f"{span}_local_dates": distribution([(end - start).days for start, end in dates]),
        f"{span}_monfri_days": distribution([weekdays(start, end) for start, end in dates]),
        f"with_{asked.ended}": ended,
        f"without_{asked.ended}": len(cases) - ended,
        f"arrivals_per_month_by_{asked.started}": dict(sorted(months.items())),
    }


def _against_deadlines(cases: Sequence[CaseOfLog], asked: LogQuestion) -> dict[str, Any]:
    late = sum(
        case.ended_at > case.deadline_at
        for case in cases
        if case.ended_at is not None and case.deadline_at is not None
    )
    return {
        "overdue_open_at": _at_each(asked, cases, CaseOfLog.is_overdue),
        f"{asked.ended}_after_deadline": late,
    }


def _at_each(
    asked: LogQuestion, cases: Iterable[CaseOfLog], holds: Callable[[CaseOfLog, datetime], bool]
) -> dict[str, int]:
    return {
        text: sum(holds(case, instant) for case in cases)
        for text, instant in asked.instants.items()
    }


def distribution(values: Sequence[float]) -> dict[str, float] | None:
    """Return count, mean, quantiles and ends of *values*; None of nothing."""
    if not values:
        return None
    ranked = sorted(values)
    count = len(ranked)
    figures = {
        "mean": fsum(ranked) / count,
        "median": _between(ranked, 5),
        "p90_linear": _between(ranked, 9),
        "p90_nearest_rank": ranked[-(-9 * count // 10) - 1],
        "min": ranked[0],
        "max": ranked[-1],
    }
    return {"n": count, **{name: round(float(value), DIGITS) for name, value in figures.items()}}


def _between(ranked: Sequence[float], tenths: int) -> float:
    """Return the quantile of *tenths*/10 by interpolation, as percentile_cont has it."""
    below, rest = divmod((len(ranked) - 1) * tenths, 10)
    if rest == 0:
        return ranked[below]
    return ranked[below] + (ranked[below + 1] - ranked[below]) * rest / 10


def weekdays(start: date, end: date) -> int:
    """Count Mondays to Fridays after *start* up to *end*; none where it ends before it starts."""
    return max(0, _weekdays_before(end.toordinal()) - _weekdays_before(start.toordinal()))


def _weekdays_before(ordinal: int) -> int:
    # Day 1 of the calendar was a Monday.
    weeks, days = divmod(ordinal, WEEK)
    return weeks * WORKDAYS + min(days, WORKDAYS)


def _days(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds() / DAY_SECONDS


def _spelled(instant: datetime | None, asked: LogQuestion) -> str | None:
    return None if instant is None else str(instant.astimezone(asked.zone))
