"""What may be asked of an assist task (帮办代办任务)."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from shared.commands.command import Command
from shared.contracts.assist.facts import Blocker
from shared.contracts.assist.words import AgentTier, AssistKind, AssistMode, AssistStage
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

    kind: AssistKind
    mode: AssistMode
    party: PartyRef
    system: Literal["XIAN_ZHUQI", "XIAN_BANGBAN", "WINDOW", "PHONE", "HOTLINE"]
    item_codes: Items
    project_id: Identifier | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptTask(TaskCommand):
    """受理."""

    reason: Prose | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineTask(TaskCommand):
    """不予受理, which is owed a reason."""

    reason: Prose


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignAgent(TaskCommand):
    """指派帮办员; another one may take over later."""

    agent_id: ActorId
    tier: AgentTier
    site_id: Identifier | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignMandate(TaskCommand):
    """签订代办服务委托书."""

    scope: Items
    document: Doc
    valid_until: MeantDay | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogStep(TaskCommand):
    """帮办记录."""

    stage: AssistStage
    note_token: VaultToken | None = None
    case_no: CaseNo | None = None
    department: OrgRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeVisit(TaskCommand):
    """上门帮办."""

    agent_id: ActorId
    place: Literal["ENTERPRISE", "HOME", "PARK", "BUILDING"]
    arrived_at: MeantInstant


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockTask(TaskCommand):
    """受阻."""

    blocker: Blocker
    reason: Prose


@dataclass(frozen=True, slots=True, kw_only=True)
class UnblockTask(TaskCommand):
    """恢复."""

    reason: Prose


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminateTask(TaskCommand):
    """终止单."""

    document: Doc
    reason: Prose | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewTask(TaskCommand):
    """续办委托书."""

    document: Doc
    reason: Prose | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteTask(TaskCommand):
    """办结单: the cases that the help was about, and whether it kept to its promise."""

    case_nos: Several[CaseNo]
    on_time: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RateTask(TaskCommand):
    """帮办评价."""

    level: Satisfaction
    real_name: bool


Work = LogStep | MakeVisit | BlockTask | CompleteTask
"""What takes a task that is under way."""

AnyCommand = (
    RequestAssist
    | AcceptTask
    | DeclineTask
    | AssignAgent
    | SignMandate
    | Work
    | UnblockTask
    | TerminateTask
    | RenewTask
    | RateTask
)
