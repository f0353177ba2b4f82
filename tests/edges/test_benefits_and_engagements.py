"""Agencies are engaged, deliver and are rated, policies are claimed and granted, over HTTP."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from services.assist.app import Assist
from shared.contracts.envelope import Event
from shared.contracts.intermediary.facts import EngagementDelivered
from shared.contracts.policy.facts import BenefitGranted
from shared.contracts.registry import Owner, encode
from shared.kafka.port import Record
from shared.web.auth import Role
from tests.edges.test_lists_and_walks import POLICY, walked
from tests.support.facts import SUPERVISION
from tests.support.open_service import OpenService, open_service
from tests.support.rule_changes import notice_of

Centre = OpenService[Assist]
ENGAGEMENT = {"case_no": "XC20240902000017", "service_code": "ZJ-HPBG", "limit_days": 2}
FROM_WEDNESDAY_TO_MONDAY = timedelta(days=5)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Centre]:
    async with open_service(Assist, tmp_path_factory.mktemp("keys"), "assist") as centre:
        yield centre


@pytest.fixture
def centre(running: Centre) -> Centre:
    running.forget()
    return running


async def engaged(centre: Centre, **changes: object) -> str:
    """Return the number of a new engagement."""
    answer = await centre.command(Role.WINDOW_CLERK, "/v1/engagements", ENGAGEMENT | changes)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["subject"])


async def listed(centre: Centre, policy_class: str) -> str:
    """Return the number of a policy that is listed in that class."""
    answer = await centre.command(
        Role.DIRECTOR, "/v1/policies", POLICY | {"policy_class": policy_class}
    )
    return str(answer.json()["subject"])


async def delivered_in_time(centre: Centre, order_id: str) -> bool | None:
    await walked(centre, f"/v1/engagements/{order_id}", [(Role.WINDOW_CLERK, "delivery", {}, None)])
    fact = (await centre.store.load(f"engagement-{order_id}")).events[-1].data
    assert isinstance(fact, EngagementDelivered)
    return fact.delivered_on_time


async def test_an_agency_is_engaged_delivers_and_is_rated_each_once(centre: Centre) -> None:
    order_id = await engaged(centre)
    rating = {"level": "SATISFIED"}

    await walked(
        centre,
        f"/v1/engagements/{order_id}",
        [
            (Role.WINDOW_CLERK, "rating", rating, "work_not_delivered"),
            (Role.WINDOW_CLERK, "delivery", {}, None),
            (Role.WINDOW_CLERK, "delivery", {}, "work_already_delivered"),
            (Role.WINDOW_CLERK, "rating", rating, None),
            (Role.WINDOW_CLERK, "rating", rating, "work_already_rated"),
        ],
    )
    await walked(
        centre, "/v1/engagements/FW0", [(Role.WINDOW_CLERK, "delivery", {}, "engagement_unknown")]
    )
    events = (await centre.store.load(f"engagement-{order_id}")).events
    assert {event.partitionkey for event in events} == {order_id}


async def test_whether_work_is_in_time_follows_from_the_limit_that_was_set(centre: Centre) -> None:
    at_once, late, whenever = [
        await engaged(centre, limit_days=limit_days) for limit_days in (2, 2, None)
    ]

    in_time = [await delivered_in_time(centre, at_once)]
    centre.clock.advance(FROM_WEDNESDAY_TO_MONDAY)
    in_time += [await delivered_in_time(centre, order_id) for order_id in (late, whenever)]

    assert in_time == [True, False, None]


async def test_the_days_are_those_of_the_calendar_in_force(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    holidays = notice_of(1, 2024, off=["2024-09-19", "2024-09-20"], on=[])
    notice = Event.of(
        holidays, id="rules-1", source=SUPERVISION, time=datetime(2024, 9, 1, tzinfo=UTC)
    )
    async with open_service(Assist, tmp_path_factory.mktemp("own"), "assist") as centre:
        order_id = await engaged(centre)
        told = Record(Owner.SUPERVISION.topic, notice.partitionkey.encode(), encode(notice))
        await centre.service.foreign_tasks.handle(told)
        centre.clock.advance(FROM_WEDNESDAY_TO_MONDAY)

        assert await delivered_in_time(centre, order_id)


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit_days": 0},
        {"order_id": "XC20240902000017"},
        {"delivered_on_time": True},
    ],
)
async def test_an_engagement_has_a_number_of_ours_and_a_limit_that_can_be_kept(
    centre: Centre, wrong: Mapping[str, Any]
) -> None:
    answer = await centre.command(Role.WINDOW_CLERK, "/v1/engagements", {**ENGAGEMENT, **wrong})

    assert answer.json()["code"] == "invalid_request"


async def test_what_is_claimed_is_granted_once(centre: Centre) -> None:
    policy_id = await listed(centre, "ONLINE_APPLY")
    claim = {"policy_id": policy_id, "amount_fen": 5_000_000}
    claimed = await centre.command(Role.WINDOW_CLERK, "/v1/benefits", claim)
    benefit = f"/v1/benefits/{claimed.json()['subject']}"
    negative = await centre.command(Role.WINDOW_CLERK, "/v1/benefits", claim | {"amount_fen": -1})

    await walked(
        centre,
        benefit,
        [
            (Role.HANDLER, "grant", {"amount_fen": 4_000_000}, None),
            (Role.HANDLER, "grant", {"amount_fen": 4_000_000}, "benefit_already_granted"),
            (Role.WINDOW_CLERK, "grant", {}, "not_permitted"),
        ],
    )
    await walked(centre, "/v1/benefits/DX0", [(Role.HANDLER, "grant", {}, "benefit_not_claimed")])
    granted = (await centre.store.load(claimed.json()["stream"])).events[-1].data
    assert isinstance(granted, BenefitGranted)
    assert (granted.policy_id, granted.policy_class, granted.amount_fen) == (
        policy_id,
        "ONLINE_APPLY",
        4_000_000,
    )
    assert negative.json()["code"] == "invalid_request"


async def test_what_needs_no_application_is_granted_without_a_claim(centre: Centre) -> None:
    policies = {
        kind: await listed(centre, kind) for kind in ("NO_APPLY", "ONLINE_APPLY", "DISPLAY_ONLY")
    }
    asked = {**policies, "UNKNOWN": "ZC0"}

    claims = {
        kind: await centre.command(Role.WINDOW_CLERK, "/v1/benefits", {"policy_id": policy_id})
        for kind, policy_id in asked.items()
    }
    grants = {
        kind: await centre.command(Role.HANDLER, "/v1/unclaimed-benefits", {"policy_id": policy_id})
        for kind, policy_id in asked.items()
    }

    assert {kind: answer.json().get("code") for kind, answer in claims.items()} == {
        "NO_APPLY": "nothing_to_claim",
        "ONLINE_APPLY": None,
        "DISPLAY_ONLY": "nothing_to_claim",
        "UNKNOWN": "policy_not_listed",
    }
    assert {kind: answer.json().get("code") for kind, answer in grants.items()} == {
        "NO_APPLY": None,
        "ONLINE_APPLY": "benefit_not_claimed",
        "DISPLAY_ONLY": "benefit_not_claimed",
        "UNKNOWN": "policy_not_listed",
    }
