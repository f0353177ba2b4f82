"""How a subject of the street's begins, for every collection of commands."""

from collections.abc import Mapping

from shared.contracts.activity.facts import ProblemFound
from shared.contracts.assist.facts import (
    AgentRegistered,
    AssistRequested,
    ProjectEnrolled,
    ServiceListUpdated,
)
from shared.contracts.committee.facts import (
    CommitteeRulesRevised,
    GradingListRevised,
    MeetingScheduled,
    ReferralMade,
)
from shared.contracts.envelope import Fact
from shared.contracts.hall.facts import ComplaintReceived
from shared.contracts.hotline.facts import TicketReceived
from shared.contracts.inspection.facts import InspectionCreated
from shared.contracts.intake.facts import (
    ApplicationReceived,
    AppointmentBooked,
    ToolUsed,
    VisitRecorded,
)
from shared.contracts.intermediary.facts import AgencyApplied, EngagementOpened
from shared.contracts.item.facts import ItemDefinitionRevised, ItemListPublished, StationingChanged
from shared.contracts.joint.facts import JointCaseOpened, SceneLaunched
from shared.contracts.outreach.facts import NeedRaised, OutreachVisitHeld
from shared.contracts.policy.facts import BenefitClaimed
from shared.contracts.rectification.facts import RectificationOpened
from shared.contracts.review.facts import RatingPosted
from shared.contracts.site.facts import StationOpened
from shared.contracts.unfinished.facts import MatterRecorded
from shared.contracts.xregion.facts import CrossRegionCollected
from tests.support.examples import like_the_example
from tests.support.organisations import STREET, org

OF_THE_STREET = org(STREET)
BEGINNINGS: Mapping[str, Fact] = {
    "cases": like_the_example(ApplicationReceived, handling_org=OF_THE_STREET),
    "inspections": like_the_example(InspectionCreated, org=OF_THE_STREET, joint_orgs=()),
    "referrals": like_the_example(ReferralMade),
    "meetings": like_the_example(MeetingScheduled),
    "grading-lists": like_the_example(GradingListRevised),
    "committee-rules": like_the_example(CommitteeRulesRevised),
    "tasks": like_the_example(AssistRequested),
    "ratings": like_the_example(RatingPosted, rated_org=OF_THE_STREET, level="DISSATISFIED"),
    "rectifications": like_the_example(RectificationOpened, responsible_org=OF_THE_STREET),
    "tickets": like_the_example(TicketReceived),
    "cross-region-cases": like_the_example(CrossRegionCollected),
    "item-changes": like_the_example(ItemDefinitionRevised),
    "item-lists": like_the_example(ItemListPublished),
    "stationings": like_the_example(StationingChanged),
    "appointments": like_the_example(AppointmentBooked),
    "visits": like_the_example(VisitRecorded),
    "tool-uses": like_the_example(ToolUsed),
    "complaints": like_the_example(ComplaintReceived),
    "scenes": like_the_example(SceneLaunched),
    "sites": like_the_example(StationOpened),
    "problems": like_the_example(ProblemFound, owner_org=OF_THE_STREET),
    "projects": like_the_example(ProjectEnrolled),
    "agents": like_the_example(AgentRegistered),
    "service-lists": like_the_example(ServiceListUpdated),
    "outreach": like_the_example(OutreachVisitHeld),
    "needs": like_the_example(NeedRaised),
    "agencies": like_the_example(AgencyApplied),
    "engagements": like_the_example(EngagementOpened),
    "benefits": like_the_example(BenefitClaimed),
    "joint-cases": like_the_example(JointCaseOpened, lead_org=OF_THE_STREET),
    "matters": like_the_example(MatterRecorded),
}
"""How a subject of the street's begins, by its collection."""
BEGUN_BY_ANYBODY = {
    "tasks",
    "meetings",
    "grading-lists",
    "committee-rules",
    "tickets",
    "matters",
    "cross-region-cases",
    "item-changes",
    "item-lists",
    "stationings",
    "appointments",
    "visits",
    "tool-uses",
    "complaints",
    "scenes",
    "sites",
    "projects",
    "agents",
    "service-lists",
    "outreach",
    "needs",
    "agencies",
    "engagements",
    "policies",
    "benefits",
    "unclaimed-benefits",
}
"""What names no organisation belongs to that of whoever begins it."""
