"""A ticket that the hotline itself has dispatched: taken over once, and answered by our people."""

from typing import Any

import pytest

from services.review.app import Review
from shared.contracts.documents import write
from shared.contracts.hotline.facts import TicketReceived
from shared.contracts.registry import Owner
from shared.kafka.port import Record
from shared.web.auth import Role
from tests.support.foreign_facts import foreign
from tests.support.open_service import OpenService, open_service

DISPATCHED = foreign("hotline.ticket.received")
TICKET = DISPATCHED["subject"]


async def hear(desk: OpenService[Review], document: dict[str, Any]) -> None:
    record = Record(Owner.INTAKE.topic, TICKET.encode(), write(document))
    await desk.service.ratings.handle(record)


async def test_a_ticket_of_the_hotline_is_signed_for_and_answered_here(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    async with open_service(Review, tmp_path_factory.mktemp("keys"), "review") as desk:
        base = f"/v1/tickets/{TICKET}"
        unknown = await desk.command(Role.REVIEW_DESK, f"{base}/signature", {})
        await hear(desk, DISPATCHED)
        await hear(desk, DISPATCHED)
        signed = await desk.command(Role.REVIEW_DESK, f"{base}/signature", {})
        # The hotline leaves out what it does not see, and the ticket goes on from there.
        await hear(desk, foreign("hotline.ticket.followedup"))
        late = await desk.command(
            Role.HANDLER, f"{base}/reply", {"contacted": True, "resolved": True}
        )
        closed = await desk.command(Role.REVIEW_DESK, f"{base}/closure", {})
        events = (await desk.store.load(f"ticket-{TICKET}")).events

    assert unknown.json()["code"] == "ticket_unknown"
    assert (signed.status_code, signed.json()["version"]) == (201, 2)
    assert late.json()["code"] == "ticket_already_replied"
    assert closed.status_code == 201
    assert [type(event.data) for event in events].count(TicketReceived) == 1
    assert {event.partitionkey for event in events} == {TICKET}
