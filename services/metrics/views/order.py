"""Orders of supervision's (督办), as a reader is told."""

from datetime import date

from services.metrics.views.view import Page, ShownInstant, View
from shared.contracts.supervision.course import OrderState


class OrderLine(View, frozen=True):
    """An order, for whom it is, by when an answer is due, and the answer."""

    order_id: str
    alert_id: str | None
    """The alert that it is about, where it is about one."""
    case_no: str | None
    org_code: str
    org_name: str
    state: OrderState
    content: str
    issued_at: ShownInstant
    issued_by: str
    due: date | None
    """The last day on which an answer is in time; null for the moment before it is reckoned."""
    overdue: bool
    """Whether that day is over, and nobody has answered."""
    reply: str | None
    answered_at: ShownInstant | None
    answered_by: str | None


class OrderPage(Page[OrderLine], frozen=True):
    """Orders, newest first."""
