"""The subjects that their courses decide, as the tests of every course have them."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType, ModuleType
from typing import Any, get_args

from services.assist.domain.agency import commands as agency_commands
from services.assist.domain.agency import decide as agency_rules
from services.assist.domain.agency import refusals as agency_refusals
from services.assist.domain.agent import commands as agent_commands
from services.assist.domain.agent import decide as agent_rules
from services.assist.domain.agent import refusals as agent_refusals
from services.assist.domain.benefit import commands as benefit_commands
from services.assist.domain.benefit import decide as benefit_rules
from services.assist.domain.benefit import refusals as benefit_refusals
from services.assist.domain.engagement import commands as engagement_commands
from services.assist.domain.engagement import decide as engagement_rules
from services.assist.domain.engagement import refusals as engagement_refusals
from services.assist.domain.need import commands as need_commands
from services.assist.domain.need import decide as need_rules
from services.assist.domain.need import refusals as need_refusals
from services.assist.domain.outreach import commands as outreach_commands
from services.assist.domain.outreach import decide as outreach_rules
from services.assist.domain.outreach import refusals as outreach_refusals
from services.assist.domain.policy import commands as policy_commands
from services.assist.domain.policy import decide as policy_rules
from services.assist.domain.policy import refusals as policy_refusals
from services.assist.domain.problem import commands as problem_commands
from services.assist.domain.problem import decide as problem_rules
from services.assist.domain.problem import refusals as problem_refusals
from services.assist.domain.project import commands as project_commands
from services.assist.domain.project import decide as project_rules
from services.assist.domain.project import refusals as project_refusals
from services.assist.domain.servicelist import commands as servicelist_commands
from services.assist.domain.servicelist import decide as servicelist_rules
from services.assist.domain.servicelist import refusals as servicelist_refusals
from services.assist.domain.walkthrough import commands as walkthrough_commands
from services.assist.domain.walkthrough import decide as walkthrough_rules
from services.assist.domain.walkthrough import refusals as walkthrough_refusals
from services.intake.domain.appointment import commands as appointment_commands
from services.intake.domain.appointment import decide as appointment_rules
from services.intake.domain.appointment import refusals as appointment_refusals
from services.intake.domain.committeerules import commands as committeerules_commands
from services.intake.domain.committeerules import decide as committeerules_rules
from services.intake.domain.committeerules import refusals as committeerules_refusals
from services.intake.domain.gradinglist import commands as gradinglist_commands
from services.intake.domain.gradinglist import decide as gradinglist_rules
from services.intake.domain.gradinglist import refusals as gradinglist_refusals
from services.intake.domain.itemchange import commands as itemchange_commands
from services.intake.domain.itemchange import decide as itemchange_rules
from services.intake.domain.itemchange import refusals as itemchange_refusals
from services.intake.domain.itemlist import commands as itemlist_commands
from services.intake.domain.itemlist import decide as itemlist_rules
from services.intake.domain.itemlist import refusals as itemlist_refusals
from services.intake.domain.joint import commands as joint_commands
from services.intake.domain.joint import decide as joint_rules
from services.intake.domain.joint import refusals as joint_refusals
from services.intake.domain.scene import commands as scene_commands
from services.intake.domain.scene import decide as scene_rules
from services.intake.domain.scene import refusals as scene_refusals
from services.intake.domain.site import commands as site_commands
from services.intake.domain.site import decide as site_rules
from services.intake.domain.site import refusals as site_refusals
from services.intake.domain.stationing import commands as stationing_commands
from services.intake.domain.stationing import decide as stationing_rules
from services.intake.domain.stationing import refusals as stationing_refusals
from services.intake.domain.tooluse import commands as tooluse_commands
from services.intake.domain.tooluse import decide as tooluse_rules
from services.intake.domain.tooluse import refusals as tooluse_refusals
from services.intake.domain.visit import commands as visit_commands
from services.intake.domain.visit import decide as visit_rules
from services.intake.domain.visit import refusals as visit_refusals
from services.intake.domain.xregion import commands as xregion_commands
from services.intake.domain.xregion import decide as xregion_rules
from services.intake.domain.xregion import refusals as xregion_refusals
from services.metrics.domain.reporting import commands as report_commands
from services.metrics.domain.reporting import decide as report_rules
from services.metrics.domain.reporting import refusals as report_refusals
from services.metrics.domain.subjects.activity import Obstacle as ObstacleKind
from services.metrics.domain.subjects.activity import Walkthrough as WalkthroughKind
from services.metrics.domain.subjects.committee import CommitteeRules as CommitteeRulesKind
from services.metrics.domain.subjects.committee import GradingList as GradingListKind
from services.metrics.domain.subjects.hall import Appointment as AppointmentKind
from services.metrics.domain.subjects.hall import Complaint as ComplaintKind
from services.metrics.domain.subjects.hall import ToolUse as ToolUseKind
from services.metrics.domain.subjects.hall import Visit as VisitKind
from services.metrics.domain.subjects.hotline import Ticket as TicketKind
from services.metrics.domain.subjects.intermediary import Agency as AgencyKind
from services.metrics.domain.subjects.intermediary import Engagement as EngagementKind
from services.metrics.domain.subjects.item import ItemChange as ItemChangeKind
from services.metrics.domain.subjects.item import ItemList as ItemListKind
from services.metrics.domain.subjects.item import Stationing as StationingKind
from services.metrics.domain.subjects.joint import JointCase as JointCaseKind
from services.metrics.domain.subjects.order import Directive as OrderKind
from services.metrics.domain.subjects.outreach import OutreachNeed as NeedKind
from services.metrics.domain.subjects.outreach import OutreachVisit as OutreachKind
from services.metrics.domain.subjects.policy import Benefit as BenefitKind
from services.metrics.domain.subjects.policy import PolicyItem as PolicyItemKind
from services.metrics.domain.subjects.project import KeyProject as ProjectKind
from services.metrics.domain.subjects.report import ProgressReport as ReportKind
from services.metrics.domain.subjects.review import Invitation as InvitationKind
from services.metrics.domain.subjects.roster import Agent as AgentKind
from services.metrics.domain.subjects.roster import ServiceList as ServiceListKind
from services.metrics.domain.subjects.scene import Scene as SceneKind
from services.metrics.domain.subjects.site import Site as SiteKind
from services.metrics.domain.subjects.subject import Subject
from services.metrics.domain.subjects.target import OwnTarget as OwnTargetKind
from services.metrics.domain.subjects.unfinished import Matter as MatterKind
from services.metrics.domain.subjects.xregion import CrossRegion as CrossRegionKind
from services.metrics.domain.supervising import commands as order_commands
from services.metrics.domain.supervising import decide as order_rules
from services.metrics.domain.supervising import refusals as order_refusals
from services.metrics.domain.targets import commands as target_commands
from services.metrics.domain.targets import decide as target_rules
from services.metrics.domain.targets import refusals as target_refusals
from services.review.domain.complaint import commands as complaint_commands
from services.review.domain.complaint import decide as complaint_rules
from services.review.domain.complaint import refusals as complaint_refusals
from services.review.domain.invitation import commands as invitation_commands
from services.review.domain.invitation import decide as invitation_rules
from services.review.domain.invitation import refusals as invitation_refusals
from services.review.domain.matter import commands as matter_commands
from services.review.domain.matter import decide as matter_rules
from services.review.domain.matter import refusals as matter_refusals
from services.review.domain.ticket import commands as ticket_commands
from services.review.domain.ticket import decide as ticket_rules
from services.review.domain.ticket import refusals as ticket_refusals
from shared.commands.by_course import Recollection
from shared.commands.command import Command
from shared.commands.decider import Decider
from shared.commands.off_course import Refusals
from shared.contracts.activity.course import PROBLEM, WALKTHROUGH
from shared.contracts.assist.course import AGENT, PROJECT, SERVICE_LIST
from shared.contracts.committee.course import COMMITTEE_RULES, GRADING_LIST
from shared.contracts.course import ABSENT, Course
from shared.contracts.envelope import Fact
from shared.contracts.hall.course import COMPLAINT
from shared.contracts.hotline.course import TICKET
from shared.contracts.intake.course import APPOINTMENT, TOOL_USE, VISIT
from shared.contracts.intermediary.course import AGENCY, ENGAGEMENT
from shared.contracts.item.course import ITEM_CHANGE, ITEM_LIST, STATIONING
from shared.contracts.joint import facts as joint
from shared.contracts.joint.course import JOINT, SCENE
from shared.contracts.outreach.course import NEED, OUTREACH
from shared.contracts.plan.course import REPORT, TARGET
from shared.contracts.policy.course import BENEFIT, POLICY_ITEM
from shared.contracts.review.course import INVITATION
from shared.contracts.site.course import SITE
from shared.contracts.supervision.course import ORDER
from shared.contracts.unfinished.course import MATTER
from shared.contracts.xregion.course import XREGION
from tests.support.examples import like_the_example


@dataclass(frozen=True)
class Owned:
    """A kind of subject: who decides about it, and how to put one anywhere on its course."""

    course: Course
    off_course: Refusals
    decider: Decider[Any, Any]
    commands: Collection[type[Command]]
    remembering: Callable[[str, type[Fact]], Any]
    """The owner's subject in a state, where what it remembers lets a fact of that type happen."""
    kind: type[Subject]
    """What the figures make of it."""
    told: Mapping[type[Fact], Mapping[str, Any]]
    """What figures must have been told before a fact of that type is possible."""
    state: Callable[[Any], str] = lambda subject: str(subject.state)
    follows: bool = False
    """Whether its owner, too, goes forward with what others tell out of turn."""


