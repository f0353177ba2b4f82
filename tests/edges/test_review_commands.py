"""Review over HTTP: ratings, and the way of a rectification that a bad one has opened."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from services.review.app import MESSAGES, Review
from services.review.domain.names import appeal_against, rectification_of
from services.review.domain.refusals import ReviewRejection
from shared.contracts.naming import Language
from shared.contracts.registry import Owner
from shared.kafka.port import Record
from shared.relay.relay import record_of
from shared.runtime.catalogue import OWN, Catalogue
from shared.web.auth import Role
from tests.support.open_service import OpenService, open_service

CASE = "XC20240902000017"
RATING: dict[str, Any] = {
    "case_no": CASE,
    "phase": "COMPLETION",
    "scope": "MATTER",
    "channel": "SMS",
    "level": "DISSATISFIED",
    "real_name": True,
    "rated_org": {"org_code": "11610102MB0000000F", "org_name": "新城区行政审批服务局"},
}
FINDING = {"finding": "FIX_NOW", "cause": "EFFICIENCY"}
MEASURE = {"measures": "增设取件窗口", "systemic_fix": True}

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[OpenService[Review]]:
    async with open_service(Review, tmp_path_factory.mktemp("keys"), "review") as desk:
        yield desk


@pytest.fixture
def desk(running: OpenService[Review]) -> OpenService[Review]:
    running.forget()
    return running


async def hear(desk: OpenService[Review]) -> None:
    """Let the service hear its own facts, as the relay would send them."""
    for outgoing in await desk.store.pending(100):
        await desk.service.ratings.handle(record_of(outgoing, Owner.REVIEW.topic))


async def opened(desk: OpenService[Review]) -> str:
    answer = await desk.command(Role.REVIEW_DESK, "/v1/ratings", RATING)
    assert answer.status_code == 201, answer.text
    await hear(desk)
    return rectification_of(answer.json()["subject"])


async def test_a_bad_rating_opens_one_rectification_however_often_it_is_heard(
    desk: OpenService[Review],
) -> None:
    rect_id = await opened(desk)
    await hear(desk)
    history = await desk.store.load(f"rectification-{rect_id}")
    (event,) = history.events

    assert event.partitionkey == CASE
    assert event.causationid is not None
    assert event.source == "urn:casetrack:610102:review"
    assert event.time.isoformat() == "2024-09-18T09:00:00+08:00"


@pytest.mark.parametrize(
    ("first", "later", "orders"),
    [
        ("SATISFIED", "DISSATISFIED", 1),
        ("SATISFIED", "SATISFIED", 0),
        ("DISSATISFIED", "DISSATISFIED", 1),
    ],
)
async def test_a_rating_that_turns_bad_opens_one_rectification_however_often_it_is_heard(
    desk: OpenService[Review], first: str, later: str, orders: int
) -> None:
    rated = await desk.command(Role.REVIEW_DESK, "/v1/ratings", {**RATING, "level": first})
    review_id = rated.json()["subject"]
    path = f"/v1/ratings/{review_id}/supplements"
    added = await desk.command(Role.REVIEW_DESK, path, {"level": later})
    await hear(desk)
    await hear(desk)
    events = (await desk.store.load(f"rectification-{rectification_of(review_id)}")).events

    assert len(events) == orders
    bad = added if first == "SATISFIED" else rated
    assert {event.causationid for event in events} <= {*bad.json()["event_ids"]}
    assert {event.partitionkey for event in events} <= {CASE}


async def test_a_rectification_goes_from_the_order_to_its_closing(
    desk: OpenService[Review],
) -> None:
    rect_id = await opened(desk)
    way: list[tuple[Role, str, dict[str, Any]]] = [
        (Role.REVIEW_DESK, "assignments", {"assignee": "st-0088"}),
        (Role.HANDLER, "contacts", {"reached": True, "method": "PHONE"}),
        (Role.HANDLER, "findings", FINDING),
        (Role.HANDLER, "measures", MEASURE),
        (Role.HANDLER, "feedbacks", {"public_reply": False}),
        (Role.REVIEW_DESK, "followups", {"reached": True, "result": "SATISFIED"}),
        (Role.REVIEW_DESK, "closure", {}),
    ]

    for version, (role, path, body) in enumerate(way, start=2):
        answer = await desk.command(role, f"/v1/rectifications/{rect_id}/{path}", body)

        assert (answer.status_code, answer.json()["version"]) == (201, version), answer.text

    events = (await desk.store.load(f"rectification-{rect_id}")).events
    assert {event.partitionkey for event in events} == {CASE}
    assert events[1].data.model_dump(mode="json") == {
        "rect_id": rect_id,
        "assignee": "st-0088",
        "due_contact": "2024-09-19",
        "due_rectify": "2024-09-25",
    }
    assert events[-1].data.model_dump() == {
        "rect_id": rect_id,
        "on_time": True,
        "reopened_times": 0,
        "struck_out": False,
    }


async def test_a_rectification_after_its_last_day_is_not_on_time(
    desk: OpenService[Review],
) -> None:
    rect_id = await opened(desk)
    base = f"/v1/rectifications/{rect_id}"
    await desk.command(Role.HANDLER, f"{base}/contacts", {"reached": True, "method": "PHONE"})
    await desk.command(Role.HANDLER, f"{base}/findings", FINDING)
    desk.clock.advance(timedelta(days=8))
    await desk.command(Role.HANDLER, f"{base}/measures", MEASURE)
    await desk.command(Role.HANDLER, f"{base}/feedbacks", {"public_reply": True})
    asked = {"reached": True, "result": "BASICALLY_SATISFIED"}
    await desk.command(Role.REVIEW_DESK, f"{base}/followups", asked)
    answer = await desk.command(Role.REVIEW_DESK, f"{base}/closure", {})

    assert answer.status_code == 201, answer.text
    events = (await desk.store.load(f"rectification-{rect_id}")).events
    assert events[-1].data.model_dump()["on_time"] is False


async def test_a_case_is_rated_once_in_each_phase(desk: OpenService[Review]) -> None:
    first = await desk.command(Role.REVIEW_DESK, "/v1/ratings", RATING)
    again = await desk.command(Role.REVIEW_DESK, "/v1/ratings", {**RATING, "level": "SATISFIED"})
    other = await desk.command(Role.REVIEW_DESK, "/v1/ratings", {**RATING, "phase": "ACCEPTANCE"})

    assert (first.status_code, other.status_code) == (201, 201)
    assert (again.status_code, again.json()["code"]) == (409, "already_rated")
    assert again.json()["detail"] == "该办件已评价，无需重复评价。"


async def test_a_visit_without_a_case_may_be_rated_each_time(desk: OpenService[Review]) -> None:
    visit = {**RATING, "case_no": None, "scope": "VISIT"}
    first = await desk.command(Role.WINDOW_CLERK, "/v1/ratings", visit)
    second = await desk.command(Role.WINDOW_CLERK, "/v1/ratings", visit)
    await hear(desk)

    assert first.json()["subject"] != second.json()["subject"]
    rect_id = rectification_of(first.json()["subject"])
    (event,) = (await desk.store.load(f"rectification-{rect_id}")).events
    assert event.partitionkey == rect_id


async def test_a_rating_is_added_to_once_and_stays_with_its_case(
    desk: OpenService[Review],
) -> None:
    review_id = (await desk.command(Role.REVIEW_DESK, "/v1/ratings", RATING)).json()["subject"]
    path = f"/v1/ratings/{review_id}/supplements"
    first = await desk.command(Role.REVIEW_DESK, path, {"level": "SATISFIED"})
    again = await desk.command(Role.REVIEW_DESK, path, {"level": "SATISFIED"})
    unknown = await desk.command(
        Role.REVIEW_DESK, "/v1/ratings/none/supplements", {"level": "SATISFIED"}
    )

    (event,) = (await desk.store.load(first.json()["stream"])).events
    assert event.partitionkey == CASE
    assert (again.status_code, again.json()["code"]) == (409, "already_supplemented")
    assert (unknown.status_code, unknown.json()["code"]) == (409, "rating_unknown")


async def test_a_rating_is_forwarded_in_the_dossier_of_its_case(desk: OpenService[Review]) -> None:
    review_id = (await desk.command(Role.REVIEW_DESK, "/v1/ratings", RATING)).json()["subject"]
    path = f"/v1/ratings/{review_id}/forwardings"
    returned = {"system": "省好差评系统", "accepted": False, "error": "办件编号不存在"}
    answers = [
        await desk.command(Role.REVIEW_DESK, path, returned | changed)
        for changed in ({}, {"error": None}, {"accepted": True, "error": None})
    ]
    unknown = await desk.command(Role.REVIEW_DESK, "/v1/ratings/ANY/forwardings", returned)

    codes = [answer.json().get("code") for answer in (*answers, unknown)]
    assert codes == [None, "forwarding_unexplained", None, "rating_unknown"]
    events = (await desk.store.load(f"review-{review_id}")).events
    assert [event.partitionkey for event in events] == [CASE] * 3
    assert (await desk.command(Role.HANDLER, path, returned)).status_code == 403


async def test_an_appeal_against_a_bad_rating_is_decided_once(desk: OpenService[Review]) -> None:
    review_id = (await desk.command(Role.REVIEW_DESK, "/v1/ratings", RATING)).json()["subject"]
    path = f"/v1/ratings/{review_id}/appeals"
    appeal = {"ground": "MISTAKEN"}
    judgement = {"upheld": True, "reason": "评错了窗口"}

    filed = await desk.command(Role.HANDLER, path, appeal)
    decided = await desk.command(Role.SUPERVISOR, f"{path}/decision", judgement)
    again = await desk.command(Role.SUPERVISOR, f"{path}/decision", judgement)

    assert (filed.status_code, decided.status_code) == (201, 201)
    assert (again.status_code, again.json()["code"]) == (409, "appeal_already_decided")
    events = (await desk.store.load(f"review-{review_id}")).events
    assert {event.partitionkey for event in events} == {CASE}
    await hear(desk)
    order = (await desk.store.load(f"rectification-{rectification_of(review_id)}")).events
    closing = order[-1].data.model_dump()
    assert [len(order), closing["struck_out"], closing["on_time"]] == [2, True, True]
    appeals = {event.data.model_dump()["appeal_id"] for event in events[1:]}
    assert appeals == {appeal_against(review_id)}


async def test_whoever_has_a_rating_in_hand_appeals_within_three_days(
    desk: OpenService[Review],
) -> None:
    _, path = await in_hand(desk)
    desk.clock.advance(timedelta(days=9))
    late = await desk.command(Role.HANDLER, path, {"ground": "MISTAKEN"})

    assert (late.status_code, late.json()["code"]) == (409, "appeal_too_late")


async def test_an_order_is_not_late_by_the_days_of_an_appeal(desk: OpenService[Review]) -> None:
    base, path = await in_hand(desk)
    way: list[tuple[Role, str, dict[str, Any]]] = [
        (Role.HANDLER, f"{base}/contacts", {"reached": True, "method": "PHONE"}),
        (Role.HANDLER, f"{base}/findings", FINDING),
        (Role.HANDLER, path, {"ground": "MISTAKEN"}),
        (Role.SUPERVISOR, f"{path}/decision", {"upheld": False, "reason": "评价属实"}),
        (Role.HANDLER, f"{base}/measures", MEASURE),
        (Role.HANDLER, f"{base}/feedbacks", {"public_reply": False}),
        (Role.REVIEW_DESK, f"{base}/followups", {"reached": True, "result": "SATISFIED"}),
        (Role.REVIEW_DESK, f"{base}/closure", {}),
    ]
    for role, where, body in way:
        if where.endswith("decision"):
            desk.clock.advance(timedelta(days=9))
        answer = await desk.command(role, where, body)
        assert answer.status_code == 201, answer.text

    closed = (await desk.store.load(base.replace("/v1/rectifications/", "rectification-"))).events
    assert closed[-1].data.model_dump()["on_time"] is True


async def in_hand(desk: OpenService[Review]) -> tuple[str, str]:
    """Return the addresses of an order that somebody has in hand, and of appeals against it."""
    rect_id = await opened(desk)
    (event,) = (await desk.store.load(f"rectification-{rect_id}")).events
    base = f"/v1/rectifications/{rect_id}"
    await desk.command(Role.REVIEW_DESK, f"{base}/assignments", {"assignee": "st-0088"})
    return base, f"/v1/ratings/{event.data.model_dump()['review_id']}/appeals"


async def test_nobody_is_invited_twice_under_one_id(desk: OpenService[Review]) -> None:
    asking = {"case_no": CASE, "phase": "COMPLETION", "channel": "SMS"}

    sent = await desk.command(Role.WINDOW_CLERK, "/v1/invitations", asking)
    named = {**asking, "invitation_id": sent.json()["subject"]}
    again = await desk.command(Role.WINDOW_CLERK, "/v1/invitations", named)

    assert (sent.status_code, again.status_code) == (201, 409)
    assert again.json()["code"] == "invitation_already_sent"
    (event,) = (await desk.store.load(sent.json()["stream"])).events
    assert event.partitionkey == CASE


async def test_an_order_is_closed_by_hand_when_the_reviewer_was_asked_and_verified_when_called(
    desk: OpenService[Review],
) -> None:
    base = f"/v1/rectifications/{await opened(desk)}"
    closed = await desk.command(Role.REVIEW_DESK, f"{base}/closure", {})
    found = await desk.command(Role.HANDLER, f"{base}/findings", FINDING)

    assert (closed.status_code, closed.json()["code"]) == (409, "not_followed_up")
    assert (found.status_code, found.json()["code"]) == (409, "reviewer_not_contacted")
    assert "3" in found.json()["detail"]


@pytest.mark.parametrize("path", ["assignments", "closure", "reopening"])
async def test_nothing_is_done_about_what_nobody_ordered(
    desk: OpenService[Review], path: str
) -> None:
    body = {"assignments": {"assignee": "st-1"}, "reopening": {"reason": "再次整改"}}.get(path, {})

    answer = await desk.command(Role.REVIEW_DESK, f"/v1/rectifications/none/{path}", body)

    assert (answer.status_code, answer.json()["code"]) == (409, "rectification_unknown")


async def test_a_rating_says_nothing_of_its_own_id_or_punctuality(
    desk: OpenService[Review],
) -> None:
    named = await desk.command(
        Role.REVIEW_DESK, "/v1/ratings", {**RATING, "review_id": "mine", "on_time": True}
    )

    assert named.status_code == 422
    assert {error["field"] for error in named.json()["errors"]} == {"review_id", "on_time"}


async def test_what_is_not_about_ratings_leads_to_nothing(desk: OpenService[Review]) -> None:
    good = {**RATING, "level": "VERY_SATISFIED"}
    await desk.command(Role.REVIEW_DESK, "/v1/ratings", good)
    await hear(desk)
    await desk.service.ratings.handle(Record(Owner.INTAKE.topic, None, b"no fact at all"))

    assert len(await desk.store.pending(100)) == 1


@pytest.mark.parametrize("language", list(Language))
async def test_every_refusal_has_its_words(language: Language) -> None:
    known = Catalogue.read(OWN, MESSAGES).codes(language)

    assert {refusal.code for refusal in ReviewRejection.__subclasses__()} <= known


TICKET = {"kind": "HELP", "dispatched_at": "2024-09-02T09:00:00+08:00", "due": "2024-09-10"}


async def test_a_ticket_goes_from_its_dispatch_to_its_close(desk: OpenService[Review]) -> None:
    received = await desk.command(Role.REVIEW_DESK, "/v1/tickets", TICKET)
    base = f"/v1/tickets/{received.json()['subject']}"
    more = {"reason": "需现场核实"}
    reply = {"contacted": True, "resolved": False}
    asked = {"level": "DISSATISFIED", "resolved_confirmed": False}
    way: list[tuple[Role, str, dict[str, Any], str | None]] = [
        (Role.HANDLER, "reply", reply, "ticket_not_signed"),
        (Role.REVIEW_DESK, "signature", {"assignee": "st-0121"}, None),
        (Role.REVIEW_DESK, "return", {"reason": "非本局职责"}, "ticket_already_taken"),
        (Role.DIRECTOR, "extension", {**more, "new_due": "2024-09-10"}, "ticket_due_not_later"),
        (Role.DIRECTOR, "extension", {**more, "new_due": "2024-09-20"}, None),
        (Role.DIRECTOR, "extension", {**more, "new_due": "2024-09-27"}, "ticket_already_extended"),
        (Role.HANDLER, "reply", reply, None),
        (Role.REVIEW_DESK, "closure", {}, "ticket_not_followed_up"),
        (Role.REVIEW_DESK, "followup", asked, None),
        (Role.REVIEW_DESK, "reopening", {"reason": "仍未解决"}, None),
        (Role.HANDLER, "reply", reply, None),
        (Role.REVIEW_DESK, "followup", asked, None),
        (Role.REVIEW_DESK, "closure", {}, None),
        (Role.HANDLER, "reply", reply, "ticket_already_replied"),
    ]

    assert received.status_code == 201, received.text
    for role, path, body, refusal in way:
        answer = await desk.command(role, f"{base}/{path}", body)
        told = None if answer.status_code == 201 else answer.json()["code"]
        assert told == refusal, (path, answer.text)


async def test_whoever_could_not_get_it_done_is_called_answered_and_asked(
    desk: OpenService[Review],
) -> None:
    matter = {"item_code": "000117051000", "cause": "SYSTEM", "source": "WINDOW"}
    recorded = await desk.command(Role.WINDOW_CLERK, "/v1/matters", matter)
    base = f"/v1/matters/{recorded.json()['subject']}"
    way: list[tuple[Role, str, dict[str, Any], str | None]] = [
        (Role.WINDOW_CLERK, "contacts", {"reached": False}, None),
        (Role.REVIEW_DESK, "followup", {}, "matter_not_resolved"),
        (Role.HANDLER, "resolution", {"outcome": "EXPLAINED"}, None),
        (Role.WINDOW_CLERK, "contacts", {"reached": True}, "matter_already_resolved"),
        (Role.REVIEW_DESK, "followup", {"level": "SATISFIED"}, None),
        (Role.REVIEW_DESK, "followup", {}, "matter_already_followed_up"),
    ]

    assert recorded.status_code == 201, recorded.text
    for role, path, body, refusal in way:
        answer = await desk.command(role, f"{base}/{path}", body)
        told = None if answer.status_code == 201 else answer.json()["code"]
        assert told == refusal, (path, answer.text)
