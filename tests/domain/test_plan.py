"""The annual plan: its items, and how far a count of the year should be."""

from datetime import date

import pytest

from services.metrics.domain.figures.register import REGISTER
from services.metrics.domain.plan import (
    GROUPS,
    PLAN,
    PlanGroup,
    expected,
    expected_by,
    pace_of,
)
from shared.contracts.supervision.words import AlertLevel
from shared.policy.calendar import official_calendar

CALENDAR = official_calendar()
WORKING_DAYS_2024 = 251


def test_the_plan_has_an_unnumbered_section_and_25_goals_in_four_groups() -> None:
    assert [item.number for item in PLAN] == [*range(26)]
    assert [item.number for item in PLAN if item.group is PlanGroup.TEAMS] == [22, 23, 24, 25]
    assert {item.group for item in PLAN} == {*GROUPS}
    assert {figure.item for figure in REGISTER.figures} - {None} <= {*range(26)}


@pytest.mark.parametrize(
    ("on", "days"),
    [
        (date(2024, 1, 1), 0),
        (date(2024, 1, 2), 1),
        (date(2024, 6, 30), 123),
        (date(2024, 12, 31), WORKING_DAYS_2024),
    ],
)
def test_a_count_of_the_year_comes_near_by_its_working_days(on: date, days: int) -> None:
    assert expected(15, on, CALENDAR) == pytest.approx(15 * days / WORKING_DAYS_2024)


@pytest.mark.parametrize(
    ("number", "on", "level"),
    [
        (0, date(2024, 1, 1), None),
        (7, date(2024, 6, 30), None),
        (6, date(2024, 6, 30), AlertLevel.YELLOW),
        (5, date(2024, 6, 30), AlertLevel.RED),
        (14, date(2024, 12, 30), None),
        (14, date(2024, 12, 31), AlertLevel.RED),
        (15, date(2024, 12, 31), None),
        (16, date(2024, 12, 31), None),
    ],
)
def test_the_pace_is_yellow_below_nine_tenths_and_red_below_seven_or_when_the_year_is_over(
    number: int, on: date, level: AlertLevel | None
) -> None:
    assert pace_of(number, 15, on, CALENDAR) == level


@pytest.mark.parametrize(
    ("since", "on", "wanted"),
    [
        (date(2023, 11, 1), date(2024, 4, 1), 0),
        (date(2023, 11, 1), date(2024, 4, 2), 1),
        (date(2023, 11, 1), date(2024, 12, 29), 3),
        (date(2023, 11, 1), date(2024, 12, 31), 4),
        (date(2023, 11, 1), date(2025, 2, 1), 4),
        (date(2024, 7, 1), date(2024, 8, 15), 1),
        (date(2024, 7, 1), date(2024, 6, 30), 0),
        (date(2024, 12, 31), date(2024, 12, 30), 0),
        (date(2025, 1, 1), date(2024, 12, 30), 0),
    ],
)
def test_of_a_target_of_our_own_whole_pieces_are_expected_since_it_is_set(
    since: date, on: date, wanted: float
) -> None:
    assert expected_by(4, since, date(2024, 12, 31), on, CALENDAR) == wanted
