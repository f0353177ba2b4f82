"""Working days as the State Council set them."""

from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.words import LimitUnit
from shared.policy.calendar import CalendarDay, DayKind, WorkCalendar, official_calendar
from shared.policy.counting import HORIZON, counted, due, merged, ruler, spent

CALENDAR = official_calendar()
NOTHING_PUBLISHED = WorkCalendar((), {})
DATES = st.dates(date(2003, 6, 1), date(2028, 6, 1))
SPANS = st.tuples(DATES, st.integers(-2, 90)).map(lambda s: (s[0], s[0] + timedelta(s[1])))


@pytest.mark.parametrize(("year", "days"), [(2024, 251), (2025, 248), (2026, 248)])
def test_a_year_has_as_many_working_days_as_its_notice_says(year: int, days: int) -> None:
    assert CALENDAR.working_days_between(date(year - 1, 12, 31), date(year, 12, 31)) == days


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_a_second_library_agrees_day_by_day(year: int) -> None:
    other = holidays.country_holidays("CN", years=year)
    days = [date(year, 1, 1) + timedelta(n) for n in range(365)]

    assert [day for day in days if CALENDAR.is_workday(day) != other.is_working_day(day)] == []


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        ("2024-09-29", CalendarDay(DayKind.MAKE_UP, "国庆节")),
        ("2024-02-09", CalendarDay(DayKind.WEEKDAY)),
        ("2024-09-21", CalendarDay(DayKind.WEEKEND)),
        ("2024-10-01", CalendarDay(DayKind.DAY_OFF, "国庆节")),
        ("2027-10-01", CalendarDay(DayKind.WEEKDAY)),
    ],
)
def test_a_day_says_why_it_is_worked_or_not(day: str, kind: CalendarDay) -> None:
    assert CALENDAR.kind(date.fromisoformat(day)) == kind


def test_a_year_without_a_notice_is_provisional_until_it_appears() -> None:
    start, until = date(2026, 12, 21), date(2027, 1, 8)
    off = {date(2027, 1, 1): "元旦", date(2027, 1, 4): "元旦"}

    published = CALENDAR.published([2027], off, {date(2026, 12, 26): "元旦"})

    assert CALENDAR.provisional(start, until)
    assert not published.provisional(start, until)
    assert published.version != CALENDAR.version
    assert published.working_days_between(start, until) == (
        CALENDAR.working_days_between(start, until) - 1
    )


def test_the_version_follows_from_the_days_alone() -> None:
    first = CALENDAR.published([2027], {date(2027, 1, 1): "元旦"}, {})
    again = CALENDAR.published([2027], {}, {}).published([2027], {date(2027, 1, 1): "元旦"}, {})

    assert first == again
    assert hash(first) == hash(again)


@given(DATES)
def test_counting_agrees_with_looking_at_every_day(day: date) -> None:
    for calendar in (CALENDAR, NOTHING_PUBLISHED):
        before = calendar.before(day.toordinal())

        assert calendar.before(day.toordinal() + 1) - before == calendar.is_workday(day)
        nth = date.fromordinal(calendar.nth(before + 1))
        assert nth >= day
        assert calendar.is_workday(nth)
        assert calendar.before(nth.toordinal()) == before


def test_the_end_of_all_days_ends_no_count() -> None:
    assert due(CALENDAR, date(2026, 12, 1), 10**12) == HORIZON
    assert due(CALENDAR, date(2026, 12, 1), 10**12, LimitUnit.ND) == HORIZON
    assert CALENDAR.provisional(date(2026, 12, 1), HORIZON)
    assert due(CALENDAR, date(9999, 12, 1), 5) == date(9999, 12, 1)
    assert due(CALENDAR, date(1, 1, 1), 5) == date(1, 1, 8)


def brute_due(start: date, limit: int, stops: list[tuple[date, date]]) -> date:
    """Walk from the day after *start* and count what counts."""
    day, left = start, limit
    while left:
        day += timedelta(1)
        stopped = any(opened <= day < closed for opened, closed in stops)
        left -= CALENDAR.is_workday(day) and not stopped
    return day


@given(DATES, st.integers(1, 60), st.lists(SPANS, max_size=4))
def test_due_is_the_day_that_a_patient_clerk_would_find(
    start: date, limit: int, stops: list[tuple[date, date]]
) -> None:
    assert due(CALENDAR, start, limit, stops=merged(stops)) == brute_due(start, limit, stops)


@given(DATES, st.integers(0, 60), st.lists(SPANS, max_size=4), st.sampled_from(LimitUnit))
def test_as_many_days_count_up_to_its_end_as_the_limit_has(
    start: date, limit: int, stops: list[tuple[date, date]], unit: LimitUnit
) -> None:
    measure = ruler(CALENDAR, unit)
    end = spent(measure, start, limit, merged(stops))

    assert end is not None
    assert counted(measure, start, end, merged(stops)) == limit


@given(DATES, st.integers(1, 40), SPANS, st.integers(0, 90))
def test_a_stop_in_two_parts_is_one_stop(
    start: date, limit: int, stop: tuple[date, date], cut: int
) -> None:
    opened, closed = stop
    middle = min(opened + timedelta(cut), max(opened, closed))

    whole = due(CALENDAR, start, limit, stops=merged([stop]))

    assert due(CALENDAR, start, limit, stops=merged([(opened, middle), (middle, closed)])) == whole


@given(DATES, st.integers(1, 40), st.integers(1, 30))
def test_a_holiday_after_the_due_day_changes_nothing(start: date, limit: int, later: int) -> None:
    before = due(CALENDAR, start, limit)
    assert before is not None
    holiday = before + timedelta(later)
    kept = {day: CALENDAR.kind(day) for day in (start + timedelta(n) for n in range(1, 120))}
    off = {day: what.name for day, what in kept.items() if what.kind is DayKind.DAY_OFF}
    on = {day: what.name for day, what in kept.items() if what.kind is DayKind.MAKE_UP}

    changed = CALENDAR.published([holiday.year], off | {holiday: "临时放假"}, on)

    if all(day.year == holiday.year for day in (start, before)):
        assert due(changed, start, limit) == before


def test_natural_days_end_on_the_next_working_day() -> None:
    friday = date(2024, 9, 27)

    assert due(CALENDAR, friday, 4, LimitUnit.ND) == date(2024, 10, 8)
    assert due(CALENDAR, friday, 3, LimitUnit.ND) == date(2024, 9, 30)
    assert due(CALENDAR, friday, 2, LimitUnit.ND) == date(2024, 9, 29)


def test_natural_days_wait_for_a_stop_over_their_last_day() -> None:
    friday, closed = date(2024, 9, 27), date(2024, 10, 10)
    stops = ((date(2024, 10, 3), closed),)

    assert due(CALENDAR, friday, 4, LimitUnit.ND, stops) == closed
    assert due(CALENDAR, friday, 4, LimitUnit.ND, ((date(2024, 10, 3), None),)) is None
