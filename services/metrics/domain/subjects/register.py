"""Which kinds of subjects there are, and which of them a fact is about."""

from collections.abc import Mapping

from services.metrics.domain.subjects.activity import Obstacle, Walkthrough
from services.metrics.domain.subjects.alert import Card
from services.metrics.domain.subjects.case import Case
from services.metrics.domain.subjects.commitment import Commitment
from services.metrics.domain.subjects.committee import (
    CommitteeRules,
    GradingList,
    Meeting,
    Referral,
)
from services.metrics.domain.subjects.hall import Appointment, Complaint, ToolUse, Visit
from services.metrics.domain.subjects.hotline import Ticket
from services.metrics.domain.subjects.inspection import Inspection
from services.metrics.domain.subjects.intermediary import Agency, Engagement
from services.metrics.domain.subjects.item import ItemChange, ItemList, Stationing
from services.metrics.domain.subjects.joint import JointCase
from services.metrics.domain.subjects.order import Directive
from services.metrics.domain.subjects.outreach import OutreachNeed, OutreachVisit
from services.metrics.domain.subjects.policy import Benefit, PolicyItem
from services.metrics.domain.subjects.project import KeyProject
from services.metrics.domain.subjects.rectification import Rectification
from services.metrics.domain.subjects.report import ProgressReport
from services.metrics.domain.subjects.review import Invitation, Rating
from services.metrics.domain.subjects.roster import Agent, ServiceList
from services.metrics.domain.subjects.scene import Scene
from services.metrics.domain.subjects.site import Site
from services.metrics.domain.subjects.subject import Subject
from services.metrics.domain.subjects.target import OwnTarget
from services.metrics.domain.subjects.task import Task
from services.metrics.domain.subjects.unfinished import Matter
from services.metrics.domain.subjects.xregion import CrossRegion
from shared.contracts.envelope import Fact

AnySubject = (
    Case
    | Inspection
    | Referral
    | Meeting
    | Commitment
    | Invitation
    | Rating
    | Rectification
    | Task
    | Ticket
    | Matter
    | JointCase
    | CrossRegion
    | ItemChange
    | Walkthrough
    | Obstacle
    | Agency
    | PolicyItem
    | Directive
    | ProgressReport
    | GradingList
    | CommitteeRules
    | ItemList
    | Stationing
    | Appointment
    | Visit
    | ToolUse
    | Complaint
    | Scene
    | Site
    | KeyProject
    | Agent
    | ServiceList
    | OutreachVisit
    | OutreachNeed
    | Engagement
    | Benefit
    | OwnTarget
)
"""Every kind but the cards, which lie on the others."""

KINDS: tuple[type[Subject], ...] = (
    Case,
    Inspection,
    Referral,
    Meeting,
    Commitment,
    Invitation,
    Rating,
    Rectification,
    Task,
    Ticket,
    Matter,
    JointCase,
    CrossRegion,
    ItemChange,
    Walkthrough,
    Obstacle,
    Agency,
    PolicyItem,
    Directive,
    ProgressReport,
    GradingList,
    CommitteeRules,
    ItemList,
    Stationing,
    Appointment,
    Visit,
    ToolUse,
    Complaint,
    Scene,
    Site,
    KeyProject,
    Agent,
    ServiceList,
    OutreachVisit,
    OutreachNeed,
    Engagement,
    Benefit,
    OwnTarget,
)


def _readers() -> Mapping[type[Fact], tuple[type[Subject], ...]]:
    """Return by fact the kinds whose course it belongs to."""
    readers: dict[type[Fact], tuple[type[Subject], ...]] = {}
    kinds: tuple[type[Subject], ...] = (*KINDS, Card)
    for kind in kinds:
        for fact in kind.COURSE.facts:
            readers[fact] = (*readers.get(fact, ()), kind)
    return readers


READERS = _readers()
CARDS = frozenset(Card.COURSE.facts)
"""The facts about cards."""
