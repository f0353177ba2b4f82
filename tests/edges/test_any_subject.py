"""Facts of every kind of subject, in any interleaving: the projection is a fold from nothing."""

import asyncio
from datetime import date, timedelta
from random import Random

import pytest

from shared.policy.rules import shipped
from tests.support.memory_bureau import Bureau, different
from tests.support.year.story import PLOTS, dossier

FIRST = date(2026, 1, 10)
STORIES = 6
"""So many of each plot, of which every second contradicts itself."""


@pytest.mark.parametrize("plot", range(len(PLOTS)), ids=lambda plot: "+".join(PLOTS[plot]))
def test_figures_clocks_and_cards_of_every_subject_are_those_of_a_fold_from_nothing(
    plot: int,
) -> None:
    asyncio.run(_lived(plot))


async def _lived(plot: int) -> None:
    chance = Random(plot)  # noqa: S311 - a story, no secret
    told = [
        event
        for number in range(STORIES)
        for event in dossier("any", FIRST, plot + number * len(PLOTS), anything=bool(number % 2))[1]
    ]
    told += chance.sample(told, len(told) // 3)
    chance.shuffle(told)
    bureau = Bureau()
    await bureau.begin()
    while told:
        batch, told = told[:9], told[9:]
        await bureau.fold(batch)
        match chance.randrange(6):
            case 0:
                await bureau.tick()
                await bureau.hear_supervision()
            case 1:
                await bureau.restart_worker()
            case 2:
                bureau.clock.advance(timedelta(days=chance.randrange(20)))
            case _:
                pass
    await bureau.settle()

    assert different(bureau, shipped(), bureau.clock.now()) == []
