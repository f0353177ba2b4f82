"""The figures of a log, by the definitions that process mining publishes them with."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from services.metrics.domain.log_figures import (
    CaseOfLog,
    LogFact,
    LogQuestion,
    distribution,
    log_figures,
    weekdays,
)

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MIDNIGHT = "2011-07-01T00:00:00+02:00"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def case(*events: tuple[str, str], **instants: str) -> CaseOfLog:
    told = tuple(LogFact(at(when), number, name) for number, (when, name) in enumerate(events, 1))
    return CaseOfLog(told, **{f"{name}_at": at(text) for name, text in instants.items()})


ONE_EVENT = case(("2011-06-30T22:30:00+00:00", "a"), started="2011-06-30T22:00:00+00:00")
LATE = case(
    ("2011-06-01T10:00:00+02:00", "a"),
    ("2011-06-02T22:00:00+02:00", "b"),
    started="2011-05-27T10:00:00+02:00",
    deadline="2011-06-10T10:00:00+02:00",
    ended="2011-07-04T11:00:00+02:00",
)


def figures(*cases: CaseOfLog) -> dict[str, object]:
    return log_figures(cases, LogQuestion(AMSTERDAM, {MIDNIGHT: at(MIDNIGHT)}))


def test_cases_events_and_variants_are_counted() -> None:
    told = figures(ONE_EVENT, LATE, LATE)

    assert {name: told[name] for name in ("cases", "events", "activities", "variants")} == {
        "cases": 3,
        "events": 5,
        "activities": 2,
        "variants": 2,
    }
    assert told["single_event_cases"] == 1
    assert told["events_per_activity"] == {"a": 3, "b": 2}


def test_days_and_months_are_those_of_the_time_zone() -> None:
    told = figures(ONE_EVENT, LATE)

    assert told["arrivals_per_month_by_startdate"] == {"2011-05": 1, "2011-07": 1}
    assert told["events_per_day"] == {
        "max": 1,
        "dates": ["2011-06-01", "2011-06-02", "2011-07-01"],
    }
    assert (told["first_event"], told["last_event"]) == (
        "2011-06-01 10:00:00+02:00",
        "2011-07-01 00:30:00+02:00",
    )


def test_a_case_is_open_from_its_start_to_before_its_end() -> None:
    told = figures(ONE_EVENT, LATE, case((MIDNIGHT, "a"), started=MIDNIGHT, ended=MIDNIGHT))

    assert told["open_at"] == {MIDNIGHT: 2}
    assert told["overdue_open_at"] == {MIDNIGHT: 1}
    assert told["enddate_after_deadline"] == 1


def test_durations_count_seconds_dates_and_working_days() -> None:
    told = figures(LATE, ONE_EVENT)

    assert told["throughput_startdate_to_enddate_days"] == {
        "n": 1,
        **dict.fromkeys(
            ("mean", "median", "p90_linear", "p90_nearest_rank", "min", "max"), 38.0417
        ),
    }
    assert (told["with_enddate"], told["without_enddate"]) == (1, 1)


def test_what_the_log_does_not_have_is_not_figured() -> None:
    told = figures(case((MIDNIGHT, "a")))

    assert not [name for name in told if "date_" in name or "overdue" in name]


def test_of_no_cases_nothing_is_said() -> None:
    told = figures()

    assert (told["cases"], told["first_event"], told["events_per_case"]) == (0, None, None)


def test_quantiles_are_those_of_postgresql() -> None:
    assert distribution([10, 1, 3, 2]) == {
        "n": 4,
        "mean": 4.0,
        "median": 2.5,
        "p90_linear": 7.9,
        "p90_nearest_rank": 10.0,
        "min": 1.0,
        "max": 10.0,
    }


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        ("2011-07-01", "2011-07-01", 0),  # a Friday
        ("2011-07-01", "2011-07-03", 0),
        ("2011-07-01", "2011-07-04", 1),
        ("2011-07-02", "2011-07-11", 6),
        ("2011-07-04", "2011-07-01", 0),
    ],
)
def test_weekdays_count_from_the_day_after_the_start(start: str, end: str, count: int) -> None:
    assert weekdays(date.fromisoformat(start), date.fromisoformat(end)) == count
