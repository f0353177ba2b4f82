"""What supervision decides about cards and orders beside their courses."""

from services.metrics.domain.supervising.commands import (
    EscalateAlert,
    IssueOrder,
    OrderCommands,
    ProposeRevocation,
    RevokeAlert,
)
from services.metrics.domain.supervising.refusals import (
    ALERT_OFF_COURSE,
    ORDER_OFF_COURSE,
    ApproverIsAnother,
    LadderEnds,
    OrderAddresseeMissing,
    RevocationNotProposed,
    RevocationProposedAlready,
)
from shared.commands.by_course import Recollection, by_course
from shared.commands.decider import Owners
from shared.contracts.envelope import Fact
from shared.contracts.rejection import SamePerson
from shared.contracts.supervision.course import ALERT, ORDER
from shared.contracts.supervision.facts import AlertEscalated, OrderIssued, RevocationProposed


def level_of(alert: Recollection) -> int:
    """Return to which level of the ladder a card has climbed; 0 is where it was raised."""
    level = 0
    for fact in alert.all(AlertEscalated):
        level = max(level + 1, fact.to_level or 0)
    return level


def proposal_of(alert: Recollection) -> RevocationProposed | None:
    """Return what waits for a second person, if anything does."""
    return next(reversed(alert.all(RevocationProposed)), None)


def _escalate(alert: Recollection, command: EscalateAlert) -> Fact:
    level = max(level_of(alert) + 1, command.to_level or 0)
    if level > command.top:
        raise LadderEnds(to_level=level)
    return command.stated(to_level=level)


def _propose(alert: Recollection, command: ProposeRevocation) -> Fact:
    if command.approver == command.by:
        raise SamePerson
    known = proposal_of(alert)
    if known is not None and known.by != command.by:
        raise RevocationProposedAlready
    return command.stated()


def _revoke(alert: Recollection, command: RevokeAlert) -> Fact:
    known = proposal_of(alert)
    if known is None:
        raise RevocationNotProposed
    if known.approver not in (None, command.approved_by):
        raise ApproverIsAnother
    return command.stated(reason=known.reason)


def _issue(_: Recollection, command: IssueOrder) -> Fact:
    if command.to_org is None:
        raise OrderAddresseeMissing
    return command.stated()


def owners(order: Recollection, command: OrderCommands) -> Owners:
    """Return for whom an order is, or would be."""
    if isinstance(command, IssueOrder):
        return (command.to_org.org_code,) if command.to_org else ()
    return [fact.to_org.org_code for fact in order.all(OrderIssued)]


ALERTS = by_course(
    ALERT,
    ALERT_OFF_COURSE,
    {EscalateAlert: _escalate, ProposeRevocation: _propose, RevokeAlert: _revoke},
)
ORDERS = by_course(ORDER, ORDER_OFF_COURSE, {IssueOrder: _issue}, owners)
