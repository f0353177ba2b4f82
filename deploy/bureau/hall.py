"""What happens in the hall beside the cases: who books, comes, asks a tool, and complains."""

from datetime import date, timedelta

from deploy.bureau.errand import Errand
from deploy.bureau.items import ITEMS, WEIGHTS
from shared.web.auth import Role

SITE = "xc-hall"
SATURDAY = 5
WEEK_DAYS = 7
BOOKED_FOR_SATURDAY = 5
VISITS = 25
WAITING_SECONDS = (0, 2400)
SERVICE_SECONDS = (120, 1500)
PURPOSES = ("APPLY", "APPLY", "CONSULT", "SUPPLEMENT", "COLLECT")
OUTCOMES = ("DONE",) * 8 + ("UNFINISHED", "REDIRECTED")
USES = 20
TOOLS = ("SMART_DESK", "SMART_DESK", "SERVICE_MAP", "KNOWLEDGE_BASE")
RESOLVED = 0.85
RIGHT = 0.2
"""How often a complaint is."""


async def keep_appointments(errand: Errand, today: date) -> None:
    """Book for Saturday, of which one is given up, and enter who came today, and who did not."""
    saturday = today + timedelta((SATURDAY - today.weekday()) % WEEK_DAYS or WEEK_DAYS)
    ahead = [await _booked(errand, saturday) for _ in range(BOOKED_FOR_SATURDAY)]
    await errand.ask(Role.WINDOW_CLERK, f"{ahead[0]}/cancellation", by="APPLICANT")
    came = await _booked(errand, today)
    missed = await _booked(errand, today - timedelta(days=1))
    await errand.wait(10, 60)
    await errand.ask(Role.WINDOW_CLERK, f"{came}/service")
    await errand.ask(Role.WINDOW_CLERK, f"{missed}/miss")


async def receive_visitors(errand: Errand) -> None:
    """Let people come to the hall, wait, and be served or sent on."""
    chance = errand.chance
    for _ in range(VISITS):
        await errand.ask(
            Role.WINDOW_CLERK,
            "visits",
            site_id=SITE,
            window_id=errand.window,
            purpose=chance.choice(PURPOSES),
            waiting_seconds=chance.randint(*WAITING_SECONDS),
            service_seconds=chance.randint(*SERVICE_SECONDS),
            outcome=chance.choice(OUTCOMES),
        )
        await errand.wait(5, 25)


async def ask_tools(errand: Errand) -> None:
    """Let people ask a tool before they ask a person."""
    for _ in range(USES):
        tool, resolved = errand.chance.choice(TOOLS), errand.happens(RESOLVED)
        words = {"tool": tool, "resolved": resolved, "handed_to_human": not resolved}
        await errand.ask(Role.WINDOW_CLERK, "tool-uses", **words)
        await errand.wait(5, 30)


async def complain(errand: Errand) -> None:
    """Let somebody complain at a window, and look into it."""
    complaint_id = await errand.ask(Role.WINDOW_CLERK, "complaints", five_zero="SHIRKING")
    await errand.wait(60, 180)
    right = errand.happens(RIGHT)
    await errand.ask(Role.REVIEW_DESK, f"complaints/{complaint_id}/conclusion", substantiated=right)


async def _booked(errand: Errand, day: date) -> str:
    """Book a slot in the morning of *day* and return where its commands are handed in."""
    (item,) = errand.chance.choices(ITEMS, WEIGHTS)
    appointment_id = await errand.ask(
        Role.WINDOW_CLERK,
        "appointments",
        item_code=item.code,
        slot_start=f"{day}T09:00:00+08:00",
        slot_end=f"{day}T09:30:00+08:00",
        channel="MOBILE",
    )
    return f"appointments/{appointment_id}"
