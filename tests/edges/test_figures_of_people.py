"""What counts people is told in numbers: whom it counts leaves by no way."""

from datetime import date

import pytest
from msgspec import json

from services.metrics.domain.figures.register import REGISTER
from services.metrics.handlers.kpis import FigureQuery, Kpis
from shared.policy.rules import Editions
from tests.support.metrics_store import RULES, opened
from tests.support.told_figures import STORIES
from tests.support.way_of_a_case import event

LONG = FigureQuery(since=date(2024, 9, 1), until=date(2024, 10, 30))


@pytest.mark.parametrize(
    ("figure", "story", "parts", "people"),
    [
        (
            "K12.6.staff",
            "a case that two examined, of whom one is rated",
            {"staff": 1, "active_staff": 2},
            ["st-1", "st-2"],
        ),
        ("K25.5", "a request that was answered late", {"load": 1}, ["st-7"]),
    ],
)
async def test_nobody_is_named_by_a_figure_that_counts_people(
    figure: str, story: str, parts: dict[str, int], people: list[str]
) -> None:
    asked = REGISTER.by_id[figure]
    async with opened("memory") as store:
        told = [one.data for one in STORIES[story] if "supervision" not in one.type]
        await store.fold(*(event(fact, number) for number, fact in enumerate(told)))
        kpis = Kpis(store.readings, Editions(RULES), store.clock)

        course = await kpis.one(asked, LONG)
        behind = await kpis.cases(asked, LONG, None, 9)

    assert course.parts == parts
    assert {name: number for line in behind.items for name, number in line.adds.items()} == parts
    said = (json.encode(course) + json.encode(behind)).decode()
    assert [name for name in people if name in said] == []


async def test_the_roster_behind_a_figure_names_no_agent() -> None:
    asked = REGISTER.by_id["K25.1"]
    async with opened("memory") as store:
        told = STORIES["an agent who stops, and helps again"]
        await store.fold(*(event(one.data, number) for number, one in enumerate(told)))
        kpis = Kpis(store.readings, Editions(RULES), store.clock)

        behind = await kpis.cases(asked, LONG, None, 9)

    assert [line.adds for line in behind.items] == [{"active": 1}]
    assert b"st-1" not in json.encode(behind)
