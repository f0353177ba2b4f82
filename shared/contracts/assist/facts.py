"""What is said about help with an application (帮办代办), task by task (catalogue 4.8)."""

from typing import ClassVar, Literal

from shared.contracts.assist.words import AgentTier, AssistKind, AssistMode, AssistStage
from shared.contracts.envelope import Fact
from shared.contracts.moments import Day, Instant
from shared.contracts.review.words import Satisfaction
from shared.contracts.types import (
    ActorId,
    CaseNo,
    Doc,
    Identifier,
    ItemCode,
    OrgRef,
    PartyRef,
    Prose,
    Several,
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
