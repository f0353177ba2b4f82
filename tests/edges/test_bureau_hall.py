"""What the made-up bureau plays in the hall: its services take every command of it once."""

from pathlib import Path
from random import Random
from typing import Any

import pytest

from deploy.bureau import hall
from deploy.bureau.counters import Counters
from deploy.bureau.errand import Errand
from services.intake.app import Intake
from services.review.app import Review
from shared.policy.calendar import business_date
from shared.web.issuer import Bearer
from tests.edges.test_bureau_calls import AtOnce
from tests.support.open_service import OpenService, open_service
from tests.support.organisations import BUREAU


def errand(desk: OpenService[Any], service: str, seed: int) -> Errand:
    counters = Counters(
        desk.client,
        {service: ""},
        lambda role: desk.issuer.issue(Bearer(role, BUREAU, "")),
        desk.clock,
    )
    chance = Random(seed)  # noqa: S311 - a story, no secret
    return Errand("hall", "of-the-day", "W01", counters, AtOnce(desk.clock, 1), chance)


async def test_people_book_come_and_ask_the_tools_once_however_often_it_is_played(
    tmp_path: Path,
) -> None:
    async with open_service(Intake, tmp_path, "intake") as desk:
        today = business_date(desk.clock.now())
        for _ in range(2):
            played = errand(desk, "intake", 1)
            await hall.keep_appointments(played, today)
            await hall.receive_visitors(played)
            await hall.ask_tools(played)
            assert played.counters.refusals == []
        said = [row.stream.partition("-")[0] for row in await desk.store.pending(200)]

    assert {kind: said.count(kind) for kind in said} == {
        "appointment": hall.BOOKED_FOR_SATURDAY + 1 + 4,
        "visit": hall.VISITS,
        "tooluse": hall.USES,
    }


@pytest.mark.parametrize("seed", range(4))
async def test_a_complaint_is_looked_into(tmp_path: Path, seed: int) -> None:
    async with open_service(Review, tmp_path, "review") as desk:
        played = errand(desk, "review", seed)
        await hall.complain(played)

    assert (played.counters.refusals, played.counters.given) == ([], 2)