ASKED_BEFORE: Mapping[type[Fact], type[Fact]] = {
    joint.JointExtensionApproved: joint.JointExtensionRequested,
    joint.JointExtensionDenied: joint.JointExtensionRequested,
}
"""What its owner has to remember so that a fact can happen, beside how the subject began."""


def _told(course: Course, state: str, fact: type[Fact]) -> Recollection:
    """Return a subject in *state* of which its owner remembers how it began, and what was asked."""
    if state == ABSENT:
        return Recollection(state)
    first = next(row.fact for row in course.rows if row.source == ABSENT)
    kinds = [first, *([ASKED_BEFORE[fact]] if fact in ASKED_BEFORE else [])]
    return Recollection(state, tuple(like_the_example(kind) for kind in kinds))


def _by_course(
    course: Course,
    commands: ModuleType,
    refusals: ModuleType,
    rules: ModuleType,
    kind: type[Subject],
) -> Owned:
    """Return a subject that its course decides, from the modules of its owner."""
    asked = get_args(commands.AnyCommand) or (commands.AnyCommand,)
    off_course: Refusals = refusals.OFF_COURSE
    return Owned(
        course, off_course, rules.DECIDER, asked, partial(_told, course), kind, {}, follows=True
    )


BY_COURSE: Mapping[str, Owned] = MappingProxyType(
    {
        "invitation": _by_course(
            INVITATION, invitation_commands, invitation_refusals, invitation_rules, InvitationKind
        ),
        "ticket": _by_course(TICKET, ticket_commands, ticket_refusals, ticket_rules, TicketKind),
        "matter": _by_course(MATTER, matter_commands, matter_refusals, matter_rules, MatterKind),
        "joint": _by_course(JOINT, joint_commands, joint_refusals, joint_rules, JointCaseKind),
        "gradinglist": _by_course(
            GRADING_LIST,
            gradinglist_commands,
            gradinglist_refusals,
            gradinglist_rules,
            GradingListKind,
        ),
        "committeerules": _by_course(
            COMMITTEE_RULES,
            committeerules_commands,
            committeerules_refusals,
            committeerules_rules,
            CommitteeRulesKind,
        ),
        "itemchange": _by_course(
            ITEM_CHANGE,
            itemchange_commands,
            itemchange_refusals,
            itemchange_rules,
            ItemChangeKind,
        ),
        "itemlist": _by_course(
            ITEM_LIST, itemlist_commands, itemlist_refusals, itemlist_rules, ItemListKind
        ),
        "stationing": _by_course(
            STATIONING, stationing_commands, stationing_refusals, stationing_rules, StationingKind
        ),
        "appointment": _by_course(
            APPOINTMENT,
            appointment_commands,
            appointment_refusals,
            appointment_rules,
            AppointmentKind,
        ),
        "visit": _by_course(VISIT, visit_commands, visit_refusals, visit_rules, VisitKind),
        "tooluse": _by_course(
            TOOL_USE, tooluse_commands, tooluse_refusals, tooluse_rules, ToolUseKind
        ),
        "complaint": _by_course(
            COMPLAINT, complaint_commands, complaint_refusals, complaint_rules, ComplaintKind
        ),
        "scene": _by_course(SCENE, scene_commands, scene_refusals, scene_rules, SceneKind),
        "site": _by_course(SITE, site_commands, site_refusals, site_rules, SiteKind),
        "walkthrough": _by_course(
            WALKTHROUGH,
            walkthrough_commands,
            walkthrough_refusals,
            walkthrough_rules,
            WalkthroughKind,
        ),
        "problem": _by_course(
            PROBLEM, problem_commands, problem_refusals, problem_rules, ObstacleKind
        ),
        "agency": _by_course(AGENCY, agency_commands, agency_refusals, agency_rules, AgencyKind),
        "engagement": _by_course(
            ENGAGEMENT, engagement_commands, engagement_refusals, engagement_rules, EngagementKind
        ),
        "benefit": _by_course(
            BENEFIT, benefit_commands, benefit_refusals, benefit_rules, BenefitKind
        ),
        "policy": _by_course(
            POLICY_ITEM, policy_commands, policy_refusals, policy_rules, PolicyItemKind
        ),
        "project": _by_course(
            PROJECT, project_commands, project_refusals, project_rules, ProjectKind
        ),
        "agent": _by_course(AGENT, agent_commands, agent_refusals, agent_rules, AgentKind),
        "servicelist": _by_course(
            SERVICE_LIST,
            servicelist_commands,
            servicelist_refusals,
            servicelist_rules,
            ServiceListKind,
        ),
        "outreach": _by_course(
            OUTREACH, outreach_commands, outreach_refusals, outreach_rules, OutreachKind
        ),
        "need": _by_course(NEED, need_commands, need_refusals, need_rules, NeedKind),
        "report": Owned(
            REPORT,
            report_refusals.OFF_COURSE,
            report_rules.DECIDER,
            get_args(report_commands.ReportCommands),
            partial(_told, REPORT),
            ReportKind,
            {},
            follows=True,
        ),
        "target": Owned(
            TARGET,
            target_refusals.OFF_COURSE,
            target_rules.DECIDER,
            get_args(target_commands.TargetCommands),
            partial(_told, TARGET),
            OwnTargetKind,
            {},
            follows=True,
        ),
        "order": Owned(
            ORDER,
            order_refusals.ORDER_OFF_COURSE,
            order_rules.ORDERS,
            get_args(order_commands.OrderCommands),
            partial(_told, ORDER),
            OrderKind,
            {},
            follows=True,
        ),
        "xregion": _by_course(
            XREGION, xregion_commands, xregion_refusals, xregion_rules, CrossRegionKind
        ),
    }
)
