"""What the made-up bureau plays of sites and scenes: intake takes each command of it once."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio

from deploy.bureau import places
from deploy.bureau.counters import Counters
from deploy.bureau.items import ITEMS
from services.intake.app import Intake
from shared.web.auth import Role
from shared.web.issuer import Bearer
from tests.edges.test_bureau_calls import AtOnce
from tests.edges.test_bureau_plan import errand
from tests.support.open_service import OpenService, open_service
from tests.support.organisations import BUREAU

YEAR = 2023
"""All days of it have come when the tests are run."""


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[OpenService[Intake]]:
    async with open_service(Intake, tmp_path, "intake") as service:
        yield service


@pytest.fixture
def counters(desk: OpenService[Intake]) -> Counters:
    def bearer(role: Role) -> str:
        return desk.issuer.issue(Bearer(role, BUREAU, ""))

    return Counters(desk.client, {"intake": ""}, bearer, desk.clock)


async def test_sites_are_opened_once_however_often_they_are_played(
    desk: OpenService[Intake], counters: Counters
) -> None:
    played = [errand(counters, AtOnce(desk.clock, 1), "sites") for _ in range(2)]
    for one in played:
        await places.open_sites(one)

    assert counters.refusals == []
    assert played[0].subjects == played[1].subjects
    assert {*played[0].subjects} == {f"site:{site_id}" for site_id, _ in places.SITES}
    assert len((await desk.store.load("site-site:xc-street-01")).events) == 4
    assert len((await desk.store.load(f"site-site:{places.OFF_THE_PLATFORM}")).events) == 1


@pytest.mark.parametrize(
    ("today", "built"),
    [
        (date(YEAR, 3, 10), []),
        (date(YEAR, 3, 11), ["community"]),
        (date(YEAR, 5, 1), ["community", "relay"]),
        (date(YEAR, 12, 31), ["community", "relay", "community"]),
    ],
)
async def test_what_is_built_in_the_year_is_built_on_its_day(
    desk: OpenService[Intake], counters: Counters, today: date, built: list[str]
) -> None:
    one = errand(counters, AtOnce(desk.clock, 1), "built")
    await places.build(one, today)

    assert counters.refusals == []
    assert one.subjects == [f"site:xc-{name}-{YEAR}" for name in built]


@pytest.mark.parametrize("month", [1, 12])
async def test_two_scenes_are_launched_in_each_month(
    desk: OpenService[Intake], counters: Counters, month: int
) -> None:
    one = errand(counters, AtOnce(desk.clock, 1), "scenes")
    await places.launch(one, date(YEAR, month, 1))

    assert counters.refusals == []
    assert len({*one.subjects}) == 2 * month
    assert len(ITEMS) > len(places.REFORMS) == 12
