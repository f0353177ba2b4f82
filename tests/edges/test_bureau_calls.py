"""What the made-up bureau plays beside its applications: the services take every command of it."""

from random import Random

import pytest

from deploy.bureau.calls import call, come_in_vain
from deploy.bureau.counters import Counters
from deploy.bureau.errand import Errand, Pace
from deploy.bureau.items import ITEMS
from services.review.app import Review
from shared.contracts.hotline.facts import TicketClosed
from shared.contracts.unfinished.facts import MatterFollowedUp
from shared.web.issuer import Bearer
from tests.support.open_service import OpenService, open_service
from tests.support.organisations import BUREAU

CASE = "XC20240918000001"


class AtOnce(Pace):
    """A day whose minutes nobody waits for."""

    async def wait(self, minutes: float) -> None:
        del minutes


def errand(desk: OpenService[Review], seed: int) -> Errand:
    """Return an errand at the review desk."""
    counters = Counters(
        desk.client,
        {"review": ""},
        lambda role: desk.issuer.issue(Bearer(role, BUREAU, "")),
        desk.clock,
    )
    chance = Random(seed)  # noqa: S311 - a story, no secret
    pace = AtOnce(desk.clock, 1)
    return Errand(f"{CASE}-{seed}", f"key-{seed:08d}", "W01", counters, pace, chance)


@pytest.mark.parametrize("seed", range(4))
async def test_a_call_and_a_matter_are_played_to_their_ends(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    async with open_service(Review, tmp_path_factory.mktemp("keys"), "review") as desk:
        played = errand(desk, seed)
        await call(played)
        await come_in_vain(played, ITEMS[0])
        ticket = (await desk.store.load(f"ticket-RX-{played.name}")).events
        matter = (await desk.store.load(f"matter-WB-{played.name}")).events

    assert played.counters.refusals == []
    assert isinstance(ticket[-1].data, TicketClosed)
    assert isinstance(matter[-1].data, MatterFollowedUp)
