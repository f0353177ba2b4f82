"""A holiday notice settles its year only as a whole."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from chinese_calendar import holidays, workdays
from pydantic import ValidationError

from shared.policy.calendar import official_calendar
from shared.policy.notice import FIRST_YEAR, read_notice
from tests.support.notices import notice

KNOWN = range(FIRST_YEAR, max(holidays).year + 1)


def official(year: int) -> dict[str, Any]:
    """Return the notice of *year* as holiday-cn has it."""
    days = [(day, True) for day in holidays] + [(day, False) for day in workdays]
    return {
        "year": year,
        "days": [
            {"name": "节假日", "date": str(day), "isOffDay": off}
            for day, off in sorted(days)
            if day.year == year
        ],
    }


def fault_of(document: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as refusal:
        read_notice(json.dumps(document).encode())
    return str(refusal.value.errors()[0]["type"])


def without(days: set[str]) -> dict[str, Any]:
    return notice(days=[day for day in notice()["days"] if day["date"] not in days])


@pytest.mark.parametrize("year", KNOWN)
def test_every_notice_that_there_was_is_a_whole_one(year: int) -> None:
    read = read_notice(json.dumps(official(year)).encode())
    calendar, known = read.published_in(official_calendar()), official_calendar()
    days = [date(year, 1, 1) + timedelta(number) for number in range(365)]

    assert [calendar.is_workday(day) for day in days] == [known.is_workday(day) for day in days]


def test_a_notice_may_name_days_of_the_months_beside_its_year() -> None:
    days = [
        *notice()["days"],
        {"name": "元旦", "date": "2026-12-26", "isOffDay": False},
        {"name": "元旦", "date": "2026-12-31", "isOffDay": True},
        {"name": "元旦", "date": "2028-01-01", "isOffDay": True},
    ]
    calendar = read_notice(json.dumps(notice(days=days)).encode()).published_in(official_calendar())

    assert calendar.is_workday(date(2026, 12, 26))
    assert not calendar.is_workday(date(2026, 12, 31))
    assert not calendar.official(2028)


NEW_YEAR = {"name": "元旦", "date": "2027-01-01", "isOffDay": True}
GAPS = {
    "no day at all": notice(days=[]),
    "only New Year's Day": notice(days=[NEW_YEAR]),
    "no New Year's Day": without({"2027-01-01"}),
    "a Spring Festival of three days": without({f"2027-02-{day:02}" for day in range(8, 12)}),
    "no Tomb-Sweeping Day": without({f"2027-04-{day:02}" for day in range(3, 6)}),
    "a Labour Day of one day": without({f"2027-05-{day:02}" for day in range(2, 6)}),
    "no Dragon Boat Festival": without({"2027-06-09"}),
    "a National Day of two days": without({"2027-10-03"}),
    "only make-ups": notice(days=[day for day in notice()["days"] if not day["isOffDay"]]),
}
CONTRADICTIONS = {
    "another year's days": (notice(year=2028), "notice_year"),
    "a day of summer before": (
        notice(days=[*notice()["days"], NEW_YEAR | {"date": "2026-07-01"}]),
        "notice_year",
    ),
    "a day twice": (notice(days=[*notice()["days"], NEW_YEAR]), "notice_twice"),
    "a day off that is worked": (
        notice(days=[*notice()["days"], NEW_YEAR | {"isOffDay": False}]),
        "notice_twice",
    ),
    "a make-up on a working day": (
        notice(days=[*notice()["days"], NEW_YEAR | {"date": "2027-03-01", "isOffDay": False}]),
        "notice_workday",
    ),
    "a year before the holidays of today": (notice(year=2007), "greater_than_equal"),
    "a year that nobody can mean": (notice(year=9999), "less_than_equal"),
    "a day as a number": (notice(days=[NEW_YEAR | {"date": "20270101"}]), "day"),
    "no days": ({"year": 2027}, "missing"),
}


@pytest.mark.parametrize("name", GAPS)
def test_a_part_of_a_notice_settles_nothing(name: str) -> None:
    assert fault_of(GAPS[name]) == "notice_partial"


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_notice_that_contradicts_itself_is_none(name: str) -> None:
    document, fault = CONTRADICTIONS[name]

    assert fault_of(document) == fault
