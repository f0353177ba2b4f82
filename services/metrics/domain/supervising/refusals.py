"""
Refusals around cards and orders.

Rejection
└── SupervisionRejection
    ├── AlertNotStanding
    ├── AlertAcknowledgedAlready
    ├── LadderEnds
    ├── RevocationNotProposed
    ├── RevocationProposedAlready
    ├── ApproverIsAnother
    ├── OrderExists
    ├── OrderUnknown
    ├── OrderAnsweredAlready
    ├── OrderAlertUnknown
    └── OrderAddresseeMissing
"""

from shared.commands.off_course import Refused, off_course
from shared.contracts.rejection import Blame, Rejection
from shared.contracts.supervision import facts
from shared.contracts.supervision.course import ALERT, ORDER, AlertState, OrderState


class SupervisionRejection(Rejection):
    """Something asked of a card or an order that was understood and declined."""


class AlertNotStanding(SupervisionRejection):
    """The card is over, or was withdrawn."""

    code = "alert_not_standing"
    field = "alert_id"


class AlertAcknowledgedAlready(SupervisionRejection):
    """Somebody has seen it, so it climbs no further."""

    code = "alert_acknowledged_already"
    field = "alert_id"


class LadderEnds(SupervisionRejection):
    """Nobody is above whoever hears of it already."""

    code = "ladder_ends"
    field = "to_level"


class RevocationNotProposed(SupervisionRejection):
    """Nobody has asked for it with a reason, to which another could agree."""

    code = "revocation_not_proposed"
    field = "reason"


class RevocationProposedAlready(SupervisionRejection):
    """Another reason is waiting for somebody who agrees."""

    code = "revocation_proposed_already"
    field = "reason"


class ApproverIsAnother(SupervisionRejection):
    """Somebody else was asked to agree."""

    code = "approver_is_another"
    blame = Blame.CALLER


class OrderExists(SupervisionRejection):
    """The order's number is taken."""

    code = "order_exists"
    field = "order_id"


class OrderUnknown(SupervisionRejection):
    """No such order was issued."""

    code = "order_unknown"
    field = "order_id"


class OrderAnsweredAlready(SupervisionRejection):
    """The organisation has answered before."""

    code = "order_answered_already"
    field = "order_id"


class OrderAlertUnknown(SupervisionRejection):
    """There is no such card, or none that its issuer sees."""

    code = "order_alert_unknown"
    blame = Blame.COMMAND
    field = "alert_id"


class OrderAddresseeMissing(SupervisionRejection):
    """An order that is about no card names the organisation that it is for."""

    code = "order_addressee_missing"
    blame = Blame.COMMAND
    field = "to_org"


A = AlertState

ALERT_OFF_COURSE = off_course(
    ALERT,
    Refused(AlertAcknowledgedAlready, (facts.AlertEscalated,), (A.ACKNOWLEDGED,)),
    Refused(AlertNotStanding),
)
ORDER_OFF_COURSE = off_course(
    ORDER,
    Refused(OrderExists, (facts.OrderIssued,)),
    Refused(OrderUnknown, states=(OrderState.ABSENT,)),
    Refused(OrderAnsweredAlready),
)
"""Why nothing comes of it where the courses have no row."""
