"""What is said of help with applications (帮办代办): tasks, projects, agents (catalogue 4.8)."""

from hashlib import blake2b
from typing import ClassVar, Literal

from shared.contracts.assist.words import AgentTier, AssistKind, AssistMode, AssistStage
from shared.contracts.envelope import Contract, Fact
from shared.contracts.moments import Day, Instant
from shared.contracts.review.words import Satisfaction
from shared.contracts.types import (
    ActorId,
    CaseNo,
    Code,
    Doc,
    Identifier,
    ItemCode,
    Name,
    OrgRef,
    PartyRef,
    ProjectCode,
    Prose,
    Several,
    ShortName,
    VaultToken,
)

Blocker = Literal["APPLICANT", "DEPARTMENT", "SUPERIOR", "SYSTEM"]
"""Who an assist task waits for."""


class AssistFact(Fact):
    """A fact of one assist task's history."""

    STREAM: ClassVar[str] = "assist"
    ABOUT: ClassVar[str] = "task_id"

    task_id: Identifier


class AssistRequested(AssistFact):
    """Somebody asked for help (帮办申请)."""

    TYPE: ClassVar[str] = "casetrack.assist.request.submitted.v1"

    kind: AssistKind
    mode: AssistMode
    party: PartyRef
    system: Literal["XIAN_ZHUQI", "XIAN_BANGBAN", "WINDOW", "PHONE", "HOTLINE"]
    item_codes: Several[ItemCode]
    project_id: Identifier | None = None


class AssistAccepted(AssistFact):
    """The centre takes the task (受理)."""

    TYPE: ClassVar[str] = "casetrack.assist.task.accepted.v1"

    reason: Prose | None = None


class AssistDeclined(AssistFact):
    """The centre does not take the task (不予受理)."""

    TYPE: ClassVar[str] = "casetrack.assist.task.declined.v1"

    reason: Prose | None = None


class AgentAssigned(AssistFact):
    """An agent answers for the task (指派帮办员)."""

    TYPE: ClassVar[str] = "casetrack.assist.agent.assigned.v1"

    agent_id: ActorId
    tier: AgentTier
    site_id: Identifier | None = None


class MandateSigned(AssistFact):
    """The applicant authorised the agent (委托书)."""

    TYPE: ClassVar[str] = "casetrack.assist.mandate.signed.v1"

    scope: Several[ItemCode]
    document: Doc
    valid_until: Day | None = None


class AssistStepLogged(AssistFact):
    """A note of the work (帮办记录)."""

    TYPE: ClassVar[str] = "casetrack.assist.step.logged.v1"
    KEYED_BY_CASE: ClassVar[bool] = False

    stage: AssistStage
    note_token: VaultToken | None = None
    case_no: CaseNo | None = None
    department: OrgRef | None = None


class AssistVisitMade(AssistFact):
    """The agent called at the enterprise or at home (上门帮办)."""

    TYPE: ClassVar[str] = "casetrack.assist.visit.made.v1"

    agent_id: ActorId
    place: Literal["ENTERPRISE", "HOME", "PARK", "BUILDING"]
    arrived_at: Instant


class AssistBlocked(AssistFact):
    """The task waits for somebody (受阻)."""

    TYPE: ClassVar[str] = "casetrack.assist.task.blocked.v1"

    blocker: Blocker
    reason: Prose


class AssistUnblocked(AssistFact):
    """The task goes on (恢复)."""

    TYPE: ClassVar[str] = "casetrack.assist.task.unblocked.v1"

    blocker: Blocker
    reason: Prose


class AssistTerminated(AssistFact):
    """The task ended early (终止单)."""

    TYPE: ClassVar[str] = "casetrack.assist.task.terminated.v1"

    document: Doc
    reason: Prose | None = None


class AssistRenewed(AssistFact):
    """The task was taken up again (续办委托书)."""

    TYPE: ClassVar[str] = "casetrack.assist.task.renewed.v1"

    document: Doc
    reason: Prose | None = None


class AssistCompleted(AssistFact):
    """The task is done (办结单)."""

    TYPE: ClassVar[str] = "casetrack.assist.task.completed.v1"

    case_nos: Several[CaseNo]
    completed_date: Day
    on_time: bool


class AssistRated(AssistFact):
    """The person helped rates the help (帮办评价)."""

    TYPE: ClassVar[str] = "casetrack.assist.task.rated.v1"

    level: Satisfaction
    real_name: bool


class FourOnes(Contract):
    """What each key project is to have (“四个一”); an empty slot is still to be filled."""

    one_1: Name | None = None
    one_2: Name | None = None
    one_3: Name | None = None
    one_4: Name | None = None

    @property
    def is_complete(self) -> bool:
        return None not in (self.one_1, self.one_2, self.one_3, self.one_4)


class ProjectFact(Fact):
    """A fact of one key project's history."""

    STREAM: ClassVar[str] = "project"
    ABOUT: ClassVar[str] = "project_id"

    project_id: Identifier


class ProjectEnrolled(ProjectFact):
    """A key project stands on the list, with what is said of it now (重点项目入库)."""

    TYPE: ClassVar[str] = "casetrack.assist.project.enrolled.v1"

    project_code: ProjectCode | None = None
    level: Literal["CITY", "DISTRICT"]
    four_ones: FourOnes
    steward: ActorId
    joint_level: Literal["DISTRICT", "CITY_DISTRICT"]
    """Whether the city helps, too (市区联动代办)."""
    pre_review: bool
    """Whether it is reviewed before it applies (重点项目预审制)."""


class MilestoneReached(ProjectFact):
    """A key project has reached a milestone of its approval (审批节点)."""

    TYPE: ClassVar[str] = "casetrack.assist.project.milestone.v1"

    milestone: ShortName
    planned: Day
    actual: Day


ROSTER_NAME_BYTES = 8


AgentResource = Literal["GOV", "GRID", "PROPERTY", "COMMERCIAL_MGMT"]
"""Whose people agents are: 政务, 网格, 物业, 商管."""


def agent_named(agent_id: str) -> str:
    """
    Return the name under which the roster keeps an agent, whatever the account is called.

    A digest: nothing else has that name, and what counts agents names nobody.
    """
    return f"DBY-{blake2b(agent_id.encode(), digest_size=ROSTER_NAME_BYTES).hexdigest()}"


class AgentRegistered(Fact):
    """An agent stands on the roster, or no longer does (帮办代办员登记)."""

    TYPE: ClassVar[str] = "casetrack.assist.agent.registered.v1"
    STREAM: ClassVar[str] = "agent"
    ABOUT: ClassVar[str] = "agent"

    agent_id: ActorId
    tier: AgentTier
    resource: AgentResource
    active: bool

    @property
    def agent(self) -> str:
        return agent_named(self.agent_id)


HOME_SERVICE = "HOME_SERVICE"
"""What the list is called; there is one."""


class ServiceListUpdated(Fact):
    """The list of what is done at home has a new version (上门帮办事项清单)."""

    TYPE: ClassVar[str] = "casetrack.assist.servicelist.updated.v1"
    STREAM: ClassVar[str] = "servicelist"
    ABOUT: ClassVar[str] = "servicelist"

    list_version: Code
    item_codes: Several[ItemCode]
    published_date: Day

    @property
    def servicelist(self) -> str:
        return HOME_SERVICE
