"""What happens for the annual plan beside the cases: what people aim at, count, list, and walk."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from deploy.bureau.errand import Errand
from deploy.bureau.items import BUREAU, ITEMS
from shared.web.auth import Role

COUNTED_ON = 8
"""The day of each month on which the month before is counted."""
MONTHLY = (
    ("K22.1", "MICRO_CLASS", 4),
    ("K22.1", "SHADOWING", 1),
    ("K22.3", "WEEKLY_BULLETIN", 4),
    ("K22.3", "DAILY_PATROL", 20),
    ("K23.1", "LECTURE", 1),
    ("K13.4", "ASSESSMENT", 1),
    ("K00.3", "SERVICE", 6),
    ("K08.4", "CONSULTATION", 35),
)
"""What is reported of each month, and how much; of the rest the plan shows that nothing is."""


class Aim(NamedTuple):
    """A target that the bureau sets itself, and by which day of the year it is due."""

    item: int
    name: str
    unit: str
    value: int
    month: int
    day: int


SIGNPOSTED = Aim(9, "大厅导视标识更新", "个节点", 1, 3, 15)
SIGNPOSTED_ON = (3, 12)
"""The one milestone that is done, and on which day."""
AIMS = (
    SIGNPOSTED,
    Aim(9, "大厅功能分区改造", "个节点", 4, 10, 31),
    Aim(0, "党组领航工程领办项目", "个", 3, 12, 20),
    Aim(0, "“第一窗口”挂牌", "个", 1, 6, 28),
    Aim(22, "综合窗口“微课堂”", "次", 60, 12, 31),
)
POLICIES = ("NO_APPLY", "ONLINE_APPLY", "DISPLAY_ONLY")
LISTED_WITHIN = timedelta(days=4)
WALK = ("FIELD_RESEARCH", "BUSINESS_CHECK", "APPROVAL_SERVICE")
WHOLE_WALK = (*WALK, "SERVICE_FOLLOWUP", "FORUM", "CONSULTATION")


async def report(errand: Errand, today: date) -> None:
    """Report what was counted in each month of this year, once its day has come."""
    days = (date(today.year, month, COUNTED_ON) for month in range(1, today.month + 1))
    for day in (day for day in days if day <= today):
        for indicator, part, quantity in MONTHLY:
            words = {"indicator": indicator, "part": part, "quantity": quantity}
            await errand.ask(Role.SUPERVISOR, "plan/reports", **words, day=day.isoformat())


async def aim(errand: Errand, today: date) -> None:
    """Set what the bureau aims at in this year, and report the one milestone that is done."""
    targets = {one: await _set(errand, one, today.year) for one in AIMS}
    day = date(today.year, *SIGNPOSTED_ON)
    if day <= today:
        words = {"indicator": "K09.2", "part": "MILESTONE", "quantity": SIGNPOSTED.value}
        against = {"target_id": targets[SIGNPOSTED], "day": day.isoformat()}
        await errand.ask(Role.SUPERVISOR, "plan/reports", **words, **against)


async def _set(errand: Errand, one: Aim, year: int) -> str:
    due = date(year, one.month, one.day).isoformat()
    words = {"plan_item": one.item, "name": one.name, "unit": one.unit, "value": one.value}
    return await errand.ask(Role.DIRECTOR, "plan/targets", **words, due=due)


async def list_policies(errand: Errand, today: date) -> dict[str, str]:
    """List a policy of each class, some days after it was issued; return their numbers by class."""
    issued, listed = (today - LISTED_WITHIN).isoformat(), {}
    for kind in POLICIES:
        words = {"policy_class": kind, "issuer": BUREAU, "issued_date": issued}
        listed[kind] = await errand.ask(Role.DIRECTOR, "policies", **words, guide_ready=True)
    return listed


async def walk(errand: Errand) -> None:
    """Let two leaders walk the way of the public, and remove what the second one finds."""
    await _walked(errand, WHOLE_WALK, 0)
    walk_id = await _walked(errand, WALK, 1)
    problem = {"walk_id": walk_id, "kind": "SYSTEM", "owner_org": BUREAU}
    problem_id = await errand.ask(Role.SUPERVISOR, "problems", **problem)
    await errand.wait(60, 180)
    await errand.ask(Role.HANDLER, f"problems/{problem_id}/resolution")


async def _walked(errand: Errand, parts: Sequence[str], problems: int) -> str:
    return await errand.ask(
        Role.DIRECTOR,
        "walkthroughs",
        leader_org=BUREAU,
        leader_role="HEAD",
        parts=list(parts),
        item_codes=[ITEMS[0].code],
        problems_found=problems,
    )
