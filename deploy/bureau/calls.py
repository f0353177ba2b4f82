"""What reaches the bureau beside applications: the hotline, and what was not done at once."""

from datetime import timedelta

from deploy.bureau.errand import Errand
from deploy.bureau.examination import HANDLER
from deploy.bureau.items import Item
from shared.policy.calendar import ZONE
from shared.web.auth import Role

ANSWER_DAYS = 7
"""By when the hotline wants its answer."""
KINDS = ("CONSULT", "CONSULT", "HELP", "COMPLAINT", "SUGGESTION")
CAUSES = ("MATERIALS", "MATERIALS", "SYSTEM", "POLICY", "MULTI_DEPARTMENT")


async def call(errand: Errand) -> None:
    """Play one ticket of the 12345 hotline about a case, from its dispatch to its close."""
    now = errand.pace.clock.now().astimezone(ZONE)
    ticket_no = await errand.ask(
        Role.REVIEW_DESK,
        "tickets",
        ticket_no=f"RX-{errand.name}",
        kind=errand.chance.choice(KINDS),
        dispatched_at=now.isoformat(timespec="seconds"),
        due=(now.date() + timedelta(days=ANSWER_DAYS)).isoformat(),
        case_no=errand.name,
    )
    ticket = f"tickets/{ticket_no}"
    await errand.wait(5, 30)
    await errand.ask(Role.REVIEW_DESK, f"{ticket}/signature", assignee=HANDLER)
    await errand.wait(20, 90)
    await errand.ask(Role.HANDLER, f"{ticket}/reply", contacted=True, resolved=True)
    await errand.wait(10, 40)
    content = {"level": "SATISFIED", "resolved_confirmed": True}
    await errand.ask(Role.REVIEW_DESK, f"{ticket}/followup", **content)
    await errand.ask(Role.REVIEW_DESK, f"{ticket}/closure")


async def come_in_vain(errand: Errand, item: Item) -> None:
    """Play what somebody could not get done, until it is done (未办成事回访)."""
    matter_id = await errand.ask(
        Role.WINDOW_CLERK,
        "matters",
        matter_id=f"WB-{errand.name}",
        item_code=item.code,
        cause=errand.chance.choice(CAUSES),
        source="WINDOW",
    )
    matter = f"matters/{matter_id}"
    await errand.wait(10, 60)
    await errand.ask(Role.WINDOW_CLERK, f"{matter}/contacts", reached=True)
    await errand.wait(20, 90)
    await errand.ask(Role.HANDLER, f"{matter}/resolution", outcome="DONE")
    await errand.wait(5, 20)
    await errand.ask(Role.REVIEW_DESK, f"{matter}/followup", level="SATISFIED")
