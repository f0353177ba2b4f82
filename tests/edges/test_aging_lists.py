"""How old a list is on the day that is asked for: as a number, as its course, by organisation."""

from datetime import date

import pytest

from services.metrics.domain.figures.register import REGISTER
from services.metrics.handlers.kpis import FigureQuery, Kpis
from shared.contracts.supervision.words import AlertLevel
from shared.policy.rules import Editions
from tests.support.metrics_store import RULES, opened
from tests.support.plan_stories import PLANNED
from tests.support.way_of_a_case import event

AGE = REGISTER.by_id["K11.0"]
LIST = [one.data for one in PLANNED["a list of what agencies are needed for"]]
"""Of 2 September and of 11 December."""


@pytest.mark.parametrize(
    ("until", "days", "level"),
    [
        (date(2024, 9, 1), None, None),
        (date(2024, 9, 2), 0, None),
        (date(2024, 12, 10), 99, None),
        (date(2024, 12, 31), 20, None),
        (date(2025, 6, 9), 180, None),
        (date(2025, 6, 10), 181, AlertLevel.YELLOW),
    ],
)
async def test_a_list_is_as_old_as_it_was_on_the_day_asked_for(
    until: date, days: int | None, level: AlertLevel | None
) -> None:
    async with opened("memory") as store:
        await store.fold(*(event(fact, number) for number, fact in enumerate(LIST)))
        kpis = Kpis(store.readings, Editions(RULES), store.clock)
        (line,) = await kpis.listed(FigureQuery(until=until), [AGE])
        course = await kpis.one(AGE, FigureQuery(until=until))

    assert (line.value, line.level) == (days, level)
    assert course.value == days
    assert {one.value for one in course.series} <= {0}
    assert {one.value for one in course.by["organisation"]} <= {days}
