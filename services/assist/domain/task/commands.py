"""What may be asked of an assist task (帮办代办任务)."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from shared.commands.command import Command
from shared.contracts.assist import facts
from shared.contracts.assist.words import AgentTier, AssistKind, AssistMode, AssistStage
from shared.contracts.envelope import Fact
from shared.contracts.moments import MeantDay, MeantInstant
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

Items = Annotated[Several[ItemCode], Field(min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCommand(Command):
    """Something asked of one task."""

    task_id: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestAssist(TaskCommand):
    """帮办申请."""

    FACT: ClassVar[type[Fact]] = facts.AssistRequested

    kind: AssistKind
    mode: AssistMode
    party: PartyRef
    system: Literal["XIAN_ZHUQI", "XIAN_BANGBAN", "WINDOW", "PHONE", "HOTLINE"]
    item_codes: Items
    project_id: Identifier | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptTask(TaskCommand):
    """受理."""

    FACT: ClassVar[type[Fact]] = facts.AssistAccepted

    reason: Prose | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineTask(TaskCommand):
    """不予受理, which is owed a reason."""

    FACT: ClassVar[type[Fact]] = facts.AssistDeclined

    reason: Prose


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignAgent(TaskCommand):
    """指派帮办员; another one may take over later."""

    FACT: ClassVar[type[Fact]] = facts.AgentAssigned

    agent_id: ActorId
    tier: AgentTier
    site_id: Identifier | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignMandate(TaskCommand):
    """签订代办服务委托书."""

    FACT: ClassVar[type[Fact]] = facts.MandateSigned

    scope: Items
    document: Doc
    valid_until: MeantDay | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogStep(TaskCommand):
    """帮办记录."""

    FACT: ClassVar[type[Fact]] = facts.AssistStepLogged

    stage: AssistStage
    note_token: VaultToken | None = None
    case_no: CaseNo | None = None
    department: OrgRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeVisit(TaskCommand):
    """上门帮办."""

    FACT: ClassVar[type[Fact]] = facts.AssistVisitMade

    agent_id: ActorId
    place: Literal["ENTERPRISE", "HOME", "PARK", "BUILDING"]
    arrived_at: MeantInstant


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockTask(TaskCommand):
    """受阻."""

    FACT: ClassVar[type[Fact]] = facts.AssistBlocked

    blocker: facts.Blocker
    reason: Prose


@dataclass(frozen=True, slots=True, kw_only=True)
class UnblockTask(TaskCommand):
    """恢复."""

    FACT: ClassVar[type[Fact]] = facts.AssistUnblocked

    reason: Prose


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminateTask(TaskCommand):
    """终止单."""

    FACT: ClassVar[type[Fact]] = facts.AssistTerminated

    document: Doc
    reason: Prose | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewTask(TaskCommand):
    """续办委托书."""

    FACT: ClassVar[type[Fact]] = facts.AssistRenewed

    document: Doc
    reason: Prose | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteTask(TaskCommand):
    """办结单: the cases that the help was about, and whether it kept to its promise."""

    FACT: ClassVar[type[Fact]] = facts.AssistCompleted

    case_nos: Several[CaseNo]
    on_time: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RateTask(TaskCommand):
    """帮办评价."""

    FACT: ClassVar[type[Fact]] = facts.AssistRated

    level: Satisfaction
    real_name: bool


AnyCommand = (
    RequestAssist
    | AcceptTask
    | DeclineTask
    | AssignAgent
    | SignMandate
    | LogStep
    | MakeVisit
    | BlockTask
    | UnblockTask
    | TerminateTask
    | RenewTask
    | CompleteTask
    | RateTask
)
