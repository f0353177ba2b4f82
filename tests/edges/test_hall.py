"""The hall over HTTP: appointments, visits, uses of its tools, and complaints from end to end."""

from datetime import timedelta
from typing import Any

import pytest

from services.review.app import Review
from shared.contracts.documents import write
from shared.web.auth import Role
from tests.support.foreign_facts import foreign
from tests.support.intake_service import Hall
from tests.support.open_service import OpenService, open_service

ITEM = "11610102MB2X00178C4000131016000"
SATURDAY = {
    "item_code": ITEM,
    "slot_start": "2024-09-07T09:00:00+08:00",
    "slot_end": "2024-09-07T09:30:00+08:00",
    "channel": "MOBILE",
}
VISIT = {
    "site_id": "xc-hall",
    "purpose": "APPLY",
    "waiting_seconds": 1260,
    "service_seconds": 540,
    "outcome": "DONE",
}
WORKING_DAYS = timedelta(days=7)

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def booked(hall: Hall, **changed: str) -> str:
    answer = await hall.command(Role.WINDOW_CLERK, "/v1/appointments", {**SATURDAY, **changed})
    assert answer.status_code == 201, answer.text
    return f"/v1/appointments/{answer.json()['subject']}"


async def code(service: OpenService[Any], path: str, body: dict[str, Any]) -> str | None:
    """Return with which code a window clerk is refused; None where nothing is in the way."""
    answer = await service.command(Role.WINDOW_CLERK, path, body)
    told: str | None = answer.json().get("code")
    return told


async def test_an_appointment_is_for_a_weekend_by_its_day_and_ends_once(hall: Hall) -> None:
    kept = await booked(hall)
    served = await code(hall, f"{kept}/service", {"case_no": "XC20240907000004"})
    again = [
        await code(hall, f"{kept}/service", {}),
        await code(hall, f"{kept}/miss", {}),
        await code(hall, f"{kept}/cancellation", {"by": "APPLICANT"}),
    ]
    given_up = await booked(hall)
    cancelled = await code(hall, f"{given_up}/cancellation", {"by": "BUREAU", "reason": "停电"})
    events = (await hall.store.load(f"appointment-{kept.rpartition('/')[2]}")).events

    assert (served, cancelled) == (None, None)
    assert again == ["appointment_over"] * 3
    assert {event.partitionkey for event in events} == {events[0].subject}
    assert events[0].subject.startswith("YY")
    assert [event.data.model_dump().get("weekend") for event in events] == [True, None]


async def test_nobody_is_a_no_show_before_the_slot_is_over(hall: Hall) -> None:
    missed = await booked(hall)
    early = await code(hall, f"{missed}/miss", {})
    hall.clock.advance(WORKING_DAYS)

    assert early == "slot_not_over"
    assert await code(hall, f"{missed}/miss", {}) is None


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({"slot_end": SATURDAY["slot_start"]}, "slot_impossible"),
        ({"slot_end": "1970-01-01T00:00:00+08:00"}, "invalid_request"),
        # Whether it is a weekend the calendar says, and the number is ours.
        ({"weekend": False}, "invalid_request"),
        ({"appointment_id": "XC20240902000017"}, "invalid_request"),
    ],
)
async def test_a_slot_that_cannot_be_is_refused(
    hall: Hall, changed: dict[str, Any], refused: str
) -> None:
    assert await code(hall, "/v1/appointments", SATURDAY | changed) == refused
    assert await code(hall, "/v1/appointments/YY1/service", {}) == "appointment_unknown"


async def test_what_another_system_has_booked_is_served_here(hall: Hall) -> None:
    fact = foreign("intake.appointment.booked")
    told = await hall.publish(write(fact))
    served = await code(hall, f"/v1/appointments/{fact['subject']}/service", {})

    assert (told.status_code, served) == (202, None)
    assert await hall.types(f"appointment-{fact['subject']}") == [
        "appointment.booked",
        "appointment.served",
    ]


async def test_visits_and_uses_are_recorded_under_numbers_of_our_own(hall: Hall) -> None:
    visit = await hall.command(Role.WINDOW_CLERK, "/v1/visits", VISIT)
    use = {"tool": "SERVICE_MAP", "resolved": True}
    used = await hall.command(Role.WINDOW_CLERK, "/v1/tool-uses", use)
    wrong = [
        await code(hall, "/v1/visits", VISIT | {"visit_id": "XC20240902000017"}),
        await code(hall, "/v1/visits", VISIT | {"waiting_seconds": -1}),
        await code(hall, "/v1/tool-uses", use | {"session_id": "XC20240902000017"}),
        await code(hall, "/v1/tool-uses", {"tool": "ORACLE"}),
    ]

    assert visit.json()["subject"].startswith("LF")
    assert used.json()["subject"].startswith("HH")
    assert wrong == ["invalid_request"] * 4
    assert (await hall.command(Role.HANDLER, "/v1/visits", VISIT)).status_code == 403


async def test_a_complaint_is_heard_at_a_window_and_concluded_by_the_review_desk_once(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    async with open_service(Review, tmp_path_factory.mktemp("keys"), "review") as desk:
        said = {"five_zero": "SHIRKING"}
        received = await desk.command(Role.WINDOW_CLERK, "/v1/complaints", said)
        base = f"/v1/complaints/{received.json()['subject']}"
        own = await code(desk, f"{base}/conclusion", {"substantiated": False})
        concluded = [
            await desk.command(Role.REVIEW_DESK, f"{at}/conclusion", {"substantiated": True})
            for at in (base, base, "/v1/complaints/TS1")
        ]
        chosen = await code(desk, "/v1/complaints", said | {"complaint_id": "XC20240902000017"})
        events = (await desk.store.load(f"complaint-{received.json()['subject']}")).events

    assert received.json()["subject"].startswith("TS")
    assert (own, chosen) == ("not_permitted", "invalid_request")
    assert [one.json().get("code") for one in concluded] == [
        None,
        "complaint_already_concluded",
        "complaint_unknown",
    ]
    assert [event.data.model_dump()["five_zero"] for event in events] == ["SHIRKING"] * 2
