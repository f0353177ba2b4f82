"""The five facts that casetrack was asked for first, told by a clerk and by another system."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import count
from random import Random
from typing import Any

from deploy.bureau.counters import Counters
from deploy.bureau.errand import Errand, Pace
from deploy.bureau.examination import inspect
from deploy.bureau.items import BUREAU
from shared.contracts.publishing import example_of
from shared.policy.calendar import ZONE
from shared.runtime.clock import SystemClock
from shared.web.auth import Role
from tests.support.eventually import eventually

SOURCE = "urn:example:district-system"
AT_ONCE = 100_000.0

number = count(1)

Tell = Callable[[Errand], Awaitable[None]]


def errand(counters: Counters) -> Errand:
    """Return somebody's way through the bureau, under a case number of its own."""
    name = f"XC20240902{next(number):06}"
    pace = Pace(counters.clock, AT_ONCE)
    return Errand(name, name, "W07", counters, pace, Random(name))  # noqa: S311 - the same each time


async def receive(one: Errand) -> None:
    await one.ask(
        Role.WINDOW_CLERK,
        "cases",
        case_no=one.name,
        item_code="11610102MB2X00178C4000131016000",
        item_version=3,
        item_name="食品经营许可",
        case_type="COMMITTED",
        party={"party_token": "pt-7f3c9a51e0b24d68", "party_type": "ENTERPRISE"},
        channel="WINDOW",
        terminal="WINDOW",
        agent_present=False,
        handling_org=BUREAU,
    )


async def send_to_committee(one: Errand) -> None:
    await one.ask(
        Role.HANDLER,
        "referrals",
        referral_id=f"SY-{one.name}",
        case_no=one.name,
        reason="DISPUTE",
        grade="L3",
        on_list=True,
        remaining_committed_days=6,
    )


async def rate(one: Errand, level: str = "SATISFIED") -> None:
    await one.ask(
        Role.REVIEW_DESK,
        "ratings",
        case_no=one.name,
        phase="COMPLETION",
        scope="MATTER",
        channel="QR",
        level=level,
        real_name=True,
        rated_org=BUREAU,
    )


async def close_rectification(one: Errand) -> None:
    """Rate badly, and take the order that opens by itself to its end."""
    await rate(one, "DISSATISFIED")
    order = f"rectifications/{await eventually(partial(_opened, one))}"
    await one.ask(Role.REVIEW_DESK, f"{order}/assignments", assignee="st-0107")
    await one.ask(Role.HANDLER, f"{order}/contacts", reached=True, method="PHONE")
    await one.ask(Role.HANDLER, f"{order}/findings", finding="FIX_NOW", cause="EFFICIENCY")
    await one.ask(Role.HANDLER, f"{order}/measures", measures="增设取件窗口", systemic_fix=True)
    await one.ask(Role.HANDLER, f"{order}/feedbacks", public_reply=False)
    await one.ask(Role.REVIEW_DESK, f"{order}/followups", reached=True, result="SATISFIED")
    await one.ask(Role.REVIEW_DESK, f"{order}/closure")


async def _opened(one: Errand) -> str | None:
    known = await one.counters.case(one.name) or {"subjects": []}
    orders = [each for each in known["subjects"] if each["kind"] == "rectification"]
    return str(orders[0]["name"]) if orders else None


@dataclass(frozen=True)
class FirstFact:
    """One of the five: its type, the tile that counts it, how a clerk says it, what names it."""

    kind: str
    tile: str
    tell: Tell
    named_by: str

    def foreign(self) -> dict[str, Any]:
        """Return the fact as another system publishes it, a moment ago."""
        fresh = f"{next(number):06}"
        case_no = f"QT20240902{fresh}"
        example = example_of(self.kind)
        now = SystemClock().now().astimezone(ZONE)
        return {
            **{name: value for name, value in example.items() if name not in OURS},
            "id": f"fact-{fresh}",
            "source": SOURCE,
            "subject": fresh if self.named_by != "case_no" else case_no,
            "time": (now - timedelta(seconds=1)).isoformat(),
            "partitionkey": case_no,
            "data": _renamed(example["data"], self.named_by, fresh, case_no)
            | ({"received_date": f"{now:%Y-%m-%d}"} if "received_date" in example["data"] else {}),
        }


OURS = frozenset({"recordedtime", "sequence", "actorid", "actorrole", "causationid"})
"""What our own service would say of a fact, and another system need not."""


def _renamed(data: Mapping[str, Any], named_by: str, fresh: str, case_no: str) -> dict[str, Any]:
    renamed = {**data, named_by: fresh} if named_by in data else dict(data)
    if "case_no" in data:
        renamed["case_no"] = case_no
    if "case" in data:
        renamed["case"] = {**data["case"], "case_no": case_no}
    return renamed


FIVE_FACTS = (
    FirstFact("casetrack.intake.application.received.v1", "received_today", receive, "case_no"),
    FirstFact(
        "casetrack.committee.referral.made.v1",
        "referrals_today",
        send_to_committee,
        "referral_id",
    ),
    FirstFact(
        "casetrack.inspection.visit.concluded.v1",
        "inspections_today",
        inspect,
        "inspection_id",
    ),
    FirstFact("casetrack.review.rating.posted.v1", "ratings_today", rate, "review_id"),
    FirstFact(
        "casetrack.rectification.case.closed.v1",
        "rectifications_closed_today",
        close_rectification,
        "rect_id",
    ),
)
