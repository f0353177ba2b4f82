"""What supervision says of late work: cards and orders, and what became of them (4.12)."""

from typing import ClassVar, Literal

from pydantic import Field

from shared.contracts.envelope import Fact, Token
from shared.contracts.moments import Day
from shared.contracts.supervision.words import AlertBasis, AlertLevel
from shared.contracts.types import (
    ActorId,
    CaseNo,
    Code,
    Count,
    Identifier,
    OrgRef,
    Prose,
    Several,
)


class AlertFact(Fact):
    """A fact of one alert's history."""

    STREAM: ClassVar[str] = "alert"
    ABOUT: ClassVar[str] = "alert_id"

    alert_id: Identifier


class AlertRaised(AlertFact):
    """A limit is near (黄牌预警) or broken (红牌); its ``time`` is when that became so."""

    TYPE: ClassVar[str] = "casetrack.supervision.alert.raised.v1"

    level: AlertLevel
    severity: Literal[1, 2]
    basis: AlertBasis
    rule_id: Code
    sla_id: Code | None = None
    concerns: Identifier = Field(alias="subject")
    """What is late: the case number, mostly."""
    episode: Count | None = None
    """Which of several runs of one limit; the first where nothing is said."""
    due: Day
    overdue_days: Count
    responsible_org: OrgRef
    responsible_actor: ActorId | None = None
    recipients: Several[Code]
    policy_version: Code | None = None
    calendar_version: Code | None = None
    causes: Several[Token] | None = None
    """The ids of the events that the clock was made of."""
    reason: Prose | None = None
    """Why it comes after its time, where a change of the rules brought it about."""


class AlertAcknowledged(AlertFact):
    """Somebody has seen it (确认)."""

    TYPE: ClassVar[str] = "casetrack.supervision.alert.acknowledged.v1"

    by: ActorId
    note: Prose | None = None
    to_level: Count | None = None


class AlertEscalated(AlertFact):
    """Nobody answered, so it went up a level (升级)."""

    TYPE: ClassVar[str] = "casetrack.supervision.alert.escalated.v1"

    by: ActorId
    note: Prose | None = None
    to_level: Count | None = None


class AlertResolved(AlertFact):
    """The work is done, or the clock stopped in time (解除)."""

    TYPE: ClassVar[str] = "casetrack.supervision.alert.resolved.v1"

    by: ActorId
    note: Prose | None = None
    to_level: Count | None = None


class AlertRevoked(AlertFact):
    """The card was withdrawn: it should not have been raised (撤销)."""

    TYPE: ClassVar[str] = "casetrack.supervision.alert.revoked.v1"

    reason: Prose
    approved_by: ActorId


class RevocationProposed(AlertFact):
    """Somebody asks that the card be withdrawn (提请撤销); another person does it, or nobody."""

    TYPE: ClassVar[str] = "casetrack.supervision.revocation.proposed.v1"

    by: ActorId
    reason: Prose
    approver: ActorId | None = None
    """Who is asked, where it is one person."""


class OrderFact(Fact):
    """A fact of one order's history; the case that it is about is only mentioned."""

    STREAM: ClassVar[str] = "order"
    ABOUT: ClassVar[str] = "order_id"
    KEYED_BY_CASE: ClassVar[bool] = False

    order_id: Identifier


class OrderIssued(OrderFact):
    """Supervision tells an organisation to do something, and to report (发出督办)."""

    TYPE: ClassVar[str] = "casetrack.supervision.order.issued.v1"

    alert_id: Identifier | None = None
    """The card that it is about, where it is about one."""
    case_no: CaseNo | None = None
    content: Prose
    to_org: OrgRef


class OrderAnswered(OrderFact):
    """The organisation has reported what it did (督办反馈)."""

    TYPE: ClassVar[str] = "casetrack.supervision.order.answered.v1"

    reply: Prose


class FactJudged(Fact):
    """What somebody says of a fact on record; it belongs to the history that the fact is in."""

    STREAM: ClassVar[str] = "case"
    ABOUT: ClassVar[str] = "fact_id"
    PART_OF_CASE: ClassVar[bool] = True

    fact_id: Token
    """Together with its source the identity of the fact."""
    fact_source: Token
    by: ActorId
    reason: Prose


class FactConfirmed(FactJudged):
    """A fact that was doubted is true (核实属实): it is believed from now on."""

    TYPE: ClassVar[str] = "casetrack.supervision.fact.confirmed.v1"


class FactRejected(FactJudged):
    """A fact is not true, or not to be believed (不予采信): it is kept and moves nothing."""

    TYPE: ClassVar[str] = "casetrack.supervision.fact.rejected.v1"
