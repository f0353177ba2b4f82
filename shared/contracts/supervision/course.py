"""The courses of an alert and of an order (domain.md 3.7, 4.12)."""

from enum import StrEnum

from shared.contracts.course import ABSENT, Apart, Course, Guard, leads, stays
from shared.contracts.supervision import facts as supervision
from shared.contracts.supervision.words import AlertLevel


class AlertState(StrEnum):
    """What became of a yellow or red card: 未签收, 已升级, 已签收, 已解除, 已撤销."""

    ABSENT = ABSENT
    RAISED = "RAISED"
    ESCALATED = "ESCALATED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    RESOLVED = "RESOLVED"
    REVOKED = "REVOKED"

    @property
    def stands(self) -> bool:
        """Whether the work that the card asks for is still to be done."""
        return self in STANDING


A = AlertState

UNANSWERED = (A.RAISED, A.ESCALATED)
STANDING = (*UNANSWERED, A.ACKNOWLEDGED)
"""A card in one of these still wants somebody to act."""

REVOCABLE = (*STANDING, A.RESOLVED)
"""Also a card that is over is in the statistics, until somebody withdraws it."""

WARNING = Guard("warning", lambda fact: fact.level is AlertLevel.YELLOW)
BREACH = Guard("breach", lambda fact: fact.level is AlertLevel.RED)

ALERT = Course(
    "alert",
    "alert_id",
    tuple((state,) for state in A),
    (
        *leads(supervision.AlertRaised, {A.ABSENT: A.RAISED}),
        *leads(supervision.AlertAcknowledged, dict.fromkeys(UNANSWERED, A.ACKNOWLEDGED)),
        *leads(
            supervision.AlertEscalated,
            dict.fromkeys(UNANSWERED, A.ESCALATED),
            unless=("ladder_ends",),
        ),
        *leads(supervision.AlertResolved, dict.fromkeys(STANDING, A.RESOLVED)),
        *stays(supervision.RevocationProposed, REVOCABLE, unless=("revocation_proposed_already",)),
        *leads(
            supervision.AlertRevoked,
            dict.fromkeys(REVOCABLE, A.REVOKED),
            unless=("revocation_not_proposed",),
        ),
    ),
    marks=((supervision.AlertRaised, WARNING), (supervision.AlertRaised, BREACH)),
    apart=(Apart((supervision.AlertRevoked,), (supervision.RevocationProposed,)),),
)


class OrderState(StrEnum):
    """Where an order stands: 未反馈, 已反馈."""

    ABSENT = ABSENT
    ISSUED = "ISSUED"
    ANSWERED = "ANSWERED"


S = OrderState

ORDER = Course(
    "order",
    "order_id",
    tuple((state,) for state in S),
    (
        *leads(supervision.OrderIssued, {S.ABSENT: S.ISSUED}),
        *leads(supervision.OrderAnswered, {S.ISSUED: S.ANSWERED}),
    ),
    apart=(Apart((supervision.OrderAnswered,), (supervision.OrderIssued,)),),
    prefix="DB",
)
