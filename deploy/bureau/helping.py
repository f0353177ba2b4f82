"""What is done for those who are helped: projects, agents, a list, and visits to where they are."""

from datetime import date, timedelta

from deploy.bureau.errand import Errand
from deploy.bureau.items import ITEMS
from shared.web.auth import Role

STEWARD = "st-0501"
AGENTS = (
    ("st-0500", "DISTRICT", "GOV"),
    (STEWARD, "STREET", "GOV"),
    ("st-0502", "STREET", "GRID"),
    ("st-0503", "COMMUNITY", "GRID"),
    ("st-0504", "COMMUNITY", "PROPERTY"),
    ("st-0505", "BLOCK_POINT", "COMMERCIAL_MGMT"),
)
"""Who helps, at which tier, and whose people they are."""
LEAVING = AGENTS[2]
SERVED_AT_HOME = 5
FOUR_ONES = {
    "one_1": "一个项目",
    "one_2": "一名管家",
    "one_3": "一个团队",
    "one_4": "一套方案",
}
MILESTONES = (("用地规划许可", 20, 21), ("工程规划许可", 10, 10), ("施工许可", 3, 1))
"""How many days ago each was to be reached, and was: the last one late."""
VISITS = (
    ("AGENCY_GUIDE", "区属机关"),
    ("PROJECT_SUPPORT", "某产业园项目部"),
    ("BUSINESS_DISTRICT_CONVENIENCE", "解放路商圈"),
)
NEEDS = ("周末办理户外广告设置", "跨区迁移登记")


async def keep_roster(errand: Errand) -> None:
    """Put the agents on the roster, of whom one stops to help."""
    for agent_id, tier, resource in AGENTS:
        words = {"agent_id": agent_id, "tier": tier, "resource": resource}
        await errand.ask(Role.DIRECTOR, "agents", **words, active=True)
    agent_id, tier, resource = LEAVING
    words = {"agent_id": agent_id, "tier": tier, "resource": resource}
    await errand.ask(Role.DIRECTOR, "agents", **words, active=False)


async def list_services(errand: Errand, today: date) -> None:
    """Publish which items are done at home in this year."""
    codes = [item.code for item in ITEMS[:SERVED_AT_HOME]]
    await errand.ask(
        Role.LAW_DESK, "service-lists", list_version=f"{today.year}-1", item_codes=codes
    )


async def enrol(errand: Errand, today: date) -> None:
    """Enrol a project, complete its four ones later, and let it reach its milestones."""
    words = {
        "level": "CITY",
        "steward": STEWARD,
        "joint_level": "CITY_DISTRICT",
        "pre_review": True,
    }
    first = {slot: FOUR_ONES[slot] for slot in ("one_1", "one_2")}
    project = await errand.ask(Role.DIRECTOR, "projects", **words, four_ones=first)
    await errand.wait(30, 90)
    await errand.ask(
        Role.ASSIST_AGENT, "projects", **words, project_id=project, four_ones=FOUR_ONES
    )
    for milestone, planned, actual in MILESTONES:
        days = {
            "planned": f"{today - timedelta(planned)}",
            "actual": f"{today - timedelta(actual)}",
        }
        path = f"projects/{project}/milestones"
        await errand.ask(Role.ASSIST_AGENT, path, milestone=milestone, **days)


async def visit(errand: Errand) -> None:
    """Go to three kinds of places, and meet one of the two needs that are raised at the last."""
    raised = [0] * (len(VISITS) - 1) + [len(NEEDS)]
    outreach_id = ""
    for (track, place), needs in zip(VISITS, raised, strict=True):
        words = {"track": track, "place": place, "participants": 20, "needs_raised": needs}
        outreach_id = await errand.ask(Role.ASSIST_AGENT, "outreach", **words)
    need_ids = [
        await errand.ask(Role.ASSIST_AGENT, "needs", outreach_id=outreach_id, kind=kind)
        for kind in NEEDS
    ]
    await errand.wait(60, 180)
    await errand.ask(Role.HANDLER, f"needs/{need_ids[0]}/resolution")
