"""Nobody means harm, and something is odd all the same: one clear answer, and nothing lost."""

from collections.abc import Mapping
from typing import Any

import httpx2
import pytest

from shared.contracts.rules.facts import PublisherRegistered, PublisherRemoved
from shared.policy.rules import evolve, shipped
from shared.web.auth import Role
from tests.edges.test_intake_commands import ACCEPTANCE, APPLICATION, STEP
from tests.edges.test_two_persons import HOLD
from tests.support.foreign_facts import numbered
from tests.support.intake_service import Hall
from tests.support.organisations import BUREAU, MARKET, STREET

pytestmark = pytest.mark.asyncio(loop_scope="module")

LI = "li"
HALL = "hall-terminal"
OF_THE_STREET = {"org_code": STREET, "org_name": "街道办事处"}


async def give(
    hall: Hall,
    who: Mapping[str, str],
    path: str,
    body: Mapping[str, Any],
    *,
    window: str = "W12",
    key: str = "",
) -> httpx2.Response:
    """Give a command as the bearer of *who*, who sits at *window*."""
    key = key or f"key-{next(hall.keys):08d}"
    headers = {**who, "casetrack-window": window, "idempotency-key": key}
    return await hall.client.post(f"/v1/cases{path}", json=body, headers=headers)


async def test_who_moves_to_another_window_at_noon_is_the_same_person_there(hall: Hall) -> None:
    clerk, approver = (hall.token(role, LI) for role in (Role.WINDOW_CLERK, Role.APPROVER))
    first = await give(hall, clerk, "", APPLICATION, key="the-morning's")
    case = f"/{first.json()['subject']}"
    accepted = await give(hall, clerk, f"{case}/acceptance", ACCEPTANCE, window="W13")
    await give(hall, hall.token(Role.HANDLER, "wang"), f"{case}/steps", STEP)

    history = (await hall.store.load(first.json()["stream"])).events
    assert accepted.status_code == 201
    assert [event.windowid for event in history] == ["W12", "W13", "W12"]
    assert len({event.actorid for event in history[:2]}) == 1

    # What was sent once is one thing, from wherever it is sent again.
    again = await give(hall, clerk, "", APPLICATION, window="W13", key="the-morning's")
    assert again.json() == first.json()
    # Nor is one a second person at the second window.
    second = await give(hall, approver, f"{case}/holds", HOLD, window="W14")
    assert (second.status_code, second.json()["code"]) == (403, "same_person")
    other = await give(hall, hall.token(Role.APPROVER, "zhao"), f"{case}/holds", HOLD)
    assert other.status_code == 201, other.text


async def test_who_moves_to_another_organisation_at_noon_acts_for_it_and_leaves_the_old_cases(
    hall: Hall,
) -> None:
    application = {**APPLICATION, "handling_org": OF_THE_STREET}
    morning, afternoon, colleague = (
        hall.token(Role.WINDOW_CLERK, name, org)
        for name, org in ((LI, STREET), (LI, MARKET), ("wang", STREET))
    )
    first = await give(hall, morning, "", application, key="the-morning's")
    acceptance = f"/{first.json()['subject']}/acceptance"

    gone = await give(hall, afternoon, acceptance, ACCEPTANCE)
    new = await give(hall, afternoon, "", application)
    again = await give(hall, afternoon, "", application, key="the-morning's")
    stayed = await give(hall, colleague, acceptance, ACCEPTANCE)

    assert [one.json()["code"] for one in (gone, new)] == ["organisation_is_another"] * 2
    assert (gone.status_code, stayed.status_code) == (403, 201)
    # What was sent in the morning was said in the morning: its repetition gets that answer.
    assert again.json() == first.json()
    (received, _) = (await hall.store.load(first.json()["stream"])).events
    assert received.actororg == STREET


async def test_a_general_window_goes_on_with_what_another_one_began(hall: Hall) -> None:
    """Who falls ill at noon leaves nothing behind that only that person could end."""
    first = await give(hall, hall.token(Role.WINDOW_CLERK, LI, BUREAU), "", APPLICATION)
    other = hall.token(Role.WINDOW_CLERK, "wang", BUREAU)

    answer = await give(hall, other, f"/{first.json()['subject']}/acceptance", ACCEPTANCE)

    assert answer.status_code == 201


async def test_a_publisher_whose_key_was_stolen_is_shut_out_at_once_and_let_in_again(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the thief holds: its entry is taken away until the rightful one has a new key."""
    editions = hall.service.rules.editions
    monkeypatch.setattr(editions, "newest", shipped(trial=True))
    entry = editions.newest.publishers.by_id[HALL]
    before = await hall.publish(numbered(1), publisher=HALL)

    editions.newest = evolve(editions.newest, PublisherRemoved(edition=1, publisher_id=HALL))
    stolen = await hall.publish(numbered(2), publisher=HALL)

    assert (stolen.status_code, stolen.json()["code"]) == (403, "publisher_unknown")
    assert (await hall.store.load(before.json()["stream"])).version == 1

    again = PublisherRegistered(
        edition=2,
        publisher_id=HALL,
        name=entry.name,
        sources=entry.sources,
        types=entry.types,
        others=entry.others,
    )
    editions.newest = evolve(editions.newest, again)
    rightful = [await hall.publish(numbered(n), publisher=HALL) for n in (1, 2)]

    assert [one.status_code for one in rightful] == [200, 202]
    (first, second) = (await hall.store.load(before.json()["stream"])).events
    assert (first.publisher, second.publisher) == (HALL, HALL)
