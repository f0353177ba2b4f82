"""The course of an alert (domain.md 3.7)."""

from enum import StrEnum

from shared.contracts.course import ABSENT, Course, leads
from shared.contracts.supervision import facts as supervision


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

ALERT = Course(
    "alert",
    "alert_id",
    tuple((state,) for state in A),
    (
        *leads(supervision.AlertRaised, {A.ABSENT: A.RAISED}),
        *leads(supervision.AlertAcknowledged, dict.fromkeys(UNANSWERED, A.ACKNOWLEDGED)),
        *leads(supervision.AlertEscalated, dict.fromkeys(UNANSWERED, A.ESCALATED)),
        *leads(supervision.AlertResolved, dict.fromkeys(STANDING, A.RESOLVED)),
        *leads(supervision.AlertRevoked, dict.fromkeys((*STANDING, A.RESOLVED), A.REVOKED)),
    ),
)
