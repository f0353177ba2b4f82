"""Short stories of key projects, of those who help, and of visits to those who are served."""

from collections.abc import Mapping, Sequence
from datetime import date

from services.metrics.domain.entry import Entry
from shared.contracts.assist import facts as assist
from shared.contracts.envelope import Fact
from shared.contracts.outreach import facts as outreach
from tests.support.examples import like_the_example
from tests.support.figure_stories import DAY, HELP, HELPED, requested, task, told

SLOTS = {f"one_{number}": "齐" for number in range(1, 5)}


def enrolled(**changes: object) -> Fact:
    return like_the_example(assist.ProjectEnrolled, **{"project_id": "p1", **changes})


def reached(milestone: str, planned: str, actual: str) -> Fact:
    return like_the_example(
        assist.MilestoneReached,
        project_id="p1",
        milestone=milestone,
        planned=planned,
        actual=actual,
    )


def rostered(tier: str, resource: str, *, active: bool = True) -> Fact:
    return like_the_example(
        assist.AgentRegistered, agent_id="st-1", tier=tier, resource=resource, active=active
    )


def services(items: int, day: str) -> Fact:
    codes = [f"1161010200{number:04}" for number in range(items)]
    return like_the_example(assist.ServiceListUpdated, item_codes=codes, published_date=day)


def visit(track: str) -> Fact:
    return like_the_example(outreach.OutreachVisitHeld, track=track)


ENROLLED = enrolled(joint_level="DISTRICT", pre_review=False, four_ones={"one_1": "齐"})
COMPLETED = enrolled(joint_level="CITY_DISTRICT", pre_review=True, four_ones=SLOTS)
LAND, BUILDING = (
    reached("用地规划许可", "2024-09-10", "2024-09-10"),
    reached("施工许可", "2024-09-10", "2024-09-11"),
)
RAISED, RESOLVED = (
    like_the_example(outreach.NeedRaised),
    like_the_example(outreach.NeedResolved),
)

ASSISTED: Mapping[str, Sequence[Entry]] = {
    "a project that lacks three of its four ones": told(ENROLLED),
    "a project that gets its four ones, with the city's help": told(ENROLLED, COMPLETED),
    "a project that reaches one milestone in time, and one late": told(
        ENROLLED, LAND, BUILDING, every=9 * DAY
    ),
    "a project that is said to reach a milestone again": told(
        ENROLLED, BUILDING, reached("施工许可", "2024-09-30", "2024-09-30"), every=9 * DAY
    ),
    "a project that reaches so many milestones that nobody keeps them": told(
        ENROLLED,
        *(reached(f"节点{number}", "2024-09-10", "2024-09-10") for number in range(70)),
        every=1,
    ),
    "a project of which only a milestone is known": told(LAND),
    "a project whose milestone has a day that nobody means": told(
        ENROLLED, LAND.model_copy(update={"planned": date(1970, 1, 1)})
    ),
    "an agent who goes from a street to a community": told(
        rostered("STREET", "GRID"), rostered("STREET", "GRID"), rostered("COMMUNITY", "PROPERTY")
    ),
    "an agent who stops, and helps again": told(
        rostered("DISTRICT", "GOV"),
        rostered("DISTRICT", "GOV", active=False),
        rostered("DISTRICT", "GOV"),
    ),
    "an agent who stops": told(
        rostered("BLOCK_POINT", "COMMERCIAL_MGMT"),
        rostered("BLOCK_POINT", "COMMERCIAL_MGMT", active=False),
    ),
    "an agent who never helps": told(rostered("STREET", "GRID", active=False)),
    "a home-service list of two versions": told(
        services(12, "2024-09-02"), services(12, "2024-09-20"), every=18 * DAY
    ),
    "a home-service list that is corrected on its day": told(
        services(12, "2024-09-02"), services(9, "2024-09-02"), every=1
    ),
    "a home-service list of a day that nobody means": told(
        services(12, "2024-09-02").model_copy(update={"published_date": date(1970, 1, 1)})
    ),
    "a visit to a business district": told(visit("BUSINESS_DISTRICT_CONVENIENCE")),
    "a visit to a project": told(visit("PROJECT_SUPPORT")),
    "a need that is met": told(RAISED, RESOLVED, every=40 * DAY),
    "a need that waits": told(RAISED),
    "a need of which only the end is known": told(RESOLVED),
    "help with two items, noted throughout": told(
        requested(kind="GENERAL", item_codes=["1161010200001", "1161010200002"]), *HELPED
    ),
    "help with one of these items, without a note": told(
        requested(kind="GENERAL", item_codes=["1161010200002", "1161010200002"]),
        *HELP,
        task(assist.AssistCompleted),
    ),
    "help that is still given": told(requested(kind="GENERAL"), *HELP),
}
